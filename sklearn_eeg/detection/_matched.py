"""A recording seen through the montage and at the sampling frequency of a detector."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np

from .._events import Event
from ..datasets import Recording
from ..signal import resample, resampling_ratio
from ._montage_match import match_channels

_BLOCK_SECONDS = 32.0  # resampled at once
_CONTEXT_SECONDS = 2.0  # read on both sides of a block, where there is something
_SAME_RATE = 1e-6  # relative: headers round the rate


def match_recording(recording: Recording, ch_names: Sequence[str], sfreq: float) -> Recording:
    """Return a recording with other channels, made of its own, and at another sampling frequency.

    Parameters
    ----------
    recording : Recording
        The recording; it is not changed, and read only when its samples are asked for.
    ch_names : sequence of str
        The channels to make, as `match_channels` does.
    sfreq : float
        The sampling frequency to bring it to, in Hz.

    Returns
    -------
    matched : Recording
        The same recording where nothing needs to be done.

    Raises
    ------
    ValueError
        If a channel is missing or not in microvolts, or the rates are in no ratio of small whole numbers.

    Notes
    -----
    Resampling works through blocks at fixed places, with 2 s on both sides, so that what is read does not
    depend on how it is read. Gaps are bridged by straight lines first, and are gaps again afterwards.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.datasets import Recording
    >>> from sklearn_eeg.detection._matched import match_recording
    >>> x = np.outer([30.0, 10.0], np.ones(1000))
    >>> matched = match_recording(Recording.from_array(x, 100, ["F7", "T3"]), ["F7-T7"], 50)
    >>> matched.n_times, matched.ch_names, matched.read(5, 5.02).round(9).tolist()
    (500, ['F7-T7'], [[20.0]])
    """
    weights = match_channels(ch_names, recording.ch_names, where=recording.name)
    used = np.flatnonzero(weights.any(axis=0))
    odd = {recording.ch_names[i]: recording.units[i] for i in used if recording.units[i] != "uV"}
    if odd:
        raise ValueError(f"The channels of {recording.name} must be in microvolts, got other units: {odd}.")
    same_rate = abs(recording.sfreq - sfreq) <= _SAME_RATE * sfreq
    if same_rate and list(ch_names) == recording.ch_names:
        return recording
    ratio = Fraction(1) if same_rate else resampling_ratio(recording.sfreq, sfreq)
    return Recording(
        MatchedSource(recording, weights, float(sfreq), ratio),
        list(ch_names),
        start=recording.start,
        name=recording.name,
        patient=recording.patient,
    )


@dataclass
class MatchedSource:
    """The source of a matched recording; see `match_recording`."""

    recording: Recording
    weights: np.ndarray
    sfreq: float
    ratio: Fraction
    _cache: dict[int, np.ndarray] = field(default_factory=dict, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_cache": {}}

    @property
    def n_times(self) -> int:
        """Number of samples at the new rate, gaps included."""
        return max(1, floor(self.recording.n_times * self.ratio))

    @property
    def gaps(self) -> tuple[tuple[int, int], ...]:
        """First sample of each gap and the one after its last, at the new rate."""
        rate = self.recording.sfreq
        pairs = [(round(a * rate), round(b * rate)) for a, b in self.recording.gaps]
        return tuple((floor(a * self.ratio), min(ceil(b * self.ratio), self.n_times)) for a, b in pairs)

    @property
    def cuts(self) -> tuple[int, ...]:
        """First sample after each pause of unknown length, at the new rate."""
        samples = (round(second * self.recording.sfreq) for second in self.recording.cuts)
        return tuple(ceil(sample * self.ratio) for sample in samples)

    def annotations(self) -> tuple[list[Event], list[str]]:
        """Return the annotations of the recording."""
        return self.recording.annotations, []

    def read(self, rows: Sequence[int], first: int, last: int) -> np.ndarray:
        """Return some channels between two samples at the new rate."""
        if self.ratio == 1:
            return self._read_mixed(first, last)[list(rows)]
        step = self._block_in() * self.ratio
        parts = [self._resampled(number) for number in range(first // int(step), (last - 1) // int(step) + 1)]
        offset = first // int(step) * int(step)
        return np.concatenate(parts, axis=1)[list(rows), first - offset : last - offset]

    def _read_mixed(self, first: int, last: int) -> np.ndarray:
        """Return the wanted channels at the recording's own rate; what none of them needs is left out."""
        used = self.weights.any(axis=0)
        with np.errstate(invalid="ignore"):
            return self.weights[:, used] @ self.recording.read_times(first, last)[used]

    def _block_in(self) -> int:
        """Return the samples that are resampled at once: such that they make a whole number."""
        down = self.ratio.denominator
        return down * max(1, ceil(_BLOCK_SECONDS * self.recording.sfreq / down))

    def _resampled(self, number: int) -> np.ndarray:
        """Return a block at the new rate; the last one is kept."""
        if number not in self._cache:
            self._cache.clear()
            self._cache[number] = self._resample(number)
        return self._cache[number]

    def _resample(self, number: int) -> np.ndarray:
        size, down = self._block_in(), self.ratio.denominator
        margin = down * ceil(_CONTEXT_SECONDS * self.recording.sfreq / down)
        begin = max(0, number * size - margin)
        end = min(self.recording.n_times, (number + 1) * size + margin)
        x = self._read_mixed(begin, end)
        bad = ~np.isfinite(x)
        out = resample(fill_lines(x), self.recording.sfreq, self.sfreq)
        for channel, row in zip(np.flatnonzero(bad.any(axis=1)), bad[bad.any(axis=1)], strict=True):
            out[channel, _touched(row, self.ratio, out.shape[1])] = np.nan
        first = int((number * size - begin) * self.ratio)
        return out[
            :, first : first + min(int(size * self.ratio), self.n_times - int(number * size * self.ratio))
        ]


def fill_lines(x: np.ndarray) -> np.ndarray:
    """Return signals whose missing values lie on straight lines between their neighbours.

    Parameters
    ----------
    x : float64 ndarray of shape (n_channels, n_times)
        Signals; what is not finite is missing.

    Returns
    -------
    filled : ndarray of shape (n_channels, n_times)
        `x` itself where nothing is missing. Beyond the first and the last value these go on; a channel
        without any value is 0.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.detection._matched import fill_lines
    >>> fill_lines(np.array([[np.nan, 1.0, np.nan, 3.0], [np.nan] * 4])).tolist()
    [[1.0, 1.0, 2.0, 3.0], [0.0, 0.0, 0.0, 0.0]]
    """
    bad = ~np.isfinite(x)
    if not bad.any():
        return x
    filled, places = x.copy(), np.arange(x.shape[1])
    for row, missing in zip(filled, bad, strict=True):
        known = places[~missing]
        row[missing] = np.interp(places[missing], known, row[known]) if len(known) else 0.0
    return filled


def _touched(bad: np.ndarray, ratio: Fraction, n_out: int) -> np.ndarray:
    """Return which samples at the new rate lie at or beside bad ones."""
    where = np.arange(n_out) * ratio.denominator
    before, after = where // ratio.numerator, -(-where // ratio.numerator)
    return bad[np.minimum(before, len(bad) - 1)] | bad[np.minimum(after, len(bad) - 1)]
