"""EDF, EDF+ and BDF files, read by edfio a few data records at a time.

A part of a file is handed to edfio as a small file of its own: the header, with the number of data
records put right, and the wanted records. So the memory taken is that of the part, BDF is read as
lazily as EDF, and no file stays open or mapped between two reads.
"""

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from .._events import Event
from .._montage import channel_type
from .._optional import import_optional
from ._channels import Channel
from ._tal import Annotations, parse_annotations
from ._unreadable import UnreadableError

_BLOCK_BYTES = 2**22  # read at once; bounds the memory that a long slice takes beside its result
_LARGEST_RATE = 1e6  # Hz
_MAGIC = {b"0": "EDF", b"\xffBIOSEMI": "BDF"}
_SAMPLE_BYTES = {"EDF": 2, "BDF": 3}


@dataclass(frozen=True)
class EdfFile:
    """A file whose header was read: what is needed to read any part of it.

    `header` calls the annotation signals otherwise, so that edfio treats them as any other signal,
    and text that is no UTF-8 does not stop it. `sizes` are the samples of each signal in a record.
    """

    path: Path
    kind: str
    header: bytes
    n_records: int
    record_seconds: float
    sizes: tuple[int, ...]
    annotation_rows: tuple[int, ...]
    notes: tuple[str, ...] = ()

    @property
    def discontinuous(self) -> bool:
        """Whether the header says that the recording was interrupted."""
        return self.header[192:197] in (b"EDF+D", b"BDF+D")

    @property
    def record_bytes(self) -> int:
        """Length of a data record, in bytes."""
        return sum(self.sizes) * _SAMPLE_BYTES[self.kind]

    def read(self, rows: Sequence[int], first: int, n_records: int) -> Iterator[np.ndarray]:
        """Read some data records and yield the samples of some signals, each in its own unit."""
        with self.path.open("rb") as file:
            file.seek(len(self.header) + first * self.record_bytes)
            data = file.read(n_records * self.record_bytes)
        if len(data) < n_records * self.record_bytes:
            raise UnreadableError(f"{self.path} has become shorter since it was opened: open it again.")
        signals = _parse(self.kind, self.header, data, n_records).signals
        return (signals[row].data for row in rows)

    def blocks(self, first: int, n_records: int) -> Iterator[tuple[int, int]]:
        """Cut a range of data records into ranges that are small enough to read at once."""
        step = max(1, _BLOCK_BYTES // self.record_bytes)
        for begin in range(first, first + n_records, step):
            yield begin, min(step, first + n_records - begin)

    def channels(self) -> list[Channel]:
        """Return what the header says of each signal that holds no annotations."""
        signals = _parse(self.kind, self.header).signals
        return [
            _describe(signal, row, self.sizes[row] / self.record_seconds)
            for row, signal in enumerate(signals)
            if row not in self.annotation_rows
        ]

    def annotations(self, records: Sequence[int], rows: Sequence[int]) -> Iterator[list[Annotations]]:
        """Read what data records say in some of their annotation signals, record by record."""
        width = _SAMPLE_BYTES[self.kind]
        places = [(width * sum(self.sizes[:row]), width * self.sizes[row]) for row in rows]
        with self.path.open("rb", buffering=0) as file:
            for record in records:
                said = []
                for place, length in places:
                    file.seek(len(self.header) + record * self.record_bytes + place)
                    said.append(parse_annotations(file.read(length)))
                yield said

    def onsets(self, records: Sequence[int]) -> list[float | None]:
        """Return when data records began, in seconds on the clock of the file; None where it does not say."""
        if not self.annotation_rows:
            return [None] * len(records)
        return [said[0].onset for said in self.annotations(records, self.annotation_rows[:1])]

    def first_onset(self) -> float:
        """Return when the first data record began, in seconds on the clock of the file."""
        return self.onsets(range(1))[0] or 0.0

    def events(self) -> tuple[list[Event], int]:
        """Read all annotations, in seconds from the first sample, and count the unreadable ones."""
        if not self.annotation_rows:
            return [], 0
        zero, n_unreadable = self.first_onset(), 0
        found: list[Event] = []
        for said in self.annotations(range(self.n_records), self.annotation_rows):
            for part in said:
                n_unreadable += part.n_unreadable
                found += part.events
        if zero:  # rounded, so that the difference of two decimal numbers is one
            found = [Event(round(e.onset - zero, 9), round(e.offset - zero, 9), e.label) for e in found]
        return sorted(found), n_unreadable

    def start(self) -> datetime | None:
        """Return when the recording began; None where the header does not say."""
        parsed = _parse(self.kind, self.header)
        try:
            if parsed.recording.get_subfield(0) == "Startdate" and parsed.recording.get_subfield(1) == "X":
                return None
            return datetime.combine(_date(parsed), parsed.starttime) + timedelta(seconds=self.first_onset())
        except (ValueError, OverflowError):
            return None


def edf_kind(path: Path) -> str | None:
    """Return ``"EDF"`` or ``"BDF"`` by the first bytes of a file, None if it is neither.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    kind : str or None
        What it is.

    Examples
    --------
    >>> from pathlib import Path
    >>> from sklearn_eeg.datasets._edf import edf_kind
    >>> edf_kind(Path(__file__)) is None
    True
    """
    with path.open("rb") as file:
        return _MAGIC.get(file.read(8).rstrip(b" \0"))


def open_edf(path: Path, *, annotations_only: bool = False) -> EdfFile:
    """Read the header of an EDF or BDF file and hold it against the length of the file.

    Parameters
    ----------
    path : Path
        The file.
    annotations_only : bool, default=False
        Whether a file without any signal but annotations is welcome.

    Returns
    -------
    file : EdfFile
        The file, whose `notes` say what a user should be warned of.

    Raises
    ------
    UnreadableError
        If the header is damaged or the file holds no whole data record.
    ImportError
        If edfio is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import edfio
    >>> import numpy as np
    >>> from sklearn_eeg.datasets._edf import open_edf
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "night.edf")
    ...     edfio.Edf([edfio.EdfSignal(np.arange(512.0), 256, label="Cz")]).write(path)
    ...     file = open_edf(path)
    >>> file.n_records, file.sizes
    (2, (256,))
    """
    kind = edf_kind(path)
    if kind is None:
        raise UnreadableError(f"{path} is no EDF or BDF file: it does not begin as these do.")
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        header = file.read(256)
        length = _header_bytes(header, size, path)
        header += file.read(length - 256)
    seconds = _number(header[244:252], "duration of a data record", path)
    sizes, annotation_rows = _layout(kind, header, path)
    if len(sizes) == len(annotation_rows) and not annotations_only:
        raise UnreadableError(
            f"{path} holds annotations only, no signals: `read_events` reads its annotations."
        )
    if seconds < 0 or (seconds == 0 and len(sizes) > len(annotation_rows)):
        raise UnreadableError(f"{path} is damaged: its data records last {seconds:g} s.")
    if max(sizes) > _LARGEST_RATE * seconds > 0:
        raise UnreadableError(
            f"{path} is damaged: {max(sizes)} samples in data records of {seconds:g} s cannot be EEG."
        )
    record_bytes = sum(sizes) * _SAMPLE_BYTES[kind]
    n_records, notes = _count_records(header, size - length, record_bytes, seconds, path)
    header = _rename_annotations(header, annotation_rows)
    return EdfFile(path, kind, header, n_records, seconds, sizes, annotation_rows, notes)


def _parse(kind: str, header: bytes, data: bytes = b"", n_records: int = 0) -> Any:
    """Let edfio parse a header and as many data records as there are."""
    edfio = import_optional("edfio", extra="io", needed_by="read_recording")
    read = edfio.read_edf if kind == "EDF" else edfio.read_bdf
    whole = header[:236] + b"%-8d" % n_records + header[244:] + data
    try:
        header.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = "latin-1"
    return read(whole, header_encoding=encoding)


def _number(text: bytes, name: str, path: Path) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UnreadableError(f"{path} is damaged: the {name} must be a number, got {text!r}.")
    return value


def _header_bytes(fixed: bytes, size: int, path: Path) -> int:
    """Return the length of the header, which three things must agree on."""
    if len(fixed) < 256:
        raise UnreadableError(f"{path} is damaged: it ends within its header, after {len(fixed)} bytes.")
    n_signals = _number(fixed[252:256], "number of signals", path)
    if n_signals < 1 or n_signals != int(n_signals):
        raise UnreadableError(f"{path} is damaged: its number of signals is {n_signals:g}.")
    length = 256 * (1 + int(n_signals))
    said = _number(fixed[184:192], "length of the header", path)
    if said != length:
        raise UnreadableError(
            f"{path} is damaged: it has {n_signals:g} signals, so that its header is {length} bytes long, "
            f"but it says {said:g}."
        )
    if size < length:
        raise UnreadableError(f"{path} is damaged: it ends within its header, after {size} bytes.")
    return length


def _layout(kind: str, header: bytes, path: Path) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the samples of each signal in a data record, and which signals hold annotations."""
    count = len(header) // 256 - 1
    fields = [header[256 + 216 * count + 8 * row :][:8] for row in range(count)]
    sizes = [_number(text, "number of samples in a data record", path) for text in fields]
    if min(sizes) < 0 or any(size != int(size) for size in sizes) or not sum(sizes):
        raise UnreadableError(f"{path} is damaged: its data records hold {sizes} samples.")
    labels = [header[256 + 16 * row :][:16].strip(b" \0") for row in range(count)]
    tals = tuple(row for row, label in enumerate(labels) if label == f"{kind} Annotations".encode())
    return tuple(int(size) for size in sizes), tals


def _count_records(
    header: bytes, n_bytes: int, record_bytes: int, seconds: float, path: Path
) -> tuple[int, tuple[str, ...]]:
    """Return the number of whole data records, and warnings where the header says another."""
    said, there = int(_number(header[236:244], "number of data records", path)), n_bytes // record_bytes
    if there == 0:
        raise UnreadableError(
            f"{path} holds no whole data record: after the header there are {n_bytes} bytes, and a data "
            f"record takes {record_bytes}."
        )
    left = n_bytes - said * record_bytes
    if said < 1:
        note = (
            f"{path} does not say how long it is, perhaps since the recording was not closed: the "
            f"{there * seconds:g} s that are there are read."
        )
        return there, (note,)
    if left < 0:
        missing = (said - there) * seconds
        return there, (f"{path} is cut off: {missing:g} of {said * seconds:g} s are missing at its end.",)
    return said, (f"{path} goes on for {left} bytes behind its last data record: left out.",) if left else ()


def _rename_annotations(header: bytes, rows: Sequence[int]) -> bytes:
    changed = bytearray(header)
    for row in rows:
        changed[256 + 16 * row : 272 + 16 * row] = b"Annotations".ljust(16)
    return bytes(changed)


def _date(parsed: Any) -> date:
    """Return the date by the text of EDF+, else by the older field of two-digit years."""
    try:
        return parsed.recording.startdate
    except ValueError:
        return parsed.startdate


def _describe(signal: Any, row: int, sfreq: float) -> Channel:
    problem, largest = "", None
    try:
        low, high = signal.physical_min, signal.physical_max
        bottom, top = signal.digital_min, signal.digital_max
        largest = max(abs(low), abs(high))
        if not math.isfinite(high - low):
            problem = f"its physical range is {low} to {high}"
        elif low == high:
            problem = f"its physical minimum and maximum are both {low:g}"
        elif bottom >= top:
            problem = f"its digital minimum, {bottom}, is not below its digital maximum, {top}"
    except ValueError:
        problem = "its physical or digital range is no number"
    label = signal.label.strip(" \0")
    if sfreq == 0:
        problem = "it has no samples"
    unit = signal.physical_dimension.strip(" \0")
    return Channel(label, channel_type(label), sfreq, unit, problem, largest, row)
