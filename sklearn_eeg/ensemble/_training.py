"""Windows to learn from, checked, with their labels, patients and weights."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.utils import assert_all_finite, column_or_1d, indexable
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _num_samples

from ..model_selection._take import take


class Training(NamedTuple):
    """Windows to learn from.

    Parameters
    ----------
    X : sequence of n_windows windows
        The windows, which can be indexed.
    y : ndarray of shape (n_windows,)
        Label of each.
    groups : ndarray of shape (n_windows,) or None
        Patient of each.
    weight : ndarray of shape (n_windows,) or None
        Weight of each, at least 0.
    """

    X: Any
    y: np.ndarray
    groups: np.ndarray | None
    weight: np.ndarray | None

    def take(self, indices: np.ndarray) -> "Training":
        """Return the windows at `indices`."""
        groups = None if self.groups is None else self.groups[indices]
        weight = None if self.weight is None else self.weight[indices]
        return Training(take(self.X, indices), self.y[indices], groups, weight)


def check_training(X: Any, y: Any, groups: Any = None, sample_weight: Any = None) -> Training:
    """Return windows, labels, patients and weights, one entry for each window.

    Parameters
    ----------
    X : sequence of n_windows windows
        The windows, which are left as they are.
    y : array-like of shape (n_windows,)
        Label of each window.
    groups : array-like of shape (n_windows,), optional
        Patient of each window.
    sample_weight : array-like of shape (n_windows,), optional
        Weight of each window, at least 0.

    Returns
    -------
    training : Training
        The same, as arrays.

    Raises
    ------
    ValueError
        If lengths differ, a label, patient or weight is missing, or the labels are not at least two
        classes.

    Examples
    --------
    >>> from sklearn_eeg.ensemble._training import check_training
    >>> check_training([[0.0], [1.0]], ["a", "b"], ["ann", "bob"]).take([1]).groups.tolist()
    ['bob']
    """
    if y is None:
        raise ValueError("The fit requires y to be passed, but the target y is None: give the labels.")
    y = column_or_1d(y, warn=True)
    _check_present(y, "y", "label")
    if y.dtype.kind == "f":
        assert_all_finite(y, input_name="y")
    check_classification_targets(y)
    if groups is not None:
        _check_present(groups, "groups", "patient")
        groups = column_or_1d(groups)
    weight = None if sample_weight is None else _check_weight(sample_weight)
    [X] = indexable(X)
    _check_lengths(X=X, y=y, groups=groups, sample_weight=weight)
    n_classes = len(np.unique(y if weight is None else y[weight > 0]))
    if n_classes < 2:
        raise ValueError(f"`y` must hold at least 2 classes of positive weight, got {n_classes} class.")
    return Training(X, y, groups, weight)


def _check_present(values: Any, name: str, thing: str) -> None:
    missing = np.asarray(pd.isna(np.asarray(values, dtype=object)))
    if missing.any():
        raise ValueError(
            f"`{name}` must give the {thing} of each window, got none (NaN or None) for {missing.sum()} of "
            f"{missing.size} windows: name or drop them."
        )


def _check_weight(sample_weight: Any) -> np.ndarray:
    weight = np.asarray(sample_weight, dtype=float)
    if weight.ndim != 1:
        raise ValueError(f"`sample_weight` must have shape (n_windows,), got shape {weight.shape}.")
    strange = weight[~np.isfinite(weight) | (weight < 0)]
    if len(strange):
        raise ValueError(f"`sample_weight` must be finite and at least 0, got {strange[0]:g}.")
    if not weight.any():
        raise ValueError("`sample_weight` must be positive for some windows, got weight zero for all.")
    return weight


def _check_lengths(**columns: Any) -> None:
    lengths = {name: _num_samples(each) for name, each in columns.items() if each is not None}
    if len(set(lengths.values())) > 1:
        got = ", ".join(f"{name} of length {length}" for name, length in lengths.items())
        raise ValueError(f"Each of `fit` must have one entry for each window, got {got}.")
