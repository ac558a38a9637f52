"""Exact Shapley values of linear models."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.linear_model._base import LinearClassifierMixin
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import SVC, NuSVC

from ._game import both_classes, check_players, check_tables
from ._svm import read_margins


class LinearModel(NamedTuple):
    """A fitted linear model as one linear function a class.

    Parameters
    ----------
    coef : ndarray of shape (n_classes, n_features)
        Weight of each feature in the value of each class.
    intercept : ndarray of shape (n_classes,)
        Constant of each value.
    output : {"log-odds", "margin"}
        What the values are.
    """

    coef: np.ndarray
    intercept: np.ndarray
    output: str


def explain_linear(
    rows: Any, background: Any, coef: Any, intercept: Any, players: Iterable[Any]
) -> tuple[np.ndarray, np.ndarray]:
    """Compute the exact Shapley values of linear functions.

    Parameters
    ----------
    rows : array-like of shape (n_windows, n_features)
        Rows to explain.
    background : array-like of shape (n_background, n_features)
        Rows that stand in for the features of absent players.
    coef : array-like of shape (n_classes, n_features)
        Weight of each feature in the value of each class.
    intercept : array-like of shape (n_classes,)
        Constant of each value.
    players : sequence of array-like of int
        Features of each player; each feature is in exactly one.

    Returns
    -------
    values : ndarray of shape (n_windows, n_players, n_classes)
        Shapley values; they sum over players to the model's value less `base`.
    base : ndarray of shape (n_classes,)
        Mean values of the background.

    Raises
    ------
    ValueError
        If a shape does not fit, or players overlap or leave a feature out.

    Notes
    -----
    The value of a player is the sum over its features of ``w_f (x_f - mean_m z_mf)``; the Owen values of any
    nesting are the same. A player whose features are the background's mean has the value 0.

    Examples
    --------
    >>> from sklearn_eeg.explain._linear import explain_linear
    >>> values, base = explain_linear([[3, 1, 1]], [[0, 0, 0], [2, 0, 0]], [[1, 2, 3]], [0.5], [[0], [1, 2]])
    >>> values[0, :, 0], base
    (array([2., 5.]), array([1.5]))
    """
    rows, background = check_tables(rows, background)
    groups = check_players(players, rows.shape[1])
    coef, intercept = np.asarray(coef, dtype=np.float64), np.asarray(intercept, dtype=np.float64)
    if coef.ndim != 2 or coef.shape[1] != rows.shape[1]:
        raise ValueError(f"`coef` must have shape (n_classes, {rows.shape[1]}), got {coef.shape}.")
    if intercept.shape != coef.shape[:1]:
        raise ValueError(f"`intercept` must have shape ({len(coef)},), got {intercept.shape}.")
    mean = background.mean(axis=0)
    values = [(rows - mean)[:, player] @ coef[:, player].T for player in groups]
    return np.stack(values, axis=1), coef @ mean + intercept


def read_linear(model: Any) -> LinearModel | None:
    """Return a fitted linear classifier as one linear function a class, or None if it is no such thing.

    Parameters
    ----------
    model : estimator
        A classifier of scikit-learn: logistic regression, linear discriminant analysis, RidgeClassifier,
        SGDClassifier, LinearSVC, SVC and NuSVC with ``kernel="linear"`` and others alike, or
        OneVsRestClassifier of them.

    Returns
    -------
    linear : LinearModel or None
        Two classes have two functions, the first the negative of the second.

    Notes
    -----
    The values are those of `decision_function`, of one column for each of two classes. Logistic regression
    and linear discriminant analysis give log-odds; of more than two classes these are the logarithms of
    the probabilities up to a constant of the row. A linear SVC gives the sums of its one-vs-one margins.
    Logistic functions fitted one against the rest are margins where there are more than two classes, since
    the probabilities are scaled to sum to 1.

    Examples
    --------
    >>> from sklearn.svm import LinearSVC
    >>> from sklearn_eeg.explain._linear import read_linear
    >>> model = read_linear(LinearSVC(C=1e6).fit([[-1.0], [1.0]], ["a", "b"]))
    >>> model.coef.round(2).tolist(), model.output
    ([[-1.0], [1.0]], 'margin')
    """
    if isinstance(model, SVC | NuSVC):
        return _read_svc(model) if model.kernel == "linear" else None
    if isinstance(model, OneVsRestClassifier):
        return _read_one_vs_rest(model)
    if not isinstance(model, LinearClassifierMixin):
        return None
    coef, intercept = np.atleast_2d(_dense(model.coef_)), np.atleast_1d(model.intercept_)
    return _with_columns(coef, np.broadcast_to(intercept, len(coef)), _output(model, len(coef)))


def _read_svc(model: Any) -> LinearModel:
    coefficients, intercept = read_margins(model)
    return LinearModel(coefficients @ _dense(model.support_vectors_), intercept, "margin")


def _read_one_vs_rest(model: Any) -> LinearModel | None:
    parts = [read_linear(estimator) for estimator in model.estimators_]
    read = [part for part in parts if part is not None and not model.multilabel_]
    if not read or len(read) < len(parts):
        return None
    coef, intercept = (
        np.stack([part.coef[-1] for part in read]),
        np.stack([part.intercept[-1] for part in read]),
    )
    return _with_columns(coef, intercept, read[0].output if len(read) == 1 else "margin")


def _with_columns(coef: np.ndarray, intercept: np.ndarray, output: str) -> LinearModel:
    """Return a model with two functions for two classes."""
    if len(coef) > 1:
        return LinearModel(coef, np.array(intercept), output)
    return LinearModel(both_classes(coef[0]).T, both_classes(intercept[0]), output)


def _output(model: Any, n_functions: int) -> str:
    logistic = isinstance(model, LogisticRegression | LinearDiscriminantAnalysis) or (
        isinstance(model, SGDClassifier) and model.loss == "log_loss" and n_functions == 1
    )
    return "log-odds" if logistic else "margin"


def _dense(matrix: Any) -> np.ndarray:
    return np.asarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix, dtype=np.float64)
