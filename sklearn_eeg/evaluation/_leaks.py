"""Look for leaks before anything is fitted, within reasonable time."""

from typing import Any

import numpy as np

from ..model_selection import Finding, check_leakage

MOST_NUMBERS = 20_000_000  # in X; comparing more would take longer than many a fit
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
        The windows. Only arrays of numbers and epochs can be compared; a table (two dimensions) is
        searched for equal rows only, and more than 20 million numbers are not compared at all.
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
        Errors first, with a note where windows could not be compared.

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
    windows, reason = _as_comparable(X)
    found = check_leakage(
        np.arange(2.0 * len(y)).reshape(-1, 2) if windows is None else windows,  # no two alike
        y,
        groups,
        splits,
        estimator=estimator,
        recording=recording,
        start_second=start_second,
        window_seconds=None if window_seconds is None else float(np.max(window_seconds)),
        near=0.99 if windows is not None and windows.ndim == 3 else None,
    )
    notes = (Finding("not_compared", "note", reason),) if reason else ()
    return (*found, *notes)


def leaks_to_warn_of(findings: tuple[Finding, ...]) -> list[str]:
    """Return the sentences of errors that no warning about the folds tells."""
    return [
        f"Leak: {each.sentence}"
        for each in findings
        if each.severity == "error" and each.kind not in _TOLD_ELSEWHERE
    ]


def _as_comparable(X: Any) -> tuple[np.ndarray | None, str]:
    """Return windows as an array, or None and why not."""
    epochs = hasattr(X, "get_data")
    if not epochs and not (isinstance(X, np.ndarray) and X.dtype.kind in "fiu" and X.ndim in (2, 3)):
        return None, "The windows are no array of numbers: copies of windows were not looked for."
    n_numbers = len(X) * len(X.ch_names) * len(X.times) if epochs else X.size
    if n_numbers > MOST_NUMBERS:
        return None, (
            f"X holds more than {MOST_NUMBERS:.0e} numbers: copies of windows were not looked for. Call "
            "check_leakage to do so."
        )
    return np.asarray(X.get_data() if epochs else X), ""
