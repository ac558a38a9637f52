"""Zero-phase filters: band-pass and mains notch."""

import numpy as np
import scipy.signal

from ._flat import restore_type

_QUALITY = 30.0  # of the notch: its 3-dB width is the mains frequency over this


def bandpass(
    x: np.ndarray, sfreq: float, low: float | None, high: float | None, *, order: int = 4
) -> np.ndarray:
    """Pass a band of frequencies by a Butterworth filter run forward and backward.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal, in microvolts.
    sfreq : float
        Sampling frequency, in Hz.
    low, high : float or None
        Edges in Hz, at which the gain is 1/2 (the filter runs twice); None leaves that side open.
    order : int, default=4
        Order of the Butterworth design; running it twice doubles the slope.

    Returns
    -------
    filtered : ndarray of shape (..., n_times)
        Filtered signal, in microvolts, not shifted in time, in float32 if `x` is and in float64
        otherwise.

    Raises
    ------
    ValueError
        If an edge does not lie between 0 and the Nyquist frequency, or the edges are not in order.

    Notes
    -----
    The ends are extended by even reflection over ``2 / low`` seconds, at most ``n_times - 1`` points:
    on windows of 1 to 4 s cut from a longer record that brought the result nearer to the filtered
    record than odd reflection. What lies within about 1 / low seconds of an end stays less certain.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import bandpass
    >>> t = np.arange(1024) / 256
    >>> slow, fast = np.sin(2 * np.pi * 10 * t), np.sin(2 * np.pi * 100 * t)
    >>> error = np.abs(bandpass(slow + fast, 256, None, 40) - slow)
    >>> bool(error[100:-100].max() < 0.01)
    True
    """
    check_edges(sfreq, low, high)
    if low is None and high is None:
        return restore_type(x, x)
    kind = "lowpass" if low is None else "highpass" if high is None else "bandpass"
    edges = [edge for edge in (low, high) if edge is not None]
    cutoff = edges[0] if len(edges) == 1 else edges
    sections = scipy.signal.butter(order, cutoff, kind, fs=sfreq, output="sos")
    memory = 0 if low is None else round(2 * sfreq / low)
    return _run_both_ways(sections, x, padtype="even", memory=memory)


def notch(x: np.ndarray, sfreq: float, frequency: float) -> np.ndarray:
    """Remove the mains frequency by a notch filter run forward and backward.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal, in microvolts.
    sfreq : float
        Sampling frequency, in Hz.
    frequency : float
        Mains frequency, in Hz. The gain is below 1/2 within 1/60 of it on either side.

    Returns
    -------
    filtered : ndarray of shape (..., n_times)
        Signal without it, in microvolts, in float32 if `x` is and in float64
        otherwise.

    Raises
    ------
    ValueError
        If the frequency does not lie between 0 and the Nyquist frequency.

    Notes
    -----
    The ends are extended by odd reflection over three lengths of the filter, which breaks the phase of
    the hum: within about a fifth of a second of an end part of it is left (over windows of 1 s about
    a sixth of its root mean square, of 4 s a tenth).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import notch
    >>> mains = np.sin(2 * np.pi * 50 * np.arange(2560) / 256)
    >>> bool(np.abs(notch(mains, 256, 50))[500:-500].max() < 0.01)
    True
    """
    if not 0 < frequency < sfreq / 2:
        raise ValueError(
            f"`frequency` must lie between 0 and half the sampling frequency ({sfreq / 2:g} Hz), "
            f"got {frequency:g} Hz."
        )
    b, a = scipy.signal.iirnotch(frequency, _QUALITY, fs=sfreq)
    return _run_both_ways(scipy.signal.tf2sos(b, a), x, padtype="odd", memory=0)


def check_edges(sfreq: float, low: float | None, high: float | None) -> None:
    """Check that the edges of a band are in order and can be represented.

    Parameters
    ----------
    sfreq : float
        Sampling frequency, in Hz.
    low, high : float or None
        Edges, in Hz; None is a side left open.

    Raises
    ------
    ValueError
        Unless 0 < low < high < sfreq / 2, where given.

    Examples
    --------
    >>> from sklearn_eeg.signal import check_edges
    >>> check_edges(256, None, 40)
    """
    for edge in (low, high):
        if edge is not None and not 0 < edge < sfreq / 2:
            raise ValueError(
                f"The edges of the band must lie between 0 and half the sampling frequency "
                f"({sfreq / 2:g} Hz), got {edge:g} Hz; None leaves a side open."
            )
    if low is not None and high is not None and low >= high:
        raise ValueError(f"The lower edge must lie below the upper, got {low:g} and {high:g} Hz.")


def _run_both_ways(sections: np.ndarray, x: np.ndarray, *, padtype: str, memory: int) -> np.ndarray:
    """Filter forward and backward, extended by `memory` points or scipy's own default if longer."""
    degree = 2 * len(sections) + 1 - min((sections[:, 2] == 0).sum(), (sections[:, 5] == 0).sum())
    padlen = min(max(3 * int(degree), memory), x.shape[-1] - 1)
    filtered = scipy.signal.sosfiltfilt(sections, x, axis=-1, padtype=padtype, padlen=padlen)
    return restore_type(filtered, x)
