"""The report of an evaluation as one page of HTML: no script, nothing fetched, fit for print."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from .._page import as_fragment, as_page
from ._intervals import ALL_MEANINGS, ALL_TITLES, show_interval, why_no_intervals
from ._metrics import TITLES, show
from ._panels import (
    render_classes,
    render_confusion,
    render_data,
    render_figures,
    render_leaks,
    render_leaks_box,
    render_patients,
)
from ._panels_scores import (
    render_calibration,
    render_checklist,
    render_choices,
    render_curves,
    render_events,
    render_sections,
)
from ._tables import as_paragraphs, section, terms

if TYPE_CHECKING:
    from ._bootstrap import BootstrapResult
    from ._report import EvaluationReport

_HEADLINE = ("balanced_accuracy", "roc_auc", "macro_f1", "matthews_correlation")
_BADGES = {
    True: ("good", "Split by patient"),
    False: ("bad", "Not split by patient"),
    None: ("bad", "Patients unknown"),
}

_NARROW_MATRIX = 6  # classes whose confusion matrix fits beside the data
_BAND = " The grey band and the numbers below are the interval over patients."


def render_document(report: EvaluationReport) -> str:
    """Return the report as a whole page of HTML."""
    return as_page(f"Evaluation of {report.name}", render_fragment(report))


def render_fragment(report: EvaluationReport) -> str:
    """Return the report as HTML to be shown inside another page, with a style of its own."""
    side_by_side = ' class="two"' if len(report.classes) <= _NARROW_MATRIX else ""
    parts = [
        _render_head(report),
        _render_headline(report),
        f"<div{side_by_side}>{render_data(report)}{render_confusion(report)}</div>",
        render_figures(report),
        render_leaks(report),
        render_classes(report),
        render_patients(report),
        render_curves(report),
        render_calibration(report),
        render_events(report),
        render_choices(report),
        render_sections(report),
        _render_description(report),
        section(
            "What the figures mean", terms((ALL_TITLES[name], text) for name, text in ALL_MEANINGS.items())
        ),
        render_checklist(report),
        _render_origin(report),
    ]
    return as_fragment(parts)


def _render_head(report: EvaluationReport) -> str:
    kind, badge = _BADGES[report.patient_wise]
    texts = "".join(f"<p>{escape(text)}</p>" for text in report.warnings)
    box = f'\n<div class="box" role="note"><strong>Read with care</strong>{texts}</div>'
    return (
        f'<header><span class="badge {kind}">{badge}</span>\n<h1>{escape(report.name)}</h1>\n'
        f'<p class="soft">How it was split: {escape(report.split)}.</p></header>'
        f"{render_leaks_box(report)}{box if report.warnings else ''}"
    )


def _render_headline(report: EvaluationReport) -> str:
    model, chance = report.intervals(), report.to_frame().iloc[-1]
    tiles = [
        _render_tile(metric, model, chance[metric], "first" * (not number))
        for number, metric in enumerate(_HEADLINE)
    ]
    held_out = "patients" if report.patient_wise else "windows"
    sentence = (
        f"Each window was judged by a model fitted without it, on held-out {held_out}. "
        "Chance gives every window the most frequent class; the dark tick marks it."
        f"{'' if why_no_intervals(report.groups, report.n_resamples) else _BAND}"
    )
    return (
        f'<section aria-label="Headline"><div class="tiles">{"".join(tiles)}</div>\n'
        f'<p class="soft">{sentence}</p></section>'
    )


def _render_tile(metric: str, model: BootstrapResult, chance: float, kind: str) -> str:
    value, low, high = model.figures[metric][:3] if metric in model.figures else (np.nan,) * 3
    limits = show_interval(low, high)
    below = f'<div class="soft">{limits} ({model.confidence_level:.0%})</div>' if limits else ""
    return (
        f'<div class="tile {kind}"><div class="what">{TITLES[metric]}</div>'
        f'<div class="value">{show(value)}</div>{_render_track(value, chance, low, high)}'
        f'<div class="soft">chance {show(chance)}</div>{below}</div>'
    )


def _render_track(value: float, chance: float, low: float = np.nan, high: float = np.nan) -> str:
    """Return a bar from 0 to 1 with a tick at chance; figures below 0 stand at 0."""
    if np.isnan(value):
        return '<div class="track"></div>'
    fill, tick, start, stop = (min(max(each, 0.0), 1.0) * 100 for each in (value, chance, low, high))
    span = ""
    if not (np.isnan(low) or np.isnan(high)):
        span = f'<div class="range" style="left:{start:.1f}%;width:{stop - start:.1f}%"></div>'
    return (
        f'<div class="track"><div class="fill" style="width:{fill:.1f}%"></div>{span}'
        f'<div class="tick" style="left:{tick:.1f}%"></div></div>'
    )


def _render_description(report: EvaluationReport) -> str:
    if not report.description:
        return ""
    return section("About the data", as_paragraphs(report.description))


def _render_origin(report: EvaluationReport) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    return (
        section("Classifier", f'<pre tabindex="0">{escape(report.estimator)}</pre>')
        + f'\n<footer class="soft">Made with {escape(versions)}; random_state='
        f"{escape(str(report.random_state))}.</footer>"
    )
