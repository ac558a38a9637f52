"""What the windows are: how many, how long, of whom, of which class, in which fold."""

from collections.abc import Hashable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd


class WindowFacts(NamedTuple):
    """Shape and length of the windows, as far as known."""

    n_channels: int | None = None
    """Channels of a window."""
    n_times: int | None = None
    """Time points of a window."""
    sfreq: float | None = None
    """Sampling frequency in Hz."""
    window_seconds: float | None = None
    """Mean length of a window."""


def describe_windows(X: Any, estimator: Any, window_seconds: Any = None) -> WindowFacts:
    """Return what is known of the shape and the length of windows.

    Parameters
    ----------
    X : array-like, list, DataFrame or mne.Epochs
        The windows; only arrays of three dimensions and epochs tell their shape.
    estimator : estimator
        A parameter of it (or of a part of it) named `sfreq` tells the rate, where all agree.
    window_seconds : float or array-like, optional
        Length of the windows; by default their time points over the rate.

    Returns
    -------
    facts : WindowFacts
        None where unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.base import BaseEstimator
    >>> from sklearn_eeg.evaluation._data_card import describe_windows
    >>> describe_windows(np.zeros((5, 19, 256)), BaseEstimator(), 2.0)
    WindowFacts(n_channels=19, n_times=256, sfreq=None, window_seconds=2.0)
    """
    info = getattr(X, "info", None)
    sfreq = float(info["sfreq"]) if hasattr(X, "get_data") and info else _find_sfreq(estimator)
    shape = np.shape(X) if isinstance(X, np.ndarray) else ()
    if hasattr(X, "get_data"):
        shape = (len(X), len(X.ch_names), len(X.times))
    n_channels, n_times = shape[1:] if len(shape) == 3 else (None, None)
    if window_seconds is not None:
        seconds: float | None = float(np.mean(window_seconds))
    else:
        seconds = n_times / sfreq if n_times and sfreq else None
    return WindowFacts(n_channels, n_times, sfreq, seconds)


def summarise_data(report: Any) -> dict[str, Any]:
    """Return the facts of a report's data, None where unknown.

    Parameters
    ----------
    report : EvaluationReport
        The report.

    Returns
    -------
    facts : dict of str
        Numbers of windows, classes, patients, patients of several classes, recordings and folds; shape,
        rate and length of the windows; and `hours`, the length of all windows together, which counts
        twice what lies in two windows.
    """
    facts = report.facts or WindowFacts()
    patients = patients_by_class(report)
    timeline = report.timeline
    hours = None if facts.window_seconds is None else len(report.y_true) * facts.window_seconds / 3600
    mixed = None if patients is None else int((patients > 0).sum(axis=0).gt(1).sum())
    return {
        "windows": len(report.y_true),
        "classes": len(report.classes),
        "patients": None if patients is None else patients.shape[1],
        "patients_with_several_classes": mixed,
        "recordings": None if timeline is None else len(timeline.durations),
        "folds": len(np.unique(report.fold)),
        "hours": hours,
        **facts._asdict(),
    }


def patients_by_class(report: Any) -> pd.DataFrame | None:
    """Return how many windows of each class (rows) each patient (columns) has; None where unknown."""
    if report.groups is None:
        return None
    return pd.crosstab(
        pd.Categorical(report.y_true, categories=report.classes), report.groups, dropna=False
    ).set_axis(pd.Index(report.target_names, name="class"), axis=0)


def fold_table(report: Any) -> pd.DataFrame:
    """Return what each fold tests: windows and patients.

    Parameters
    ----------
    report : EvaluationReport
        The report.

    Returns
    -------
    table : DataFrame of shape (n_folds, 2)
        Rows by number of the fold; `patients` is missing where they are unknown.
    """
    rows: dict[Hashable, list[Any]] = {}
    for number in np.unique(report.fold).tolist():
        own = report.fold == number
        patients = pd.NA if report.groups is None else len(np.unique(report.groups[own]))
        rows[number] = [int(own.sum()), patients]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["windows", "patients"])
    return table.rename_axis(index="fold")


def fold_classes(report: Any) -> pd.DataFrame:
    """Return how many windows of each class (columns) each fold (rows) tests."""
    numbers = np.unique(report.fold)
    counts = [
        [np.count_nonzero((report.fold == number) & (report.y_true == label)) for label in report.classes]
        for number in numbers
    ]
    return pd.DataFrame(counts, pd.Index(numbers.tolist(), name="fold"), list(report.target_names))


def _find_sfreq(estimator: Any) -> float | None:
    """Return the sampling frequency that the parameters of an estimator agree on."""
    if not hasattr(estimator, "get_params"):
        return None
    found = {
        float(value)
        for name, value in estimator.get_params(deep=True).items()
        if name.rpartition("__")[2] == "sfreq" and isinstance(value, int | float)
    }
    return found.pop() if len(found) == 1 else None
