"""The folder of a run over many recordings: what was asked, what is done, and the results."""

import json
import os
from pathlib import Path
from typing import Any

from .._files import write_text

_RUN, _MANIFEST = "run.json", "manifest.jsonl"
Record = dict[str, Any]


class RunFolder:
    """A folder that remembers which recordings are done, through crashes.

    ``run.json`` says what was asked for, with a fingerprint; each line of ``manifest.jsonl`` is the record of
    a recording, and of several the last one counts. A line that was not written to its end is forgotten.

    Parameters
    ----------
    folder : path-like
        The folder; made where it does not exist.
    task : dict
        What is asked for; its ``fingerprint`` must be that of a run already there.
    resume : bool
        Whether to go on with a run that is there, or to refuse it.

    Attributes
    ----------
    records : dict of str to dict
        The record of each recording, by its path.

    Raises
    ------
    ValueError
        If a run is there and `resume` is false, or it was another, or the folder holds something else or
        is a file.
    """

    def __init__(self, folder: str | os.PathLike[str], task: Record, *, resume: bool) -> None:
        self.path = Path(folder).expanduser().resolve()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise ValueError(f"`out` must be a folder, got the file {error.filename}.") from error
        run = self.path / _RUN
        if run.exists():
            self._check_same(_read_task(run), task, resume)
        else:
            others = [each.name for each in self.path.iterdir() if not each.name.startswith(".")]
            if others:
                raise ValueError(
                    f"`out` must be a new folder, an empty one or one with a run to go on with, got "
                    f"{self.path}, which holds {sorted(others)[:3]}."
                )
            write_text(run, json.dumps(task, indent=1) + "\n")
        self._remove_leftovers()
        self.records = read_manifest(self.path)
        self._manifest = self.path / _MANIFEST
        lines = "".join(json.dumps(record) + "\n" for record in self.records.values())
        write_text(self._manifest, lines)  # without what was torn or overtaken

    def add(self, record: Record) -> None:
        """Append a record to the manifest, to its end or not at all."""
        before = self._manifest.stat().st_size
        try:
            with self._manifest.open("ab") as file:
                file.write(json.dumps(record).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            os.truncate(self._manifest, before)
            raise
        self.records[record["path"]] = record

    def is_done(self, path: Path) -> bool:
        """Return whether a recording is done: its results are there, and its file has not changed since."""
        record = self.records.get(str(path))
        if record is None or record["status"] != "done":
            return False
        whole = all((self.path / name).is_file() for name in record["files"])
        return whole and record["source"] == stamp(path)

    def _check_same(self, there: Record, task: Record, resume: bool) -> None:
        if not resume:
            raise ValueError(
                f"`out` must be a new folder with resume=False, got {self.path}, which holds a run: go on "
                "with it, resume=True, or name another folder."
            )
        differing = sorted(
            name for name in {*there, *task} if name != "fingerprint" and there.get(name) != task.get(name)
        )
        if there.get("fingerprint") != task["fingerprint"] or differing:
            what = f"other {', '.join(differing)}" if differing else "another fitted detector or transformer"
            raise ValueError(
                f"`out` must be the folder of the same run, got {self.path}, which was made with {what}: "
                "name another folder."
            )

    def _remove_leftovers(self) -> None:
        """Remove the temporary files of a process that was killed while it wrote."""
        for leftover in self.path.rglob(".writing-*"):
            leftover.unlink(missing_ok=True)


def _read_task(run: Path) -> Record:
    try:
        return dict(json.loads(run.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise ValueError(f"{run} cannot be read ({error}): name another folder as `out`.") from error


def read_manifest(folder: Path) -> dict[str, Record]:
    """Return the last record of each recording in the manifest of a folder, in the order of the first.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_eeg.detection._run_folder import read_manifest
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     whole, torn = '{"path": "a", "status": "done"}', '{"path": "b", "sta'
    ...     _ = Path(folder, "manifest.jsonl").write_text(whole + chr(10) + torn)
    ...     read_manifest(Path(folder))
    {'a': {'path': 'a', 'status': 'done'}}
    """
    manifest, records = folder / _MANIFEST, {}
    if manifest.exists():
        for line in manifest.read_bytes().splitlines(keepends=True):
            if not line.endswith(b"\n"):
                continue
            try:
                record = json.loads(line)
                records[record["path"]] = record
            except (ValueError, TypeError, KeyError):  # torn by a crash of the machine
                continue
    return records


def stamp(path: Path) -> list[int]:
    """Return size and time of change of a file, by which it is known again; of a folder, what it can."""
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]
