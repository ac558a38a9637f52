"""Surrogates: random signals that keep what is linear in given ones."""

import numpy as np
import scipy.fft

from ._flat import restore_type

_ROUNDING = 1e-13  # of the Fourier transform, relative to its largest coefficient


def fourier_surrogate(x: np.ndarray, random_state: np.random.Generator) -> np.ndarray:
    """Turn the phase of each frequency at random, by the same angle in all channels.

    Parameters
    ----------
    x : ndarray of shape (..., n_channels, n_times)
        Signals; each entry of the leading axes is turned by angles of its own.
    random_state : numpy.random.Generator
        Source of the random angles.

    Returns
    -------
    surrogate : ndarray of shape (..., n_channels, n_times)
        In float32 if `x` is and in float64 otherwise.

    Raises
    ------
    ValueError
        If `x` has no axis of channels, or no time points.

    Notes
    -----
    With ``X[c, k]`` the discrete Fourier transform of channel c, the surrogate's is ``X[c, k] exp(i a[k])``,
    with ``a[k]`` uniform on the circle for ``0 < k < n_times / 2``; the mean (k of 0) and the highest
    frequency of an even length stay. So the periodogram of each channel, its circular autocorrelation and
    the cross-spectrum of each pair stay exactly, and nothing else does: waveforms, and the times of events,
    are lost, and the distribution of the amplitudes tends to the normal one. A constant channel stays.

    Where a signal ends at another level than it began, the jump is part of its Fourier transform, and is
    spread over the whole surrogate as power at high frequencies.

    References
    ----------
    .. [1] Prichard D, Theiler J (1994) Generating surrogate data for time series with several
       simultaneously measured variables. Phys. Rev. Lett. 73, 951-954.
       https://doi.org/10.1103/PhysRevLett.73.951

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import fourier_surrogate
    >>> x = np.random.default_rng(0).normal(scale=20, size=(2, 256)).cumsum(axis=1)
    >>> surrogate = fourier_surrogate(x, np.random.default_rng(1))
    >>> bool(np.allclose(np.abs(np.fft.rfft(surrogate)), np.abs(np.fft.rfft(x))))
    True
    >>> bool(np.isclose(np.cov(surrogate)[0, 1], np.cov(x)[0, 1]))
    True
    """
    x = _check_signals(x)
    n_times = x.shape[-1]
    spectrum = scipy.fft.rfft(x.astype(np.float64, copy=False))
    stop = (n_times + 1) // 2
    angles = random_state.uniform(0, 2 * np.pi, (*x.shape[:-2], 1, stop - 1))
    spectrum[..., 1:stop] *= np.exp(1j * angles)
    return restore_type(scipy.fft.irfft(spectrum, n_times), x)


def iaaft_surrogate(
    x: np.ndarray, random_state: np.random.Generator, *, max_iterations: int = 100
) -> np.ndarray:
    """Randomise signals, keeping the values of each and, nearly, their spectra and cross-spectra.

    Iterative amplitude adjusted Fourier transform (IAAFT) for several channels.

    Parameters
    ----------
    x : ndarray of shape (..., n_channels, n_times)
        Signals; each entry of the leading axes is randomised on its own.
    random_state : numpy.random.Generator
        Source of the random phases that the iteration starts with.
    max_iterations : int, default=100
        Most iterations, at least 1; the iteration ends when no value changes its place any more.

    Returns
    -------
    surrogate : ndarray of shape (..., n_channels, n_times)
        In float32 if `x` is and in float64 otherwise.

    Raises
    ------
    ValueError
        If `max_iterations` is not positive, or `x` has no axis of channels, or no time points.

    Notes
    -----
    The iteration starts with `fourier_surrogate` and repeats two steps:

    1. the values of each channel are replaced by those of `x`, in the same order of size, so that the
       distribution of its amplitudes is that of `x`;
    2. the Fourier transform ``S[c, k]`` of this is replaced by ``X[c, k] exp(i a[k])``, with ``a[k]`` the
       angle of the sum over channels of ``exp(i (arg S[c, k] - arg X[c, k]))``: the spectrum and the
       cross-spectra of `x`, turned as little as possible [2]_.

    It ends with the first step, so that amplitudes are kept exactly, and spectra as nearly as they can be:
    for one channel this is the method of [1]_. For many channels the one angle of a frequency has to suit
    all, and the spectra are kept less well. A constant channel stays.

    References
    ----------
    .. [1] Schreiber T, Schmitz A (1996) Improved surrogate data for nonlinearity tests. Phys. Rev. Lett.
       77, 635-638. https://doi.org/10.1103/PhysRevLett.77.635
    .. [2] Schreiber T, Schmitz A (2000) Surrogate time series. Physica D 142, 346-382.
       https://doi.org/10.1016/S0167-2789(00)00043-9

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import iaaft_surrogate
    >>> x = np.random.default_rng(0).normal(size=(1, 256)).cumsum(axis=1) ** 3
    >>> surrogate = iaaft_surrogate(x, np.random.default_rng(1))
    >>> bool((np.sort(surrogate) == np.sort(x)).all())
    True
    """
    if max_iterations < 1:
        raise ValueError(f"`max_iterations` must be at least 1, got {max_iterations}.")
    x = _check_signals(x)
    start = fourier_surrogate(x, random_state)
    out = np.empty_like(start)
    for index in np.ndindex(x.shape[:-2]):
        out[index] = _adjust(x[index], start[index], max_iterations)
    return out


def _check_signals(x: np.ndarray) -> np.ndarray:
    x = np.asarray(x)
    if x.ndim < 2 or x.shape[-1] == 0:
        raise ValueError(
            f"`x` must have shape (..., n_channels, n_times), got {x.shape}: one channel is x[np.newaxis]."
        )
    return x


def _adjust(x: np.ndarray, start: np.ndarray, max_iterations: int) -> np.ndarray:
    """Return the surrogate of one window, iterated from a start, both of shape (n_channels, n_times)."""
    values = np.sort(x, axis=-1)
    spectrum = scipy.fft.rfft(x.astype(np.float64, copy=False))
    directions = np.conj(_sign(spectrum))
    places = np.argsort(start, axis=-1, kind="stable")
    out = np.empty_like(values)
    for _ in range(max_iterations):
        np.put_along_axis(out, places, values, axis=-1)
        turn = _sign((_sign(scipy.fft.rfft(out)) * directions).sum(axis=0))
        before, places = places, scipy.fft.irfft(spectrum * turn, x.shape[-1]).argsort(axis=-1, kind="stable")
        if (places == before).all():
            break
    return out


def _sign(z: np.ndarray) -> np.ndarray:
    """Return z / abs(z), and 0 where z is a rounding error beside the largest of its channel."""
    magnitude = np.abs(z)
    known = magnitude > _ROUNDING * magnitude.max(axis=-1, keepdims=True)
    return np.divide(z, magnitude, out=np.zeros_like(z), where=known)
