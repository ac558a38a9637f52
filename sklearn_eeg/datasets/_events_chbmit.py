"""Seizures listed by recording in ``chbNN-summary.txt``, as in the CHB-MIT database."""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path

from .._events import Event
from ._events_text import Line, Listed, pick_recording, read_lines

_DAY = 86400
_SECONDS = re.compile(r"([\d.+-]+)\s*(seconds?|secs?|s)?\.?", re.ASCII | re.IGNORECASE)
_SEIZURE_TIME = re.compile(r"seizure(\d{1,6})?(start|end)time", re.ASCII)
_COUNT = re.compile(r"\d{1,6}", re.ASCII)


def read_chbmit(path: Path, recording: str | None) -> list[Event]:
    """Return the seizures of one recording from a ``-summary.txt`` of the CHB-MIT database.

    Parameters
    ----------
    path : Path
        A text that has, for each recording, lines such as ``File Name: chb01_03.edf``, ``File Start
        Time: 13:43:04``, ``File End Time: 14:43:04``, ``Number of Seizures in File: 1``, ``Seizure 1
        Start Time: 2996 seconds`` and ``Seizure 1 End Time: 3036 seconds``. The times of the file, and
        the number of the seizure where there is one, may be missing.
    recording : str or None
        Name of the recording; None where the text lists one only.

    Returns
    -------
    events : list of Event
        In the order of the file, labelled ``"sz"``.

    Raises
    ------
    ValueError
        If the recording is not listed, or a line cannot be read, or the number of seizures is wrong.
    """
    sections: list[_Section] = []
    for line in read_lines(path):
        if line.key == "filename":
            sections.append(_Section(line.recording_of(line.value), line))
        elif line.key in ("filestarttime", "fileendtime"):
            _last(sections, line).add_clock(line, line.key[4:-4])
        elif line.key.startswith("numberofseizures"):
            _last(sections, line).add_count(line)
        elif match := _SEIZURE_TIME.fullmatch(line.key):
            _last(sections, line).add_mark(line, match[1], match[2])
        elif line.may_matter:
            line.fail("a line of a CHB-MIT summary, such as 'Seizure 1 Start Time: 2996 seconds'")
    if not sections:
        raise ValueError(f"{path} must list recordings as 'File Name: chb01_03.edf', got none.")
    listed = [Listed(section.name, section.line, section.events) for section in sections]
    return pick_recording(listed, recording, path).events()


@dataclass
class _Section:
    """What a summary says of one recording, collected line by line."""

    name: str
    line: Line
    clocks: dict[str, int] = field(default_factory=dict)
    count: int | None = None
    marks: list[tuple[Line, float]] = field(default_factory=list)

    def add_clock(self, line: Line, which: str) -> None:
        if which in self.clocks:
            line.fail(f"no second {which} time of {self.name}")
        self.clocks[which] = line.clock_of(line.value)

    def add_count(self, line: Line) -> None:
        if self.count is not None or not _COUNT.fullmatch(line.value):
            line.fail(f"the only number of seizures of {self.name}, such as 'Number of Seizures in File: 2'")
        self.count = int(line.value)

    def add_mark(self, line: Line, number: str | None, which: str) -> None:
        """Take the start or end of a seizure; they come in turn."""
        expected, turn = ("start", "end")[len(self.marks) % 2], len(self.marks) // 2 + 1
        if which != expected or (number is not None and int(number) != turn):
            line.fail(f"the {expected} of seizure {turn} of {self.name}")
        match = _SECONDS.fullmatch(line.value)
        second = line.number_of(match[1] if match else "", f"the {which} of a seizure in seconds")
        self.marks.append((line, second))

    def events(self) -> list[Event]:
        """Return the seizures, after checking how many they are and that the recording holds them."""
        if self.count is None:
            self.line.fail(
                f"the name of a recording with its 'Number of Seizures in File' below ({self.name})"
            )
        if len(self.marks) != 2 * self.count:
            self.line.fail(
                f"the name of a recording with {self.count} seizures below, as their number says, "
                f"each with a start and an end (not {len(self.marks)} times for {self.name})"
            )
        duration = self._duration()
        pairs = zip(self.marks[::2], self.marks[1::2], strict=True)
        return [line.event(start, stop, duration=duration) for (_, start), (line, stop) in pairs]

    def _duration(self) -> float:
        """Return what no seizure can exceed: clocks of whole seconds are up to a second wrong."""
        if len(self.clocks) < 2:
            return math.inf
        return (self.clocks["end"] - self.clocks["start"]) % _DAY + 0.999


def _last(sections: list[_Section], line: Line) -> _Section:
    if not sections:
        line.fail("a line below the 'File Name' of its recording")
    return sections[-1]
