"""Truth, predictions and patients of windows, checked and written as numbers from 0."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import check_array, check_consistent_length, column_or_1d

_ROUNDING = 1e-6  # how far probabilities of a window may sum from 1


@dataclass(frozen=True, eq=False)
class Coded:
    """Windows with classes and patients as numbers.

    Parameters
    ----------
    truth, said : int ndarray of shape (n_windows,)
        Number of the true and of the predicted class.
    score : float ndarray of shape (n_windows, n_classes) or None
        Score of each class.
    unit : int ndarray of shape (n_windows,)
        Number of the patient of each window; of the window itself where patients are unknown.
    classes : ndarray of shape (n_classes,)
        The labels.
    n_units : int
        How many patients there are.
    """

    truth: np.ndarray
    said: np.ndarray
    score: np.ndarray | None
    unit: np.ndarray
    classes: np.ndarray
    n_units: int

    @property
    def is_probability(self) -> bool:
        """Whether the scores of every window lie from 0 to 1 and sum to 1."""
        if self.score is None:
            return False
        sums_to_one = np.abs(self.score.sum(axis=1) - 1) < _ROUNDING
        return bool(sums_to_one.all() and (self.score >= 0).all() and (self.score <= 1).all())


def code_predictions(y_true: Any, y_pred: Any, groups: Any, y_score: Any, classes: Any) -> Coded:
    """Check truth, predictions, patients and scores of windows, and number classes and patients.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_windows,)
        True and predicted labels.
    groups : array-like of shape (n_windows,) or None
        Patient of each window.
    y_score : array-like of shape (n_windows, n_classes) or None
        Score of each class; for two classes also (n_windows,), the score of the second from 0 to 1 or
        any other.
    classes : array-like of shape (n_classes,) or None
        The labels in the order of the columns of `y_score`; by default those in `y_true` and `y_pred`,
        sorted.

    Returns
    -------
    coded : Coded
        The same as numbers.

    Raises
    ------
    ValueError
        If lengths differ, a label is not among the classes, or scores are missing or of another shape.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._coded import code_predictions
    >>> coded = code_predictions(["b", "a"], ["b", "b"], ["ann", "bob"], None, None)
    >>> coded.truth.tolist(), coded.said.tolist(), coded.unit.tolist()
    ([1, 0], [1, 1], [0, 1])
    """
    truth, said = _check_labels(y_true, "y_true"), _check_labels(y_pred, "y_pred")
    check_consistent_length(truth, said)
    names = np.unique(np.concatenate([truth, said])) if classes is None else _check_labels(classes, "classes")
    numbers = {label: number for number, label in enumerate(names.tolist())}
    if len(numbers) < len(names):
        raise ValueError(f"`classes` must not repeat a label, got {names.tolist()}.")
    if groups is None:
        unit = np.arange(len(truth))
    else:
        patients = _check_labels(groups, "groups")
        check_consistent_length(truth, patients)
        unit = np.unique(patients, return_inverse=True)[1]
    return Coded(
        truth=_number(truth, numbers, "y_true"),
        said=_number(said, numbers, "y_pred"),
        score=None if y_score is None else _check_score(y_score, names, len(truth)),
        unit=unit,
        classes=names,
        n_units=int(unit.max()) + 1,
    )


def _check_labels(values: Any, name: str) -> np.ndarray:
    """Return a row of labels without missing ones."""
    labels = column_or_1d(values)
    if not len(labels):
        raise ValueError(f"`{name}` must hold at least one label, got none.")
    missing = pd.isna(labels)
    if missing.any():
        raise ValueError(
            f"`{name}` must not be missing, got {labels[missing][0]} at window {np.flatnonzero(missing)[0]}."
        )
    if labels.dtype == object and len({type(label) for label in labels.tolist()}) > 1:
        raise ValueError(f"`{name}` must be all text or all numbers, got both.")
    return labels


def _number(labels: np.ndarray, numbers: dict[Any, int], name: str) -> np.ndarray:
    distinct, inverse = np.unique(labels, return_inverse=True)
    strange = [label for label in distinct.tolist() if label not in numbers]
    if strange:
        raise ValueError(f"`{name}` must hold labels of `classes`, {list(numbers)}, got {strange[0]!r}.")
    return np.array([numbers[label] for label in distinct.tolist()])[inverse]


def _check_score(y_score: Any, classes: np.ndarray, n_windows: int) -> np.ndarray:
    score = check_array(y_score, ensure_2d=False, dtype=np.float64, input_name="y_score")
    if score.ndim == 1 and len(classes) == 2:
        score = np.column_stack([1 - score, score])
    if score.shape != (n_windows, len(classes)):
        raise ValueError(
            f"`y_score` must have shape ({n_windows}, {len(classes)}), a column for each of the classes "
            f"{classes.tolist()}, got {score.shape}: name the labels of its columns by `classes`."
        )
    return score
