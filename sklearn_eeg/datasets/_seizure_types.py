"""Four kinds of seizure as the clinic describes them, each laid over windows of background.

Each kind is a function with one signature, ``f(x, sfreq, traits, gain, rng)``, listed in
``SEIZURE_TYPES``. `gain` scales how far the window departs from its background: 0 leaves it as it
is, 1 is the patient's usual seizure.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ._background import distances_from, topography

_FOCI = ("F7", "F8", "T7", "T8")
_FREQUENCY_JITTER = 0.02
_LEVEL_JITTER = 0.3
# Sizes relative to the root mean square of the background, set so that band powers and an RBF
# machine reach a balanced accuracy of about 0.75 on new patients, least on the subtle seizures.
_SIZES = {"spike_wave": 2.6, "focal": 3.5, "tonic": 0.9, "subtle": 1.0}
_KEPT = {"tonic": 0.5, "subtle": 0.7}  # of the background, where the attenuation is full


@dataclass(frozen=True)
class SeizureTraits:
    """What stays the same in the seizures of one patient.

    Parameters
    ----------
    amplitude : float
        Root mean square of the patient's background, in microvolts.
    strength : float
        Amplitude of the seizures relative to the usual one of their kind.
    focus : str
        The electrode where focal and subtle seizures begin.
    spike_wave_hz, theta_hz, beta_hz, delta_hz : float
        Mean frequency of the spike-wave complexes, of the focal rhythm, of the tonic fast activity
        and of the subtle slow rhythm, in Hz.
    """

    amplitude: float
    strength: float
    focus: str
    spike_wave_hz: float
    theta_hz: float
    beta_hz: float
    delta_hz: float


def draw_seizure_traits(amplitude: float, rng: np.random.Generator) -> SeizureTraits:
    """Draw the seizures of one patient whose background has `amplitude` microvolts."""
    return SeizureTraits(
        amplitude=amplitude,
        strength=float(np.exp(rng.normal(0.0, 0.25))),
        focus=str(rng.choice(_FOCI)),
        spike_wave_hz=float(rng.uniform(2.75, 3.7)),
        theta_hz=float(rng.uniform(5.7, 7.1)),
        beta_hz=float(rng.uniform(17.2, 22.0)),
        delta_hz=float(rng.uniform(1.55, 2.45)),
    )


def spike_wave(
    x: np.ndarray, sfreq: float, traits: SeizureTraits, gain: float, rng: np.random.Generator
) -> np.ndarray:
    """Add generalised spike-and-wave of 2.5 to 4 Hz: all channels in phase, frontal maximum.

    The complexes slow by a tenth of their mean frequency from the start of the window to its end.
    """
    level = _SIZES["spike_wave"] * gain * _levels(x, traits, rng)
    phase = _phases(x, sfreq, traits.spike_wave_hz, drift=0.1, rng=rng)
    weights = topography(("Fz",), 0.8)[:, np.newaxis]
    return x + level * weights * _spike_and_wave(phase)


def focal(
    x: np.ndarray, sfreq: float, traits: SeizureTraits, gain: float, rng: np.random.Generator
) -> np.ndarray:
    """Add a rhythm of 5 to 8 Hz that begins at the focus, slows, grows and spreads.

    From the start of the window to its end the rhythm slows by a fifth of its mean frequency, its
    amplitude at the focus grows fivefold, and its reach over the scalp grows from 0.3 to 0.9
    quarters of the head's circumference; it lags by a tenth of a cycle per unit of distance.
    """
    level = _SIZES["focal"] * gain * _levels(x, traits, rng)
    progress = np.arange(x.shape[-1]) / x.shape[-1]
    distance = distances_from((traits.focus,))[:, np.newaxis]
    spread = np.exp(-0.5 * (distance / (0.3 + 0.6 * progress)) ** 2)
    phase = _phases(x, sfreq, traits.theta_hz, drift=0.2, rng=rng) - 0.1 * distance
    rhythm = np.sin(2 * np.pi * phase) + 0.25 * np.sin(4 * np.pi * phase)
    return x + level * (0.2 + 0.8 * progress) * spread * rhythm


def tonic(
    x: np.ndarray, sfreq: float, traits: SeizureTraits, gain: float, rng: np.random.Generator
) -> np.ndarray:
    """Flatten the background (electrodecrement), then let fast activity of 15 to 25 Hz grow.

    The background falls within the first fifth of the window; the fast activity begins between a
    tenth and two fifths of the window, slows by a fifth of its mean frequency and grows until the
    end, with a fronto-central maximum.
    """
    level = _SIZES["tonic"] * gain * _levels(x, traits, rng)
    progress = np.arange(x.shape[-1]) / x.shape[-1]
    fall = 0.5 - 0.5 * np.cos(np.pi * np.minimum(progress / 0.2, 1.0))
    kept = np.exp(gain * np.log(_KEPT["tonic"]) * fall)
    onset = rng.uniform(0.1, 0.4, (len(x), 1, 1))
    growth = np.maximum(progress - onset, 0.0) / (1 - onset)
    phase = _phases(x, sfreq, traits.beta_hz, drift=0.2, rng=rng)
    weights = topography(("Fz", "Cz"), 0.9)[:, np.newaxis]
    return x * kept + level * weights * growth * np.sin(2 * np.pi * phase)


def subtle(
    x: np.ndarray, sfreq: float, traits: SeizureTraits, gain: float, rng: np.random.Generator
) -> np.ndarray:
    """Add a low rhythm of 1.5 to 2.5 Hz about the focus and attenuate the background there."""
    level = _SIZES["subtle"] * gain * _levels(x, traits, rng)
    weights = topography((traits.focus,), 0.6)[:, np.newaxis]
    kept = np.exp(gain * np.log(_KEPT["subtle"]) * weights)
    phase = _phases(x, sfreq, traits.delta_hz, drift=0.0, rng=rng)
    return x * kept + level * weights * np.sin(2 * np.pi * phase)


SeizureType = Callable[
    [np.ndarray, float, SeizureTraits, float, np.random.Generator],
    np.ndarray,
]

SEIZURE_TYPES: dict[str, SeizureType] = {
    "spike_wave": spike_wave,
    "focal": focal,
    "tonic": tonic,
    "subtle": subtle,
}


def _levels(x: np.ndarray, traits: SeizureTraits, rng: np.random.Generator) -> np.ndarray:
    """Draw the amplitude of each window's seizure in microvolts, shape (n_windows, 1, 1)."""
    jitter = np.exp(rng.normal(0.0, _LEVEL_JITTER, (len(x), 1, 1)))
    return traits.amplitude * traits.strength * jitter


