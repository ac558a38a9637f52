"""A search of parameters by Optuna, patient-wise, that a kill does not set back."""

import tempfile
import time
import warnings
from copy import deepcopy
from numbers import Integral, Real
from pathlib import Path
from typing import Any, ClassVar, Self

import joblib
import numpy as np
from joblib.parallel import get_active_backend
from sklearn.base import _fit_context, clone, is_classifier
from sklearn.exceptions import FitFailedWarning
from sklearn.metrics import check_scoring
from sklearn.metrics._scorer import _MultimetricScorer
from sklearn.model_selection import GroupKFold, check_cv
from sklearn.model_selection._search import BaseSearchCV
from sklearn.utils import Tags, assert_all_finite, column_or_1d, get_tags, indexable
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.metadata_routing import MetadataRequest
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import _check_method_params, check_consistent_length

from .._optional import import_optional
from ._fit_by_patient import fit_by_patient
from ._folds_inside import DEFAULT_FOLDS, FoldsInside
from ._optuna_study import check_same, open_storage, release_dead
from ._optuna_trials import Place, Work, count_begun, run_trials, run_trials_apart
from ._search_bar import watch
from ._search_results import list_finished, tabulate
from ._search_space import SearchSpace, describe_lastingly, with_params
from ._step_cache import StepCache, join_steps


