"""Samples of an EDF or BDF file on the recording's own clock, gaps included."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .._events import Event
from ._edf import EdfFile
from ._tal import Run, find_runs
from ._unreadable import UnreadableError, name_damage


@dataclass(frozen=True)
class EdfSource:
    """The signals of one sampling frequency in an EDF or BDF file, which is opened for each read.

    Parameters
    ----------
    file : EdfFile
        The file.
    per_record : int
        Samples of each of these signals in a data record.
    runs : tuple of Run
        The stretches of data records without a gap between them.
    """

    file: EdfFile
    per_record: int
    runs: tuple[Run, ...]

    @property
    def sfreq(self) -> float:
        """Sampling frequency, in Hz."""
        return self.per_record / self.file.record_seconds

    @property
    def n_times(self) -> int:
        """Samples from the first to the last, gaps included."""
        return self._stop(self.runs[-1])

    @property
    def gaps(self) -> tuple[tuple[int, int], ...]:
        """First sample of each gap and the one after its last."""
        follow = zip(self.runs[:-1], self.runs[1:], strict=True)
        return tuple((self._stop(run), after.first_time) for run, after in follow)

    def read(self, rows: Sequence[int], first: int, last: int) -> np.ndarray:
        """Read samples of some signals of the file, each in its own unit; NaN inside gaps."""
        out = np.empty((len(rows), last - first))
        if self.gaps:
            out.fill(np.nan)
        with name_damage(self.file.path):
            for time, record, count in self._parts(first, last):
                place, cut = max(time - first, 0), slice(max(first - time, 0), last - time)
                for target, values in zip(out, self.file.read(rows, record, count), strict=True):
                    part = values[cut]
                    target[place : place + len(part)] = part
        return out

    def annotations(self) -> tuple[list[Event], list[str]]:
        """Read all annotations, and what a user should be warned of."""
        with name_damage(self.file.path):
            events, n_unreadable = self.file.events()
        note = f"{n_unreadable} annotations of {self.file.path} cannot be read: left out."
        return events, [note] if n_unreadable else []

    def _stop(self, run: Run) -> int:
        return run.first_time + run.n_records * self.per_record

    def _parts(self, first: int, last: int) -> Iterator[tuple[int, int, int]]:
        """Yield (sample, data record, number of records) of small parts that cover the samples there are."""
        for run in self.runs:
            begin, end = max(first, run.first_time), min(last, self._stop(run))
            if begin >= end:
                continue
            skipped = (begin - run.first_time) // self.per_record
            stop = -((run.first_time - end) // self.per_record)
            for record, count in self.file.blocks(run.first_record + skipped, stop - skipped):
                yield run.first_time + (record - run.first_record) * self.per_record, record, count


def find_file_runs(file: EdfFile, per_record: int) -> tuple[tuple[Run, ...], list[str]]:
    """Find the gaps of a file, scanning its times only if the last one says that there are any.

    Parameters
    ----------
    file : EdfFile
        The file.
    per_record : int
        Samples of a channel in a data record.

    Returns
    -------
    runs : tuple of Run
        The stretches without a gap, in order of time.
    notes : list of str
        What a user should be warned of: times and header that contradict each other.

    Raises
    ------
    UnreadableError
        If the header says that there are gaps (EDF+D), but the times run back.

    Examples
    --------
    >>> from pathlib import Path
    >>> from sklearn_eeg.datasets._edf import EdfFile
    >>> from sklearn_eeg.datasets._edf_source import find_file_runs
    >>> plain = EdfFile(Path("night.edf"), "EDF", b" " * 512, 3, 1.0, (256,), ())
    >>> find_file_runs(plain, 256)
    ((Run(first_time=0, first_record=0, n_records=3),), [])
    """
    whole = (Run(0, 0, file.n_records),)
    if not file.annotation_rows:
        untold = (
            f"{file.path} was interrupted, as its header says, but it does not say when: read as one piece."
        )
        return whole, [untold] if file.discontinuous else []
    begin, end = file.onsets((0, file.n_records - 1))
    tolerance = file.record_seconds * (0.5 / per_record if file.discontinuous else 1.0)
    due = (file.n_records - 1) * file.record_seconds
    if begin is not None and end is not None and abs(end - begin - due) < tolerance:
        return whole, []
    try:
        runs = tuple(find_runs(file.onsets(range(file.n_records)), file.record_seconds, per_record))
    except UnreadableError as error:
        if file.discontinuous:
            raise UnreadableError(f"{file.path} is damaged: {error}.") from error
        return whole, [f"{file.path} is read as one piece, as its header says, though {error}."]
    if len(runs) == 1 or file.discontinuous:
        return runs, []
    note = (
        f"{file.path} says that it was not interrupted, but by the times of its data records it was, "
        f"{len(runs) - 1} times: read with these gaps."
    )
    return runs, [note]
