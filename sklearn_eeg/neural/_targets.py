"""What a network is trained towards: the codes of labels, the weight of each window, the validation split."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedShuffleSplit
from sklearn.utils import assert_all_finite, column_or_1d
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, _num_samples, check_consistent_length


def encode_labels(y: Any, classes: Any = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the classes, sorted, and the code of each label among them.

    Parameters
    ----------
    y : array-like of shape (n_windows,)
        Labels of any kind that can be sorted.
    classes : array-like of shape (n_classes,), default=None
        The classes there are; None takes them from `y`.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        The classes.
    codes : ndarray of int64 of shape (n_windows,)
        Index of each label in `classes`.

    Raises
    ------
    ValueError
        If the labels are no classes, or are none of `classes`, or there are fewer than two classes.

    Examples
    --------
    >>> from sklearn_eeg.neural._targets import encode_labels
    >>> [part.tolist() for part in encode_labels(["seizure", "rest", "seizure"])]
    [['rest', 'seizure'], [1, 0, 1]]
    """
    labels = column_or_1d(y, warn=True)
    assert_all_finite(labels, input_name="y")
    check_classification_targets(labels)
    known = np.unique(labels if classes is None else np.asarray(classes))
    if len(known) < 2:
        raise ValueError(f"`y` must hold at least two classes, got one class: {known.tolist()}.")
    unknown = sorted(set(np.unique(labels).tolist()) - set(known.tolist()))
    if unknown:
        raise ValueError(f"`y` must hold labels of the classes {known.tolist()} only, got {unknown}.")
    return known, np.searchsorted(known, labels).astype(np.int64)


def check_weights(
    sample_weight: Any, X: np.ndarray, codes: np.ndarray, classes: np.ndarray, *, at_least: int = 2
) -> np.ndarray:
    """Return the weight of each window, 1 where none is given; so many classes need some weight.

    Raises
    ------
    ValueError
        If a weight is negative or not finite, or fewer than `at_least` classes have any.
    """
    weights = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
    weighted = classes[np.unique(codes[weights > 0])]
    if len(weighted) < at_least:
        raise ValueError(
            f"`sample_weight` must leave {at_least} or more classes with some weight, got {len(weighted)}: "
            f"{weighted.tolist()}."
        )
    return weights


def weigh_classes(
    class_weight: str | Mapping[Any, float] | None,
    weights: np.ndarray,
    codes: np.ndarray,
    classes: np.ndarray,
) -> np.ndarray:
    """Return the weight of each class.

    Parameters
    ----------
    class_weight : "balanced", dict or None
        "balanced" gives every class the same weight in all; a dict maps labels to weights, 1 where it
        has none.
    weights : ndarray of shape (n_windows,)
        Weight of each window.
    codes : ndarray of int of shape (n_windows,)
        Index of its class.
    classes : ndarray of shape (n_classes,)
        The classes.

    Returns
    -------
    class_weights : ndarray of shape (n_classes,)
        ``sum(weights) / (n_present * sum(weights of the class))`` if "balanced", where `n_present` is the
        number of classes with any weight; a class without any has the weight 0.

    Raises
    ------
    ValueError
        If the dict names a class that does not exist.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.neural._targets import weigh_classes
    >>> weigh_classes("balanced", np.ones(4), np.array([0, 0, 0, 1]), np.array(["a", "b"])).round(2)
    array([0.67, 2.  ])
    """
    if class_weight == "balanced":
        totals = np.bincount(codes, weights, minlength=len(classes))
        present = totals > 0
        return np.divide(totals.sum() / present.sum(), totals, out=np.zeros(len(classes)), where=present)
    if isinstance(class_weight, Mapping):
        unknown = [label for label in class_weight if label not in classes.tolist()]
        if unknown:
            raise ValueError(f"`class_weight` must name classes of {classes.tolist()} only, got {unknown}.")
        class_weight = dict(class_weight)
    return compute_class_weight(class_weight, classes=classes, y=classes[codes]).astype(np.float64)


def check_groups(groups: Any, n_windows: int) -> np.ndarray | None:
    """Return the codes of the patients, or None where they are unknown.

    Raises
    ------
    ValueError
        If there is not one for each window, or one is missing.
    """
    if groups is None:
        return None
    patients = column_or_1d(groups)
    check_consistent_length(np.empty(n_windows), patients)
    if any(patient is None or patient != patient for patient in patients.tolist()):
        raise ValueError("`groups` must name a patient for each window, got None or NaN for some.")
    return np.unique(patients, return_inverse=True)[1]


def split_validation(
    codes: np.ndarray, groups: np.ndarray | None, share: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the windows to train on and those that tell when to stop.

    Parameters
    ----------
    codes : ndarray of int of shape (n_windows,)
        Class of each window.
    groups : ndarray of shape (n_windows,) or None
        Patient of each window; without, windows are split at random, each class in the same shares.
    share : float
        Share of the windows, or of the patients, to validate on: between 0 and 1.
    seed : int
        Seed of the split.

    Returns
    -------
    train, validation : ndarray of int
        Indices of the windows, sorted. No patient is in both; every class is in the first.

    Raises
    ------
    ValueError
        If there are too few windows or patients of some class.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.neural._targets import split_validation
    >>> patients = np.repeat([0, 1, 2, 3], 5)
    >>> train, validation = split_validation(np.tile([0, 1, 0, 1, 0], 4), patients, 0.25, seed=0)
    >>> len(np.unique(patients[train])), len(np.unique(patients[validation]))
    (3, 1)
    """
    if groups is None:
        return _split_windows(codes, share, seed)
    n_patients, n_classes = len(np.unique(groups)), len(np.unique(codes))
    n_splits = min(max(2, round(1 / share)), n_patients)
    if n_splits < 2:
        raise ValueError(
            f"`validation` must be None where there is one patient only, got {share}: none can be held out."
        )
    splitter = StratifiedGroupKFold(n_splits, shuffle=True, random_state=seed)
    order = np.random.default_rng(seed).permutation(n_splits)
    # StratifiedGroupKFold looks at the rarest class before the patients: one code for all avoids its warning
    folds = list(splitter.split(codes, _merge_rare(codes, n_splits), groups))
    usable = [folds[i] for i in order if len(np.unique(codes[folds[i][0]])) == n_classes]
    if not usable:
        raise ValueError(
            f"`validation` must leave every class in the patients trained on, got {share}: some class is of "
            "one patient only; set validation=None."
        )
    return max(usable, key=lambda fold: len(np.unique(codes[fold[1]])))


def _merge_rare(codes: np.ndarray, n_splits: int) -> np.ndarray:
    """Return the codes with those of classes of fewer windows than splits made one with the largest's."""
    counts = np.bincount(codes)
    return np.where(counts[codes] < n_splits, counts.argmax(), codes)


def _split_windows(codes: np.ndarray, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    n_windows, counts = _num_samples(codes), np.bincount(codes)
    n_classes = np.count_nonzero(counts)
    n_valid = max(n_classes, round(share * n_windows))
    if counts[counts > 0].min() < 2 or n_windows - n_valid < n_classes:
        raise ValueError(
            f"`validation` must be None for so few windows, got {share} for {n_windows} windows of "
            f"{n_classes} classes, the rarest of {counts[counts > 0].min()}."
        )
    splitter = StratifiedShuffleSplit(1, test_size=n_valid, random_state=seed)
    train, validation = next(splitter.split(codes, codes))
    return np.sort(train), np.sort(validation)
