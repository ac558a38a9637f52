"""Figures of event scoring from the counts of recordings, and their intervals."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ._event_rules import COUNTS
from ._rates import poisson_interval, wilson_interval
from ._resample import draw_units, interval

SECONDS_PER_DAY = 86_400.0
_ROWS = 1000  # draws of patients handled at a time


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(below > 0, above / below, np.nan)


Counts = dict[str, np.ndarray]

FIGURES: dict[str, Callable[[Counts], np.ndarray]] = {
    "sensitivity": lambda n: _ratio(n["found"], n["events"]),
    "precision": lambda n: _ratio(n["found"], n["found"] + n["false_alarms"]),
    "f1": lambda n: _ratio(2 * n["found"], n["found"] + n["false_alarms"] + n["events"]),
    "false_alarms_per_day": lambda n: _ratio(n["false_alarms"] * SECONDS_PER_DAY, n["seconds"]),
    "time_in_warning": lambda n: _ratio(n["warning_seconds"], n["seconds"]),
    "sample_sensitivity": lambda n: _ratio(n["found_samples"], n["true_samples"]),
    "sample_precision": lambda n: _ratio(n["found_samples"], n["found_samples"] + n["false_samples"]),
    "sample_f1": lambda n: _ratio(
        2 * n["found_samples"], n["found_samples"] + n["false_samples"] + n["true_samples"]
    ),
}


def event_figures(counts: np.ndarray) -> np.ndarray:
    """Return the figures of `FIGURES` from counts.

    Parameters
    ----------
    counts : ndarray of shape (..., n_counts)
        The numbers named in `COUNTS`, of recordings or summed over some.

    Returns
    -------
    figures : ndarray of shape (..., n_figures)
        Shares between 0 and 1 and false alarms in 24 hours; NaN where there is nothing to divide by.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._event_figures import event_figures
    >>> event_figures(np.array([4.0, 3, 5, 1, 43200, 60, 100, 50, 10]))[:4].round(3).tolist()
    [0.75, 0.75, 0.75, 2.0]
    """
    named = {name: counts[..., column] for column, name in enumerate(COUNTS)}
    return np.stack([figure(named) for figure in FIGURES.values()], axis=-1)


def use_judged_time(counts: np.ndarray, judged: Sequence[float]) -> np.ndarray:
    """Return counts of shape (n_recordings, ..., n_counts) whose `seconds` are those judged.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._event_figures import use_judged_time
    >>> use_judged_time(np.array([[4.0, 3, 5, 1, 43200, 60, 100, 50, 10]]), [3600.0])[0, 4]
    np.float64(3600.0)
    """
    judged_counts = counts.copy()
    seconds = np.asarray(judged, dtype=np.float64)
    seconds = seconds.reshape(-1, *(1,) * (counts.ndim - 2))
    on = counts[..., COUNTS.index("warning_seconds")]
    judged_counts[..., COUNTS.index("seconds")] = seconds
    judged_counts[..., COUNTS.index("warning_seconds")] = np.minimum(on, seconds)
    return judged_counts


def sum_by_unit(counts: np.ndarray, unit: np.ndarray, n_units: int) -> np.ndarray:
    """Sum counts of shape (n_recordings, n_counts) over the recordings of each patient."""
    sums = np.zeros((n_units, counts.shape[1]))
    np.add.at(sums, unit, counts)
    return sums


def patient_intervals(
    sums: np.ndarray, *, confidence_level: float, n_resamples: int, random_state: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Return limits of the pooled figures, by resampling patients.

    Parameters
    ----------
    sums : ndarray of shape (n_patients, n_counts) or (n_patients, n_thresholds, n_counts)
        Counts of each patient.
    confidence_level : float
        Between 0 and 1.
    n_resamples : int
        How many draws to make; 0 gives no limits.
    random_state : int, Generator or None
        Seed of the draws.

    Returns
    -------
    low, high : ndarray of shape (n_figures,) or (n_thresholds, n_figures)
        The limits, by widened percentiles (`bootstrap_by_patient`, method ``"expanded"``), as the number
        of patients that have the figure asks; NaN where that is one, and without draws.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._event_figures import patient_intervals
    >>> sums = np.tile([4.0, 3, 5, 1, 43200, 60, 100, 50, 10], (5, 1))
    >>> low, high = patient_intervals(sums, confidence_level=0.95, n_resamples=100, random_state=0)
    >>> low[:4].tolist() == high[:4].tolist() == [0.75, 0.75, 0.75, 2.0]
    True
    """
    n_units, flat = len(sums), sums.reshape(len(sums), -1)
    inner = sums.shape[1:]
    shape = (*inner[:-1], len(FIGURES))
    if not n_resamples:
        return np.full(shape, np.nan), np.full(shape, np.nan)
    drawn = [
        event_figures((block @ flat).reshape(-1, *inner)).reshape(len(block), -1)
        for block in draw_units(n_units, n_resamples, random_state, _ROWS)
    ]
    low, high = interval(
        event_figures(flat.sum(axis=0).reshape(inner)).ravel(),
        np.concatenate(drawn),
        method="expanded",
        confidence_level=confidence_level,
        n_units=np.count_nonzero(~np.isnan(event_figures(sums)), axis=0).ravel(),
    )
    return low.reshape(shape), high.reshape(shape)


def pooled_intervals(counts: np.ndarray, confidence_level: float) -> pd.DataFrame:
    """Return the pooled figures, with limits for those that count events, which they take as independent.

    Parameters
    ----------
    counts : ndarray of shape (n_counts,)
        Counts of all recordings.
    confidence_level : float
        Between 0 and 1.

    Returns
    -------
    table : DataFrame of shape (n_figures, 3)
        Columns `estimate`, `low` and `high`: Wilson's limits for sensitivity and precision, exact Poisson
        limits for false alarms; NaN for the others.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._event_figures import pooled_intervals
    >>> counts = np.array([10.0, 8, 8, 0, 3 * 86400, 60, 100, 50, 10])
    >>> pooled_intervals(counts, 0.95).loc["false_alarms_per_day"].round(4).tolist()
    [0.0, 0.0, 1.2296]
    """
    named = dict(zip(COUNTS, counts, strict=True))
    limits = np.full((len(FIGURES), 2), np.nan)
    found, false = named["found"], named["false_alarms"]
    days = named["seconds"] / SECONDS_PER_DAY
    for name, pair in {
        "sensitivity": wilson_interval(found, named["events"], confidence_level),
        "precision": wilson_interval(found, found + false, confidence_level),
        "false_alarms_per_day": poisson_interval(false, days, confidence_level),
    }.items():
        limits[list(FIGURES).index(name)] = pair
    values = np.column_stack([event_figures(counts), limits])
    return pd.DataFrame(values, pd.Index(list(FIGURES), name="figure"), ["estimate", "low", "high"])
