"""Samples in pieces of any length turned into the windows of a frame, in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from ._frame import Frame
from ._matched import fill_lines

_BATCH = 64  # windows that are handed on at once
_MARGIN_SECONDS = 2.0  # on both sides of a stretch, cleaned with it and thrown away


@dataclass(frozen=True)
class Batch:
    """Windows that follow one another.

    Parameters
    ----------
    first_step : int
        Number of the first window.
    judged : bool ndarray of shape (n_windows,)
        Whether each window can be judged: all of its values are finite, it lies across no cut, and
        some channel is not constant.
    """

    first_step: int
    judged: np.ndarray
    _x: np.ndarray
    _starts: np.ndarray
    _n_times: int

    def take(self, index: np.ndarray) -> np.ndarray:
        """Return some of the windows, as an array of shape (n_taken, n_channels, n_times)."""
        windows = np.empty((len(index), self._x.shape[0], self._n_times))
        for row, start in zip(windows, self._starts[index].tolist(), strict=True):
            row[:] = self._x[:, start : start + self._n_times]
        return windows


class WindowFeeder:
    """Cut samples that come piece by piece into windows, cleaned by stretches where wanted.

    Parameters
    ----------
    frame : Frame
        Where the windows lie.
    n_channels : int
        Number of channels.
    cleaner : fitted transformer, optional
        A step from windows to windows of the same shape, which cleans stretches of
        `stretch_times(frame, stretch_seconds)` samples.
    stretch_seconds : float, default=16.0
        Length of the part of each stretch that is kept, in seconds.

    Notes
    -----
    Stretches lie at fixed places, so that the pieces make no difference. Each is cleaned with 2 s on both
    sides (mirrored where there is nothing), with straight lines over what is missing.
    """

    def __init__(
        self, frame: Frame, n_channels: int, cleaner: Any = None, stretch_seconds: float = 16.0
    ) -> None:
        self.frame, self.n_channels, self.cleaner = frame, n_channels, cleaner
        self.n_pushed = 0
        self.step = 0
        self._stretch, self._margin = stretch_sizes(frame, stretch_seconds)
        self._raw = np.empty((n_channels, 0))  # waits to be cleaned; begins at sample _raw_first
        self._raw_first = self._n_clean = 0
        self._clean = np.empty((n_channels, 0))  # waits to be cut; begins at sample _first, as do the flags
        self._first = 0
        self._bad = np.empty(0, dtype=bool)
        self._moving = np.empty(0, dtype=bool)
        self._cuts: list[int] = []
        self._last = np.full((n_channels, 1), np.nan)

    @property
    def delay_seconds(self) -> float:
        """Longest time that a sample waits for its stretch to be complete, in seconds."""
        return 0.0 if self.cleaner is None else (self._stretch + self._margin) / self.frame.sfreq

    def push(self, samples: np.ndarray, *, after_cut: bool = False) -> Iterator[Batch]:
        """Take the next samples, of shape (n_channels, n_new), and yield the windows that are complete."""
        if after_cut and self.n_pushed:
            self._cuts.append(self.n_pushed)
        size = _BATCH * max(1, int(self.frame.step))
        for begin in range(0, samples.shape[1], size):
            self._append(samples[:, begin : begin + size])
            yield from self._cut()

    def finish(self) -> Iterator[Batch]:
        """Yield the windows that waited for more samples than there are."""
        if self.cleaner is not None:
            self._run_cleaner(last=True)
        yield from self._cut()

    def _append(self, samples: np.ndarray) -> None:
        before = np.concatenate([self._last, samples[:, :-1]], axis=1)
        self._moving = np.concatenate([self._moving, (samples != before).any(axis=0)])
        self._bad = np.concatenate([self._bad, ~np.isfinite(samples).all(axis=0)])
        self._last = samples[:, -1:].copy()
        self.n_pushed += samples.shape[1]
        if self.cleaner is None:
            self._clean = np.concatenate([self._clean, samples], axis=1)
            self._n_clean = self.n_pushed
        else:
            self._raw = np.concatenate([self._raw, samples], axis=1)
            self._run_cleaner(last=False)

    def _run_cleaner(self, *, last: bool) -> None:
        """Clean the stretches that are complete, and at the end all that is left."""
        parts = [self._clean]
        while self._n_clean < self.n_pushed:
            stop = self._n_clean + self._stretch
            if not last and self.n_pushed < stop + self._margin:
                break
            kept = min(stop, self.n_pushed) - self._n_clean
            parts.append(self._clean_stretch()[:, :kept])
            self._n_clean += kept
            drop = max(0, self._n_clean - self._margin - self._raw_first)
            self._raw, self._raw_first = self._raw[:, drop:], self._raw_first + drop
        self._clean = np.concatenate(parts, axis=1)

    def _clean_stretch(self) -> np.ndarray:
        """Return the next stretch, cleaned; what lies beyond the samples is of no meaning."""
        before = self._n_clean - self._raw_first  # samples at hand before the stretch, of `margin` wanted
        x = fill_lines(self._raw[:, : before + self._stretch + self._margin])
        lacking = (self._margin - before, before + self._stretch + self._margin - x.shape[1])
        x = np.pad(x, ((0, 0), lacking), mode="symmetric")
        cleaned = np.asarray(self.cleaner.transform(x[np.newaxis]))[0]
        return cleaned[:, self._margin : self._margin + self._stretch]

    def _cut(self) -> Iterator[Batch]:
        """Yield the windows that lie in what is cleaned, and forget what no later window needs."""
        n_windows = self.frame.count(self._n_clean) - self.step
        for begin in range(0, n_windows, _BATCH):
            numbers = range(self.step + begin, self.step + min(begin + _BATCH, n_windows))
            starts = np.array([self.frame.first(number) for number in numbers]) - self._first
            judged = np.array([self._can_judge(start) for start in starts.tolist()])
            yield Batch(numbers[0], judged, self._clean, starts, self.frame.n_times)
        if n_windows > 0:
            self.step += n_windows
        drop = max(0, min(self.frame.first(self.step), self._n_clean) - self._first)
        self._clean, self._bad = self._clean[:, drop:], self._bad[drop:]
        self._moving, self._first = self._moving[drop:], self._first + drop
        self._cuts = [cut for cut in self._cuts if cut > self._first]

    def _can_judge(self, start: int) -> bool:
        stop, begin = start + self.frame.n_times, start + self._first
        across = any(begin < cut < begin + self.frame.n_times for cut in self._cuts)
        return not across and not self._bad[start:stop].any() and bool(self._moving[start + 1 : stop].any())


def stretch_sizes(frame: Frame, stretch_seconds: float) -> tuple[int, int]:
    """Return the samples of a stretch that are kept, and those on either side that are not.

    Examples
    --------
    >>> from sklearn_eeg.detection._feeder import stretch_sizes
    >>> from sklearn_eeg.detection._frame import Frame
    >>> stretch_sizes(Frame(100, 4, 1), 16)
    (1600, 200)
    """
    return max(1, round(stretch_seconds * frame.sfreq)), ceil(_MARGIN_SECONDS * frame.sfreq)


def feed_recording(feeder: WindowFeeder, recording: Any) -> Iterator[Batch]:
    """Yield all windows of a recording that has the feeder's channels and rate, the last ones included."""
    for samples, after_cut in read_pieces(recording, feeder.frame):
        yield from feeder.push(samples, after_cut=after_cut)
    yield from feeder.finish()


def read_pieces(recording: Any, frame: Frame) -> Iterator[tuple[np.ndarray, bool]]:
    """Yield a recording in pieces that end at its cuts, and whether each comes after one."""
    step = max(1, int(_BATCH * frame.step))
    cuts = {round(second * recording.sfreq) for second in recording.cuts}
    edges = sorted({*range(0, recording.n_times, step), *(cut for cut in cuts if cut < recording.n_times)})
    for first, last in zip(edges, [*edges[1:], recording.n_times], strict=True):
        yield recording.read_times(first, last), first in cuts
