"""The largest cross-correlation between channels, and the lag at which it is reached."""

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view

from ._fft import irfft
from ._gram import ROWS_AT_ONCE, standardise
from ._kernel import kernel

_TIE = 1.0 - 1e-12  # of the largest value: what a Fourier transform cannot tell from it


def maximal_cross_correlation(x: np.ndarray, max_lag: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the largest absolute cross-correlation of each channel with each other, and its lag.

    Parameters
    ----------
    x : ndarray of shape (..., n_channels, n_times)
        Windows, in microvolts.
    max_lag : int
        Largest lag, in time points, at least 0; lags of n_times or more do not exist.

    Returns
    -------
    largest : ndarray of shape (..., n_channels, n_channels)
        Absolute cross-correlations from 0 to 1; 1 on the diagonal.
    lags : ndarray of shape (..., n_channels, n_channels)
        Their lags, in time points: positive in row i and column j where channel j follows channel i.

    Raises
    ------
    ValueError
        If the largest lag is negative.

    Notes
    -----
    With u and v two channels less their means, over their norms, ``max(abs(c))`` of
    ``c[lag] = sum(u[t] * v[t + lag])``, where [1]_ and mne-features divide each sum by its number of
    terms, which lets values at large lags exceed 1; mne-features 0.3.2 besides delays only one of the two
    channels, whatever the sign of the lag. Of equal maxima the one of the smallest lag counts, the
    positive before the negative.

    A channel is cut into pieces about twice as long as the largest lag; the products of the pieces'
    Fourier transforms are summed before they are transformed back.

    A constant channel has 0, at lag 0.

    References
    ----------
    .. [1] Mirowski P, Madhavan D, LeCun Y, Kuzniecky R (2009) Classification of patterns of EEG
       synchronization for seizure prediction. Clin. Neurophysiol. 120, 1927-1940.
       https://doi.org/10.1016/j.clinph.2009.09.002

    Examples
    --------
    A channel that repeats another two time points later:

    >>> import numpy as np
    >>> from sklearn_eeg.signal._cross_correlation import maximal_cross_correlation
    >>> x = np.array([[0.0, 1.0, -1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 5.0, -5.0, 0.0]])
    >>> largest, lags = maximal_cross_correlation(x, 3)
    >>> round(float(largest[0, 1]), 6), float(lags[0, 1])
    (1.0, 2.0)
    """
    if max_lag < 0:
        raise ValueError(f"`max_lag` must be at least 0, got {max_lag}.")
    units, _ = standardise(x)
    n_windows, n_channels, n_times = units.shape
    max_lag = min(max_lag, n_times - 1)
    first, second = np.triu_indices(n_channels, 1)
    values, shifts = np.empty((2, n_windows, len(first)))
    for window in range(n_windows if len(first) else 0):
        plain, extended, n_fft = _transform_pieces(units[window], max_lag)
        for start in range(0, len(first), ROWS_AT_ONCE):
            some = slice(start, start + ROWS_AT_ONCE)
            spectra = np.empty((len(first[some]), plain.shape[-1]), dtype=np.complex128)
            _multiply(plain, extended, first[some], second[some], spectra)
            products = irfft(spectra, n_fft)
            _find_largest(products, max_lag, values[window, some], shifts[window, some])
    largest = np.broadcast_to(np.eye(n_channels), (n_windows, n_channels, n_channels)).copy()
    lags = np.zeros_like(largest)
    largest[:, first, second] = largest[:, second, first] = values
    lags[:, first, second], lags[:, second, first] = shifts, -shifts
    shape = (*np.shape(x)[:-1], n_channels)
    return largest.reshape(shape), lags.reshape(shape)


def _transform_pieces(units: np.ndarray, max_lag: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Return the spectra of the pieces, and of the pieces with the lags before and behind them."""
    n_channels, n_times = units.shape
    n_piece = -(-n_times // max(1, round(n_times / (2 * max_lag + 1))))
    n_pieces = -(-n_times // n_piece)
    n_fft = scipy.fft.next_fast_len(n_piece + 2 * max_lag, real=True)
    padded = np.zeros((n_channels, n_pieces * n_piece + 2 * max_lag))
    padded[:, max_lag : max_lag + n_times] = units
    pieces = padded[:, max_lag : max_lag + n_pieces * n_piece].reshape(n_channels, n_pieces, n_piece)
    extended = sliding_window_view(padded, n_piece + 2 * max_lag, axis=-1)[:, ::n_piece]
    return scipy.fft.rfft(pieces, n_fft, axis=-1), scipy.fft.rfft(extended, n_fft, axis=-1), n_fft


@kernel
def _multiply(
    plain: np.ndarray, extended: np.ndarray, first: np.ndarray, second: np.ndarray, out: np.ndarray
) -> None:
    """Sum the conjugate spectra of one channel's pieces times those of another's, for each pair."""
    for pair in range(out.shape[0]):
        a, b, row = plain[first[pair]], extended[second[pair]], out[pair]
        for i in range(row.size):
            row[i] = a[0, i].conjugate() * b[0, i]
        for piece in range(1, a.shape[0]):
            for i in range(row.size):
                row[i] += a[piece, i].conjugate() * b[piece, i]


@kernel
def _find_largest(products: np.ndarray, max_lag: int, values: np.ndarray, lags: np.ndarray) -> None:
    """Find the largest absolute value of each row, whose lag 0 is at max_lag, and where it is."""
    for r in range(products.shape[0]):
        row = products[r]
        largest = 0.0
        for i in range(2 * max_lag + 1):
            largest = max(largest, abs(row[i]))
        values[r] = min(largest, 1.0)
        lags[r] = 0.0
        for lag in range(max_lag + 1 if largest > 0.0 else 0):
            if abs(row[max_lag + lag]) >= _TIE * largest:
                lags[r] = lag
                break
            if abs(row[max_lag - lag]) >= _TIE * largest:
                lags[r] = -lag
                break
