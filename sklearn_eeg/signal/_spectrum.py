"""The power spectral density of signals: periodogram, Welch's and the multitaper estimate.

All three are sums of squared Fourier transforms of tapered pieces of a signal; they differ in the
tapers and the pieces alone.
"""

import numpy as np

from ._fft import rfft
from ._kernel import as_rows, kernel
from ._tapers import Tapering, overlapping_tapers, segment_points, single_taper, slepian_tapers

_POINTS_AT_ONCE = 76_000  # of tapered pieces: they and their transforms stay in a processor's cache


@kernel
def _taper(x: np.ndarray, tapers: np.ndarray, hop: int, n_pieces: int, out: np.ndarray) -> None:
    """Fill out, of shape (n_rows * n_pieces * n_tapers, n_piece), with tapered pieces less their means.

    Means are taken from a piece's first value on: those of a constant piece are exactly 0.
    """
    n_tapers, n = tapers.shape
    target = 0
    for row in range(x.shape[0]):
        for p in range(n_pieces):
            piece = x[row, p * hop : p * hop + n]
            first, total = piece[0], 0.0
            for i in range(n):
                total += piece[i] - first
            mean = total / n
            for k in range(n_tapers):
                taper, tapered = tapers[k], out[target]
                for i in range(n):
                    tapered[i] = ((piece[i] - first) - mean) * taper[i]
                target += 1


@kernel
def _add_squares(transforms: np.ndarray, nyquist: int, psd: np.ndarray) -> None:
    """Fill each row of psd with the sum of squares of its transforms (real and imaginary parts in turn).

    DC and, where it is among the bins, the Nyquist frequency occur once in a two-sided spectrum and so
    count half.
    """
    n_rows, n_freqs = psd.shape
    n_each = transforms.shape[0] // n_rows
    for row in range(n_rows):
        density = psd[row]
        for piece in range(n_each):
            z = transforms[row * n_each + piece]
            if piece == 0:
                for i in range(n_freqs):
                    density[i] = z[2 * i] * z[2 * i] + z[2 * i + 1] * z[2 * i + 1]
            else:
                for i in range(n_freqs):
                    density[i] += z[2 * i] * z[2 * i] + z[2 * i + 1] * z[2 * i + 1]
        density[0] *= 0.5
        if nyquist < n_freqs:
            density[nyquist] *= 0.5


