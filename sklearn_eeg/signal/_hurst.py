"""The Hurst exponent, by the rescaled range."""

import math

import numpy as np

from ._dfa import fill_profiles, slope
from ._kernel import as_rows, kernel

_LANES = 64

_SHORTEST = 16
_N_LENGTHS = 20
_ROUNDING = 1e-15  # of the largest running sum: boxes whose deviation is smaller are flat


@kernel
def _set_floors(profiles: np.ndarray, floors: np.ndarray) -> None:
    """Fill floors with the square of a step along the profile that rounding alone may make."""
    floors[:] = 0.0
    for i in range(profiles.shape[0]):
        for v in range(profiles.shape[1]):
            floors[v] = max(floors[v], abs(profiles[i, v]))
    for v in range(profiles.shape[1]):
        floors[v] = (_ROUNDING * floors[v]) ** 2


@kernel
def _add_box(box: np.ndarray, floors: np.ndarray, work: np.ndarray) -> None:
    """Add to work[0] the rescaled range of a box (length + 1, n_lanes), to work[1] 1, unless it is flat.

    The walk about the box's mean is the profile less a line. Four steps are taken at once; those past the
    end stand still.
    """
    length, n_lanes = box.shape[0] - 1, box.shape[1]
    mean, high, low, square = work[2], work[3], work[4], work[5]
    for v in range(n_lanes):
        mean[v] = (box[length, v] - box[0, v]) / length
        high[v] = box[length, v] - length * mean[v]
        low[v] = high[v]
        square[v] = 0.0
    for i in range(0, length, 4):
        j, k, m = min(i + 2, length), min(i + 3, length), min(i + 4, length)
        for v in range(n_lanes):
            o = box[i, v] - i * mean[v]
            a = box[i + 1, v] - (i + 1) * mean[v]
            b = box[j, v] - j * mean[v]
            c = box[k, v] - k * mean[v]
            d = box[m, v] - m * mean[v]
            steps = (a - o) * (a - o) + (b - a) * (b - a)
            square[v] += steps + (c - b) * (c - b) + (d - c) * (d - c)
            high[v] = max(high[v], a, b, c, d)
            low[v] = min(low[v], a, b, c, d)
    for v in range(n_lanes):
        varies = square[v] > length * floors[v]
        deviation = math.sqrt(square[v] / (length - 1)) if varies else 1.0
        work[0, v] += (high[v] - low[v]) / deviation if varies else 0.0
        work[1, v] += 1.0 if varies else 0.0


@kernel
def _hurst(
    x: np.ndarray, lengths: np.ndarray, logs: np.ndarray, corrections: np.ndarray, out: np.ndarray
) -> None:
    n_rows, n_times = x.shape
    profiles = np.empty((n_times + 1, _LANES))
    work = np.empty((6, _LANES))
    floors = np.empty(_LANES)
    ranges = np.empty((_LANES, lengths.size))
    for first in range(0, n_rows, _LANES):
        fill_profiles(x, first, profiles)
        _set_floors(profiles, floors)
        for k in range(lengths.size):
            length = lengths[k]
            work[:2] = 0.0
            for start in range(0, n_times - length + 1, length):
                _add_box(profiles[start : start + length + 1], floors, work)
            for v in range(_LANES):
                ranges[v, k] = math.log(work[0, v] / work[1, v]) - corrections[k]
        for v in range(min(_LANES, n_rows - first)):
            out[first + v, 0] = slope(logs, ranges[v], 0.0)


def hurst_lengths(n_times: int) -> np.ndarray:
    """Return the lengths of boxes: 20 from 16 to n_times / 2, evenly spaced in log2, without repeats."""
    if n_times < 2 * _SHORTEST:
        return np.empty(0, dtype=np.int64)
    exponents = np.linspace(math.log2(_SHORTEST), math.log2(n_times / 2), _N_LENGTHS)
    return np.unique((2.0**exponents + 1e-9).astype(np.int64))


@kernel
def expected_rescaled_range(length: int) -> float:
    """Return what white noise gives on average: Anis and Lloyd's expression, by Peters' factor."""
    log_ratio = math.lgamma(0.5 * (length - 1)) - math.lgamma(0.5 * length)
    total = 0.0
    for i in range(1, length):
        total += math.sqrt((length - i) / i)
    return (length - 0.5) / length * math.exp(log_ratio) / math.sqrt(math.pi) * total


def fill_hurst(rows: np.ndarray, out: np.ndarray) -> None:
    """Fill out (n_rows, 1) with the exponents of rows."""
    lengths = hurst_lengths(rows.shape[1])
    expected = np.array([expected_rescaled_range(n) for n in lengths.tolist()], dtype=np.float64)
    logs = np.log(lengths)
    _hurst(rows, lengths, logs, np.log(expected) - 0.5 * logs, out)


def hurst_exponent(x: np.ndarray) -> np.ndarray:
    r"""Compute the Hurst exponent of signals by the rescaled range.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signals, in any unit.

    Returns
    -------
    exponent : ndarray of shape (...)
        About 0.5 for white noise, towards 1 where deviations from the mean persist, towards 0 where they
        are made up for. 0 for a flat signal, and for fewer than 34 time points, where there are no two
        lengths to compare.

    Notes
    -----
    The signal is cut into boxes of :math:`n` points from the start, the rest being left out. In each,
    :math:`R` is the range of the running sum of deviations from the box's mean and :math:`S` their
    standard deviation (ddof 1); :math:`(R/S)_n` is the mean over boxes, flat ones aside. The exponent is
    the slope of :math:`\log (R/S)_n - \log E_n + \frac{1}{2} \log n` against :math:`\log n` for up to 20
    lengths from 16 to half the signal, evenly spaced in their logarithms. :math:`E_n` is what white noise
    gives,

    .. math:: E_n = \frac{n - 1/2}{n} \frac{\Gamma((n - 1) / 2)}{\sqrt \pi \, \Gamma(n / 2)}
              \sum_{i=1}^{n-1} \sqrt{\frac{n - i}{i}},

    after Anis and Lloyd, with the factor of Peters for short boxes. Tools differ: mne-features averages over
    all beginnings of a box, nolds fits by RANSAC, tsfel and NeuroKit2 correct nothing or choose other
    lengths.

    References
    ----------
    A. A. Anis and E. H. Lloyd, "The expected value of the adjusted rescaled Hurst range of independent
    normal summands", Biometrika 63(1), 1976. https://doi.org/10.1093/biomet/63.1.111

    E. E. Peters, "Fractal Market Analysis", Wiley, 1994.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._hurst import hurst_exponent
    >>> white = np.random.default_rng(0).normal(size=(100, 1000))
    >>> round(float(hurst_exponent(white).mean()), 1)
    0.5
    """
    rows = as_rows(x)
    out = np.empty((len(rows), 1))
    fill_hurst(rows, out)
    return out[:, 0].reshape(np.shape(x)[:-1])
