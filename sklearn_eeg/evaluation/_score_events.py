"""Score alarms in continuous recordings against annotated seizures."""

import numbers
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .._events import Event
from ._event_figures import (
    FIGURES,
    event_figures,
    patient_intervals,
    pooled_intervals,
    sum_by_unit,
    use_judged_time,
)
from ._event_rules import COUNTS, EventRules, RecordingScore, score_recording
from ._rates import wilson_interval
from ._recordings import Recordings, list_events, list_recordings, match_recordings, times_of
from ._resample import check_resampling

_WHOLE = ["events", "found", "alarms", "false_alarms"]
_SEIZURE_COLUMNS = [
    "recording", "patient", "onset", "offset", "label", "parts", "parts_found", "latency_seconds",
]  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class EventScores:
    """Figures of a seizure detector; made by `score_events`.

    Parameters
    ----------
    sensitivity, precision, f1 : float
        Share of the seizures found, of the alarms that are right, and their harmonic mean; NaN where
        there is no seizure, no alarm, or neither.
    false_alarms_per_day : float
        False alarms in 24 hours of recorded (or judged) time.
    time_in_warning : float
        Share of that time in which an alarm was on.
    sample_sensitivity, sample_precision, sample_f1 : float
        The same shares of seconds of seizure and of alarm.
    sensitivity_interval, precision_interval : tuple of float
        Wilson's intervals, as if seizures and alarms were independent.
    false_alarms_interval : tuple of float
        Exact Poisson interval of `false_alarms_per_day`.
    latency_median : float
        Median time from a seizure's onset to its first alarm, over the seizures found, in seconds.
    latency_quartiles : tuple of float
        Lower and upper quartile of the same.
    latency_seconds : ndarray of shape (n_seizures_found,)
        The times themselves.
    n_events, n_found, n_alarms, n_false_alarms : int
        Numbers of pieces of seizures that were scored, of those found, of alarms and of false ones; the
        seizures themselves are the rows of `seizures`.
    hours : float
        Recorded time, or `judged_seconds` where given: what rates are of.
    figures : DataFrame
        What `to_frame` returns.
    types : DataFrame
        Rows by label: seizures, events (their pieces), found pieces, sensitivity with its limits, median
        latency.
    patients : DataFrame or None
        Counts and figures by patient; None where patients are unknown.
    recordings : DataFrame
        Counts and figures by recording.
    seizures : DataFrame
        A row for each seizure, after joining: where it was, in how many parts it was scored, how many
        of them were found, and the latency.
    rules : EventRules
        The rules.
    confidence_level : float
        Nominal coverage of the intervals.

    See Also
    --------
    score_events : Makes the result.
    """

    sensitivity: float
    precision: float
    f1: float
    false_alarms_per_day: float
    time_in_warning: float
    sample_sensitivity: float
    sample_precision: float
    sample_f1: float
    sensitivity_interval: tuple[float, float]
    precision_interval: tuple[float, float]
    false_alarms_interval: tuple[float, float]
    latency_median: float
    latency_quartiles: tuple[float, float]
    latency_seconds: np.ndarray
    n_events: int
    n_found: int
    n_alarms: int
    n_false_alarms: int
    hours: float
    figures: pd.DataFrame
    types: pd.DataFrame
    patients: pd.DataFrame | None
    recordings: pd.DataFrame
    seizures: pd.DataFrame
    rules: EventRules
    confidence_level: float

    def to_frame(self) -> pd.DataFrame:
        """Return the figures of all recordings together.

        Returns
        -------
        table : DataFrame of shape (8, 6)
            Columns `estimate`; `low` and `high`, which take seizures and alarms as independent;
            `patient_low` and `patient_high` from resampled patients, NaN where patients are unknown or
            there is one; and `patient_mean`, the mean of the figure over the patients that have it.
        """
        return self.figures.copy()

    def __str__(self) -> str:
        quartiles = "{:.1f} to {:.1f}".format(*self.latency_quartiles)
        pieces = f"pieces of {len(self.seizures)} " if len(self.seizures) < self.n_events else ""
        head = (
            f"{self.n_found} of {self.n_events} {pieces}seizures found, "
            f"{self.n_false_alarms} of {self.n_alarms} alarms false, in {self.hours:.1f} h; "
            f"{self.confidence_level:.0%} intervals"
        )
        table = self.figures.to_string(float_format="%.3f", na_rep="–")
        return f"{head}\n{table}\nLatency: median {self.latency_median:.1f} s, quartiles {quartiles} s"

    def __repr__(self) -> str:
        return str(self)


