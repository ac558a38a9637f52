"""Score classifiers on windows that they never saw, patient by patient."""

import numbers
import platform
import re
import warnings
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy
import sklearn
from sklearn.base import BaseEstimator
from sklearn.dummy import DummyClassifier

from .. import __version__
from ..model_selection._names import check_names
from ._cross_predict import cross_predict
from ._data_card import describe_windows
from ._folds import check_labels, has_one_patient, make_folds
from ._leaks import leaks_to_warn_of, look_for_leaks
from ._prediction import CHANCE, Prediction
from ._report import EvaluationReport
from ._resample import check_resampling
from ._timeline import make_timeline


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
    recording: Any = None,
    start_second: Any = None,
    window_seconds: Any = None,
    events: Mapping[Hashable, Any] | None = None,
    background: Any = None,
    n_resamples: int = 2000,
    confidence_level: float = 0.95,
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
        Patient of each window. Without it the split is over windows, and a warning says so; so it is with
        a single patient, in stretches of each class.
    cv : int, splitter or iterable of (train, test), default=5
        A number of folds, at least 2, splits by patient, stratified by class and shuffled
        (:class:`~sklearn_eeg.model_selection.PatientKFold`); each class must then occur in as many
        patients. Other folds must test each window exactly once.
    beside : dict of str to classifier, optional
        Further classifiers by name, scored on the same folds.
    name : str, default="model"
        Name of `estimator` in the report.
    target_names : sequence of str, optional
        Name of each class, in the sorted order of the labels; by default the labels themselves.
    description : str, default=""
        What the windows are and what they cannot show, for the report; the loaders give it as `DESCR`.
    recording : array-like of shape (n_windows,), optional
        Recording of each window, of one patient each. With it, seizures are scored as events too; pass all
        windows of each recording, since they must cover at least half of its time.
    start_second : array-like of shape (n_windows,), optional
        Start of each window in its recording, in seconds, at least 0; needed with `recording`.
    window_seconds : float or array-like of shape (n_windows,), optional
        Length of the windows in seconds, above 0; needed with `recording`. Alone, it is told in the report.
    events : dict of recording to list of (onset, offset), optional
        Seizures of each recording, in seconds, as in :func:`score_events`; by default the stretches of
        windows whose label is not `background`.
    background : label, optional
        Label of windows without a seizure; by default 0 or False. Only used with `recording`.
    n_resamples : int, default=2000
        How many times patients are drawn for the intervals; 0 for none.
    confidence_level : float, default=0.95
        Nominal coverage of the intervals, between 0 and 1.
    random_state : int or None, default=0
        Seed of the shuffle of patients where `cv` is a number, and of the draws of patients.
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
        patient only or in fewer than there are folds, the folds do not test each window once, a parameter
        is out of its range, or windows cannot be placed in their recordings.
    TypeError
        If a system is not a classifier.

    Warns
    -----
    UserWarning
        If `groups` is missing or holds a single patient, a patient lies in both train and test, a fold trains
        without one of the classes, or something else leaks. The report keeps the text.

    See Also
    --------
    EvaluationReport : What is returned.
    compare : Whether systems differ.
    score_events : How seizures and alarms are matched.
    sklearn_eeg.model_selection.check_leakage : What is looked for before anything is fitted.

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

    Clones are fitted by :func:`~sklearn_eeg.model_selection.fit_by_patient`: a search, wherever it stands,
    and whatever else takes `groups` splits the training windows by patient too, and no metadata routing
    need be switched on. The report lists what the searches chose in each fold. The steps of a scikit-learn
    pipeline transform the windows held out once, for both labels and scores.

    Leaks are looked for before anything is fitted: copies of windows (in a table with two dimensions, equal
    rows only; in more than 20 million numbers, or in what holds no numbers, none), recordings on both sides,
    scaling outside the folds. Errors are warned of and stand above the figures.

    As events, each window not called `background` is an alarm that lasts as long as the window.

    Intervals draw whole patients, after everything is fitted: they tell what other patients would change,
    not what another training would. Without `groups`, or with a single patient, there are none.

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
    '2 folds by patient (PatientKFold), 4 patients'
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
    _check_intervals(n_resamples, confidence_level)
    recording = None if recording is None else check_names(recording, "recording", "recording")
    timeline = make_timeline(
        recording,
        start_second,
        window_seconds,
        events=events,
        background=background,
        y=y,
        groups=groups,
        classes=classes,
        target_names=names,
    )
    folds = make_folds(cv, X, y, groups, random_state)
    where = {"recording": recording, "start_second": start_second, "window_seconds": window_seconds}
    leakage = look_for_leaks(X, y, groups, folds.splits, estimator=estimator, **where)
    for text in (*folds.warnings, *leaks_to_warn_of(leakage)):
        warnings.warn(text, UserWarning, stacklevel=2)
    told = None if has_one_patient(groups) else groups  # what splits inside a fit has no patients to split by
    said, chosen = cross_predict(systems, X, y, told, folds, n_jobs=n_jobs, verbose=verbose)
    return EvaluationReport(
        name=name,
        classes=classes,
        target_names=names,
        y_true=y,
        groups=groups,
        fold=folds.fold,
        predictions={**said, CHANCE: _predict_by_chance(y)},
        split=folds.sentence,
        patient_wise=folds.patient_wise,
        warnings=folds.warnings,
        estimator=_describe(estimator),
        versions=_list_versions(),
        random_state=random_state,
        description=str(description),
        leakage=leakage,
        facts=describe_windows(X, estimator, window_seconds),
        timeline=timeline,
        chosen=chosen,
        n_resamples=int(n_resamples),
        confidence_level=float(confidence_level),
    )


def _check_target_names(target_names: Sequence[str] | None, classes: np.ndarray) -> tuple[str, ...]:
    known = target_names is None or isinstance(target_names, Sequence | np.ndarray | pd.Series | pd.Index)
    if not known or isinstance(target_names, str):
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
    taken = {name, CHANCE} & set(beside or {})
    if name == CHANCE or taken:
        raise ValueError(
            f"`name` and `beside` must name each system once and leave '{CHANCE}' free, "
            f"got name={name!r} and beside={list(beside or {})}."
        )
    systems = {name: estimator, **(beside or {})}
    for each, system in systems.items():
        if isinstance(system, type) or not (hasattr(system, "fit") and hasattr(system, "predict")):
            kind = f"the class {system.__name__}" if isinstance(system, type) else repr(system)
            raise TypeError(f"'{each}' must be a classifier with fit and predict, got {kind}.")
    return systems


def _check_intervals(n_resamples: int, confidence_level: float) -> None:
    if not isinstance(n_resamples, numbers.Integral) or isinstance(n_resamples, bool) or n_resamples < 0:
        raise ValueError(
            f"`n_resamples` must be an integer of at least 0 (no intervals), got {n_resamples!r}."
        )
    check_resampling(max(n_resamples, 1), confidence_level, "percentile")


def _predict_by_chance(y: np.ndarray) -> Prediction:
    dummy, nothing = DummyClassifier(strategy="prior"), np.zeros((len(y), 1))
    dummy.fit(nothing, y)
    return Prediction(dummy.predict(nothing), dummy.predict_proba(nothing))


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
