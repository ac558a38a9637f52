"""Sensitivity against false alarms, over the thresholds of a probability."""

import numbers
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ._event_figures import FIGURES, event_figures, patient_intervals, sum_by_unit, use_judged_time
from ._event_rules import COUNTS, EventRules, score_recording
from ._recordings import Recordings, list_events, list_recordings, match_recordings, times_of
from ._resample import check_resampling

_N_THRESHOLDS = 50


@dataclass(frozen=True, eq=False, repr=False)
class EventCurve:
    """Figures of a detector at each threshold; made by `sensitivity_curve`.

    Parameters
    ----------
    thresholds : ndarray of shape (n_thresholds,)
        Ascending; an alarm is on where the probability is at least that.
    figures : dict of str to ndarray of shape (n_thresholds,)
        `sensitivity`, `precision`, `f1`, `false_alarms_per_day`, `time_in_warning` and those of samples.
    low, high : dict of str to ndarray of shape (n_thresholds,)
        Limits of the same from resampled patients, NaN where patients are unknown or there is one.
    confidence_level : float
        Nominal coverage of the intervals.
    """

    thresholds: np.ndarray
    figures: dict[str, np.ndarray]
    low: dict[str, np.ndarray]
    high: dict[str, np.ndarray]
    confidence_level: float

    def to_frame(self) -> pd.DataFrame:
        """Return the figures by threshold.

        Returns
        -------
        table : DataFrame of shape (n_thresholds, 24)
            A column for each figure, and its limits as `<figure>_low` and `<figure>_high`.
        """
        columns: dict[str, np.ndarray] = {}
        for name, values in self.figures.items():
            columns |= {name: values, f"{name}_low": self.low[name], f"{name}_high": self.high[name]}
        return pd.DataFrame(columns, index=pd.Index(self.thresholds, name="threshold"))

    def sensitivity_at(self, false_alarms_per_day: float) -> float:
        """Return the highest sensitivity with at most so many false alarms in 24 hours.

        Parameters
        ----------
        false_alarms_per_day : float
            The rate that can be borne, at least 0.

        Returns
        -------
        sensitivity : float
            0 where no threshold keeps to the rate (a detector that never alarms does); NaN without
            seizures.
        """
        if not false_alarms_per_day >= 0:
            raise ValueError(f"`false_alarms_per_day` must be at least 0, got {false_alarms_per_day!r}.")
        reached = self.figures["sensitivity"][self.figures["false_alarms_per_day"] <= false_alarms_per_day]
        return float(np.max(reached, initial=0.0))

    def __repr__(self) -> str:
        span = f"{self.thresholds[0]:g} to {self.thresholds[-1]:g}"
        return f"EventCurve({len(self.thresholds)} thresholds, {span})"


