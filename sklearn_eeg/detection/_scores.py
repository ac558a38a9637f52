"""The probability of a seizure in each window, by any fitted classifier."""

from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC


def score_windows(model: Any, windows: np.ndarray) -> np.ndarray:
    """Return the probability of class 1 in each window.

    Parameters
    ----------
    model : classifier
        Fitted on the classes 0 and 1.
    windows : ndarray of shape (n_windows, n_channels, n_times)
        The windows, in microvolts.

    Returns
    -------
    probability : float64 ndarray of shape (n_windows,)
        From `predict_proba` where the classifier has it; else the logistic function of
        `decision_function`, which rises with the probability but is none.

    Raises
    ------
    ValueError
        If the classifier has neither.

    Notes
    -----
    The decision of a pipeline that ends in an SVM with the RBF kernel is computed from its support vectors
    by a matrix product: the same but for rounding, and several times as fast as by libsvm.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sklearn_eeg.detection._scores import score_windows
    >>> model = GaussianNB().fit([[-1.0], [-2.0], [1.0], [2.0]], [0, 0, 1, 1])
    >>> score_windows(model, np.array([[0.0], [50.0]])).round(3).tolist()
    [0.5, 1.0]
    """
    if hasattr(model, "predict_proba"):
        return np.asarray(model.predict_proba(windows), dtype=np.float64)[:, 1]
    if not hasattr(model, "decision_function"):
        raise ValueError(
            f"`estimator` must have predict_proba or decision_function, got {type(model).__name__}."
        )
    if isinstance(model, Pipeline) and _is_rbf(model.steps[-1][1]):
        table = windows
        for _, step in model.steps[:-1]:
            table = table if step is None or step == "passthrough" else step.transform(table)
        return expit(_decide_rbf(model.steps[-1][1], np.asarray(table)))
    return expit(np.asarray(model.decision_function(windows), dtype=np.float64))


def _is_rbf(step: Any) -> bool:
    dense = type(step) is SVC and step.kernel == "rbf" and isinstance(step.support_vectors_, np.ndarray)
    return dense and len(step.classes_) == 2


def _decide_rbf(svm: SVC, table: np.ndarray) -> np.ndarray:
    kernel = rbf_kernel(table, svm.support_vectors_, gamma=svm._gamma)
    return kernel @ svm.dual_coef_[0] + svm.intercept_[0]
