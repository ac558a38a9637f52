"""The figures of a system with their intervals, as a report shows them."""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from ._bootstrap import BootstrapResult, bootstrap_by_patient
from ._coded import code_predictions
from ._figures import check_metrics
from ._metrics import MEANINGS, TITLES, show
from ._resample import Interval

_COSTLY = "average_precision"
COSTLY_RESAMPLES = 500  # each one sorts all windows again
_PROBABILITY_FIGURES = ("log_loss", "brier_score")

ALL_TITLES: dict[str, str] = TITLES | {
    "average_precision": "PR AUC",
    "log_loss": "Log loss",
    "brier_score": "Brier score",
}

ALL_MEANINGS: dict[str, str] = MEANINGS | {
    "average_precision": "Average precision, the area under the curve of precision against sensitivity,"
    " averaged over the classes: guessing earns the share of the class, 1 is perfect.",
    "log_loss": "Mean surprise at the truth, given the probabilities: 0 is perfect, lower is better, and"
    " being sure and wrong costs most.",
    "brier_score": "Mean squared distance of the probabilities from the truth: 0 is perfect, lower is"
    " better.",
}

SMALLER_IS_BETTER = frozenset(_PROBABILITY_FIGURES)


def figures_with_intervals(
    y_true: np.ndarray,
    said: Any,
    groups: np.ndarray | None,
    classes: np.ndarray,
    *,
    n_resamples: int,
    confidence_level: float,
    random_state: int | None,
) -> BootstrapResult:
    """Return all figures that the predictions of a system allow, with intervals by patient.

    Parameters
    ----------
    y_true : ndarray of shape (n_windows,)
        True labels.
    said : Prediction
        What the system said: `y_pred` and `y_score`.
    groups : ndarray of shape (n_windows,) or None
        Patients; None gives no intervals, since windows are no units to draw.
    classes : ndarray of shape (n_classes,)
        The labels, in the order of the columns of the scores.
    n_resamples : int
        How many times patients are drawn; 0 gives no intervals.
    confidence_level : float
        Nominal coverage.
    random_state : int or None
        Seed of the draws.

    Returns
    -------
    result : BootstrapResult
        Figures over all classes (nine where there are probabilities, seven with other scores, five
        without) and of each class.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._intervals import figures_with_intervals
    >>> from sklearn_eeg.evaluation._report import Prediction
    >>> y, patients = np.tile([0, 1], 6), np.repeat([1, 2, 3], 4)
    >>> said = Prediction(y, None)
    >>> options = {"n_resamples": 100, "confidence_level": 0.95, "random_state": 0}
    >>> result = figures_with_intervals(y, said, patients, np.array([0, 1]), **options)
    >>> list(result.figures)
    ['accuracy', 'balanced_accuracy', 'macro_f1', 'matthews_correlation', 'cohen_kappa']
    >>> result.figures["accuracy"].estimate, result.figures["accuracy"].low
    (1.0, 1.0)
    """
    coded = code_predictions(y_true, said.y_pred, groups, said.y_score, classes)
    names = check_metrics(None, coded)
    names += list(_PROBABILITY_FIGURES) if coded.is_probability else []
    drawn = n_resamples if groups is not None else 0

    units = np.zeros(len(y_true)) if groups is None else groups

    def run(metrics: list[str], n_draws: int) -> BootstrapResult:
        with warnings.catch_warnings():  # what they say, the report says itself
            warnings.filterwarnings("ignore", message="`groups`")
            return bootstrap_by_patient(
                y_true,
                said.y_pred,
                units,
                y_score=said.y_score,
                metrics=metrics,
                n_resamples=max(n_draws, 1),
                confidence_level=confidence_level,
                random_state=random_state if n_draws else 0,
                classes=classes,
            )

    result = run(names, drawn)
    if said.y_score is not None:
        result.figures.update(run([_COSTLY], min(drawn, COSTLY_RESAMPLES)).figures)
    figures = {name: result.figures[name] for name in ALL_TITLES if name in result.figures}
    result = replace(result, figures=figures, n_resamples=drawn)
    return result if drawn else _without_intervals(result, groups)


def show_interval(low: float, high: float) -> str:
    """Write the limits of an interval, or nothing where there is none.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._intervals import show_interval
    >>> show_interval(0.25, 0.5), show_interval(float("nan"), float("nan"))
    ('0.250 to 0.500', '')
    """
    return "" if np.isnan(low) or np.isnan(high) else f"{show(low)} to {show(high)}"


def why_no_intervals(groups: np.ndarray | None, n_resamples: int) -> str:
    """Say why a report has no intervals; nothing where it has.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._intervals import why_no_intervals
    >>> why_no_intervals(None, 2000)
    'Patients are unknown, so there are no intervals: drawing windows instead would make them too narrow.'
    """
    if groups is None:
        return (
            "Patients are unknown, so there are no intervals: drawing windows instead would make them "
            "too narrow."
        )
    if n_resamples == 0:
        return "No intervals were asked for (n_resamples=0)."
    if len(np.unique(groups)) < 2:
        return "There is one patient only, so there are no intervals over patients."
    return ""


def _without_intervals(result: BootstrapResult, groups: np.ndarray | None) -> BootstrapResult:
    def strip(figures: dict[Any, Interval]) -> dict[Any, Interval]:
        return {name: Interval(each.estimate, np.nan, np.nan, 0) for name, each in figures.items()}

    stripped = replace(
        result, figures=strip(result.figures), class_figures=strip(result.class_figures), n_resamples=0
    )
    return stripped if groups is not None else replace(stripped, n_units=0, unit="window")
