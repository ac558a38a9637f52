"""Coherence between channels, in bands."""

import math
from collections.abc import Sequence

import numpy as np
import scipy.signal

from ._fft import rfft
from ._gram import ROUNDING, ROWS_AT_ONCE, standardise
from ._kernel import kernel
from ._phase import band_range


def coherence(
    x: np.ndarray, sfreq: float, bands: Sequence[tuple[float, float]], segment_seconds: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the coherence of each channel with each other in bands, and its imaginary part.

    Parameters
    ----------
    x : ndarray of shape (..., n_channels, n_times)
        Windows, in microvolts.
    sfreq : float
        Sampling frequency, in Hz.
    bands : sequence of (float, float)
        Edges of the bands, in Hz; the lower belongs to a band, the upper does not.
    segment_seconds : float, default=1.0
        Length of the segments that are averaged over, in seconds; at most half of the window is used.

    Returns
    -------
    squares : ndarray of shape (..., n_bands, n_channels, n_channels)
        Magnitude-squared coherences from 0 to 1; 1 on the diagonal.
    imaginary : ndarray of shape (..., n_bands, n_channels, n_channels)
        Absolute imaginary parts of coherency from 0 to 1; 0 on the diagonal.

    Raises
    ------
    ValueError
        If a band holds no frequency that the segments resolve.

    Notes
    -----
    With S the cross-spectra after Welch, means over segments that overlap by half, mean-free and
    tapered by Hann's window, coherency is ``C[a, b] = S[a, b] / sqrt(S[a, a] * S[b, b])``. Its squared
    magnitude, equal to :func:`scipy.signal.coherence`, and the absolute value of its imaginary part [1]_,
    of which MNE-Connectivity keeps the sign, are averaged over the frequencies of the band, DC left out.
    Few segments bias both upwards: noise has a squared coherence of about 1 over their number.

    A channel that is constant has 0 with every other, and so has one without power (less than 1e-24 of
    that of the signal) at a frequency there.

    References
    ----------
    .. [1] Nolte G, Bai O, Wheaton L, Mari Z, Vorbach S, Hallett M (2004) Identifying true brain interaction
       from EEG data using the imaginary part of coherency. Clin. Neurophysiol. 115, 2292-2307.
       https://doi.org/10.1016/j.clinph.2004.04.029

    Examples
    --------
    Sines a quarter of a period apart are coherent, by the imaginary part alone:

    >>> import numpy as np
    >>> from sklearn_eeg.signal._coherence import coherence
    >>> t = np.arange(400) / 100
    >>> x = np.stack([np.sin(2 * np.pi * 10 * t), np.cos(2 * np.pi * 10 * t)])
    >>> squares, imaginary = coherence(x, 100, [(9, 12)])
    >>> squares[0].round(6).tolist(), imaginary[0].round(6).tolist()
    ([[1.0, 1.0], [1.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]])
    """
    units, _ = standardise(x)
    n_segment = segment_length(units.shape[-1], sfreq, segment_seconds)
    ranges = np.array([band_range(n_segment, sfreq, band) for band in bands]).reshape(-1, 2)
    low, high = ranges.min(), ranges.max()
    shape = (len(units), len(ranges), units.shape[1], units.shape[1])
    squares, imaginary = np.ones(shape), np.zeros(shape)
    step = max(1, ROWS_AT_ONCE // units.shape[1])
    for start in range(0, len(units), step):
        some = slice(start, start + step)
        spectra = _normalised_spectra(units[some], n_segment, low, high)
        _average(spectra, ranges - low, squares[some], imaginary[some])
    shape = (*np.shape(x)[:-2], *shape[1:])
    return squares.reshape(shape), imaginary.reshape(shape)


def segment_length(n_times: int, sfreq: float, segment_seconds: float) -> int:
    """Return the length of a segment in time points: as asked for, at most half of the window.

    Examples
    --------
    >>> from sklearn_eeg.signal._coherence import segment_length
    >>> segment_length(1000, 250.0, 1.0), segment_length(250, 250.0, 1.0)
    (250, 125)
    """
    return max(1, min(round(segment_seconds * sfreq), n_times // 2))


def _normalised_spectra(units: np.ndarray, n_segment: int, low: int, high: int) -> np.ndarray:
    """Return (n_windows, n_channels, 2, n_segments, n_freqs) parts; squares add up to 1 over segments."""
    n_windows, n_channels, n_times = units.shape
    taper = scipy.signal.get_window("hann", n_segment)
    hop = n_segment - n_segment // 2
    n_segments = (n_times - n_segment) // hop + 1
    segments = np.empty((n_windows * n_channels, n_segments, n_segment))
    _cut_segments(units.reshape(-1, n_times), taper, hop, segments)
    spectra = rfft(segments)
    parts = np.empty((n_windows, n_channels, 2, n_segments, high - low))
    floor = ROUNDING * n_segments * (taper @ taper) / n_times
    _normalise(spectra, low, floor, parts.reshape(-1, *parts.shape[2:]))
    return parts


@kernel
def _cut_segments(rows: np.ndarray, taper: np.ndarray, hop: int, segments: np.ndarray) -> None:
    """Fill in the segments of each row, less their means, times the taper."""
    n = taper.size
    for r in range(rows.shape[0]):
        for s in range(segments.shape[1]):
            segment, out = rows[r, s * hop : s * hop + n], segments[r, s]
            total = 0.0
            for i in range(n):
                total += segment[i]
            for i in range(n):
                out[i] = (segment[i] - total / n) * taper[i]


@kernel
def _normalise(spectra: np.ndarray, low: int, floor: float, parts: np.ndarray) -> None:
    """Fill in the parts of the spectra from frequency low on, over the root of their power over segments."""
    n_segments, n_freqs = parts.shape[2:]
    power = np.empty(n_freqs)
    for r in range(parts.shape[0]):
        real, imag = parts[r, 0], parts[r, 1]
        power[:] = 0.0
        for s in range(n_segments):
            for f in range(n_freqs):
                real[s, f] = spectra[r, s, low + f].real
                imag[s, f] = spectra[r, s, low + f].imag
                power[f] += real[s, f] * real[s, f] + imag[s, f] * imag[s, f]
        for f in range(n_freqs):
            power[f] = 1.0 / math.sqrt(power[f]) if power[f] > floor else 0.0
        for s in range(n_segments):
            for f in range(n_freqs):
                real[s, f] *= power[f]
                imag[s, f] *= power[f]


@kernel
def _average(spectra: np.ndarray, ranges: np.ndarray, squares: np.ndarray, imaginary: np.ndarray) -> None:
    """Fill in the coherences of each pair, averaged over the frequencies of each band."""
    n_segments, n_freqs = spectra.shape[3:]
    real, imag = np.empty(n_freqs), np.empty(n_freqs)
    for w in range(spectra.shape[0]):
        for c in range(spectra.shape[1]):
            for d in range(c):
                a, b = spectra[w, c], spectra[w, d]
                real[:] = 0.0
                imag[:] = 0.0
                for s in range(n_segments):
                    for f in range(n_freqs):
                        real[f] += a[0, s, f] * b[0, s, f] + a[1, s, f] * b[1, s, f]
                        imag[f] += a[1, s, f] * b[0, s, f] - a[0, s, f] * b[1, s, f]
                for band in range(ranges.shape[0]):
                    start, stop = ranges[band]
                    square = part = 0.0
                    for f in range(start, stop):
                        square += real[f] * real[f] + imag[f] * imag[f]
                        part += abs(imag[f])
                    square = min(square / (stop - start), 1.0)
                    part = min(part / (stop - start), 1.0)
                    squares[w, band, c, d] = squares[w, band, d, c] = square
                    imaginary[w, band, c, d] = imaginary[w, band, d, c] = part
