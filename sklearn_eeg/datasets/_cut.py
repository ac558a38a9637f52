"""Recordings cut into windows that do not overlap."""

import os
from numbers import Real

import numpy as np


def count_times(
    window_seconds: float, *, sfreq: float, n_times: int, recording: str | os.PathLike[str]
) -> int:
    """Return the number of time points of a window, after checking that the window is possible.

    Parameters
    ----------
    window_seconds : float
        Length of a window, in seconds; positive, and at most that of the recording.
    sfreq : float
        Sampling frequency, in Hz.
    n_times : int
        Number of time points of the (shortest) recording.
    recording : str or path-like
        What the error message calls that recording.

    Returns
    -------
    n_times : int
        ``window_seconds * sfreq``, rounded to the nearest whole number.

    Raises
    ------
    ValueError
        If `window_seconds` is no positive number, or the window is longer than the recording or
        shorter than one time point.

    Examples
    --------
    >>> from sklearn_eeg.datasets._cut import count_times
    >>> count_times(1.0, sfreq=173.61, n_times=4097, recording="Z001")
    174
    """
    is_number = isinstance(window_seconds, Real) and not isinstance(window_seconds, bool)
    if not is_number or not 0 < window_seconds < np.inf:
        raise ValueError(
            f"`window_seconds` must be a positive number of seconds, got {window_seconds!r}; "
            "give for example 1.0."
        )
    per_window = round(float(window_seconds) * sfreq)
    if per_window > n_times:
        raise ValueError(
            f"`window_seconds` must be at most {n_times / sfreq:.4g}, the length of {recording} in "
            f"seconds, got {window_seconds!r}."
        )
    if per_window < 1:
        raise ValueError(
            f"`window_seconds` must hold at least one time point at {sfreq} Hz, that is "
            f"{1 / sfreq:.3g} s, got {window_seconds!r}."
        )
    return per_window


def cut_windows(x: np.ndarray, n_times: int) -> np.ndarray:
    """Cut a recording into windows that follow one another; what is left at the end is dropped.

    Parameters
    ----------
    x : ndarray of shape (n_channels, n_times_of_recording)
        The recording, in any unit.
    n_times : int
        Time points of a window, from 1 to the length of the recording.

    Returns
    -------
    windows : ndarray of shape (n_windows, n_channels, n_times)
        The windows in order of time, in the unit of `x`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.datasets._cut import cut_windows
    >>> cut_windows(np.array([[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]), 2)
    array([[[0, 1],
            [5, 6]],
           [[2, 3],
            [7, 8]]])
    """
    n_channels, n_windows = x.shape[0], x.shape[1] // n_times
    whole = x[:, : n_windows * n_times]
    return whole.reshape(n_channels, n_windows, n_times).swapaxes(0, 1)
