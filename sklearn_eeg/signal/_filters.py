"""Zero-phase filters: band-pass and mains notch."""

from functools import lru_cache

import numpy as np
import scipy.signal

from ._fir import design_fir, run_fir
from ._flat import restore_type
from ._sosfiltfilt import sosfiltfilt

_QUALITY = 30.0  # of the notch: its 3-dB width is the mains frequency over this


def bandpass(
    x: np.ndarray,
    sfreq: float,
    low: float | None,
    high: float | None,
    *,
    order: int = 4,
    method: str = "iir",
) -> np.ndarray:
    """Pass a band of frequencies, without shift in time.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal, in microvolts.
    sfreq : float
        Sampling frequency, in Hz.
    low, high : float or None
        Edges in Hz; None leaves that side open. At them the gain is 1/2 with the method "iir" and still 1
        with "fir", where it falls beyond them.
    order : int, default=4
        Order of the Butterworth design, at least 1; running it twice doubles the slope. The method "fir"
        does not use it.
    method : {"iir", "fir"}, default="iir"
        A Butterworth filter run forward and backward; or a symmetric finite response, whose gain is
        within 0.6 % of 1 in the band and of 0 beyond its transitions, but which is longer.

    Returns
    -------
    filtered : ndarray of shape (..., n_times)
        Filtered signal, in microvolts, not shifted in time, in float32 if `x` is and in float64
        otherwise.

    Raises
    ------
    ValueError
        If an edge does not lie between 0 and the Nyquist frequency, the edges are not in order, or
        `order` or `method` is not one of the above.

    Notes
    -----
    The finite response is a Hamming-windowed sinc, ``3.3 / min(max(low / 4, 2), low)`` seconds long (6.6
    s for 0.5 Hz) or, without a lower edge, ``3.3 / min(max(high / 4, 2), sfreq / 2 - high)``: the rule of
    MNE-Python. A window may be shorter: it is extended by reflection, the value at the end repeated,
    as often as need be.

    For the method "iir" the ends are extended by even reflection over ``2 / low`` seconds, at most
    ``n_times - 1`` points: on windows of 1 to 4 s cut from a longer record that brought the result nearer
    to the filtered record than odd reflection. With either method what lies within about 1 / low seconds
    of an end stays less certain, and a constant becomes 0 if there is a lower edge and stays as it is if
    not, but for rounding.

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
    if method not in ("iir", "fir") or order < 1:
        raise ValueError(
            f"`method` must be 'iir' or 'fir' and `order` at least 1, got {method!r} and {order}."
        )
    x = np.asarray(x)
    if low is None and high is None:
        return restore_type(x, x)
    if method == "fir":
        return run_fir(design_fir(sfreq, low, high), x)
    sections = _butterworth(order, low, high, sfreq)
    memory = 0 if low is None else round(2 * sfreq / low)
    return _run_both_ways(sections, x, padtype="even", memory=memory)


def notch(x: np.ndarray, sfreq: float, frequency: float, *, harmonics: int = 1) -> np.ndarray:
    """Remove the mains frequency by a notch filter run forward and backward.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal, in microvolts.
    sfreq : float
        Sampling frequency, in Hz.
    frequency : float
        Mains frequency, in Hz. The gain is below 1/2 within 1/60 of it on either side.
    harmonics : int, default=1
        Number of its multiples to remove, itself included; those from the Nyquist frequency on are left
        out.

    Returns
    -------
    filtered : ndarray of shape (..., n_times)
        Signal without it, in microvolts, in float32 if `x` is and in float64
        otherwise.

    Raises
    ------
    ValueError
        If the frequency does not lie between 0 and the Nyquist frequency, or `harmonics` is below 1.

    See Also
    --------
    sklearn_eeg.signal.remove_line : Takes hum out to the ends of short windows.

    Notes
    -----
    Each multiple has the gain and the width, in shares of it, of the first. The ends are extended by odd
    reflection over three lengths of the filter, which breaks the phase of the hum: within about a fifth
    of a second of an end part of it is left (over windows of 1 s about a sixth of its root mean square,
    of 4 s a tenth). A constant stays as it is but for rounding.

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
    if harmonics < 1:
        raise ValueError(f"`harmonics` must be at least 1 (the mains frequency itself), got {harmonics}.")
    lines = tuple(k * frequency for k in range(1, harmonics + 1) if k * frequency < sfreq / 2)
    return _run_both_ways(_notches(lines, sfreq), np.asarray(x), padtype="odd", memory=0)


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


@lru_cache(maxsize=32)
def _butterworth(order: int, low: float | None, high: float | None, sfreq: float) -> np.ndarray:
    kind = "lowpass" if low is None else "highpass" if high is None else "bandpass"
    edges = [edge for edge in (low, high) if edge is not None]
    cutoff = edges[0] if len(edges) == 1 else edges
    return scipy.signal.butter(order, cutoff, kind, fs=sfreq, output="sos")


@lru_cache(maxsize=32)
def _notches(lines: tuple[float, ...], sfreq: float) -> np.ndarray:
    notches = [scipy.signal.iirnotch(line, _QUALITY, fs=sfreq) for line in lines]
    return np.concatenate([scipy.signal.tf2sos(b, a) for b, a in notches])


def _run_both_ways(sections: np.ndarray, x: np.ndarray, *, padtype: str, memory: int) -> np.ndarray:
    """Filter forward and backward, extended by `memory` points or by scipy's own default if longer."""
    degree = 2 * len(sections) + 1 - min((sections[:, 2] == 0).sum(), (sections[:, 5] == 0).sum())
    padlen = min(max(3 * int(degree), memory), x.shape[-1] - 1)
    return sosfiltfilt(sections, x, padtype=padtype, padlen=padlen)
