"""A classifier that learns, from held-out patients, how far to trust each of several."""

from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassifierMixin, TransformerMixin, _fit_context
from sklearn.linear_model import LogisticRegression
from sklearn.utils import Bunch, Tags
from sklearn.utils._param_validation import HasMethods, StrOptions
from sklearn.utils.metaestimators import _BaseComposition, available_if
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted

from ..model_selection import fit_by_patient
from ._cross_fit import Member, compute_all_scores, cross_fit
from ._importances import compute_importances
from ._members import (
    RESPONSES,
    append_input,
    check_is_table,
    choose_members,
    is_dropped,
    is_usable,
    join_input_tags,
    join_scores,
)
from ._splits import make_splits
from ._training import check_training


def _final_has(method: str) -> Any:
    def check(stack: Any) -> bool:
        final = getattr(stack, "final_estimator_", stack.final_estimator)
        return hasattr(LogisticRegression() if final is None else final, method)

    return check


class GroupStackingClassifier(ClassifierMixin, TransformerMixin, _BaseComposition):
    """Combine classifiers by a final one that learns from their answers on held-out patients.

    Clones of each member fitted in inner folds by patient score the windows of the other patients; the
    final classifier is fitted on these scores, and each member on all windows.

    Parameters
    ----------
    estimators : list of (str, classifier)
        Members by name; ``"drop"`` in the place of a classifier leaves it out. Members are set by name,
        as in ``set_params(svm__C=10, forest="drop")``.
    final_estimator : classifier, default=None
        The classifier that combines them; None is a :class:`~sklearn.linear_model.LogisticRegression`.
    cv : int, splitter, iterable of (train, test) or None, default=5
        A number of folds splits by :class:`~sklearn_eeg.model_selection.PatientKFold` where `groups`
        are given, and by :class:`~sklearn.model_selection.StratifiedKFold` where not; None means 5.
        Other folds must test each window exactly once.
    stack_method : {"auto", "predict_proba", "decision_function", "predict"}, default="auto"
        What members are asked; ``"auto"`` is the first of the three that a member has.
    passthrough : bool, default=False
        Whether the final classifier gets `X` beside the scores; `X` must then be two-dimensional.
    n_jobs : int, default=None
        Number of processes that fit members and folds at the same time, as in joblib.
    verbose : int, default=0
        With 1 or more, show a progress bar.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    estimators_ : list of classifier
        The members that are not dropped, fitted on all windows.
    named_estimators_ : Bunch
        The same by name, and ``"drop"`` where dropped.
    final_estimator_ : classifier
        The final classifier.
    importances_ : ndarray of shape (n_estimators,)
        How much each of `estimators_` matters: by how much the mean log loss (the error rate, where the
        final classifier has no probabilities) of held-out windows rises when the member's scores are
        shuffled among them. Of members that say the same, one may hide the other.
    stack_method_ : list of str
        What each of `estimators_` is asked.
    n_features_in_ : int
        As in the first of `estimators_` that has it.
    feature_names_in_ : ndarray of str
        As in the first of `estimators_` that has it.

    See Also
    --------
    sklearn.ensemble.StackingClassifier : Its inner folds mix patients.
    GroupCalibratedClassifier : Calibrated probabilities, for a member or for the final classifier.

    Notes
    -----
    Scores of windows whose patient was trained on are too good, and most so for the members that overfit
    most: a final classifier fitted on such scores trusts the wrong members. Pass `groups` to `fit`;
    :func:`~sklearn_eeg.evaluation.evaluate` does. Members and the final classifier that take patients
    (searches, :class:`GroupCalibratedClassifier`) get those of their windows, by
    :func:`~sklearn_eeg.model_selection.fit_by_patient`. So does the stack within a pipeline or search,
    if that is fitted by it, by `evaluate`, or with scikit-learn's metadata routing switched on. Without
    `groups` the folds are of windows, unshuffled, and there is no warning.

    Steps at the front of members that learn nothing, as most features do, see each window once for all inner
    folds and all members that begin with the same steps, when fitted and when asked.

    Given the same folds, it equals scikit-learn's stack, but that members see the labels as they are
    and not their numbers. A class that a fold does not train on has there probability 0, or the lowest
    decision value that any window has for that class.

    `X` is handed on as it is. A constant channel, NaN or infinity give what the members give.

    References
    ----------
    .. [1] Wolpert DH (1992) Stacked generalization. Neural Netw. 5, 241-259.
       https://doi.org/10.1016/S0893-6080(05)80023-1

    Examples
    --------
    Two members see one half of the truth each:

    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import FunctionTransformer
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from sklearn_eeg.ensemble import GroupStackingClassifier
    >>> X = np.tile([[0, 0], [0, 1], [1, 0], [1, 1]], (10, 1))
    >>> y, patients = X[:, 0] * X[:, 1], np.repeat(np.arange(10), 4)
    >>> members = [(f"x{i}", make_pipeline(FunctionTransformer(np.take, kw_args={"indices": [i], "axis": 1}),
    ...                                    DecisionTreeClassifier())) for i in (0, 1)]
    >>> stack = GroupStackingClassifier(members, DecisionTreeClassifier()).fit(X, y, groups=patients)
    >>> float(stack.score(X, y))
    1.0
    >>> stack.get_feature_names_out().tolist()
    ['groupstackingclassifier_x0', 'groupstackingclassifier_x1']
    """

    __metadata_request__fit: ClassVar[dict[str, bool]] = {"groups": True}

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "estimators": [list],
        "final_estimator": [HasMethods(["fit", "predict"]), None],
        "cv": ["cv_object"],
        "stack_method": [StrOptions({"auto", *RESPONSES})],
        "passthrough": ["boolean"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        estimators: list[tuple[str, Any]],
        final_estimator: Any = None,
        *,
        cv: Any = 5,
        stack_method: str = "auto",
        passthrough: bool = False,
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.estimators = estimators
        self.final_estimator = final_estimator
        self.cv = cv
        self.stack_method = stack_method
        self.passthrough = passthrough
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any, groups: Any = None, sample_weight: Any = None) -> Self:
        """Fit the members, and the final classifier on their scores of held-out patients.

        Parameters
        ----------
        X : array-like, list, DataFrame or mne.Epochs of n_windows windows
            Whatever all members take.
        y : array-like of shape (n_windows,)
            Label of each window.
        groups : array-like of shape (n_windows,), default=None
            Patient of each window.
        sample_weight : array-like of shape (n_windows,), default=None
            Weight of each window, at least 0, for all members and the final classifier.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError
            If the members are not usable, the windows, labels, patients and weights do not fit together,
            or a class occurs in fewer patients than there are folds.
        """
        members = choose_members(self.estimators, self.stack_method)
        self._validate_names([name for name, _ in self.estimators])
        final = LogisticRegression() if self.final_estimator is None else self.final_estimator
        if not is_usable(final):
            raise ValueError(f"`final_estimator` must be a classifier, got {final!r}.")
        training = check_training(X, y, groups, sample_weight)
        if self.passthrough:
            check_is_table(training.X)
        splits = make_splits(self.cv, *training[:3])
        self.classes_ = np.unique(training.y)
        self.stack_method_ = [member.response for member in members.values()]
        title = "stack" if self.verbose >= 1 else None
        fitted = cross_fit(list(members.values()), training, splits, n_jobs=self.n_jobs, title=title)
        self.estimators_ = [each.model for each in fitted]
        self._name_models(members)
        table = self._join(training.X, [each.scores for each in fitted])
        self.importances_ = compute_importances(final, table, training, splits, self._list_columns())
        self.final_estimator_ = fit_by_patient(
            final, table, training.y, training.groups, sample_weight=training.weight
        )
        return self

    @available_if(_final_has("predict"))
    def predict(self, X: Any) -> np.ndarray:
        """Return the class that the final classifier says.

        Parameters
        ----------
        X : array-like, list, DataFrame or mne.Epochs of n_windows windows
            Whatever the members take.

        Returns
        -------
        y : ndarray of shape (n_windows,)
            Labels.
        """
        table = self._score(X)
        return self.final_estimator_.predict(table)

    @available_if(_final_has("predict_proba"))
    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each class, by the final classifier.

        Parameters
        ----------
        X : array-like, list, DataFrame or mne.Epochs of n_windows windows
            Whatever the members take.

        Returns
        -------
        proba : ndarray of shape (n_windows, n_classes)
            Probabilities.
        """
        table = self._score(X)
        return self.final_estimator_.predict_proba(table)

    @available_if(_final_has("decision_function"))
    def decision_function(self, X: Any) -> np.ndarray:
        """Return the decision values of the final classifier.

        Parameters
        ----------
        X : array-like, list, DataFrame or mne.Epochs of n_windows windows
            Whatever the members take.

        Returns
        -------
        values : ndarray of shape (n_windows,) or (n_windows, n_classes)
            Decision values.
        """
        table = self._score(X)
        return self.final_estimator_.decision_function(table)

    def transform(self, X: Any) -> Any:
        """Return the members' scores, as the final classifier sees them.

        Parameters
        ----------
        X : array-like, list, DataFrame or mne.Epochs of n_windows windows
            Whatever the members take.

        Returns
        -------
        table : ndarray or sparse matrix of shape (n_windows, n_columns)
            One column for each class of each member, or, of probabilities of two classes and of
            decision values of two classes, of the second only; with `passthrough` followed by `X`.
        """
        return self._score(X)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the columns of `transform`.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Names of the columns of `X`, used with `passthrough` only.

        Returns
        -------
        names : ndarray of str
            ``groupstackingclassifier_<member>``, with the number of the class where there are several
            columns.
        """
        check_is_fitted(self, "final_estimator_")
        inputs = _check_feature_names_in(self, input_features, generate_names=self.passthrough)
        names: list[str] = []
        kept = [name for name, estimator in self.estimators if not is_dropped(estimator)]
        for member, response in zip(kept, self.stack_method_, strict=True):
            name = f"{type(self).__name__.lower()}_{member}"
            alone = response == "predict" or len(self.classes_) == 2
            names += [name] if alone else [f"{name}{number}" for number in range(len(self.classes_))]
        return np.asarray([*names, *inputs] if self.passthrough else names, dtype=object)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters, and with `deep` the members by name and theirs.

        Parameters
        ----------
        deep : bool, default=True
            Whether to look into the members.

        Returns
        -------
        params : dict
            Values by name.
        """
        return self._get_params("estimators", deep=deep)

    def set_params(self, **params: Any) -> Self:
        """Set parameters, members, or parameters of members.

        Parameters
        ----------
        **params : dict
            Values by name, such as ``svm__C=10`` or ``svm="drop"``.

        Returns
        -------
        self : object
            The classifier.
        """
        self._set_params("estimators", **params)
        return self

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        join_input_tags(tags.input_tags, [each for _, each in self.estimators if not is_dropped(each)])
        return tags

    def _list_columns(self) -> list[slice]:
        """Return the columns of each member in the table that the final classifier sees."""
        n_classes = 1 if len(self.classes_) == 2 else len(self.classes_)
        widths = [1 if response == "predict" else n_classes for response in self.stack_method_]
        ends = np.cumsum(widths)
        return [slice(end - width, end) for end, width in zip(ends, widths, strict=True)]

    def _name_models(self, members: dict[str, Member]) -> None:
        models = dict(zip(members, self.estimators_, strict=True))
        self.named_estimators_ = Bunch(**{name: models.get(name, "drop") for name, _ in self.estimators})
        for attribute in ("n_features_in_", "feature_names_in_"):
            owners = [model for model in self.estimators_ if hasattr(model, attribute)]
            if owners:
                setattr(self, attribute, getattr(owners[0], attribute))

    def _score(self, X: Any) -> Any:
        check_is_fitted(self, "final_estimator_")
        return self._join(X, compute_all_scores(self.estimators_, self.stack_method_, X, self.classes_))

    def _join(self, X: Any, scores: list[np.ndarray]) -> Any:
        """Return the table that the final classifier sees."""
        table = join_scores(scores, self.stack_method_)
        return append_input(table, X) if self.passthrough else table
