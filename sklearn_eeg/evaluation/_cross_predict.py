"""Fit a clone of each system in each fold, and put what the clones say of windows held out into order."""

from typing import Any, NamedTuple

import numpy as np
from sklearn.utils.parallel import Parallel, delayed
from tqdm import tqdm

from ..model_selection import fit_by_patient
from ..model_selection._parts import find_last_step
from ..model_selection._take import take
from ._folds import Folds
from ._held_out import chosen_parameters, predict_held_out
from ._prediction import Prediction

# Score of a class that a fold does not know; a quarter of the lowest float, so that differences exist.
_LOWEST = {"predict_proba": 0.0, "decision_function": np.finfo(float).min / 4}


def cross_predict(
    systems: dict[str, Any],
    X: Any,
    y: np.ndarray,
    groups: np.ndarray | None,
    folds: Folds,
    *,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> tuple[dict[str, Prediction], dict[str, list[dict[str, Any]]]]:
    """Return what classifiers say of each window when fitted on the other folds.

    Parameters
    ----------
    systems : dict of str to classifier
        The classifiers by name; they are not changed.
    X : sequence of n_windows windows
        The windows.
    y : ndarray of shape (n_windows,)
        Label of each window.
    groups : ndarray of shape (n_windows,) or None
        Patient of each window; whatever splits inside a fit does so by patient.
    folds : Folds
        The split; each window is tested once.
    n_jobs : int, optional
        Number of processes, as in joblib.
    verbose : int, default=0
        With 1 or more, show a progress bar.

    Returns
    -------
    predictions : dict of str to Prediction
        Labels and scores of each system; no scores where the folds gave different kinds.
    chosen : dict of str to list of dict
        Parameters that searches chose, fold by fold, for systems that search.

    Raises
    ------
    ValueError
        If labels or scores of a system cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from sklearn_eeg.evaluation._cross_predict import cross_predict
    >>> from sklearn_eeg.evaluation._folds import make_folds
    >>> y, patients = np.array([0, 1, 0, 1]), np.array(["p", "p", "q", "q"])
    >>> folds = make_folds(2, y[:, np.newaxis], y, patients, 0)
    >>> said, chosen = cross_predict({"tree": DecisionTreeClassifier()}, y[:, np.newaxis], y, patients, folds)
    >>> said["tree"].y_pred.tolist(), said["tree"].y_score[:, 1].tolist(), chosen
    ([0, 1, 0, 1], [0.0, 1.0, 0.0, 1.0], {})
    """
    results = _fit_all(systems, X, y, groups, folds, n_jobs=n_jobs, verbose=verbose)
    classes = np.unique(y)
    said = {name: _pool(of_system, folds, classes, name) for name, of_system in results.items()}
    chosen = {name: [result.chosen for result in of_system] for name, of_system in results.items()}
    return said, {name: choices for name, choices in chosen.items() if any(choices)}


class _FoldResult(NamedTuple):
    """What one fitted clone says of the windows held out (labels, scores, their method), and its choices."""

    y_pred: np.ndarray
    y_score: np.ndarray | None
    method: str
    columns: np.ndarray
    chosen: dict[str, Any]


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
    patients = None if groups is None else groups[train]
    model = fit_by_patient(estimator, take(X, train), y[train], patients)
    y_pred, score, method = predict_held_out(model, take(X, test))
    columns = np.asarray(getattr(model, "classes_", np.unique(y[train])))
    if score is not None:
        score = _check_score(score, model, columns)
    return _FoldResult(y_pred, score, method, columns, chosen_parameters(model))


def _check_score(score: np.ndarray, model: Any, columns: np.ndarray) -> np.ndarray:
    """Return finite scores of shape (n_windows, n_classes)."""
    if score.ndim == 1 and len(columns) == 2:
        score = np.column_stack([-score, score])
    pairwise = getattr(find_last_step(model), "decision_function_shape", "ovr") == "ovo"
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
