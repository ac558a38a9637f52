"""What measures between channels share: rows of norm 1, and the products of each row with each other."""

import math

import numpy as np

from ._kernel import as_rows, kernel

ROWS_AT_ONCE = 76  # whose spectra stay in a processor's cache
ROUNDING = 1e-24  # of a power in that of the whole signal: what is less is the rounding of a transform


def standardise(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return signals less their means, over their norms, and their standard deviations.

    Parameters
    ----------
    x : ndarray of shape (..., n_channels, n_times)
        Signals, in any unit.

    Returns
    -------
    units : ndarray of shape (n_windows, n_channels, n_times)
        Signals of sum 0 and sum of squares 1; exactly 0 where a signal is constant.
    deviations : ndarray of shape (n_windows, n_channels)
        Standard deviations (of N, not N - 1 points), in the unit of `x`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._gram import standardise
    >>> units, deviations = standardise(np.array([[1.0, 1.0, 9.0, 9.0], [0.1, 0.1, 0.1, 0.1]]))
    >>> units.tolist()
    [[[-0.5, -0.5, 0.5, 0.5], [0.0, 0.0, 0.0, 0.0]]]
    >>> deviations.tolist()
    [[4.0, 0.0]]
    """
    rows = as_rows(x)
    units, deviations = np.empty_like(rows), np.empty(len(rows))
    _standardise(rows, units, deviations)
    shape = (-1, *np.shape(x)[-2:])
    return units.reshape(shape), deviations.reshape(shape[:2])


@kernel
def _standardise(x: np.ndarray, units: np.ndarray, deviations: np.ndarray) -> None:
    """Fill both; differences to the first point, scaled by a power of two, can neither round nor overflow."""
    n = x.shape[1]
    shrink = 0.5
    while shrink * n > 0.5:
        shrink *= 0.5
    for r in range(x.shape[0]):
        row, out = x[r], units[r]
        first = shrink * row[0]
        size = total = square = 0.0
        for i in range(n):
            size += abs(shrink * row[i] - first)
        if size < 1e-290:
            out[:] = 0.0
            deviations[r] = 0.0
            continue
        for i in range(n):
            value = (shrink * row[i] - first) / size
            out[i] = value
            total += value
        mean = total / n
        for i in range(n):
            out[i] -= mean
            square += out[i] * out[i]
        norm = math.sqrt(square)
        for i in range(n):
            out[i] /= norm
        deviations[r] = norm / math.sqrt(n) * size / shrink


def gram(x: np.ndarray) -> np.ndarray:
    """Return the inner product of each row with each other.

    Parameters
    ----------
    x : ndarray of shape (n_windows, n_rows, n_times)
        Rows, C-contiguous in float64.

    Returns
    -------
    products : ndarray of shape (n_windows, n_rows, n_rows)
        Symmetric to the last bit; a window's do not depend on the others'.

    Notes
    -----
    Equal to ``x @ x.swapaxes(1, 2)``. Half of the products are computed, in tiles of 4 x 4 that stay in
    registers, which for a montage's few rows takes less than half the time of the general routine, and
    no threads.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._gram import gram
    >>> gram(np.array([[[3.0, 4.0], [1.0, 0.0]]])).tolist()
    [[[25.0, 3.0], [3.0, 1.0]]]
    """
    products = np.empty((len(x), x.shape[1], x.shape[1]))
    _fill_gram(x, products)
    return products


@kernel
def _fill_gram(x: np.ndarray, out: np.ndarray) -> None:
    last = x.shape[1] - 1
    tile = np.empty((4, 4))
    for w in range(x.shape[0]):
        for i in range(0, last + 1, 4):
            for j in range(i, last + 1, 4):
                _multiply_tile(x[w], i, j, tile)
                for p in range(min(4, last + 1 - i)):
                    for q in range(min(4, last + 1 - j)):
                        if j + q >= i + p:
                            out[w, i + p, j + q] = tile[p, q]
                            out[w, j + q, i + p] = tile[p, q]


@kernel
def _multiply_tile(x: np.ndarray, i: int, j: int, tile: np.ndarray) -> None:
    """Fill the tile with the products of rows i to i + 3 and j to j + 3, the last row for those beyond."""
    last = x.shape[0] - 1
    a0, a1, a2, a3 = x[i], x[min(i + 1, last)], x[min(i + 2, last)], x[min(i + 3, last)]
    b0, b1, b2, b3 = x[j], x[min(j + 1, last)], x[min(j + 2, last)], x[min(j + 3, last)]
    s00 = s01 = s02 = s03 = s10 = s11 = s12 = s13 = 0.0
    s20 = s21 = s22 = s23 = s30 = s31 = s32 = s33 = 0.0
    for t in range(x.shape[1]):
        u, v, w, z = b0[t], b1[t], b2[t], b3[t]
        s00 += a0[t] * u
        s01 += a0[t] * v
        s02 += a0[t] * w
        s03 += a0[t] * z
        s10 += a1[t] * u
        s11 += a1[t] * v
        s12 += a1[t] * w
        s13 += a1[t] * z
        s20 += a2[t] * u
        s21 += a2[t] * v
        s22 += a2[t] * w
        s23 += a2[t] * z
        s30 += a3[t] * u
        s31 += a3[t] * v
        s32 += a3[t] * w
        s33 += a3[t] * z
    tile[0, 0], tile[0, 1], tile[0, 2], tile[0, 3] = s00, s01, s02, s03
    tile[1, 0], tile[1, 1], tile[1, 2], tile[1, 3] = s10, s11, s12, s13
    tile[2, 0], tile[2, 1], tile[2, 2], tile[2, 3] = s20, s21, s22, s23
    tile[3, 0], tile[3, 1], tile[3, 2], tile[3, 3] = s30, s31, s32, s33
