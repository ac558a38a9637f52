"""The figures of seizures and alarms in words, the same for the page, Markdown and plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from ._event_figures import FIGURES
from ._intervals import show_interval
from ._metrics import show
from ._score_events import EventScores

if TYPE_CHECKING:
    from ._report import EvaluationReport

NO_SPREAD = "none: all draws agree"
_TITLES = {
    "sensitivity": "Sensitivity: pieces of seizures found",
    "precision": "Precision: alarms that are right",
    "f1": "F1",
    "false_alarms_per_day": "False alarms in 24 hours",
    "time_in_warning": "Share of time in alarm",
    "sample_sensitivity": "Sensitivity, second by second",
    "sample_precision": "Precision, second by second",
    "sample_f1": "F1, second by second",
}
_COVERAGE = "Share of the recorded time that windows cover"
_LATENCY = "Latency, median (quartiles)"


class EventTable(NamedTuple):
    """Figures of events, written out."""

    lead: str
    """What was scored, by which rules."""
    caption: str
    """What the intervals are."""
    table: pd.DataFrame
    """Text by figure: the estimate, and a column for each kind of interval."""


def event_table(report: EvaluationReport) -> EventTable | None:
    """Return the figures of events with their intervals, each named; None without recordings.

    Parameters
    ----------
    report : EvaluationReport
        The report.

    Returns
    -------
    table : EventTable or None
        A row for each figure, for the coverage beside the false alarms, and for the latency. There is a
        column of intervals over patients where patients were drawn.

    Notes
    -----
    Where all draws of patients agree, as when every seizure is found, their interval would have no width
    and feign certainty: the table then says that there is none.
    """
    scores, timeline = report.events(), report.timeline
    if scores is None or timeline is None:
        return None
    drawn = bool(timeline.patients) and report.n_resamples > 0
    rows = {}
    values = scores.figures[["estimate", "low", "high", "patient_low", "patient_high"]].to_numpy()
    for name, (estimate, *limits) in zip(FIGURES, values.tolist(), strict=True):
        rows[_TITLES[name]] = [show(estimate), show_interval(*limits[:2]) or "–"]
        rows[_TITLES[name]] += [_over_patients(*limits[2:])] if drawn else []
        if name == "false_alarms_per_day":
            rows[_COVERAGE] = [show(timeline.covered), *["–"] * (1 + drawn)]
    rows[_LATENCY] = [_latency(scores), *["–"] * (1 + drawn)]
    head = ["Estimate", "As if independent", *["Over patients"] * drawn]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=head).rename_axis(index="Figure")
    return EventTable(_describe(report, scores), _caption(report, scores, drawn), table)


def _over_patients(low: float, high: float) -> str:
    return NO_SPREAD if low == high else show_interval(low, high) or "–"


def _latency(scores: EventScores) -> str:
    if np.isnan(scores.latency_median):
        return "–"
    return f"{scores.latency_median:.1f} s ({'{:.1f} to {:.1f} s'.format(*scores.latency_quartiles)})"


def _caption(report: EvaluationReport, scores: EventScores, drawn: bool) -> str:
    text = (
        f"{scores.confidence_level:.0%} intervals. As if independent: Wilson's for shares, exact Poisson for "
        "false alarms; too narrow where the seizures or alarms of a patient resemble each other."
    )
    if drawn:
        text += (
            f" Over patients: {report.n_resamples} draws of the patients with replacement. Where all draws "
            "agree they say nothing of the doubt there is: go by the other interval."
        )
    return text


def _describe(report: EvaluationReport, scores: EventScores) -> str:
    timeline, rules = report.timeline, scores.rules
    assert timeline is not None
    source = "as annotated" if timeline.annotated else "where windows are labelled so"
    text = (
        f"{count_seizures(scores)} ({source}), {scores.n_alarms} alarms, {len(timeline.durations)} "
        f"recordings, {scores.hours:.3g} hours in windows. An alarm is on in each window that is not called "
        f"background. Events less than {rules.min_gap_seconds:g} s apart are one; longer ones than "
        f"{rules.max_event_seconds:g} s are cut into pieces; a piece is found by an alarm from "
        f"{rules.tolerance_before_seconds:g} s before to {rules.tolerance_after_seconds:g} s after it."
    )
    if timeline.covered < 0.999:
        text += (
            f" Windows cover {timeline.covered:.0%} of the recorded time: false alarms in 24 hours and the "
            "share of time in alarm are of that part; a seizure outside of it counts as missed."
        )
    return text


def count_seizures(scores: EventScores) -> str:
    """Say how many seizures there are, and in how many pieces they were scored.

    Examples
    --------
    >>> from sklearn_eeg.evaluation import score_events
    >>> from sklearn_eeg.evaluation._event_table import count_seizures
    >>> count_seizures(score_events([(100, 820), (3000, 3060)], [], duration=3600))
    '2 seizures, scored as 4 pieces of at most 300 s'
    """
    text, longest = f"{len(scores.seizures)} seizures", scores.rules.max_event_seconds
    if scores.n_events == len(scores.seizures):
        return text
    return f"{text}, scored as {scores.n_events} pieces of at most {longest:g} s"
