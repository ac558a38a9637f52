"""The estimators of which an estimator is made."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from sklearn.model_selection._search import BaseSearchCV


def iterate_parts(estimator: Any, closed: Callable[[Any], bool] | None = None) -> Iterator[Any]:
    """Yield an estimator and, at any depth, the estimators among its parameters.

    Parameters
    ----------
    estimator : estimator
        Where to begin.
    closed : callable, default=None
        Of an estimator for which it is true, what is within is not given.

    Yields
    ------
    part : estimator
        The estimator itself first.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.model_selection._parts import iterate_parts
    >>> [type(part).__name__ for part in iterate_parts(make_pipeline(StandardScaler(), SVC()))]
    ['Pipeline', 'StandardScaler', 'SVC']
    """
    if isinstance(estimator, type) or not hasattr(estimator, "get_params"):
        return
    yield estimator
    if closed is not None and closed(estimator):
        return
    for value in estimator.get_params(deep=False).values():
        for item in value if isinstance(value, list | tuple) else [value]:  # steps, members
            for each in item if isinstance(item, list | tuple) else [item]:  # (name, estimator)
                yield from iterate_parts(each, closed)


def find_last_step(model: Any) -> Any:
    """Return the classifier at the end of searches and pipelines, the best one of a fitted search.

    Examples
    --------
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.model_selection._parts import find_last_step
    >>> find_last_step(GridSearchCV(make_pipeline(StandardScaler(), SVC()), {}))
    SVC()
    """
    if isinstance(model, BaseSearchCV):
        return find_last_step(getattr(model, "best_estimator_", model.estimator))
    return find_last_step(model.steps[-1][1]) if hasattr(model, "steps") else model


def score_columns(model: Any, response: str, X: Any) -> np.ndarray:
    """Return the scores of windows, a column for each class of a fitted classifier.

    Parameters
    ----------
    model : classifier
        Fitted.
    response : {"decision_function", "predict_proba"}
        Its method to call.
    X : sequence of n_windows windows
        The windows.

    Returns
    -------
    scores : ndarray of shape (n_windows, n_classes)
        In the order of `classes_`; (-d, d) for the decision value d of two classes.

    Raises
    ------
    ValueError
        If the classifier does not give one score for each class.

    Examples
    --------
    >>> from sklearn.svm import LinearSVC
    >>> from sklearn_eeg.model_selection._parts import score_columns
    >>> svm = LinearSVC(C=1e6).fit([[-1.0], [1.0]], ["a", "c"])
    >>> score_columns(svm, "decision_function", [[2.0]]).round(2)
    array([[-2.,  2.]])
    """
    answer, n_classes = np.asarray(getattr(model, response)(X)), len(model.classes_)
    if answer.ndim == 1 and n_classes == 2:
        answer = np.column_stack([-answer, answer])
    last = find_last_step(model)
    pairwise = response == "decision_function" and getattr(last, "decision_function_shape", "ovr") == "ovo"
    if answer.shape[1:] != (n_classes,) or (pairwise and n_classes > 2):
        raise ValueError(
            f"{type(last).__name__} must give one score for each of the {n_classes} classes, got shape "
            f"{answer.shape}{' of pairs of classes' * pairwise}: use decision_function_shape='ovr' for SVC."
        )
    return answer


def has_parameter(part: Any, name: str, method: str = "fit", *, by_name: bool = True) -> bool:
    """Say whether a method of an estimator has a parameter, or else (not `by_name`) takes any.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.model_selection._parts import has_parameter
    >>> has_parameter(SVC(), "sample_weight"), has_parameter(SVC(), "groups", by_name=False)
    (True, False)
    >>> pipeline = make_pipeline(SVC())
    >>> has_parameter(pipeline, "groups"), has_parameter(pipeline, "groups", by_name=False)
    (False, True)
    """
    function = getattr(part, method, None)
    if function is None:
        return False
    parameters = inspect.signature(function).parameters
    takes_any = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values())
    return name in parameters or (takes_any and not by_name)
