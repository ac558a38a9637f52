"""A Gaussian distribution of windows, fitted to few windows of many values."""

from typing import NamedTuple

import numpy as np
import scipy.fft

_ROUNDING = 1e-13  # of sums, relative to what was summed
_AT_ONCE = 64  # windows whose transforms are held


class WindowGaussian(NamedTuple):
    """A Gaussian distribution of windows; ``fit_gaussian`` makes it.

    Its covariance, ``(1 - shrinkage) S + shrinkage T``, is never written down: S is the mean product of
    `deviations` with themselves, T that of stationary windows, with `factors` by frequency.
    """

    mean: np.ndarray
    """Mean window, of shape (n_channels, n_times), in microvolts."""
    deviations: np.ndarray
    """The windows without the mean, of shape (n_windows, n_channels, n_times)."""
    factors: np.ndarray
    """Square roots of cross-spectra, of shape (n_times + 1, n_channels, n_channels)."""
    shrinkage: float
    """Weight of the stationary part, from 0 to 1."""


def fit_gaussian(windows: np.ndarray) -> WindowGaussian:
    """Fit a Gaussian distribution, its covariance shrunk towards a stationary one.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, n_channels, n_times)
        Windows of one class, in microvolts.

    Returns
    -------
    gaussian : WindowGaussian
        The distribution.

    Notes
    -----
    Of n windows of p values the covariance S has a rank below n, far below p. It is shrunk towards T, the
    covariance of stationary windows that have the mean cross-spectra of these. The spectra of the class
    are thus kept, whereas shrinking towards a multiple of the identity would add white noise. The
    cross-spectra are those of windows with a Hann taper, padded with zeros to twice their length, so that
    their ends do not meet in T as they would in a circle.

    The weight of T is the one that makes the expected squared (Frobenius) distance to the true covariance
    smallest: ``(cov(S, S) - cov(S, T)) / |S - T|^2``. The expected products of errors are estimated as in
    [1]_, by ``cov(S, T) = sum_i <S_i - S, T_i - T> / n^2``, with S_i and T_i made of window i alone. Channels
    are brought to one standard deviation before. All this comes from products of two windows and from
    cross-spectra, so that no matrix of p x p values is made. A constant channel stays constant.

    References
    ----------
    .. [1] Ledoit O, Wolf M (2004) A well-conditioned estimator for large-dimensional covariance matrices.
       J. Multivar. Anal. 88, 365-411. https://doi.org/10.1016/S0047-259X(03)00096-4

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._window_gaussian import fit_gaussian
    >>> noise = np.random.default_rng(0).normal(size=(30, 2, 64))  # stationary
    >>> fit_gaussian(noise).shrinkage > 0.9
    True
    >>> ramps = np.linspace(0, 1, 64) * np.random.default_rng(0).normal(size=(300, 2, 1))
    >>> fit_gaussian(ramps).shrinkage < 0.1
    True
    """
    mean = windows.mean(axis=0)
    deviations = windows - mean
    scale = np.sqrt(np.square(deviations).mean(axis=(0, 2)))[:, np.newaxis]
    flat = scale[:, 0] <= _ROUNDING * np.abs(windows).max(axis=(0, 2))
    deviations[:, flat], scale[flat] = 0, 1
    scaled = deviations / scale
    cross = _cross_spectra(scaled)
    values, vectors = np.linalg.eigh(cross)
    values[values <= _ROUNDING * values[:, -1:]] = 0
    factors = scale * vectors * np.sqrt(values)[:, np.newaxis]
    return WindowGaussian(mean, deviations, factors, _shrinkage(scaled, cross))


