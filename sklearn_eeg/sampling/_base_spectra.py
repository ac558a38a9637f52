"""How the spectra of windows differ from window to window, in few numbers per window.

Everything is counted in frequency steps of a window of twice the length, so no sampling frequency is needed.
"""

import numpy as np
from scipy import fft

_N_TAPERS = 3
_FIRST_KNOT = 8.0  # frequency steps: below it the bands are equally wide, above in equal ratios
_FLOOR = 1e-3  # of the mean power of a class: what a silent channel is taken to have
_TINY = 1e-20
_STRETCH = 64  # time points
_MOST_STRETCHES = 8
_SMALLEST_EIGENVALUE = 0.02  # of a coherence, before it is inverted
_WHOLE = 2**27  # bytes of tapered spectra: fewer are held at once
_BLOCK = 2**24  # bytes held at once otherwise


def split_rows(windows: np.ndarray) -> list[slice]:
    """Return slices of windows whose tapered spectra fit in memory: one if all of them do.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._base_spectra import split_rows
    >>> split_rows(np.zeros((10, 2, 64))), len(split_rows(np.broadcast_to(0.0, (1000, 19, 1000))))
    ([slice(0, 10, None)], 28)
    """
    n_windows, n_channels, n_times = windows.shape
    size = 8 * _N_TAPERS * n_channels * (n_times + 1)
    step = n_windows if n_windows * size <= _WHOLE else max(1, _BLOCK // size)
    return [slice(start, min(start + step, n_windows)) for start in range(0, n_windows, step)]


def sine_tapers(n_times: int, n_tapers: int = _N_TAPERS) -> np.ndarray:
    """Return the sine tapers, of unit energy, of shape (n_tapers, n_times).

    References
    ----------
    .. [1] K. S. Riedel and A. Sidorenko, "Minimum bias multiple taper spectral estimation", IEEE Trans.
       Signal Process. 43 (1995) 188-195. https://doi.org/10.1109/78.365298

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._base_spectra import sine_tapers
    >>> tapers = sine_tapers(100)
    >>> np.allclose(tapers @ tapers.T, np.eye(3))
    True
    """
    numbers, times = np.arange(1, n_tapers + 1)[:, np.newaxis], np.arange(1, n_times + 1)
    return np.sqrt(2 / (n_times + 1)) * np.sin(np.pi * numbers * times / (n_times + 1))


def drift_basis(n_times: int) -> np.ndarray:
    """Return a constant and a ramp, of shape (2, n_times), orthogonal and of root mean square 1.

    Examples
    --------
    >>> from sklearn_eeg.sampling._base_spectra import drift_basis
    >>> drift_basis(3).round(2)
    array([[ 1.  ,  1.  ,  1.  ],
           [-1.22,  0.  ,  1.22]])
    """
    ramp = np.arange(n_times) - (n_times - 1) / 2
    size = np.sqrt(np.mean(ramp**2))
    return np.stack([np.ones(n_times), ramp / size if size > 0 else ramp])


def find_drift(windows: np.ndarray) -> np.ndarray:
    """Return the offset and the slope of windows, of shape (n_windows, 2, n_channels): least squares."""
    basis = drift_basis(windows.shape[-1])
    return np.einsum("nct,kt->nkc", windows, basis, optimize=True) / windows.shape[-1]


def remove_drift(windows: np.ndarray) -> np.ndarray:
    """Return windows less their offset and slope."""
    drift = np.einsum("nkc,kt->nct", find_drift(windows), drift_basis(windows.shape[-1]), optimize=True)
    return windows - drift.astype(windows.dtype)


def tapered_spectra(windows: np.ndarray) -> np.ndarray:
    """Return Fourier transforms of windows less their drift, tapered and padded to twice the length.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, n_channels, n_times)
        Windows.

    Returns
    -------
    spectra : complex ndarray of shape (n_windows, n_tapers, n_channels, n_times + 1)
        The mean over tapers of their squares is the power in each frequency step: that of white noise of
        variance 1 is 1.
    """
    n_times = windows.shape[-1]
    tapers = sine_tapers(n_times, min(_N_TAPERS, n_times)).astype(windows.dtype)
    return fft.rfft(remove_drift(windows)[:, np.newaxis] * tapers[:, np.newaxis], 2 * n_times, axis=-1)


def measure_power(windows: np.ndarray) -> np.ndarray:
    """Return the power (n_windows, n_channels, n_freqs) of windows, by block."""
    return np.concatenate([power_of(tapered_spectra(windows[rows])) for rows in split_rows(windows)])


def power_of(spectra: np.ndarray) -> np.ndarray:
    """Return the power (n_windows, n_channels, n_freqs) of tapered spectra."""
    return np.mean(spectra.real**2 + spectra.imag**2, axis=1)


def log_power_of(power: np.ndarray) -> np.ndarray:
    """Return the logarithm of the power of windows of a class; a silent channel is 30 dB below the mean."""
    return np.log(np.maximum(power, _FLOOR * power.mean(0)) + _TINY)


def hat_bands(n_freqs: int, n_bands: int) -> np.ndarray:
    """Return overlapping triangular bands, of shape (n_bands, n_freqs), which add up to 1 at each frequency.

    Examples
    --------
    >>> from sklearn_eeg.sampling._base_spectra import hat_bands
    >>> hat_bands(65, 20).sum(0).round(6).min()
    np.float64(1.0)
    """
    n_bands = max(2, min(n_bands, n_freqs // 3))
    warped = np.log1p(np.arange(n_freqs) / _FIRST_KNOT)
    knots, width = np.linspace(0, warped[-1], n_bands, retstep=True)
    return np.maximum(0, 1 - np.abs(warped - knots[:, np.newaxis]) / width)


def band_levels(power: np.ndarray, reference: np.ndarray, bands: np.ndarray) -> np.ndarray:
    """Return log power by band, relative to a reference.

    Parameters
    ----------
    power : ndarray of shape (n_windows, n_channels, n_freqs)
        Power of windows.
    reference : ndarray of shape (n_windows, n_channels, n_freqs)
        Logarithm of the power to which it is compared.
    bands : ndarray of shape (n_bands, n_freqs)
        Weights of the frequencies.

    Returns
    -------
    levels : ndarray of shape (n_windows, n_channels, n_bands)
        Natural logarithm, at least that of 0.001; 0 where the power is that of the reference.
    """
    ratio = (power / np.exp(reference)) @ (bands / bands.sum(1, keepdims=True)).T.astype(power.dtype)
    return np.log(np.maximum(ratio, _FLOOR))


def whiten_channels(
    spectra: np.ndarray, reference: np.ndarray, levels: np.ndarray, bands: np.ndarray
) -> np.ndarray:
    """Return tapered spectra divided by the root of the power that the levels of the bands stand for."""
    half = 0.5 * (reference + levels @ bands.astype(levels.dtype))
    return spectra * np.exp(-half)[:, np.newaxis]


def band_coherence(whitened: np.ndarray, bands: np.ndarray) -> np.ndarray:
    """Return the mean coherency of channels over windows, tapers and the frequencies of each band.

    Parameters
    ----------
    whitened : complex ndarray of shape (n_windows, n_tapers, n_channels, n_freqs)
        Tapered spectra of unit power.
    bands : ndarray of shape (n_bands, n_freqs)
        Weights of the frequencies.

    Returns
    -------
    coherence : complex ndarray of shape (n_bands, n_channels, n_channels)
        Hermitian, with ones on the diagonal; a silent channel goes with no other.
    """
    return average_coherence(cross_products(whitened), bands)


def cross_products(whitened: np.ndarray) -> np.ndarray:
    """Return the products of channels (n_freqs, n_channels, n_channels), added up over windows and tapers."""
    by_frequency = whitened.reshape(-1, *whitened.shape[2:]).transpose(2, 1, 0)
    return by_frequency @ by_frequency.conj().swapaxes(1, 2)


def average_coherence(cross: np.ndarray, bands: np.ndarray) -> np.ndarray:
    """Return the coherency (n_bands, n_channels, n_channels) that `cross_products` have in each band."""
    return unit_diagonal(np.einsum("bf,fcd->bcd", bands, cross))


def unit_diagonal(matrices: np.ndarray) -> np.ndarray:
    """Divide Hermitian matrices by the roots of their diagonals; where these are 0, put an identity's row."""
    power = np.einsum("...cc->...c", matrices).real
    root = np.sqrt(np.where(power > _TINY, power, 1.0))
    silent = np.where(power > _TINY, 0.0, 1.0)[..., np.newaxis] * np.eye(matrices.shape[-1])
    return matrices / (root[..., :, np.newaxis] * root[..., np.newaxis, :]) + silent


def hermitian_roots(matrices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the root of positive Hermitian matrices, and the inverse root with small eigenvalues raised."""
    values, vectors = np.linalg.eigh(matrices)
    transposed = vectors.conj().swapaxes(-1, -2)
    root = np.sqrt(np.maximum(values, 0))[..., np.newaxis, :]
    raised = np.sqrt(np.maximum(values, _SMALLEST_EIGENVALUE))[..., np.newaxis, :]
    return (vectors * root) @ transposed, (vectors / raised) @ transposed


def log_mixing(whitened: np.ndarray, inverse_roots: np.ndarray, bands: np.ndarray) -> np.ndarray:
    """Return how the channels of each window go together, relative to their class.

    Parameters
    ----------
    whitened : complex ndarray of shape (n_windows, n_tapers, n_channels, n_freqs)
        Tapered spectra of unit power, of windows of one class.
    inverse_roots : complex ndarray of shape (n_bands, n_channels, n_channels)
        Inverse roots of the coherence of the class.
    bands : ndarray of shape (n_bands, n_freqs)
        Weights of the frequencies.

    Returns
    -------
    logarithms : ndarray of shape (n_windows, n_channels, n_channels)
        Matrix logarithm of the real part of the covariance, over tapers and all bands alike, of channels
        that have the class's coherence taken out. It is shrunk towards that of white noise, the more so the
        shorter the windows: where all windows are as their class, it is about 0.
    """
    n_channels, n_freqs = whitened.shape[2:]
    turned = np.einsum("bf,bcd->fcd", bands, inverse_roots, optimize=True).astype(whitened.dtype)
    weight = np.sqrt((bands / bands.sum(1, keepdims=True)).mean(0) / whitened.shape[1])
    weighted = whitened * weight.astype(whitened.real.dtype)
    by_frequency = weighted.transpose(3, 2, 0, 1).reshape(n_freqs, n_channels, -1)
    flat = (turned @ by_frequency).reshape(n_freqs, n_channels, *whitened.shape[:2])
    rows = flat.transpose(2, 1, 3, 0).reshape(len(whitened), n_channels, -1)
    rows = np.concatenate([rows.real, rows.imag], axis=2)
    covariance = rows @ rows.swapaxes(1, 2)
    share = n_channels / (n_channels + n_freqs - 1)
    values, vectors = np.linalg.eigh((1 - share) * covariance.astype(float) + share * np.eye(n_channels))
    return (vectors * np.log(values)[:, np.newaxis]) @ vectors.swapaxes(1, 2)


def time_bands(n_times: int) -> np.ndarray:
    """Return overlapping triangular stretches of time, of shape (n_stretches, n_times), which add up to 1.

    There is one for each 64 time points, at most 8: in shorter ones the power of noise differs by chance.

    Examples
    --------
    >>> from sklearn_eeg.sampling._base_spectra import time_bands
    >>> time_bands(129)[:, ::32]
    array([[1.  , 0.75, 0.5 , 0.25, 0.  ],
           [0.  , 0.25, 0.5 , 0.75, 1.  ]])
    """
    n_stretches = min(_MOST_STRETCHES, n_times // _STRETCH)
    if n_stretches < 2:
        return np.ones((1, n_times))
    knots, width = np.linspace(0, n_times - 1, n_stretches, retstep=True)
    return np.maximum(0, 1 - np.abs(np.arange(n_times) - knots[:, np.newaxis]) / width)


def envelope_levels(windows: np.ndarray, log_power: np.ndarray, stretches: np.ndarray) -> np.ndarray:
    """Return the log power of each stretch of time, relative to the whole window.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, n_channels, n_times)
        Windows.
    log_power : ndarray of shape (n_windows, n_channels, n_times + 1)
        Logarithm of the power by frequency; the fourth root of the power is divided out, so that fast
        activity counts beside slow waves.
    stretches : ndarray of shape (n_stretches, n_times)
        Weights of the time points.

    Returns
    -------
    levels : ndarray of shape (n_windows, n_channels, n_stretches)
        Natural logarithm, with a mean of 0 over the stretches; 0 for a constant channel.
    """
    n_times = windows.shape[-1]
    filtered = fft.rfft(remove_drift(windows), 2 * n_times) * np.exp(-0.25 * log_power)
    signal = fft.irfft(filtered, 2 * n_times)[..., :n_times]
    power = signal**2 @ (stretches / stretches.sum(1, keepdims=True)).T.astype(signal.dtype)
    logarithm = np.log(np.maximum(power, _FLOOR * power.mean(-1, keepdims=True)) + _TINY)
    return logarithm - logarithm.mean(-1, keepdims=True)
