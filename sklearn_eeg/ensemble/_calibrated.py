"""A classifier whose probabilities are calibrated on patients that its scores never saw."""

from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, _fit_context
from sklearn.utils import Tags
from sklearn.utils._param_validation import HasMethods, StrOptions
from sklearn.utils.validation import check_is_fitted

from ._calibrators import apply_calibration, fit_calibration
from ._cross_fit import Member, compute_scores, cross_fit
from ._members import find_input_tags
from ._splits import make_splits
from ._training import check_training


class GroupCalibratedClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Give a classifier calibrated probabilities, learned on patients that it never saw.

    Clones fitted in inner folds by patient score the windows of the other patients; one calibrator is
    learned from these scores, and one model is fitted on all windows.

    Parameters
    ----------
    estimator : classifier
        Classifier, pipeline or search with `decision_function` (preferred) or `predict_proba`.
    method : {"sigmoid", "isotonic", "temperature"}, default="sigmoid"
        Map from scores to probabilities. Sigmoid (Platt) has two parameters a class; isotonic
        regression follows any rising curve, wants many patients, and may answer exactly 0 or 1;
        temperature scaling divides the scores of all classes by one number, and leaves their order.
    cv : int, splitter, iterable of (train, test) or None, default=5
        A number of folds splits by :class:`~sklearn_eeg.model_selection.PatientKFold` where `groups`
        are given, and by :class:`~sklearn.model_selection.StratifiedKFold` where not; None means 5.
        Other folds must test each window exactly once.
    n_jobs : int, default=None
        Number of processes that fit folds at the same time, as in joblib.

    Attributes
    ----------
    estimator_ : classifier
        The model, fitted on all windows.
    calibration_ : list of ndarray, or float
        Of the sigmoid, slope and intercept of each class (of two classes, the second's only); of the
        isotonic regression, its knots and values; of the third method, the temperature.
    response_ : {"decision_function", "predict_proba"}
        The method of `estimator_` that gives the scores.
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    n_features_in_ : int
        As in `estimator_`, where it has it.
    feature_names_in_ : ndarray of str
        As in `estimator_`, where it has it.

    See Also
    --------
    sklearn.calibration.CalibratedClassifierCV : With ``ensemble=False`` its folds mix patients.

    Notes
    -----
    Windows of one patient resemble each other. Scores of windows whose patient was trained on are
    therefore too good, and a calibrator learned from them trusts a new patient's scores too much.
    Pass `groups` to `fit`; :func:`~sklearn_eeg.evaluation.evaluate` does. Searches inside get those of
    their windows, by :func:`~sklearn_eeg.model_selection.fit_by_patient`. A pipeline or search around
    it hands `groups` on if it is fitted by that function, by `evaluate`, or with scikit-learn's metadata
    routing switched on. Without `groups` the folds are of windows, unshuffled, and there is no warning.

    For more than two classes sigmoid and isotonic regression work on each class against the rest, and
    the probabilities are divided by their sum. Temperature scaling gives softmax(s / T), with s the
    decision values, or the logarithms of the probabilities (of at least 1e-12).

    `X` is handed on as it is. A constant channel, NaN or infinity give what `estimator` gives.

    References
    ----------
    .. [1] Niculescu-Mizil A, Caruana R (2005) Predicting good probabilities with supervised learning.
       ICML, 625-632. https://doi.org/10.1145/1102351.1102430
    .. [2] Guo C, Pleiss G, Sun Y, Weinberger KQ (2017) On calibration of modern neural networks. ICML,
       PMLR 70, 1321-1330. https://doi.org/10.48550/arXiv.1706.04599

    Examples
    --------
    The feature is right in 3 windows of 4, in every patient, and so is the answer:

    >>> import numpy as np
    >>> from sklearn.naive_bayes import BernoulliNB
    >>> from sklearn_eeg.ensemble import GroupCalibratedClassifier
    >>> X = np.tile([0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0], 500)[:, np.newaxis]
    >>> y = np.tile(["rest"] * 4 + ["seizure"] * 4, 500)
    >>> patients = np.repeat(np.arange(10), 400)
    >>> model = GroupCalibratedClassifier(BernoulliNB()).fit(X, y, groups=patients)
    >>> model.predict_proba([[0.0], [1.0]]).round(2).tolist()
    [[0.75, 0.25], [0.25, 0.75]]
    """

    __metadata_request__fit: ClassVar[dict[str, bool]] = {"groups": True}

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "estimator": [HasMethods(["fit", "decision_function"]), HasMethods(["fit", "predict_proba"])],
        "method": [StrOptions({"sigmoid", "isotonic", "temperature"})],
        "cv": ["cv_object"],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self, estimator: Any, *, method: str = "sigmoid", cv: Any = 5, n_jobs: int | None = None
    ) -> None:
        self.estimator = estimator
        self.method = method
        self.cv = cv
        self.n_jobs = n_jobs

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any, groups: Any = None, sample_weight: Any = None) -> Self:
        """Fit the classifier, and learn the calibrator from scores of held-out patients.

        Parameters
        ----------
        X : array-like, list, DataFrame or mne.Epochs of n_windows windows
            Whatever `estimator` takes.
        y : array-like of shape (n_windows,)
            Label of each window.
        groups : array-like of shape (n_windows,), default=None
            Patient of each window.
        sample_weight : array-like of shape (n_windows,), default=None
            Weight of each window, at least 0, in fitting and in calibrating.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError
            If the windows, labels, patients and weights do not fit together, or a class occurs in fewer
            patients than there are folds.
        """
        training = check_training(X, y, groups, sample_weight)
        splits = make_splits(self.cv, *training[:3])
        self.classes_, label = np.unique(training.y, return_inverse=True)
        has_values = hasattr(self.estimator, "decision_function")
        self.response_ = "decision_function" if has_values else "predict_proba"
        members = [Member(self.estimator, self.response_)]
        [(self.estimator_, scores)] = cross_fit(members, training, splits, n_jobs=self.n_jobs)
        self.calibration_ = fit_calibration(
            self.method, scores, label, training.weight, response=self.response_
        )
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(self.estimator_, name):
                setattr(self, name, getattr(self.estimator_, name))
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the calibrated probability of each class.

        Parameters
        ----------
        X : array-like, list, DataFrame or mne.Epochs of n_windows windows
            Whatever `estimator` takes.

        Returns
        -------
        proba : ndarray of shape (n_windows, n_classes)
            Probabilities; each row sums to 1.
        """
        check_is_fitted(self)
        scores = compute_scores(self.estimator_, self.response_, X, self.classes_)
        return apply_calibration(self.method, scores, self.calibration_, response=self.response_)

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable class, which may differ from the answer of `estimator_`.

        Parameters
        ----------
        X : array-like, list, DataFrame or mne.Epochs of n_windows windows
            Whatever `estimator` takes.

        Returns
        -------
        y : ndarray of shape (n_windows,)
            Labels; of classes of the same probability, the first.
        """
        likeliest = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likeliest]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags = find_input_tags(self.estimator)
        return tags
