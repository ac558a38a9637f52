"""Sample, approximate and multiscale sample entropy of a signal.

Which points lie within the tolerance of one another is found once, by sorting, and told by ranks: small
integers, of which 32 are compared at once and without error.
"""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from ._kernel import kernel, log2
from ._ranks import N_CELLS, bound_neighbours, sort_row
from ._sweeps import Sweep

_LANES = 64  # to a multiple of which a list of templates is padded


@kernel
def set_tolerances(x: np.ndarray, share: float, out: np.ndarray) -> None:
    """Fill out with a share of each row's standard deviation; exactly 0 for a constant row."""
    n = x.shape[1]
    for r in range(x.shape[0]):
        row = x[r]
        peak = 0.0
        for i in range(n):
            peak = max(peak, abs(row[i]))
        scale = 1.0 if 1e-100 < peak < 1e100 else (2.0**-600 if peak > 1.0 else 2.0**600)
        first = row[0] * scale
        total = 0.0
        for i in range(n):
            total += row[i] * scale - first
        mean = total / n
        square = 0.0
        for i in range(n):
            deviation = (row[i] * scale - first) - mean
            square += deviation * deviation
        out[r] = share * math.sqrt(square / n) / scale


@kernel
def _entropy_of_templates(short: np.ndarray, long: np.ndarray) -> float:
    """Return the approximate entropy from the matches of each template, itself included."""
    shorter = longer = 0.0
    for i in range(short.size):
        shorter += log2(short[i] / short.size)
    for i in range(long.size):
        longer += log2(long[i] / long.size)
    return math.log(2.0) * (shorter / short.size - longer / long.size)


