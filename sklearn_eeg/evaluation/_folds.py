"""Folds: which windows are fitted on, which are held out, and whether patients are kept apart."""

import numbers
import warnings
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from sklearn.model_selection import StratifiedKFold
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import _num_samples

from ..model_selection import PatientKFold
from ..model_selection._check_splits import check_splits, stratify_windows
from ..model_selection._names import check_names

Splits = list[tuple[np.ndarray, np.ndarray]]

ONE_PATIENT = (
    "All windows are of one patient, {}, who is in both train and test: the figures hold for later windows "
    "of this patient at best, and say nothing of others. Add patients to learn about those."
)

NO_GROUPS = (
    "`groups` (the patient of each window) is missing: windows of one patient may lie in both "
    "train and test, and the figures are then optimistic. Pass groups= to split by patient."
)


class Folds(NamedTuple):
    """How the windows are split, and what is to be said about it.

    Parameters
    ----------
    splits : list of (ndarray, ndarray)
        Indices of the training and of the test windows of each fold.
    fold : ndarray of shape (n_windows,)
        The fold that tests each window.
    sentence : str
        The split in words.
    patient_wise : bool or None
        Whether no patient lies in both train and test of a fold; None where patients are unknown.
    warnings : tuple of str
        What makes the figures less trustworthy.
    """

    splits: Splits
    fold: np.ndarray
    sentence: str
    patient_wise: bool | None
    warnings: tuple[str, ...]


def check_labels(X: Any, y: Any, groups: Any) -> tuple[np.ndarray, np.ndarray | None]:
    """Return labels and patients as arrays, one entry for each window.

    Parameters
    ----------
    X : sequence of n_windows windows
        The windows.
    y : array-like of shape (n_windows,)
        Label of each window.
    groups : array-like of shape (n_windows,) or None
        Patient of each window.

    Returns
    -------
    y : ndarray of shape (n_windows,)
        The labels.
    groups : ndarray of shape (n_windows,) or None
        The patients.

    Raises
    ------
    ValueError
        If lengths differ, a label or a patient is missing, the labels are not classes, or there is
        only one class.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._folds import check_labels
    >>> check_labels([[0.0], [1.0]], ["a", "b"], None)[0].tolist()
    ['a', 'b']
    """
    y = check_names(y, "y", "label")
    groups = None if groups is None else check_names(groups, "groups", "patient")
    lengths = {"X": _num_samples(X), "y": len(y)}
    if groups is not None:
        lengths["groups"] = len(groups)
    if len(set(lengths.values())) > 1:
        got = ", ".join(f"{name} of length {length}" for name, length in lengths.items())
        raise ValueError(f"`X`, `y` and `groups` must have one entry for each window, got {got}.")
    kind = type_of_target(y, input_name="y")
    if kind not in ("binary", "multiclass"):
        raise ValueError(f"`y` must hold classes, got a {kind} target: turn the values into labels first.")
    if len(np.unique(y)) < 2:
        raise ValueError(f"`y` must hold at least 2 classes, got only {y[0]!s}.")
    return y, groups


def make_folds(cv: Any, X: Any, y: np.ndarray, groups: np.ndarray | None, random_state: int | None) -> Folds:
    """Split the windows, by patient where the patients are known.

    Parameters
    ----------
    cv : int, splitter or iterable of (train, test)
        Number of folds, at least 2 and at most the patients who have the rarest class; or an object with
        ``split(X, y, groups)``; or the folds.
    X : sequence of n_windows windows
        The windows; only handed to a splitter.
    y : ndarray of shape (n_windows,)
        Label of each window.
    groups : ndarray of shape (n_windows,) or None
        Patient of each window.
    random_state : int or None
        Seed of the shuffle where `cv` is a number.

    Returns
    -------
    folds : Folds
        The split; each window is tested exactly once.

    Raises
    ------
    ValueError
        If the folds cannot be made, for example since a class occurs in fewer patients than there are
        folds, or do not test each window exactly once on a model that never saw it.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._folds import make_folds
    >>> y, patients = np.array([0, 1, 0, 1]), np.array(["p", "p", "q", "q"])
    >>> folds = make_folds(2, np.zeros(4), y, patients, 0)
    >>> folds.sentence, folds.patient_wise
    ('2 folds by patient (PatientKFold), 2 patients', True)
    """
    if isinstance(cv, numbers.Integral) and not isinstance(cv, bool):
        cv = _choose_splitter(int(cv), y, groups, random_state)
    splits, method = _split(cv, X, y, groups)
    fold = check_splits(splits, y, repair="pass fewer folds, or another random_state")
    texts = []
    shared = [] if groups is None else _find_shared_patients(splits, groups)
    if groups is None:
        texts.append(NO_GROUPS)
    elif has_one_patient(groups):
        texts.append(ONE_PATIENT.format(groups[0]))
    elif shared:
        texts.append(_describe_leak(shared, len(splits), len(np.unique(groups))))
    else:
        _check_patients_of_classes(y, groups)
    texts += _find_untrained_classes(splits, y)
    patient_wise = None if groups is None else not shared
    sentence = _describe_split(len(splits), method, groups, len(set().union(*shared)))
    return Folds(splits, fold, sentence, patient_wise, tuple(texts))


