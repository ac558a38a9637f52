"""Folds by patient for whatever splits its windows inside a fit."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.model_selection import BaseCrossValidator, StratifiedGroupKFold
from sklearn.model_selection._split import GroupsConsumerMixin

from ._patient_kfold import PatientKFold, count_patients

DEFAULT_FOLDS = 5  # of scikit-learn, where `cv` is None


class FoldsInside(GroupsConsumerMixin, BaseCrossValidator):
    """As many folds by patient as asked for, or as the rarest class allows.

    Parameters
    ----------
    n_splits : int, default=5
        The largest number of folds.

    Examples
    --------
    >>> from sklearn_eeg.model_selection._folds_inside import FoldsInside
    >>> y, patients = [0, 1, 0, 1, 0, 1], [1, 1, 2, 2, 3, 3]
    >>> FoldsInside(5).get_n_splits(y, y, patients)
    3
    """

    def __init__(self, n_splits: int = DEFAULT_FOLDS) -> None:
        self.n_splits = n_splits

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Generate the indices of the training and of the test windows of each fold."""
        yield from self._choose(y, groups).split(X, y, groups)

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:  # noqa: ARG002
        """Return the number of folds for these labels and patients."""
        return self._choose(y, groups).get_n_splits()

    def _choose(self, y: Any, groups: Any) -> PatientKFold | StratifiedGroupKFold:
        fewest, n_patients = count_patients(y, groups).min(), len(np.unique(groups))
        if n_patients < 2:
            raise ValueError(
                "A search, or whatever splits inside a fit, needs windows of at least 2 patients to fit on, "
                f"got only {np.asarray(groups)[0]!s}: pass fewer folds outside, or an estimator without it."
            )
        if fewest < 2:
            return StratifiedGroupKFold(min(self.n_splits, n_patients))
        return PatientKFold(int(min(self.n_splits, fewest)), shuffle=False)
