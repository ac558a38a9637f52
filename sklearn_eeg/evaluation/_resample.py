"""Draws of patients with replacement, and intervals from the figures of the draws."""

import numbers
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import t as student

METHODS = ("percentile", "bca", "expanded")


class Interval(NamedTuple):
    """A figure with the limits of its confidence interval."""

    estimate: float
    """The figure of the data."""
    low: float
    """Lower limit, NaN where there is none."""
    high: float
    """Upper limit, NaN where there is none."""
    undefined: int
    """In how many resamples the figure had no value."""


def draw_units(
    n_units: int, n_resamples: int, random_state: Any, rows_per_block: int
) -> Iterator[np.ndarray]:
    """Draw units with replacement, as many as there are, many times; yield how often each was drawn.

    Parameters
    ----------
    n_units : int
        How many patients there are.
    n_resamples : int
        How many draws to make.
    random_state : int, Generator or None
        Seed, or source of randomness.
    rows_per_block : int
        How many draws to yield at a time.

    Yields
    ------
    weights : float64 ndarray of shape (n_rows, n_units)
        Counts, each row summing to `n_units`.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._resample import draw_units
    >>> [block.sum(axis=1).tolist() for block in draw_units(4, 3, 0, 2)]
    [[4.0, 4.0], [4.0]]
    """
    rng = np.random.default_rng(random_state)
    for first in range(0, n_resamples, rows_per_block):
        n_rows = min(rows_per_block, n_resamples - first)
        drawn = rng.integers(n_units, size=(n_rows, n_units)) + n_units * np.arange(n_rows)[:, np.newaxis]
        counts = np.bincount(drawn.ravel(), minlength=n_rows * n_units)
        yield counts.reshape(n_rows, n_units).astype(np.float64)


def leave_one_out(n_units: int, rows_per_block: int) -> Iterator[np.ndarray]:
    """Yield weights in which every unit in turn counts nothing and each other once.

    Parameters
    ----------
    n_units : int
        How many patients there are.
    rows_per_block : int
        How many rows to yield at a time.

    Yields
    ------
    weights : float64 ndarray of shape (n_rows, n_units)
        Zeros and ones.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._resample import leave_one_out
    >>> next(leave_one_out(3, 2)).tolist()
    [[0.0, 1.0, 1.0], [1.0, 0.0, 1.0]]
    """
    for first in range(0, n_units, rows_per_block):
        last = min(n_units, first + rows_per_block)
        weights = np.ones((last - first, n_units))
        weights[np.arange(last - first), np.arange(first, last)] = 0
        yield weights


def interval(
    estimate: np.ndarray,
    replicates: np.ndarray,
    *,
    method: str,
    confidence_level: float,
    n_units: int | np.ndarray,
    left_out: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the limits of bootstrap confidence intervals.

    Parameters
    ----------
    estimate : ndarray of shape (n_figures,)
        The figures of the data.
    replicates : ndarray of shape (n_resamples, n_figures)
        The figures of the resamples; NaN where undefined, which are left out.
    method : {"percentile", "bca", "expanded"}
        Percentiles of the replicates; bias-corrected and accelerated ones [1]_; or percentiles further
        out, as far as Student's t with a small number of patients asks [2]_.
    confidence_level : float
        Between 0 and 1.
    n_units : int, or int ndarray of shape (n_figures,)
        On how many patients the figures, or each of them, rest: those that have the class, where there is
        one.
    left_out : ndarray of shape (n_patients, n_figures), optional
        The figures without each unit in turn, for ``"bca"``.

    Returns
    -------
    low, high : ndarray of shape (n_figures,)
        The limits; NaN with fewer than two patients, or where more than half of the resamples have no
        value.

    Notes
    -----
    With :math:`\alpha` half of the rest of the confidence, n patients, and :math:`\Phi` the normal
    distribution, ``"expanded"`` takes the percentiles :math:`\alpha' = \Phi(\sqrt{n/(n-1)}\,
    t_{\alpha, n-1})` and :math:`1 - \alpha'`. A figure that is the same in all resamples has an
    interval of no width.

    References
    ----------
    .. [1] B. Efron (1987). Better bootstrap confidence intervals. Journal of the American Statistical
       Association 82(397), 171-185. https://doi.org/10.1080/01621459.1987.10478410
    .. [2] T. C. Hesterberg (2015). What teachers should know about the bootstrap. The American
       Statistician 69(4), 371-386. https://doi.org/10.1080/00031305.2015.1089789

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._resample import interval
    >>> replicates = np.arange(101.0)[:, np.newaxis]
    >>> interval(np.array([50.0]), replicates, method="percentile", confidence_level=0.9, n_units=9)
    (array([5.]), array([95.]))
    """
    low, high = np.full((2, len(estimate)), np.nan)
    half = (1 - confidence_level) / 2
    for column, (value, n) in enumerate(np.broadcast(estimate, n_units)):
        drawn = replicates[:, column]
        drawn = drawn[~np.isnan(drawn)]
        if n < 2 or np.isnan(value) or 2 * len(drawn) < len(replicates):
            continue
        tails = np.array([half, 1 - half])
        if method == "expanded":
            outer = ndtr(np.sqrt(n / (n - 1)) * student.ppf(half, n - 1))
            tails = np.array([outer, 1 - outer])
        elif method == "bca" and left_out is not None:
            tails = _bca_tails(value, drawn, left_out[:, column], tails)
        low[column], high[column] = np.quantile(drawn, tails)
    return low, high


def _bca_tails(value: float, drawn: np.ndarray, left_out: np.ndarray, tails: np.ndarray) -> np.ndarray:
    """Return the corrected percentiles; a share of 0 or 1 below the estimate counts as half a draw."""
    share = (np.mean(drawn < value) + np.mean(drawn <= value)) / 2
    bias = ndtri(np.clip(share, 0.5 / len(drawn), 1 - 0.5 / len(drawn)))
    defined = left_out[~np.isnan(left_out)]
    away = defined.sum() / max(len(defined), 1) - defined
    spread = np.sum(away**2) ** 1.5
    skew = np.sum(away**3) / (6 * spread) if spread > 0 else 0.0
    shifted = bias + ndtri(tails)
    return ndtr(bias + shifted / (1 - skew * shifted))


def check_resampling(n_resamples: int, confidence_level: float, method: str, *, lowest: int = 1) -> None:
    """Raise a ValueError if a parameter of the resampling is out of range."""
    if not isinstance(n_resamples, numbers.Integral) or n_resamples < lowest:
        raise ValueError(f"`n_resamples` must be an integer of at least {lowest}, got {n_resamples!r}.")
    if not isinstance(confidence_level, numbers.Real) or not 0 < confidence_level < 1:
        raise ValueError(f"`confidence_level` must lie between 0 and 1, got {confidence_level!r}.")
    if method not in METHODS:
        raise ValueError(f"`method` must be one of {list(METHODS)}, got {method!r}.")
