"""Canonical features of the signal turned into symbols."""

from functools import lru_cache

import numpy as np
import scipy.special

from ._catch22_order import extent, inner_edge, quantiles
from ._kernel import kernel

_FEWEST = 50  # points that a signal keeps when it is thinned out
_LOBES = 10  # of the low-pass filter's impulse response on either side, times the factor
_BETA = 5.0  # of its Kaiser window


@kernel
def stretches(z: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the longest runs of values above the mean and of steps that do not rise."""
    n = z.shape[1]
    for r in range(z.shape[0]):
        row = z[r]
        high = longest_high = 1 if row[0] > 1e-12 else 0
        falling = longest_falling = 0
        for i in range(1, n):
            high = high + 1 if row[i] > 1e-12 else 0
            falling = falling + 1 if row[i] <= row[i - 1] else 0
            longest_high = max(longest_high, high)
            longest_falling = max(longest_falling, falling)
        out[r, 0] = longest_high
        out[r, 1] = longest_falling


def pair_entropies(z: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the entropy of pairs of thirds, and the mutual information of fifths two points apart."""
    n = z.shape[1]
    thirds, fifths = np.empty((len(z), 3, 3), np.int64), np.empty((len(z), 5, 5), np.int64)
    count_thirds(z, np.full(len(z), n), thirds)
    occupied = (thirds > 0).sum(axis=(1, 2))
    out[:, 0] = _entropy(thirds) + np.maximum(occupied - 5, 0) / (2 * (n - 1))
    out[:, 1] = 0.0
    if n > 2:
        count_fifths(z, fifths)
        first, second = fifths.sum(axis=2), fifths.sum(axis=1)
        occupied = (fifths > 0).sum(axis=(1, 2)) - (first > 0).sum(axis=1) - (second > 0).sum(axis=1)
        out[:, 1] = _entropy(first) + _entropy(second) - _entropy(fifths) - (occupied + 1) / (2 * (n - 2))


def _entropy(counts: np.ndarray) -> np.ndarray:
    """Return the entropy of each row of counts, in nats."""
    counts = counts.reshape(len(counts), -1)
    return scipy.special.entr(counts / counts.sum(axis=1, keepdims=True)).sum(axis=1)


@kernel
def count_thirds(rows: np.ndarray, lengths: np.ndarray, tables: np.ndarray) -> None:
    """Count which third of the values follows which; only the first so many of each row are values."""
    codes, work = np.empty(rows.shape[1], np.int64), np.empty(rows.shape[1])
    for r in range(rows.shape[0]):
        n = lengths[r]
        lower, upper = quantiles(rows[r], n, 1.0 / 3.0, work, codes)
        for i in range(n):
            codes[i] = (1 if rows[r, i] > lower else 0) + (1 if rows[r, i] > upper else 0)
        _count_pairs(codes, n, 1, tables[r])


@kernel
def count_fifths(z: np.ndarray, tables: np.ndarray) -> None:
    """Count which fifth of the range stands two points after which."""
    n = z.shape[1]
    codes = np.empty(n, np.int64)
    for r in range(z.shape[0]):
        low, high = extent(z[r], n)
        e1, e2 = inner_edge(low, high, 5, 1), inner_edge(low, high, 5, 2)
        e3, e4 = inner_edge(low, high, 5, 3), inner_edge(low, high, 5, 4)
        for i in range(n):
            v = z[r, i]
            lower_codes = (1 if v >= e1 else 0) + (1 if v >= e2 else 0)
            codes[i] = lower_codes + (1 if v >= e3 else 0) + (1 if v >= e4 else 0)
        _count_pairs(codes, n, 2, tables[r])


@kernel
def _count_pairs(codes: np.ndarray, n: int, lag: int, table: np.ndarray) -> None:
    """Count the pairs of codes[:n] a lag apart.

    Two tables are filled in turn: increments of one cell wait for each other.
    """
    base = table.shape[0]
    other = np.zeros((base, base), np.int64)
    for a in range(base):
        for b in range(base):
            table[a, b] = 0
    for i in range(0, n - lag - 1, 2):
        table[codes[i], codes[i + lag]] += 1
        other[codes[i + 1], codes[i + 1 + lag]] += 1
    if (n - lag) % 2 == 1:
        table[codes[n - lag - 1], codes[n - 1]] += 1
    for a in range(base):
        for b in range(base):
            table[a, b] += other[a, b]


def thinning_factors(n_times: int, zero_lags: np.ndarray) -> np.ndarray:
    """Return by how much signals are thinned out: to the first zero, but not below 50 points."""
    return np.clip(zero_lags, 1, max(n_times // _FEWEST, 1)).astype(np.int64)


@lru_cache(maxsize=4096)
def low_pass(factor: int) -> np.ndarray:
    """Return half of the impulse response of a low-pass filter for thinning out, from its middle on.

    A sinc to its 10th zero under a Kaiser window of beta 5, of unit sum: what the usual polyphase
    resampling takes.
    """
    half = _LOBES * factor
    at = np.arange(half + 1)
    taps = np.sinc(at / factor) * np.i0(_BETA * np.sqrt(1.0 - (at / half) ** 2))
    taps /= taps[0] + 2 * taps[1:].sum()
    taps.flags.writeable = False
    return taps


def transition_variances(z: np.ndarray, zero_lags: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the variance of the columns of transition matrices of thirds, summed."""
    factors = thinning_factors(z.shape[1], zero_lags)
    used = np.unique(factors[factors > 1])
    filters = [low_pass(int(factor)) for factor in used]
    starts = np.zeros(factors.max() + 1, dtype=np.int64)
    starts[used] = np.cumsum([0] + [taps.size for taps in filters])[: used.size]
    thinned, lengths = np.empty_like(z), -(-z.shape[1] // factors)
    _thin(z, factors, np.concatenate([*filters, np.zeros(1)]), starts, thinned)
    tables = np.empty((len(z), 3, 3), np.int64)
    count_thirds(thinned, lengths, tables)
    shares = tables / (lengths - 1)[:, np.newaxis, np.newaxis]
    out[:, 0] = shares.var(axis=1, ddof=1).sum(axis=1)


@kernel
def _thin(z: np.ndarray, factors: np.ndarray, taps: np.ndarray, starts: np.ndarray, out: np.ndarray) -> None:
    """Write thinned signals, given the halves of the filters one after the other and where each starts."""
    n = z.shape[1]
    reach = _LOBES * (starts.size - 1)
    padded = np.zeros(n + 2 * reach)
    response = np.empty(2 * reach + 1)
    for r in range(z.shape[0]):
        factor = factors[r]
        half = _LOBES * factor if factor > 1 else 0
        response[0] = 1.0
        for k in range(half + 1 if factor > 1 else 0):
            response[half + k] = response[half - k] = taps[starts[factor] + k]
        for i in range(n):
            padded[reach + i] = z[r, i]
        for j in range((n + factor - 1) // factor):
            part = padded[reach + j * factor - half :]
            value = 0.0
            for k in range(2 * half + 1):
                value += response[k] * part[k]
            out[r, j] = value
