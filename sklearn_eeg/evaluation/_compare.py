"""Compare systems on the same windows of the same patients."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import column_or_1d

from ._bootstrap import WINDOWS_AS_UNITS
from ._coded import Coded, code_predictions
from ._figures import PatientSums, check_metrics, figures
from ._resample import check_resampling, draw_units, interval, leave_one_out
from ._swap_test import holm, swap_test

_COLUMNS = ["difference", "low", "high", "p_value", "p_holm", "undefined"]


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Differences between systems on the same patients; made by `compare`.

    Parameters
    ----------
    estimates : DataFrame of shape (n_systems, n_metrics)
        The figures of each system.
    differences : DataFrame of shape (n_pairs * n_metrics, 6)
        What `to_frame` returns.
    n_units : int
        How many patients there are (windows, where patients are unknown).
    unit : {"patient", "window"}
        What was resampled and swapped.
    exact : bool
        Whether the p-values come from all swaps, not from some drawn at random.
    confidence_level : float
        Nominal coverage of the intervals.
    method : str
        How the intervals were made.

    See Also
    --------
    compare : Makes the result.
    """

    estimates: pd.DataFrame
    differences: pd.DataFrame
    n_units: int
    unit: str
    exact: bool
    confidence_level: float
    method: str

    def to_frame(self) -> pd.DataFrame:
        """Return the difference of each pair of systems in each metric.

        Returns
        -------
        table : DataFrame of shape (n_pairs * n_metrics, 6)
            Rows by `metric`, `system` and `against`. Columns `difference` (of the system less the one it
            is held against), `low` and `high`, `p_value`, `p_holm` (corrected for the number of
            pairs), and `undefined`, the resamples without a value.
        """
        return self.differences.copy()

    def __str__(self) -> str:
        swaps = "all swaps" if self.exact else "random swaps"
        head = (
            f"Differences with {self.confidence_level:.0%} intervals ({self.method}) and p-values from "
            f"{swaps} of {self.n_units} {self.unit}s, corrected over pairs by Holm"
        )
        differences = self.differences.drop(columns="undefined")
        as_p = dict.fromkeys(["p_value", "p_holm"], "{:.4f}".format)
        parts = [
            self.estimates.to_string(float_format="%.3f", na_rep="–"),
            differences.to_string(float_format="%.3f", na_rep="–", formatters=as_p),
        ]
        return "\n\n".join([head, *parts])

    def __repr__(self) -> str:
        return str(self)


