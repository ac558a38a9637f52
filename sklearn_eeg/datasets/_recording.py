"""A continuous recording, in a file or in memory, read slice by slice."""

import copy
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from numbers import Integral, Real
from typing import Any, Protocol

import numpy as np

from .._events import Event, as_events, mask_edges, overlap
from ._channel_names import find_channels


class Source(Protocol):
    """Where the samples of a recording come from: something that can be pickled.

    It may have `cuts`, too: the first sample after each pause whose length was not recorded.
    """

    @property
    def sfreq(self) -> float:
        """Sampling frequency, in Hz."""

    @property
    def n_times(self) -> int:
        """Number of samples, gaps included."""

    @property
    def gaps(self) -> tuple[tuple[int, int], ...]:
        """First sample of each gap and the one after its last."""

    def read(self, rows: Sequence[int], first: int, last: int) -> np.ndarray:
        """Return a new float64 array (len(rows), last - first), NaN inside gaps."""

    def annotations(self) -> tuple[list[Event], list[str]]:
        """Return the annotations, and what a user should be warned of."""


class _ArraySource:
    """A recording in memory."""

    def __init__(self, data: np.ndarray, sfreq: float, events: list[Event]) -> None:
        self.data, self.sfreq, self.events = data, sfreq, events
        self._gaps: tuple[tuple[int, int], ...] | None = None

    @property
    def gaps(self) -> tuple[tuple[int, int], ...]:
        """First sample of each stretch where every channel is NaN and the one after its last."""
        if self._gaps is None:
            edges = mask_edges(np.isnan(self.data).all(axis=0))
            self._gaps = tuple((first, last) for first, last in edges.tolist())
        return self._gaps

    @property
    def n_times(self) -> int:
        return self.data.shape[1]

    def read(self, rows: Sequence[int], first: int, last: int) -> np.ndarray:
        return self.data[list(rows), first:last].astype(np.float64)

    def annotations(self) -> tuple[list[Event], list[str]]:
        return self.events, []


