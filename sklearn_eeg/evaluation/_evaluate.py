"""Score classifiers on windows that they never saw, patient by patient."""

import inspect
import numbers
import platform
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import scipy
import sklearn
from sklearn.base import BaseEstimator, clone
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.model_selection._search import BaseSearchCV
from sklearn.utils import column_or_1d
from sklearn.utils.parallel import Parallel, delayed
from tqdm import tqdm

from .. import __version__
from ._folds import Folds, check_labels, make_folds, take
from ._report import EvaluationReport, Prediction

_CHANCE = "chance"
# Score of a class that a fold does not know; a quarter of the lowest float, so that differences exist.
_LOWEST = {"predict_proba": 0.0, "decision_function": np.finfo(float).min / 4}


def evaluate(
    estimator: Any,
    X: Any,
    y: Any,
    groups: Any = None,
    *,
    cv: Any = 5,
    beside: dict[str, Any] | None = None,
    name: str = "model",
    target_names: Sequence[str] | None = None,
    description: str = "",
    random_state: int | None = 0,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> EvaluationReport:
    """Score a classifier by cross-validation over patients, with chance beside it.

    A clone of the classifier is fitted in each fold; every window is predicted once, by the clone
    that saw neither it nor (with `groups`) any window of its patient.

    Parameters
    ----------
    estimator : classifier
        Scikit-learn classifier, pipeline or search with `fit` and `predict`; its `predict_proba`, or
        else its `decision_function`, gives the scores. It is not changed. What is chosen by looking at
        scores must be chosen inside the folds: pass the search itself, not its best estimator.
    X : array-like, list, DataFrame or mne.Epochs
        The windows, for example of shape (n_windows, n_channels, n_times) in microvolts, or
        whatever `estimator` takes, one entry for each window.
    y : array-like of shape (n_windows,)
        Label of each window.
    groups : array-like of shape (n_windows,), optional
        Patient of each window. Without it the split is over windows, and a warning says so.
    cv : int, splitter or iterable of (train, test), default=5
        A number of folds, at least 2, splits by patient, stratified by class and shuffled. Other
        folds must test each window exactly once.
    beside : dict of str to classifier, optional
        Further classifiers by name, scored on the same folds.
    name : str, default="model"
        Name of `estimator` in the report.
    target_names : sequence of str, optional
        Name of each class, in the sorted order of the labels; by default the labels themselves.
    description : str, default=""
        What the windows are and what they cannot show, for the report; the loaders give it as `DESCR`.
    random_state : int or None, default=0
        Seed of the shuffle of patients where `cv` is a number.
    n_jobs : int, optional
        Number of processes that fit folds at the same time, as in joblib.
    verbose : int, default=0
        With 1 or more, show a progress bar.

    Returns
    -------
    report : EvaluationReport
        The predictions of every system, the figures and their presentation. The systems are `name`,
        those of `beside`, and ``"chance"`` (a dummy that answers the most frequent class always).

    Raises
    ------
    ValueError
        If lengths differ, labels or patients are missing or not usable, a class occurs in one
        patient only, there are more folds than patients, or the folds do not test each window once.
    TypeError
        If a system is not a classifier.

    Warns
    -----
    UserWarning
        If `groups` is missing, a patient lies in both train and test, or a fold trains without one
        of the classes. The report keeps the text.

    See Also
    --------
    EvaluationReport : What is returned.

    Notes
    -----
    Windows of one patient resemble each other more than windows of two patients do, so a split over
    windows measures in part how well the patient is recognised [1]_.

    Out-of-fold predictions are pooled over the windows, and each figure is taken once on all of
    them, since a held-out patient often has only one class. For ROC AUC this asks that the scores
    of different folds share a scale, which makes it somewhat pessimistic [2]_.

    Chance is a :class:`~sklearn.dummy.DummyClassifier` that knows how often each class occurs in all
    windows, and so gives one answer throughout: balanced accuracy 1 / n_classes, ROC AUC 0.5, Matthews
    correlation and kappa 0. Fitted in each fold instead, it would fall below these by the accident that
    the more of a class is held out, the rarer it is in training.

    Patients are handed to each `fit` that takes `groups`. A search (:class:`GridSearchCV` and its like)
    so splits the training windows by patient too; where its `cv` is a number, it gets that many
    stratified folds by patient. No metadata routing need be switched on.

    A class that is missing from a training fold scores 0 there (probabilities) or the lowest float
    (decision values). ROC AUC is NaN for a system without scores, and for a search that ends with
    probabilities in one fold and decision values in another.

    References
    ----------
    .. [1] G. Brookshire et al. (2024). Data leakage in deep learning studies of translational EEG.
       Frontiers in Neuroscience 18, 1373515. https://doi.org/10.3389/fnins.2024.1373515
    .. [2] B. J. Parker, S. Günter, J. Bedo (2007). Stratification bias in low signal microarray
       studies. BMC Bioinformatics 8, 326. https://doi.org/10.1186/1471-2105-8-326

    Examples
    --------
    Windows of two patients each, whose mean gives the class away:

    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from sklearn_eeg.evaluation import evaluate
    >>> y = np.tile([0, 1], 20)
    >>> X = np.ones((40, 3)) * y[:, np.newaxis]
    >>> patients = np.repeat(["ann", "bob", "cleo", "dan"], 10)
    >>> report = evaluate(DecisionTreeClassifier(), X, y, patients, cv=2, name="tree")
    >>> report.split
    '2 folds by patient (StratifiedGroupKFold), 4 patients'
    >>> report.to_frame()[["accuracy", "roc_auc"]]
            accuracy  roc_auc
    system
    tree         1.0      1.0
    chance       0.5      0.5
    """
    y, groups = check_labels(X, y, groups)
    classes = np.unique(y)
    names = _check_target_names(target_names, classes)
    systems = _name_systems(estimator, beside, name)
    folds = make_folds(cv, X, y, groups, random_state)
    for text in folds.warnings:
        warnings.warn(text, UserWarning, stacklevel=2)
    results = _fit_all(systems, X, y, groups, folds, n_jobs=n_jobs, verbose=verbose)
    return EvaluationReport(
        name=name,
        classes=classes,
        target_names=names,
        y_true=y,
        groups=groups,
        fold=folds.fold,
        predictions={each: _pool(results[each], folds, classes, each) for each in systems}
        | {_CHANCE: _predict_by_chance(y)},
        split=folds.sentence,
        patient_wise=folds.patient_wise,
        warnings=folds.warnings,
        estimator=_describe(estimator),
        versions=_list_versions(),
        random_state=random_state,
        description=str(description),
    )


class _FoldResult(NamedTuple):
    """What one fitted clone says of the windows held out: labels, scores and whence they come."""

    y_pred: np.ndarray
    y_score: np.ndarray | None
    method: str
    columns: np.ndarray


def _check_target_names(target_names: Sequence[str] | None, classes: np.ndarray) -> tuple[str, ...]:
    if isinstance(target_names, Mapping | str):
        raise ValueError(
            f"`target_names` must be a sequence in the order of the classes "
            f"({', '.join(map(str, classes))}), got {target_names!r}."
        )
    names = tuple(str(each) for each in (classes if target_names is None else target_names))
    if len(names) != len(classes) or len(set(names)) < len(names):
        raise ValueError(
            f"`target_names` must give each of the {len(classes)} classes "
            f"({', '.join(map(str, classes))}) a name of its own, got {list(names)}."
        )
    return names


def _name_systems(estimator: Any, beside: dict[str, Any] | None, name: str) -> dict[str, Any]:
    if not isinstance(name, str) or not isinstance(beside or {}, dict):
        raise TypeError(
            "`name` must be a string and `beside` a dict of name to classifier, got "
            f"name={name!r} and beside={beside!r}."
        )
    taken = {name, _CHANCE} & set(beside or {})
    if name == _CHANCE or taken:
        raise ValueError(
            f"`name` and `beside` must name each system once and leave '{_CHANCE}' free, "
            f"got name={name!r} and beside={list(beside or {})}."
        )
    systems = {name: estimator, **(beside or {})}
    for each, system in systems.items():
        if isinstance(system, type) or not (hasattr(system, "fit") and hasattr(system, "predict")):
            kind = f"the class {system.__name__}" if isinstance(system, type) else repr(system)
            raise TypeError(f"'{each}' must be a classifier with fit and predict, got {kind}.")
    return systems


def _predict_by_chance(y: np.ndarray) -> Prediction:
    dummy, nothing = DummyClassifier(strategy="prior"), np.zeros((len(y), 1))
    dummy.fit(nothing, y)
    return Prediction(dummy.predict(nothing), dummy.predict_proba(nothing))


def _fit_all(
    systems: dict[str, Any],
    X: Any,
    y: np.ndarray,
    groups: np.ndarray | None,
    folds: Folds,
    *,
    n_jobs: int | None,
    verbose: int,
) -> dict[str, list[_FoldResult]]:
    """Fit a clone of each system in each fold; return its results in the order of the folds."""
    jobs = [(each, train, test) for each in systems for train, test in folds.splits]
    results = Parallel(n_jobs=n_jobs, return_as="generator")(
        delayed(_fit_fold)(systems[each], X, y, groups, train, test) for each, train, test in jobs
    )
    by_system: dict[str, list[_FoldResult]] = {each: [] for each in systems}
    bar = tqdm(results, total=len(jobs), desc="evaluate", unit="fold", disable=verbose < 1)
    for (each, _, _), result in zip(jobs, bar, strict=True):
        by_system[each].append(result)
    return by_system


def _fit_fold(
    estimator: Any,
    X: Any,
    y: np.ndarray,
    groups: np.ndarray | None,
    train: np.ndarray,
    test: np.ndarray,
) -> _FoldResult:
    model, takes_groups = _split_inside_by_patient(clone(estimator), groups)
    patients = {"groups": groups[train]} if takes_groups and groups is not None else {}
    model.fit(take(X, train), y[train], **patients)
    held_out = take(X, test)
    y_pred = column_or_1d(model.predict(held_out))
    columns = np.asarray(getattr(model, "classes_", np.unique(y[train])))
    for method in _LOWEST:
        if hasattr(model, method):
            score = np.asarray(getattr(model, method)(held_out), dtype=float)
            return _FoldResult(y_pred, _check_score(score, model, columns), method, columns)
    return _FoldResult(y_pred, None, "none", columns)


def _split_inside_by_patient(model: Any, groups: np.ndarray | None) -> tuple[Any, bool]:
    """Let a search split the training windows by patient; say whether `fit` takes the patients.

    A search whose `cv` is a number gets as many stratified folds by patient; its own splitter is kept.
    """
    if groups is None:
        return model, False
    if isinstance(model, BaseSearchCV):
        if model.cv is None or isinstance(model.cv, numbers.Integral):
            model.set_params(cv=StratifiedGroupKFold(model.cv or 5))
        return model, True
    return model, "groups" in inspect.signature(model.fit).parameters


def _check_score(score: np.ndarray, model: Any, columns: np.ndarray) -> np.ndarray:
    """Return finite scores of shape (n_windows, n_classes)."""
    if score.ndim == 1 and len(columns) == 2:
        score = np.column_stack([-score, score])
    pairwise = getattr(_last_step(model), "decision_function_shape", "ovr") == "ovo"
    if score.shape[1:] != (len(columns),) or (pairwise and len(columns) > 2):
        raise ValueError(
            f"The scores of the estimator must have one column for each of the {len(columns)} "
            f"classes, got shape {score.shape}{' of pairs of classes' * pairwise}: use "
            "decision_function_shape='ovr' for SVC."
        )
    if np.isnan(score).any():
        raise ValueError(
            f"The scores of the estimator must not be NaN, got {np.isnan(score).any(axis=1).sum()} "
            f"of {len(score)} windows with NaN."
        )
    return np.clip(score, _LOWEST["decision_function"], -_LOWEST["decision_function"])


def _last_step(model: Any) -> Any:
    """Return the fitted classifier at the end of searches and pipelines."""
    model = getattr(model, "best_estimator_", model)
    return _last_step(model.steps[-1][1]) if hasattr(model, "steps") else model


def _pool(results: list[_FoldResult], folds: Folds, classes: np.ndarray, name: str) -> Prediction:
    """Put the predictions of all folds into the order of the windows."""
    y_pred = np.empty(len(folds.fold), dtype=classes.dtype)
    y_score = np.empty((len(folds.fold), len(classes)))
    methods = {result.method for result in results}
    for (_, test), result in zip(folds.splits, results, strict=True):
        if not np.isin(result.y_pred, classes).all():
            strange = np.setdiff1d(result.y_pred, classes).tolist()
            more = f" and {len(strange) - 3} more: is it a regressor?" if len(strange) > 3 else "."
            raise ValueError(f"'{name}' must predict labels that are in y, got {strange[:3]}{more}")
        y_pred[test] = result.y_pred
        if result.y_score is not None:
            full = np.full((len(test), len(classes)), _LOWEST[result.method])
            full[:, np.searchsorted(classes, result.columns)] = result.y_score
            y_score[test] = full
    comparable = len(methods) == 1 and "none" not in methods
    return Prediction(y_pred, y_score if comparable else None)


def _describe(estimator: Any) -> str:
    """Return the whole representation of an estimator, without addresses in memory."""
    whole = isinstance(estimator, BaseEstimator)
    text = estimator.__repr__(N_CHAR_MAX=100_000) if whole else repr(estimator)
    return re.sub(r" at 0x[0-9a-fA-F]+", "", text)


def _list_versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
        "sklearn_eeg": __version__,
    }
