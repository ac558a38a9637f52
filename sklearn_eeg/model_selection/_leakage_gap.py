"""How much a random split flatters: the same system scored by window and by patient."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    matthews_corrcoef,
    roc_auc_score,
)
from sklearn.model_selection import StratifiedKFold
from sklearn.utils import check_random_state
from sklearn.utils.parallel import Parallel, delayed

from ._fit_by_patient import fit_by_patient
from ._names import check_names
from ._parts import score_columns
from ._patient_kfold import PatientKFold, count_patients
from ._take import take

_LARGEST_SEED = 2**31 - 1
_MOST_DRAWS = 1000


@dataclass(frozen=True, eq=False)
class LeakageGap:
    """Scores of one system under a random and a patient-wise split; made by `leakage_gap`.

    Parameters
    ----------
    random : float
        Score where windows are split at random.
    by_patient : float
        Score where patients are split.
    control_random : ndarray of shape (n_controls,)
        Scores under the random split once the labels were moved between patients.
    control_by_patient : ndarray of shape (n_controls,)
        The same under the split by patient.
    scoring : str
        Name of the score.
    split : str
        The splits in words.

    See Also
    --------
    leakage_gap : Makes it.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.model_selection import LeakageGap
    >>> gap = LeakageGap(0.85, 0.6, np.array([0.8]), np.array([0.5]), "roc_auc", "5 folds")
    >>> round(gap.gap, 3)
    0.25
    """

    random: float
    by_patient: float
    control_random: np.ndarray
    control_by_patient: np.ndarray
    scoring: str
    split: str

    @property
    def gap(self) -> float:
        """What the random split adds to the score by patient."""
        return self.random - self.by_patient

    def to_frame(self) -> pd.DataFrame:
        """Return the scores as a table.

        Returns
        -------
        table : DataFrame of shape (1 or 2, 3)
            Columns `random`, `by_patient` and `gap`; rows ``"labels"`` and, where there are controls,
            ``"labels moved between patients"`` with their means.
        """
        rows = {"labels": [self.random, self.by_patient]}
        if len(self.control_random):
            means = [self.control_random.mean(), self.control_by_patient.mean()]
            rows["labels moved between patients"] = means
        table = pd.DataFrame.from_dict(rows, orient="index", columns=["random", "by_patient"], dtype=float)
        return table.assign(gap=table["random"] - table["by_patient"])

    def __str__(self) -> str:
        lines = [f"{self.scoring}, {self.split}", self.to_frame().round(3).to_string()]
        if len(self.control_random):
            lines.append(
                "Labels that were moved between patients say nothing about the signal: what they score under "
                "the random split is how well patients are recognised."
            )
        return "\n".join(lines)


def leakage_gap(
    estimator: Any,
    X: Any,
    y: Any,
    groups: Any,
    *,
    cv: int = 5,
    scoring: str | Callable[[np.ndarray, np.ndarray], float] = "roc_auc",
    n_controls: int = 5,
    random_state: Any = 0,
    n_jobs: int | None = None,
) -> LeakageGap:
    """Score a classifier under a random and under a patient-wise split, with a negative control.

    Parameters
    ----------
    estimator : classifier
        Any scikit-learn classifier, pipeline or search; clones of it are fitted.
    X : array-like of n_windows windows
        Whatever `estimator` takes.
    y : array-like of shape (n_windows,)
        Label of each window.
    groups : array-like of shape (n_windows,)
        Patient of each window.
    cv : int, default=5
        Number of folds of both splits; each class must occur in as many patients.
    scoring : str or callable, default="roc_auc"
        ``"roc_auc"`` (one class against the rest, averaged over three or more), ``"accuracy"``,
        ``"balanced_accuracy"``, ``"macro_f1"``, ``"matthews_correlation"``, or ``score(y_true, y_pred)``;
        scikit-learn's ``"f1_macro"`` and ``"matthews_corrcoef"`` are the same as these two.
    n_controls : int, default=5
        How often labels are moved between patients and scored anew, 0 or more.
    random_state : int, RandomState or None, default=0
        Seed of the folds and of the controls.
    n_jobs : int, optional
        Number of processes that fit folds at the same time, as in joblib.

    Returns
    -------
    gap : LeakageGap
        The scores, their difference and those of the control.

    Raises
    ------
    ValueError
        If a parameter is out of its range, or a class occurs in fewer patients than folds.

    See Also
    --------
    check_leakage : Names the leaks.

    Notes
    -----
    Each window is predicted once, by the model that did not see it; the score is taken once on all
    windows. Under the random split whatever `estimator` splits inside is split over windows too, under the
    other by patient (`fit_by_patient`).

    The control gives every patient the labels of another one, in their order, stretched or thinned to the
    patient's number of windows; draws in which a class has too few patients are drawn again. The labels
    keep their pattern within patients and lose every relation to the signal, so by patient the score is at
    chance. Where each patient has one class, the random split can still score high: it recognises patients.

    References
    ----------
    .. [1] Brookshire G et al. (2024). Data leakage in deep learning studies of translational EEG.
       Frontiers in Neuroscience 18, 1373515. https://doi.org/10.3389/fnins.2024.1373515

    Examples
    --------
    Features that name the patient and say nothing about the class:

    >>> import numpy as np
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from sklearn_eeg.model_selection import leakage_gap
    >>> rng = np.random.default_rng(0)
    >>> patients = np.repeat(np.arange(40), 10)
    >>> X = rng.normal(size=(40, 8))[patients] + 0.01 * rng.normal(size=(400, 8))
    >>> gap = leakage_gap(KNeighborsClassifier(), X, patients % 2, patients, random_state=0)
    >>> gap.random, bool(gap.by_patient < 0.7)
    (1.0, True)
    """
    y, groups = check_names(y, "y", "label"), check_names(groups, "groups", "patient")
    scoring = _ALIASES.get(scoring, scoring) if isinstance(scoring, str) else scoring
    _check_parameters(cv, scoring, n_controls)
    next(PatientKFold(cv).split(y, y, groups))  # says what is wrong with the patients, before any is moved
    rng = check_random_state(random_state)
    targets = [y] + [_move_labels(y, groups, cv, rng) for _ in range(n_controls)]
    jobs = []
    for target in targets:
        seed = rng.randint(_LARGEST_SEED)
        at_random = StratifiedKFold(cv, shuffle=True, random_state=seed).split(y, target)
        apart = PatientKFold(cv, random_state=seed).split(y, target, groups)
        jobs += [(target, None, *fold) for fold in at_random]
        jobs += [(target, groups, *fold) for fold in apart]
    wants_scores = scoring == "roc_auc"
    said = Parallel(n_jobs=n_jobs)(
        delayed(_fit_and_predict)(estimator, X, *job, wants_scores=wants_scores) for job in jobs
    )
    scores = []
    for start in range(0, len(jobs), cv):
        target, tests = jobs[start][0], [job[-1] for job in jobs[start : start + cv]]
        pooled = np.concatenate(said[start : start + cv])[np.argsort(np.concatenate(tests))]
        scores.append(_score(target, pooled, scoring))
    random, by_patient = np.reshape(scores, (-1, 2)).T
    name = scoring if isinstance(scoring, str) else getattr(scoring, "__name__", repr(scoring))
    split = f"{cv} folds, {len(np.unique(groups))} patients, {len(y)} windows"
    return LeakageGap(float(random[0]), float(by_patient[0]), random[1:], by_patient[1:], name, split)


def _check_parameters(cv: Any, scoring: Any, n_controls: Any) -> None:
    for name, value, least in (("cv", cv, 2), ("n_controls", n_controls, 0)):
        if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < least:
            raise ValueError(f"`{name}` must be a whole number of at least {least}, got {value!r}.")
    named = isinstance(scoring, str) and scoring in {"roc_auc", *_SCORES}
    if not named and not callable(scoring):
        raise ValueError(
            f"`scoring` must be one of roc_auc, {', '.join(_SCORES)}, or score(y_true, y_pred), "
            f"got {scoring!r}."
        )


def _move_labels(y: np.ndarray, groups: np.ndarray, cv: int, rng: np.random.RandomState) -> np.ndarray:
    """Give each patient the labels of another, so that every class still has a patient for each fold."""
    patients = [np.flatnonzero(groups == patient) for patient in np.unique(groups)]
    moved, n_classes = np.empty_like(y), len(np.unique(y))
    for _ in range(_MOST_DRAWS):
        for own, giver in zip(patients, rng.permutation(len(patients)), strict=True):
            given = y[patients[giver]]
            moved[own] = given[np.arange(len(own)) * len(given) // len(own)]
        counts = count_patients(moved, groups)
        if len(counts) == n_classes and counts.min() >= cv:
            return moved
    raise ValueError(
        f"`n_controls` must be 0 here: in {_MOST_DRAWS} draws, moving labels between patients always left "
        f"some class in fewer than {cv} patients. Pass fewer folds."
    )


def _fit_and_predict(
    estimator: Any,
    X: Any,
    y: np.ndarray,
    groups: np.ndarray | None,
    train: np.ndarray,
    test: np.ndarray,
    *,
    wants_scores: bool,
) -> np.ndarray:
    """Return labels, or scores of shape (n_windows, n_classes), of the windows held out."""
    held_out, patients = take(X, test), None if groups is None else groups[train]
    model = fit_by_patient(estimator, take(X, train), y[train], patients)
    if not wants_scores:
        return np.asarray(model.predict(held_out))
    for method in ("predict_proba", "decision_function"):
        if hasattr(model, method):
            return score_columns(model, method, held_out)
    raise ValueError(
        "`scoring` must not be 'roc_auc' for a classifier with neither predict_proba nor decision_function: "
        "pass 'balanced_accuracy'."
    )


def _score(y: np.ndarray, said: np.ndarray, scoring: str | Callable) -> float:
    if scoring != "roc_auc":
        score = _SCORES[scoring] if isinstance(scoring, str) else scoring
        return float(score(y, said))
    areas = [roc_auc_score(y == label, column) for label, column in zip(np.unique(y), said.T, strict=True)]
    return float(areas[1] if len(areas) == 2 else np.mean(areas))


def _macro_f1(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    return f1_score(y_true, y_pred, average="macro", zero_division=0)


_SCORES: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "accuracy": accuracy_score,
    "balanced_accuracy": balanced_accuracy_score,
    "macro_f1": _macro_f1,
    "matthews_correlation": matthews_corrcoef,
}
_ALIASES = {"f1_macro": "macro_f1", "matthews_corrcoef": "matthews_correlation"}