def sample_gaussian(
    gaussian: WindowGaussian, n_windows: int, random_state: np.random.Generator
) -> np.ndarray:
    """Draw windows from a Gaussian distribution of windows.

    Parameters
    ----------
    gaussian : WindowGaussian
        The distribution.
    n_windows : int
        How many.
    random_state : numpy.random.Generator
        Source of random numbers.

    Returns
    -------
    windows : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._window_gaussian import fit_gaussian, sample_gaussian
    >>> gaussian = fit_gaussian(np.random.default_rng(0).normal(5, 2, size=(50, 1, 64)))
    >>> drawn = sample_gaussian(gaussian, 500, np.random.default_rng(1))
    >>> round(drawn.mean()), round(drawn.std())
    (5, 2)
    """
    n_fitted, (n_channels, n_times) = len(gaussian.deviations), gaussian.mean.shape
    share = gaussian.shrinkage
    weights = random_state.normal(scale=np.sqrt((1 - share) / n_fitted), size=(n_windows, n_fitted))
    windows = gaussian.mean + np.tensordot(weights, gaussian.deviations, axes=1)
    white = random_state.normal(scale=np.sqrt(share), size=(n_windows, n_channels, 2 * n_times))
    coloured = (gaussian.factors @ _transform(white, 2 * n_times)).transpose(2, 1, 0)
    windows += scipy.fft.irfft(coloured, 2 * n_times)[..., :n_times]
    return windows


def _taper(n_times: int) -> np.ndarray:
    """Return a Hann taper without zeros whose squares sum to 1."""
    taper = np.sin(np.pi * np.arange(1, n_times + 1) / (n_times + 1)) ** 2
    return taper / np.sqrt(np.square(taper).sum())


def _transform(windows: np.ndarray, n_times: int) -> np.ndarray:
    """Return Fourier transforms, of shape (n_frequencies, n_channels, n_windows)."""
    return scipy.fft.rfft(windows, n_times).transpose(2, 1, 0)


def _cross_spectra(windows: np.ndarray) -> np.ndarray:
    """Return the mean cross-spectra of tapered windows, of shape (n_frequencies, n_channels, n_channels)."""
    _, n_channels, n_times = windows.shape
    cross = np.zeros((n_times + 1, n_channels, n_channels), complex)
    for start in range(0, len(windows), _AT_ONCE):
        spectra = _transform(windows[start : start + _AT_ONCE] * _taper(n_times), 2 * n_times)
        cross += spectra @ spectra.conj().transpose(0, 2, 1)
    return cross / len(windows)


def _products(windows: np.ndarray, cross: np.ndarray) -> tuple[float, float]:
    """Return the mean over windows of ``<S_i, T_i>`` and of ``<S_i, T>``."""
    n_windows, _, n_times = windows.shape
    weights = np.full(len(cross), 1 / n_times)  # of a frequency, which occurs twice among 2 n_times
    weights[[0, -1]] /= 2
    own = mixed = 0.0
    for start in range(0, n_windows, _AT_ONCE):
        block = windows[start : start + _AT_ONCE]
        plain, tapered = (_transform(one, 2 * n_times) for one in (block, block * _taper(n_times)))
        own += (weights @ np.square(np.abs((plain.conj() * tapered).sum(axis=1)))).sum()
        mixed += (weights @ (plain.conj() * (cross @ plain)).real.sum(axis=1)).sum()
    return own / n_windows, mixed / n_windows


def _shrinkage(windows: np.ndarray, cross: np.ndarray) -> float:
    """Return the weight of the stationary part, of centred windows and their cross-spectra."""
    n_windows, _, n_times = windows.shape
    flat = windows.reshape(n_windows, -1)
    products = flat @ flat.T
    own, mixed = _products(windows, cross)
    covariances = scipy.fft.irfft(cross, axis=0)[:n_times]  # by lag
    lags = 2.0 * (n_times - np.arange(n_times))  # times that a lag occurs
    lags[0] = n_times
    norm, norm_stationary = np.square(products).mean(), lags @ np.square(covariances).sum(axis=(1, 2))
    distance = norm - 2 * mixed + norm_stationary
    if distance <= _ROUNDING * norm:
        return 1.0
    errors = np.square(products.diagonal()).mean() - norm - own + mixed
    return float(np.clip(errors / n_windows / distance, 0, 1))
