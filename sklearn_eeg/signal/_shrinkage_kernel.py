"""Wavelet shrinkage of many signals: transform, thresholds and inverse transform, a few signals at a time.

The transform is that of ``_wavelet_kernel``, and so are the rows of coefficients. Its inverse puts together
``x[2 i + e] = sum_j g[2 j + e] a[i + n_pairs - 1 - j] + h[2 j + e] d[i + n_pairs - 1 - j]``, with filters of
n_pairs pairs of taps, padded with zeros at their beginning to a multiple of 4.
"""

import math

import numpy as np
import pywt

from ._kernel import kernel
from ._wavelet_kernel import LANES, transform

SURE, UNIVERSAL, BAYES = 0, 1, 2  # rules for the threshold
SOFT, HARD, GARROTE = 0, 1, 2  # what becomes of details
SLACK = 2 * LANES  # points that may be read beyond the coefficients
_MAD_OF_UNIT_NORMAL = 0.6744897501960817
_AT_ONCE = 4  # signals
_PAIRS = 4  # of taps, worked on at once
_BUCKETS = 1024  # magnitudes are sorted into: 64 for each of 16 octaves below the largest
_SHIFT = 46  # that leaves the exponent of a float64 and 6 bits of its mantissa
_ROUNDING = 1e-12  # of a threshold that is itself one of the magnitudes, as SURE's may be
_HUGE = 1e6  # of magnitudes over the noise level: only keeps squares finite


