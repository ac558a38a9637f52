"""Which windows a split can put on different sides, train and test."""

import numbers
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedKFold

from ._patient_kfold import PatientKFold


class Sides:
    """Train and test of every fold; without folds, those of any split by patient (or by window).

    Parameters
    ----------
    n_windows : int
        Number of windows.
    folds : list of (ndarray, ndarray) or None
        Indices of the training and test windows of each fold.
    patient : ndarray of shape (n_windows,) or None
        Number of the patient of each window; without folds, two patients may stand on different sides,
        and without patients any two windows may.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.model_selection._sides import Sides
    >>> sides = Sides(4, [([0, 1], [2]), ([2], [0])], None)
    >>> sides.apart(np.array([0, 0, 1]), np.array([1, 2, 3])).tolist()
    [False, True, False]
    """

    def __init__(self, n_windows: int, folds: list | None, patient: np.ndarray | None) -> None:
        self.folds = folds
        self.patient = patient
        self.train = np.zeros((0 if folds is None else len(folds), n_windows), dtype=bool)
        self.test = self.train.copy()
        for number, (train, test) in enumerate(folds or []):
            self.train[number, train] = True
            self.test[number, test] = True

    def apart(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """Say for each pair of windows whether one may be trained on while the other is tested."""
        if self.folds is not None:
            out = np.zeros(len(i), dtype=bool)
            for train, test in zip(self.train, self.test, strict=True):
                out |= (train[i] & test[j]) | (test[i] & train[j])
            return out
        return np.asarray(i != j) if self.patient is None else np.asarray(self.patient[i] != self.patient[j])

    def part(self, unit: np.ndarray) -> tuple[np.ndarray, int]:
        """Return the units (patients, recordings, copies) that may be parted, and in how many folds.

        Without folds, that is in how many a leave-one-out over patients (or windows) would do so.
        """
        if self.folds is None:
            whose = np.arange(len(unit)) if self.patient is None else self.patient
            pairs = np.unique(np.column_stack([unit, whose]), axis=0)
            units, counts = np.unique(pairs[:, 0], return_counts=True)
            return units[counts > 1], int(counts[counts > 1].sum())
        shared = [np.intersect1d(unit[a], unit[b]) for a, b in zip(self.train, self.test, strict=True)]
        shared = [each for each in shared if len(each)]
        return (np.unique(np.concatenate(shared)) if shared else unit[:0]), len(shared)

    def __str__(self) -> str:
        if self.folds is not None:
            return "in train and test of a fold"
        return "of two windows, whom a split may part" if self.patient is None else "of different patients"


def list_folds(cv: Any, X: Any, y: Any, groups: Any) -> list | None:
    """Return the folds as pairs of indices, None where `cv` is None.

    Examples
    --------
    >>> from sklearn_eeg.model_selection._sides import list_folds
    >>> folds = list_folds(2, [0, 0, 0, 0], [0, 1, 0, 1], ["p", "p", "q", "q"])
    >>> [test.tolist() for train, test in folds]
    [[2, 3], [0, 1]]
    """
    if cv is None:
        return None
    if isinstance(cv, numbers.Integral) and not isinstance(cv, bool):
        cv = StratifiedKFold(cv, shuffle=True, random_state=0) if groups is None else PatientKFold(
            int(cv), random_state=0
        )  # fmt: skip
    if isinstance(cv, str) or not (hasattr(cv, "split") or isinstance(cv, Iterable)):
        raise ValueError(
            f"`cv` must be a number of folds, a splitter or an iterable of (train, test), got {cv!r}."
        )
    with warnings.catch_warnings():  # patients on both sides are what is looked for
        warnings.filterwarnings("ignore", message="The groups parameter is ignored by")
        folds = list(cv.split(X, y, groups) if hasattr(cv, "split") else cv)
    return [tuple(np.arange(len(X))[np.asarray(side)] for side in fold) for fold in folds]
