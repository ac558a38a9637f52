"""Scores of windows by clones of a classifier that never saw them, nor (by patient) their patients."""

from collections import Counter
from itertools import takewhile
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils.parallel import Parallel, delayed
from tqdm import tqdm

from ..model_selection import fit_by_patient
from ..model_selection._parts import score_columns
from ..model_selection._step_cache import StepCache, join_steps, list_steps
from ..model_selection._take import take
from ._splits import Splits
from ._training import Training


class Member(NamedTuple):
    """A classifier to cross-fit, and the method that gives its scores."""

    estimator: Any
    response: str


class CrossFitted(NamedTuple):
    """A classifier fitted on all windows, and the scores of each window by a clone that did not see it."""

    model: Any
    scores: np.ndarray


def cross_fit(
    members: list[Member],
    training: Training,
    splits: Splits,
    *,
    n_jobs: int | None = None,
    title: str | None = None,
) -> list[CrossFitted]:
    """Fit each classifier on all windows, and score each window by a clone that did not see it.

    Steps at the front of pipelines that learn nothing, like most features, see each window once for all folds
    and all classifiers that begin with them; these then share the fitted steps.

    Parameters
    ----------
    members : list of Member
        The classifiers, which are not changed.
    training : Training
        The windows.
    splits : list of (ndarray, ndarray)
        Indices of training and test windows of each fold; every window is tested once.
    n_jobs : int, optional
        Number of processes, as in joblib.
    title : str, optional
        Title of a progress bar; None for no bar.

    Returns
    -------
    fitted : list of CrossFitted
        One for each member, with scores as `compute_scores` gives them.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn_eeg.ensemble._cross_fit import Member, cross_fit
    >>> from sklearn_eeg.ensemble._training import check_training
    >>> training = check_training(np.zeros((6, 1)), [0, 1, 1, 0, 1, 1])
    >>> first, second = np.arange(3), np.arange(3, 6)
    >>> member = Member(DummyClassifier(), "predict_proba")
    >>> [(model, scores)] = cross_fit([member], training, [(first, second), (second, first)])
    >>> scores[0].round(2)
    array([0.33, 0.67])
    """
    classes = np.unique(training.y)
    cache = StepCache(training.X, training.y, splits)
    cut = [cache.share(member.estimator) for member in members]
    jobs = [
        (Member(tail, member.response), training._replace(X=X), split)
        for member, (X, _, tail) in zip(members, cut, strict=True)
        for split in (None, *splits)
    ]
    results = Parallel(n_jobs=n_jobs, return_as="generator")(delayed(_work)(*job, classes) for job in jobs)
    bar = iter(tqdm(results, total=len(jobs), desc=title, unit="fit", disable=title is None))
    fitted = []
    for member, (_, head, _) in zip(members, cut, strict=True):
        model, parts = join_steps(member.estimator, head, next(bar)), [next(bar) for _ in splits]
        scores = np.empty((len(training.y), parts[0].shape[1]))
        for (_, test), part in zip(splits, parts, strict=True):
            scores[test] = part
        fitted.append(CrossFitted(model, scores))
    next(bar, None)  # lets the bar end its line
    return fitted


def compute_all_scores(
    models: list[Any], responses: list[str], X: Any, classes: np.ndarray
) -> list[np.ndarray]:
    """Return the scores of windows by each classifier; front steps that they share see the windows once.

    Parameters
    ----------
    models : list of classifier
        Fitted on some or all of the classes.
    responses : list of str
        The method of each to call.
    X : sequence of n_windows windows
        The windows.
    classes : ndarray of shape (n_classes,)
        All labels, sorted.

    Returns
    -------
    scores : list of ndarray
        As `compute_scores` gives them.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn.svm import LinearSVC
    >>> from sklearn_eeg.ensemble._cross_fit import compute_all_scores
    >>> model = make_pipeline(StandardScaler(), LinearSVC(C=1e6)).fit([[-1.0], [1.0]], ["a", "b"])
    >>> compute_all_scores([model] * 2, ["decision_function"] * 2, [[2.0]], np.array(["a", "b"]))[1].round(2)
    array([[-2.,  2.]])
    """
    uses = Counter(id(step) for model in models for step in _list_front(model))
    made: dict[tuple[int, ...], Any] = {}
    scores = []
    for model, response in zip(models, responses, strict=True):
        table = X
        path: tuple[int, ...] = ()
        for step in takewhile(lambda each: uses[id(each)] > 1, _list_front(model)):
            path = (*path, id(step))
            if path not in made:
                made[path] = step.transform(table)
            table = made[path]
        scores.append(compute_scores(model[len(path) :] if path else model, response, table, classes))
    return scores


def _list_front(model: Any) -> list[Any]:
    """Return the steps of a pipeline before the last, up to one that is no transformer."""
    return list(
        takewhile(lambda step: hasattr(step, "transform"), (step for _, step in list_steps(model)[:-1]))
    )


def compute_scores(model: Any, response: str, X: Any, classes: np.ndarray) -> np.ndarray:
    """Return the scores of windows in columns that do not depend on the classifier.

    Parameters
    ----------
    model : classifier
        Fitted on some or all of the classes.
    response : {"decision_function", "predict_proba", "predict"}
        Its method to call.
    X : sequence of n_windows windows
        The windows.
    classes : ndarray of shape (n_classes,)
        All labels, sorted.

    Returns
    -------
    scores : ndarray of shape (n_windows, n_classes), or (n_windows, 1) for ``"predict"``
        NaN for a class that the model does not know; (-d, d) for the decision value d of two classes.
        Predicted labels become their positions among the classes.

    Raises
    ------
    ValueError
        If the classifier does not give one score, a number, for each class.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.svm import LinearSVC
    >>> from sklearn_eeg.ensemble._cross_fit import compute_scores
    >>> svm = LinearSVC(C=1e6).fit([[-1.0], [1.0]], ["a", "c"])
    >>> compute_scores(svm, "decision_function", [[2.0]], np.array(["a", "b", "c"])).round(2)
    array([[-2., nan,  2.]])
    """
    if response == "predict":
        return np.searchsorted(classes, np.asarray(model.predict(X)))[:, np.newaxis].astype(float)
    answer = score_columns(model, response, X)
    if n_missing := np.isnan(answer).any(axis=1).sum():
        raise ValueError(
            f"`{response}` of a {type(model).__name__} must be numbers, got NaN for {n_missing} of "
            f"{len(answer)} windows: mend or drop that classifier."
        )
    scores = np.full((len(answer), len(classes)), np.nan)
    scores[:, np.searchsorted(classes, np.asarray(model.classes_))] = answer
    return scores


def _work(member: Member, training: Training, split: Any, classes: np.ndarray) -> Any:
    """Return the classifier fitted on all windows, or for a fold the scores of its test windows."""
    X, y, groups, weight = training if split is None else training.take(split[0])
    model = fit_by_patient(member.estimator, X, y, groups, sample_weight=weight)
    if split is None:
        return model
    return compute_scores(model, member.response, take(training.X, split[1]), classes)
