"""Parts of a report's page on the data, the leaks, the figures, the classes and the patients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ._data_card import fold_classes, fold_table, patients_by_class, summarise_data
from ._intervals import ALL_TITLES, COSTLY_RESAMPLES, SMALLER_IS_BETTER, show_interval, why_no_intervals
from ._leaks import list_searches
from ._metrics import show
from ._patients import worst_patients
from ._tables import LONG, Safe, as_html, fold, row, section, table, terms

if TYPE_CHECKING:
    from ._report import EvaluationReport

_HEAT = (6, 78, 98)
_WHITE_INK_ABOVE = 0.735  # where white and black are about equally legible on the heat colour
_CLASS_FIGURES = {
    "sensitivity": "Sensitivity (recall)",
    "specificity": "Specificity",
    "ppv": "PPV (precision)",
    "npv": "NPV",
    "f1": "F1",
    "roc_auc": "ROC AUC",
}
_MARKS = {"error": "Leak", "warning": "Warning", "note": "Note"}


def with_interval(estimate: float, low: float, high: float) -> Safe:
    """Return a figure with its limits below it."""
    limits = show_interval(low, high)
    return Safe(f"{show(estimate)}<small>{limits}</small>" if limits else show(estimate))


def render_leaks_box(report: EvaluationReport) -> str:
    """Return a box with what makes the scores wrong, empty where nothing does."""
    errors = [each for each in report.leakage or () if each.severity == "error"]
    if not errors:
        return ""
    texts = "".join(f"<p>{as_html(each.sentence)}</p>" for each in errors)
    return (
        '\n<div class="box error" role="alert"><strong>These figures cannot be trusted: something leaks'
        "</strong>"
        f"{texts}</div>"
    )


def render_data(report: EvaluationReport) -> str:
    """Return the data card: what the windows are, and how many of each class."""
    facts, counts = summarise_data(report), report.per_class()
    patients = "unknown" if report.groups is None else str(facts["patients"])
    total = len(report.y_true)
    rows = [
        row(name, [windows, f"{windows / total:.0%}", _count(people)])
        for name, windows, people in zip(
            report.target_names, counts["windows"], counts["patients"], strict=True
        )
    ]
    rows.append(row("All", [total, "100%", patients]))
    caption = f"{total} windows; patients: {patients}; {len(report.classes)} classes."
    body = table(caption, ["Class", "Windows", "Share", "Patients"], rows)
    return section("Data", body + terms(_describe(facts), kind="facts") + _render_folds(report))


def render_confusion(report: EvaluationReport) -> str:
    """Return the confusion matrices, pooled and averaged over patients."""
    counts = report.confusion()
    rows = []
    for name, values in zip(report.target_names, counts.to_numpy(), strict=True):
        cells = "".join(heat_cell(int(count), count / max(values.sum(), 1)) for count in values)
        rows.append(f'<tr><th scope="row">{as_html(name)}</th>{cells}</tr>')
    head = ["True \\ predicted", *report.target_names]
    caption = "True class in rows, predicted class in columns: windows, and their share of the row."
    body = table(caption, head, rows, kind="heat")
    if report.groups is not None:
        caption = (
            "Shares of the row, averaged over the patients who have the class: each patient counts the same."
        )
        rows = [
            f'<tr><th scope="row">{as_html(name)}</th>{"".join(map(_share_cell, values))}</tr>'
            for name, values in zip(
                report.target_names, report.confusion(average=True).to_numpy(), strict=True
            )
        ]
        body += fold("Averaged over patients", table(caption, head, rows, kind="heat"))
    return section("Confusion matrix", body)


def heat_cell(count: int, share: float) -> str:
    """Return a cell of a confusion matrix, darker for a larger share."""
    return f'<td style="{_heat(share)}"><b>{count}</b><span>{share:.0%}</span></td>'


def render_leaks(report: EvaluationReport) -> str:
    """Return what the check for leaks found."""
    if report.leakage is None:
        return ""
    searches = list_searches(
        report.leakage, has_patients=report.groups is not None, has_times=report.timeline is not None
    )
    lead = f"Looked for: {', '.join(searches)}."
    items = "".join(
        f'<li><span class="mark {each.severity}">{_MARKS[each.severity]}:</span> '
        f"{as_html(each.sentence)}</li>"
        for each in report.leakage
    )
    return section(
        "Checks for leaks", f"<ul>{items}</ul>" if items else "<p>Nothing was found.</p>", lead=lead
    )


def render_figures(report: EvaluationReport) -> str:
    """Return all figures of all systems, with intervals."""
    systems = {name: report.intervals(name).figures for name in report.predictions}
    rows = [
        row(
            f"{title}{' (lower is better)' * (metric in SMALLER_IS_BETTER)}",
            [
                with_interval(*figures[metric][:3]) if metric in figures else "–"
                for figures in systems.values()
            ],
        )
        for metric, title in ALL_TITLES.items()
        if any(metric in figures for figures in systems.values())
    ]
    caption = "Figures of all systems on the same folds, pooled over the held-out windows."
    return section("Figures", table(caption, ["Figure", *systems], rows), lead=describe_intervals(report))


def describe_intervals(report: EvaluationReport) -> str:
    """Return a sentence on how the intervals were made, or why there are none."""
    reason = why_no_intervals(report.groups, report.n_resamples)
    if reason:
        return reason
    found = report.intervals()
    fewer = f" ({COSTLY_RESAMPLES} for PR AUC)" if found.n_resamples > COSTLY_RESAMPLES else ""
    return (
        f"Below each figure its {found.confidence_level:.0%} interval over patients: {found.n_resamples} "
        f"draws{fewer} with replacement of the {found.n_units} patients, each with all windows, widened for "
        "their number."
    )


def render_classes(report: EvaluationReport) -> str:
    """Return the figures of each class."""
    counts, found = report.per_class(), report.intervals().class_figures
    rows = [
        row(
            name,
            [
                windows,
                _count(people),
                *(with_interval(*found[label, figure][:3]) for figure in _CLASS_FIGURES),
            ],
        )
        for label, name, windows, people in zip(
            report.classes.tolist(), report.target_names, counts["windows"], counts["patients"], strict=True
        )
    ]
    caption = (
        f"How {report.name} does in each class, against all others. PPV and NPV hold for the shares of the "
        "classes in these data only."
    )
    head = ["Class", "Windows", "Patients", *_CLASS_FIGURES.values()]
    return section("Classes", table(caption, head, rows))


def render_patients(report: EvaluationReport) -> str:
    """Return the figures of each patient, with a forest plot, the worst first."""
    if report.groups is None:
        return ""
    patients, accuracy = report.per_patient(), report.intervals().figures["accuracy"]
    worst = worst_patients(patients)
    named = ", ".join(f"{name} ({show(value)})" for name, value in worst["accuracy"].items())
    plural = len(worst) > 1
    lead = (
        f"The {f'{len(worst)} patients' if plural else 'patient'} with the lowest accuracy: {named}. "
        "Limits of a patient take the windows as independent, which they hardly are: take them as the least "
        "doubt there is."
    )
    ordered = patients.sort_values("accuracy", kind="stable")
    rows = [_patient_row(name, values, accuracy.estimate) for name, values in ordered.iterrows()]
    rows.append(_total_row(report, accuracy))
    head = ["Patient", "Accuracy", "From 0 to 1", "Windows", "Balanced", "ROC AUC", "Classes"]
    caption = "Each patient, the worst first; the dashed line marks the accuracy over all windows."
    body = table(caption, head, rows)
    if len(patients) > LONG:
        short = table(
            "The worst patients; the dashed line marks all windows.", head, [*rows[: len(worst)], rows[-1]]
        )
        body = short + fold(f"All {len(patients)} patients", body)
    return section("Patients", body, lead=lead)


def _patient_row(name: Any, values: pd.Series, pooled: float) -> str:
    cells = [
        with_interval(values["accuracy"], values["low"], values["high"]),
        forest_mark(values["accuracy"], values["low"], values["high"], pooled),
        values["windows"],
        show(values["balanced_accuracy"]),
        show(values["roc_auc"]),
        Safe(f'<span class="names">{as_html(values["classes"])}</span>'),
    ]
    return row(name, cells)


def _total_row(report: EvaluationReport, accuracy: Any) -> str:
    figures = report.intervals().figures
    cells = [
        with_interval(*accuracy[:3]),
        forest_mark(accuracy.estimate, accuracy.low, accuracy.high, accuracy.estimate),
        len(report.y_true),
        show(figures["balanced_accuracy"].estimate),
        show(figures["roc_auc"].estimate if "roc_auc" in figures else np.nan),
        "",
    ]
    return row("All windows", cells, kind="model")


def forest_mark(value: float, low: float, high: float, pooled: float) -> Safe:
    """Return a figure as a dot between its limits; the numbers stand beside it, so it is not read aloud."""
    span = ""
    if not (np.isnan(low) or np.isnan(high)):
        span = f'<div class="span" style="left:{low:.1%};width:{high - low:.1%}"></div>'
    return Safe(
        f'<div class="forest" aria-hidden="true"><div class="line" style="left:{pooled:.1%}"></div>{span}'
        f'<div class="dot" style="left:{value:.1%}"></div></div>'
    )


def _render_folds(report: EvaluationReport) -> str:
    folds, counts = fold_table(report), fold_classes(report)
    rows = [
        row(f"Fold {number}", [*map(_count, values), *own])
        for (number, *values), own in zip(
            folds.itertuples(name=None), counts.to_numpy().tolist(), strict=True
        )
    ]
    missing = [f"{number} has no {name}" for name in counts for number in counts.index[counts[name] == 0]]
    note = f" Fold {'; fold '.join(missing)}: the rest of the classes is tested there." if missing else ""
    caption = f"Windows that each fold tests, by class.{note}"
    head = ["Fold", "Windows", "Patients", *report.target_names]
    body = table(caption, head, rows)
    by_class = patients_by_class(report)
    if by_class is not None:
        body += _render_several(by_class)
    return fold("Folds", body)


def _render_several(by_class: pd.DataFrame) -> str:
    n_mixed = int((by_class > 0).sum(axis=0).gt(1).sum())
    text = f"{n_mixed} of {by_class.shape[1]} patients have windows of more than one class."
    if n_mixed == 0:
        text = (
            "No patient has windows of two classes: nothing can be said about telling the classes apart "
            "within a patient."
        )
    return f"<p>{text}</p>"


def _describe(facts: dict[str, Any]) -> list[tuple[str, str]]:
    shown = [
        ("Recordings", facts["recordings"], "{}"),
        ("Channels", facts["n_channels"], "{}"),
        ("Rate", facts["sfreq"], "{:g} Hz"),
        ("A window", facts["window_seconds"], "{:.4g} s"),
        ("All windows", facts["hours"], "{:.3g} hours, counting overlaps twice"),
        ("Folds", facts["folds"], "{}"),
    ]
    return [(term, text.format(value)) for term, value, text in shown if value is not None]


def _heat(share: float) -> str:
    red, green, blue = (round(255 + (tone - 255) * share) for tone in _HEAT)
    ink = "#fff" if share > _WHITE_INK_ABOVE else "#000"
    return f"background:rgb({red},{green},{blue});color:{ink}"


def _share_cell(share: float) -> str:
    if np.isnan(share):
        return "<td>–</td>"
    return f'<td style="{_heat(share)}"><b>{share:.0%}</b></td>'


def _count(value: object) -> str:
    return "–" if value is pd.NA else str(value)
