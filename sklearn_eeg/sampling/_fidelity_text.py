"""The figures of a fidelity report as text, Markdown and JSON."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from ._fidelity_scores import METRICS

if TYPE_CHECKING:
    from ._fidelity_result import FidelityReport


def show(value: float) -> str:
    """Return a figure as text: three digits, a dash for none.

    Examples
    --------
    >>> from sklearn_eeg.sampling._fidelity_text import show
    >>> show(0.5), show(12345.6), show(float("nan")), show(0.00012)
    ('0.500', '1.23e+04', '–', '0.000')
    """
    if math.isnan(value):
        return "–"
    if abs(value) >= 1000:
        return f"{value:.3g}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def figures_as_text(report: FidelityReport) -> pd.DataFrame:
    """Return the figures that are known as text: rows by title, with what is better, and a column a set."""
    known = report.figures.dropna(how="all")
    columns = {"better": [METRICS[name].better for name in known.index]}
    for system in known.columns:
        columns[system] = [_show_figure(report, name, system) for name in known.index]
    titles = pd.Index([METRICS[name].title for name in known.index], name="figure")
    return pd.DataFrame(columns, index=titles)


def _show_figure(report: FidelityReport, name: str, system: str) -> str:
    text = show(report.figures[system][name])
    if name != "two_sample_auc":
        return text
    low, high = report.intervals[system]
    return f"{text} ({show(low)} to {show(high)})"


def verdicts(report: FidelityReport) -> list[str]:
    """Return a sentence for each set on whether it holds copies of training windows."""
    target = "training windows" if report.trained_known else "real windows"
    return [
        f"{name}: {'holds copies of' if found else 'no copies found of'} {target}."
        for name, found in report.memorised.items()
    ]


def render_text(report: FidelityReport) -> str:
    """Return the report as plain text."""
    lines = [_describe(report), *(f"Warning: {text}" for text in report.warnings)]
    lines += [figures_as_text(report).to_string(), *verdicts(report)]
    return "\n".join(lines)


def render_markdown(report: FidelityReport) -> str:
    """Return the report as Markdown."""
    table = figures_as_text(report).reset_index()
    columns = [str(each) for each in table.columns]
    lines = ["| " + " | ".join(map(_quote, columns)) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(map(_quote, map(str, row))) + " |" for row in table.to_numpy()]
    parts = [
        "# Fidelity of synthetic windows",
        _quote(_describe(report)),
        *(f"> **Warning:** {_quote(text)}" for text in report.warnings),
        "\n".join(lines),
        "\n".join(f"* {_quote(text)}" for text in verdicts(report)),
    ]
    return "\n\n".join(parts) + "\n"


def render_json(report: FidelityReport) -> str:
    """Return the figures as JSON at full precision, and null for what is not known."""
    band = report.by_band.reset_index()
    content = {
        "classes": list(report.classes),
        "n_matched": report.n_matched,
        "n_halvings": report.n_halvings,
        "by_patient": report.by_patient,
        "random_state": report.random_state,
        "warnings": list(report.warnings),
        "memorised": report.memorised,
        "better": {name: metric.better for name, metric in METRICS.items()},
        "figures": report.figures.to_dict(),
        "spread": report.spread.to_dict(),
        "two_sample_auc_interval": report.intervals,
        "by_class": [{"class": label, **row.to_dict()} for label, row in report.by_class.iterrows()],
        "by_band": band.to_dict("records"),
    }
    return json.dumps(_as_plain(content), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def describe_halvings(report: FidelityReport) -> str:
    """Return how often what was halved, in words."""
    halvings = "halving" if report.n_halvings == 1 else "halvings"
    return f"{report.n_halvings} {halvings} of the real {'patients' if report.by_patient else 'windows'}"


def _describe(report: FidelityReport) -> str:
    return (
        f"Means over {describe_halvings(report)}, {report.n_matched} windows of each set beside as many "
        f"real ones; classes {', '.join(map(str, report.classes))}."
    )


def _quote(text: str) -> str:
    for mark in "\\|<>*_`[]":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", " ")


def _as_plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _as_plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_as_plain(each) for each in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
