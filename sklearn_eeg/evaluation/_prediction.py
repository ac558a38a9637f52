"""What systems said of windows that were held out."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ._coded import Coded, code_predictions

CHANCE = "chance"  # the name of the system that knows the shares of the classes only


@dataclass(frozen=True, eq=False)
class Prediction:
    """What one system said of every window while the window was held out.

    Parameters
    ----------
    y_pred : ndarray of shape (n_windows,)
        Predicted label of each window.
    y_score : ndarray of shape (n_windows, n_classes) or None
        Score of each class (probability or decision value), None where the system gives none.
    """

    y_pred: np.ndarray
    y_score: np.ndarray | None

    def __repr__(self) -> str:
        scores = "no scores" if self.y_score is None else f"scores for {self.y_score.shape[1]} classes"
        return f"Prediction(of {len(self.y_pred)} windows, {scores})"


def code_report(report: Any, system: str | None = None) -> Coded:
    """Return truth and predictions of a system of a report as numbers.

    Parameters
    ----------
    report : EvaluationReport
        The report.
    system : str, optional
        Name of a system, by default the evaluated one.

    Returns
    -------
    coded : Coded
        The numbers.

    Raises
    ------
    ValueError
        If no system has that name.
    """
    said = find_prediction(report, system)
    return code_predictions(report.y_true, said.y_pred, report.groups, said.y_score, report.classes)


def find_prediction(report: Any, system: str | None) -> Prediction:
    """Return what a system of a report said; a ValueError if there is none of that name."""
    name = report.name if system is None else system
    if name not in report.predictions:
        raise ValueError(f"`system` must be one of {list(report.predictions)}, got {system!r}.")
    return report.predictions[name]
