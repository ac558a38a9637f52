"""Synchrony of phases between channels."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from ._fft import irfft, rfft
from ._gram import ROUNDING, ROWS_AT_ONCE, gram, standardise
from ._kernel import kernel
from ._spectrum_statistics import band_bins

_ALIGNED = 1e-9  # lag in radians, on average, below which two phases are the same but for rounding


def band_range(n_times: int, sfreq: float, band: tuple[float, float]) -> tuple[int, int]:
    """Return the first frequency of a band, DC left out, and that after its last, of n_times points.

    Raises
    ------
    ValueError
        If the band holds none.

    Examples
    --------
    >>> from sklearn_eeg.signal._phase import band_range
    >>> band_range(500, 250.0, (8.0, 13.0))
    (16, 26)
    """
    low, high = band
    start, stop = 1, 1
    if n_times > 1:
        start, stop = band_bins(np.fft.rfftfreq(n_times, 1 / sfreq), low, high)
    if stop <= max(start, 1):
        raise ValueError(
            f"`band` must hold a frequency above 0 Hz that {n_times} time points at {sfreq:g} Hz resolve "
            f"(steps of {sfreq / n_times:g} Hz), got {low:g} to {high:g} Hz: use longer "
            "windows or a wider band."
        )
    return max(start, 1), stop


def analytic_signal(x: np.ndarray, sfreq: float = 1.0, band: tuple[float, float] | None = None) -> np.ndarray:
    """Return the analytic signal of each channel, of the whole spectrum or of one band.

    Parameters
    ----------
    x : ndarray of shape (..., n_channels, n_times)
        Windows, in any unit; each channel is scaled to norm 1 and its mean removed.
    sfreq : float, default=1.0
        Sampling frequency, in Hz.
    band : (float, float), default=None
        Edges of the band, in Hz; None is the whole spectrum.

    Returns
    -------
    parts : ndarray of shape (n_windows, 2, n_channels, n_times)
        Real and imaginary parts. The squares of either add up to the band's share of the power.

    Raises
    ------
    ValueError
        If the band holds no frequency that the window resolves.

    Notes
    -----
    The real part is the signal, the imaginary part its Hilbert transform, by one Fourier transform of
    the whole window as in :func:`scipy.signal.hilbert`. A band is cut out of the transform: its edges
    are sharp, and the window counts as one period. Exactly 0 for a constant channel.

    Examples
    --------
    The phases of a cosine:

    >>> import numpy as np
    >>> from sklearn_eeg.signal._phase import analytic_signal
    >>> parts = analytic_signal(np.cos(np.pi / 2 * np.arange(8))[np.newaxis])
    >>> (np.arctan2(parts[0, 1, 0], parts[0, 0, 0]) / np.pi).round(2)[1:4].tolist()
    [0.5, 1.0, -0.5]
    """
    return np.concatenate([parts for (parts,) in analytic_signals(x, sfreq, [band])])


def analytic_signals(
    x: np.ndarray, sfreq: float, bands: Sequence[tuple[float, float] | None]
) -> Iterator[Iterator[np.ndarray]]:
    """Yield, for a few windows at a time, the analytic signals of each band.

    They are few enough for what follows to find them in the processor's cache, and the bands share the
    Fourier transform.

    Parameters
    ----------
    x : ndarray of shape (..., n_channels, n_times)
        Windows, in any unit.
    sfreq : float
        Sampling frequency, in Hz.
    bands : sequence of (float, float) or None
        Edges of the bands, in Hz; None is the whole spectrum.

    Yields
    ------
    signals : iterator of ndarray
        What `analytic_signal` returns of these windows, for each band.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._phase import analytic_signals
    >>> x = np.random.default_rng(0).standard_normal((50, 19, 200))
    >>> [[parts.shape for parts in signals] for signals in analytic_signals(x, 200, [(4, 8), (8, 13)])][0]
    [(4, 2, 19, 200), (4, 2, 19, 200)]
    """
    units, _ = standardise(x)
    n_times = units.shape[-1]
    ranges = [None if band is None else slice(*band_range(n_times, sfreq, band)) for band in bands]
    step = max(1, ROWS_AT_ONCE // units.shape[1])
    for start in range(0, len(units), step):
        some = units[start : start + step]
        spectra = rfft(some)
        yield (_cut(some, spectra, inside) for inside in ranges)


def _cut(units: np.ndarray, spectra: np.ndarray, inside: slice | None) -> np.ndarray:
    """Return the parts of the analytic signals of one band, or of the whole spectrum."""
    n_times = units.shape[-1]
    if inside is None:
        turned = irfft(-1j * spectra, n_times)
        return np.stack([units, turned], axis=1)
    both = np.zeros((len(units), 2, *spectra.shape[1:]), dtype=spectra.dtype)
    both[:, 0, :, inside] = spectra[..., inside]
    both[:, 1, :, inside] = -1j * spectra[..., inside]
    return irfft(both, n_times)


def phase_locking_value(parts: np.ndarray) -> np.ndarray:
    """Return the phase locking value of each channel with each other.

    Parameters
    ----------
    parts : ndarray of shape (n_windows, 2, n_channels, n_times)
        Real and imaginary parts of analytic signals, as `analytic_signal` gives them.

    Returns
    -------
    matrices : ndarray of shape (n_windows, n_channels, n_channels)
        Values from 0 to 1; 1 on the diagonal.

    Notes
    -----
    With p and q the phases of two channels, ``abs(mean(exp(1j * (p - q))))`` over the time points of
    the window [1]_, which [1]_ averages over trials instead. Equal to mne-features on signals of mean 0;
    mne-features takes phases without removing the mean.

    A channel that is constant, or has no power in the band (less than 1e-24 of all of its power), has 0
    with every other.

    References
    ----------
    .. [1] Lachaux JP, Rodriguez E, Martinerie J, Varela FJ (1999) Measuring phase synchrony in brain
       signals. Hum. Brain Mapp. 8, 194-208.
       https://doi.org/10.1002/(SICI)1097-0193(1999)8:4<194::AID-HBM4>3.0.CO;2-C

    Examples
    --------
    Two sines of one frequency are locked, whatever their lag; sines of two frequencies are not:

    >>> import numpy as np
    >>> from sklearn_eeg.signal._phase import analytic_signal, phase_locking_value
    >>> t = np.arange(200) / 200
    >>> x = np.stack([np.sin(2 * np.pi * 10 * t), np.cos(2 * np.pi * 10 * t), np.sin(2 * np.pi * 12 * t)])
    >>> phase_locking_value(analytic_signal(x))[0].round(6).tolist()
    [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    n_windows, _, n_channels, n_times = parts.shape
    phases = np.empty_like(parts)
    _take_phases(parts, phases)
    products = gram(phases.reshape(n_windows, 2 * n_channels, n_times))
    a, b = products[:, :n_channels], products[:, n_channels:]
    real = a[:, :, :n_channels] + b[:, :, n_channels:]
    imaginary = b[:, :, :n_channels] - a[:, :, n_channels:]
    matrices = np.minimum(np.hypot(real, imaginary), 1.0)
    matrices[:, np.arange(n_channels), np.arange(n_channels)] = 1.0
    return matrices


def weighted_phase_lag_index(parts: np.ndarray) -> np.ndarray:
    """Return the weighted phase lag index of each channel with each other.

    Parameters
    ----------
    parts : ndarray of shape (n_windows, 2, n_channels, n_times)
        Real and imaginary parts of analytic signals, as `analytic_signal` gives them.

    Returns
    -------
    matrices : ndarray of shape (n_windows, n_channels, n_channels)
        Values from 0 to 1; 0 on the diagonal.

    Notes
    -----
    With z and w the analytic signals of two channels and ``s = imag(z * conj(w))``,
    ``abs(sum(s)) / sum(abs(s))`` over the time points of the window [1]_, where MNE-Connectivity sums
    over epochs. What reaches both channels at once, such as one source under two electrodes, adds
    nothing to it.

    A channel that is constant, or has no power in the band (less than 1e-24 of all of its power), has 0
    with every other, and so have channels that are multiples of one another (a lag of less than 1e-9
    radians on average).

    References
    ----------
    .. [1] Vinck M, Oostenveld R, van Wingerden M, Battaglia F, Pennartz CMA (2011) An improved index of
       phase-synchronization for electrophysiological data in the presence of volume-conduction, noise
       and sample-size bias. NeuroImage 55, 1548-1565.
       https://doi.org/10.1016/j.neuroimage.2011.01.055

    Examples
    --------
    A sine, the same a quarter of a period later, and its double:

    >>> import numpy as np
    >>> from sklearn_eeg.signal._phase import analytic_signal, weighted_phase_lag_index
    >>> t = np.arange(200) / 200
    >>> x = np.stack([np.sin(20 * np.pi * t), -np.cos(20 * np.pi * t), 2 * np.sin(20 * np.pi * t)])
    >>> weighted_phase_lag_index(analytic_signal(x))[0].round(6).tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    matrices = np.zeros((len(parts), parts.shape[2], parts.shape[2]))
    _compare_lags(parts, matrices)
    return matrices


@kernel
def _measure_power(parts: np.ndarray, power: np.ndarray) -> None:
    """Fill in the power of each channel's analytic signal in one window, 0 where it is rounding."""
    for c in range(power.size):
        real, imaginary = parts[0, c], parts[1, c]
        total = 0.0
        for i in range(real.size):
            total += real[i] * real[i] + imaginary[i] * imaginary[i]
        power[c] = total if total > ROUNDING else 0.0


@kernel
def _take_phases(parts: np.ndarray, phases: np.ndarray) -> None:
    """Fill in the analytic signals of norm 1 at each time point over the root of their number."""
    n = parts.shape[3]
    power = np.empty(parts.shape[2])
    for w in range(parts.shape[0]):
        _measure_power(parts[w], power)
        for c in range(power.size):
            real, imaginary = parts[w, 0, c], parts[w, 1, c]
            floor = ROUNDING * power[c] / n if power[c] > 0.0 else np.inf
            for i in range(n):
                square = real[i] * real[i] + imaginary[i] * imaginary[i]
                scale = 1.0 / math.sqrt(n * square) if square > floor else 0.0
                phases[w, 0, c, i] = scale * real[i]
                phases[w, 1, c, i] = scale * imaginary[i]


@kernel
def _compare_lags(parts: np.ndarray, matrices: np.ndarray) -> None:
    """Fill in the index of each pair: the sum of the products' imaginary parts over that of their sizes."""
    power = np.empty(parts.shape[2])
    for w in range(parts.shape[0]):
        _measure_power(parts[w], power)
        for c in range(power.size):
            a, b = parts[w, 0, c], parts[w, 1, c]
            for d in range(c):
                e, f = parts[w, 0, d], parts[w, 1, d]
                total = size = 0.0
                for i in range(a.size):
                    product = b[i] * e[i] - a[i] * f[i]
                    total += product
                    size += abs(product)
                if size > _ALIGNED * math.sqrt(power[c] * power[d]) and power[c] * power[d] > 0.0:
                    matrices[w, c, d] = matrices[w, d, c] = min(abs(total) / size, 1.0)