def density(rows: np.ndarray, tapering: Tapering, n_freqs: int | None = None) -> np.ndarray:
    """Return the density of rows of shape (n_rows, n_times), at all or the first n_freqs frequencies."""
    n_tapers, n = tapering.tapers.shape
    n_each = n_tapers * tapering.n_pieces
    nyquist = n // 2 if n % 2 == 0 else n
    psd = np.empty((len(rows), n // 2 + 1 if n_freqs is None else n_freqs))
    step = max(1, _POINTS_AT_ONCE // (n_each * n))
    most = min(step, len(rows)) * n_each
    tapered, transforms = np.empty((most, n)), np.empty((most, n // 2 + 1), dtype=np.complex128)
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        pieces, out = tapered[: len(part) * n_each], transforms[: len(part) * n_each]
        _taper(part, tapering.tapers, tapering.hop, tapering.n_pieces, pieces)
        rfft(pieces, out)
        _add_squares(out.view(np.float64), nyquist, psd[start : start + step])
    return psd


def periodogram(x: np.ndarray, sfreq: float, *, window: str = "hann") -> tuple[np.ndarray, np.ndarray]:
    """Return the one-sided power spectral density of each signal by one Fourier transform.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal, in microvolts, of at least two time points. Its mean is removed.
    sfreq : float
        Sampling frequency, in Hz.
    window : str, default="hann"
        Taper, a name that :func:`scipy.signal.get_window` knows.

    Returns
    -------
    freqs : ndarray of shape (n_times // 2 + 1,)
        Frequencies, in Hz.
    psd : ndarray of shape (..., n_times // 2 + 1)
        Power spectral density, in square microvolts per Hz: its sum times the frequency step is the
        power of the signal. Exactly 0 for a constant signal.

    Notes
    -----
    Equal to :func:`scipy.signal.periodogram` with ``detrend="constant"``.

    Examples
    --------
    A sine of amplitude a has the power a**2 / 2, here all in one band:

    >>> import numpy as np
    >>> from sklearn_eeg.signal import band_power, periodogram
    >>> x = 10 * np.sin(2 * np.pi * 10 * np.arange(512) / 128)
    >>> freqs, psd = periodogram(x, 128)
    >>> round(float(band_power(freqs, psd, 8, 13)), 6)
    50.0
    """
    return _estimate(x, single_taper(np.shape(x)[-1], sfreq, window))


def welch(
    x: np.ndarray, sfreq: float, *, segment_seconds: float = 1.0, window: str = "hann"
) -> tuple[np.ndarray, np.ndarray]:
    """Return the one-sided power spectral density of each signal by Welch's method.

    The signal is cut into segments that overlap by half; their periodograms are averaged [1]_.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal, in microvolts, of at least two time points.
    sfreq : float
        Sampling frequency, in Hz.
    segment_seconds : float, default=1.0
        Length of a segment, in seconds, rounded to time points; the whole signal where that is shorter.
    window : str, default="hann"
        Taper of a segment, a name that :func:`scipy.signal.get_window` knows.

    Returns
    -------
    freqs : ndarray of shape (n_segment // 2 + 1,)
        Frequencies, in Hz.
    psd : ndarray of shape (..., n_segment // 2 + 1)
        Power spectral density, in square microvolts per Hz. Exactly 0 for a constant signal.

    Raises
    ------
    ValueError
        If a segment has fewer than two time points.

    Notes
    -----
    Equal to :func:`scipy.signal.welch` with its defaults and ``nperseg`` the points of a segment: the
    mean of each segment is removed, and time points after the last whole segment go unused. MNE's
    default is a Hamming taper without overlap.

    References
    ----------
    .. [1] Welch PD (1967) The use of fast Fourier transform for the estimation of power spectra. IEEE
       Trans. Audio Electroacoust. 15, 70-73. https://doi.org/10.1109/TAU.1967.1161901

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import band_power, welch
    >>> x = 10 * np.sin(2 * np.pi * 10 * np.arange(512) / 128)
    >>> freqs, psd = welch(x, 128)
    >>> round(float(band_power(freqs, psd, 8, 13)), 6)
    50.0
    """
    n_times = np.shape(x)[-1]
    n_segment = segment_points(n_times, sfreq, segment_seconds)
    return _estimate(x, overlapping_tapers(n_times, n_segment, sfreq, window))


def multitaper(
    x: np.ndarray, sfreq: float, *, bandwidth: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the one-sided power spectral density of each signal by Thomson's multitaper method.

    The signal is weighted by orthogonal tapers (discrete prolate spheroidal, or Slepian, sequences);
    the mean of its spectra varies less than one periodogram does [1]_.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal, in microvolts, of at least two time points. Its mean is removed.
    sfreq : float
        Sampling frequency, in Hz.
    bandwidth : float, default=None
        Width of the band that a frequency's power is spread over, in Hz. None takes 8 frequency
        steps ``sfreq / n_times``, less for signals of fewer than 16 time points.

    Returns
    -------
    freqs : ndarray of shape (n_times // 2 + 1,)
        Frequencies, in Hz.
    psd : ndarray of shape (..., n_times // 2 + 1)
        Power spectral density, in square microvolts per Hz. Exactly 0 for a constant signal.

    Raises
    ------
    ValueError
        If the bandwidth is less than a frequency step, or reaches the sampling frequency.

    Notes
    -----
    With W half the bandwidth and N the number of time points, the first ``2 N W / sfreq`` sequences
    serve, without those of which less than 0.9 of the energy lies in the band; they count in proportion
    to that share. They are periodic, as tapers for spectra are. This is
    :func:`mne.time_frequency.psd_array_multitaper` with ``normalization="full"``, not adaptive.

    References
    ----------
    .. [1] Thomson DJ (1982) Spectrum estimation and harmonic analysis. Proc. IEEE 70, 1055-1096.
       https://doi.org/10.1109/PROC.1982.12433

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import band_power, multitaper
    >>> x = 10 * np.sin(2 * np.pi * 16 * np.arange(512) / 128)
    >>> freqs, psd = multitaper(x, 128, bandwidth=2)
    >>> round(float(band_power(freqs, psd, 10, 22)), 1)
    50.0
    """
    return _estimate(x, slepian_tapers(np.shape(x)[-1], sfreq, bandwidth))


def _estimate(x: np.ndarray, tapering: Tapering) -> tuple[np.ndarray, np.ndarray]:
    psd = density(as_rows(x), tapering)
    return tapering.freqs, psd.reshape(*np.shape(x)[:-1], -1)
