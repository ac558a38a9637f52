"""ROC and precision-recall curves of a class against all others."""

from typing import NamedTuple

import numpy as np
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve


class ScoreCurve(NamedTuple):
    """A curve over the thresholds of a score."""

    x: np.ndarray
    """False-positive rate, or sensitivity."""
    y: np.ndarray
    """Sensitivity, or precision."""
    area: float
    """Area under the curve; average precision for precision against sensitivity."""
    chance: float
    """The area that guessing earns."""

    def y_at(self, x: float) -> float:
        """Return the highest y at no more than `x`, NaN where there is none."""
        reached = self.y[self.x <= x]
        return float(reached.max()) if len(reached) else float("nan")


def roc_points(hit: np.ndarray, score: np.ndarray) -> ScoreCurve | None:
    """Return sensitivity against false-positive rate.

    Parameters
    ----------
    hit : bool ndarray of shape (n_windows,)
        Whether the window is of the class.
    score : ndarray of shape (n_windows,)
        Score of the class.

    Returns
    -------
    curve : ScoreCurve or None
        The curve from (0, 0) to (1, 1); None where all or no windows are of the class.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._curves import roc_points
    >>> curve = roc_points(np.array([False, True, False, True]), np.array([0.1, 0.3, 0.2, 0.9]))
    >>> curve.area, curve.y_at(0.0)
    (1.0, 1.0)
    """
    if hit.all() or not hit.any():
        return None
    false_positive, sensitivity, _ = roc_curve(hit, score)
    return ScoreCurve(false_positive, sensitivity, float(roc_auc_score(hit, score)), 0.5)


def precision_recall_points(hit: np.ndarray, score: np.ndarray) -> ScoreCurve | None:
    """Return precision against sensitivity.

    Parameters
    ----------
    hit : bool ndarray of shape (n_windows,)
        Whether the window is of the class.
    score : ndarray of shape (n_windows,)
        Score of the class.

    Returns
    -------
    curve : ScoreCurve or None
        The curve by ascending sensitivity; None where all or no windows are of the class. Guessing earns
        the share of the class.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._curves import precision_recall_points
    >>> curve = precision_recall_points(np.array([False, True]), np.array([0.5, 0.5]))
    >>> curve.area, curve.chance
    (0.5, 0.5)
    """
    if hit.all() or not hit.any():
        return None
    precision, sensitivity, _ = precision_recall_curve(hit, score)
    area = float(average_precision_score(hit, score))
    return ScoreCurve(sensitivity[-2::-1], precision[-2::-1], area, float(hit.mean()))  # no point at (0, 1)