def inverse_filters(wavelet: str) -> np.ndarray:
    """Return the low-pass and the high-pass filter of the inverse transform, padded with zeros."""
    parts = pywt.Wavelet(wavelet)
    padded = -(-parts.rec_len // (2 * _PAIRS)) * 2 * _PAIRS
    filters = np.zeros((2, padded))
    filters[0, padded - parts.rec_len :] = parts.rec_lo
    filters[1, padded - parts.rec_len :] = parts.rec_hi
    return filters


@kernel
def shrink(
    x: np.ndarray, shape: np.ndarray, index: np.ndarray, weights: np.ndarray, half: int,
    filters: np.ndarray, starts: np.ndarray, inverse: np.ndarray, rule: int, mode: int, out: np.ndarray,
) -> None:  # fmt: skip
    """Fill rows of out with signals whose details were drawn towards 0; those with NaN become NaN."""
    n_rows, n_times = x.shape
    coefficients = np.zeros((_AT_ONCE, starts[-1] + SLACK))
    longest = 0
    for depth in range(len(shape)):
        longest = max(longest, shape[depth, 0], shape[depth, 1])
    pieces, sorting = np.zeros((4, longest + 2 * SLACK)), np.zeros((2, longest + SLACK))
    counts = np.zeros(_BUCKETS + 1, dtype=np.int64)
    for first in range(0, n_rows, _AT_ONCE):
        n = min(_AT_ONCE, n_rows - first)
        transform(x[first : first + n], shape, index, weights, half, filters, starts, coefficients[:n])
        for r in range(n):
            row = coefficients[r]
            if _holds_nan(row[: starts[-1]]):
                out[first + r] = np.nan
                continue
            _shrink_details(row, shape, starts, rule, mode, n_times, sorting, counts)
            _restore(row, shape, starts, inverse, pieces, out[first + r])


@kernel
def _holds_nan(row: np.ndarray) -> bool:
    total = 0.0
    for i in range(row.size):
        total += row[i] * 0.0
    return total != 0.0


@kernel
def _shrink_details(
    row: np.ndarray, shape: np.ndarray, starts: np.ndarray, rule: int, mode: int, n_times: int,
    sorting: np.ndarray, counts: np.ndarray,
) -> None:  # fmt: skip
    """Threshold the details of a row, from the finest, which tell the noise, to the coarsest."""
    level = len(shape)
    sigma = 0.0
    for depth in range(level):
        start, n = starts[level - depth], shape[depth, 1]
        details = row[start : start + n]
        if rule == SURE:
            ordered = _sort_magnitudes(details, sorting, counts)
        if depth == 0 and rule == SURE:
            sigma = 0.5 * (ordered[(n - 1) // 2] + ordered[n // 2]) / _MAD_OF_UNIT_NORMAL
        elif depth == 0:
            sigma = _median_magnitude(details, sorting, counts) / _MAD_OF_UNIT_NORMAL
        if sigma == 0.0:  # no noise
            return
        if rule == SURE:
            threshold = _sure(ordered, sigma, n_times)
        elif rule == UNIVERSAL:
            threshold = sigma * math.sqrt(2.0 * math.log(n_times))
        else:
            threshold = _bayes(details, sigma)
        _apply(details, threshold, mode)


@kernel
def _count(values: np.ndarray, magnitudes: np.ndarray, counts: np.ndarray) -> tuple[int, int]:
    """Fill in the magnitudes, and how many lie in buckets below each.

    Return the key of the lowest bucket, and how many the fullest holds.
    """
    keys = magnitudes.view(np.int64)
    largest = 0
    for i in range(values.size):
        magnitudes[i] = abs(values[i])
        largest = max(largest, keys[i])
    lowest = (largest >> _SHIFT) - (_BUCKETS - 1)
    counts[:] = 0
    for i in range(values.size):
        counts[max((keys[i] >> _SHIFT) - lowest, 0) + 1] += 1
    fullest = 0
    for bucket in range(_BUCKETS):
        fullest = max(fullest, counts[bucket + 1])
        counts[bucket + 1] += counts[bucket]
    return lowest, fullest


@kernel
def _sort(values: np.ndarray, distance: int) -> None:
    """Sort values that are at most so far from their places: by insertion, over wide gaps first (Shell)."""
    gap = 1
    while 9 * gap < distance:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, values.size):
            value, place = values[i], i
            while place >= gap and values[place - gap] > value:
                values[place] = values[place - gap]
                place -= gap
            values[place] = value
        gap //= 3


@kernel
def _sort_magnitudes(values: np.ndarray, sorting: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the magnitudes in ascending order: by buckets of like magnitude, then within these."""
    n = values.size
    magnitudes, ordered = sorting[0, :n], sorting[1, :n]
    keys = magnitudes.view(np.int64)
    lowest, fullest = _count(values, magnitudes, counts)
    for i in range(n):
        bucket = max((keys[i] >> _SHIFT) - lowest, 0)
        ordered[counts[bucket]] = magnitudes[i]
        counts[bucket] += 1
    _sort(ordered, fullest)
    return ordered


@kernel
def _median_magnitude(values: np.ndarray, sorting: np.ndarray, counts: np.ndarray) -> float:
    """Return the median of the magnitudes, having sorted only the buckets that hold it."""
    n = values.size
    magnitudes, some = sorting[0, :n], sorting[1, :n]
    keys = magnitudes.view(np.int64)
    lowest, _ = _count(values, magnitudes, counts)
    first = 0
    while counts[first + 1] <= (n - 1) // 2:
        first += 1
    last = first
    while counts[last + 1] <= n // 2:
        last += 1
    n_some = 0
    for i in range(n):
        some[n_some] = magnitudes[i]
        bucket = max((keys[i] >> _SHIFT) - lowest, 0)
        n_some += int(first <= bucket <= last)
    some = some[:n_some]
    _sort(some, n_some)
    below = counts[first]
    return 0.5 * (some[(n - 1) // 2 - below] + some[n // 2 - below])


@kernel
def _sure(ordered: np.ndarray, sigma: float, n_times: int) -> float:
    """Return the threshold of smallest risk by Stein's unbiased estimate, at most the universal one."""
    n = ordered.size
    best, least, total = 0.0, float(n), 0.0  # n is the risk of the threshold 0
    for i in range(n):
        value = min(ordered[i] / sigma, _HUGE)
        square = value * value
        total += square
        risk = n - 2 * (i + 1) + total + (n - i - 1) * square
        if risk < least:
            best, least = ordered[i], risk
    return min(best, sigma * math.sqrt(2.0 * math.log(n_times)))


@kernel
def _bayes(details: np.ndarray, sigma: float) -> float:
    """Return the variance of the noise over the standard deviation of the signal, infinite if that is 0."""
    square = 0.0
    for i in range(details.size):
        square += details[i] * details[i]
    signal = square / details.size - sigma * sigma
    return sigma * sigma / math.sqrt(signal) if signal > 0.0 else math.inf


@kernel
def _apply(details: np.ndarray, threshold: float, mode: int) -> None:
    """Draw details towards 0: by the threshold, not those above it, or less the larger they are."""
    if mode == SOFT:
        for i in range(details.size):
            details[i] -= min(max(details[i], -threshold), threshold)
    elif mode == HARD:
        least = threshold * (1.0 - _ROUNDING)
        for i in range(details.size):
            details[i] = details[i] if abs(details[i]) >= least else 0.0
    else:
        for i in range(details.size):
            kept = details[i] - threshold * (threshold / details[i])
            details[i] = kept if abs(details[i]) > threshold else 0.0


@kernel
def _restore(
    row: np.ndarray, shape: np.ndarray, starts: np.ndarray, inverse: np.ndarray, pieces: np.ndarray,
    out: np.ndarray,
) -> None:  # fmt: skip
    """Fill out with the signal that the coefficients in a row belong to."""
    level, n_pairs = len(shape), inverse.shape[1] // 2
    even, odd, low = pieces[0], pieces[1], row
    for depth in range(level - 1, -1, -1):
        high = row[starts[level - depth] :]
        n = shape[depth, 0]
        room = ((n + 1) // 2 + LANES - 1) // LANES * LANES
        for j in range(0, n_pairs, _PAIRS):
            place = n_pairs - _PAIRS - j
            if j == 0:
                even[:room] = 0.0
                odd[:room] = 0.0
            _add_four_pairs(low[place:], high[place:], inverse, 2 * j, even[:room], odd[:room])
        target = out if depth == 0 else pieces[2 + depth % 2]
        for i in range(n // 2):
            target[2 * i] = even[i]
            target[2 * i + 1] = odd[i]
        if n % 2 == 1:
            target[n - 1] = even[n // 2]
        low = target


@kernel
def _add_four_pairs(
    low: np.ndarray, high: np.ndarray, inverse: np.ndarray, j: int, even: np.ndarray, odd: np.ndarray
) -> None:
    """Add to the points of even and of odd place the sums over the eight taps from j on."""
    g0, g1, g2, g3 = inverse[0, j], inverse[0, j + 1], inverse[0, j + 2], inverse[0, j + 3]
    g4, g5, g6, g7 = inverse[0, j + 4], inverse[0, j + 5], inverse[0, j + 6], inverse[0, j + 7]
    h0, h1, h2, h3 = inverse[1, j], inverse[1, j + 1], inverse[1, j + 2], inverse[1, j + 3]
    h4, h5, h6, h7 = inverse[1, j + 4], inverse[1, j + 5], inverse[1, j + 6], inverse[1, j + 7]
    for i in range(even.size):
        a0, a1, a2, a3 = low[i + 3], low[i + 2], low[i + 1], low[i]
        d0, d1, d2, d3 = high[i + 3], high[i + 2], high[i + 1], high[i]
        even[i] += g0 * a0 + g2 * a1 + g4 * a2 + g6 * a3 + h0 * d0 + h2 * d1 + h4 * d2 + h6 * d3
        odd[i] += g1 * a0 + g3 * a1 + g5 * a2 + g7 * a3 + h1 * d0 + h3 * d1 + h5 * d2 + h7 * d3
