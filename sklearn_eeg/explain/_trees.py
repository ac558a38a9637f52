"""Shapley values of trees and their ensembles, by shap's TreeExplainer."""

import warnings
from collections.abc import Iterable
from types import ModuleType
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.tree import DecisionTreeClassifier

from .._optional import import_optional
from ._game import both_classes, check_players, check_tables, sum_by_player

_OF_PROBABILITY = (RandomForestClassifier, ExtraTreesClassifier, DecisionTreeClassifier)
_BOOSTED_ELSEWHERE = {"lightgbm", "xgboost"}


def explain_trees(model: Any, rows: Any, players: Iterable[Any]) -> tuple[np.ndarray, np.ndarray, str]:
    """Compute the path-dependent Shapley values of trees, summed over the features of each player.

    Parameters
    ----------
    model : classifier
        A fitted model that `is_tree_model` knows.
    rows : array-like of shape (n_windows, n_features)
        Rows to explain; NaN goes the way that it goes in the model.
    players : sequence of array-like of int
        Features of each player; each feature is in exactly one.

    Returns
    -------
    values : ndarray of shape (n_windows, n_players, n_classes)
        Sums of Shapley values; they sum over players to the model's output less `base`.
    base : ndarray of shape (n_classes,)
        Mean outputs over the windows the trees were fitted on, as their leaves counted them.
    output : {"probability", "log-odds"}
        What is explained: probabilities of forests and single trees; log-odds of boosted trees, which of
        more than two classes are the logarithms of the probabilities up to a constant of the row.

    Raises
    ------
    ImportError
        If shap is not installed.
    ValueError
        If the model is not known, a shape does not fit, or players overlap or leave a feature out.

    Notes
    -----
    Absent features are averaged over by the share of training windows at each branch, so there is no
    background. The Shapley values are those of single features: the sum over a player's features is not
    the Shapley value of the player in a game of players. A feature that no tree asks for has the value 0.
    Deep trees are slow: fully grown extremely randomised trees may take longer to explain than to fit.

    References
    ----------
    .. [1] Lundberg SM, Erion G, Chen H, et al. From local explanations to global understanding with
       explainable AI for trees. Nature Machine Intelligence 2020;2:56-67. doi:10.1038/s42256-019-0138-9

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from sklearn_eeg.explain._trees import explain_trees
    >>> tree = DecisionTreeClassifier().fit([[0, 0], [1, 0]], ["a", "b"])
    >>> values, base, output = explain_trees(tree, [[1, 0]], [[0], [1]])
    >>> values[0, :, 1], base, output
    (array([0.5, 0. ]), array([0.5, 0.5]), 'probability')
    """
    rows, _ = check_tables(rows, rows, nan=True)
    groups = check_players(players, rows.shape[1])
    if not is_tree_model(model):
        raise ValueError(f"`model` must be a classifier of trees, got {type(model).__name__}.")
    _check_columns(model, rows)
    shap = import_shap(needed_by="explain (of trees)")
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    given = explainer.shap_values(rows, check_additivity=False)
    values, base = bring_into_shape(given, explainer.expected_value, rows.shape)
    return sum_by_player(values, groups), base, _output(model)


def is_tree_model(model: Any) -> bool:
    """Return whether `explain_trees` explains a fitted model.

    It does so for scikit-learn's trees, forests, HistGradientBoostingClassifier, GradientBoostingClassifier
    of two classes with the default loss and beginning (shap refuses more classes, and its values for
    ``loss="exponential"`` do not sum to the output), and the classifiers of LightGBM and XGBoost.

    Examples
    --------
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.explain._trees import is_tree_model
    >>> is_tree_model(SVC())
    False
    """
    if isinstance(model, _OF_PROBABILITY):
        return model.n_outputs_ == 1
    if isinstance(model, GradientBoostingClassifier):
        return model.n_classes_ == 2 and model.loss == "log_loss" and isinstance(model.init_, DummyClassifier)
    if type(model).__module__.partition(".")[0] in _BOOSTED_ELSEWHERE:
        return is_classifier(model)
    return isinstance(model, HistGradientBoostingClassifier)


def bring_into_shape(values: Any, expected: Any, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return shap's values of any shape as (n_windows, n_features, n_classes), and the base (n_classes,).

    Parameters
    ----------
    values : array-like or list of array-like
        Of shape (n_windows, n_features) for one output, the log-odds of the second of two classes; of shape
        (n_windows, n_features, n_classes); or a list of tables, one for each class.
    expected : float or array-like
        The expected value of each output.
    shape : tuple of int
        Numbers of windows and features.

    Returns
    -------
    values : ndarray of shape (n_windows, n_features, n_classes)
        Two columns for one output, its negative first.
    base : ndarray of shape (n_classes,)
        Expected values, likewise.

    Raises
    ------
    ValueError
        If the values have another shape.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain._trees import bring_into_shape
    >>> bring_into_shape(np.array([[0.5, 1.0]]), 2.0, (1, 2))[1]
    array([-2.,  2.])
    """
    array = np.stack(values, axis=-1) if isinstance(values, list) else np.asarray(values, dtype=np.float64)
    base = np.atleast_1d(np.asarray(expected, dtype=np.float64))
    if array.shape == (*shape, 1):
        array = array[..., 0]
    if array.shape == shape and base.size == 2:  # one output, and yet the expected values of both classes
        base = base[1:]
    if array.shape == shape and base.size == 1:
        return both_classes(array), both_classes(base[0])
    if array.shape != (*shape, base.size):
        raise ValueError(f"shap must give values for {shape} windows and features, got {array.shape}.")
    return array, base


def import_shap(*, needed_by: str) -> ModuleType:
    """Import shap without the warnings of what its plots use of matplotlib.

    Examples
    --------
    >>> from sklearn_eeg.explain._trees import import_shap
    >>> import_shap(needed_by="an example").__name__
    'shap'
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        return import_optional("shap", extra="explain", needed_by=needed_by)


def _output(model: Any) -> str:
    return "probability" if isinstance(model, _OF_PROBABILITY) else "log-odds"


def _check_columns(model: Any, rows: np.ndarray) -> None:
    expected = getattr(model, "n_features_in_", rows.shape[1])
    if rows.shape[1] != expected:
        raise ValueError(f"`rows` must have the {expected} columns of the model, got {rows.shape[1]}.")
