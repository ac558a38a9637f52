"""The threshold of a detector, chosen on probabilities of patients that it had not seen."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from .._events import Event
from ..evaluation._event_figures import FIGURES, event_figures, use_judged_time
from ..evaluation._event_rules import EventRules, score_recording
from ..evaluation._recordings import times_of
from ._event_builder import EventBuilder, EventRule

_N_THRESHOLDS = 100


def threshold_curve(
    smoothed: Sequence[np.ndarray],
    events: Sequence[Sequence[Event]],
    durations: Sequence[float],
    rule: EventRule,
    thresholds: np.ndarray | None = None,
) -> pd.DataFrame:
    """Return the figures of a detector at each of many thresholds, by the rules of SzCORE.

    Parameters
    ----------
    smoothed : sequence of ndarray
        Smoothed probabilities of each recording, NaN where it was not judged.
    events : sequence of sequence of Event
        Its seizures.
    durations : sequence of float
        Its length, in seconds.
    rule : EventRule
        How probabilities become events; its threshold is not used.
    thresholds : ndarray, optional
        The thresholds; by default quantiles of the probabilities, denser towards the highest.

    Returns
    -------
    curve : DataFrame
        A row for each threshold, ascending: sensitivity, precision, F1, false alarms in 24 hours (of judged
        time) and the other figures of `score_events`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg._events import Event
    >>> from sklearn_eeg.detection._event_builder import EventRule
    >>> from sklearn_eeg.detection._threshold import threshold_curve
    >>> smoothed = np.zeros(86400)
    >>> smoothed[1000:1030], smoothed[50000:50030] = 0.9, 0.6
    >>> rule = EventRule(0.5, 1.0, 0.0, 0.0, window_seconds=1.0, step_seconds=1.0)
    >>> levels = np.array([0.5, 0.8])
    >>> curve = threshold_curve([smoothed], [[Event(1000, 1030)]], [86400.0], rule, levels)
    >>> curve[["sensitivity", "false_alarms_per_day"]].to_numpy().tolist()
    [[1.0, 1.0], [1.0, 0.0]]
    """
    levels = _list_levels(smoothed) if thresholds is None else np.asarray(thresholds, dtype=np.float64)
    judged = [max(np.count_nonzero(~np.isnan(own)) * rule.step_seconds, 1e-9) for own in smoothed]
    total: np.ndarray | float = 0.0
    for own, true, duration, seconds in zip(smoothed, events, durations, judged, strict=True):
        counts = [
            _count(own, times_of(list(true)), duration, replace(rule, threshold=x)) for x in levels.tolist()
        ]
        total = total + use_judged_time(np.array([counts]), [min(seconds, duration)])[0]
    figures = event_figures(np.asarray(total))
    return pd.DataFrame(figures, pd.Index(levels, name="threshold"), list(FIGURES))


def choose_threshold(curve: pd.DataFrame, max_false_alarms_per_day: float) -> float:
    """Return the threshold with the highest sensitivity at no more than a rate of false alarms.

    Parameters
    ----------
    curve : DataFrame
        Figures by threshold, as `threshold_curve` gives them.
    max_false_alarms_per_day : float
        The rate.

    Returns
    -------
    threshold : float
        Of equals those with the best F1 of seconds, of these the one nearest to the middle between the
        lowest and the highest; NaN where no threshold that finds a seizure keeps to the rate.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_eeg.detection._threshold import choose_threshold
    >>> figures = {
    ...     "sensitivity": [1.0, 0.8, 0.8, 0.2],
    ...     "false_alarms_per_day": [50.0, 5.0, 2.0, 0.0],
    ...     "sample_f1": [0.3, 0.5, 0.6, 0.2],
    ... }
    >>> choose_threshold(pd.DataFrame(figures, [0.1, 0.5, 0.7, 0.9]), 10)
    0.7
    """
    fitting = curve[(curve["false_alarms_per_day"] <= max_false_alarms_per_day) & (curve["sensitivity"] > 0)]
    if fitting.empty:
        return float("nan")
    best = fitting[fitting["sensitivity"] == fitting["sensitivity"].max()]
    best = best[best["sample_f1"] == best["sample_f1"].max()]
    levels = best.index.to_numpy(dtype=np.float64)
    return float(levels[np.argmin(np.abs(levels - (levels[0] + levels[-1]) / 2))])


def _count(smoothed: np.ndarray, seizures: np.ndarray, duration: float, rule: EventRule) -> np.ndarray:
    builder = EventBuilder(rule)
    alarms = builder.push(smoothed) + builder.finish(duration)
    return score_recording(seizures, times_of(alarms), duration, EventRules()).counts


def _list_levels(smoothed: Sequence[np.ndarray]) -> np.ndarray:
    pooled = np.concatenate([own[~np.isnan(own)] for own in smoothed])
    if not len(pooled):
        raise ValueError("No window of the recordings could be judged: all hold gaps or constant channels.")
    share_above = np.geomspace(1 / len(pooled), 1, _N_THRESHOLDS)
    return np.unique(np.quantile(pooled, 1 - share_above))
