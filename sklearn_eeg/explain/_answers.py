"""What a classifier answers, as one value a class, and what these values are."""

import copy
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
from scipy.special import expit, softmax

from ._game import both_classes

Answer = Callable[[Any], np.ndarray]
"""From what a classifier takes to values of shape (n_windows, n_classes)."""

_SAME = 1e-5  # difference of probabilities that counts as none


def read_answer(model: Any, output: str = "auto") -> Answer:
    """Return the function that gives a classifier's values.

    Parameters
    ----------
    model : classifier
        Fitted.
    output : {"auto", "probability"}, default="auto"
        Probabilities, or else decision values where the classifier has them.

    Returns
    -------
    answer : callable
        Gives values of shape (n_windows, n_classes), in the order of `classes_`. Of two classes the decision
        value is given for the second, and its negative for the first. An SVC of more classes gives the sum of
        its one-vs-one margins for each class.

    Raises
    ------
    ValueError
        If the classifier has no such method.

    Examples
    --------
    >>> from sklearn.svm import LinearSVC
    >>> from sklearn_eeg.explain._answers import read_answer
    >>> read_answer(LinearSVC(C=1e6).fit([[-1.0], [1.0]], ["a", "b"]))([[2.0]]).round(2)
    array([[-2.,  2.]])
    """
    if output != "probability" and hasattr(model, "decision_function"):
        return lambda X: _decide(model, X)
    if not hasattr(model, "predict_proba"):
        wanted = "predict_proba" if output == "probability" else "decision_function or predict_proba"
        raise ValueError(f"`model` must have {wanted}, got {model!r}: calibrate it to give it probabilities.")
    return lambda X: np.asarray(model.predict_proba(X), dtype=np.float64)


def recognize_output(model: Any, X: Any, values: np.ndarray) -> str:
    """Say what values are, by holding them against the classifier's probabilities.

    Parameters
    ----------
    model : classifier
        Fitted.
    X : array-like of n_windows rows
        What the classifier takes.
    values : ndarray of shape (n_windows, n_classes)
        Its values for them.

    Returns
    -------
    output : {"margin", "log-odds", "probability", "log-probability"}
        "log-odds" for two classes with ``p = 1 / (1 + exp(-v))`` and for more with ``p = softmax(v)``, where
        v is the logarithm of p up to a constant of the window; "log-probability" for ``p = exp(v)``.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn_eeg.explain._answers import recognize_output, read_answer
    >>> X = np.array([[0.0], [1.0]])
    >>> model = LogisticRegression().fit(X, [0, 1])
    >>> recognize_output(model, X, read_answer(model)(X))
    'log-odds'
    """
    if not hasattr(model, "decision_function"):
        return "probability"
    if not hasattr(model, "predict_proba"):
        return "margin"
    proba = np.asarray(model.predict_proba(X))
    if np.array_equal(values, proba):
        return "probability"
    with np.errstate(over="ignore"):
        guesses = {
            "log-probability": np.exp(values),
            "log-odds": expit(values) if values.shape[1] == 2 else softmax(values, axis=1),
        }
    for output, guess in guesses.items():
        if np.allclose(guess, proba, rtol=0, atol=_SAME):
            return output
    return "margin"


def _decide(model: Any, X: Any) -> np.ndarray:
    n_classes = len(model.classes_)
    if n_classes > 2 and hasattr(model, "decision_function_shape"):
        return _sum_of_pairs(model, X, n_classes)
    values = np.asarray(model.decision_function(X), dtype=np.float64)
    values = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
    return both_classes(values) if values.ndim == 1 else values


def _sum_of_pairs(model: Any, X: Any, n_classes: int) -> np.ndarray:
    """Return the sum of the margins of each class against the others; positive speaks for the class."""
    pairwise = copy.copy(model)
    pairwise.decision_function_shape = "ovo"
    margins = pairwise.decision_function(X)
    total = np.zeros((len(margins), n_classes))
    for column, (first, second) in enumerate(combinations(range(n_classes), 2)):
        total[:, first] += margins[:, column]
        total[:, second] -= margins[:, column]
    return total
