"""The figures of all windows of a system, what they are called and what they mean."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from ._coded import Coded
from ._figures import CLASS_FIGURES, PatientSums, Sums, class_figures, figures

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


def figures_of(coded: Coded) -> dict[str, float]:
    """Return the figures of `TITLES`, over all windows.

    Parameters
    ----------
    coded : Coded
        Truth and predictions.

    Returns
    -------
    figures : dict of str to float
        Those that `bootstrap_by_patient` estimates; `roc_auc` is NaN without scores.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._coded import code_predictions
    >>> from sklearn_eeg.evaluation._metrics import figures_of
    >>> figures_of(code_predictions([0, 0, 1, 1], [0, 1, 1, 1], None, None, None))["balanced_accuracy"]
    0.75
    """
    names = list(TITLES)
    return dict(zip(names, figures(_sum_all(coded, names), names)[0].tolist(), strict=True))


def class_figures_of(coded: Coded) -> dict[str, np.ndarray]:
    """Return the figures of each class against all others, over all windows.

    Parameters
    ----------
    coded : Coded
        Truth and predictions.

    Returns
    -------
    figures : dict of str to ndarray of shape (n_classes,)
        Sensitivity, specificity, PPV, NPV, F1 and ROC AUC; NaN where there is nothing to divide by, as the
        PPV of a class that is never predicted.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._coded import code_predictions
    >>> from sklearn_eeg.evaluation._metrics import class_figures_of
    >>> coded = code_predictions([0, 0, 1, 1], [0, 1, 1, 1], None, None, None)
    >>> class_figures_of(coded)["sensitivity"].tolist()
    [0.5, 1.0]
    """
    values = class_figures(_sum_all(coded, CLASS_FIGURES))[0]
    return dict(zip(CLASS_FIGURES, values.T, strict=True))


def _sum_all(coded: Coded, names: Iterable[str]) -> Sums:
    """Return the sums of all windows, as if they were of one patient."""
    one = replace(coded, unit=np.zeros(len(coded.truth), dtype=int), n_units=1)
    return PatientSums(one, names).weigh(np.ones((1, 1)))


def show(value: float) -> str:
    """Write a figure with three decimals, a dash for NaN.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._metrics import show
    >>> show(0.5), show(float("nan"))
    ('0.500', '–')
    """
    return "–" if np.isnan(value) else f"{value:.3f}"
