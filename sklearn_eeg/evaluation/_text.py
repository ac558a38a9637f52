"""The report of an evaluation as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ._event_table import event_table
from ._intervals import show_interval, why_no_intervals
from ._markdown import describe_data, show_any
from ._metrics import TITLES, show

if TYPE_CHECKING:
    from ._report import EvaluationReport


def render_text(report: EvaluationReport) -> str:
    """Return the report as text: what limits it, the figures of all systems, classes and events."""
    figures = report.to_frame().rename(columns=TITLES).T.rename_axis(columns=None)
    leaks = [each for each in report.leakage or () if each.severity == "error"]
    parts = [
        f"Evaluation of {report.name}: {report.split}. {describe_data(report)}",
        *(f"Leak: {each.sentence}" for each in leaks),
        *(f"Warning: {text}" for text in report.warnings),
        figures.map(show).to_string(),
        _intervals(report),
        report.per_class().astype(object).map(show_any).to_string(),
    ]
    events = event_table(report)
    if events is not None:
        parts += [events.lead, events.table.to_string(), events.caption]
    return "\n\n".join(parts)


def _intervals(report: EvaluationReport) -> str:
    reason = why_no_intervals(report.groups, report.n_resamples)
    if reason:
        return reason
    found = report.intervals()
    limits = {
        title: show_interval(*found.figures[name][1:3])
        for name, title in TITLES.items()
        if name in found.figures
    }
    head = f"{found.confidence_level:.0%} intervals of {report.name} over {found.n_units} patients"
    return f"{head}\n{pd.Series(limits).to_string()}"
