"""Annotations in tables: ``*_events.tsv`` of BIDS as SzCORE has it, and ``.csv_bi`` and ``.csv`` of TUH."""

import math
import re
from pathlib import Path

from .._events import Event, join_channels
from ._events_text import Line, read_lines

_BIDS_COLUMNS = ("onset", "duration", "eventType")
_TUH_COLUMNS = ["channel", "start_time", "stop_time", "label", "confidence"]
_TUH_DURATION = re.compile(r"#\s*duration\s*=\s*(\S+)\s*(secs?|seconds?|s)?\.?", re.IGNORECASE)
_WHOLE_RECORDING = "TERM"
_UNKNOWN = ("", "n/a")
_ROUNDING = 0.02  # seconds: both tables give times and durations to two decimals


def read_bids(path: Path) -> list[Event]:
    """Return the rows of a ``*_events.tsv`` in the columns of SzCORE as events, background among them.

    Parameters
    ----------
    path : Path
        A table with tabs and the columns onset, duration and eventType, and where known confidence,
        channels and recordingDuration. Cells may stand in double quotes.

    Returns
    -------
    events : list of Event
        As they stand in the file.

    Raises
    ------
    ValueError
        If the file is no such table, holds no row, or holds a row that cannot be read.
    """
    lines = read_lines(path)
    if not lines:
        raise ValueError(f"{path} must hold the columns {', '.join(_BIDS_COLUMNS)} and a row, got nothing.")
    columns = _cells_of(lines[0])
    if not set(_BIDS_COLUMNS) <= set(columns) or len(set(columns)) != len(columns):
        lines[0].fail(
            f"the names of different columns, of these {', '.join(_BIDS_COLUMNS)}, with tabs between"
        )
    if len(lines) == 1:
        lines[0].fail("at least one row below it; a recording without a seizure has a row 'bckg'")
    return [_read_bids_row(line, columns) for line in lines[1:]]


def _cells_of(line: Line) -> list[str]:
    """Return the cells of a row with tabs, without blanks and quotes around them."""
    cells = (cell.strip() for cell in line.text.split("\t"))
    return [
        cell[1:-1].replace('""', '"').strip() if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell
        for cell in cells
    ]


def _read_bids_row(line: Line, columns: list[str]) -> Event:
    cells = _cells_of(line)
    if len(cells) != len(columns):
        line.fail(f"{len(columns)} cells, as its columns")
    row = dict(zip(columns, cells, strict=True))
    if row["eventType"] in _UNKNOWN:
        line.fail("an eventType such as 'sz' or 'bckg'")
    onset = line.number_of(row["onset"], "an onset in seconds")
    stop = onset + line.number_of(row["duration"], "a duration in seconds")
    confidence, length = row.get("confidence", ""), row.get("recordingDuration", "")
    limit = math.inf
    if length not in _UNKNOWN:
        limit = line.number_of(length, "a recordingDuration in seconds") + _ROUNDING
    known = None if confidence in _UNKNOWN else line.number_of(confidence, "a confidence from 0 to 1 or n/a")
    channels = None
    if row.get("channels", "") not in (*_UNKNOWN, "all"):
        channels = tuple(name.strip() for name in row["channels"].split(","))
    return line.event(onset, stop, row["eventType"], known, channels, duration=limit)


def read_tuh(path: Path) -> list[Event]:
    """Return the rows of a ``.csv_bi`` or ``.csv`` of the TUH corpora as events, background among them.

    Parameters
    ----------
    path : Path
        A table with commas, below comments that begin with ``#``, with the columns channel, start_time,
        stop_time, label and confidence.

    Returns
    -------
    events : list of Event
        Rows of the same times and label are one event with the channels of all (and the lowest
        confidence); it has no `channels` where a row says TERM, the whole recording.

    Raises
    ------
    ValueError
        If the file is no such table, holds no row, or holds a row that cannot be read.
    """
    lines = read_lines(path)
    rows = [line for line in lines if not line.text.startswith("#")]
    if not rows:
        raise ValueError(f"{path} must hold the columns {','.join(_TUH_COLUMNS)} and a row, got nothing.")
    if [name.strip().lower() for name in rows[0].text.split(",")] != _TUH_COLUMNS:
        rows[0].fail(f"the columns {','.join(_TUH_COLUMNS)}")
    if len(rows) == 1:
        rows[0].fail("at least one row below it; a recording without a seizure has a row 'bckg'")
    limit = _tuh_duration(lines) + _ROUNDING
    return _merge_channels([_read_tuh_row(line, limit) for line in rows[1:]])


def _tuh_duration(lines: list[Line]) -> float:
    """Return the length of the recording that the comments state, in seconds; infinity without one."""
    stated = [line for line in lines if re.match(r"#\s*duration", line.text, re.IGNORECASE)]
    if not stated:
        return math.inf
    match = _TUH_DURATION.fullmatch(stated[0].text)
    if match is None or len(stated) > 1:
        stated[-1].fail("the only '# duration = <number> secs'")
    return stated[0].number_of(match[1], "a duration in seconds")


def _read_tuh_row(line: Line, limit: float) -> Event:
    cells = [cell.strip() for cell in line.text.split(",")]
    if len(cells) != len(_TUH_COLUMNS) or not cells[0] or not cells[3]:
        line.fail(",".join(_TUH_COLUMNS))
    channel, start, stop, label, confidence = cells
    return line.event(
        line.number_of(start, "a start_time in seconds"),
        line.number_of(stop, "a stop_time in seconds"),
        label,
        line.number_of(confidence, "a confidence from 0 to 1"),
        None if channel == _WHOLE_RECORDING else (channel,),
        duration=limit,
    )


def _merge_channels(events: list[Event]) -> list[Event]:
    """Join events of the same times and label on several channels."""
    together: dict[tuple[float, float, str], list[Event]] = {}
    for event in events:
        together.setdefault((event.onset, event.offset, event.label), []).append(event)
    return [_on_all_channels(same) for same in together.values()]


def _on_all_channels(same: list[Event]) -> Event:
    confidence = min(event.confidence for event in same if event.confidence is not None)
    return Event(same[0].onset, same[0].offset, same[0].label, confidence, join_channels(same))
