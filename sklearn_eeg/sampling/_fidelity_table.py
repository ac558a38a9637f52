"""What windows look like as a table, for classifiers, neighbours and statistics of amplitude."""

import numpy as np

from ..signal import correlation, time_statistics, welch

_SLICES = 8  # of the spectrum of each channel, evenly spaced in the logarithm of frequency
_FINE = 32  # of the mean spectrum over the channels, evenly spaced
_PIECES = 16  # of a window, whose amplitudes show its edges
_MOST_PAIRS = 300  # columns for pairs of channels; beyond, a channel has its mean correlation
_FLOOR = 1e-4  # of powers, in square microvolts: less is below any noise, and a flat channel no outlier
_SIZES = ("standard_deviation", "line_length", "peak_to_peak")
_SHAPES = ("skewness", "kurtosis")


def window_table(windows: np.ndarray) -> np.ndarray:
    """Return what a classifier or a search for neighbours is shown of each window.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts, of at least four time points.

    Returns
    -------
    table : ndarray of shape (n_windows, n_columns)
        For each channel: power in up to eight slices of the spectrum, standard deviation, line length and
        range, in dB, and skewness and excess kurtosis (as inverse hyperbolic sines). For all channels
        together: the spectrum in 32 slices and the power of 16 pieces of the window relative to the whole, in
        dB. Correlations of all pairs of channels, or, beyond 300 pairs, the mean correlation of each channel.

    Notes
    -----
    The slices of a channel tell rhythms apart, the fine spectrum shows narrow lines such as those of
    transposed convolutions, and the pieces show edges. Powers below 1e-4 square microvolts count as that, so
    that a constant channel has finite columns and stands not too far off.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_table import window_table
    >>> window_table(np.random.default_rng(0).normal(size=(5, 2, 128))).shape
    (5, 73)
    """
    windows = np.asarray(windows, dtype=float)
    density = welch(windows, 1.0, segment_seconds=float(min(windows.shape[-1], 512)))[1][..., 1:]
    parts = [
        _slices(density, np.geomspace(1, density.shape[-1] + 1, _SLICES + 1)),
        _statistics(windows),
        _slices(density.mean(axis=1), np.linspace(0, density.shape[-1], _FINE + 1) + 1),
        _profile(windows),
        _pairs(windows),
    ]
    return np.concatenate([part.reshape(len(windows), -1) for part in parts], axis=1)


def amplitude_statistics(windows: np.ndarray) -> dict[str, np.ndarray]:
    """Return standard deviation, line length, kurtosis and largest value of each window and channel.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts.

    Returns
    -------
    statistics : dict of str to ndarray of shape (n_windows, n_channels)
        `standard_deviation` in microvolts, `line_length` in microvolts per time point (mean absolute change),
        `kurtosis` (3 for a normal distribution, and for a constant channel) and `extreme`, the largest
        distance from the mean, in microvolts.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_table import amplitude_statistics
    >>> found = amplitude_statistics(np.tile([2.0, -2.0], (1, 1, 8)))
    >>> [round(float(each[0, 0]), 6) for each in found.values()]
    [2.0, 4.0, 1.0, 2.0]
    """
    names = ["standard_deviation", "line_length", "kurtosis", "mean"]
    found = time_statistics(np.asarray(windows, dtype=float), names)
    found["kurtosis"] = found["kurtosis"] + 3.0
    found["extreme"] = np.abs(windows - found.pop("mean")[..., np.newaxis]).max(axis=-1)
    return found


def _decibels(power: np.ndarray) -> np.ndarray:
    return 10 * np.log10(np.maximum(power, _FLOOR))


def _slices(density: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return the mean density, in dB, between edges that count frequencies from 1 on."""
    starts = np.unique(np.minimum(edges[:-1].astype(int) - 1, density.shape[-1] - 1))
    counts = np.diff(np.append(starts, density.shape[-1]))
    return _decibels(np.add.reduceat(density, starts, axis=-1) / counts)


def _statistics(windows: np.ndarray) -> np.ndarray:
    found = time_statistics(windows, list(_SIZES + _SHAPES))
    sizes = [_decibels(found[name] ** 2) for name in _SIZES]
    return np.stack(sizes + [np.arcsinh(found[name]) for name in _SHAPES], axis=-1)


def _profile(windows: np.ndarray) -> np.ndarray:
    """Return the power of pieces of the windows relative to the whole, in dB, over all channels."""
    n_pieces = min(_PIECES, windows.shape[-1] // 2)
    squares = np.mean((windows - windows.mean(axis=-1, keepdims=True)) ** 2, axis=1)
    starts = np.arange(n_pieces) * windows.shape[-1] // n_pieces
    counts = np.diff(np.append(starts, windows.shape[-1]))
    pieces = np.add.reduceat(squares, starts, axis=-1) / counts
    return _decibels(pieces) - _decibels(squares.mean(axis=-1, keepdims=True))


def _pairs(windows: np.ndarray) -> np.ndarray:
    n_channels = windows.shape[1]
    matrices = correlation(windows)
    if n_channels * (n_channels - 1) // 2 > _MOST_PAIRS:
        return (matrices.sum(axis=-1) - 1) / (n_channels - 1)
    return matrices[(slice(None), *np.triu_indices(n_channels, 1))]