def compare(
    systems: Any,
    y_true: Any = None,
    groups: Any = None,
    *,
    against: str | None = None,
    metrics: Sequence[str] | None = None,
    n_resamples: int = 2000,
    n_permutations: int = 10_000,
    confidence_level: float = 0.95,
    method: str = "expanded",
    random_state: int = 0,
    classes: Any = None,
) -> Comparison:
    """Compare systems on the same windows: differences, intervals and p-values, all by patient.

    Parameters
    ----------
    systems : EvaluationReport, or dict of str to EvaluationReport, Prediction or array-like
        A report, whose systems are compared; or at least two by name. A report in a dict stands for the
        classifier that it evaluated. A prediction has `y_pred` and `y_score`; an array-like is `y_pred`.
    y_true : array-like of shape (n_windows,), optional
        True label of each window; wanted where no report is given.
    groups : array-like of shape (n_windows,), optional
        Patient of each window. Where there is no report to tell, and it is missing, windows are
        resampled, and a warning says that this is too sure.
    against : str, optional
        Name of the system that each other one is held against; by default all pairs are compared.
    metrics : sequence of str, optional
        Figures, as in `bootstrap_by_patient`; by default the six that all systems have.
    n_resamples : int, default=2000
        How many times patients are drawn for the intervals.
    n_permutations : int, default=10000
        How many swaps are drawn for the p-values; where there are no more, all are taken.
    confidence_level : float, default=0.95
        Nominal coverage of each interval, between 0 and 1, not corrected for their number.
    method : {"expanded", "percentile", "bca"}, default="expanded"
        How intervals are made, as in `bootstrap_by_patient`.
    random_state : int, default=0
        Seed of draws and swaps. All systems meet the same draws.
    classes : array-like of shape (n_classes,), optional
        The labels in the order of the columns of `y_score`, where no report is given.

    Returns
    -------
    comparison : Comparison
        Figures of each system, and the differences.

    Raises
    ------
    ValueError
        If there are fewer than two systems, they were evaluated on different windows or patients, a name
        is unknown, a figure needs scores that a system lacks, or a parameter is out of range.
    TypeError
        If `systems` is neither a report nor a dict.

    Warns
    -----
    UserWarning
        If patients are unknown.

    See Also
    --------
    bootstrap_by_patient : The figures of one system.

    Notes
    -----
    The interval of a difference comes from the same resamples of patients for both systems, so what
    makes a patient hard for both cancels out.

    The p-value asks: if the names of two systems were swapped at random, patient by patient, how often
    would the difference of the pooled figures be as large? All swaps are tried where there are no more
    than `n_permutations` (half of them, since the other half only turns the sign). For areas under
    curves, scores are ranked within each system first, so that scales may differ [1]_. P-values are
    corrected over the pairs, metric by metric [2]_.

    References
    ----------
    .. [1] A. I. Bandos, H. E. Rockette, D. Gur (2005). A permutation test sensitive to differences in
       areas for comparing ROC curves from a paired design. Statistics in Medicine 24(18), 2873-2893.
       https://doi.org/10.1002/sim.2149
    .. [2] S. Holm (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal
       of Statistics 6(2), 65-70. https://www.jstor.org/stable/4615733

    Examples
    --------
    One system is right throughout, the other wrong in one of four windows of each of five patients. Of
    the 32 ways to swap, only none and all make a difference that large, so p is 2 / 32:

    >>> from sklearn_eeg.evaluation import compare
    >>> y_true, patients = [0, 0, 1, 1] * 5, [patient for patient in "abcde" for _ in range(4)]
    >>> systems = {"good": y_true, "fair": [0, 1, 1, 1] * 5}
    >>> table = compare(systems, y_true, patients, metrics=["accuracy"]).to_frame()
    >>> table[["difference", "low", "high", "p_value"]]
                             difference   low  high  p_value
    metric   system against
    accuracy good   fair           0.25  0.25  0.25   0.0625
    """
    check_resampling(n_resamples, confidence_level, method)
    if n_permutations < 1:
        raise ValueError(f"`n_permutations` must be at least 1, got {n_permutations!r}.")
    coded, patients_known = _collect(systems, y_true, groups, classes)
    pairs = _pair(list(coded), against)
    names = _check_metrics(metrics, coded)
    if not patients_known:
        warnings.warn(WINDOWS_AS_UNITS, UserWarning, stacklevel=2)
    how: dict[str, Any] = {"method": method, "confidence_level": confidence_level}
    estimates, differences = _resample(coded, pairs, names, n_resamples, random_state, how)
    tests = [
        swap_test(coded[a], coded[b], names, n_permutations=n_permutations, random_state=random_state)
        for a, b in pairs
    ]
    p_values = np.array([p for p, _ in tests])
    corrected = np.column_stack([holm(column) for column in p_values.T])
    index = [(name, *pair) for name in names for pair in pairs]
    values = np.stack([*differences[:3], p_values, corrected, differences[3]], axis=2)
    table = pd.DataFrame(
        values.transpose(1, 0, 2).reshape(len(index), -1),
        index=pd.MultiIndex.from_tuples(index, names=["metric", "system", "against"]),
        columns=_COLUMNS,
    )
    return Comparison(
        estimates=pd.DataFrame(estimates, pd.Index(list(coded), name="system"), names),
        differences=table.astype({"undefined": int}),
        n_units=next(iter(coded.values())).n_units,
        unit="patient" if patients_known else "window",
        exact=tests[0][1],
        **how,
    )


