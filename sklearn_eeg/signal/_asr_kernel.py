"""The loops of artifact subspace reconstruction: medians of windows, and what each stretch loses."""

import numpy as np

from ._catch22_order import quantiles
from ._kernel import kernel

_WIDTH = 32  # rows are filled up to a multiple of so many points, which go through vector registers


@kernel
def fill_medians(x: np.ndarray, windows: np.ndarray, out: np.ndarray) -> None:
    """Fill in the median of each channel of some windows.

    `x` is (n_windows, n_channels, n_times), `windows` holds indices, `out` is (n_windows, n_channels).
    """
    n_times = x.shape[2]
    work, codes = np.empty(n_times), np.empty(n_times, np.int64)
    for window in windows:
        for channel in range(x.shape[1]):
            out[window, channel] = quantiles(x[window, channel], n_times, 0.5, work, codes)[0]


@kernel
def fill_factors(
    vectors: np.ndarray, removed: np.ndarray, precision: np.ndarray, out: np.ndarray, factors: np.ndarray
) -> None:
    """Fill in the factors of 1 - R: with W the removed vectors, ``1 - R = W (W' P W)^-1 W' P``.

    `vectors`, in rows, are (n_stretches, n_channels, n_channels), `removed` (n_stretches, n_channels),
    `precision` is P, positive definite. Of `out` and `factors` as many rows are filled as vectors are
    removed: with W' and with the rest.
    """
    n_channels = len(precision)
    square = np.empty((n_channels, n_channels))
    for stretch in range(len(vectors)):
        count = 0
        for k in range(n_channels):
            if removed[stretch, k]:
                out[stretch, count] = vectors[stretch, k]
                count += 1
        rows, solution = out[stretch, :count], factors[stretch, :count]
        for a in range(count):
            solution[a] = 0.0
            for i in range(n_channels):
                for j in range(n_channels):
                    solution[a, j] += rows[a, i] * precision[i, j]
            for b in range(count):
                square[a, b] = 0.0
                for j in range(n_channels):
                    square[a, b] += solution[a, j] * rows[b, j]
        _solve(square, solution)


@kernel
def _solve(square: np.ndarray, solution: np.ndarray) -> None:
    """Solve a positive definite system, of as many equations as `solution` has rows, in place."""
    count = len(solution)
    for a in range(count):
        for b in range(a + 1, count):
            share = square[b, a] / square[a, a]
            for c in range(a, count):
                square[b, c] -= share * square[a, c]
            for j in range(solution.shape[1]):
                solution[b, j] -= share * solution[a, j]
    for a in range(count - 1, -1, -1):
        for b in range(a + 1, count):
            for j in range(solution.shape[1]):
                solution[a, j] -= square[a, b] * solution[b, j]
        for j in range(solution.shape[1]):
            solution[a, j] /= square[a, a]


@kernel
def subtract(
    x: np.ndarray,
    centre: np.ndarray,
    struck: np.ndarray,
    counts: np.ndarray,
    out: np.ndarray,
    factors: np.ndarray,
    edges: np.ndarray,
    weights: np.ndarray,
    cleaned: np.ndarray,
) -> None:
    """Subtract from `cleaned` what each struck stretch (a window, a stretch of it) loses of `x`.

    That is ``weight * out' factors (x - centre)``, by the rows that `counts` tells.
    """
    n_channels, width = x.shape[1], -(-weights.shape[1] // _WIDTH) * _WIDTH
    part, lost, row = np.zeros((n_channels, width)), np.zeros((n_channels, width)), np.empty(width)
    for s in range(len(struck)):
        window, stretch, count = struck[s, 0], struck[s, 1], counts[s]
        start, stop = edges[stretch], edges[min(stretch + 2, len(edges) - 1)]
        weight = weights[stretch, : stop - start]
        for channel in range(n_channels):
            given, middle = x[window, channel, start:stop], centre[window, channel]
            for t in range(given.size):
                part[channel, t] = given[t] - middle
        for k in range(count):
            _combine(factors[s, k], part, lost[k])
        for channel in range(n_channels):
            _combine(out[s, :count, channel], lost, row)
            target = cleaned[window, channel, start:stop]
            for t in range(target.size):
                target[t] -= weight[t] * row[t]


@kernel
def _combine(shares: np.ndarray, rows: np.ndarray, out: np.ndarray) -> None:
    """Fill in the sum of the first rows by their shares, four rows at a time."""
    last = len(shares) - 1
    out[:] = 0.0
    for i in range(0, len(shares), 4):
        j, k, m = min(i + 1, last), min(i + 2, last), min(i + 3, last)
        a = shares[i]
        b = shares[j] if j > i else 0.0
        c = shares[k] if k > j else 0.0
        d = shares[m] if m > k else 0.0
        first, second, third, fourth = rows[i], rows[j], rows[k], rows[m]
        for t in range(out.size):
            out[t] += a * first[t] + b * second[t] + c * third[t] + d * fourth[t]
