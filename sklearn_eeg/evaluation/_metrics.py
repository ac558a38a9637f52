"""The figures of a classifier, as functions of truth, prediction, scores and classes."""

from collections.abc import Callable

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    cohen_kappa_score,
    f1_score,
    matthews_corrcoef,
    precision_recall_fscore_support,
    roc_auc_score,
)

Metric = Callable[[np.ndarray, np.ndarray, np.ndarray | None, np.ndarray], float]


def one_vs_rest_auc(y_true: np.ndarray, y_score: np.ndarray | None, classes: np.ndarray) -> np.ndarray:
    """Area under the ROC curve of each class against all others.

    Parameters
    ----------
    y_true : ndarray of shape (n_windows,)
        True label of each window.
    y_score : ndarray of shape (n_windows, n_classes) or None
        Score of each class, higher for likelier; any monotone scale. None where there are none.
    classes : ndarray of shape (n_classes,)
        The label that each column of `y_score` stands for.

    Returns
    -------
    auc : ndarray of shape (n_classes,)
        Areas between 0 and 1; NaN without scores, and for a class that all or none of the windows
        have.

    Notes
    -----
    The area is the probability that a window of the class scores above a window of another class,
    ties counting one half [1]_.

    References
    ----------
    .. [1] T. Fawcett (2006). An introduction to ROC analysis. Pattern Recognition Letters 27(8),
       861-874. https://doi.org/10.1016/j.patrec.2005.10.010

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._metrics import one_vs_rest_auc
    >>> score = np.array([[4.0, 0.0], [2.0, 1.0], [3.0, 2.0], [1.0, 3.0]])
    >>> one_vs_rest_auc(np.array(["a", "a", "b", "b"]), score, np.array(["a", "b"])).tolist()
    [0.75, 1.0]
    """
    if y_score is None:
        return np.full(len(classes), np.nan)
    areas = []
    for column, label in enumerate(classes):
        of_class = y_true == label
        mixed = of_class.any() and not of_class.all()
        areas.append(roc_auc_score(of_class, y_score[:, column]) if mixed else np.nan)
    return np.array(areas, dtype=float)


def per_class(
    y_true: np.ndarray, y_pred: np.ndarray, y_score: np.ndarray | None, classes: np.ndarray
) -> dict[str, np.ndarray]:
    """Precision, recall, F1 and one-vs-rest ROC AUC of each class.

    Parameters
    ----------
    y_true, y_pred : ndarray of shape (n_windows,)
        True and predicted labels.
    y_score : ndarray of shape (n_windows, n_classes) or None
        Score of each class.
    classes : ndarray of shape (n_classes,)
        The classes, in the order of the columns of `y_score`.

    Returns
    -------
    table : dict of str to ndarray of shape (n_classes,)
        The figures, between 0 and 1. Precision, recall and F1 are 0 where their denominator is.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._metrics import per_class
    >>> truth, guess = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    >>> per_class(truth, guess, None, np.array([0, 1]))["recall"].tolist()
    [0.5, 1.0]
    """
    precision, recall, f1, _ = precision_recall_fscore_support(
        y_true, y_pred, labels=classes, zero_division=0
    )
    return {
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "roc_auc": one_vs_rest_auc(y_true, y_score, classes),
    }


def _accuracy(
    y_true: np.ndarray, y_pred: np.ndarray, _y_score: np.ndarray | None, _classes: np.ndarray
) -> float:
    """Share of windows whose label is right."""
    return float(accuracy_score(y_true, y_pred))


def _balanced_accuracy(
    y_true: np.ndarray, y_pred: np.ndarray, _y_score: np.ndarray | None, _classes: np.ndarray
) -> float:
    """Mean over the classes of the share of their windows that are found."""
    return float(balanced_accuracy_score(y_true, y_pred))


def _macro_f1(
    y_true: np.ndarray, y_pred: np.ndarray, _y_score: np.ndarray | None, classes: np.ndarray
) -> float:
    """Mean over the classes of F1, the harmonic mean of precision and recall."""
    return float(f1_score(y_true, y_pred, labels=classes, average="macro", zero_division=0))


def _roc_auc(
    y_true: np.ndarray, _y_pred: np.ndarray, y_score: np.ndarray | None, classes: np.ndarray
) -> float:
    """Area of the second of two classes, mean over the one-vs-rest areas of three or more."""
    areas = one_vs_rest_auc(y_true, y_score, classes)
    return float(areas[1] if len(classes) == 2 else areas.mean())


def _matthews_correlation(
    y_true: np.ndarray, y_pred: np.ndarray, _y_score: np.ndarray | None, _classes: np.ndarray
) -> float:
    """Correlation of the true with the predicted labels, 0 for a constant prediction."""
    return float(matthews_corrcoef(y_true, y_pred))


def _cohen_kappa(
    y_true: np.ndarray, y_pred: np.ndarray, _y_score: np.ndarray | None, classes: np.ndarray
) -> float:
    """Agreement beyond that of independent labels with the same frequencies."""
    return float(cohen_kappa_score(y_true, y_pred, labels=classes))


METRICS: dict[str, Metric] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "macro_f1": _macro_f1,
    "roc_auc": _roc_auc,
    "matthews_correlation": _matthews_correlation,
    "cohen_kappa": _cohen_kappa,
}

TITLES: dict[str, str] = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "macro_f1": "Macro F1",
    "roc_auc": "ROC AUC",
    "matthews_correlation": "Matthews correlation",
    "cohen_kappa": "Cohen's kappa",
}

CLASS_TITLES: dict[str, str] = {
    "precision": "Precision",
    "recall": "Recall (sensitivity)",
    "f1": "F1",
    "roc_auc": "ROC AUC",
    "windows": "Windows",
    "patients": "Patients",
}

MEANINGS: dict[str, str] = {
    "accuracy": "Share of windows labelled rightly. A rare class hardly counts.",
    "balanced_accuracy": "Share of windows labelled rightly, taken in each class and then averaged:"
    " every class counts the same, and always giving one answer earns 1 / number of classes.",
    "macro_f1": "Harmonic mean of precision and recall, averaged over the classes: low when a class"
    " is missed or is named too often.",
    "roc_auc": "Probability that a window of a class scores above a window of another class,"
    " averaged over the classes: 0.5 is guessing, 1 is perfect order. Scores are pooled over the"
    " folds, so a model whose scores differ in level from fold to fold can fall below 0.5.",
    "matthews_correlation": "Correlation of true and predicted labels: 0 is guessing, 1 is perfect.",
    "cohen_kappa": "Agreement beyond what the class frequencies alone would give: 0 is guessing,"
    " 1 is perfect.",
}


def show(value: float) -> str:
    """Write a figure with three decimals, a dash for NaN.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._metrics import show
    >>> show(0.5), show(float("nan"))
    ('0.500', '–')
    """
    return "–" if np.isnan(value) else f"{value:.3f}"
