"""Artefacts of a simulated scalp EEG: blinks, muscle, electrode pops and the mains.

Each kind is a function ``f(n_windows, n_times, sfreq, rng)`` that gives what it adds to the
recording, of shape (n_windows, 19, n_times) in microvolts. ``ARTEFACTS`` lists them with the share
of windows that they strike.
"""

from collections.abc import Callable

import numpy as np
from scipy import fft

from .._montage import CH_NAMES_1020
from ._background import topography

_MUSCLE_BAND_HZ = (20.0, 60.0)
_MAINS_UV = 1.0


def blinks(n_windows: int, n_times: int, sfreq: float, rng: np.random.Generator) -> np.ndarray:
    """Simulate one blink in each window: 80 to 200 microvolts at Fp1 and Fp2, about 0.3 s long."""
    times = np.arange(n_times) / sfreq
    height = rng.uniform(80.0, 200.0, (n_windows, 1, 1))
    moment = rng.uniform(0.0, n_times / sfreq, (n_windows, 1, 1))
    width = rng.uniform(0.06, 0.12, (n_windows, 1, 1))
    weights = topography(("Fp1", "Fp2"), 0.35)[:, np.newaxis]
    return height * weights * np.exp(-0.5 * ((times - moment) / width) ** 2)


def muscle(n_windows: int, n_times: int, sfreq: float, rng: np.random.Generator) -> np.ndarray:
    """Simulate one burst of temporal muscle in each window, noise of 20 to 60 Hz on one side.

    The burst lasts about 0.5 to 1.5 s and reaches 10 to 40 microvolts (root mean square). Sampling
    rates below 120 Hz keep what lies below their Nyquist frequency.
    """
    freqs = fft.rfftfreq(n_times, 1 / sfreq)
    noise = rng.standard_normal((n_windows, len(CH_NAMES_1020), n_times))
    low, high = _MUSCLE_BAND_HZ
    noise = fft.irfft(fft.rfft(noise) * ((freqs >= low) & (freqs <= high)), n=n_times)
    noise /= noise.std(axis=-1, keepdims=True)
    times = np.arange(n_times) / sfreq
    moment = rng.uniform(0.0, n_times / sfreq, (n_windows, 1, 1))
    width = rng.uniform(0.2, 0.6, (n_windows, 1, 1))
    level = rng.uniform(10.0, 40.0, (n_windows, 1, 1))
    sides = np.stack([topography((name,), 0.35) for name in ("T7", "T8")])
    weights = sides[rng.integers(0, 2, n_windows), :, np.newaxis]
    return level * weights * np.exp(-0.5 * ((times - moment) / width) ** 2) * noise


def pops(n_windows: int, n_times: int, sfreq: float, rng: np.random.Generator) -> np.ndarray:
    """Simulate one electrode pop in each window: a step of one channel that decays exponentially.

    The step has 50 to 200 microvolts of either sign and falls to 1/e in 0.1 to 0.5 s.
    """
    times = np.arange(n_times) / sfreq
    step = rng.uniform(50.0, 200.0, (n_windows, 1)) * rng.choice([-1.0, 1.0], (n_windows, 1))
    since = times - rng.uniform(0.0, n_times / sfreq, (n_windows, 1))
    decay = rng.uniform(0.1, 0.5, (n_windows, 1))
    popped = np.zeros((n_windows, len(CH_NAMES_1020), n_times))
    channel = rng.integers(0, len(CH_NAMES_1020), n_windows)
    shape = np.exp(-np.maximum(since, 0.0) / decay) * (since >= 0)
    popped[np.arange(n_windows), channel] = step * shape
    return popped


def mains_hum(
    n_windows: int, n_times: int, sfreq: float, rng: np.random.Generator, *, mains: float
) -> np.ndarray:
    """Simulate the mains in every window of one patient: a sinusoid of about 1 microvolt.

    Each channel has its own amplitude (its impedance), each window its own phase.
    """
    amplitude = _MAINS_UV * np.exp(rng.normal(0.0, 0.5, (len(CH_NAMES_1020), 1)))
    phase = rng.uniform(0.0, 2 * np.pi, (n_windows, 1, 1))
    return amplitude * np.sin(2 * np.pi * mains * np.arange(n_times) / sfreq + phase)


Artefact = Callable[[int, int, float, np.random.Generator], np.ndarray]

ARTEFACTS: dict[str, tuple[Artefact, float]] = {
    "blinks": (blinks, 0.2),
    "muscle": (muscle, 0.1),
    "pops": (pops, 0.05),
}


def add_artefacts(
    x: np.ndarray, sfreq: float, rng: np.random.Generator, *, mains: float | None
) -> np.ndarray:
    """Add artefacts to the windows of one patient.

    Parameters
    ----------
    x : ndarray of shape (n_windows, 19, n_times)
        Windows in microvolts, channels in the order of ``CH_NAMES_1020``.
    sfreq : float
        Sampling frequency, in Hz.
    rng : numpy.random.Generator
        Source of randomness.
    mains : float or None
        Frequency of the mains, in Hz; None for none.

    Returns
    -------
    x : ndarray of shape (n_windows, 19, n_times)
        New windows in microvolts. Those without an artefact differ by the mains alone.
    """
    x, (n_windows, _, n_times) = x.copy(), x.shape
    for simulate, share in ARTEFACTS.values():
        struck = np.flatnonzero(rng.random(n_windows) < share)
        x[struck] += simulate(len(struck), n_times, sfreq, rng)
    if mains is not None:
        x += mains_hum(n_windows, n_times, sfreq, rng, mains=mains)
    return x