def score_events(
    reference: Any,
    hypothesis: Any,
    duration: Any,
    *,
    groups: Any = None,
    min_gap_seconds: float = 90.0,
    max_event_seconds: float = 300.0,
    tolerance_before_seconds: float = 30.0,
    tolerance_after_seconds: float = 60.0,
    min_overlap: float = 0.0,
    confidence_level: float = 0.95,
    n_resamples: int = 2000,
    random_state: int | np.random.Generator | None = 0,
    judged_seconds: Any = None,
) -> EventScores:
    """Score alarms against annotated seizures by the rules of SzCORE.

    Parameters
    ----------
    reference, hypothesis : events, or sequence or dict of events
        Seizures and alarms of one recording, where `duration` is a number; else of each recording.
        Events are :class:`Event`, (onset, offset) or (onset, offset, label), or a table with columns
        `onset` and `duration`, in seconds from the start of the recording, in any order.
    duration : float, or sequence or dict of float
        Length of the recording, or of each, in seconds.
    groups : sequence or dict, optional
        Patient of each recording.
    min_gap_seconds : float, default=90
        Events closer than this are joined, seizures and alarms alike.
    max_event_seconds : float, default=300
        Longer events are then cut into pieces of this length, each of which counts.
    tolerance_before_seconds, tolerance_after_seconds : float, default=30, 60
        How long before and after a seizure an alarm counts as of it.
    min_overlap : float, default=0
        Share of a seizure, tolerance included, that alarms must cover more than, from 0 to below 1.
    confidence_level : float, default=0.95
        Nominal coverage of the intervals, between 0 and 1.
    n_resamples : int, default=2000
        How many times patients are drawn for the intervals by patient; 0 gives none.
    random_state : int, Generator or None, default=0
        Seed of the draws.
    judged_seconds : float, or sequence or dict of float, optional
        Time of the recording, or of each, in which an alarm could be raised, in seconds; by default all of
        `duration`. False alarms in 24 hours and the share of time in alarm are of this time.

    Returns
    -------
    scores : EventScores
        Figures of all recordings together, by type of seizure, by patient and by recording.

    Raises
    ------
    ValueError
        If an event lies outside its recording, an alarm has no length, recordings do not match, or a
        parameter is out of range.
    TypeError
        If an event is of a wrong type.

    Notes
    -----
    The rules [1]_, at a resolution of 0.1 s: join, cut, widen the seizures by the tolerance (within the
    recording). A seizure is found if any alarm overlaps it; an alarm is false if it overlaps no seizure
    that was found. Precision is found / (found + false alarms). Sample scoring compares the seconds of
    seizure with those of alarm, without tolerance, from the events as they were given.

    Events that overlap are joined, whatever their order; each list may thus come from several
    annotators or channels. A joined seizure has the label of its longest event. Parts of events
    outside the recording are cut off. An alarm shorter than 0.05 s may hold no step of 0.1 s, and is then
    false.

    Latency runs from the onset of a (joined, not cut) seizure to the first moment when an alarm, as it
    was given, was on within the tolerance: it is negative for an alarm before the onset, at least
    minus the tolerance. It is NaN where only the joining of two alarms covers the seizure.

    Figures are pooled over recordings. `low` and `high` take seizures and alarms as independent (Wilson;
    exact Poisson for false alarms), which they hardly are within a patient: the intervals by patient do
    not.

    References
    ----------
    .. [1] J. Dan et al. (2024). SzCORE: seizure community open-source research evaluation framework for
       the validation of electroencephalography-based automated seizure detection algorithms. Epilepsia.
       https://doi.org/10.1111/epi.18113

    Examples
    --------
    One seizure is found after 10 s, one is missed, and one alarm in 12 h is false:

    >>> from sklearn_eeg.evaluation import score_events
    >>> seizures, alarms = [(600, 660), (5000, 5090)], [(610, 640), (30000, 30010)]
    >>> scores = score_events(seizures, alarms, duration=12 * 3600)
    >>> scores.sensitivity, scores.precision, scores.false_alarms_per_day, scores.latency_median
    (0.5, 0.5, 2.0, 10.0)
    """
    check_resampling(n_resamples, confidence_level, "expanded", lowest=0)
    rules = EventRules(
        min_gap_seconds, max_event_seconds, tolerance_before_seconds, tolerance_after_seconds, min_overlap
    )
    one, recordings = isinstance(duration, numbers.Real), list_recordings(duration, groups)
    seizures = list_events(reference, recordings, one, "reference")
    alarms = list_events(hypothesis, recordings, one, "hypothesis")
    scores = [
        score_recording(times_of(true), times_of(said), seconds, rules)
        for true, said, seconds in zip(seizures, alarms, recordings.durations, strict=True)
    ]
    counts = np.array([score.counts for score in scores])
    if judged_seconds is not None:
        counts = use_judged_time(counts, _check_judged(judged_seconds, recordings, one))
    resampling = {
        "confidence_level": confidence_level, "n_resamples": n_resamples, "random_state": random_state,
    }  # fmt: skip
    table = _list_seizures(recordings, seizures, scores)
    figures = pooled_intervals(counts.sum(axis=0), confidence_level)
    figures, patients = _add_patients(figures, counts, recordings, resampling)
    return EventScores(
        **_summarise(counts, figures, table),
        figures=figures,
        types=_by_type(table, confidence_level),
        patients=patients,
        recordings=_tabulate(counts, recordings.names, "recording"),
        seizures=table,
        rules=rules,
        confidence_level=confidence_level,
    )


