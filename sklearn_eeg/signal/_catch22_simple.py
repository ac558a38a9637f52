"""Canonical features of successive values and of the spectrum, and the z-scores that all are taken of."""

import math

import numpy as np
import scipy.fft

from ._catch22_order import extent
from ._kernel import kernel

_LEAST_RANGE = 1e-290  # of a signal; below, it counts as constant


@kernel
def standardise(x: np.ndarray, z: np.ndarray, moments: np.ndarray) -> None:
    """Write z-scores (ddof=1), and mean, standard deviation and whether a signal is constant.

    Values are taken from the first one and by the range, so that neither offset nor unit matters; a
    constant signal has z-scores 0.
    """
    n = x.shape[1]
    for r in range(x.shape[0]):
        for i in range(n):
            z[r, i] = 0.5 * x[r, i]  # the range of a signal may be too large for a number
        start = z[r, 0]
        low, high = extent(z[r], n)
        half = high - low
        moments[r, 0], moments[r, 1], moments[r, 2] = x[r, 0], 0.0, 1.0
        if half <= _LEAST_RANGE:
            for i in range(n):
                z[r, i] = 0.0
        else:
            total = square = 0.0
            for i in range(n):
                z[r, i] = (z[r, i] - start) / half
                total += z[r, i]
            mean = total / n
            for i in range(n):
                z[r, i] -= mean
                square += z[r, i] * z[r, i]
            deviation = math.sqrt(square / (n - 1))
            for i in range(n):
                z[r, i] /= deviation
            moments[r, 0] = 2.0 * (start + half * mean)
            moments[r, 1] = min(deviation * half, 0.5 * np.finfo(np.float64).max) * 2.0
            moments[r, 2] = 0.0


@kernel
def differences(z: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the error of a forecast by three means, the share of large steps, and their cube."""
    n = z.shape[1]
    for r in range(z.shape[0]):
        row = z[r]
        large = cube = total = square = 0.0
        for i in range(n - 1):
            step = row[i + 1] - row[i]
            large += 1.0 if abs(step) > 0.04 else 0.0
            cube += step * step * step
        for i in range(n - 3):
            total += row[i + 3] - (row[i] + row[i + 1] + row[i + 2]) / 3.0
        for i in range(n - 3):
            error = row[i + 3] - (row[i] + row[i + 1] + row[i + 2]) / 3.0 - total / (n - 3)
            square += error * error
        out[r, 0] = math.sqrt(square / (n - 4)) if n > 4 else 0.0
        out[r, 1] = large / (n - 1)
        out[r, 2] = cube / (n - 1)


def spectral_shares(z: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the power in the lowest fifth of the frequencies and the median frequency."""
    n = z.shape[1]
    n_fft = max(1 << (n - 1).bit_length(), 2)
    for start in range(0, len(z), 64):
        part = slice(start, start + 64)
        spectrum = scipy.fft.rfft(z[part], n_fft)
        _shares(spectrum.view(np.float64), n, n_fft, out[part])


@kernel
def _shares(spectrum: np.ndarray, n: int, n_fft: int, out: np.ndarray) -> None:
    """Fill out from spectra whose real and imaginary parts alternate."""
    n_bins = spectrum.shape[1] // 2
    power = np.empty(n_bins)
    for r in range(spectrum.shape[0]):
        total = low = 0.0
        for k in range(n_bins):
            power[k] = spectrum[r, 2 * k] ** 2 + spectrum[r, 2 * k + 1] ** 2
            total += power[k]
        for k in range((n_bins + 4) // 5):
            low += power[k]
        below, median = power[0], 0
        while median < n_bins - 1 and below <= 0.5 * total:
            median += 1
            below += power[median]
        out[r, 0] = 2.0 * low / (float(n) * n_fft)
        out[r, 1] = 2.0 * math.pi * median / n_fft