class Recording:
    """A continuous recording: what is known of it, and its samples when asked for.

    There are two ways to have one: `read_recording` opens a file, and `Recording.from_array` takes an
    array. The class is not made to be called itself: its parameters belong to these two, and may change.

    A recording of a file holds no samples and no open file: each read takes from disk what it needs. It
    can be pickled, and is opened again where it arrives.

    Parameters
    ----------
    source : object
        Where the samples come from; has `sfreq`, `n_times`, `gaps`, `read` and `annotations`.
    ch_names : sequence of str
        See the attributes, as for `original_names`, `units`, `start`, `excluded`, `name` and `patient`.
    rows : sequence of int, default=None
        Row of each channel in `source`; None means 0, 1, 2, ...
    original_names : sequence of str, default=None
        None means `ch_names`.
    scales : sequence of float, default=None
        What the samples of each channel are multiplied by; None means 1.
    units : sequence of str, default=None
        None means microvolts.
    start : datetime, default=None
        None means that it is not known.
    excluded : dict, default=None
        None means no channel.
    name : str, default="recording"
        Any text.
    patient : str, default=None
        None means that it is not known.

    Attributes
    ----------
    sfreq : float
        Sampling frequency, in Hz.
    ch_names : list of str
        Names of the channels.
    original_names : list of str
        Their names in the file.
    units : list of str
        Unit of each channel: ``"uV"``, but for those that are no voltage.
    n_channels : int
        Number of channels.
    n_times : int
        Number of samples of each channel, gaps included.
    duration : float
        Length, in seconds, gaps included.
    gaps : list of tuple of float
        Where nothing was recorded: begin and end of each gap, in seconds from the start.
    cuts : list of float
        Where recording paused or a part was cut out and the file does not leave room for it: the time of
        the first sample after it, in seconds from the start. Samples on both sides are no neighbours.
    annotations : list of Event
        All annotations but those of gaps and cuts, in order of time; `label` is the text. Read from the
        file when first asked for.
    start : datetime or None
        When the first sample was taken, without time zone.
    excluded : dict
        Why a channel of the file was left out, by its name in the file.
    name : str
        What the recording is called.
    patient : str or None
        Whose it is.

    See Also
    --------
    read_recording : Open a recording in a file.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.datasets import Recording
    >>> recording = Recording.from_array(np.arange(20.0).reshape(2, 10), sfreq=5, ch_names=["C3", "C4"])
    >>> recording
    <Recording recording: 2 channels, 5 Hz, 2 s>
    >>> recording.pick(["C4"]).read(1.0, 1.6)
    array([[15., 16., 17.]])
    """

    def __init__(
        self,
        source: Source,
        ch_names: Sequence[str],
        *,
        rows: Sequence[int] | None = None,
        original_names: Sequence[str] | None = None,
        scales: Sequence[float] | None = None,
        units: Sequence[str] | None = None,
        start: datetime | None = None,
        excluded: dict[str, str] | None = None,
        name: str = "recording",
        patient: str | None = None,
    ) -> None:
        self._source = source
        self._events: list[Event] | None = None
        self.ch_names = list(ch_names)
        self._rows = list(range(len(ch_names)) if rows is None else rows)
        self.original_names = list(ch_names if original_names is None else original_names)
        self._scales = [1.0] * len(ch_names) if scales is None else list(scales)
        self.units = ["uV"] * len(ch_names) if units is None else list(units)
        self.sfreq, self.n_times, self.start = float(source.sfreq), int(source.n_times), start
        self._cuts = tuple(getattr(source, "cuts", ()))
        self.excluded = dict(excluded or {})
        self.name, self.patient = name, patient

    @classmethod
    def from_array(
        cls,
        data: Any,
        sfreq: float,
        ch_names: Sequence[str] | None = None,
        *,
        start: datetime | None = None,
        annotations: Any = (),
        name: str = "recording",
        patient: str | None = None,
    ) -> "Recording":
        """Make a recording of an array in memory.

        Parameters
        ----------
        data : array-like of shape (n_channels, n_times)
            The samples, in microvolts; where there are none (a gap) every channel is NaN. An array is
            not copied, and must not be changed afterwards.
        sfreq : float
            Sampling frequency, in Hz; positive.
        ch_names : sequence of str, default=None
            Names of the channels, kept as they are, as text; None means ``ch0``, ``ch1``, ...
        start : datetime, default=None
            When the first sample was taken.
        annotations : list of Event, or (onset, offset, label) tuples, default=()
            What is known to happen in it, in seconds from the start; background (``bckg``) is kept.
        name : str, default="recording"
            What the recording is called; recordings that are cut together have different names.
        patient : str, default=None
            Whose it is.

        Returns
        -------
        recording : Recording
            The recording.

        Raises
        ------
        ValueError
            If `data` is not two-dimensional or empty, `sfreq` is not positive, or `ch_names` does not
            name each channel once.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn_eeg.datasets import Recording
        >>> Recording.from_array(np.zeros((3, 512)), sfreq=256).duration
        2.0
        """
        array = np.asarray(data)
        if array.ndim != 2 or 0 in array.shape or array.dtype.kind not in "iuf":
            raise ValueError(
                "`data` must be an array of numbers of shape (n_channels, n_times), got one of shape "
                f"{array.shape} and type {array.dtype}."
            )
        if not isinstance(sfreq, Real) or not 0 < sfreq < np.inf:
            raise ValueError(f"`sfreq` must be a positive number of Hz, got {sfreq!r}.")
        names = (
            [f"ch{index}" for index in range(len(array))] if ch_names is None else [str(n) for n in ch_names]
        )
        if len(names) != len(array) or len(set(names)) != len(names):
            raise ValueError(f"`ch_names` must name each of {len(array)} channels once, got {names}.")
        source = _ArraySource(array, float(sfreq), _as_annotations(annotations))
        return cls(source, names, start=start, name=name, patient=patient)

    @property
    def n_channels(self) -> int:
        """Number of channels."""
        return len(self.ch_names)

    @property
    def duration(self) -> float:
        """Length, in seconds, gaps included."""
        return self.n_times / self.sfreq

    @property
    def gaps(self) -> list[tuple[float, float]]:
        """Where nothing was recorded: begin and end of each gap, in seconds from the start."""
        return [(first / self.sfreq, last / self.sfreq) for first, last in self._source.gaps]

    @property
    def cuts(self) -> list[float]:
        """Time of the first sample after each pause that the file leaves no room for, in seconds."""
        return [sample / self.sfreq for sample in self._cuts]

    def is_broken(self, first: Any, last: Any) -> np.ndarray:
        """Tell which stretches of samples touch a gap or lie across a cut.

        Parameters
        ----------
        first : int array-like of shape (n_stretches,)
            The first sample of each stretch.
        last : int array-like of shape (n_stretches,)
            The one after its last.

        Returns
        -------
        broken : bool ndarray of shape (n_stretches,)
            False where the samples of a stretch follow one another in time.
        """
        first, last = np.asarray(first), np.asarray(last)
        gaps = np.array(self._source.gaps, dtype=np.int64).reshape(-1, 2)
        across = np.searchsorted(self._cuts, first, side="right") < np.searchsorted(self._cuts, last)
        return across | (overlap(gaps, first, last) > 0)

    @property
    def annotations(self) -> list[Event]:
        """All annotations but those of gaps and cuts, in order of time."""
        if self._events is None:
            self._events, notes = self._source.annotations()
            for note in notes:
                warnings.warn(note, UserWarning, stacklevel=2)
        return list(self._events)

    def read(self, start_second: float = 0.0, stop_second: float | None = None) -> np.ndarray:
        """Read all channels between two times.

        Parameters
        ----------
        start_second : float, default=0.0
            Where to begin, in seconds from the start, rounded to the nearest sample (halves up).
        stop_second : float, default=None
            Where to stop, in seconds from the start; that sample is left out. None means the end.

        Returns
        -------
        data : float64 ndarray of shape (n_channels, n_times)
            The samples, in microvolts (or the channel's own unit, see `units`); NaN inside gaps.

        Raises
        ------
        ValueError
            If the times are not inside the recording, or there is no sample between them.
        """
        first = self._sample(start_second, "start_second")
        last = self.n_times if stop_second is None else self._sample(stop_second, "stop_second")
        if last <= first:
            raise ValueError(
                f"`stop_second` must be at least one sample ({1 / self.sfreq:.4g} s) after `start_second`, "
                f"{start_second} s, got {self.duration if stop_second is None else stop_second}."
            )
        return self.read_times(first, last)

    def read_times(self, first: int, last: int) -> np.ndarray:
        """Read all channels between two samples.

        Parameters
        ----------
        first : int
            The first sample, counted from 0.
        last : int
            The one after the last, at most `n_times`.

        Returns
        -------
        data : float64 ndarray of shape (n_channels, last - first)
            The samples, in microvolts (or the channel's own unit, see `units`); NaN inside gaps.

        Raises
        ------
        ValueError
            If there are no such samples.
        """
        whole = isinstance(first, Integral) and isinstance(last, Integral)
        if not whole or not 0 <= first < last <= self.n_times:
            raise ValueError(
                f"`first` and `last` must be samples of {self.name}, 0 <= first < last <= {self.n_times}, "
                f"got {first!r} and {last!r}."
            )
        data = self._source.read(self._rows, int(first), int(last))
        for row, scale in enumerate(self._scales):
            if scale != 1:
                data[row] *= scale
        return data

    def blocks(self, seconds: float) -> Iterator[tuple[int, np.ndarray]]:
        """Go through the recording in blocks that follow one another.

        Parameters
        ----------
        seconds : float
            Length of a block, in seconds, at least one sample; the last block may be shorter.

        Returns
        -------
        blocks : iterator of (int, ndarray)
            The first sample of each block and its samples, as `read_times` gives them.

        Raises
        ------
        ValueError
            If `seconds` is shorter than a sample.
        """
        if not isinstance(seconds, Real) or not 0.5 < seconds * self.sfreq < np.inf:
            raise ValueError(
                f"`seconds` must be at least one sample, {1 / self.sfreq:.4g} s, got {seconds!r}."
            )
        step = _nearest(float(seconds) * self.sfreq)
        firsts = range(0, self.n_times, step)
        return ((first, self.read_times(first, min(first + step, self.n_times))) for first in firsts)

    def pick(self, ch_names: Iterable[str]) -> "Recording":
        """Return the same recording with some of its channels.

        Parameters
        ----------
        ch_names : iterable of str
            Names of channels in the wanted order: as in `ch_names`, as in the file, or another
            spelling of the standard name (``"T3"`` for ``"T7"``).

        Returns
        -------
        recording : Recording
            A recording of the same samples; what is no longer in it is not in `excluded` either.

        Raises
        ------
        ValueError
            If a channel is not there or is named twice.
        TypeError
            If `ch_names` is not a list of names.
        """
        kept = find_channels(ch_names, self.ch_names, self.original_names, where=self.name)
        picked = copy.copy(self)
        for attribute in ("ch_names", "original_names", "units", "_rows", "_scales"):
            values = getattr(self, attribute)
            setattr(picked, attribute, [values[index] for index in kept])
        picked.excluded = dict(self.excluded)
        return picked

    def __repr__(self) -> str:
        channels = f"{self.n_channels} channel{'s' * (self.n_channels != 1)}"
        parts = [channels, f"{self.sfreq:g} Hz", f"{self.duration:g} s"]
        if n_gaps := len(self._source.gaps):
            parts.append(f"{n_gaps} gap{'s' * (n_gaps != 1)}")
        if self._cuts:
            parts.append(f"{len(self._cuts)} cut{'s' * (len(self._cuts) != 1)}")
        if self.patient is not None:
            parts.append(f"patient {self.patient}")
        return f"<{type(self).__name__} {self.name}: {', '.join(parts)}>"

    def _sample(self, second: float, parameter: str) -> int:
        if isinstance(second, Real) and 0 <= second < np.inf:
            sample = _nearest(float(second) * self.sfreq)
            if sample <= self.n_times:
                return sample
        raise ValueError(
            f"`{parameter}` must lie from 0 to {self.duration:g} s, the length of {self.name}, "
            f"got {second!r}."
        )


def _nearest(sample: float) -> int:
    """Return the nearest whole number, halves up, as for events."""
    return math.floor(sample + 0.5)


def _as_annotations(given: Any) -> list[Event]:
    """Return annotations as sorted events, those of background, too."""
    if isinstance(given, list | tuple):
        as_events(given)  # an error names the place in the list
        return sorted(
            item if isinstance(item, Event) else (as_events([item]) or [Event(*item)])[0] for item in given
        )
    return as_events(given)
