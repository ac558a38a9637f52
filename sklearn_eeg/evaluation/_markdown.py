"""The report of an evaluation as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ._event_table import event_table
from ._intervals import ALL_TITLES, show_interval, why_no_intervals
from ._metrics import CLASS_TITLES, TITLES, show
from ._patients import worst_patients

if TYPE_CHECKING:
    from ._report import EvaluationReport


def render_markdown(report: EvaluationReport) -> str:
    """Return the report as Markdown: tables of systems, intervals, classes, confusion and the rest."""
    figures, confusion = report.to_frame().rename(columns=TITLES), report.confusion()
    confusion.index = confusion.index.rename("true \\ predicted")
    name = quote(report.name)
    parts = [
        f"# Evaluation of {name}",
        f"{describe_data(report)} {report.split}.",
        *(f"> **Leak:** {quote(each.sentence)}" for each in report.leakage or () if each.severity == "error"),
        *(f"> **Warning:** {quote(text)}" for text in report.warnings),
        markdown_table(figures),
        *_intervals(report),
        f"## Classes ({name})",
        markdown_table(report.per_class().rename(columns=CLASS_TITLES)),
        f"## Confusion ({name})",
        markdown_table(confusion),
        *_leaks(report),
        *_patients(report),
        *_calibration(report),
        *_events(report),
        *_choices(report),
        *(part for title, _, text in report.sections for part in (f"## {quote(title)}", text)),
    ]
    if report.description:
        parts += [
            "## About the data",
            *(f"> {quote(line)}" for line in report.description.splitlines() if line),
        ]
    return "\n\n".join(parts) + "\n"


def describe_data(report: EvaluationReport) -> str:
    """Return how many windows and classes a report is about, in words."""
    return f"{len(report.y_true)} windows, {len(report.classes)} classes."


def quote(text: object) -> str:
    r"""Write text so that Markdown neither ends a table cell at it nor takes it for a tag, link or image.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._markdown import quote
    >>> print(quote("a|b <c> [d](e)"))
    a\|b &lt;c> \[d\](e)
    """
    for character in "\\`*_|#[]":
        text = str(text).replace(character, f"\\{character}")
    return " ".join(str(text).replace("&", "&amp;").replace("<", "&lt;").split())


def markdown_table(frame: pd.DataFrame) -> str:
    """Return a table, numbers with three decimals, the index as its first column.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_eeg.evaluation._markdown import markdown_table
    >>> print(markdown_table(pd.DataFrame({"x": [0.5]}, index=pd.Index(["a"], name="row"))))
    | row | x |
    | --- | ---: |
    | a | 0.500 |
    """
    head = [str(frame.index.name or ""), *map(str, frame.columns)]
    lines = [_row(head), "|" + " --- |" + " ---: |" * frame.shape[1]]
    for label, values in zip(frame.index, frame.itertuples(index=False, name=None), strict=True):
        lines.append(_row([str(label), *map(show_any, values)]))
    return "\n".join(lines)


def show_any(value: object) -> str:
    """Write a number with three decimals, a dash for what is missing, and anything else as it is."""
    if value is pd.NA or value is None:
        return "–"
    return show(float(value)) if isinstance(value, float | np.floating) else str(value)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(quote(cell) for cell in cells) + " |"


def _intervals(report: EvaluationReport) -> list[str]:
    reason = why_no_intervals(report.groups, report.n_resamples)
    if reason:
        return [reason]
    found = report.intervals()
    table = pd.DataFrame(
        {
            "estimate": [each.estimate for each in found.figures.values()],
            f"{found.confidence_level:.0%} interval": [
                show_interval(each.low, each.high) for each in found.figures.values()
            ],
        },
        index=pd.Index([ALL_TITLES[name] for name in found.figures], name="figure"),
    )
    return [f"## Intervals by patient ({quote(report.name)})", markdown_table(table)]


def _leaks(report: EvaluationReport) -> list[str]:
    if report.leakage is None:
        return []
    lines = [f"* {each.severity}: {quote(each.sentence)}" for each in report.leakage]
    return ["## Checks for leaks", "\n".join(lines) or "Nothing was found."]


def _patients(report: EvaluationReport) -> list[str]:
    if report.groups is None:
        return []
    worst = worst_patients(report.per_patient())
    return ["## Patients with the lowest accuracy", markdown_table(worst.drop(columns=["low", "high"]))]


def _calibration(report: EvaluationReport) -> list[str]:
    figures = report.calibration().dropna()
    return ["## Calibration", markdown_table(figures)] if len(figures) else []


def _events(report: EvaluationReport) -> list[str]:
    found = event_table(report)
    if found is None:
        return []
    return ["## Events", quote(found.lead), markdown_table(found.table), quote(found.caption)]


def _choices(report: EvaluationReport) -> list[str]:
    parts = []
    for name in report.chosen:
        parts += [f"## Chosen in each fold ({quote(name)})", markdown_table(report.choices(name))]
    return parts
