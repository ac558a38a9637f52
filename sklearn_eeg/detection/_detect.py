"""A fitted detector run over many recordings."""

import os
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ..datasets import read_recording
from ._batch_run import run_over
from ._detector import SeizureDetector
from ._run_folder import Record
from ._write_events import write_events

_WITHOUT_EFFECT = {  # on a fitted detector
    "estimator", "cleaner", "ch_names", "threshold", "max_false_alarms_per_day", "max_windows",
    "overlap_rule", "cv", "n_jobs", "verbose",
}  # fmt: skip


@dataclass(frozen=True)
class _Detect:
    """The task of finding seizures."""

    detector: SeizureDetector

    def __call__(self, path: Path) -> tuple[pd.DataFrame, Record, dict[str, Callable[[Path], Any]]]:
        recording = read_recording(path)
        table, events = self.detector.predict(recording)
        told = {
            "hours": recording.duration / 3600,
            "judged_hours": float(table["probability"].notna().sum()) * self.detector.step_seconds / 3600,
            "n_events": len(events),
        }
        write = partial(
            write_events, events=events, duration_seconds=recording.duration, start=recording.start
        )
        return table, told, {"events": write}


def detect(
    paths: Sequence[str | os.PathLike[str]],
    detector: SeizureDetector,
    *,
    out: str | os.PathLike[str],
    client: Any = None,
    n_jobs: int | None = None,
    resume: bool = True,
    verbose: bool = False,
) -> pd.DataFrame:
    """Find the seizures in many recordings, on one machine or on a Dask cluster.

    Parameters
    ----------
    paths : sequence of path-like
        Files of the recordings, each once.
    detector : SeizureDetector
        The fitted detector.
    out : path-like
        Folder for the results: new, empty, or of a run of the same detector that was interrupted.
    client : dask.distributed.Client, default=None
        A cluster to work on; its workers must see the files and the folder under the same paths.
    n_jobs : int or None, default=None
        Number of processes where there is no `client`, as in joblib.
    resume : bool, default=True
        Whether to go on with a run that is in the folder, or to refuse it.
    verbose : bool, default=False
        Whether to show the progress, and the time that is left, on the standard error stream.

    Returns
    -------
    manifest : DataFrame
        A row for each recording, in the order of `paths`: `path`, `status` (``"done"`` or ``"failed"``), the
        `reason` of a failure, the `table` of probabilities in `out`, its `n_rows`, `hours` of the
        recording and those judged, `n_events`, `seconds` of work, and `warnings`.

    Raises
    ------
    ValueError
        If a path is named twice or is not UTF-8, or `out` holds something else or a run of another detector.
    OSError
        If results cannot be written, for example since the disk is full. What is done stays done.
    ImportError
        If pyarrow, or with a `client` distributed, is not installed.

    Warns
    -----
    UserWarning
        If a recording failed: it could not be read, lacks a channel, or the process that worked on it died
        twice. It is tried again in the next call.

    See Also
    --------
    SeizureDetector.predict : Does this for one recording.
    extract_features : The same for tables of features.

    Notes
    -----
    For each recording there is a Parquet file in ``tables/`` (as `SeizureDetector.predict_proba` returns it)
    and the events in ``events/`` (as `write_events` writes them), named by the file and eight digits of its
    path. They are written whole or not at all, and do not depend on the number of workers. A line in
    ``manifest.jsonl`` follows when they are there: a run that was killed goes on where it stopped.
    A file that has changed since, by size or date, is worked on again. Two calls must not work in one
    folder at a time.

    Dask's workers return freed memory to the system at once, which costs more time than the detector itself.
    They keep it where this was called before the first cluster was started::

        dask.config.set({"distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None})

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_eeg.detection import SeizureDetector, detect
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     detect([], SeizureDetector(None, 256), out=folder)
    Traceback (most recent call last):
    ...
    sklearn.exceptions.NotFittedError: This SeizureDetector instance is not fitted yet. ...
    """
    check_is_fitted(detector)
    description = {
        "task": "detect",
        "parameters": describe_detector(detector),
        "fingerprint": fingerprint((detector.estimator_, detector.cleaner_)),
    }
    return run_over(
        _Detect(detector),
        paths,
        description,
        out=out,
        kinds=["events"],
        client=client,
        n_jobs=n_jobs,
        resume=resume,
        verbose=verbose,
    )


def describe_detector(detector: SeizureDetector) -> Record:
    """Return what of a detector's parameters decides over its results, beside its fitted parts."""
    kept = {k: v for k, v in detector.get_params(deep=False).items() if k not in _WITHOUT_EFFECT}
    kept |= {"ch_names": detector.ch_names_, "threshold": detector.threshold_}
    return {k: float(v) if hasattr(v, "__float__") else v for k, v in kept.items()}


def fingerprint(fitted: Any) -> str:
    """Return a hash of fitted objects, the same in every process and after they were stored.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.detection._detect import fingerprint
    >>> fingerprint([np.zeros(3)]) == fingerprint([np.zeros(3)]) != fingerprint([np.ones(3)])
    True
    """
    return str(joblib.hash(pickle.loads(pickle.dumps(fitted))))  # a copy: what was stored hashes as one
