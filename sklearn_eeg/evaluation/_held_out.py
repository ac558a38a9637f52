"""What a fitted classifier says of windows held out, each transformed once, and what its search chose."""

import re
from typing import Any

import numpy as np
from sklearn.model_selection._search import BaseSearchCV
from sklearn.pipeline import Pipeline
from sklearn.utils import column_or_1d

SCORES = ("predict_proba", "decision_function")


def predict_held_out(model: Any, X: Any) -> tuple[np.ndarray, np.ndarray | None, str]:
    """Return labels and scores of windows, as `predict` and the method of scores would.

    Parameters
    ----------
    model : classifier
        Fitted classifier, pipeline or search.
    X : sequence of n_windows windows
        The windows.

    Returns
    -------
    y_pred : ndarray of shape (n_windows,)
        Labels.
    score : ndarray of shape (n_windows,) or (n_windows, n_classes), or None
        What `predict_proba`, or else `decision_function`, returns.
    method : str
        Which of the two it was, ``"none"`` where there is neither.

    Notes
    -----
    The steps of a scikit-learn pipeline before its last transform the windows once for both, where
    `predict` and the scores would each do so again. Other pipelines (of imbalanced-learn, say) do it in
    their own way, twice.

    Examples
    --------
    >>> from sklearn.linear_model import Perceptron
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn_eeg.evaluation._held_out import predict_held_out
    >>> X = [[0.0], [1.0], [2.0], [3.0]]
    >>> model = make_pipeline(StandardScaler(), Perceptron()).fit(X, [0, 0, 1, 1])
    >>> labels, score, method = predict_held_out(model, X)
    >>> labels.tolist(), method
    ([0, 0, 1, 1], 'decision_function')
    """
    if isinstance(model, BaseSearchCV) and hasattr(model, "best_estimator_"):  # else it says what is wrong
        return predict_held_out(model.best_estimator_, X)
    if type(model) is Pipeline and len(model.steps) > 1:
        return predict_held_out(model.steps[-1][1], model[:-1].transform(X))
    y_pred = column_or_1d(model.predict(X))
    for method in SCORES:
        if hasattr(model, method):
            return y_pred, np.asarray(getattr(model, method)(X), dtype=float), method
    return y_pred, None, "none"


def chosen_parameters(model: Any) -> dict[str, Any]:
    """Return the parameters that the searches of a fitted model chose.

    Parameters
    ----------
    model : classifier
        Fitted classifier, pipeline or search.

    Returns
    -------
    parameters : dict of str
        `best_params_` of a search; those of a step of a pipeline are named after the step. What is
        neither a number, text, a truth value nor None is written out.

    Examples
    --------
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.evaluation._held_out import chosen_parameters
    >>> search = GridSearchCV(SVC(), {"C": [2.0]}, cv=2).fit([[0], [1]] * 4, [0, 1] * 4)
    >>> chosen_parameters(search), chosen_parameters(SVC())
    ({'C': 2.0}, {})
    """
    if isinstance(getattr(model, "best_params_", None), dict):
        return {name: _write_out(value) for name, value in model.best_params_.items()}
    return {
        f"{name}__{key}": value
        for name, step in getattr(model, "steps", [])
        for key, value in chosen_parameters(step).items()
    }


def _write_out(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))
