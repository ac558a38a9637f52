"""Detrended fluctuation analysis, and what it shares with other methods of scaling.

Running sums depend on one another along a row and so cannot use vector registers there. They are kept in
lanes, arrays (n_times, n_lanes) with one row of the signals a column; further steps go across the lanes.
"""

import math

import numpy as np

from ._kernel import as_rows, kernel

_LANES = 32

_SHORTEST = 4
_FACTOR = 1.2
_LONGEST_SHARE = 0.1
_DOUBTFUL = 1e6 * 2.0**-52  # sums of squares that are a smaller share of the running sums are recomputed
_ROUNDING = 1e-13  # squares that are a smaller share of those about the box's first point are rounding


@kernel
def _mean_from_first(row: np.ndarray) -> float:
    """Return the mean of a row less its first value: exactly 0 for a flat one."""
    total = 0.0
    for i in range(row.size):
        total += row[i] - row[0]
    return total / row.size


@kernel
def fill_profiles(x: np.ndarray, first_row: int, profiles: np.ndarray) -> None:
    """Fill profiles (n_times + 1, n_lanes), from 0 on, with the running sums of rows less their means.

    Four rows go side by side, as each sum waits for the one before; lanes past the last row repeat it.
    """
    last = x.shape[0] - 1
    profiles[0] = 0.0
    for lane in range(0, profiles.shape[1], 4):
        r = first_row + lane
        a, b, c, d = x[min(r, last)], x[min(r + 1, last)], x[min(r + 2, last)], x[min(r + 3, last)]
        first_a, first_b, first_c, first_d = a[0], b[0], c[0], d[0]
        mean_a, mean_b = _mean_from_first(a), _mean_from_first(b)
        mean_c, mean_d = _mean_from_first(c), _mean_from_first(d)
        sum_a = sum_b = sum_c = sum_d = 0.0
        for i in range(x.shape[1]):
            sum_a += (a[i] - first_a) - mean_a
            sum_b += (b[i] - first_b) - mean_b
            sum_c += (c[i] - first_c) - mean_c
            sum_d += (d[i] - first_d) - mean_d
            profiles[i + 1, lane] = sum_a
            profiles[i + 1, lane + 1] = sum_b
            profiles[i + 1, lane + 2] = sum_c
            profiles[i + 1, lane + 3] = sum_d


@kernel
def slope(x: np.ndarray, y: np.ndarray, otherwise: float) -> float:
    """Return the slope of the least-squares line through the points of finite y, if two or more."""
    count = mean_x = mean_y = 0.0
    for i in range(x.size):
        if np.isfinite(y[i]):
            count += 1.0
            mean_x += x[i]
            mean_y += y[i]
    if count < 2.0:
        return otherwise
    mean_x /= count
    mean_y /= count
    products = squares = 0.0
    for i in range(x.size):
        if np.isfinite(y[i]):
            products += (x[i] - mean_x) * (y[i] - mean_y)
            squares += (x[i] - mean_x) * (x[i] - mean_x)
    return products / squares


@kernel
def _accumulate(profiles: np.ndarray, sums: np.ndarray) -> None:
    """Fill sums (n_times + 1, 3, n_lanes) with running sums of y, t * y and y**2, y being the profile."""
    sums[0] = 0.0
    for i in range(sums.shape[0] - 1):
        profile, before, after = profiles[i + 1], sums[i], sums[i + 1]
        t = float(i)
        for v in range(sums.shape[2]):
            y = profile[v]
            after[0, v] = before[0, v] + y
            after[1, v] = before[1, v] + t * y
            after[2, v] = before[2, v] + y * y


@kernel
def _fill_squares(sums: np.ndarray, length: int, squares: np.ndarray) -> None:
    """Fill squares (n_lanes,) with what lines through the boxes leave of the squares of the profile."""
    n_boxes = (sums.shape[0] - 1) // length
    by_length, by_spread = 1.0 / length, 12.0 / (length * (length * length - 1.0))
    for v in range(sums.shape[2]):
        squares[v] = sums[n_boxes * length, 2, v]
    for start in range(0, n_boxes * length, length):
        before, after = sums[start], sums[start + length]
        middle = start + 0.5 * (length - 1)
        for v in range(sums.shape[2]):
            y = after[0, v] - before[0, v]
            ty = after[1, v] - before[1, v] - middle * y
            squares[v] -= y * y * by_length + ty * ty * by_spread


