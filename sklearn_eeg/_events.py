"""A seizure, or another annotated stretch of a recording, in seconds; and events as masks of samples.

Intervals are half-open: an event holds its onset and not its offset. On samples, onset and offset
are rounded to the nearest sample (halves up), so an event of less than half a sample may hold none.
Labels that begin with ``bckg`` mean background, as in the TUH and SzCORE annotations: no event.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import total_ordering
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

BACKGROUND = "bckg"
_LARGEST = float(2**60)  # samples: what lies beyond is clipped, so that it fits an integer


@total_ordering
@dataclass(frozen=True)
class Event:
    """A stretch of a recording with a label, such as a seizure.

    Events are sorted by onset, then offset, label, confidence and channels.

    Parameters
    ----------
    onset : float
        Where it begins, in seconds from the start of the recording; finite.
    offset : float
        Where it ends, in seconds from the start of the recording; finite, at least `onset`.
    label : str, default="sz"
        What it is, such as ``"sz"`` (a seizure) or ``"sz_foc_ia"`` (its kind).
    confidence : float, default=None
        How sure the annotator was, from 0 to 1; None where that is not said.
    channels : tuple of str, default=None
        The channels that it was seen on; None means all, or not said.

    Attributes
    ----------
    duration : float
        ``offset - onset``, in seconds.

    Raises
    ------
    ValueError
        If a time is not finite, `offset` comes before `onset`, or `confidence` is outside 0 to 1.
    TypeError
        If a parameter is of another type.

    Examples
    --------
    >>> from sklearn_eeg.datasets import Event
    >>> seizure = Event(2996, 3036)
    >>> seizure.duration, seizure.label
    (40.0, 'sz')
    >>> sorted([seizure, Event(10, 20)])[0].onset
    10.0
    """

    onset: float
    offset: float
    label: str = "sz"
    confidence: float | None = None
    channels: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for name in ("onset", "offset"):
            object.__setattr__(self, name, _check_number(name, getattr(self, name)))
        if self.offset < self.onset:
            raise ValueError(
                f"`offset` must be at least `onset`, {self.onset} s, got {self.offset}: events are "
                "(onset, offset), not (onset, duration)."
            )
        if not isinstance(self.label, str):
            raise TypeError(f"`label` must be a string, got {self.label!r}.")
        if self.confidence is not None:
            confidence = _check_number("confidence", self.confidence)
            if not 0 <= confidence <= 1:
                raise ValueError(f"`confidence` must lie from 0 to 1, got {self.confidence!r}.")
            object.__setattr__(self, "confidence", confidence)
        if self.channels is not None:
            if isinstance(self.channels, str):
                raise TypeError(f"`channels` must be a tuple of names, got {self.channels!r}.")
            object.__setattr__(self, "channels", tuple(str(name) for name in self.channels))

    @property
    def duration(self) -> float:
        """Length of the event, in seconds."""
        return self.offset - self.onset

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Event):
            return NotImplemented
        return self._sort_key() < other._sort_key()

    def _sort_key(self) -> tuple[Any, ...]:
        confidence = -1.0 if self.confidence is None else self.confidence
        channels = (self.channels is not None, self.channels or ())
        return self.onset, self.offset, self.label, confidence, channels


def as_events(events: Any) -> list[Event]:
    """Return events given in any of the usual forms as a sorted list, without background.

    Parameters
    ----------
    events : iterable of Event or of tuples, array-like of shape (n_events, 2), DataFrame or None
        Tuples are (onset, offset) or (onset, offset, label), in seconds. A DataFrame has the columns
        onset and duration, and where known eventType, confidence and channels (names with commas
        between), as in the SzCORE standard. None means no event.

    Returns
    -------
    events : list of Event
        Sorted. What is labelled as background (``bckg``) is left out.

    Raises
    ------
    ValueError
        If an item is no event, or its times are not finite or not in order.
    TypeError
        If `events` cannot be iterated over, or an item has a wrong type.

    Examples
    --------
    >>> from sklearn_eeg._events import as_events
    >>> [event.label for event in as_events([(50, 60, "sz_foc"), (10, 20), (0, 5, "bckg")])]
    ['sz', 'sz_foc']
    """
    if events is None:
        return []
    if isinstance(events, pd.DataFrame):
        found = _events_of_table(events)
    elif isinstance(events, Event | str) or not isinstance(events, Iterable):
        raise TypeError(f"`events` must be a list of events, got {events!r}: put it in a list.")
    else:
        found = [_as_event(item, place) for place, item in enumerate(events)]
    return sorted(event for event in found if not event.label.startswith(BACKGROUND))


def merge_events(events: Any, gap_seconds: float = 0.0, *, by_label: bool = False) -> list[Event]:
    """Join events that overlap, touch, or lie at most a gap apart.

    Parameters
    ----------
    events : list of Event, or what `as_events` takes
        The events, in any order.
    gap_seconds : float, default=0.0
        Largest time between two events that are joined, in seconds; at least 0.
    by_label : bool, default=False
        Whether only events of one label are joined.

    Returns
    -------
    merged : list of Event
        Sorted; more than `gap_seconds` apart (of one label, with `by_label`). A joined event has the
        label of its longest part, the first of equals; the greatest confidence; and the channels of
        all parts, or None where a part names none.

    Raises
    ------
    ValueError
        If `gap_seconds` is negative or not finite.

    Examples
    --------
    >>> from sklearn_eeg._events import merge_events
    >>> [(event.onset, event.offset) for event in merge_events([(0, 10), (12, 20), (30, 40)], 2)]
    [(0.0, 20.0), (30.0, 40.0)]
    """
    gap = _check_number("gap_seconds", gap_seconds)
    if gap < 0:
        raise ValueError(f"`gap_seconds` must be at least 0, got {gap_seconds!r}.")
    listed = as_events(events)
    if by_label:
        labels = sorted({event.label for event in listed})
        parts = [[event for event in listed if event.label == label] for label in labels]
        return sorted(event for part in parts for event in merge_events(part, gap))
    groups: list[list[Event]] = []
    reach = -math.inf
    for event in listed:
        if groups and event.onset - reach <= gap:
            groups[-1].append(event)
        else:
            groups.append([event])
        reach = max(reach, event.offset)
    return [_join(group) for group in groups]


def events_to_mask(events: Any, sfreq: float, n_times: int) -> np.ndarray:
    """Return which samples of a recording lie in an event.

    Parameters
    ----------
    events : list of Event, or what `as_events` takes
        The events; parts outside the recording are left out.
    sfreq : float
        Sampling frequency, in Hz.
    n_times : int
        Number of samples of the recording, at least 0.

    Returns
    -------
    mask : bool ndarray of shape (n_times,)
        True from the sample nearest to the onset up to, but without, the one nearest to the offset.

    Raises
    ------
    ValueError
        If `sfreq` is not positive or `n_times` is negative.

    Examples
    --------
    >>> from sklearn_eeg._events import events_to_mask
    >>> events_to_mask([(1, 2)], sfreq=2, n_times=6).astype(int)
    array([0, 0, 1, 1, 0, 0])
    """
    if n_times < 0:
        raise ValueError(f"`n_times` must be at least 0, got {n_times}.")
    mask = np.zeros(n_times, dtype=bool)
    for first, last in np.clip(event_samples(as_events(events), sfreq), 0, n_times):
        mask[first:last] = True
    return mask


def mask_to_events(mask: Any, sfreq: float, label: str = "sz") -> list[Event]:
    """Return the runs of True in a mask as events; `events_to_mask` gives the mask back.

    Parameters
    ----------
    mask : array-like of bool or of 0 and 1, of shape (n_times,)
        Whether each sample lies in an event.
    sfreq : float
        Sampling frequency, in Hz.
    label : str, default="sz"
        The label of the events.

    Returns
    -------
    events : list of Event
        Sorted, apart from one another, in seconds.

    Raises
    ------
    ValueError
        If `mask` is not one row of truth values or `sfreq` is not positive.

    Examples
    --------
    >>> from sklearn_eeg._events import mask_to_events
    >>> mask_to_events([0, 0, 1, 1, 0, 1], sfreq=2)[0].onset
    1.0
    """
    values, rate = np.asarray(mask), _check_sfreq(sfreq)
    if values.ndim != 1 or not (values.dtype == bool or np.isin(values, (0, 1)).all()):
        raise ValueError(
            "`mask` must be one row of True and False (or 1 and 0), got an array of shape "
            f"{values.shape} and type {values.dtype}: threshold it, or choose one row."
        )
    edges = np.flatnonzero(np.diff(values.astype(np.int8), prepend=0, append=0))
    return [Event(first / rate, last / rate, label) for first, last in edges.reshape(-1, 2).tolist()]


def event_samples(events: Sequence[Event], sfreq: float) -> np.ndarray:
    """Return the first sample of each event and the one after its last, int64 of shape (n_events, 2)."""
    times = np.array([(event.onset, event.offset) for event in events], dtype=np.float64)
    with np.errstate(over="ignore"):
        nearest = np.floor(times.reshape(-1, 2) * _check_sfreq(sfreq) + 0.5)
    return np.clip(nearest, -_LARGEST, _LARGEST).astype(np.int64)


def overlap_seconds(events: Any, starts: Any, stops: Any) -> np.ndarray:
    """Return how much of each window lies in an event; time in several events counts once.

    Parameters
    ----------
    events : list of Event, or what `as_events` takes
        The events.
    starts, stops : array-like of shape (n_windows,)
        Where each window begins and ends, in seconds.

    Returns
    -------
    seconds : float64 ndarray of shape (n_windows,)
        From 0 to the length of the window, but for rounding.

    Raises
    ------
    ValueError
        If `starts` and `stops` differ in shape, or a stop comes before its start.

    Examples
    --------
    >>> from sklearn_eeg._events import overlap_seconds
    >>> overlap_seconds([(5, 12)], starts=[0, 10, 20], stops=[10, 20, 30])
    array([5., 2., 0.])
    """
    starts, stops = np.asarray(starts, dtype=np.float64), np.asarray(stops, dtype=np.float64)
    if starts.shape != stops.shape or not np.all(stops >= starts):
        raise ValueError("`stops` must give one end for each of `starts`, and none before its start.")
    times = [(event.onset, event.offset) for event in as_events(events)]
    return overlap(np.array(times, dtype=np.float64).reshape(-1, 2), starts, stops)


def overlap(intervals: np.ndarray, starts: np.ndarray, stops: np.ndarray) -> np.ndarray:
    """Return how much of each window lies in the union of intervals, in their unit; exact on integers.

    Parameters
    ----------
    intervals : ndarray of shape (n_intervals, 2)
        First and last point of each (half-open), in any order; they may overlap.
    starts, stops : ndarray of shape (n_windows,)
        First and last point of each window (half-open).

    Returns
    -------
    length : ndarray of shape (n_windows,)
        Length of the part of each window that is in an interval, of the type of `intervals`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg._events import overlap
    >>> overlap(np.array([[0, 4], [2, 6]]), np.array([1, 5]), np.array([5, 9]))
    array([4, 1])
    """
    if not len(intervals):
        return np.zeros(len(starts), dtype=intervals.dtype)
    ordered = intervals[np.argsort(intervals[:, 0], kind="stable")]
    reach = np.maximum.accumulate(ordered[:, 1])
    begins = np.maximum(ordered[:, 0], np.concatenate([ordered[:1, 0], reach[:-1]]))
    lengths = np.maximum(reach - begins, 0)
    before = np.cumsum(lengths) - lengths

    def covered(points: np.ndarray) -> np.ndarray:
        place = np.maximum(np.searchsorted(begins, points, side="right") - 1, 0)
        return before[place] + np.clip(points - begins[place], 0, lengths[place])

    return covered(stops) - covered(starts)


def _as_event(item: Any, place: int) -> Event:
    if isinstance(item, Event):
        return item
    if isinstance(item, str) or not isinstance(item, Iterable) or len(parts := tuple(item)) not in (2, 3):
        raise ValueError(
            f"Item {place} of `events` must be an Event, (onset, offset) or (onset, offset, label), got "
            f"{item!r}."
        )
    try:
        return Event(*parts)
    except (TypeError, ValueError) as error:
        raise type(error)(f"Item {place} of `events` is no event: {error}") from error


def _events_of_table(table: pd.DataFrame) -> list[Event]:
    """Return the rows of a table in the columns of SzCORE as events."""
    missing = [name for name in ("onset", "duration") if name not in table.columns]
    if missing:
        raise ValueError(
            f"A DataFrame of events must have the columns onset and duration, got no {missing[0]} among "
            f"{list(table.columns)}."
        )
    rows = table.to_dict("records")
    return [event for place, row in enumerate(rows) if (event := _event_of_row(row, place)) is not None]


def _event_of_row(row: dict[Any, Any], place: int) -> Event | None:
    label = row.get("eventType", "sz")
    if isinstance(label, str) and label.startswith(BACKGROUND):
        return None
    confidence, channels = row.get("confidence"), row.get("channels")
    named = None
    if isinstance(channels, str) and channels.strip() not in ("", "n/a", "all"):
        named = tuple(name.strip() for name in channels.split(","))
    try:
        onset = _check_number("onset", row["onset"])
        stop = onset + _check_number("duration", row["duration"])
        known = None if pd.isna(confidence) or confidence == "n/a" else float(confidence)
        return Event(onset, stop, label, known, named)
    except (TypeError, ValueError) as error:
        raise type(error)(f"Row {place} of `events` is no event: {error}") from error


def _join(group: Sequence[Event]) -> Event:
    """Return one event over sorted events."""
    if len(group) == 1:
        return group[0]
    confidences = [event.confidence for event in group if event.confidence is not None]
    named = [event.channels for event in group]
    channels = None
    if None not in named:
        channels = tuple(dict.fromkeys(name for names in named for name in names or ()))
    return Event(
        onset=group[0].onset,
        offset=max(event.offset for event in group),
        label=max(group, key=lambda event: event.duration).label,
        confidence=max(confidences, default=None),
        channels=channels,
    )


def _check_number(name: str, value: Any) -> float:
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise TypeError(f"`{name}` must be a number, got {value!r}.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"`{name}` must be finite, got {value!r}.")
    return number


def _check_sfreq(sfreq: float) -> float:
    rate = _check_number("sfreq", sfreq)
    if rate <= 0:
        raise ValueError(f"`sfreq` must be positive, got {sfreq!r}.")
    return rate
