"""Folds of whole patients that share out the windows and the patients of every class evenly."""

import numbers
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.model_selection import BaseCrossValidator
from sklearn.model_selection._split import GroupsConsumerMixin
from sklearn.utils import check_random_state, column_or_1d, indexable
from sklearn.utils.multiclass import type_of_target

from ._balance import deal
from ._names import check_names

_EACH_PATIENT = "patients"


class PatientKFold(GroupsConsumerMixin, BaseCrossValidator):
    """Split windows into folds of whole patients, stratified by class.

    Every window is tested once (in each repeat), and no patient is ever both trained and tested on. The
    patients of each class are spread over as many folds as possible, and each fold holds a like share
    of the windows and of the patients of each class.

    Parameters
    ----------
    n_splits : int or "patients", default=5
        Number of folds, at least 2; or ``"patients"`` to leave one patient out in each.
    n_repeats : int, default=1
        How often to split anew, each time with another shuffle; at least 1.
    shuffle : bool, default=True
        Whether chance chooses among splits of like balance.
    random_state : int, RandomState or None, default=None
        Seed of the shuffle. An int gives the same folds on every call.

    Raises
    ------
    ValueError
        If a parameter is out of its range, or repeats are asked for of a split that has no shuffle.

    See Also
    --------
    sklearn.model_selection.StratifiedGroupKFold : Balances windows, not patients.
    sklearn_eeg.evaluation.evaluate : Uses these folds.

    Notes
    -----
    The split minimises, over folds and classes, the sum of squares of (share of the windows of the class
    in the fold - 1 / n_splits), plus the same of patients; a fold without a class costs more than any
    imbalance. Patients are dealt one by one to the best fold, then moved and exchanged as long as
    that helps: a local minimum.

    A class needs at least as many patients as there are folds, else some fold could not be scored on it.
    With ``n_splits="patients"`` it needs two, so that it is always trained on; folds then lack classes, so
    pool the predictions before scoring.

    `groups` is requested by default: a search within a cross-validation gets the patients once metadata
    routing is switched on, without `set_split_request`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.model_selection import PatientKFold
    >>> y = np.array(["rest", "seizure"] * 6)
    >>> patients = np.repeat(["ann", "bob", "cleo", "dan"], 3)
    >>> folds = PatientKFold(2, shuffle=False).split(y, y, patients)
    >>> [sorted(set(patients[test].tolist())) for train, test in folds]
    [['ann', 'dan'], ['bob', 'cleo']]
    >>> PatientKFold("patients").get_n_splits(groups=patients)
    4
    """

    def __init__(
        self,
        n_splits: int | str = 5,
        *,
        n_repeats: int = 1,
        shuffle: bool = True,
        random_state: Any = None,
    ) -> None:
        one_out = isinstance(n_splits, str) and n_splits == _EACH_PATIENT
        if not one_out and not (_is_whole(n_splits) and n_splits >= 2):  # type: ignore[operator]
            raise ValueError(
                f"`n_splits` must be a whole number of at least 2 folds, or 'patients' to leave one patient "
                f"out in each, got {n_splits!r}."
            )
        if not _is_whole(n_repeats) or n_repeats < 1:
            raise ValueError(f"`n_repeats` must be a whole number of at least 1, got {n_repeats!r}.")
        if not isinstance(shuffle, bool | np.bool_):
            raise ValueError(f"`shuffle` must be True or False, got {shuffle!r}.")
        if n_repeats > 1 and (one_out or not shuffle):
            why = "n_splits='patients'" if one_out else "shuffle=False"
            raise ValueError(
                f"`n_repeats` must be 1 with {why}, since all repeats would be the same, got {n_repeats}."
            )
        self.n_splits = n_splits
        self.n_repeats = n_repeats
        self.shuffle = shuffle
        self.random_state = random_state

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Generate the indices of the training and of the test windows of each fold.

        Parameters
        ----------
        X : array-like of n_windows windows
            The windows; only their number counts.
        y : array-like of shape (n_windows,)
            Label of each window.
        groups : array-like of shape (n_windows,)
            Patient of each window.

        Yields
        ------
        train : ndarray
            Indices of the windows to fit on, ascending.
        test : ndarray
            Indices of the windows held out, ascending.

        Raises
        ------
        ValueError
            If `y` or `groups` is missing or does not fit `X`, or a class occurs in too few patients.
        """
        X, y, groups = indexable(X, y, groups)
        counts, patient = _count_windows(y, groups)
        classes = np.unique(column_or_1d(y))
        self._check_patients(counts, classes)
        rng = check_random_state(self.random_state)
        for _ in range(self.n_repeats):
            if self.n_splits == _EACH_PATIENT:
                fold_of_patient = np.arange(len(counts))
            else:
                fold_of_patient = deal(counts, int(self.n_splits), rng if self.shuffle else None)
            fold = fold_of_patient[patient]
            for number in range(fold_of_patient.max() + 1):
                yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:  # noqa: ARG002
        """Return the number of folds, over all repeats.

        Parameters
        ----------
        X : object
            Ignored.
        y : object
            Ignored.
        groups : array-like of shape (n_windows,), optional
            Patient of each window, needed with ``n_splits="patients"`` only.

        Returns
        -------
        n_splits : int
            How many pairs of train and test `split` gives.

        Raises
        ------
        ValueError
            If `groups` is needed and missing.
        """
        if self.n_splits == _EACH_PATIENT:
            return len(np.unique(_check_groups(groups)))
        return int(self.n_splits) * int(self.n_repeats)

    def _check_patients(self, counts: np.ndarray, classes: np.ndarray) -> None:
        """Raise a ValueError if there are too few patients, in all or of one class."""
        one_out = self.n_splits == _EACH_PATIENT
        least = 2 if one_out else int(self.n_splits)
        n_patients = (counts > 0).sum(axis=0)
        if len(counts) < least:
            repair = f": ask for {len(counts)} folds or fewer" if len(counts) > 1 else ""
            raise ValueError(f"{least} folds need at least {least} patients, got {len(counts)}{repair}.")
        rarest = int(n_patients.argmin())
        label, count = classes[rarest], int(n_patients[rarest])
        if count == 1:
            raise ValueError(
                f"class {label!s} occurs in 1 patient, so that no fold by patient can both train and test on "
                "it: drop the class, or add patients who have it."
            )
        if count < least:
            raise ValueError(
                f"class {label!s} occurs in {count} patients, fewer than {least} folds: ask "
                f"for {count} folds or fewer, or drop the class."
            )


def count_patients(y: Any, groups: Any) -> np.ndarray:
    """Return the number of patients who have each class, in the sorted order of the classes.

    Examples
    --------
    >>> from sklearn_eeg.model_selection._patient_kfold import count_patients
    >>> count_patients(["a", "b", "a", "a"], [1, 1, 2, 3])
    array([3, 1])
    """
    counts, _ = _count_windows(y, groups)
    return (counts > 0).sum(axis=0)


def _count_windows(y: Any, groups: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the windows of each patient and class, and the number of the patient of each window."""
    if y is None:
        raise ValueError("`y` must give the label of each window, got None: pass it to split(X, y, groups).")
    kind = type_of_target(y, input_name="y")
    if kind not in ("binary", "multiclass"):
        raise ValueError(f"`y` must hold classes, got a {kind} target: turn the values into labels first.")
    classes, label = np.unique(column_or_1d(y), return_inverse=True)
    patients, patient = np.unique(_check_groups(groups), return_inverse=True)
    if len(label) != len(patient):
        raise ValueError(
            f"`y` and `groups` must have one entry for each window, got {len(label)} and {len(patient)}."
        )
    counts = np.zeros((len(patients), len(classes)))
    np.add.at(counts, (patient, label), 1)
    return counts, patient


def _check_groups(groups: Any) -> np.ndarray:
    if groups is None:
        raise ValueError(
            "`groups` must give the patient of each window, got None: pass it, as in split(X, y, groups) or "
            "cross_validate(..., groups=patients) (params={'groups': patients} with metadata routing on); "
            "for a search inside a cross-validation use `evaluate` or `fit_by_patient`, or switch routing on."
        )
    return check_names(groups, "groups", "patient")


def _is_whole(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)
