"""A simulated recording as a stream: background without seams, seizures, artefacts, the mains.

Everything is made in stretches of about a minute, so that the length of a recording costs time but
no memory.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy.signal.windows import tukey

from .._montage import CH_NAMES_1020
from ._artefacts import ARTEFACTS
from ._background import BackgroundTraits, simulate_background
from ._seizure_types import SEIZURE_TYPES, SeizureTraits

MIN_GAP_SECONDS = 30.0  # free of seizures before, between and after them
_STRETCH_SECONDS = 60
_BLOCK_SECONDS = 15  # the background's state stays for so long
_FADE_SECONDS = 1.0  # from one block of background, or from background to seizure, to the next
_SLOT_SECONDS = 4.0  # the shares of the artefacts are per window of this length
_BLOCKS_AT_ONCE = 4
_MAINS_UV = 1.0


class Seizure(NamedTuple):
    """One seizure of a recording: its kind, and its samples from `first` up to `last` (excluded)."""

    kind: str
    first: int
    last: int


def draw_seizures(
    kinds: Sequence[str],
    *,
    n_seizures: int,
    n_times: int,
    sfreq: int,
    seizure_seconds: tuple[float, float],
    rng: np.random.Generator,
) -> list[Seizure]:
    """Draw when the seizures of a recording begin, how long they last and of which kind they are.

    Their lengths are log-uniform within `seizure_seconds`. What the seizures and the least gaps leave
    of the recording is shared out among the gaps at random. Each of `kinds` occurs as often as the
    others, to within one.
    """
    if n_seizures == 0:
        return []
    low, high = np.log(seizure_seconds)
    lengths = np.rint(np.exp(rng.uniform(low, high, n_seizures)) * sfreq).astype(np.int64)
    order = rng.permutation(np.resize(rng.permutation(len(kinds)), n_seizures))
    least = round(MIN_GAP_SECONDS * sfreq)
    free = n_times - lengths.sum() - least * (n_seizures + 1)
    gaps = least + np.floor(rng.dirichlet(np.ones(n_seizures + 1)) * free).astype(np.int64)
    firsts = np.cumsum(gaps[:-1]) + np.cumsum(lengths) - lengths
    return [
        Seizure(kinds[kind], int(first), int(first + length))
        for kind, first, length in zip(order, firsts, lengths, strict=True)
    ]


def simulate_stretches(
    seizures: Sequence[Seizure],
    *,
    n_times: int,
    sfreq: int,
    background: BackgroundTraits,
    traits: SeizureTraits,
    gain: float,
    artefacts: bool,
    mains: float | None,
    seed: np.random.SeedSequence,
) -> Iterator[np.ndarray]:
    """Simulate a recording, stretch after stretch.

    Parameters
    ----------
    seizures : sequence of Seizure
        The seizures, in order and at least ``MIN_GAP_SECONDS`` apart.
    n_times : int
        Length of the recording, a multiple of `sfreq`.
    sfreq : int
        Sampling frequency, in Hz.
    background : BackgroundTraits
        The patient's background.
    traits : SeizureTraits
        The patient's seizures.
    gain : float
        How far a seizure departs from the background; 1 is the patient's usual seizure.
    artefacts : bool
        Whether to add blinks, muscle and electrode pops, and the mains.
    mains : float or None
        Frequency of the mains, in Hz; None for none.
    seed : numpy.random.SeedSequence
        Source of randomness. Neither `gain` nor `artefacts` nor `mains` alters any draw of the rest.

    Yields
    ------
    x : ndarray of shape (19, n_times_of_stretch)
        The next stretch in microvolts, a whole number of seconds long.
    """
    background_seed, seizure_seed, artefact_seed, mains_seed = seed.spawn(4)
    source = _Background(background, sfreq, np.random.default_rng(background_seed))
    seizure_rngs = [np.random.default_rng(child) for child in seizure_seed.spawn(len(seizures))]
    artefact_rng = np.random.default_rng(artefact_seed)
    hum = _Mains(mains, sfreq, np.random.default_rng(mains_seed)) if mains is not None else None
    for first, last in cut_stretches(seizures, n_times, sfreq):
        x = source.take(last - first)
        for seizure, rng in zip(seizures, seizure_rngs, strict=True):
            if first <= seizure.first < last:
                part = x[:, seizure.first - first : seizure.last - first]
                _lay_seizure(part, seizure.kind, sfreq, traits, gain, rng)
        if artefacts:
            _lay_artefacts(x, sfreq, artefact_rng)
            if hum is not None:
                x += hum.between(first, last)
        yield x


def cut_stretches(seizures: Sequence[Seizure], n_times: int, sfreq: int) -> Iterator[tuple[int, int]]:
    """Cut a recording into stretches of whole seconds such that none ends within a seizure."""
    first = 0
    while first < n_times:
        last = min(first + _STRETCH_SECONDS * sfreq, n_times)
        for seizure in seizures:
            if seizure.first < last < seizure.last:
                last = -(-seizure.last // sfreq) * sfreq
        yield first, last
        first = last


class _Background:
    """An endless background: blocks drawn apart, each faded into the next at constant power."""

    def __init__(self, traits: BackgroundTraits, sfreq: int, rng: np.random.Generator) -> None:
        self._traits, self._sfreq, self._rng = traits, sfreq, rng
        n_fade = round(_FADE_SECONDS * sfreq)
        self._fade = np.sin(np.pi / 2 * (np.arange(n_fade) + 0.5) / n_fade)
        self._ready = np.empty((len(CH_NAMES_1020), 0))
        self._tail = np.zeros((len(CH_NAMES_1020), n_fade))
        self._grow()
        self._ready = self._ready[:, n_fade:]  # where the first block was faded in from nothing

    def take(self, n_times: int) -> np.ndarray:
        """Return the next `n_times` time points, shape (19, n_times)."""
        while self._ready.shape[1] < n_times:
            self._grow()
        x, self._ready = self._ready[:, :n_times].copy(), self._ready[:, n_times:]
        return x

    def _grow(self) -> None:
        n_fade, n_block = len(self._fade), _BLOCK_SECONDS * self._sfreq
        blocks = simulate_background(
            self._traits,
            n_windows=_BLOCKS_AT_ONCE,
            n_times=n_block + n_fade,
            sfreq=self._sfreq,
            rng=self._rng,
        )
        blocks[..., :n_fade] *= self._fade
        blocks[..., n_block:] *= self._fade[::-1]
        blocks[0, :, :n_fade] += self._tail
        blocks[1:, :, :n_fade] += blocks[:-1, :, n_block:]
        self._tail = blocks[-1, :, n_block:].copy()
        self._ready = np.concatenate([self._ready, *blocks[..., :n_block]], axis=1)


def _lay_seizure(
    x: np.ndarray,
    kind: str,
    sfreq: int,
    traits: SeizureTraits,
    gain: float,
    rng: np.random.Generator,
) -> None:
    """Turn background of shape (19, n_times) into a seizure, in place, faded in and out."""
    n_times = x.shape[1]
    n_fade = min(round(_FADE_SECONDS * sfreq), n_times // 4)
    weights = tukey(n_times, 2 * n_fade / n_times)
    seizure = SEIZURE_TYPES[kind](x[np.newaxis], sfreq, traits, gain, rng)[0]
    x += weights * (seizure - x)


def _lay_artefacts(x: np.ndarray, sfreq: int, rng: np.random.Generator) -> None:
    """Add blinks, muscle and pops to a stretch of shape (19, n_times), in place.

    They are as frequent as in windows of four seconds, begin anywhere and end within the stretch.
    """
    n_slot = min(round(_SLOT_SECONDS * sfreq), x.shape[1])
    weights = tukey(n_slot, 0.25)
    for simulate, share in ARTEFACTS.values():
        count = rng.binomial(x.shape[1] // n_slot, share)
        starts = rng.integers(0, x.shape[1] - n_slot, count, endpoint=True)
        for start, artefact in zip(starts, simulate(count, n_slot, sfreq, rng), strict=True):
            x[:, start : start + n_slot] += weights * artefact


class _Mains:
    """The mains of a recording, about 1 microvolt: one phase, an amplitude for each channel."""

    def __init__(self, mains: float, sfreq: int, rng: np.random.Generator) -> None:
        self._cycles_per_sample = mains / sfreq
        self._amplitude = _MAINS_UV * np.exp(rng.normal(0.0, 0.5, (len(CH_NAMES_1020), 1)))
        self._phase = rng.random()

    def between(self, first: int, last: int) -> np.ndarray:
        """Return the mains at the samples `first` up to `last` (excluded), shape (19, n_times)."""
        cycles = self._phase + np.arange(first, last) * self._cycles_per_sample
        return self._amplitude * np.sin(2 * np.pi * (cycles % 1.0))
