"""Confidence intervals of a classifier's figures, by resampling patients."""

import warnings
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ._coded import code_predictions
from ._figures import CLASS_FIGURES, PatientSums, check_metrics, class_figures, figures
from ._resample import Interval, check_resampling, draw_units, interval, leave_one_out

WINDOWS_AS_UNITS = (
    "`groups` is missing: windows are resampled as if each were a patient of its own, so the intervals are "
    "too narrow wherever windows of one patient resemble each other. Pass the patient of each window."
)
_ONE_PATIENT = "`groups` holds one patient only: there are no intervals, since patients cannot be resampled."


@dataclass(frozen=True, eq=False, repr=False)
class BootstrapResult:
    """Figures with confidence intervals; made by `bootstrap_by_patient`.

    Parameters
    ----------
    figures : dict of str to Interval
        `estimate`, `low`, `high` and `undefined` (resamples without a value) of each metric.
    class_figures : dict of (label, str) to Interval
        The same of each class and of `sensitivity`, `specificity`, `ppv`, `npv`, `f1` and `roc_auc`.
    n_units : int
        How many patients were resampled (windows, where patients are unknown).
    unit : {"patient", "window"}
        What was resampled.
    n_resamples : int
        How many draws were made.
    confidence_level : float
        Nominal coverage of the intervals.
    method : str
        How the intervals were made.

    See Also
    --------
    bootstrap_by_patient : Makes the result.
    """

    figures: dict[str, Interval]
    class_figures: dict[tuple[Hashable, str], Interval]
    n_units: int
    unit: str
    n_resamples: int
    confidence_level: float
    method: str

    def to_frame(self) -> pd.DataFrame:
        """Return the figures over all classes.

        Returns
        -------
        table : DataFrame of shape (n_metrics, 4)
            Columns `estimate`, `low`, `high`, and `undefined`, the number of resamples without a value.
        """
        index = pd.Index(list(self.figures), name="metric")
        return pd.DataFrame(list(self.figures.values()), index=index, columns=list(Interval._fields))

    def per_class(self) -> pd.DataFrame:
        """Return the figures of each class against all others.

        Returns
        -------
        table : DataFrame of shape (n_classes * 6, 4)
            Rows by class and figure, columns as in `to_frame`.
        """
        index = pd.MultiIndex.from_tuples(list(self.class_figures), names=["class", "metric"])
        return pd.DataFrame(list(self.class_figures.values()), index=index, columns=list(Interval._fields))

    def __str__(self) -> str:
        head = (
            f"{self.confidence_level:.0%} intervals from {self.n_resamples} resamples of {self.n_units} "
            f"{self.unit}s ({self.method})"
        )
        tables = self.to_frame(), self.per_class()
        return "\n\n".join([head, *(table.to_string(float_format="%.3f", na_rep="–") for table in tables)])

    def __repr__(self) -> str:
        return str(self)


