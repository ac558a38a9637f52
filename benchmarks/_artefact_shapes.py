"""Shapes of artefacts, of known size: what is added to clean windows to see what a method takes out again.

Each is a function ``f(n_windows, n_times, sfreq, rng)`` that gives an array (n_windows, 19, n_times), for
the electrodes in the order of ``CH_NAMES_1020``. The size is set by `add`, from the ratio wanted.
"""

from collections.abc import Callable

import numpy as np
from scipy import fft

from sklearn_eeg._montage import CH_NAMES_1020, positions_1020

N_CHANNELS = len(CH_NAMES_1020)
MAINS_HZ = 50.0
_REACH = 0.35  # of a source over the scalp, in radii of the head


def _weights(names: tuple[str, ...]) -> np.ndarray:
    """Return how strongly sources under some electrodes are seen by all, of shape (n_channels, 1)."""
    places = np.asarray(positions_1020())
    sources = places[[CH_NAMES_1020.index(name) for name in names]]
    square = np.square(places[:, np.newaxis] - sources).sum(axis=-1).min(axis=1)
    return np.exp(-0.5 * square / _REACH**2)[:, np.newaxis]


def _moments(n_windows: int, n_times: int, sfreq: float, rng: np.random.Generator) -> np.ndarray:
    """Return the time since a moment in the middle three fifths of each window, in seconds."""
    moment = rng.uniform(0.2, 0.8, size=(n_windows, 1, 1)) * n_times / sfreq
    return np.arange(n_times) / sfreq - moment


def _noise(
    shape: tuple[int, ...], sfreq: float, low: float, high: float, rng: np.random.Generator
) -> np.ndarray:
    """Return Gaussian noise between two frequencies."""
    freqs = fft.rfftfreq(shape[-1], 1 / sfreq)
    return fft.irfft(fft.rfft(rng.normal(size=shape)) * ((freqs >= low) & (freqs <= high)), n=shape[-1])


def blink(n_windows: int, n_times: int, sfreq: float, rng: np.random.Generator) -> np.ndarray:
    """Return a blink: up in a tenth of a second, down in two, as large as the eyes are near."""
    since = _moments(n_windows, n_times, sfreq, rng)
    width = np.where(since < 0, 0.05, 0.1) * rng.uniform(0.8, 1.5, size=(n_windows, 1, 1))
    return _weights(("Fp1", "Fp2")) * np.exp(-0.5 * (since / width) ** 2)


def muscle(n_windows: int, n_times: int, sfreq: float, rng: np.random.Generator) -> np.ndarray:
    """Return a burst of one temporal muscle: noise from 20 Hz on, its own in each channel."""
    shape = (n_windows, N_CHANNELS, n_times)
    width = rng.uniform(0.2, 0.6, size=(n_windows, 1, 1))
    burst = np.exp(-0.5 * (_moments(n_windows, n_times, sfreq, rng) / width) ** 2)
    sides = np.stack([_weights(("T7",)), _weights(("T8",))])[rng.integers(0, 2, n_windows)]
    return sides * burst * _noise(shape, sfreq, 20.0, 100.0, rng)


def pop(n_windows: int, n_times: int, sfreq: float, rng: np.random.Generator) -> np.ndarray:
    """Return a pop of one electrode: a step that decays within half a second."""
    since = _moments(n_windows, n_times, sfreq, rng)
    decay = rng.uniform(0.1, 0.5, size=(n_windows, 1, 1))
    shape = np.where(since >= 0, np.exp(-np.maximum(since, 0) / decay), 0.0)
    channel = rng.integers(0, N_CHANNELS, n_windows)
    return (np.arange(N_CHANNELS) == channel[:, np.newaxis])[..., np.newaxis] * shape


def mains(n_windows: int, n_times: int, sfreq: float, rng: np.random.Generator) -> np.ndarray:
    """Return hum of nearly 50 Hz, whose frequency and size drift a little, unlike in every channel."""
    times = np.arange(n_times) / sfreq
    offset = rng.normal(scale=0.03, size=(n_windows, 1, 1))
    swell = 1 + 0.1 * np.sin(2 * np.pi * 0.2 * times + rng.uniform(0, 6.28, size=(n_windows, 1, 1)))
    size = np.exp(rng.normal(0.0, 0.5, size=(n_windows, N_CHANNELS, 1)))
    phase = rng.uniform(0, 6.28, size=(n_windows, 1, 1))
    return size * swell * np.sin(2 * np.pi * (MAINS_HZ + offset) * times + phase)


def sweat(n_windows: int, n_times: int, sfreq: float, rng: np.random.Generator) -> np.ndarray:
    """Return sweat and sway: drift below 0.5 Hz, its own in each channel."""
    long = _noise((n_windows, N_CHANNELS, 8 * n_times), sfreq, 0.02, 0.4, rng)
    return long[..., :n_times]


def white(n_windows: int, n_times: int, sfreq: float, rng: np.random.Generator) -> np.ndarray:  # noqa: ARG001
    """Return white noise, as of an amplifier."""
    return rng.normal(size=(n_windows, N_CHANNELS, n_times))


SHAPES: dict[str, Callable[[int, int, float, np.random.Generator], np.ndarray]] = {
    "blink": blink,
    "muscle": muscle,
    "pop": pop,
    "mains": mains,
    "sweat": sweat,
    "white": white,
}


def add(clean: np.ndarray, artefact: np.ndarray, decibels: float) -> np.ndarray:
    """Add artefacts in such size that each window has the signal-to-noise ratio asked for."""
    power = [np.square(x - x.mean(-1, keepdims=True)).mean(axis=(1, 2)) for x in (clean, artefact)]
    size = np.sqrt(power[0] / power[1] / 10 ** (decibels / 10))
    return clean + size[:, np.newaxis, np.newaxis] * artefact
