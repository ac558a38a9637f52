"""Inner folds: by patient, where the patients are known."""

import warnings
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.model_selection import check_cv

from ..model_selection import PatientKFold
from ..model_selection._check_splits import check_splits, stratify_windows

Splits = list[tuple[np.ndarray, np.ndarray]]

_DEFAULT_FOLDS = 5


def make_splits(cv: Any, X: Any, y: np.ndarray, groups: np.ndarray | None) -> Splits:
    """Split windows into inner folds, by patient where the patients are known.

    Parameters
    ----------
    cv : int, None, splitter or iterable of (train, test)
        Number of folds, None for 5; or what makes them; or the folds.
    X : sequence of n_windows windows
        The windows, only handed to a splitter.
    y : ndarray of shape (n_windows,)
        Label of each window.
    groups : ndarray of shape (n_windows,) or None
        Patient of each window.

    Returns
    -------
    splits : list of (ndarray, ndarray)
        Indices of training and test windows; every window is tested once.

    Raises
    ------
    ValueError
        If a class has too few patients (too few windows, where no patients are known), a fold trains on
        a single class, or windows are not tested once each.

    Warns
    -----
    UserWarning
        If patients lie in both train and test of a fold, or a fold does not train on every class.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.ensemble._splits import make_splits
    >>> y, patients = np.array([0, 1, 0, 1, 0, 1]), np.array(["p", "p", "q", "q", "r", "r"])
    >>> [len(set(patients[test])) for train, test in make_splits(3, np.zeros((6, 1)), y, patients)]
    [1, 1, 1]
    """
    if cv is None or isinstance(cv, Integral):
        splitter = _choose_splitter(int(cv or _DEFAULT_FOLDS), y, groups)
    else:
        splitter = check_cv(cv)
    with warnings.catch_warnings():  # shared patients and untrained classes are looked at below
        warnings.filterwarnings("ignore", message="The groups parameter is ignored by")
        warnings.filterwarnings("ignore", message="The least populated class in y")
        pairs = list(splitter.split(np.zeros((len(y), 1)) if hasattr(X, "get_data") else X, y, groups))
    everything = np.arange(len(y))
    splits = [(everything[train], everything[test]) for train, test in pairs]  # masks become indices
    check_splits(splits, y, repair="pass fewer folds")
    _warn_of_shared_patients(splits, groups)
    _warn_of_untrained_classes(splits, y)
    return splits


def _choose_splitter(n_folds: int, y: np.ndarray, groups: np.ndarray | None) -> Any:
    if groups is not None:
        return PatientKFold(n_folds, random_state=0)
    return stratify_windows(n_folds, y)


def _warn_of_shared_patients(splits: Splits, groups: np.ndarray | None) -> None:
    if groups is None:
        return
    shared = set().union(*(np.intersect1d(groups[train], groups[test]).tolist() for train, test in splits))
    if shared:
        _warn(
            f"{len(shared)} of {len(np.unique(groups))} patients lie in both train and test of inner folds, "
            "whose scores are then too good to learn from: pass a number, or PatientKFold, as `cv`."
        )


def _warn_of_untrained_classes(splits: Splits, y: np.ndarray) -> None:
    for number, (train, _) in enumerate(splits):
        missing = ", ".join(str(label) for label in np.setdiff1d(y, y[train]))
        if missing:
            _warn(
                f"Inner fold {number} of {len(splits)} trains on no window of class {missing}, so that its "
                "model has no score for it: pass fewer folds, or PatientKFold, as `cv`."
            )


def _warn(text: str) -> None:
    warnings.warn(text, UserWarning, stacklevel=6)  # at the caller of fit