def has_one_patient(groups: np.ndarray | None) -> bool:
    """Return whether all windows are of one patient, so that no split can be by patient.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._folds import has_one_patient
    >>> has_one_patient(np.array(["ann", "ann"])), has_one_patient(None)
    (True, False)
    """
    return groups is not None and bool((groups == groups[0]).all())


def _choose_splitter(
    n_folds: int, y: np.ndarray, groups: np.ndarray | None, random_state: int | None
) -> PatientKFold | StratifiedKFold:
    if n_folds < 2:
        raise ValueError(f"`cv` must be at least 2 folds, got {n_folds}.")
    if has_one_patient(groups):
        return stratify_windows(n_folds, y)  # in stretches: of neighbours, few are apart
    if groups is not None:
        _check_patients_of_classes(y, groups)  # names the patient, where the splitter only counts
        return PatientKFold(n_folds, random_state=random_state)
    return stratify_windows(n_folds, y, shuffle=True, random_state=random_state)


def _check_patients_of_classes(y: np.ndarray, groups: np.ndarray) -> None:
    for label in np.unique(y):
        patients = np.unique(groups[y == label])
        if len(patients) == 1:
            raise ValueError(
                f"Each class must occur in at least 2 patients, got class {label!s} in patient "
                f"{patients[0]!s} only: no fold by patient can both train and test on it. Drop the "
                "class, or add patients who have it."
            )


def _split(cv: Any, X: Any, y: np.ndarray, groups: np.ndarray | None) -> tuple[Splits, str]:
    """Return the folds as integer indices, and the name of the method."""
    method = type(cv).__name__ if hasattr(cv, "split") else "given folds"
    if isinstance(cv, str) or not (hasattr(cv, "split") or isinstance(cv, Iterable)):
        raise ValueError(
            f"`cv` must be a number of folds, a splitter or an iterable of (train, test), got {cv!r}."
        )
    with warnings.catch_warnings():  # patients kept apart, classes without training: looked at below
        warnings.filterwarnings("ignore", message="The groups parameter is ignored by")
        warnings.filterwarnings("ignore", message="The least populated class in y")
        pairs = list(cv.split(X, y, groups) if hasattr(cv, "split") else cv)
    return [(_as_indices(train, len(y)), _as_indices(test, len(y))) for train, test in pairs], method


def _as_indices(chosen: Any, n_windows: int) -> np.ndarray:
    chosen = np.asarray(chosen)
    if chosen.dtype == bool and chosen.shape == (n_windows,):
        return np.flatnonzero(chosen)
    whole = chosen.ndim == 1 and np.issubdtype(chosen.dtype, np.integer)
    if not whole or not len(chosen) or chosen.min() < 0 or chosen.max() >= n_windows:
        raise ValueError(
            f"`cv` must give non-empty indices from 0 to {n_windows - 1} for the train and test "
            f"windows of each fold, got {np.array2string(chosen, threshold=6)}."
        )
    return chosen


def _find_shared_patients(splits: Splits, groups: np.ndarray) -> list[set]:
    """Return, for each fold that has any, the patients in both its train and its test windows."""
    shared = [set(np.intersect1d(groups[train], groups[test]).tolist()) for train, test in splits]
    return [patients for patients in shared if patients]


def _describe_leak(shared: list[set], n_folds: int, n_patients: int) -> str:
    return (
        f"{len(set().union(*shared))} of {n_patients} patients lie in both train and test "
        f"({len(shared)} of {n_folds} folds): the figures are optimistic. Use a splitter that "
        "keeps the windows of a patient together, such as PatientKFold."
    )


def _find_untrained_classes(splits: Splits, y: np.ndarray) -> list[str]:
    texts = []
    for number, (train, _) in enumerate(splits):
        missing = [str(label) for label in np.setdiff1d(y, y[train])]
        if missing:
            texts.append(
                f"Fold {number} of {len(splits)} trains on no window of class {', '.join(missing)}"
                ": its model cannot find that class, and scores it lowest. Pass fewer folds, or "
                "another random_state."
            )
    return texts


def _describe_split(n_folds: int, method: str, groups: np.ndarray | None, n_shared: int) -> str:
    if groups is None:
        return f"{n_folds} folds of windows ({method}), patients unknown"
    n_patients = len(np.unique(groups))
    if n_patients == 1:
        return f"{n_folds} folds of windows ({method}) of one patient, {groups[0]!s}"
    if n_shared:
        return (
            f"{n_folds} folds of windows ({method}), {n_patients} patients, "
            f"{n_shared} of them in both train and test"
        )
    return f"{n_folds} folds by patient ({method}), {n_patients} patients"
