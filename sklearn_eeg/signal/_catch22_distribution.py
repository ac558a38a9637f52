"""Canonical features of the values: modes of histograms, and when large values occur."""

import math

import numpy as np

from ._catch22_order import bin_centre, extent, inner_edge, quantiles, select_between
from ._kernel import inline_kernel, kernel


@kernel
def histogram_modes(z: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the modes of histograms of 5 and of 10 equal bins."""
    above = np.empty(11)
    for r in range(z.shape[0]):
        low, high = extent(z[r], z.shape[1])
        for column in range(2):
            out[r, column] = _mode(z[r], low, high, 5 + 5 * column, above)


@kernel
def _mode(row: np.ndarray, low: float, high: float, n_bins: int, above: np.ndarray) -> float:
    """Return the middle of the fullest bin, the mean of them if several are.

    above[k] is the number of values in bin k or beyond.
    """
    above[0] = row.size
    above[n_bins] = 0.0
    for k in range(1, n_bins):
        edge = inner_edge(low, high, n_bins, k)
        count = 0
        for i in range(row.size):
            count += 1 if row[i] >= edge else 0
        above[k] = count
    fullest = total = ties = 0.0
    for k in range(n_bins):
        count_k = above[k] - above[k + 1]
        if count_k > fullest:
            fullest, total, ties = count_k, 0.0, 0.0
        if count_k == fullest:
            total += bin_centre(low, high, n_bins, k)
            ties += 1.0
    return total / ties


@kernel
def outlier_timing(z: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the timing of high and of low values."""
    n = z.shape[1]
    signed = np.empty(n)
    links = np.empty((4, n + 2), np.int64)
    for r in range(z.shape[0]):
        for column in range(2):
            sign = 1.0 - 2.0 * column
            for i in range(n):
                signed[i] = sign * z[r, i]
            out[r, column] = _timing_above(signed, links)


@kernel
def _timing_above(y: np.ndarray, links: np.ndarray) -> float:
    """Return the median over thresholds of the median time of the values at or above them.

    Thresholds are 0, 0.01, ... as long as the values at or above them, less one, are more than 2 % of
    those at or above 0. The time is that in a window from -1 to 1. Values are taken from a linked list
    in the order of the thresholds that they reach, while a pointer follows the median.
    """
    highest = extent(y, y.size)[1]
    if highest < 0.01:
        return 0.0
    before, after, level, order = links[0], links[1], links[2], links[3]
    n_levels = int(highest * 100.0) + 3
    stops = np.zeros(n_levels + 2, np.int64)
    n_inside = _link(y, before, after, level, stops)
    _sort_by_level(level, stops, order)
    medians = np.empty(n_levels)
    middle = after[0]
    for _ in range((n_inside - 1) // 2):
        middle = after[middle]
    count, taken, threshold = n_inside, y.size - n_inside, 0
    while threshold == 0 or (count - 1) * 100.0 > 2.0 * n_inside:
        upper = middle if count % 2 == 1 else after[middle]
        medians[threshold] = middle + upper
        threshold += 1
        for at in range(taken, stops[threshold]):
            point = order[at]
            middle = _step(middle, point, count, before, after)
            before[after[point]], after[before[point]] = before[point], after[point]
            count -= 1
        taken = stops[threshold]
    return select_between(medians, threshold, 0.5 * (threshold - 1)) / y.size - 1.0


@inline_kernel
def _step(middle: int, point: int, count: int, before: np.ndarray, after: np.ndarray) -> int:
    """Return the lower median once a point is taken out of so many."""
    following, preceding = after[middle], before[middle]
    if_even = following if point <= middle else middle
    if_odd = middle if point < middle else preceding
    return if_even if count % 2 == 0 else if_odd


@kernel
def _link(y: np.ndarray, before: np.ndarray, after: np.ndarray, level: np.ndarray, stops: np.ndarray) -> int:
    """Chain the times (from 1) of values not below 0, and count the values by level in stops[1:].

    The level of a value is the number of thresholds that it reaches: 0 for those below 0.
    """
    for i in range(y.size):
        reached = int(y[i] * 100.0)
        reached += 1 if y[i] >= (reached + 1) * 0.01 else 0
        reached -= 1 if y[i] < reached * 0.01 else 0
        level[i + 1] = reached + 1 if y[i] >= 0.0 else 0
    last, n_inside = 0, 0
    for i in range(1, y.size + 1):
        before[i], after[last] = last, i  # of those below 0, the next one corrects it
        last = i if level[i] > 0 else last
        n_inside += 1 if level[i] > 0 else 0
        stops[level[i] + 1] += 1
    after[last] = y.size + 1
    before[y.size + 1] = last
    return n_inside


@kernel
def _sort_by_level(level: np.ndarray, stops: np.ndarray, order: np.ndarray) -> None:
    """Write the times by level; stops[k], the start of level k as counted, becomes its end."""
    for k in range(1, stops.size):
        stops[k] += stops[k - 1]
    for point in range(1, level.size - 1):
        order[stops[level[point]]] = point
        stops[level[point]] += 1


@kernel
def embedding_misfit(z: np.ndarray, delays: np.ndarray, out: np.ndarray) -> None:
    """Fill out with how far the steps of the point (z[t], z[t + delay]) are from exponential in density.

    Steps all equal, to rounding, give 0.
    """
    n = z.shape[1]
    squares, steps, work = np.empty(n), np.empty(n), np.empty(n)
    codes = np.empty(n, np.int64)
    counts = np.empty(n + 1)
    for r in range(z.shape[0]):
        for i in range(n - 1):
            squares[i] = (z[r, i + 1] - z[r, i]) * (z[r, i + 1] - z[r, i])
        later = squares[int(delays[r]) :]
        count = n - 1 - int(delays[r])
        for i in range(count):
            steps[i] = math.sqrt(squares[i] + later[i])
        low, high = extent(steps, count)
        out[r, 0] = 0.0
        if high - low > 1e-9 * high:
            quartiles = quantiles(steps, count, 0.25, work, codes)
            n_bins = _number_of_bins(count, low, high, quartiles[1] - quartiles[0])
            out[r, 0] = _misfit(steps, count, low, high, n_bins, codes, counts)


@kernel
def _number_of_bins(n: int, low: float, high: float, spread: float) -> int:
    """Return Freedman and Diaconis's number, no fewer than Sturges's and no more than the values."""
    fewest = math.ceil(1.0 + math.log2(n))
    wanted = 0.5 * (high - low) * n ** (1.0 / 3.0) / spread if spread > 1e-9 * high else 0.0
    return int(min(max(math.ceil(wanted), fewest), n))


@kernel
def _misfit(
    steps: np.ndarray,
    n: int,
    low: float,
    high: float,
    n_bins: int,
    codes: np.ndarray,
    counts: np.ndarray,
) -> float:
    """Return the mean over bins of the distance between a density and the exponential one."""
    width = (high - low) / n_bins
    total = 0.0
    for i in range(n):
        total += steps[i]
        codes[i] = int((steps[i] - low) / width + 1e-6)
    for k in range(n_bins + 1):
        counts[k] = 0.0
    for i in range(n):
        counts[codes[i]] += 1.0
    counts[n_bins - 1] += counts[n_bins]
    mean = total / n
    misfit = 0.0
    for k in range(n_bins):
        own = width * (1.0 + 2e-6) if k == n_bins - 1 else width
        expected = math.exp(-bin_centre(low, high, n_bins, k) / mean) / mean
        misfit += abs(counts[k] / (n * own) - expected)
    return misfit / n_bins
