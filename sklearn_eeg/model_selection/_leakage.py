"""Look for what makes a score better than it will be on a new patient."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.utils import column_or_1d

from ._fitted_outside import find_in_estimator, find_scaling
from ._leakage_report import Finding, LeakageReport
from ._leaking_copies import find_leaking_copies
from ._leaking_patients import find_patients, find_recordings, merge_persons
from ._names import check_names
from ._sides import Sides, list_folds

_NO_PATIENTS = (
    "The patients are unknown: windows of one patient may lie in both train and test, and scores are then "
    "optimistic. Pass groups=."
)


def check_leakage(
    X: Any,
    y: Any,
    groups: Any = None,
    cv: Any = None,
    *,
    estimator: Any = None,
    recording: Any = None,
    start_second: Any = None,
    window_seconds: Any = None,
    same_person: Mapping[Any, Any] | None = None,
    near: float | None = 0.99,
) -> LeakageReport:
    """Look for leaks: what lets a model be tested on something that it was fitted on.

    Parameters
    ----------
    X : array-like of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
        The windows; or a table of features, then with ``near=None``. ``mne.Epochs`` are read.
    y : array-like of shape (n_windows,)
        Label of each window.
    groups : array-like of shape (n_windows,), optional
        Patient of each window.
    cv : int, splitter or iterable of (train, test), optional
        The split to look at. None takes every split by patient (without `groups`, every split): two
        patients then count as parted. A number means that many folds by patient.
    estimator : estimator, optional
        The system to be evaluated; it is only looked at.
    recording : array-like of shape (n_windows,), optional
        Recording of each window; equal names in two patients count as two recordings.
    start_second : array-like of shape (n_windows,), optional
        Where each window begins in its recording, in seconds; NaN where unknown.
    window_seconds : float or array-like of shape (n_windows,), optional
        Length of the windows, in seconds, above 0.
    same_person : mapping, optional
        Ids that are one person, such as ``{"chb21": "chb01"}``; ids that do not occur are ignored.
    near : float or None, default=0.99
        The correlation from which windows pass for copies, above 0.5 and below 1; None to look for equal
        windows only.

    Returns
    -------
    report : LeakageReport
        The findings, errors first.

    Raises
    ------
    ValueError
        If lengths differ or a parameter is out of its range.

    See Also
    --------
    leakage_gap : How much a random split flatters, as a figure.

    Notes
    -----
    ==============  ========  =========================================================================
    kind            severity  what was found
    ==============  ========  =========================================================================
    patient         error     patients, or persons under two ids, on both sides of a fold
    same_person     error     two ids of one person (given, or chb01 and chb21 [1]_), which may be parted
    recording       error     recordings on both sides of a fold, where patients are unknown
    overlap         error     windows of one recording that overlap in time, on two sides
    duplicate       error     equal windows on two sides
    near_duplicate  error     windows on two sides that correlate by `near` or more, in absolute value: the
                              mean over channels, of the windows and of their first differences
    fitted_outside  error     X scaled or rotated on all windows
    frozen          either    a part of `estimator` that no fold fits
    label_conflict  warning   copies with different labels on one side
    inner_split     warning   a part of `estimator` that splits inside, without patients
    class_patient   warning   a class in one patient only
    no_patients     warning   `groups` is None
    confounded      note      each patient has one class
    flat            note      windows that are constant in all channels, not compared
    not_compared    note      windows too much alike, or not finite, or too many pairs, to tell copies
    fitted          note      `estimator` is fitted already
    ==============  ========  =========================================================================

    Not decidable from these arguments, and not looked for: features chosen, or models, by looking at all
    labels; a filter or a cleaning fitted on whole recordings; synthetic windows made of test windows;
    windows of one recording that overlap by a shift, without `start_second`; and persons under two ids
    that nobody named.

    References
    ----------
    .. [1] Guttag J (2010). CHB-MIT Scalp EEG Database (version 1.0.0). PhysioNet.
       https://doi.org/10.13026/C2K01R
    .. [2] Brookshire G et al. (2024). Data leakage in deep learning studies of translational EEG.
       Frontiers in Neuroscience 18, 1373515. https://doi.org/10.3389/fnins.2024.1373515

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.model_selection import check_leakage
    >>> X = np.random.default_rng(0).normal(size=(8, 2, 64))
    >>> y, patients = np.tile([0, 1], 4), np.repeat(["ann", "bob", "cleo", "dan"], 2)
    >>> print(check_leakage(X, y, patients, cv=2))
    No leak found.
    >>> X[7] = 3 * X[0]
    >>> print(check_leakage(X, y, patients))
    ERROR (near_duplicate): 1 pair of windows of different patients are nearly copies, ...
    """
    windows, y, groups, recording, start = _check_arrays(X, y, groups, recording, start_second)
    lengths = _check_lengths(window_seconds, len(y))
    _check_parameters(near, start, lengths, recording)
    findings: list[Finding] = []
    folds = list_folds(cv, windows, y, groups)
    if groups is None:
        person, sides = None, Sides(len(y), folds, None)
        findings.append(Finding("no_patients", "warning", _NO_PATIENTS))
    else:
        person, pairs = merge_persons(groups, same_person or {})
        sides = Sides(len(y), folds, person)
        findings.extend(find_patients(sides, y, groups, person, pairs))
    if recording is not None:
        findings.extend(find_recordings(sides, recording, groups, person, start, lengths))
    findings.extend(find_leaking_copies(windows, y, groups, sides, near))
    findings.extend(find_scaling(windows))
    if estimator is not None:
        findings.extend(find_in_estimator(estimator, len(y), has_patients=groups is not None))
    return LeakageReport(findings)


def _check_arrays(X: Any, y: Any, *others: Any) -> tuple[Any, ...]:
    windows = np.asarray(X.get_data() if hasattr(X, "get_data") else X)
    if windows.ndim not in (2, 3) or windows.dtype.kind not in "fiub":
        raise ValueError(
            "X must be windows of shape (n_windows, n_channels, n_times), or (n_windows, n_times) for one "
            f"channel, of numbers, got shape {windows.shape} of {windows.dtype}."
        )
    windows = windows if windows.dtype.kind == "f" else windows.astype(float)
    if y is None:
        raise ValueError("`y` must give the label of each window, got None.")
    names = ("y", "groups", "recording", "start_second")
    columns = [
        values
        if values is None
        else column_or_1d(values)
        if thing is None
        else check_names(values, name, thing)
        for values, name, thing in zip(
            (y, *others), names, ("label", "patient", "recording", None), strict=True
        )
    ]
    for name, column in zip(names, columns, strict=True):
        if column is not None and len(column) != len(windows):
            raise ValueError(
                f"`{name}` must have one entry for each of the {len(windows)} windows, got {len(column)}."
            )
    return (windows, *columns)


def _check_lengths(window_seconds: Any, n_windows: int) -> np.ndarray | None:
    if window_seconds is None:
        return None
    try:
        lengths = np.asarray(window_seconds, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"`window_seconds` must be a number, or one for each window, got {window_seconds!r}."
        ) from error
    if lengths.shape not in ((), (n_windows,)):
        raise ValueError(
            f"`window_seconds` must be a number, or one for each of the {n_windows} windows, got shape "
            f"{lengths.shape}."
        )
    wrong = lengths[~(np.isfinite(lengths) & (lengths > 0))]
    if wrong.size:
        raise ValueError(f"`window_seconds` must be positive, got {wrong.flat[0]:g}.")
    return lengths


def _check_parameters(near: Any, start: Any, lengths: Any, recording: Any) -> None:
    if near is not None and not 0.5 < near < 1:
        raise ValueError(f"`near` must be above 0.5 and below 1, or None, got {near}.")
    if start is not None and (lengths is None or recording is None):
        raise ValueError(
            "`start_second` must come with `recording` and `window_seconds`: where a window begins says "
            "nothing without them."
        )
