"""The background of a simulated scalp EEG: coloured noise with a posterior alpha rhythm."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import fft

from .._montage import CH_NAMES_1020, positions_1020

_LOWEST_HZ = 0.5  # amplifiers cut slower potentials
_ALPHA_WIDTH_HZ = 0.7
_ALPHA_REACH = 0.45
_SENSOR_NOISE_UV = 0.7
_MARGIN_SECONDS = 2.0  # cut away, so that a window is not periodic


@dataclass(frozen=True)
class BackgroundTraits:
    """What stays the same in the background of one patient.

    Parameters
    ----------
    amplitude : float
        Root mean square of the background without its alpha rhythm, in microvolts.
    exponent : float
        Exponent beta of the power spectrum 1 / f**beta.
    alpha_hz : float
        Peak of the alpha rhythm, in Hz.
    alpha_strength : float
        Root mean square of the alpha rhythm at the occipital electrodes, relative to `amplitude`.
    correlation_length : float
        Distance over which the correlation of two electrodes falls to 1/e, in quarters of the
        head's circumference.
    variability : float
        Standard deviation of what changes from window to window, relative to its default size.
    """

    amplitude: float
    exponent: float
    alpha_hz: float
    alpha_strength: float
    correlation_length: float
    variability: float = 1.0


def draw_background_traits(rng: np.random.Generator) -> BackgroundTraits:
    """Draw the background of one patient, with a median amplitude of 25 microvolts."""
    return BackgroundTraits(
        amplitude=25.0 * float(np.exp(rng.normal(0.0, 0.25))),
        exponent=float(rng.normal(1.5, 0.15)),
        alpha_hz=float(rng.uniform(8.5, 11.5)),
        alpha_strength=0.7 * float(np.exp(rng.normal(0.0, 0.3))),
        correlation_length=float(rng.uniform(0.5, 0.9)),
    )


def distances_from(ch_names: Sequence[str]) -> np.ndarray:
    """Return the distance of each 10-20 electrode from the nearest of `ch_names`, shape (19,)."""
    positions = positions_1020()
    centres = positions[[CH_NAMES_1020.index(name) for name in ch_names]]
    apart = np.linalg.norm(positions[:, np.newaxis] - centres, axis=-1)
    return apart.min(axis=1)


def topography(ch_names: Sequence[str], reach: float) -> np.ndarray:
    """Return weights exp(-d**2 / (2 reach**2)) by distance d from `ch_names`, shape (19,)."""
    return np.exp(-0.5 * (distances_from(ch_names) / reach) ** 2)


def spatial_mixing(correlation_length: float) -> np.ndarray:
    """Return the symmetric root of the correlations exp(-d / correlation_length), shape (19, 19).

    Independent unit noise times this matrix has unit variance in every channel and a correlation
    that falls with the distance d of the electrodes.
    """
    positions = positions_1020()
    apart = np.linalg.norm(positions[:, np.newaxis] - positions, axis=-1)
    values, vectors = np.linalg.eigh(np.exp(-apart / correlation_length))
    return (vectors * np.sqrt(values)) @ vectors.T


def simulate_background(
    traits: BackgroundTraits,
    *,
    n_windows: int,
    n_times: int,
    sfreq: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Simulate windows of background EEG.

    Parameters
    ----------
    traits : BackgroundTraits
        The patient.
    n_windows : int
        Number of windows, each drawn apart.
    n_times : int
        Time points of a window.
    sfreq : float
        Sampling frequency, in Hz.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    x : ndarray of shape (n_windows, 19, n_times)
        Background in microvolts, channels in the order of ``CH_NAMES_1020``.

    Notes
    -----
    A Gaussian field: white noise in frequency, correlated in space, shaped by the amplitude
    spectrum and transformed to time. Window to window, the amplitude, the exponent and the
    strength of alpha vary about the patient's own.
    """
    n_fft = fft.next_fast_len(n_times + int(_MARGIN_SECONDS * sfreq), real=True)
    freqs = fft.rfftfreq(n_fft, 1 / sfreq)
    spectrum = _amplitude_spectrum(traits, freqs, n_windows, rng)
    real, imaginary = rng.standard_normal((2, n_windows, len(CH_NAMES_1020), len(freqs)))
    field = spatial_mixing(traits.correlation_length) @ (real + 1j * imaginary)
    x = fft.irfft(field * spectrum, n=n_fft, axis=-1)[..., :n_times] * (n_fft / 2)
    return x + rng.normal(0.0, _SENSOR_NOISE_UV, x.shape)


def _amplitude_spectrum(
    traits: BackgroundTraits, freqs: np.ndarray, n_windows: int, rng: np.random.Generator
) -> np.ndarray:
    """Return the amplitude in microvolts of each window, channel and frequency."""
    jitter = traits.variability * rng.standard_normal((3, n_windows, 1, 1))
    amplitude = traits.amplitude * np.exp(0.15 * jitter[0])
    exponent = traits.exponent + 0.15 * jitter[1]
    alpha = traits.alpha_strength * np.exp(0.4 * jitter[2])
    heard = np.maximum(freqs, _LOWEST_HZ)
    noise = np.where(freqs >= _LOWEST_HZ, heard**-exponent, 0.0)
    peak = np.exp(-0.5 * ((freqs - traits.alpha_hz) / _ALPHA_WIDTH_HZ) ** 2)
    weights = topography(("O1", "O2"), _ALPHA_REACH)[:, np.newaxis]
    power = noise / noise.sum(axis=-1, keepdims=True) + (alpha * weights) ** 2 * peak / peak.sum()
    return amplitude * np.sqrt(power)
