"""One task run over many recordings, each into files of its own."""

import errno
import hashlib
import os
import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
from tqdm import tqdm

from .._files import replacing
from .._optional import import_optional
from ._run_folder import Record, RunFolder, stamp
from ._workers import WorkerDiedError, run_all

_COLUMNS = ["path", "status", "reason", "table", "n_rows", "hours", "seconds"]


class Task(Protocol):
    """What is done with a recording; can be pickled."""

    def __call__(self, path: Path) -> tuple[pd.DataFrame, Record, dict[str, Callable[[Path], Any]]]:
        """Return a table, what to add to the record, and what writes further files, by kind."""


@dataclass(frozen=True)
class _Work:
    """A task on one recording, its results written into the folder of the run."""

    task: Task
    folder: Path

    def __call__(self, path: Path) -> Record:
        start, name = time.perf_counter(), name_results(path)
        record: Record = {"path": str(path), "source": stamp(path)}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                table, told, writers = self.task(path)
            except Exception as error:  # whatever is wrong with one recording is told, and stops no other
                reason = f"{type(error).__name__}: {error}"
                return record | {"status": "failed", "reason": reason, "files": []}
        files = [f"tables/{name}.parquet"]
        write_table(self.folder / files[0], table)
        for kind, write in writers.items():
            files.append(f"{kind}/{name}_{kind}.tsv")
            write(self.folder / files[-1])
        record |= {"status": "done", "reason": "", "files": files, "n_rows": len(table)} | told
        return record | {
            "seconds": round(time.perf_counter() - start, 3),
            "warnings": sorted({str(each.message) for each in caught}),
        }


def run_over(
    task: Task,
    paths: Sequence[str | os.PathLike[str]],
    description: Record,
    *,
    out: str | os.PathLike[str],
    kinds: Sequence[str] = (),
    client: Any = None,
    n_jobs: int | None = None,
    resume: bool = True,
    verbose: bool = False,
) -> pd.DataFrame:
    """Run a task over recordings and return what became of each, in the order given.

    Parameters
    ----------
    task : callable
        What is done with each.
    paths : sequence of path-like
        Their files.
    description : dict
        What is asked for, with its ``fingerprint``.
    out : path-like
        The folder of the run.
    kinds : sequence of str, default=()
        Folders for further files.
    client : dask.distributed.Client, optional
        A cluster to work on.
    n_jobs : int, optional
        Number of processes, as in joblib.
    resume : bool, default=True
        Whether to go on with a run that is in the folder.
    verbose : bool, default=False
        Whether to show the progress.

    Returns
    -------
    manifest : DataFrame
        A row for each recording.

    Raises
    ------
    ValueError
        If a path is named twice, or the folder does not suit.
    OSError
        If results cannot be written, for example since the disk is full. What is done stays done.
    """
    import_optional("pyarrow", extra="parquet", needed_by="detect and extract_features")
    files = check_paths(paths)
    folder = RunFolder(out, description, resume=resume)
    for kind in ("tables", *kinds):
        (folder.path / kind).mkdir(exist_ok=True)
    left = [path for path in files if not folder.is_done(path)]
    progress = tqdm(total=len(files), initial=len(files) - len(left), unit="recording", disable=not verbose)
    with progress:
        try:
            for path, result in run_all(_Work(task, folder.path), left, n_jobs=n_jobs, client=client):
                folder.add(_tell_death(path, result) if isinstance(result, WorkerDiedError) else result)
                progress.update()
        except OSError as error:
            raise _explain(error, folder, files) from error
    records = [folder.records[str(path)] for path in files]
    if failed := [record for record in records if record["status"] != "done"]:
        warnings.warn(
            f"{len(failed)} of {len(files)} recordings failed, see the column reason: {failed[0]['path']} "
            f"({failed[0]['reason']})" + (", ..." if len(failed) > 1 else "."),
            UserWarning,
            stacklevel=3,
        )
    return tabulate(records)


def check_paths(paths: Any) -> list[Path]:
    """Return absolute paths, links not followed, after checking that all are text and none comes twice.

    Examples
    --------
    >>> from sklearn_eeg.detection._batch_run import check_paths
    >>> check_paths(["/a/b.edf", "/a/../a/b.edf"])
    Traceback (most recent call last):
    ...
    ValueError: `paths` must name each recording once, got /a/b.edf more than once.
    """
    if isinstance(paths, str | os.PathLike):
        raise TypeError(f"`paths` must be a list of paths, got one: [{os.fspath(paths)!r}].")
    files = [Path(os.path.abspath(Path(path).expanduser())) for path in paths]  # noqa: PTH100
    if odd := [path for path in files if str(path) != os.fsencode(path).decode(errors="replace")]:
        raise ValueError(f"`paths` must be names in UTF-8, got {str(odd[0])!r}: rename the file.")
    repeated = [path for path, count in Counter(files).items() if count > 1]
    if repeated:
        raise ValueError(f"`paths` must name each recording once, got {repeated[0]} more than once.")
    return files


def name_results(path: Path) -> str:
    """Return the name of a recording's results: its own, and eight digits of where it lies.

    Examples
    --------
    >>> from pathlib import Path
    >>> from sklearn_eeg.detection._batch_run import name_results
    >>> name_results(Path("/a/night.edf"))
    'night-4526e5e5'
    """
    return f"{path.stem}-{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a table as Parquet, whole or not at all; the same table gives the same bytes."""
    arrow = import_optional("pyarrow", extra="parquet", needed_by="detect and extract_features")
    parquet = import_optional("pyarrow.parquet", extra="parquet", needed_by="detect and extract_features")
    with replacing(path) as temporary:
        parquet.write_table(
            arrow.Table.from_pandas(table, preserve_index=False), temporary, compression="zstd"
        )


def _tell_death(path: Path, error: WorkerDiedError) -> Record:
    return {"path": str(path), "source": stamp(path), "status": "failed", "reason": str(error), "files": []}


def _explain(error: OSError, folder: RunFolder, files: Sequence[Path]) -> OSError:
    n_done = sum(folder.is_done(path) for path in files)
    full = "The disk is full. " * (error.errno in (errno.ENOSPC, errno.EDQUOT))
    return OSError(
        error.errno,
        f"{full}Results cannot be written to {folder.path}: {error}. {n_done} of {len(files)} recordings are "
        "done: mend this and call again, to go on from there",
    )


def tabulate(records: Sequence[Record]) -> pd.DataFrame:
    """Return the records of recordings as a table, a row for each."""
    rows = [record | {"table": (record["files"] or [""])[0]} for record in records]
    table = pd.DataFrame(rows)
    first = [name for name in _COLUMNS if name in table]
    rest = [name for name in table if name not in (*_COLUMNS, "files", "source")]
    return table[[*first, *rest]] if len(table) else pd.DataFrame(columns=_COLUMNS)