def _phases(
    x: np.ndarray, sfreq: float, frequency: float, *, drift: float, rng: np.random.Generator
) -> np.ndarray:
    """Return the phase in cycles of a rhythm that slows, shape (n_windows, 1, n_times).

    Its frequency falls linearly from ``frequency * (1 + drift / 2)`` to
    ``frequency * (1 - drift / 2)``; each window begins at a random phase and has a frequency of its
    own within 2 % of the patient's.
    """
    n_times = x.shape[-1]
    times = np.arange(n_times) / sfreq
    start = rng.random((len(x), 1, 1))
    own = frequency * (1 + rng.uniform(-_FREQUENCY_JITTER, _FREQUENCY_JITTER, (len(x), 1, 1)))
    return start + own * times * (1 + drift / 2 - drift / 2 * np.arange(n_times) / n_times)


def _spike_and_wave(phase: np.ndarray) -> np.ndarray:
    """Return the complex at a phase in cycles: a negative spike of 1, a negative slow wave of 1.2.

    The spike is a Gaussian about 0.12 cycles, the wave a squared sine from 0.2 to 1. The wave's
    share keeps the fundamental above its harmonics. The mean over a cycle is zero.
    """
    cycle = phase % 1.0
    spike = np.exp(-0.5 * ((cycle - 0.12) / 0.035) ** 2)
    wave = 1.2 * np.sin(np.pi * np.maximum(cycle - 0.2, 0.0) / 0.8) ** 2
    mean = 0.035 * np.sqrt(2 * np.pi) + 1.2 * 0.8 / 2
    return mean - spike - wave