def _check_judged(judged: Any, recordings: Recordings, one: bool) -> list[float]:
    values = match_recordings([judged] if one else judged, recordings.names, "judged_seconds")
    for name, value, seconds in zip(recordings.names, values, recordings.durations, strict=True):
        if not isinstance(value, int | float | np.number) or not 0 < float(value) <= seconds + 0.1:
            raise ValueError(
                f"`judged_seconds` must be above 0 and at most the duration, {seconds:g} s, got {value!r} "
                f"for recording {name!r}."
            )
    return [float(value) for value in values]


def _summarise(counts: np.ndarray, figures: pd.DataFrame, seizures: pd.DataFrame) -> dict[str, Any]:
    """Return the fields of `EventScores` that are numbers."""
    total = dict(zip(COUNTS, counts.sum(axis=0).tolist(), strict=True))
    latency = seizures["latency_seconds"].dropna().to_numpy()
    quartiles = np.quantile(latency, [0.25, 0.5, 0.75]).tolist() if len(latency) else [np.nan] * 3
    limits = dict(zip(figures.index, figures[["low", "high"]].to_numpy().tolist(), strict=True))
    return {
        **dict(zip(FIGURES, figures["estimate"].tolist(), strict=True)),
        "sensitivity_interval": tuple(limits["sensitivity"]),
        "precision_interval": tuple(limits["precision"]),
        "false_alarms_interval": tuple(limits["false_alarms_per_day"]),
        "latency_median": quartiles[1],
        "latency_quartiles": (quartiles[0], quartiles[2]),
        "latency_seconds": latency,
        **{f"n_{name}": int(total[name]) for name in _WHOLE},
        "hours": total["seconds"] / 3600,
    }


def _add_patients(
    figures: pd.DataFrame, counts: np.ndarray, recordings: Recordings, resampling: dict[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Add limits from resampled patients and the mean over patients; return the patients' table too."""
    if recordings.patients is None:
        return figures.assign(patient_low=np.nan, patient_high=np.nan, patient_mean=np.nan), None
    sums = sum_by_unit(counts, recordings.unit, len(recordings.patients))
    low, high = patient_intervals(sums, **resampling)
    table = _tabulate(sums, recordings.patients, "patient")
    mean = table[list(FIGURES)].mean()
    return figures.assign(patient_low=low, patient_high=high, patient_mean=mean), table


def _tabulate(counts: np.ndarray, names: Sequence[Hashable] | np.ndarray, what: str) -> pd.DataFrame:
    """Return counts, hours and figures, a row for each name."""
    index = pd.Index(list(names), name=what)
    table = pd.DataFrame(counts, index, list(COUNTS))
    table = table[_WHOLE].astype(int).assign(hours=table["seconds"] / 3600)
    return table.join(pd.DataFrame(event_figures(counts), index, list(FIGURES)))


def _list_seizures(
    recordings: Recordings, events: list[list[Event]], scores: list[RecordingScore]
) -> pd.DataFrame:
    rows: list[tuple[Any, ...]] = []
    for number, (own, score) in enumerate(zip(events, scores, strict=True)):
        patient = None if recordings.patients is None else recordings.patients[recordings.unit[number]]
        of_seizure: list[list[Event]] = [[] for _ in score.seizures]
        for event, place in zip(own, score.members, strict=True):
            of_seizure[place].append(event)
        labels = [max(parts, key=lambda event: event.duration).label for parts in of_seizure]
        columns = labels, score.parts, score.parts_found, score.latency
        rows += [
            (recordings.names[number], patient, onset, offset, *values)
            for (onset, offset), *values in zip(score.seizures.tolist(), *columns, strict=True)
        ]
    table = pd.DataFrame(rows, columns=_SEIZURE_COLUMNS)
    return table.astype(
        {"parts": int, "parts_found": int, "latency_seconds": float, "onset": float, "offset": float}
    )


def _by_type(seizures: pd.DataFrame, confidence_level: float) -> pd.DataFrame:
    """Return sensitivity and median latency of each label."""
    grouped = seizures.groupby("label")
    table = grouped[["parts", "parts_found"]].sum().set_axis(["events", "found"], axis=1)
    table.insert(0, "seizures", grouped.size())
    found, events = table["found"].to_numpy(), table["events"].to_numpy()
    low, high = wilson_interval(found, events, confidence_level)
    return table.assign(
        sensitivity=table["found"] / table["events"],
        low=low,
        high=high,
        latency_median=grouped["latency_seconds"].median(),
    )
