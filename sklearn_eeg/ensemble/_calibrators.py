"""Maps from a classifier's scores to probabilities: sigmoid, isotonic regression, temperature."""

from typing import Any

import numpy as np
from scipy.optimize import brentq, minimize
from scipy.special import expit, logit, softmax
from sklearn.isotonic import IsotonicRegression

_SMALLEST_PROBABILITY = 1e-12
_LARGEST_LOG_BETA = 10.0  # of the inverse temperature, either way
_GRADIENT = 1e-9  # of the mean log loss, where the sigmoid is found


def fit_sigmoid(score: np.ndarray, target: np.ndarray, sample_weight: np.ndarray | None = None) -> np.ndarray:
    """Learn slope and intercept of Platt's sigmoid.

    Parameters
    ----------
    score : ndarray of shape (n_windows,)
        Finite scores, higher for the positive class.
    target : ndarray of shape (n_windows,)
        Whether each window is of the positive class.
    sample_weight : ndarray of shape (n_windows,), optional
        Weight of each window, at least 0.

    Returns
    -------
    slope_and_intercept : ndarray of shape (2,)
        They minimise the log loss of ``expit(slope * score + intercept)`` against softened targets.

    Notes
    -----
    With n1 positive and n0 negative windows the targets are (n1 + 1) / (n1 + 2) and 1 / (n0 + 2), so
    that the slope stays finite where the scores tell the classes apart. Constant scores give slope 0.

    References
    ----------
    .. [1] Lin H-T, Lin C-J, Weng RC (2007) A note on Platt's probabilistic outputs for support vector
       machines. Mach. Learn. 68, 267-276. https://doi.org/10.1007/s10994-007-5018-6

    Examples
    --------
    Two windows of each class: the softened targets are 3/4 and 1/4.

    >>> import numpy as np
    >>> from sklearn_eeg.ensemble._calibrators import apply_sigmoid, fit_sigmoid
    >>> score = np.array([-1.0, -1.0, 1.0, 1.0])
    >>> fitted = fit_sigmoid(score, np.array([0, 0, 1, 1]))
    >>> apply_sigmoid(score, fitted).round(6).tolist()
    [0.25, 0.25, 0.75, 0.75]
    """
    positive = np.asarray(target) > 0
    weight = np.ones(len(positive)) if sample_weight is None else sample_weight
    n_positive, n_negative = weight[positive].sum(), weight[~positive].sum()
    goal = np.where(positive, (n_positive + 1) / (n_positive + 2), 1 / (n_negative + 2))
    share = weight / weight.sum()
    centre, spread = score.mean(), score.std()
    if np.ptp(score) <= 1e-12 * np.abs(score).max():
        return np.array([0.0, logit(share @ goal)])
    design = np.column_stack([(score - centre) / spread, np.ones(len(score))])

    def loss(beta: np.ndarray) -> tuple[float, np.ndarray]:
        raw = design @ beta
        return share @ (np.logaddexp(0, raw) - goal * raw), design.T @ (share * (expit(raw) - goal))

    def hessian(beta: np.ndarray) -> np.ndarray:
        spread_of_answer = expit(design @ beta) * expit(-design @ beta)
        return (design.T * (share * spread_of_answer)) @ design

    start = np.array([0.0, logit(share @ goal)])
    options = {"gtol": _GRADIENT}
    slope, intercept = minimize(loss, start, jac=True, hess=hessian, method="trust-exact", options=options).x
    return np.array([slope / spread, intercept - slope * centre / spread])


def apply_sigmoid(score: np.ndarray, fitted: np.ndarray) -> np.ndarray:
    """Return ``expit(slope * score + intercept)``."""
    slope, intercept = fitted
    return expit(slope * score + intercept)


def fit_isotonic(
    score: np.ndarray, target: np.ndarray, sample_weight: np.ndarray | None = None
) -> np.ndarray:
    """Learn the rising step function nearest to the targets, in squares.

    Parameters
    ----------
    score : ndarray of shape (n_windows,)
        Finite scores, higher for the positive class.
    target : ndarray of shape (n_windows,)
        Whether each window is of the positive class.
    sample_weight : ndarray of shape (n_windows,), optional
        Weight of each window, at least 0.

    Returns
    -------
    knots_and_values : ndarray of shape (2, n_knots)
        Scores, ascending, and the probability at each; linear between, constant beyond.

    References
    ----------
    .. [1] Zadrozny B, Elkan C (2002) Transforming classifier scores into accurate multiclass
       probability estimates. KDD, 694-699. https://doi.org/10.1145/775047.775151

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.ensemble._calibrators import apply_isotonic, fit_isotonic
    >>> score = np.array([1.0, 2.0, 3.0, 4.0])
    >>> apply_isotonic(score, fit_isotonic(score, np.array([0, 1, 0, 1]))).tolist()
    [0.0, 0.5, 0.5, 1.0]
    """
    regression = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    regression.fit(score, np.asarray(target, dtype=float), sample_weight)
    return np.array([regression.X_thresholds_, regression.y_thresholds_])


def apply_isotonic(score: np.ndarray, fitted: np.ndarray) -> np.ndarray:
    """Return the probability at each score, by linear interpolation between the knots."""
    return np.interp(score, *fitted)


