"""The annotations of EDF+ (time-stamped annotation lists), and the times of its data records.

Each data record of an EDF+ file holds lists of ``onset [0x15 duration] 0x14 text 0x14 ... 0x00``. The
first list of a record, without text, says when the record began.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .._events import Event
from ._unreadable import UnreadableError

_LARGEST_STRETCH = 1000  # times of the recorded length, that gaps can make a recording: else it is damaged


@dataclass(frozen=True)
class Annotations:
    """What one record says: when it began (None where it does not say), its events, unreadable lists."""

    onset: float | None
    events: tuple[Event, ...]
    n_unreadable: int


@dataclass(frozen=True)
class Run:
    """Data records without a gap between them."""

    first_time: int
    first_record: int
    n_records: int


def parse_annotations(raw: bytes) -> Annotations:
    r"""Read the annotation lists of one data record.

    Parameters
    ----------
    raw : bytes
        The bytes of one annotation signal in one data record. Text is UTF-8, as the standard has it,
        or else Latin-1.

    Returns
    -------
    annotations : Annotations
        Times are in seconds on the clock of the file. An annotation without text is left out.

    Examples
    --------
    >>> from sklearn_eeg.datasets._tal import parse_annotations
    >>> found = parse_annotations(b"+7\x14\x14\x00+7.5\x152\x14seizure\x14\x00\x00")
    >>> found.onset, found.events[0].onset, found.events[0].offset, found.events[0].label
    (7.0, 7.5, 9.5, 'seizure')
    """
    onset, events, n_unreadable = None, [], 0
    for place, item in enumerate(part for part in raw.split(b"\0") if part):
        times, *texts = item.split(b"\x14")
        begin, _, length = times.partition(b"\x15")
        try:
            seconds = _finite(begin)
            found = [
                Event(seconds, seconds + _finite(length or b"0"), _decode(text)) for text in texts if text
            ]
        except ValueError:
            n_unreadable += 1
            continue
        events += found
        if place == 0 and texts and not texts[0]:
            onset = seconds
    return Annotations(onset, tuple(events), n_unreadable)


def find_runs(onsets: Sequence[float | None], record_seconds: float, per_record: int) -> list[Run]:
    """Find where a recording was interrupted.

    Parameters
    ----------
    onsets : sequence of float or None
        When each data record began, in seconds; None means right after the one before.
    record_seconds : float
        Length of a data record, in seconds; positive.
    per_record : int
        Samples of a channel in a data record; positive.

    Returns
    -------
    runs : list of Run
        The stretches without a gap, in order of time, counted in samples from the first record. A gap
        is at least one sample. A record that would begin inside the one before is set behind it.

    Raises
    ------
    UnreadableError
        If time runs back by a whole record, or forward beyond what a recording can last.

    Examples
    --------
    >>> from sklearn_eeg.datasets._tal import find_runs
    >>> find_runs([0, 1, 5], record_seconds=1, per_record=256)
    [Run(first_time=0, first_record=0, n_records=2), Run(first_time=1280, first_record=2, n_records=1)]
    """
    start = next((onset for onset in onsets[:1] if onset is not None), 0.0)
    runs = [[0, 0, 0]]
    for record, onset in enumerate(onsets):
        due = runs[-1][0] + runs[-1][2] * per_record
        place = due if onset is None else round((onset - start) / record_seconds * per_record)
        if place <= due - per_record:
            raise UnreadableError(
                f"the times of its data records run back: record {record} begins {onset} s after the "
                f"start, the one before it ends at {due / per_record * record_seconds + start:g} s"
            )
        if place > due:
            runs.append([place, record, 0])
        runs[-1][2] += 1
    recorded, lasts = len(onsets) * per_record, runs[-1][0] + runs[-1][2] * per_record
    if lasts > _LARGEST_STRETCH * recorded:
        raise UnreadableError(
            f"the times of its data records are impossible: {recorded / per_record * record_seconds:g} s "
            f"of signals would last {lasts / per_record * record_seconds:g} s"
        )
    return [Run(*run) for run in runs]


def _finite(text: bytes) -> float:
    """Return a number of seconds; a ValueError if it is none."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is no time")
    return value


def _decode(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")