def sensitivity_curve(
    reference: Any,
    probability: Any,
    *,
    step_seconds: float,
    groups: Any = None,
    thresholds: Any = None,
    rules: EventRules | None = None,
    confidence_level: float = 0.95,
    n_resamples: int = 1000,
    random_state: int | np.random.Generator | None = 0,
    judged_seconds: Any = None,
) -> EventCurve:
    """Score a probability over time against seizures, at each of many thresholds.

    Parameters
    ----------
    reference : events, or sequence or dict of events
        Seizures of the recording or of each, as in `score_events`.
    probability : ndarray of shape (n_steps,), or sequence or dict of those
        Probability (or any score) of a seizure in each step of the recording, from its start; an array
        of one dimension is one recording.
    step_seconds : float
        Length of a step, in seconds. The last step ends the recording.
    groups : sequence or dict, optional
        Patient of each recording; without it there are no intervals.
    thresholds : array-like of shape (n_thresholds,), optional
        Thresholds; by default 50 quantiles of the probabilities, denser towards the highest.
    rules : EventRules, optional
        Rules of the scoring, by default those of SzCORE.
    confidence_level : float, default=0.95
        Nominal coverage of the intervals, between 0 and 1.
    n_resamples : int, default=1000
        How many times patients are drawn; 0 gives no intervals.
    random_state : int, Generator or None, default=0
        Seed of the draws; all thresholds meet the same ones.
    judged_seconds : sequence or dict of float, optional
        Time of each recording in which an alarm could be raised, in seconds, as in `score_events`.

    Returns
    -------
    curve : EventCurve
        The figures at each threshold, with limits by patient.

    Raises
    ------
    ValueError
        If recordings do not match, a probability is not finite, or a parameter is out of range.

    Notes
    -----
    Each point equals `score_events` on the steps at or above the threshold. The curve need not be
    monotone: a low threshold joins alarms into long ones, which are cut into pieces again.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._event_curve import sensitivity_curve
    >>> probability = np.zeros(8640)
    >>> probability[[100, 5000]] = 0.9, 0.6
    >>> curve = sensitivity_curve([(1000, 1060)], probability, step_seconds=10, thresholds=[0.5, 0.8])
    >>> curve.to_frame()[["sensitivity", "false_alarms_per_day"]]
               sensitivity  false_alarms_per_day
    threshold
    0.5                1.0                   1.0
    0.8                1.0                   0.0
    """
    check_resampling(n_resamples, confidence_level, "expanded", lowest=0)
    if not isinstance(step_seconds, numbers.Real) or not 0 < step_seconds < np.inf:
        raise ValueError(f"`step_seconds` must be positive, got {step_seconds!r}.")
    one = isinstance(probability, np.ndarray) and probability.ndim == 1 and probability.dtype != object
    recordings, values = _check_probability(probability, one, float(step_seconds), groups)
    levels = _choose_thresholds(thresholds, values)
    seizures = [times_of(own) for own in list_events(reference, recordings, one, "reference")]
    counts = np.zeros((len(values), len(levels), len(COUNTS)))
    for number, (true, own, seconds) in enumerate(zip(seizures, values, recordings.durations, strict=True)):
        for place, level in enumerate(levels):
            alarms = _runs(own >= level) * step_seconds
            counts[number, place] = score_recording(true, alarms, seconds, rules or EventRules()).counts
    if judged_seconds is not None:
        counts = use_judged_time(counts, match_recordings(judged_seconds, recordings.names, "judged_seconds"))
    figures = event_figures(counts.sum(axis=0))
    low, high = np.full((2, *figures.shape), np.nan)
    if recordings.patients is not None:
        flat = counts.reshape(len(counts), -1)
        sums = sum_by_unit(flat, recordings.unit, len(recordings.patients))
        low, high = patient_intervals(
            sums.reshape(-1, *counts.shape[1:]),
            confidence_level=confidence_level,
            n_resamples=n_resamples,
            random_state=random_state,
        )
    named = [dict(zip(FIGURES, each.T, strict=True)) for each in (figures, low, high)]
    return EventCurve(levels, *named, confidence_level)


def _check_probability(
    probability: Any, one: bool, step: float, groups: Any
) -> tuple[Recordings, list[np.ndarray]]:
    """Return the recordings and the probabilities of each."""
    by_name = {0: probability} if one else probability
    if not isinstance(by_name, dict):
        by_name = dict(enumerate(by_name))
    values = {name: np.asarray(each, dtype=np.float64) for name, each in by_name.items()}
    for name, each in values.items():
        if each.ndim != 1 or not len(each) or not np.isfinite(each).all():
            raise ValueError(
                f"`probability` must be a finite number for each step, got shape {each.shape} "
                f"and {np.count_nonzero(~np.isfinite(each))} that are not finite in recording {name!r}: let "
                "steps that cannot be judged be 0."
            )
    durations = {name: len(each) * step for name, each in values.items()}
    if groups is not None and not isinstance(groups, dict):
        names = list(durations)
        groups = dict(zip(names, match_recordings(np.atleast_1d(groups), names, "groups"), strict=True))
    return list_recordings(durations, groups), list(values.values())


def _choose_thresholds(thresholds: Any, values: list[np.ndarray]) -> np.ndarray:
    if thresholds is None:
        pooled = np.concatenate(values)
        share_above = np.geomspace(1 / len(pooled), 1, _N_THRESHOLDS)
        return np.unique(np.quantile(pooled, 1 - share_above))
    levels = np.unique(np.asarray(thresholds, dtype=np.float64))
    if levels.ndim != 1 or not len(levels) or not np.isfinite(levels).all():
        raise ValueError(f"`thresholds` must be one or more finite numbers, got {thresholds!r}.")
    return levels


def _runs(on: np.ndarray) -> np.ndarray:
    """Return the first step of each run of True and the one after its last, of shape (n_runs, 2)."""
    edges = np.flatnonzero(np.diff(on.astype(np.int8), prepend=0, append=0))
    return edges.reshape(-1, 2)
