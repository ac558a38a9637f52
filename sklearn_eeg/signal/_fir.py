"""Zero-phase band-pass by a finite impulse response, at the cost of a cosine transform."""

from functools import lru_cache

import numpy as np
import scipy.fft
import scipy.signal

from ._flat import restore_type

_HAMMING = 3.3  # length of a Hamming-windowed low-pass times the width of its transition


@lru_cache(maxsize=32)
def design_fir(sfreq: float, low: float | None, high: float | None) -> np.ndarray:
    """Design a linear-phase band-pass by the window method.

    Parameters
    ----------
    sfreq : float
        Sampling frequency, in Hz.
    low, high : float or None
        Edges of the pass band, in Hz; None leaves that side open.

    Returns
    -------
    taps : ndarray of shape (n_taps,)
        The impulse response: symmetric, of odd length. Kept for the next call: not to be changed.

    Notes
    -----
    Below `low` the gain falls over ``min(max(low / 4, 2), low)`` Hz and above `high` over
    ``min(max(high / 4, 2), sfreq / 2 - high)`` Hz, being 1/2 in the middle of each transition. Each of
    the two sides is a low-pass by Hamming's window as long as 3.3 over the width of its transition (in
    seconds), which stops all but 1/340 (51 dB); the response is their difference, as long as the longer. In
    the band its gain is within 0.6 % of 1, and beyond the transitions at most 0.6 %.

    References
    ----------
    .. [1] Widmann A, Schröger E, Maess B (2015) Digital filter design for electrophysiological data - a
       practical approach. J. Neurosci. Methods 250, 34-46.
       https://doi.org/10.1016/j.jneumeth.2014.08.002

    Examples
    --------
    >>> from sklearn_eeg.signal._fir import design_fir
    >>> taps = design_fir(256, 1, 40)
    >>> taps.size, abs(round(float(taps.sum()), 12))
    (845, 0.0)
    """
    passing = np.ones(1) if high is None else _low_pass(sfreq, high, min(max(high / 4, 2), sfreq / 2 - high))
    if low is None:
        return passing
    width = min(max(low / 4, 2), low)
    stopping = _low_pass(sfreq, low - width, width)
    half = max(passing.size, stopping.size) // 2
    return np.pad(passing, half - passing.size // 2) - np.pad(stopping, half - stopping.size // 2)


def _low_pass(sfreq: float, edge: float, width: float) -> np.ndarray:
    """Return a low-pass whose gain falls from 1 to 0 between `edge` and `edge` + `width` Hz."""
    n_taps = int(np.ceil(_HAMMING / width * sfreq))
    return scipy.signal.firwin(n_taps + 1 - n_taps % 2, edge + width / 2, window="hamming", fs=sfreq)


def run_fir(taps: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Convolve signals with a symmetric response, its middle at zero delay.

    Parameters
    ----------
    taps : ndarray of shape (n_taps,)
        Impulse response: symmetric, of odd length, which may exceed that of the signals.
    x : ndarray of shape (..., n_times)
        Signal, in microvolts.

    Returns
    -------
    filtered : ndarray of shape (..., n_times)
        Filtered signal, in float32 if `x` is and in float64 otherwise. NaN spreads over all of its
        signal.

    Notes
    -----
    Beyond its ends the signal is reflected (the value at the end repeated), again and again if the
    response is longer than it. Cosines of the DCT-II have this very symmetry, so each is merely
    scaled, by the response at its frequency: ``y = IDCT(H(pi k / n_times) DCT(x)[k])``.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._fir import run_fir
    >>> run_fir(np.array([0.25, 0.5, 0.25]), np.array([4.0, 0.0, 0.0, 8.0])).round(12).tolist()
    [3.0, 1.0, 2.0, 6.0]
    """
    n_times, half = x.shape[-1], taps.size // 2
    place = np.arange(-half, half + 1) % (2 * n_times)
    response = np.fft.rfft(np.bincount(place, taps, minlength=2 * n_times)).real[:n_times]
    amplitudes = scipy.fft.dct(np.asarray(x, dtype=np.float64), axis=-1)
    amplitudes *= response
    return restore_type(scipy.fft.idct(amplitudes, axis=-1, overwrite_x=True), x)
