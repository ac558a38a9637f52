"""How far synthetic windows are from real ones in spectrum, covariance and distribution."""

import numpy as np

from ..signal import band_power, correlation, log_covariance, welch
from ..signal._bands import choose_bands

_LONGEST_SEGMENT = 512  # time points of a segment of Welch's method, where none is given
_FLOOR = 1e-10  # of a channel's largest mean density: what lies 100 dB below counts as that
_SMALLEST_DENSITY = 1e-30  # where all real windows of a channel are constant


def check_pair(real: np.ndarray, synthetic: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return two batches of windows in float64, after checking that they can be compared.

    Raises
    ------
    ValueError
        If a batch has not three dimensions, is empty, or differs from the other in channels or time points.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_distances import check_pair
    >>> [each.shape for each in check_pair(np.ones((2, 1, 4)), np.ones((3, 1, 4)))]
    [(2, 1, 4), (3, 1, 4)]
    """
    pair = np.asarray(real, dtype=float), np.asarray(synthetic, dtype=float)
    for name, windows in zip(("real", "synthetic"), pair, strict=True):
        if windows.ndim != 3 or 0 in windows.shape:
            raise ValueError(
                f"`{name}` must be windows of shape (n_windows, n_channels, n_times), none of them 0, got "
                f"{windows.shape}."
            )
    if pair[0].shape[1:] != pair[1].shape[1:]:
        raise ValueError(
            f"`synthetic` must have the channels and time points of `real`, {pair[0].shape[1:]}, got "
            f"{pair[1].shape[1:]}."
        )
    return pair


def log_spectra(
    real: np.ndarray, synthetic: np.ndarray, *, sfreq: float = 1.0, n_segment: int | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mean log spectrum of each channel of real and of synthetic windows.

    Parameters
    ----------
    real, synthetic : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts or any other unit that both share; their numbers may differ.
    sfreq : float, default=1.0
        Sampling frequency, in Hz. It scales frequencies and both densities alike, so that differences do
        not depend on it.
    n_segment : int, optional
        Time points of a segment of Welch's method; by default those of the window, at most 512.

    Returns
    -------
    freqs : ndarray of shape (n_freqs,)
        Frequencies above 0, in Hz.
    real_spectrum, synthetic_spectrum : ndarray of shape (n_channels, n_freqs)
        Means over the windows of 10 log10 of the density, in dB re 1 square unit per Hz.

    Notes
    -----
    In both, a density below 1e-10 of the largest mean density of the channel in `real` counts as that (100 dB
    below), so that frequencies that a filter took out do not dominate. A constant channel lies there.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_distances import log_spectra
    >>> x = np.random.default_rng(0).normal(size=(20, 1, 64))
    >>> freqs, a, b = log_spectra(x, 10 * x)
    >>> len(freqs), bool(np.allclose(b - a, 20))
    (32, True)
    """
    real, synthetic = check_pair(real, synthetic)
    n_segment = min(real.shape[-1], n_segment or _LONGEST_SEGMENT)
    seconds = n_segment / sfreq
    freqs, real_density = welch(real, sfreq, segment_seconds=seconds)
    synthetic_density = welch(synthetic, sfreq, segment_seconds=seconds)[1]
    largest = real_density[..., 1:].mean(axis=0).max(axis=-1, keepdims=True)
    floor = np.maximum(_FLOOR * largest, _SMALLEST_DENSITY)
    means = [
        (10 * np.log10(np.maximum(density[..., 1:], floor))).mean(axis=0)
        for density in (real_density, synthetic_density)
    ]
    return freqs[1:], means[0], means[1]


def log_spectrum_distance(real: np.ndarray, synthetic: np.ndarray, *, n_segment: int | None = None) -> float:
    r"""Return the log-spectrum distance of synthetic to real windows, in dB.

    Parameters
    ----------
    real, synthetic : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts or any other unit that both share; their numbers may differ.
    n_segment : int, optional
        Time points of a segment of Welch's method; by default those of the window, at most 512.

    Returns
    -------
    distance : float
        Root mean square difference of the mean log spectra over channels and frequencies above 0, in dB;
        0 is ideal.

    Notes
    -----
    .. math:: \sqrt{\tfrac{1}{CF} \sum_{c,f} (R_{cf} - S_{cf})^2}

    with the means of 10 log10 of the densities that `log_spectra` returns. The log-spectral distance of
    speech coding [1]_, between means over windows.

    References
    ----------
    .. [1] Gray, A. & Markel, J. (1976). Distance measures for speech processing. IEEE Transactions on
       Acoustics, Speech, and Signal Processing, 24(5), 380-391. https://doi.org/10.1109/TASSP.1976.1162849

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_distances import log_spectrum_distance
    >>> x = np.random.default_rng(0).normal(size=(20, 2, 64))
    >>> log_spectrum_distance(x, x), round(log_spectrum_distance(x, 10 * x), 6)
    (0.0, 20.0)
    """
    _, a, b = log_spectra(real, synthetic, n_segment=n_segment)
    return float(np.sqrt(np.mean((a - b) ** 2)))


def band_differences(
    real: np.ndarray,
    synthetic: np.ndarray,
    sfreq: float,
    bands: dict[str, tuple[float, float]] | None = None,
) -> dict[str, np.ndarray]:
    """Return how much more power synthetic windows have in each band and channel, in dB.

    Parameters
    ----------
    real, synthetic : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts; their numbers may differ.
    sfreq : float
        Sampling frequency, in Hz.
    bands : dict of str to (low, high), optional
        Edges of bands in Hz, by default the clinical ones below half the sampling frequency.

    Returns
    -------
    differences : dict of str to ndarray of shape (n_channels,)
        Mean over the synthetic windows of 10 log10 of the power in the band, minus that over the real ones;
        0 is ideal. NaN for a band that holds no frequency of windows this short.

    Notes
    -----
    Powers come from Welch's method with segments of 2 s, or of the window where that is shorter. A power
    100 dB below the channel's largest mean band power in `real` counts as that, so a constant channel does.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_distances import band_differences
    >>> x = np.random.default_rng(0).normal(size=(20, 1, 256))
    >>> found = band_differences(x, 10 * x, 128, {"alpha": (8, 13)})
    >>> found["alpha"].round(6)
    array([20.])
    """
    real, synthetic = check_pair(real, synthetic)
    bands = choose_bands(bands, sfreq)
    powers = []
    for windows in (real, synthetic):
        freqs, density = welch(windows, sfreq, segment_seconds=2.0)
        powers.append(np.stack([band_power(freqs, density, *edges) for edges in bands.values()]))
    largest = powers[0].mean(axis=1).max(axis=0)
    floor = np.maximum(_FLOOR * largest, _SMALLEST_DENSITY)
    means = [(10 * np.log10(np.maximum(power, floor))).mean(axis=1) for power in powers]
    empty = [not np.any(band_power(freqs, np.ones(len(freqs)), *edges)) for edges in bands.values()]
    difference = np.where(np.array(empty)[:, np.newaxis], np.nan, means[1] - means[0])
    return dict(zip(bands, difference, strict=True))


def sliced_wasserstein(
    real: np.ndarray,
    synthetic: np.ndarray,
    *,
    n_directions: int = 200,
    random_state: int | np.random.Generator | None = None,
) -> float:
    r"""Return the sliced Wasserstein-2 distance of synthetic to real windows, in standard deviations.

    Parameters
    ----------
    real, synthetic : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in any unit that both share; their numbers may differ.
    n_directions : int, default=200
        Number of random directions, at least 1.
    random_state : int, Generator or None, default=None
        Seed of the directions.

    Returns
    -------
    distance : float
        The distance over the standard deviation of all values of `real`; 0 is ideal. Where `real` is
        constant, the distance itself.

    Raises
    ------
    ValueError
        If `n_directions` is less than 1.

    Notes
    -----
    .. math:: \frac{1}{\sigma_R} \sqrt{\tfrac{1}{L} \sum_l W_2^2(\theta_l^\top R, \theta_l^\top S)}

    over unit vectors :math:`\theta_l` drawn evenly [1]_; the one-dimensional distances are exact, also
    between unequal numbers of windows. Two halves of one set do not have distance 0: compare with
    real windows. Along a random direction even EEG is close to normal, so this
    distance sees amplitudes and means more than shapes.

    References
    ----------
    .. [1] Bonneel, N., Rabin, J., Peyré, G. & Pfister, H. (2015). Sliced and Radon Wasserstein barycenters of
       measures. Journal of Mathematical Imaging and Vision, 51, 22-45.
       https://doi.org/10.1007/s10851-014-0506-3

    Examples
    --------
    With one channel of one time point, the direction is 1 or -1 and the distance that of the means:

    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_distances import sliced_wasserstein
    >>> x = np.array([-1.0, 1.0]).reshape(2, 1, 1)
    >>> sliced_wasserstein(x, x + 3, n_directions=5, random_state=0)
    3.0
    """
    if n_directions < 1:
        raise ValueError(f"`n_directions` must be at least 1, got {n_directions}.")
    real, synthetic = check_pair(real, synthetic)
    a, b = real.reshape(len(real), -1), synthetic.reshape(len(synthetic), -1)
    directions = np.random.default_rng(random_state).normal(size=(a.shape[1], n_directions))
    directions /= np.linalg.norm(directions, axis=0)
    widths, i, j = _common_quantiles(len(a), len(b))
    squares = (np.sort(a @ directions, axis=0)[i] - np.sort(b @ directions, axis=0)[j]) ** 2
    deviation = a.std()
    return float(np.sqrt((widths @ squares).mean()) / (deviation if deviation > 0 else 1.0))


def _common_quantiles(n: int, m: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the steps on which two empirical quantile functions are constant: widths and their places."""
    edges = np.union1d(np.arange(n + 1) * m, np.arange(m + 1) * n)
    starts = edges[:-1]
    return np.diff(edges) / (n * m), starts // m, starts // n


def covariance_distance(real: np.ndarray, synthetic: np.ndarray) -> float:
    r"""Return the log-Euclidean distance of the channels' mean covariance from that of real windows, in dB.

    Parameters
    ----------
    real, synthetic : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts; their numbers may differ.

    Returns
    -------
    distance : float
        Distance per root of the number of channels, in dB: a gain in all channels has its own; 0 is ideal.

    Notes
    -----
    .. math:: \tfrac{10}{\ln 10} \lVert L_S - L_R \rVert_F / \sqrt{C}

    with L the mean over windows of the matrix logarithm of their shrunk covariances [1]_. A few windows with
    artefacts do not dominate it, and shrinkage defines it for re-referenced and constant channels.

    References
    ----------
    .. [1] Arsigny, V., Fillard, P., Pennec, X. & Ayache, N. (2006). Log-Euclidean metrics for fast and simple
       calculus on diffusion tensors. Magnetic Resonance in Medicine, 56, 411-421.
       https://doi.org/10.1002/mrm.20965

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_distances import covariance_distance
    >>> x = np.random.default_rng(0).normal(size=(20, 2, 64))
    >>> covariance_distance(x, x), round(covariance_distance(x, 10 * x), 6)
    (0.0, 20.0)
    """
    a, b = (log_covariance(windows).mean(axis=0) for windows in check_pair(real, synthetic))
    return float(10 / np.log(10) * np.linalg.norm(b - a) / np.sqrt(len(a)))


def correlation_distance(real: np.ndarray, synthetic: np.ndarray) -> float:
    """Return how far the mean correlations of pairs of channels are from those of real windows.

    Parameters
    ----------
    real, synthetic : ndarray of shape (n_windows, n_channels, n_times)
        Windows; amplitudes do not matter, and their numbers may differ.

    Returns
    -------
    distance : float
        Root mean square difference over pairs of channels of the mean correlation; 0 is ideal, NaN where
        there is one channel. The correlation with a constant channel is 0.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_distances import correlation_distance
    >>> x = np.repeat(np.random.default_rng(0).normal(size=(20, 1, 64)), 2, axis=1)
    >>> round(correlation_distance(x, x * [[1], [-1]]), 6)
    2.0
    """
    real, synthetic = check_pair(real, synthetic)
    pairs = np.triu_indices(real.shape[1], 1)
    if not len(pairs[0]):
        return float("nan")
    a, b = (correlation(windows).mean(axis=0)[pairs] for windows in (real, synthetic))
    return float(np.sqrt(np.mean((b - a) ** 2)))