def _collect(systems: Any, y_true: Any, groups: Any, classes: Any) -> tuple[dict[str, Coded], bool]:
    """Return the predictions of each system as numbers, and whether patients are known."""
    if not _is_report(systems) and not isinstance(systems, Mapping):
        raise TypeError(
            f"`systems` must be an EvaluationReport or a dict of systems, got {type(systems).__name__}."
        )
    if _is_report(systems):
        reports, said = {systems.name: systems}, dict(systems.predictions)
    else:
        reports = {str(name): system for name, system in systems.items() if _is_report(system)}
        said = {str(name): system for name, system in systems.items()}
        said |= {name: report.predictions[report.name] for name, report in reports.items()}
    if len(said) < 2:
        raise ValueError(f"`systems` must hold at least two systems to compare, got {list(said)}.")
    if reports:
        y_true, groups, classes = _share(reports, y_true, groups, classes)
    if y_true is None:
        raise ValueError("`y_true` must be given where no system is an EvaluationReport, got None.")
    labels = [y_true, *(getattr(system, "y_pred", system) for system in said.values())]
    if classes is None:
        classes = np.unique(np.concatenate([column_or_1d(each) for each in labels]))
    coded = {name: _code(name, system, y_true, groups, classes) for name, system in said.items()}
    return coded, groups is not None


def _code(name: str, system: Any, y_true: Any, groups: Any, classes: Any) -> Coded:
    y_pred, y_score = getattr(system, "y_pred", system), getattr(system, "y_score", None)
    try:
        return code_predictions(y_true, y_pred, groups, y_score, classes)
    except ValueError as error:
        raise ValueError(f"System {name!r} cannot be compared: {error}") from error


def _is_report(system: Any) -> bool:
    return hasattr(system, "predictions") and hasattr(system, "y_true")


def _share(reports: dict[str, Any], y_true: Any, groups: Any, classes: Any) -> tuple[Any, Any, Any]:
    """Return what all reports, and the user, say of the windows; refuse them where they differ."""
    shared = []
    for what, attribute, given in (
        ("true labels", "y_true", y_true),
        ("patients", "groups", groups),
        ("classes", "classes", classes),
    ):
        known = getattr(next(iter(reports.values())), attribute) if given is None else given
        for name, report in reports.items():
            own = getattr(report, attribute)
            if own is None and (known is None or given is not None):
                continue
            if known is None or own is None or not np.array_equal(np.asarray(known), np.asarray(own)):
                raise ValueError(
                    f"`systems` must be evaluated on the same windows, but the {what} of {name!r} are not "
                    "those of the others: evaluate all on one data set, as by `beside` in `evaluate`."
                )
        shared.append(known)
    return shared[0], shared[1], shared[2]


def _pair(names: list[str], against: str | None) -> list[tuple[str, str]]:
    if against is None:
        return list(combinations(names, 2))
    if against not in names:
        raise ValueError(f"`against` must be one of {names}, got {against!r}.")
    return [(name, against) for name in names if name != against]


def _check_metrics(metrics: Sequence[str] | None, coded: dict[str, Coded]) -> list[str]:
    checked = [check_metrics(metrics, system, repr(name)) for name, system in coded.items()]
    return [name for name in checked[0] if all(name in names for names in checked)]


def _resample(
    coded: dict[str, Coded],
    pairs: list[tuple[str, str]],
    names: list[str],
    n_resamples: int,
    random_state: int,
    how: dict[str, Any],
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return figures (n_systems, n_metrics), and differences, limits and gaps (n_pairs, n_metrics)."""
    sums = {name: PatientSums(system, names) for name, system in coded.items()}
    rows = min(each.rows_per_block for each in sums.values())
    n_units = next(iter(coded.values())).n_units

    def compute(blocks: Any) -> dict[str, np.ndarray]:
        parts = [[figures(each.weigh(block), names) for each in sums.values()] for block in blocks]
        return dict(zip(sums, map(np.concatenate, zip(*parts, strict=True)), strict=True))

    whole = compute([np.ones((1, n_units))])
    drawn = compute(draw_units(n_units, n_resamples, random_state, rows))
    left_out = compute(leave_one_out(n_units, rows)) if how["method"] == "bca" else None
    support = next(iter(sums.values())).support(names)
    found = []
    for a, b in pairs:
        difference, replicates = (whole[a] - whole[b])[0], drawn[a] - drawn[b]
        without = None if left_out is None else left_out[a] - left_out[b]
        limits = interval(difference, replicates, n_units=support, left_out=without, **how)
        found.append([difference, *limits, np.isnan(replicates).sum(axis=0)])
    columns = [np.array(column) for column in zip(*found, strict=True)]
    return np.concatenate(list(whole.values())), columns
