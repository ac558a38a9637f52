"""The correlation dimension, after Grassberger and Procaccia."""

import math

import numpy as np

from ._dfa import slope
from ._kernel import as_rows, kernel

_EMBEDDING = 5
_DELAY = 1
_RADII = 0.1 * 5.0 ** (np.arange(12) / 11)  # in standard deviations, from 0.1 to 0.5


@kernel
def _count_pairs(
    row: np.ndarray, embedding: int, delay: int, gap: int, radii: np.ndarray, counts: np.ndarray
) -> None:
    """Add to counts the pairs of delay vectors, `gap` or more points apart, within each radius."""
    span = (embedding - 1) * delay
    steps, distances = np.empty(row.size), np.empty(row.size)
    for lag in range(gap, row.size - span):
        later = row[lag:]
        for i in range(later.size):
            steps[i] = abs(later[i] - row[i])
        n_pairs = later.size - span
        distances[:n_pairs] = steps[:n_pairs]
        for d in range(1, embedding):
            shifted = steps[d * delay :]
            for i in range(n_pairs):
                distances[i] = max(distances[i], shifted[i])
        for k in range(radii.size):
            within = 0.0
            for i in range(n_pairs):
                within += 1.0 if distances[i] <= radii[k] else 0.0
            counts[k] += within


@kernel
def _correlation_dimension(
    x: np.ndarray, embedding: int, delay: int, gap: int, shares: np.ndarray, out: np.ndarray
) -> None:
    n_times = x.shape[1]
    logs, counts, row = np.log(shares), np.empty(shares.size), np.empty(n_times)
    for r in range(x.shape[0]):
        mean = square = 0.0
        for i in range(n_times):
            row[i] = x[r, i] - x[r, 0]
            mean += row[i] / n_times
        for i in range(n_times):
            square += (row[i] - mean) * (row[i] - mean)
        counts[:] = 0.0
        if square > 0.0:
            deviation = math.sqrt(square / (n_times - 1))
            _count_pairs(row, embedding, delay, gap, deviation * shares, counts)
        out[r, 0] = slope(logs, np.log(counts), 0.0)


def fill_correlation_dimension(
    rows: np.ndarray,
    out: np.ndarray,
    embedding: int = _EMBEDDING,
    delay: int = _DELAY,
    gap: int | None = None,
) -> None:
    """Fill out (n_rows, 1) with the correlation dimensions of rows."""
    gap = embedding * delay if gap is None else gap
    _correlation_dimension(rows, embedding, delay, gap, _RADII, out)


def correlation_dimension(
    x: np.ndarray, embedding: int = _EMBEDDING, delay: int = _DELAY, gap: int | None = None
) -> np.ndarray:
    r"""Compute the correlation dimension of signals: how many numbers their state takes.

    The time grows with the square of the number of time points.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signals, in any unit.
    embedding : int, default=5
        Number of values of the signal that make up a point, at least 1.
    delay : int, default=1
        Time points between these values, at least 1.
    gap : int, default=None
        Least distance in time points of the two points of a pair, at least 1, after Theiler: points
        that follow one another closely are neighbours in any smooth signal. By default
        ``embedding * delay``, so that a pair shares no value.

    Returns
    -------
    dimension : ndarray of shape (...)
        0 for a cycle of few points, 1 for a smooth cycle, towards `embedding` for noise. 0 for a flat
        signal, and where fewer than two radii have pairs within them, as in the shortest signals.

    Raises
    ------
    ValueError
        If `embedding`, `delay` or `gap` is smaller than 1.

    Notes
    -----
    :math:`C(r)` is the share of pairs of points no further apart than :math:`r`, the distance being the
    largest difference of their values. The dimension is the slope of :math:`\log C(r)` against
    :math:`\log r` for 12 radii from 0.1 to 0.5 standard deviations (ddof 1) of the signal, evenly spaced
    in their logarithms; radii without pairs are left out. nolds 0.6.2 takes the Euclidean distance by
    default, 55 radii in the same range and ``gap=1``, and counts each point as its own neighbour too.

    References
    ----------
    P. Grassberger and I. Procaccia, "Characterization of strange attractors", Physical Review Letters
    50(5), 1983. https://doi.org/10.1103/PhysRevLett.50.346

    J. Theiler, "Spurious dimension from correlation algorithms applied to limited time-series data",
    Physical Review A 34(3), 1986. https://doi.org/10.1103/PhysRevA.34.2427

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._correlation_dimension import correlation_dimension
    >>> cycle = np.sin(np.sqrt(2) * np.arange(2000))
    >>> round(float(correlation_dimension(cycle)))
    1
    """
    for name, value in (("embedding", embedding), ("delay", delay), ("gap", gap)):
        if value is not None and value < 1:
            raise ValueError(f"`{name}` must be at least 1, got {value}.")
    rows = as_rows(x)
    out = np.empty((len(rows), 1))
    fill_correlation_dimension(rows, out, embedding, delay, gap)
    return out[:, 0].reshape(np.shape(x)[:-1])