@kernel
def _squares_by_box(profiles: np.ndarray, lane: int, length: int) -> float:
    """Return the same for one lane, each box for itself: slower, but cancellation costs no digits."""
    left = total = 0.0
    for start in range(1, profiles.shape[0] - length + 1, length):
        y = ty = yy = 0.0
        for i in range(length):
            value = profiles[start + i, lane] - profiles[start, lane]
            y += value
            ty += (i - 0.5 * (length - 1)) * value
            yy += value * value
        left += yy - y * y / length - ty * ty * 12.0 / (length * (length * length - 1.0))
        total += yy
    return left if left > _ROUNDING * total else 0.0


@kernel
def _dfa(x: np.ndarray, lengths: np.ndarray, logs: np.ndarray, out: np.ndarray) -> None:
    n_rows, n_times = x.shape
    profiles, sums = np.empty((n_times + 1, _LANES)), np.empty((n_times + 1, 3, _LANES))
    squares = np.empty((lengths.size, _LANES))
    fluctuations = np.empty(lengths.size)
    for first in range(0, n_rows, _LANES):
        fill_profiles(x, first, profiles)
        _accumulate(profiles, sums)
        for k in range(lengths.size):
            _fill_squares(sums, lengths[k], squares[k])
        for v in range(min(_LANES, n_rows - first)):
            doubtful = _DOUBTFUL * n_times * sums[n_times, 2, v]
            for k in range(lengths.size):
                length = lengths[k]
                left = squares[k, v]
                if not left > doubtful:
                    left = _squares_by_box(profiles, v, length)
                fluctuations[k] = 0.5 * math.log(left / (n_times // length * length))
            out[first + v, 0] = slope(logs, fluctuations, 0.0)


def dfa_lengths(n_times: int) -> np.ndarray:
    """Return the lengths of boxes: 4 * 1.2**i, rounded down, without repeats, up to n_times / 10."""
    n_steps = 1 + int(math.log(max(n_times, 1)) / math.log(_FACTOR))
    lengths = _SHORTEST * _FACTOR ** np.arange(n_steps)
    return np.unique(lengths[lengths <= _LONGEST_SHARE * n_times].astype(np.int64))


def fill_dfa(rows: np.ndarray, out: np.ndarray) -> None:
    """Fill out (n_rows, 1) with the exponents of rows."""
    lengths = dfa_lengths(rows.shape[1])
    _dfa(rows, lengths, np.log(lengths), out)


def dfa_exponent(x: np.ndarray) -> np.ndarray:
    r"""Compute the exponent of detrended fluctuation analysis: how fluctuations grow with time.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signals, in any unit.

    Returns
    -------
    exponent : ndarray of shape (...)
        About 0.5 for white noise, 1 for pink noise, 1.5 for a random walk, 2 for a straight line. 0 for a
        flat signal, and for fewer than 58 time points, where there are no two lengths to compare.

    Notes
    -----
    The profile :math:`y` is the running sum of the signal less its mean. It is cut into boxes of
    :math:`n` points from the start, the rest is left out, and a line is taken off each box by least
    squares. :math:`F(n)` is the root mean square of what is left, and the exponent the slope of
    :math:`\log F(n)` against :math:`\log n` for :math:`n = \lfloor 4 \cdot 1.2^i \rfloor` up to a tenth
    of the signal. Lengths whose boxes are lines but for rounding are left out. antropy, and nolds without
    overlap and with a fit by polynomials, have the same definition; NeuroKit2 and nolds' defaults have
    other lengths or overlapping boxes.

    References
    ----------
    C.-K. Peng et al., "Mosaic organization of DNA nucleotides", Physical Review E 49(2), 1994.
    https://doi.org/10.1103/PhysRevE.49.1685

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._dfa import dfa_exponent
    >>> white = np.random.default_rng(0).normal(size=10_000)
    >>> dfa_exponent(np.stack([white, np.cumsum(white)])).round(1).tolist()
    [0.5, 1.5]
    """
    rows = as_rows(x)
    out = np.empty((len(rows), 1))
    fill_dfa(rows, out)
    return out[:, 0].reshape(np.shape(x)[:-1])
