"""Signals at another sampling frequency."""

from fractions import Fraction
from functools import lru_cache

import numpy as np
import scipy.signal

from ._flat import restore_type

_LARGEST_TERM = 20_000  # of the ratio of the rates; the filter has twenty times as many points
_LARGEST_RATIO = 100.0
_BLOCK = 64  # rows worked on at once, so that intermediates stay in cache
_ROUNDING = 1e-6  # of the ratio: 4 ms in an hour


def resampling_ratio(sfreq: float, new_sfreq: float) -> Fraction:
    """Return the ratio of two sampling frequencies as a fraction of small terms.

    Parameters
    ----------
    sfreq, new_sfreq : float
        Sampling frequencies, in Hz, neither more than 100 times the other.

    Returns
    -------
    ratio : Fraction
        ``new_sfreq / sfreq`` within 1e-6 of it, the larger term at most 20 000: exact for rates of two
        decimals up to 200 Hz and whole rates up to 20 kHz.

    Raises
    ------
    ValueError
        If a rate is not positive and finite, or they are too far apart, or have no such ratio.

    Examples
    --------
    >>> from sklearn_eeg.signal._resample import resampling_ratio
    >>> resampling_ratio(256, 200), resampling_ratio(173.61, 128)
    (Fraction(25, 32), Fraction(12800, 17361))
    """
    for name, rate in (("sfreq", sfreq), ("new_sfreq", new_sfreq)):
        if not 0 < rate < float("inf"):
            raise ValueError(f"`{name}` must be positive and finite, got {rate:g}.")
    if not 1 / _LARGEST_RATIO <= new_sfreq / sfreq <= _LARGEST_RATIO:
        raise ValueError(
            f"`new_sfreq` must lie between {sfreq / _LARGEST_RATIO:g} and {sfreq * _LARGEST_RATIO:g} Hz, a "
            f"hundredth and a hundred times `sfreq`, got {new_sfreq:g} Hz: are both rates in Hz?"
        )
    if new_sfreq > sfreq:
        return 1 / resampling_ratio(new_sfreq, sfreq)
    ratio = Fraction(new_sfreq / sfreq).limit_denominator(_LARGEST_TERM)
    if abs(ratio * sfreq / new_sfreq - 1) > _ROUNDING:
        raise ValueError(
            f"`sfreq` and `new_sfreq` must be in a ratio of whole numbers up to {_LARGEST_TERM}, got "
            f"{sfreq:.8g} and {new_sfreq:.8g} Hz: the nearest such is {ratio}; round one of them to that."
        )
    return ratio


def resample(x: np.ndarray, sfreq: float, new_sfreq: float) -> np.ndarray:
    """Bring signals to another sampling frequency, by a polyphase filter against aliases.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal, in microvolts.
    sfreq, new_sfreq : float
        Sampling frequencies of the signal and of the result, in Hz.

    Returns
    -------
    resampled : ndarray of shape (..., n_times_out)
        Signal of ``max(1, round(n_times * new_sfreq / sfreq))`` points, in microvolts, in float32 if `x`
        is and in float64 otherwise. The first point stays where it was.

    Raises
    ------
    ValueError
        If the signal is empty, a rate is not positive and finite, or the rates are a factor of more than
        100 apart, or in no ratio of whole numbers up to 20 000.

    Notes
    -----
    A zero-phase low-pass with its edge at the lower of the two Nyquist frequencies, where its gain is
    1/2 (Kaiser's window with beta 5, 20 points of the slower rate long [1]_): what lies more than an
    eighth above is at most 1/500. Beyond its ends the signal goes on along the line through its first
    its last value, which on windows cut from a longer record came nearest to the resampled record (zeros
    were four to ten times as far off). Constants and straight lines stay as they are but for rounding.

    References
    ----------
    .. [1] Crochiere RE, Rabiner LR (1981) Interpolation and decimation of digital signals - a tutorial
       review. Proc. IEEE 69, 300-331. https://doi.org/10.1109/PROC.1981.11969

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import resample
    >>> slow, fast = (np.sin(2 * np.pi * 5 * np.arange(n) / n) for n in (200, 256))
    >>> bool(np.abs(resample(fast, 256, 200) - slow)[10:-10].max() < 0.01)
    True
    """
    ratio = resampling_ratio(sfreq, new_sfreq)
    x = np.asarray(x)
    n_out = count_resampled(x.shape[-1], ratio)
    if x.shape[-1] == 0:  # which would end the process in scipy's compiled code
        raise ValueError("`x` must have at least one time point, got none.")
    if ratio == 1:
        return restore_type(x, x)
    rows, out = x.reshape(-1, x.shape[-1]), np.empty((x[..., 0].size, n_out), restore_type(x[:0], x).dtype)
    for first in range(0, len(rows), _BLOCK):
        block = slice(first, first + _BLOCK)
        out[block] = _resample_rows(rows[block], ratio, n_out)
    return out.reshape(*x.shape[:-1], n_out)


def _resample_rows(rows: np.ndarray, ratio: Fraction, n_out: int) -> np.ndarray:
    start = rows[:, :1].astype(np.float64)
    slope = (rows[:, -1:] - start) / max(rows.shape[1] - 1, 1)
    deviation = rows - start
    deviation -= slope * np.arange(rows.shape[1])
    up, down = ratio.numerator, ratio.denominator
    out = scipy.signal.resample_poly(deviation, up, down, axis=-1, window=_low_pass(max(up, down)))
    out = out[:, :n_out]
    out += start
    out += slope * (np.arange(n_out) / float(ratio))
    return out


@lru_cache(maxsize=8)
def _low_pass(factor: int) -> np.ndarray:
    """Return a response for a rate so many times the slower one's, with its edge at that one's Nyquist."""
    return scipy.signal.firwin(20 * factor + 1, 1 / factor, window=("kaiser", 5.0))


def count_resampled(n_times: int, ratio: Fraction) -> int:
    """Return how many points a signal has at another sampling frequency.

    Parameters
    ----------
    n_times : int
        Number of time points.
    ratio : Fraction
        Ratio of the new sampling frequency to the old.

    Returns
    -------
    n_times_out : int
        ``n_times * ratio`` rounded, at least 1.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from sklearn_eeg.signal._resample import count_resampled
    >>> count_resampled(1000, Fraction(25, 32)), count_resampled(1, Fraction(1, 10))
    (781, 1)
    """
    return max(1, round(n_times * ratio))