def bootstrap_by_patient(
    y_true: Any,
    y_pred: Any,
    groups: Any = None,
    *,
    y_score: Any = None,
    metrics: Sequence[str] | None = None,
    n_resamples: int = 2000,
    confidence_level: float = 0.95,
    method: str = "expanded",
    random_state: int | np.random.Generator | None = 0,
    classes: Any = None,
) -> BootstrapResult:
    r"""Return the figures of a classifier with confidence intervals, by resampling patients.

    Patients are drawn with replacement, as many as there are, each with all of its windows; so the
    intervals say how the figures would vary if other patients had been recorded.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_windows,)
        True and predicted label of each window, predicted while the window was held out.
    groups : array-like of shape (n_windows,), optional
        Patient of each window. Without it windows are drawn, and a warning says that this is too sure.
    y_score : array-like of shape (n_windows, n_classes), optional
        Score of each class; for two classes also the score of the second, of shape (n_windows,).
    metrics : sequence of str, optional
        Any of `accuracy`, `balanced_accuracy`, `macro_f1`, `roc_auc`, `matthews_correlation`,
        `cohen_kappa` (by default all of these that the input allows), `average_precision`, `log_loss` and
        `brier_score`.
    n_resamples : int, default=2000
        How many times patients are drawn.
    confidence_level : float, default=0.95
        Nominal coverage, between 0 and 1.
    method : {"expanded", "percentile", "bca"}, default="expanded"
        Percentiles of the resamples, widened for the number of patients [1]_; plain percentiles; or
        bias-corrected and accelerated ones [2]_.
    random_state : int, Generator or None, default=0
        Seed of the draws. The same seed and patients give the same draws.
    classes : array-like of shape (n_classes,), optional
        The labels in the order of the columns of `y_score`; by default those in `y_true` and `y_pred`,
        sorted.

    Returns
    -------
    result : BootstrapResult
        The figures, over all classes (`to_frame`) and of each (`per_class`).

    Raises
    ------
    ValueError
        If lengths differ, a label is not among the classes, a metric is unknown or lacks its scores, or
        a parameter is out of range.

    Warns
    -----
    UserWarning
        If `groups` is missing, or holds one patient only (the limits are then NaN).

    See Also
    --------
    compare : The difference between systems on the same patients.

    Notes
    -----
    A resample :math:`w` counts how often each patient is drawn. Its confusion matrix is
    :math:`\sum_p w_p C_p`, and its area under the ROC curve
    :math:`w^\top U w / (w^\top n_+ \cdot w^\top n_-)`, where :math:`U_{pq}` counts the pairs of a
    positive window of patient p and a negative one of patient q in the right order. The figures equal
    those of scikit-learn on the rows drawn.

    Where a resample has no window of a class that the data have, the means over classes
    (`balanced_accuracy`, `macro_f1`, `roc_auc`, `average_precision`) and that class's own figures have no
    value: such resamples are left out and counted as `undefined`, and there is no interval if they are
    more than half. A class of `classes` that no patient has is left out of the means. `ppv` and `npv`
    are NaN where nothing was, or all was, given the label. `roc_auc` and `average_precision` are
    those of the second of two classes, and means of one class against all others for more.

    Few patients make plain percentiles too narrow; ``"expanded"`` takes as much more as Student's t has
    over the normal distribution, with the number of patients that have the class, or the rarest of the
    classes. A figure that rests on one patient has no interval. No method helps with a handful of
    patients.

    References
    ----------
    .. [1] T. C. Hesterberg (2015). What teachers should know about the bootstrap. The American
       Statistician 69(4), 371-386. https://doi.org/10.1080/00031305.2015.1089789
    .. [2] B. Efron (1987). Better bootstrap confidence intervals. Journal of the American Statistical
       Association 82(397), 171-185. https://doi.org/10.1080/01621459.1987.10478410

    Examples
    --------
    All of two patients' windows are found and none of the two others':

    >>> from sklearn_eeg.evaluation import bootstrap_by_patient
    >>> patients = ["ann"] * 5 + ["bob"] * 5 + ["cleo"] * 5 + ["dan"] * 5
    >>> y_true, y_pred = [0, 1] * 10, [0, 1] * 5 + [1, 0] * 5
    >>> bootstrap_by_patient(y_true, y_pred, patients, metrics=["accuracy"]).to_frame()
              estimate  low  high  undefined
    metric
    accuracy       0.5  0.0   1.0          0
    """
    check_resampling(n_resamples, confidence_level, method)
    coded = code_predictions(y_true, y_pred, groups, y_score, classes)
    names = check_metrics(metrics, coded)
    if groups is None or coded.n_units == 1:
        warnings.warn(WINDOWS_AS_UNITS if groups is None else _ONE_PATIENT, UserWarning, stacklevel=2)
    sums = PatientSums(coded, [*names, *CLASS_FIGURES])

    def compute(blocks: Any) -> np.ndarray:
        return np.concatenate([_all_figures(sums, names, block) for block in blocks])

    rows = sums.rows_per_block
    estimate = compute([np.ones((1, coded.n_units))])[0]
    low, high, undefined = _limits(
        estimate,
        compute(draw_units(coded.n_units, n_resamples, random_state, rows)),
        compute(leave_one_out(coded.n_units, rows)) if method == "bca" else None,
        method=method,
        confidence_level=confidence_level,
        n_units=np.concatenate([sums.support(names), sums.class_support().ravel()]),
    )
    found = [Interval(*each) for each in zip(estimate.tolist(), low, high, undefined, strict=True)]
    labels = [(label, name) for label in coded.classes.tolist() for name in CLASS_FIGURES]
    return BootstrapResult(
        figures=dict(zip(names, found[: len(names)], strict=True)),
        class_figures=dict(zip(labels, found[len(names) :], strict=True)),
        n_units=coded.n_units,
        unit="window" if groups is None else "patient",
        n_resamples=n_resamples,
        confidence_level=confidence_level,
        method=method,
    )


def _all_figures(sums: PatientSums, names: list[str], weights: np.ndarray) -> np.ndarray:
    """Return the metrics, then the figures of each class, of shape (n_rows, n_figures)."""
    weighed = sums.weigh(weights)
    return np.hstack([figures(weighed, names), class_figures(weighed).reshape(len(weights), -1)])


def _limits(
    estimate: np.ndarray, replicates: np.ndarray, left_out: np.ndarray | None, **how: Any
) -> tuple[list[float], list[float], list[int]]:
    low, high = interval(estimate, replicates, left_out=left_out, **how)
    return low.tolist(), high.tolist(), np.isnan(replicates).sum(axis=0).tolist()
