"""Seizures listed with times by the clock in ``Seizures-list-PNNN.txt``, as in the Siena database."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from .._events import Event
from ._events_text import Line, Listed, pick_recording, read_lines

_DAY = 86400
_TIME = re.compile(r"(registration|seizure)?(start|end)time", re.ASCII)
_SEIZURE = re.compile(r"seizure\s*n[.°]?\s*(\d{1,6})\s*(\([^()]*\)\s*)?:?", re.ASCII | re.IGNORECASE)
_REMARK = re.compile(r"\([^()]*\)")

Clocks = dict[str, Line]  # "start" and "end" -> the line that says it


def read_siena(path: Path, recording: str | None) -> list[Event]:
    """Return the seizures of one recording from a ``Seizures-list-PNNN.txt`` of the Siena database.

    Parameters
    ----------
    path : Path
        A text that has, for each seizure, ``Seizure n 1``, ``File name: PN00-1.edf`` and the lines
        ``Registration start time: 19.39.33``, ``Registration end time``, ``Seizure start time`` and
        ``Seizure end time`` (or ``Start time`` and ``End time``). File name and registration hold for
        the seizures below until there is another file name.
    recording : str or None
        Name of the recording; None where the text lists one only.

    Returns
    -------
    events : list of Event
        In the order of the file, labelled ``"sz"``; in seconds from the start of the registration. A
        time that is earlier by the clock is of the next day.

    Raises
    ------
    ValueError
        If the recording is not listed, or one of its times cannot be read (another recording's is not
        looked at), or a seizure lies outside the registration, or a line is of no known kind.
    """
    registrations: dict[str, _Registration] = {}
    current: _Registration | None = None
    seizures: list[_Seizure] = []
    for line in read_lines(path):
        if match := _SEIZURE.fullmatch(line.text):
            seizures.append(_Seizure(line, int(match[1])))
        elif line.key == "filename":
            name = line.recording_of(line.value)
            current = registrations.setdefault(name.lower(), _Registration(name, line))
        elif (match := _TIME.fullmatch(line.key)) and current is None:
            line.fail("a time below the 'File name' of its recording")
        elif match and current is not None:
            clocks = current.clocks if match[1] == "registration" else current.clocks_of(seizures, line)
            _set_clock(clocks, match[2], line)
        elif line.may_matter:
            line.fail("a line of a Siena seizure list, such as 'Seizure start time: 19.58.36'")
    _check_seizures(seizures, path)
    listed = [Listed(each.name, each.line, each.events) for each in registrations.values()]
    return pick_recording(listed, recording, path).events()


@dataclass
class _Seizure:
    """The number of a seizure, and its times as far as they have been said."""

    line: Line
    number: int
    clocks: Clocks = field(default_factory=dict)


@dataclass
class _Registration:
    """What a list says of one recording, collected line by line."""

    name: str
    line: Line
    clocks: Clocks = field(default_factory=dict)
    seizures: list[_Seizure] = field(default_factory=list)

    def clocks_of(self, seizures: list[_Seizure], line: Line) -> Clocks:
        """Return the times of the last seizure, which is of this recording."""
        if not seizures:
            line.fail("a time below the 'Seizure n 1' of its seizure")
        if not seizures[-1].clocks:
            self.seizures.append(seizures[-1])
        if not self.seizures or self.seizures[-1] is not seizures[-1]:
            line.fail(f"a time of a seizure of {self.name}, below its own 'Seizure n 1'")
        return seizures[-1].clocks

    def events(self) -> list[Event]:
        """Return the seizures in seconds from the start of the registration."""
        if not self.seizures:
            self.line.fail(f"the name of a recording with a seizure below ({self.name})")
        start, end = (_second(self.clocks, which, "Registration", self.line) for which in ("start", "end"))
        return [self._event(seizure, start, (end - start) % _DAY) for seizure in self.seizures]

    def _event(self, seizure: _Seizure, start: int, duration: int) -> Event:
        times = []
        for which in ("start", "end"):
            times.append((_second(seizure.clocks, which, "Seizure", seizure.line) - start) % _DAY)
            if times[-1] > duration:
                seizure.clocks[which].fail(f"a time within the registration of {self.name}")
        return seizure.clocks["end"].event(times[0], times[1])


def _set_clock(clocks: Clocks, which: str, line: Line) -> None:
    if which in clocks and clocks[which].value != line.value:
        line.fail(f"no second {which} time beside that of line {clocks[which].number}")
    clocks.setdefault(which, line)


def _second(clocks: Clocks, which: str, whose: str, line: Line) -> int:
    """Return a start or end in seconds from midnight; a remark in brackets is overlooked."""
    if which not in clocks:
        line.fail(f"a name or number with a '{whose} {which} time' below")
    second = clocks[which].clock_of(_REMARK.sub("", clocks[which].value))
    if second >= _DAY:
        clocks[which].fail("a time of day")
    return second


def _check_seizures(seizures: list[_Seizure], path: Path) -> None:
    """Refuse a list without seizures, with numbers that do not rise, or with a seizure without times."""
    if not seizures:
        raise ValueError(f"{path} must list seizures as 'Seizure n 1', got none.")
    previous = 0
    for seizure in seizures:
        if seizure.number <= previous:
            seizure.line.fail(f"the number of a seizure above {previous}, the one before")
        previous = seizure.number
        if not seizure.clocks:
            seizure.line.fail("the number of a seizure with its start and end time below")