@kernel
def _count_near(
    ranks: np.ndarray, rows: tuple[int, int], start: int, n_first: int, bounds: np.ndarray
) -> tuple[int, int]:
    """Count those of `n_first` templates that lie near in one row of ranks, and in two.

    A rank is near if it is at most bounds[1] above bounds[0]; for the second row these are bounds[2] and
    bounds[3].
    """
    word = ranks.dtype.type
    one, other = ranks[rows[0], start:], ranks[rows[1], start:]
    limit, base, span, other_base, other_span = word(n_first), bounds[0], bounds[1], bounds[2], bounds[3]
    short = long = word(0)
    for q in range((n_first + _LANES - 1) // _LANES * _LANES):
        near = word(1) if word(q) < limit and word(one[q] - base) <= span else word(0)
        far = near if word(other[q] - other_base) <= other_span else word(0)
        short = word(short + near)
        long = word(long + far)
    return short, long


@kernel
def _mark_near(
    ranks: np.ndarray, start: int, n_first: int, low: np.ndarray, high: np.ndarray, points: np.ndarray
) -> None:
    """Set the last row of ranks to 0 where each of the points of a template lies near, else to 1."""
    word = ranks.dtype.type
    marks = ranks[ranks.shape[0] - 1, start : start + n_first]
    marks[:] = word(0)
    for k in range(points.size):
        row, base = ranks[k + 1, start : start + n_first], word(low[points[k]])
        span = word(high[points[k]] - 1 - low[points[k]])
        for q in range(n_first):
            marks[q] = marks[q] if word(row[q] - base) <= span else word(1)


@kernel
def _count_matches(
    order: np.ndarray,
    rank: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    ranks: np.ndarray,
    both: bool,
    short: np.ndarray,
    long: np.ndarray,
) -> None:
    """Fill short[i] and long[i] with how many templates of m and m + 1 points match the one at i.

    Row k of `ranks` holds the ranks of the points k after those in ascending order. With `both`, all
    templates count, itself included; else those of higher rank in the first point, and for the last
    template, which has no longer one, those of lower rank: so that it can be left out.
    """
    n, m = order.size, ranks.shape[0] - 2
    bounds = np.zeros(4, ranks.dtype)
    rows = (1 if m == 2 else m + 1, m)
    for p in range(n):
        i = order[p]
        if i > n - m:
            continue
        start, stop = low[p] if both else p + 1, high[p]
        if i == n - m and not both:
            start, stop = low[p], p
        if m == 2:
            q = rank[i + 1]
            bounds[0], bounds[1] = low[q], high[q] - 1 - low[q]
        elif m > 2:
            _mark_near(ranks, start, stop - start, low, high, rank[i + 1 : i + m])
        q = rank[min(i + m, n - 1)]
        bounds[2], bounds[3] = low[q], high[q] - 1 - low[q]
        b, a = _count_near(ranks, rows, start, stop - start, bounds)
        short[i] = b
        if i < n - m:
            long[i] = a


@kernel
def _match(x: np.ndarray, tolerances: np.ndarray, ranks: np.ndarray, both: bool, out: np.ndarray) -> None:
    """Fill out[:, 0] with sample entropy and, on demand, out[:, 1] with approximate entropy."""
    n, m = x.shape[1], ranks.shape[0] - 2
    values, order, rank = np.empty(n), np.empty(n, np.int32), np.empty(n, np.int32)
    cell_of, ends = np.empty(n, np.int32), np.empty(N_CELLS * n + 1, np.int32)
    low, high = np.empty(n + 1, np.int32), np.empty(n, np.int32)
    short, long = np.zeros(n - m + 1, np.int64), np.zeros(n - m, np.int64)
    none = ranks[0, n]
    for r in range(x.shape[0]):
        lowest, per_unit = sort_row(x[r], cell_of, ends, values, order)
        bound_neighbours(values, tolerances[r], lowest, per_unit, ends, low, high)
        for p in range(n):
            rank[order[p]] = p
        for k in range(1, m + 1):
            for p in range(n):
                ranks[k, p] = rank[order[p] + k] if order[p] + k < n else none
        _count_matches(order, rank, low, high, ranks, both, short, long)
        _finish(short, long, both, out[r])


@kernel
def _finish(short: np.ndarray, long: np.ndarray, both: bool, out: np.ndarray) -> None:
    """Fill out with the entropies from the matches of each template."""
    n = long.size
    a = b = 0
    for i in range(n):
        a += long[i]
        b += short[i]
    if both:  # each pair was counted twice but those with the last template; each with itself once
        a = (a - n) // 2
        b = (b - n - (short[n] - 1)) // 2
    else:
        b -= short[n]
    if a > 0 and b > 0:
        out[0] = -math.log(a / b)
    else:
        out[0] = math.log(0.5 * n * (n - 1)) if n > 1 else 0.0
    if both:
        out[1] = _entropy_of_templates(short, long)


def _match_rows(x: np.ndarray, tolerances: np.ndarray, m: int, both: bool, out: np.ndarray) -> None:
    """Fill out by `_match`; 0 where rows hold no template."""
    n = x.shape[1]
    if n <= m:
        out[:] = 0.0
        return
    dtype = np.uint16 if n < 2**16 - 1 else np.uint32
    ranks = np.full((m + 2, n + _LANES), np.iinfo(dtype).max, dtype)
    ranks[m + 1] = 0
    _match(x, tolerances, ranks, both, out)


@kernel
def _coarsen(x: np.ndarray, scale: int, out: np.ndarray) -> None:
    """Fill out with the means of successive stretches of `scale` points."""
    part = 2.0 ** -math.ceil(math.log2(scale))  # keeps sums from overflowing, and costs no digit
    for r in range(x.shape[0]):
        for i in range(out.shape[1]):
            total = 0.0
            for k in range(i * scale, (i + 1) * scale):
                total += x[r, k] * part
            out[r, i] = total / (scale * part)


def _run_matches(m: int, share: float, x: np.ndarray, out: np.ndarray) -> None:
    """Fill out with sample and approximate entropy."""
    tolerances = np.empty(len(x))
    set_tolerances(x, share, tolerances)
    _match_rows(x, tolerances, m, True, out)


def _run_multiscale(m: int, share: float, scales: Sequence[int], x: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the sample entropy of the signal at each scale."""
    tolerances, entropy = np.empty(len(x)), np.empty((len(x), 1))
    set_tolerances(x, share, tolerances)
    for column, scale in enumerate(scales):
        coarse = np.empty((len(x), x.shape[1] // scale))
        _coarsen(x, scale, coarse)
        _match_rows(coarse, tolerances, m, False, entropy)
        out[:, column] = entropy[:, 0]


def sample_entropy_sweeps(
    m: int = 2, tolerance: float = 0.2, scales: Sequence[int] = (2, 3, 4, 5)
) -> dict[str, Sweep]:
    """Return the table of entropies that compare templates.

    Parameters
    ----------
    m : int, default=2
        Number of points of a template.
    tolerance : float, default=0.2
        Largest distance of templates that match, in standard deviations of the signal.
    scales : sequence of int, default=(2, 3, 4, 5)
        Scales of multiscale sample entropy, in time points.

    Returns
    -------
    table : dict of str to Sweep
        Groups ``matches`` and, if there are scales, ``multiscale``.
    """
    table = {
        "matches": Sweep(("sample_entropy", "approximate_entropy"), partial(_run_matches, m, tolerance)),
    }
    if len(scales):
        names = tuple(f"multiscale_sample_entropy_{scale}" for scale in scales)
        table["multiscale"] = Sweep(names, partial(_run_multiscale, m, tolerance, tuple(scales)))
    return table
