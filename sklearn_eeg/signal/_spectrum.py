"""The power spectrum of a signal and its statistics.

``BAND_STATISTICS`` (of the power in one band) and ``SPECTRUM_STATISTICS`` (of the whole spectrum) are
the tables that :class:`sklearn_eeg.features.FFTFeatures` reads.
"""

from collections.abc import Callable

import numpy as np
import scipy.signal

from ._flat import divide, is_flat

CLINICAL_BANDS: dict[str, tuple[float, float]] = {
    "delta": (0.5, 4.0),
    "theta": (4.0, 8.0),
    "alpha": (8.0, 13.0),
    "beta": (13.0, 30.0),
    "gamma": (30.0, 45.0),
}
POWER_FLOOR = 1e-12  # square microvolts: what a flat channel counts as in a logarithm


def periodogram(x: np.ndarray, sfreq: float, *, window: str = "hann") -> tuple[np.ndarray, np.ndarray]:
    """Return the one-sided power spectral density of each signal by one Fourier transform.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal, in microvolts. Its mean is removed.
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
    freqs, psd = scipy.signal.periodogram(x, fs=sfreq, window=window, detrend="constant", axis=-1)
    psd[is_flat(x)] = 0
    return freqs, psd


def band_power(freqs: np.ndarray, psd: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return the power in a band: the density summed over ``low <= freqs < high``, times the step.

    Parameters
    ----------
    freqs : ndarray of shape (n_freqs,)
        Evenly spaced frequencies, in Hz.
    psd : ndarray of shape (..., n_freqs)
        Power spectral density, in square microvolts per Hz.
    low, high : float
        Edges of the band, in Hz; the lower belongs to it, the upper does not, so that neighbouring
        bands share no power.

    Returns
    -------
    power : ndarray of shape (...)
        Power, in square microvolts.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import band_power
    >>> float(band_power(np.arange(5.0), np.ones(5), 1, 3))
    2.0
    """
    inside = (freqs >= low) & (freqs < high)
    return psd[..., inside].sum(axis=-1) * (freqs[1] - freqs[0])


def power(power: np.ndarray, total: np.ndarray) -> np.ndarray:  # noqa: ARG001
    """Return the power of the band, in square microvolts."""
    return power


def relative_power(power: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return the power of the band over that of all bands together; 0 for a flat channel."""
    return divide(power, total)


def log_power(power: np.ndarray, total: np.ndarray) -> np.ndarray:  # noqa: ARG001
    """Return log10 of the power in square microvolts, -12 for a flat channel."""
    return np.log10(np.maximum(power, power.dtype.type(POWER_FLOOR)))


def spectral_entropy(freqs: np.ndarray, psd: np.ndarray) -> np.ndarray:  # noqa: ARG001
    """Return the Shannon entropy of the spectrum without DC, over its largest value [1]_.

    It lies between 0 (one frequency; a flat channel as well) and 1 (white).

    References
    ----------
    .. [1] Inouye T, Shinosaki K, Sakamoto H, et al. (1991) Quantification of EEG irregularity by use
       of the entropy of the power spectrum. Electroencephalogr. Clin. Neurophysiol. 79, 204-210.
       https://doi.org/10.1016/0013-4694(91)90138-T
    """
    density = psd[..., 1:]
    n_freqs = density.shape[-1]
    if n_freqs < 2:
        return np.zeros(psd.shape[:-1], dtype=psd.dtype)
    share = divide(density, density.sum(axis=-1, keepdims=True))
    logarithm = np.log(share, out=np.zeros_like(share), where=share > 0)
    return -(share * logarithm).sum(axis=-1) / psd.dtype.type(np.log(n_freqs))


def spectral_edge_frequency(freqs: np.ndarray, psd: np.ndarray) -> np.ndarray:
    """Return the lowest frequency up to which 95 % of the power without DC lies, in Hz.

    A flat channel gives 0.
    """
    cumulated = psd[..., 1:].cumsum(axis=-1)
    total = cumulated[..., -1]
    index = (cumulated < psd.dtype.type(0.95) * total[..., np.newaxis]).sum(axis=-1)
    return np.where(total > 0, freqs[1:][index], 0).astype(psd.dtype)


def peak_frequency(freqs: np.ndarray, psd: np.ndarray) -> np.ndarray:
    """Return the frequency of the largest density without DC, in Hz; 0 for a flat channel."""
    density = psd[..., 1:]
    highest = freqs[1:][density.argmax(axis=-1)]
    return np.where(density.max(axis=-1) > 0, highest, 0).astype(psd.dtype)


Statistic = Callable[[np.ndarray, np.ndarray], np.ndarray]

BAND_STATISTICS: dict[str, Statistic] = {
    "power": power,
    "relative_power": relative_power,
    "log_power": log_power,
}
SPECTRUM_STATISTICS: dict[str, Statistic] = {
    "spectral_entropy": spectral_entropy,
    "spectral_edge_frequency": spectral_edge_frequency,
    "peak_frequency": peak_frequency,
}