def fit_temperature(logits: np.ndarray, label: np.ndarray, sample_weight: np.ndarray | None = None) -> float:
    """Learn the temperature that minimises the log loss of ``softmax(logits / temperature)``.

    Parameters
    ----------
    logits : ndarray of shape (n_windows, n_classes)
        Score of each class; NaN for a class that the model does not know.
    label : ndarray of shape (n_windows,)
        Column of each window's class.
    sample_weight : ndarray of shape (n_windows,), optional
        Weight of each window, at least 0.

    Returns
    -------
    temperature : float
        Between exp(-10) and exp(10); above 1 where the logits are too confident.

    Notes
    -----
    The loss is convex in the inverse temperature beta. Its derivative, the mean of (expected logit -
    logit of the true class), has its root found by bracketing; without a root, as for logits that are
    always right, always wrong or all equal, the end with the lower loss is taken (or 1 for no slope).

    References
    ----------
    .. [1] Guo C, Pleiss G, Sun Y, Weinberger KQ (2017) On calibration of modern neural networks. ICML,
       PMLR 70, 1321-1330. https://doi.org/10.48550/arXiv.1706.04599

    Examples
    --------
    A model that says "2 to 0" and is right in 3 of 4 windows should say "log(3) to 0":

    >>> import numpy as np
    >>> from sklearn_eeg.ensemble._calibrators import fit_temperature
    >>> logits = np.tile([0.0, 2.0], (4, 1))
    >>> bool(np.isclose(fit_temperature(logits, np.array([1, 1, 1, 0])), 2 / np.log(3)))
    True
    """
    weight = np.ones(len(label)) if sample_weight is None else sample_weight
    own = np.take_along_axis(logits, label[:, np.newaxis], axis=1)
    usable = np.isfinite(own[:, 0]) & (weight > 0)
    if not usable.any():
        return 1.0
    gap, weight = (logits - own)[usable], weight[usable] / weight[usable].sum()
    known = np.where(np.isfinite(gap), 0.0, -np.inf)
    gap = np.where(np.isfinite(gap), gap, 0.0)

    def slope(log_beta: float) -> float:
        return weight @ (softmax(np.exp(log_beta) * gap + known, axis=1) * gap).sum(axis=1)

    low, high = slope(-_LARGEST_LOG_BETA), slope(_LARGEST_LOG_BETA)
    if low == high == 0:
        return 1.0
    if low >= 0 or high <= 0:
        return float(np.exp(_LARGEST_LOG_BETA if low >= 0 else -_LARGEST_LOG_BETA))
    return float(np.exp(-brentq(slope, -_LARGEST_LOG_BETA, _LARGEST_LOG_BETA, xtol=1e-12)))


def apply_temperature(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Return ``softmax(logits / temperature)``, row by row."""
    return softmax(logits / temperature, axis=1)


# Methods that work on one class against the rest.
ONE_VS_REST = {
    "sigmoid": (fit_sigmoid, apply_sigmoid),
    "isotonic": (fit_isotonic, apply_isotonic),
}


def fit_calibration(
    method: str, scores: np.ndarray, label: np.ndarray, sample_weight: np.ndarray | None, *, response: str
) -> Any:
    """Learn the map from scores to probabilities.

    Parameters
    ----------
    method : {"sigmoid", "isotonic", "temperature"}
        Kind of map.
    scores : ndarray of shape (n_windows, n_classes)
        Cross-fitted scores; NaN for a class that the model of the fold does not know.
    label : ndarray of shape (n_windows,)
        Column of each window's class.
    sample_weight : ndarray of shape (n_windows,) or None
        Weight of each window.
    response : {"decision_function", "predict_proba"}
        What the scores are.

    Returns
    -------
    calibration : float or list of ndarray
        The temperature; or what `fit_sigmoid` or `fit_isotonic` learn, for each class, or for the
        second of two. A class whose windows no model knew takes the map of all classes pooled.
    """
    if method == "temperature":
        return fit_temperature(_to_logits(scores, response), label, sample_weight)
    fit, _ = ONE_VS_REST[method]
    weight = np.ones(len(label)) if sample_weight is None else sample_weight
    columns = np.arange(scores.shape[1])
    target, weight = label[:, np.newaxis] == columns, np.tile(weight[:, np.newaxis], len(columns))
    known = np.isfinite(scores)
    calibration = []
    for column in columns[1:] if len(columns) == 2 else columns:
        chosen = known & (columns == column)
        if not (chosen & target).any():
            chosen = known
        calibration.append(fit(scores[chosen], target[chosen], weight[chosen]))
    return calibration


def apply_calibration(method: str, scores: np.ndarray, calibration: Any, *, response: str) -> np.ndarray:
    """Return probabilities of shape (n_windows, n_classes) whose rows sum to 1.

    One-against-rest probabilities are divided by their sum; where all are 0, each class gets the same.
    """
    if method == "temperature":
        return apply_temperature(_to_logits(scores, response), calibration)
    _, apply = ONE_VS_REST[method]
    if scores.shape[1] == 2:
        second = apply(scores[:, 1], calibration[0])
        return np.column_stack([1 - second, second])
    proba = np.column_stack(
        [apply(column, fitted) for column, fitted in zip(scores.T, calibration, strict=True)]
    )
    total = proba.sum(axis=1, keepdims=True)
    return np.divide(proba, total, out=np.full_like(proba, 1 / len(calibration)), where=total > 0)


def _to_logits(scores: np.ndarray, response: str) -> np.ndarray:
    if response == "predict_proba":
        return np.log(np.maximum(scores, _SMALLEST_PROBABILITY))  # NaN stays NaN
    return scores / 2 if scores.shape[1] == 2 else scores  # (-d, d): the logit of the second class is d
