"""Look for leaks before anything is fitted, within reasonable time."""

from typing import Any

import numpy as np
import pandas as pd

from ..model_selection import Finding, check_leakage
from ..model_selection._fitted_outside import find_scaling

MOST_NUMBERS = 20_000_000  # in X; comparing more would take longer than many a fit
NO_COPIES = "no_copies"  # kinds of notes: windows not compared,
NO_WINDOWS = "no_windows"  # nor looked at for scaling
_TOO_MANY = (
    f"X holds more than {MOST_NUMBERS:.0e} numbers: {{}} were not looked for. Call check_leakage to do so."
)
_TOLD_ELSEWHERE = {"patient", "no_patients"}  # by the warnings of the folds


def look_for_leaks(
    X: Any,
    y: np.ndarray,
    groups: np.ndarray | None,
    splits: list[tuple[np.ndarray, np.ndarray]],
    *,
    estimator: Any,
    recording: Any = None,
    start_second: Any = None,
    window_seconds: Any = None,
) -> tuple[Finding, ...]:
    """Return what `check_leakage` finds in the windows and in the folds.

    Parameters
    ----------
    X : sequence of n_windows windows
        The windows: an array, a list or a DataFrame of numbers, or epochs; nothing else can be looked at. A
        table (two dimensions) is searched for equal rows only; more than 20 million numbers are not compared
        at all, but looked at for scaling outside the folds (not so epochs).
    y : ndarray of shape (n_windows,)
        Labels.
    groups : ndarray of shape (n_windows,) or None
        Patients.
    splits : list of (ndarray, ndarray)
        Training and test windows of each fold.
    estimator : estimator
        What is evaluated.
    recording, start_second : array-like of shape (n_windows,), optional
        Where the windows lie.
    window_seconds : float or array-like, optional
        Length of the windows in seconds.

    Returns
    -------
    findings : tuple of Finding
        Errors first, at last a note (of kind `NO_COPIES` or `NO_WINDOWS`) on what could not be looked at.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._leaks import look_for_leaks
    >>> X, y, patients = np.random.default_rng(0).normal(size=(4, 9)), np.array([0, 1] * 2), np.arange(4) // 2
    >>> X[3] = X[0]
    >>> halves = [(np.arange(2), np.arange(2, 4)), (np.arange(2, 4), np.arange(2))]
    >>> [finding.kind for finding in look_for_leaks(X, y, patients, halves, estimator=None)]
    ['duplicate']
    """
    windows, notes = _as_comparable(X)
    scaled = find_scaling(windows) if windows is not None and notes else []
    windows = None if notes else windows
    found = check_leakage(
        np.arange(2.0 * len(y)).reshape(-1, 2) if windows is None else windows,  # no two alike
        y,
        groups,
        splits,
        estimator=estimator,
        recording=recording,
        start_second=start_second,
        window_seconds=window_seconds,
        near=0.99 if windows is not None and windows.ndim == 3 else None,
    )
    return (*scaled, *found, *notes)


def leaks_to_warn_of(findings: tuple[Finding, ...]) -> list[str]:
    """Return the sentences of errors that no warning about the folds tells."""
    return [
        f"Leak: {each.sentence}"
        for each in findings
        if each.severity == "error" and each.kind not in _TOLD_ELSEWHERE
    ]


def list_searches(findings: tuple[Finding, ...], *, has_patients: bool, has_times: bool) -> list[str]:
    """Return in words what leaks were looked for.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._leaks import list_searches
    >>> list_searches((), has_patients=False, has_times=False)
    ['equal windows on both sides of a fold or with different labels', 'scaling of all windows', ...]
    """
    unseen = {each.kind for each in findings} & {NO_COPIES, NO_WINDOWS}
    searches = {
        "patients on both sides of a fold": has_patients,
        "classes that are patients": has_patients,
        "overlapping windows on both sides of a fold": has_times,
        "equal windows on both sides of a fold or with different labels": not unseen,
        "scaling of all windows": NO_WINDOWS not in unseen,
        "parts of the model that are fitted already": True,
    }
    return [search for search, done in searches.items() if done]


def _as_comparable(X: Any) -> tuple[np.ndarray | None, list[Finding]]:
    """Return windows as an array where they can be looked at, and a note where not compared."""
    if hasattr(X, "get_data"):
        if len(X) * len(X.ch_names) * len(X.times) <= MOST_NUMBERS:
            return np.asarray(X.get_data()), []
        return None, [Finding(NO_WINDOWS, "note", _TOO_MANY.format("copies of windows and scaling"))]
    windows = _as_numbers(X)
    if windows is None:
        sentence = "The windows are no array of numbers: copies of windows and scaling were not looked for."
        return None, [Finding(NO_WINDOWS, "note", sentence)]
    if windows.size > MOST_NUMBERS:
        return windows, [Finding(NO_COPIES, "note", _TOO_MANY.format("copies of windows"))]
    return windows, []


def _as_numbers(X: Any) -> np.ndarray | None:
    """Return an array, a list or a DataFrame of numbers as an array, anything else as None."""
    if not isinstance(X, np.ndarray | pd.DataFrame | list | tuple):
        return None
    try:
        windows = np.asarray(X)
    except ValueError:  # windows of unequal length
        return None
    if isinstance(X, pd.DataFrame) and windows.dtype == object and all(map(_is_number, X.dtypes)):
        windows = X.to_numpy(dtype=float, na_value=np.nan)  # nullable numbers
    return windows if windows.dtype.kind in "fiu" and windows.ndim in (2, 3) else None


def _is_number(dtype: Any) -> bool:
    return bool(pd.api.types.is_numeric_dtype(dtype))
