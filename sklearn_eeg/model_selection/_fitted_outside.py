"""Traces of steps that were fitted on all windows, outside the folds."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import StackingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection._split import GroupsConsumerMixin

from ._leakage_report import Finding
from ._parts import iterate_parts
from ._tell import clone_told

_FEWEST_WINDOWS = 10  # of which a table can be said to be scaled
_FEW_COLUMNS = 8
_FEW_CHANNELS = 2
_FEW_WINDOWS = 100
_MOST_COLUMNS_TO_WHITEN = 2000
_WINDOWS_OF_AUTO = 10_000  # from which scikit-learn's early_stopping="auto" stops early
_EXACT = 1e-5  # in units of the standard deviation or range


def find_scaling(X: np.ndarray) -> list[Finding]:
    """Say whether `X` looks as if it had been scaled on all windows at once.

    Parameters
    ----------
    X : ndarray of shape (n_windows, n_columns) or (n_windows, n_channels, n_times)
        Features or windows. Windows with NaN or infinity are left out.

    Returns
    -------
    findings : list of Finding
        None or one, an error.

    Notes
    -----
    Looked for are: mean 0 and variance 1, median 0 and interquartile range 1, smallest value 0 (or -1)
    and largest 1, each in every column that is not constant, or in every channel; and columns of mean 0
    without any correlation. To a hundred-thousandth, none of these comes by chance. A trace that each window
    shows by itself, as a whole or in each of its channels, is no leak and not told.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.model_selection._fitted_outside import find_scaling
    >>> X = np.random.default_rng(0).normal(size=(50, 3))
    >>> find_scaling(X)
    []
    >>> find_scaling((X - X.mean(axis=0)) / X.std(axis=0))[0].kind
    'fitted_outside'
    """
    usable = np.isfinite(X).reshape(len(X), -1).all(axis=1)
    X = X if usable.all() else X[usable]
    if len(X) < _FEWEST_WINDOWS:
        return []
    found = [("column", trace) for trace in _find_trace(X.reshape(len(X), -1))]
    if X.ndim == 3 and not found:
        varying = np.flatnonzero(np.ptp(X, axis=(0, 2)) > 0)[:_FEW_CHANNELS]
        if _find_trace(_by_channel(X[:, varying])):  # a few first: all of them are a copy of X
            found = [("channel", trace) for trace in _find_trace(_by_channel(X))]
    found = [(unit, trace) for unit, trace in found if not _shows_alone(X, _TRACES[trace][0])]
    return [
        Finding(
            "fitted_outside",
            "error",
            f"Every {unit} of X has {trace} over all windows, as {_TRACES[trace][1]} leaves it when fitted "
            "on train and test together: hand over X as it was, and put the step into a Pipeline.",
            np.flatnonzero(usable),
        )
        for unit, trace in found
    ]


def find_in_estimator(estimator: Any, n_windows: int, *, has_patients: bool) -> list[Finding]:
    """Say which parts of an estimator know what no fold taught them, or split inside without patients.

    Parameters
    ----------
    estimator : estimator
        The system that is to be evaluated.
    n_windows : int
        Number of all windows.
    has_patients : bool
        Whether the patients are known; else splits inside are not looked at.

    Returns
    -------
    findings : list of Finding
        Errors for frozen parts fitted on as many windows as there are, warnings for other frozen parts and
        for splits that mix patients, a note for parts that are fitted already.

    Examples
    --------
    >>> from sklearn.frozen import FrozenEstimator
    >>> from sklearn.svm import SVC
    >>> from sklearn_eeg.model_selection._fitted_outside import find_in_estimator
    >>> svm = SVC().fit([[0.0], [1.0]], [0, 1])
    >>> [finding.kind for finding in find_in_estimator(FrozenEstimator(svm), 9, has_patients=False)]
    ['frozen']
    """
    parts = list(iterate_parts(estimator, closed=_is_frozen))
    findings = [_describe_frozen(part.estimator, n_windows) for part in parts if _is_frozen(part)]
    if not findings:
        findings.extend(_find_fitted(estimator))
    if has_patients:
        model, untold = clone_told(estimator)
        for part in iterate_parts(model, closed=_is_frozen):
            told = all(part is not each for each in untold)
            findings.extend(_find_split_inside(part, n_windows, told=told))
    return findings


def _is_frozen(part: Any) -> bool:
    return isinstance(part, FrozenEstimator)


def _find_trace(table: np.ndarray) -> list[str]:
    """Return the trace that all columns show, if any, looking at a few columns first."""
    columns = np.flatnonzero(np.ptp(table, axis=0) > 0)
    for trace, (is_so, _) in _TRACES.items():
        few = table[:, columns[:_FEW_COLUMNS]].astype(float)
        if len(columns) and is_so(few) and is_so(table[:, columns].astype(float)):
            return [trace]
    return []


def _by_channel(X: np.ndarray) -> np.ndarray:
    return np.moveaxis(X, 1, -1).reshape(-1, X.shape[1])


def _shows_alone(X: np.ndarray, is_so: Callable[[np.ndarray], bool]) -> bool:
    """Say whether each window (of some) shows a trace by itself, which then tells nothing of the others."""
    chosen = np.unique(np.linspace(0, len(X) - 1, _FEW_WINDOWS).astype(int))
    some = X[chosen].astype(float).reshape(len(chosen), -1, X.shape[-1])
    windows = [window for window in some if np.ptp(window) > 0]
    as_wholes = (window.reshape(-1, 1) for window in windows)
    by_channel = (window[np.ptp(window, axis=1) > 0].T for window in windows)
    return all(map(is_so, as_wholes)) or all(map(is_so, by_channel))


def _describe_frozen(inside: Any, n_windows: int) -> Finding:
    name = type(inside).__name__
    seen = {getattr(part, "n_samples_seen_", None) for part in _unroll(inside)}
    seen |= {len(fitted) for part in _unroll(inside) if (fitted := getattr(part, "_fit_X", None)) is not None}
    if n_windows in {int(np.max(each)) for each in seen if each is not None}:
        return Finding(
            "frozen",
            "error",
            f"The frozen {name} was fitted on {n_windows} windows, as many as there are: it has seen the "
            "test windows of every fold. Pass it without FrozenEstimator, so that each fold fits it.",
            np.arange(n_windows),
        )
    return Finding(
        "frozen",
        "warning",
        f"The frozen {name} is not fitted in the folds, and it does not tell on which windows it was: if any "
        "of these patients were among them, pass it without FrozenEstimator.",
    )


def _unroll(inside: Any) -> list[Any]:
    """Return an estimator and its fitted parts."""
    steps = [each for _, step in getattr(inside, "steps", []) for each in _unroll(step)]
    return [inside, *steps]


def _find_fitted(estimator: Any) -> list[Finding]:
    for part in iterate_parts(estimator):
        if not any(name.endswith("_") and not name.startswith("_") for name in vars(part)):
            continue
        name = type(part).__name__
        return [
            Finding(
                "fitted",
                "note",
                f"The {name} is fitted already. Evaluation fits a clone in each fold, so this does no harm "
                "unless it is used as it is, or was chosen by its scores on these windows: of the winner of "
                "a search, pass the search itself.",
            )
        ]
    return []


def _find_split_inside(part: Any, n_windows: int, *, told: bool) -> list[Finding]:
    name, cv = type(part).__name__, getattr(part, "cv", None)
    if isinstance(part, StackingClassifier) and cv != "prefit":
        what, repair = "fits its last stage by folds", "use a stack that takes `groups`"
    elif isinstance(part, CalibratedClassifierCV) and part.ensemble is False:
        what, repair = "calibrates by folds", "pass ensemble=True, or use a calibration that takes `groups`"
    elif hasattr(cv, "get_n_splits") and not isinstance(cv, GroupsConsumerMixin):
        what, repair = f"splits by {type(cv).__name__}", "give it cv=PatientKFold()"
    elif not told:
        what, repair = _describe_untold(cv)
    elif _stops_early(part, n_windows):
        what, repair = "stops early by a share of windows", "pass early_stopping=False"
    else:
        return []
    return [
        Finding(
            "inner_split",
            "warning",
            f"{name} {what} that mix the windows of a patient: what it chooses so is chosen for known "
            f"patients, not for new ones. Better {repair}.",
        )
    ]


def _describe_untold(cv: Any) -> tuple[str, str]:
    if isinstance(cv, float):
        return f"holds out {cv:.0%} of the windows", "give it a number of folds"
    return "stands where no patients are handed to it, and splits by folds", "search around the whole system"


def _stops_early(part: Any, n_windows: int) -> bool:
    """Say whether a part holds out some of its windows at random, to know when to stop."""
    asked = getattr(part, "early_stopping", False)
    asked = n_windows > _WINDOWS_OF_AUTO if asked == "auto" else asked
    return bool(asked and getattr(part, "validation_fraction", None))


def _is_standardised(table: np.ndarray) -> bool:
    variance, n = table.var(axis=0), len(table)
    varies = variance > 0
    if not varies.any():
        return False
    off = [np.abs(variance[varies] * factor - 1).max() for factor in (1, n / max(n - 1, 1))]
    return bool(np.abs(table.mean(axis=0)).max() < _EXACT and min(off) < _EXACT)


def _is_robustly_scaled(table: np.ndarray) -> bool:
    low, middle, high = np.percentile(table, [25, 50, 75], axis=0)
    return bool(np.abs(middle).max() < _EXACT and np.abs(high - low - 1).max() < _EXACT)


def _is_ranged(table: np.ndarray) -> bool:
    low, high = table.min(axis=0), table.max(axis=0)
    if ((table == low) | (table == high)).all():  # yes and no, not a range
        return False
    to_one = np.abs(high - 1).max() < _EXACT
    return bool(to_one and min(np.abs(low).max(), np.abs(low + 1).max()) < _EXACT)


def _is_rotated(table: np.ndarray) -> bool:
    n, n_columns = table.shape
    if not 2 <= n_columns <= min(_MOST_COLUMNS_TO_WHITEN, n - 2):
        return False
    spread = table.std(axis=0)
    if (np.abs(table.mean(axis=0)) > _EXACT * spread).any():
        return False
    correlation = (table / spread).T @ (table / spread) / n
    return bool(np.abs(correlation - np.diag(np.diag(correlation))).max() < _EXACT)


_TRACES: dict[str, tuple[Callable[[np.ndarray], bool], str]] = {
    "mean 0 and variance 1": (_is_standardised, "StandardScaler"),
    "median 0 and interquartile range 1": (_is_robustly_scaled, "RobustScaler"),
    "the same smallest value and the largest value 1": (_is_ranged, "MinMaxScaler"),
    "mean 0 and no correlation with any other": (_is_rotated, "PCA"),
}
