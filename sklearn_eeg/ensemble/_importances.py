"""How much each member of a stack matters to the final classifier."""

from typing import Any

import numpy as np

from ..model_selection import fit_by_patient
from ._cross_fit import compute_scores
from ._splits import Splits
from ._training import Training

_N_SHUFFLES = 5
_LEAST = 1e-12  # probability


def compute_importances(
    final: Any, table: Any, training: Training, splits: Splits, columns: list[slice]
) -> np.ndarray:
    """Return by how much the loss of held-out windows rises when a member's scores are shuffled among them.

    Parameters
    ----------
    final : classifier
        The final classifier; it is not changed.
    table : ndarray or sparse matrix of shape (n_windows, n_columns)
        Scores of the members on held-out windows.
    training : Training
        Labels, patients and weights.
    splits : list of (ndarray, ndarray)
        The inner folds: a clone of the final classifier is fitted on one side and judged by the other.
    columns : list of slice
        The columns of each member.

    Returns
    -------
    importances : ndarray of shape (n_members,)
        Rise of the mean log loss in nats, or of the error rate where there are no probabilities. Folds whose
        training side lacks a class are left out; NaN where all do.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn_eeg.ensemble._importances import compute_importances
    >>> from sklearn_eeg.ensemble._training import check_training
    >>> y = np.tile([0, 1], 10)
    >>> training = check_training(np.zeros((20, 1)), y)
    >>> table = np.column_stack([y, np.zeros(20)])
    >>> halves = [(np.arange(10), np.arange(10, 20)), (np.arange(10, 20), np.arange(10))]
    >>> decisive, useless = compute_importances(
    ...     LogisticRegression(), table, training, halves, [slice(0, 1), slice(1, 2)])
    >>> bool(decisive > 0.1), float(useless)
    (True, 0.0)
    """
    table = table.toarray() if hasattr(table, "toarray") else table
    classes, rng = np.unique(training.y), np.random.default_rng(0)
    weight = np.ones(len(training.y)) if training.weight is None else training.weight
    rise, total = np.zeros(len(columns)), 0.0
    for train, test in splits:
        if not np.isin(classes, training.y[train]).all():
            continue  # what is learnt there is another model
        total += weight[test].sum()
        _, y, groups, weight_train = training.take(train)
        model = fit_by_patient(final, table[train], y, groups, sample_weight=weight_train)
        plain = _losses(model, table[test], training.y[test], classes)
        for member, of_member in enumerate(columns):
            for _ in range(_N_SHUFFLES):
                shuffled = table[test].copy()
                shuffled[:, of_member] = shuffled[rng.permutation(len(test)), of_member]
                change = _losses(model, shuffled, training.y[test], classes) - plain
                rise[member] += weight[test] @ change / _N_SHUFFLES
    return rise / total if total else np.full(len(columns), np.nan)


def _losses(model: Any, table: np.ndarray, y: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return the log loss of each window, or whether its label is wrong."""
    if not hasattr(model, "predict_proba"):
        return (np.asarray(model.predict(table)) != y).astype(float)
    proba = np.nan_to_num(compute_scores(model, "predict_proba", table, classes))
    return -np.log(np.maximum(proba[np.arange(len(y)), np.searchsorted(classes, y)], _LEAST))
