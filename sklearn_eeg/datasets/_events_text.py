"""Lines of an annotation file, and what is said of a line that cannot be read."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from .._events import Event

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})[.:](\d\d)[.:](\d\d)", re.ASCII)
_MAY_MATTER = re.compile(
    r"seizure|time|file n|\.edf|seconds|number|\d[.:]\d\d[.:]\d\d", re.ASCII | re.IGNORECASE
)
_SHOWN = 120  # characters of a faulty line that the error shows


@dataclass(frozen=True)
class Line:
    """One line of a text file: where it stands and what it says, without blanks at its ends."""

    path: Path
    number: int
    text: str

    def fail(self, expected: str) -> NoReturn:
        """Raise a ValueError that shows the line and what was expected of it."""
        shown = self.text if len(self.text) <= _SHOWN else self.text[:_SHOWN] + "..."
        raise ValueError(
            f"{self.path}, line {self.number}, must hold {expected}, got {shown!r}: correct the file, or "
            "get it anew from its source."
        )

    @property
    def key(self) -> str:
        """What stands before the first colon, in small letters without blanks; else nothing."""
        before, colon, _ = self.text.partition(":")
        return "".join(before.split()).lower() if colon else ""

    @property
    def value(self) -> str:
        """What stands after the first colon."""
        return self.text.partition(":")[2].strip()

    @property
    def may_matter(self) -> bool:
        """Whether the line looks as if it said something of a seizure or a recording."""
        return _MAY_MATTER.search(self.text) is not None

    def clock_of(self, text: str) -> int:
        """Return a time as HH:MM:SS or HH.MM.SS in seconds; blanks in it are overlooked."""
        match = _CLOCK.fullmatch("".join(text.split()))
        if match is None or int(match[2]) > 59 or int(match[3]) > 59:
            self.fail("one time by the clock, such as 19:58:36 or 19.58.36")
        return 3600 * int(match[1]) + 60 * int(match[2]) + int(match[3])

    def recording_of(self, text: str) -> str:
        """Return the name of a recording, which must not be empty."""
        if not text:
            self.fail("the name of a recording, such as 'chb01_03.edf'")
        return text

    def number_of(self, text: str, what: str) -> float:
        """Return a part of the line as a number, finite and at least 0."""
        value = float(text) if _NUMBER.fullmatch(text.strip()) else math.nan
        if not 0 <= value < math.inf:
            self.fail(f"{what} as a number of at least 0")
        return value

    def event(
        self,
        onset: float,
        offset: float,
        label: str = "sz",
        confidence: float | None = None,
        channels: tuple[str, ...] | None = None,
        *,
        duration: float = math.inf,
    ) -> Event:
        """Return what the line says as an event, within a recording of `duration` seconds."""
        if not offset <= duration:
            self.fail(f"an event within the recording of {duration:.10g} s, not one until {offset:.10g} s")
        try:
            return Event(onset, offset, label, confidence, channels)
        except ValueError as error:
            self.fail(f"an event ({str(error).rstrip('.')})")


@dataclass(frozen=True)
class Listed:
    """What a file says of one recording: its name, where it is listed, and how to get its events."""

    name: str
    line: Line
    events: Callable[[], list[Event]]


def read_lines(path: Path) -> list[Line]:
    """Return the lines of a text file that hold anything, in UTF-8 or else Latin-1."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    rows = enumerate(re.split("\r\n|\r|\n", text), start=1)
    return [Line(path, number, row.strip(" \t\f\v\0")) for number, row in rows if row.strip(" \t\f\v\0")]


def pick_recording(listed: Sequence[Listed], recording: str | None, path: Path) -> Listed:
    """Return what a file says of one of its recordings, by name, with or without the suffix ``.edf``.

    Raises
    ------
    ValueError
        If the file does not list the recording, or lists it twice, or lists several and `recording`
        is None.
    """
    names = list(dict.fromkeys(section.name for section in listed))
    if recording is None:
        if len(listed) == 1:
            return listed[0]
        raise ValueError(
            f"`recording` must name one of the {len(names)} recordings of {path}, got None: choose one of "
            f"{names}."
        )
    wanted = _stem(Path(recording).name)
    found = [section for section in listed if _stem(section.name) == wanted]
    if not found:
        raise ValueError(f"`recording` must be one of {names}, which {path} lists, got {recording!r}.")
    if len(found) > 1:
        found[1].line.fail(f"a recording that is not yet listed (line {found[0].line.number})")
    return found[0]


def _stem(name: str) -> str:
    lowered = name.strip().lower()
    return lowered.removesuffix(".edf")