class OptunaSearchCV(BaseSearchCV):
    """Search parameters by Optuna, with cross-validation by patient.

    Each trial draws parameters, is fitted and scored fold by fold, and is stopped early where its mean so
    far is below what others had after as many folds. Steps at the front of a pipeline are computed once for
    all trials that share their parameters.

    Parameters
    ----------
    estimator : estimator
        A scikit-learn estimator or pipeline; it is not changed.
    search_space : dict of str to distribution or list, or callable
        For each parameter one of ``optuna.distributions`` or a list of choices, which may be estimators
        (whole steps); or a function that takes the trial and returns a dict of parameters, for spaces
        where one parameter depends on another.
    n_trials : int, default=50
        How many trials the study shall have, those of earlier fits on the same `storage` included.
    timeout : float, default=None
        Seconds after which no new trial is begun; None for no end.
    cv : int, splitter, iterable of (train, test) or None, default=None
        A number of folds (None: 5) splits by patient where `groups` are given, stratified by class, into
        no more folds than the rarest class has patients; without `groups` as in scikit-learn.
    scoring : str, callable, list, tuple, dict or None, default=None
        As in :class:`~sklearn.model_selection.GridSearchCV`.
    refit : bool or str, default=True
        Whether the best parameters are fitted on all windows; of several scores, the name of the one
        that is maximised.
    n_jobs : int, default=None
        Number of joblib workers that run trials of one study at the same time. Trials then know of fewer
        others when they are drawn, so that the same seed gives other trials.
    sampler : optuna sampler, default=None
        What draws parameters; None is a tree-structured Parzen estimator, seeded for each trial.
    pruner : optuna pruner, "median" or None, default="median"
        What stops trials; ``"median"`` is :class:`optuna.pruners.MedianPruner` after 5 whole trials, None
        stops none.
    storage : str, path-like, optuna storage or None, default=None
        Where trials are kept: the path of a journal file, the address of a database
        (``"sqlite:///study.db"``), or memory. In a file or database, a search that was killed goes on with
        the next `fit`, and several processes may fit at the same time, on one study.
    study_name : str, default=None
        Name of the study in the storage; None makes one of the windows, folds, estimator, scores and space,
        so that the searches of several outer folds can share a file.
    random_state : int or None, default=None
        Seed of the default sampler.
    error_score : float or "raise", default=nan
        Score of folds that fail; the reason stands in `cv_results_`. ``"raise"`` raises it.
    return_train_score : bool, default=False
        Whether the windows that were fitted on are scored too.
    verbose : int, default=0
        With 1 or more, show a progress bar with the best score so far.

    Attributes
    ----------
    cv_results_ : dict of str to ndarray
        As in scikit-learn's searches, a row a trial; and ``trial`` (its number), ``state``
        (``"complete"``, ``"pruned"`` or ``"failed"``) and ``error`` (the reason of a failure). Folds that
        a trial did not get to have score NaN, and so has its mean.
    best_estimator_ : estimator
        The best, fitted on all windows.
    best_params_ : dict
        Its parameters.
    best_score_ : float
        Its mean score over the folds.
    best_index_ : int
        Its row in `cv_results_`.
    study_ : optuna.Study
        The study, for Optuna's own plots.
    scorer_ : callable or dict
        The scorers.
    n_splits_ : int
        Number of folds.
    refit_time_ : float
        Seconds of the last fit.
    multimetric_ : bool
        Whether there are several scores.

    Raises
    ------
    ImportError
        In `fit`, if Optuna is not installed.

    See Also
    --------
    sklearn.model_selection.GridSearchCV : Every point of a grid.
    fit_by_patient : How patients reach what splits inside the estimator.

    Notes
    -----
    Everything fitted is fitted inside the fold: a front step is computed once for all windows only if it
    learns from each fold what it learns from all windows, that is nothing of its own, and makes of two
    windows alone what it makes of them among all. Other front steps are kept by parameters and fold. Scores
    equal those of scikit-learn's searches on the same folds and parameters.

    A worker process that is killed leaves its trial to the next `fit`, which repeats it.

    References
    ----------
    .. [1] Akiba T, Sano S, Yanase T, Ohta T, Koyama M (2019) Optuna: a next-generation hyperparameter
       optimization framework. Proc. KDD, 2623-2631. https://doi.org/10.1145/3292500.3330701
    .. [2] Bergstra J, Bardenet R, Bengio Y, Kegl B (2011) Algorithms for hyper-parameter optimization.
       Adv. Neural Inf. Process. Syst. 24, 2546-2554.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from sklearn_eeg.model_selection import OptunaSearchCV
    >>> patients = np.repeat(np.arange(6), 8)
    >>> X = np.tile([[0, 0], [0, 1], [1, 0], [1, 1]], (12, 1))
    >>> y = X[:, 0] ^ X[:, 1]
    >>> search = OptunaSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2]},
    ...                         n_trials=8, cv=3, random_state=0)
    >>> search.fit(X, y, groups=patients).best_params_
    {'max_depth': 2}
    >>> float(search.best_score_)
    1.0
    """

    __metadata_request__fit: ClassVar[dict[str, bool]] = {"groups": True}

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "estimator": [HasMethods(["fit"])],
        "search_space": [dict, callable],
        "n_trials": [Interval(Integral, 1, None, closed="left")],
        "timeout": [Interval(Real, 0, None, closed="neither"), None],
        "cv": ["cv_object"],
        "scoring": [str, callable, list, tuple, dict, None],
        "refit": ["boolean", str],
        "n_jobs": [Integral, None],
        "sampler": [HasMethods(["sample_independent"]), None],
        "pruner": [HasMethods(["prune"]), StrOptions({"median"}), None],
        "storage": [object],
        "study_name": [str, None],
        "random_state": [Interval(Integral, 0, 2**32 - 1, closed="both"), None],
        "error_score": [StrOptions({"raise"}), Real],
        "return_train_score": ["boolean"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        estimator: Any,
        search_space: Any,
        *,
        n_trials: int = 50,
        timeout: float | None = None,
        cv: Any = None,
        scoring: Any = None,
        refit: bool | str = True,
        n_jobs: int | None = None,
        sampler: Any = None,
        pruner: Any = "median",
        storage: Any = None,
        study_name: str | None = None,
        random_state: int | None = None,
        error_score: float | str = np.nan,
        return_train_score: bool = False,
        verbose: int = 0,
    ) -> None:
        self.estimator = estimator
        self.search_space = search_space
        self.n_trials = n_trials
        self.timeout = timeout
        self.cv = cv
        self.scoring = scoring
        self.refit = refit
        self.n_jobs = n_jobs
        self.sampler = sampler
        self.pruner = pruner
        self.storage = storage
        self.study_name = study_name
        self.random_state = random_state
        self.error_score = error_score
        self.return_train_score = return_train_score
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any = None, groups: Any = None, sample_weight: Any = None) -> Self:
        """Search, and fit the best parameters on all windows.

        Parameters
        ----------
        X : array-like, list, DataFrame or mne.Epochs of n_windows windows
            Whatever the estimator takes.
        y : array-like of shape (n_windows,), default=None
            Label of each window.
        groups : array-like of shape (n_windows,), default=None
            Patient of each window.
        sample_weight : array-like of shape (n_windows,), default=None
            Weight of each window, for the last step; scores are not weighted.

        Returns
        -------
        self : object
            The fitted search.

        Raises
        ------
        ValueError
            If a name is no parameter, every trial fails, or the storage holds a study of other windows,
            folds, estimators, scores or spaces.
        """
        work = self._prepare(X, y, groups, sample_weight)
        cache = StepCache(work.X, work.y, work.splits)
        with tempfile.TemporaryDirectory() as folder:
            study = self._run(work, folder, cache)
            if self.storage is None and joblib.effective_n_jobs(self.n_jobs) > 1:
                study = _copy_to_memory(study)
        self.study_ = study
        self.cv_results_ = tabulate(
            study,
            work.space,
            self.n_splits_,
            error_score=self.error_score,
            train_scores=self.return_train_score,
        )
        self._check_some_succeeded()
        if callable(self.scoring):  # what it gives is known now
            self.multimetric_ = "mean_test_score" not in self.cv_results_
        self._choose_best(work, cache)
        return self

    def get_metadata_routing(self) -> MetadataRequest:
        """Return what `fit` asks for; what is inside the estimator gets the patients from `fit` itself.

        Returns
        -------
        routing : MetadataRequest
            The request.
        """
        return self._get_metadata_request()

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags = deepcopy(get_tags(self.estimator).input_tags)
        return tags

    def _prepare(self, X: Any, y: Any, groups: Any, sample_weight: Any) -> Work:
        """Check everything that can be checked before a trial is run."""
        space = SearchSpace(self.search_space, self.estimator)
        scorer = check_scoring(self.estimator, self.scoring, raise_exc=True)
        self.multimetric_ = isinstance(scorer, _MultimetricScorer)
        names = list(scorer._scorers) if self.multimetric_ else ["score"]
        if self.multimetric_ and self.refit not in names:
            raise ValueError(f"`refit` must be the name of a score, one of {names}, got {self.refit!r}.")
        self.scorer_ = scorer._scorers if self.multimetric_ else scorer
        X, y = indexable(X, _check_labels(y))
        params = _check_method_params(X, {"groups": groups, "sample_weight": sample_weight})
        check_consistent_length(X, groups, sample_weight)
        groups = None if groups is None else np.asarray(params["groups"])
        weight = None if sample_weight is None else np.asarray(params["sample_weight"])
        splits = self._split(X, y, groups)
        self.n_splits_: int = len(splits)
        several = self.multimetric_ or callable(self.scoring)  # a callable may give a dict
        metric = self.refit if several and isinstance(self.refit, str) else "score"
        raises = self.error_score == "raise"
        return Work(
            clone(self.estimator), space, X, y, groups, weight, splits, scorer, metric,
            self.return_train_score, raises,
        )  # fmt: skip

    def _split(self, X: Any, y: Any, groups: Any) -> list[tuple[np.ndarray, np.ndarray]]:
        cv, classifies = self.cv, is_classifier(self.estimator)
        if groups is not None and (cv is None or isinstance(cv, Integral)):
            n_folds = DEFAULT_FOLDS if cv is None else int(cv)
            cv = FoldsInside(n_folds) if classifies else GroupKFold(n_folds)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="The groups parameter is ignored by")
            splits = list(check_cv(cv, y, classifier=classifies).split(X, y, groups))
        if not splits:
            raise ValueError(f"`cv` must give at least one fold, got {self.cv!r}.")
        return splits

    def _run(self, work: Work, folder: str, cache: StepCache) -> Any:
        """Run the trials that are missing, and return the study."""
        n_workers = joblib.effective_n_jobs(self.n_jobs)
        storage = self.storage
        if storage is None:
            storage = str(Path(folder) / "journal") if n_workers > 1 else open_storage(None)
        identity = {} if self.storage is None else _identify(work)
        name = self.study_name or f"search-{joblib.hash(identity)[:12]}"
        if n_workers > 1:
            _check_is_shared(storage)
        place = Place(storage, name, self.sampler, self.pruner, self.random_state)
        study = place.open()
        if self.storage is not None:
            check_same(study, identity)
            release_dead(study)
        deadline = time.monotonic() + (np.inf if self.timeout is None else self.timeout)
        try:
            with watch(study, self.n_trials, show=self.verbose >= 1):
                if n_workers > 1:
                    n_workers = max(1, min(n_workers, self.n_trials - count_begun(study)))
                    one = delayed(run_trials_apart)(work, place, self.n_trials, deadline)
                    Parallel(n_jobs=self.n_jobs)(one for _ in range(n_workers))
                else:
                    run_trials(work, study, self.n_trials, deadline, cache)
        except KeyboardInterrupt:
            self._tell_how_to_go_on(study)
            raise
        return study

    def _tell_how_to_go_on(self, study: Any) -> None:
        done = f"The search was interrupted after {len(list_finished(study))} of {self.n_trials} trials."
        kept = "Fit again with the same `storage` and `study_name` to go on."
        lost = "They are lost: with `storage`, the path of a file, a search can go on."
        warnings.warn(f"{done} {lost if self.storage is None else kept}", UserWarning, stacklevel=4)

    def _check_some_succeeded(self) -> None:
        errors = [each for each in self.cv_results_["error"] if each]
        n_trials = len(self.cv_results_["error"])
        reasons = "; ".join(f"{errors.count(each)} times {each}" for each in dict.fromkeys(errors))
        if not n_trials:
            raise ValueError("`timeout` must leave time for one trial, got none that is over.")
        if len(errors) == n_trials:
            raise ValueError(
                f"All {n_trials} trials failed: {reasons}. Set error_score='raise' to see where."
            )
        if errors:
            warnings.warn(
                f"{len(errors)} of {n_trials} trials failed: {reasons}.", FitFailedWarning, stacklevel=3
            )

    def _choose_best(self, work: Work, cache: StepCache) -> None:
        metric = work.metric
        means = np.where(
            self.cv_results_["state"] == "complete", self.cv_results_[f"mean_test_{metric}"], np.nan
        )
        if np.isnan(means).all():
            raise ValueError(
                f"All {len(means)} trials were pruned or failed: take a `pruner` that lets the best go on."
            )
        self.best_index_ = int(np.nanargmax(means))
        self.best_score_ = float(means[self.best_index_])
        self.best_params_ = self.cv_results_["params"][self.best_index_]
        if self.refit:
            start = time.perf_counter()
            best = with_params(work.estimator, self.best_params_)
            X, head, tail = cache.share(best)
            fitted = fit_by_patient(tail, X, work.y, work.groups, sample_weight=work.weight)
            self.best_estimator_ = join_steps(best, head, fitted)
            self.refit_time_ = time.perf_counter() - start
            if hasattr(self.best_estimator_, "feature_names_in_"):
                self.feature_names_in_ = self.best_estimator_.feature_names_in_


