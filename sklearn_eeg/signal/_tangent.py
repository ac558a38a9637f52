"""Covariance between channels, as vectors that a classifier may subtract and average."""

import numpy as np

from ._gram import gram, standardise

_FLOOR = 1e-12  # square microvolts: the least variance of any mixture of channels


def log_covariance(x: np.ndarray) -> np.ndarray:
    """Return the matrix logarithm of the shrunk covariance between channels.

    Parameters
    ----------
    x : ndarray of shape (..., n_channels, n_times)
        Windows, in microvolts.

    Returns
    -------
    matrices : ndarray of shape (..., n_channels, n_channels)
        Symmetric matrices, in natural logarithms of square microvolts. With the diagonal and
        ``sqrt(2)`` times the upper triangle as vectors, the distance between two vectors is the
        log-Euclidean one between covariances [1]_.

    Notes
    -----
    The covariance (over N, not N - 1 points) is shrunk towards its mean variance by the oracle
    approximating rule [2]_, as by :func:`sklearn.covariance.oas` and pyRiemann's ``"oas"``; without a
    parameter, and without a reference matrix that would have to be learnt from other windows: the
    tangent space is that at the identity. Eigenvalues below 1e-12 count as 1e-12.

    A constant channel has the variance that shrinkage leaves it, ``log(1e-12)`` (about -27.6) where all
    are constant.

    References
    ----------
    .. [1] Arsigny V, Fillard P, Pennec X, Ayache N (2006) Log-Euclidean metrics for fast and simple
       calculus on diffusion tensors. Magn. Reson. Med. 56, 411-421. https://doi.org/10.1002/mrm.20965
    .. [2] Chen Y, Wiesel A, Eldar YC, Hero AO (2010) Shrinkage algorithms for MMSE covariance estimation.
       IEEE Trans. Signal Process. 58, 5016-5029. https://doi.org/10.1109/TSP.2010.2053029

    Examples
    --------
    The logarithm of the variance, where there is one channel:

    >>> import numpy as np
    >>> from sklearn_eeg.signal._tangent import log_covariance
    >>> log_covariance(np.exp(1) * np.array([[1.0, -1.0, 1.0, -1.0]])).round(6).tolist()
    [[2.0]]
    """
    units, deviations = standardise(x)
    scale = deviations.max(axis=-1, keepdims=True)
    relative = np.divide(deviations, scale, out=np.zeros_like(deviations), where=scale > 0)
    covariance = gram(units) * relative[:, :, np.newaxis] * relative[:, np.newaxis, :]
    values, vectors = np.linalg.eigh(_shrink(covariance, units.shape[-1]))
    tiny = np.finfo(np.float64).tiny
    logarithms = np.log(np.maximum(values, tiny)) + 2.0 * np.log(np.maximum(scale, tiny))
    logarithms = np.maximum(logarithms, np.log(_FLOOR))
    matrices = (vectors * logarithms[:, np.newaxis, :]) @ vectors.swapaxes(1, 2)
    return matrices.reshape(*np.shape(x)[:-1], -1)


def _shrink(covariance: np.ndarray, n_times: int) -> np.ndarray:
    """Shrink covariance matrices (n_windows, n_channels, n_channels) by the oracle approximating rule."""
    n_channels = covariance.shape[-1]
    mean_variance = np.trace(covariance, axis1=1, axis2=2) / n_channels
    square = np.mean(covariance * covariance, axis=(1, 2))
    numerator = square + mean_variance**2
    denominator = (n_times + 1.0) * (square - mean_variance**2 / n_channels)
    enough = numerator < denominator
    share = np.divide(numerator, denominator, out=np.ones_like(numerator), where=enough)
    kept = (1.0 - share)[:, np.newaxis, np.newaxis] * covariance
    return kept + (share * mean_variance)[:, np.newaxis, np.newaxis] * np.eye(n_channels)
