"""The final classifier for few patients: a weighted average of the members, drawn towards the plain one."""

from numbers import Real
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax
from sklearn.base import BaseEstimator, ClassifierMixin, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from ._training import check_training

_LEAST = 1e-3  # probability
_ROUNDING = 1e-10  # of the largest score: what varies less is constant
_TINY_PENALTY = 1e-6  # on the constants, which only differ from one another


class OpinionPoolClassifier(ClassifierMixin, BaseEstimator):
    r"""Pool the scores of members: one weight a member, at least 0, and one constant a class.

    Where there are few patients, a regression that weighs each score of each member by itself may learn to
    distrust, or to turn round, members that are of use. This one can do neither.

    Parameters
    ----------
    strength : float, default=10.0
        How strongly the weights are drawn towards equal ones: about as strongly as by so many patients.
    slope : float, default=2.0
        Sum of the weights that they are drawn towards.
    class_weight : {"balanced"} or None, default="balanced"
        Whether all classes weigh the same in all, or each window.

    Attributes
    ----------
    weights_ : ndarray of shape (n_members,)
        Weight of each member, at least 0.
    intercepts_ : ndarray of shape (n_classes,)
        Constant of each class; they add up to 0.
    is_probability_ : ndarray of bool, of shape (n_members,)
        Whether the scores of a member were probabilities, whose logarithms are pooled.
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    n_features_in_ : int
        Number of columns.

    See Also
    --------
    GroupStackingClassifier : The stack, for which this can be the `final_estimator`.

    Notes
    -----
    A logarithmic opinion pool [1]_, which gives class c the probability

    .. math:: p_c \propto \exp\Big(b_c + \sum_m w_m z_{mc}\Big), \quad w_m \ge 0.

    The columns are those of the stack, with neither labels nor features among them: the score of the second
    class of two, or of each class in turn, of each member. Of a member, z is its scores (or logarithms of
    probabilities of at least 0.001) without their mean over the classes, centred for each class and
    divided by one standard deviation. Minimised is the weighted log loss of all windows, scaled to a total
    weight of the number of patients (of windows, where `groups` are not told), since windows of a patient
    resemble each other, plus strength / 2 times the sum of squares of (w - slope / number of members).
    That weights are not negative keeps a stack from using differences of members that are alike [2]_. A
    member that says the same of all windows changes nothing.

    References
    ----------
    .. [1] Genest C, Zidek JV (1986) Combining probability distributions: a critique and an annotated
       bibliography. Stat. Sci. 1, 114-135. https://doi.org/10.1214/ss/1177013825
    .. [2] Breiman L (1996) Stacked regressions. Mach. Learn. 24, 49-64. https://doi.org/10.1007/BF00117832

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.ensemble._opinion_pool import OpinionPoolClassifier
    >>> y = np.tile(["rest", "seizure"], 50)
    >>> noise = np.random.default_rng(0).normal(size=(100, 2))
    >>> scores = np.column_stack([np.tile([-1.0, 1.0], 50), np.zeros(100)]) + 0.8 * noise
    >>> pool = OpinionPoolClassifier().fit(scores, y)
    >>> bool(pool.weights_[0] > 3 * pool.weights_[1] >= 0)
    True
    """

    __metadata_request__fit: ClassVar[dict[str, bool]] = {"groups": True}

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "strength": [Interval(Real, 0, None, closed="neither")],
        "slope": [Interval(Real, 0, None, closed="left")],
        "class_weight": [StrOptions({"balanced"}), None],
    }

    def __init__(
        self, strength: float = 10.0, *, slope: float = 2.0, class_weight: str | None = "balanced"
    ) -> None:
        self.strength = strength
        self.slope = slope
        self.class_weight = class_weight

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, groups: Any = None, sample_weight: Any = None) -> Self:
        """Learn the weights from scores of windows that the members did not see.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_columns)
            Scores of the members.
        y : array-like of shape (n_windows,)
            Label of each window.
        groups : array-like of shape (n_windows,), default=None
            Patient of each window.
        sample_weight : array-like of shape (n_windows,), default=None
            Weight of each window, at least 0.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError
            If the columns are not some for each class, or windows, labels, patients and weights do not fit
            together.
        """
        table = validate_data(self, X, dtype=np.float64)
        training = check_training(table, y, groups, sample_weight)
        self.classes_, codes = np.unique(training.y, return_inverse=True)
        weight = np.ones(len(codes)) if training.weight is None else training.weight
        n_units = weight.sum() if training.groups is None else len(np.unique(training.groups[weight > 0]))
        scores = self._split(table)
        self.is_probability_ = np.array([_are_probabilities(each) for each in scores])
        pooled = self._take_logarithms(scores)
        self._center = np.average(pooled, axis=1, weights=weight)[:, np.newaxis]
        spread = np.sqrt(np.average(((pooled - self._center) ** 2).mean(axis=2), axis=1, weights=weight))
        varies = spread > _ROUNDING * np.abs(pooled).max(axis=(1, 2))
        self._scale = np.where(varies, spread, np.inf)[:, np.newaxis, np.newaxis]  # without a say if constant
        if len(self.classes_) == 2:
            self._scale = 2.0 * self._scale  # so that the difference of both has deviation 1
        if self.class_weight == "balanced":
            totals = np.bincount(codes, weight)[codes]
            weight = np.divide(weight, totals, out=np.zeros_like(weight), where=totals > 0)
        problem = _Problem((pooled - self._center) / self._scale, codes, weight * n_units / weight.sum())
        self.weights_, self.intercepts_ = _minimise(problem, self.strength, self.slope)
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """Return how much speaks for each class.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_columns)
            Scores of the members.

        Returns
        -------
        values : ndarray of shape (n_windows,) or (n_windows, n_classes)
            For two classes the log-odds of the second, for more the logarithms of the probabilities.
        """
        logarithms = self._predict_log_proba(X)
        return logarithms[:, 1] - logarithms[:, 0] if logarithms.shape[1] == 2 else logarithms

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_columns)
            Scores of the members.

        Returns
        -------
        proba : ndarray of shape (n_windows, n_classes)
            Probabilities.
        """
        return np.exp(self._predict_log_proba(X))

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable class.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_columns)
            Scores of the members.

        Returns
        -------
        y : ndarray of shape (n_windows,)
            Labels.
        """
        best = self._predict_log_proba(X).argmax(axis=1)
        return self.classes_[best]

    def _predict_log_proba(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        table = validate_data(self, X, dtype=np.float64, reset=False)
        z = (self._take_logarithms(self._split(table)) - self._center) / self._scale
        return log_softmax(np.tensordot(self.weights_, z, 1) + self.intercepts_, axis=1)

    def _split(self, table: np.ndarray) -> np.ndarray:
        """Return the scores of each member, of shape (n_members, n_windows, 1 or n_classes)."""
        n_classes = len(self.classes_)
        width = 1 if n_classes == 2 else n_classes
        if table.shape[1] % width:
            raise ValueError(
                f"X must have a column for each of the {n_classes} classes and each member, got "
                f"{table.shape[1]} columns: leave out `passthrough`, and members without decision values."
            )
        return np.moveaxis(table.reshape(len(table), -1, width), 1, 0)

    def _take_logarithms(self, scores: np.ndarray) -> np.ndarray:
        """Return the scores of all classes, without their mean, with logarithms of what was probabilities."""
        both = scores
        if scores.shape[2] == 1:
            opposite = np.where(self.is_probability_[:, np.newaxis, np.newaxis], 1.0 - scores, -scores)
            both = np.concatenate([opposite, scores], axis=2)
        pooled = both.copy()
        pooled[self.is_probability_] = np.log(np.maximum(both[self.is_probability_], _LEAST))
        return pooled - pooled.mean(axis=2, keepdims=True)


class _Problem(NamedTuple):
    """Standardised scores (n_members, n_windows, n_classes), codes of labels, and weights of windows."""

    z: np.ndarray
    codes: np.ndarray
    weight: np.ndarray


def _are_probabilities(scores: np.ndarray) -> bool:
    """Say whether scores (n_windows, 1 or n_classes) lie between 0 and 1, and all classes' add up to 1."""
    within = bool((scores >= 0).all() and (scores <= 1).all())
    return within and (scores.shape[1] == 1 or bool(np.allclose(scores.sum(axis=1), 1.0)))


def _minimise(problem: _Problem, strength: float, slope: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights and constants of least penalised loss; it is convex."""
    n_members, _, n_classes = problem.z.shape
    equal = slope / n_members
    found = minimize(
        _compute_loss,
        np.r_[np.full(n_members, equal), np.zeros(n_classes)],
        args=(problem, strength, equal),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None)] * n_members + [(None, None)] * n_classes,
        options={"maxiter": 1000, "ftol": 1e-12, "gtol": 1e-8},
    )
    intercepts = found.x[n_members:]
    return found.x[:n_members], intercepts - intercepts.mean()


def _compute_loss(
    parameters: np.ndarray, problem: _Problem, strength: float, equal: float
) -> tuple[float, np.ndarray]:
    """Return the penalised loss, and its derivatives by weights and constants."""
    z, codes, weight = problem
    pull, intercepts = parameters[: len(z)] - equal, parameters[len(z) :]
    logarithms = log_softmax(np.tensordot(parameters[: len(z)], z, 1) + intercepts, axis=1)
    rows = np.arange(len(codes))
    loss = -weight @ logarithms[rows, codes] + strength / 2 * pull @ pull
    loss += _TINY_PENALTY / 2 * intercepts @ intercepts
    excess = np.exp(logarithms)
    excess[rows, codes] -= 1.0
    excess *= weight[:, np.newaxis]
    by_weight = np.tensordot(z, excess, 2) + strength * pull
    return float(loss), np.r_[by_weight, excess.sum(axis=0) + _TINY_PENALTY * intercepts]
