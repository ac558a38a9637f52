"""Canonical features of how fluctuations grow with the length of the piece looked at."""

import math
from functools import lru_cache

import numpy as np

from ._kernel import kernel

_LANES = 32  # signals worked on at once, value by value
_FEWEST_SCALES = 16


@lru_cache(maxsize=64)
def scales(n_times: int) -> np.ndarray:
    """Return the distinct roundings of 50 lengths from 5 to half the signal, evenly in their logarithm."""
    longest = max(n_times // 2, 5)
    lengths = np.unique(np.floor(np.exp(np.linspace(math.log(5), math.log(longest), 50)) + 0.5))
    lengths.flags.writeable = False
    return lengths.astype(np.int64)


def scaling_breaks(z: np.ndarray, out: np.ndarray) -> None:
    """Fill out with where the scaling of the range and of the deviation breaks; 1 for too few scales."""
    thinned = np.ascontiguousarray(z[:, ::2])
    for column, (signals, take_range) in enumerate([(z, True), (thinned, False)]):
        lengths = scales(signals.shape[1])
        if lengths.size < _FEWEST_SCALES:
            out[:, column] = 1.0
            continue
        squares = np.empty((len(z), lengths.size))
        _fluctuations(signals, lengths, take_range, squares)
        out[:, column] = _break_points(squares, np.log2(lengths))


@kernel
def _fluctuations(z: np.ndarray, lengths: np.ndarray, take_range: bool, out: np.ndarray) -> None:
    """Fill out with the mean squared range, or squares, of the residuals of lines in pieces of a walk."""
    n = z.shape[1]
    walk = np.zeros((n, _LANES))
    line = np.empty((4, _LANES))
    total = np.empty(_LANES)
    for start in range(0, z.shape[0], _LANES):
        width = min(_LANES, z.shape[0] - start)
        for w in range(width):
            position = 0.0
            for i in range(n):
                position += z[start + w, i]
                walk[i, w] = position
        for k in range(lengths.size):
            length = lengths[k]
            n_pieces = n // length
            for w in range(_LANES):
                total[w] = 0.0
            for piece in range(n_pieces):
                part = walk[piece * length : (piece + 1) * length]
                _fit_lines(part, line)
                if take_range:
                    _add_ranges(part, line, total)
                else:
                    _add_squares(line, length, total)
            for w in range(width):
                out[start + w, k] = total[w] / n_pieces


@kernel
def _fit_lines(part: np.ndarray, line: np.ndarray) -> None:
    """Write mean (from the first value), slope and sums of squares of the lanes of a piece."""
    length = part.shape[0]
    for w in range(_LANES):
        line[0, w] = line[1, w] = line[2, w] = 0.0
    middle = 0.5 * (length - 1)
    for i in range(length):
        at = i - middle
        for w in range(_LANES):
            v = part[i, w] - part[0, w]
            line[0, w] += v
            line[1, w] += at * v
            line[2, w] += v * v
    norm = length * (length * length - 1.0) / 12.0
    for w in range(_LANES):
        line[0, w] /= length
        line[1, w] /= norm


@kernel
def _add_ranges(part: np.ndarray, line: np.ndarray, total: np.ndarray) -> None:
    """Add the squared ranges of the residuals of the lanes of a piece."""
    for w in range(_LANES):
        line[2, w] = np.inf
        line[3, w] = -np.inf
    for i in range(part.shape[0]):
        for w in range(_LANES):
            residual = part[i, w] - i * line[1, w]
            line[2, w] = residual if residual < line[2, w] else line[2, w]
            line[3, w] = residual if residual > line[3, w] else line[3, w]
    for w in range(_LANES):
        total[w] += (line[3, w] - line[2, w]) ** 2


@kernel
def _add_squares(line: np.ndarray, length: int, total: np.ndarray) -> None:
    """Add the mean squared residuals of the lanes of a piece."""
    spread = (length * length - 1.0) / 12.0
    for w in range(_LANES):
        square = line[2, w] / length - line[0, w] * line[0, w] - spread * line[1, w] * line[1, w]
        total[w] += max(square, 0.0)


def _break_points(squares: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the share of scales in the first of two lines that fit best, in logarithms.

    The lines share a point; each has at least 8 scales and a quarter of them.
    """
    n = x.size
    fewest = max(8, (n + 2) // 4)
    splits = np.arange(fewest, n - fewest + 1)
    y = np.log2(np.maximum(squares, 1e-300))
    x, y = x - x.mean(), y - y.mean(axis=1, keepdims=True)
    misfit = _misfit(x, y)[:, splits - 1] + _misfit(x[::-1], y[:, ::-1])[:, n - splits]
    return splits[misfit.argmin(axis=1)] / n


def _misfit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the sums of squared residuals of lines through the first 1, 2, ... points."""
    count = np.arange(1, x.size + 1)
    u, v = np.cumsum(x), np.cumsum(y, axis=1)
    uu = np.cumsum(x * x) - u * u / count
    uv = np.cumsum(x * y, axis=1) - u * v / count
    vv = np.cumsum(y * y, axis=1) - v * v / count
    uu[0] = 1.0
    return vv - uv * uv / uu