def _check_labels(y: Any) -> Any:
    """Return labels, of which none is missing, a column of them as a row."""
    if y is None:
        return None
    values = np.asarray(y)
    if values.dtype.kind == "f":
        assert_all_finite(values, input_name="y")
    return column_or_1d(values, warn=True) if values.shape[1:] == (1,) else y


def _identify(work: Work) -> dict[str, str]:
    """Return what tells one search from another, by what a user would call it."""
    return {
        "windows": joblib.hash((work.X, work.y, work.weight)),
        "folds": joblib.hash(work.splits),
        "estimator": describe_lastingly((type(work.estimator), work.estimator.get_params())),
        "score": describe_lastingly((work.scorer, work.metric)),
        "search space": work.space.describe(),
    }


def _check_is_shared(storage: Any) -> None:
    """Refuse what lies in the memory of this process where workers are others."""
    backend, _ = get_active_backend()
    threads = getattr(backend, "supports_sharedmem", False)
    if type(storage).__name__ == "InMemoryStorage" and not threads:
        raise ValueError(
            "`storage` must be None, or the path of a file or address of a database, with several processes "
            "(n_jobs), got an InMemoryStorage, which each would have a copy of."
        )


def _copy_to_memory(study: Any) -> Any:
    """Return a study whose file will be deleted, in memory."""
    optuna = import_optional("optuna", extra="tune", needed_by="OptunaSearchCV")
    memory = open_storage(None)
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(max(level, optuna.logging.WARNING))
    try:
        optuna.copy_study(from_study_name=study.study_name, from_storage=study._storage, to_storage=memory)
        return optuna.load_study(study_name=study.study_name, storage=memory)
    finally:
        optuna.logging.set_verbosity(level)
