"""Features of the windows of many recordings."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from .._windows import check_ch_names, name_windows
from ..datasets import read_recording
from ._batch_run import check_paths, run_over
from ._detect import fingerprint
from ._feeder import WindowFeeder, feed_recording
from ._frame import Frame
from ._matched import match_recording
from ._run_folder import Record

_N_FITTED = 16  # windows that a transformer which learns nothing is fitted on


@dataclass(frozen=True)
class _Extract:
    """The task of computing features."""

    steps: Any
    frame: Frame
    ch_names: list[str]

    def __call__(self, path: Path) -> tuple[pd.DataFrame, Record, dict[str, Callable[[Path], Any]]]:
        recording = read_recording(path)
        matched = match_recording(recording, self.ch_names, self.frame.sfreq)
        numbers, parts = [np.empty(0, dtype=np.int64)], []
        names = [str(name) for name in self.steps.get_feature_names_out()]
        with threadpool_limits(1):
            for batch in feed_recording(WindowFeeder(self.frame, len(self.ch_names)), matched):
                judged = np.flatnonzero(batch.judged)
                if len(judged):
                    numbers.append(batch.first_step + judged)
                    parts.append(np.asarray(self.steps.transform(batch.take(judged))))
        start = np.concatenate(numbers) * self.frame.step_seconds
        values = np.concatenate(parts) if parts else np.empty((0, len(names)))
        table = pd.DataFrame(values, columns=names)
        table.insert(0, "start_second", start)
        table.insert(1, "stop_second", start + self.frame.window_seconds)
        return table, {"hours": recording.duration / 3600}, {}


def extract_features(
    paths: Sequence[str | os.PathLike[str]],
    steps: Any,
    *,
    out: str | os.PathLike[str],
    sfreq: float,
    window_seconds: float,
    step_seconds: float | None = None,
    ch_names: Sequence[str] | None = None,
    client: Any = None,
    n_jobs: int | None = None,
    resume: bool = True,
    verbose: bool = False,
) -> pd.DataFrame:
    """Compute features of all windows of many recordings, on one machine or on a Dask cluster.

    Parameters
    ----------
    paths : sequence of path-like
        Files of the recordings, each once.
    steps : transformer
        From windows to a table, for example :class:`~sklearn_eeg.features.FFTFeatures` or a pipeline. Where
        it is not fitted, a clone is fitted on a few windows of the first recording that can be read: what
        learns from windows must come fitted.
    out : path-like
        Folder for the results: new, empty, or of the same run that was interrupted.
    sfreq : float
        Sampling frequency of the windows, in Hz; recordings are brought to it.
    window_seconds : float
        Length of a window, in seconds.
    step_seconds : float, default=None
        Time from the start of one window to that of the next, in seconds; None means windows end to end.
    ch_names : sequence of str, default=None
        Channels to work on, in order; None means those of the first recording that can be read.
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
        `reason` of a failure, the `table` in `out`, its `n_rows`, `hours` of the recording, `seconds`
        of work, and `warnings`.

    Raises
    ------
    ValueError
        If a path is named twice or is not UTF-8, no recording can be read, a parameter is out of range, or
        `out` holds something else or another run.
    TypeError
        If `paths` or `ch_names` is one name and no list.
    OSError
        If results cannot be written, for example since the disk is full. What is done stays done.
    ImportError
        If pyarrow, or with a `client` distributed, is not installed.

    Warns
    -----
    UserWarning
        If a recording failed; it is tried again in the next call.

    See Also
    --------
    detect : Says more of the folder, and of what happens when a run is killed.

    Notes
    -----
    Each recording gets a Parquet file in ``tables/`` with the columns `start_second` and `stop_second` and
    one for each feature, named by the channels. Windows that touch a gap, lie across a cut, or in which all
    channels are constant have no row.

    Examples
    --------
    >>> from sklearn_eeg.detection import extract_features
    >>> from sklearn_eeg.features import TimeFeatures
    >>> extract_features([], TimeFeatures(), out="out", sfreq=256, window_seconds=4)
    Traceback (most recent call last):
    ...
    ValueError: `paths` must hold at least one recording, got none.
    """
    length = float(window_seconds)
    frame = Frame(float(sfreq), length, length if step_seconds is None else float(step_seconds))
    files = check_paths(paths)
    fitted, names = _fit(steps, frame, files, ch_names)
    parameters = {"sfreq": frame.sfreq, "window_seconds": frame.window_seconds}
    description = {
        "task": "extract_features",
        "parameters": parameters | {"step_seconds": frame.step_seconds, "ch_names": names},
        "fingerprint": fingerprint(fitted),
    }
    return run_over(
        _Extract(fitted, frame, names),
        files,
        description,
        out=out,
        client=client,
        n_jobs=n_jobs,
        resume=resume,
        verbose=verbose,
    )


def _fit(
    steps: Any, frame: Frame, files: Sequence[Path], ch_names: Sequence[str] | None
) -> tuple[Any, list[str]]:
    """Return the fitted steps and the names of the channels, from the first recording that can be read."""
    if not files:
        raise ValueError("`paths` must hold at least one recording, got none.")
    if isinstance(ch_names, str):
        raise TypeError(f"`ch_names` must be a list of names, got one: [{ch_names!r}].")
    fitted = _is_fitted(steps)
    if fitted and ch_names is not None:
        return steps, check_ch_names(ch_names, len(ch_names))
    problem: Exception | None = None
    for file in files:
        try:
            recording = read_recording(file)
            names = recording.ch_names if ch_names is None else [str(name) for name in ch_names]
            names = check_ch_names(names, len(names))
            matched = match_recording(recording, names, frame.sfreq)
            windows = _first_windows(WindowFeeder(frame, len(names)), matched)
        except (ValueError, OSError) as error:
            problem = problem or error
            continue
        if fitted or len(windows):
            return steps if fitted else clone(steps).fit(name_windows(windows, names)), names
        problem = problem or ValueError(
            f"{file} holds no window of {frame.window_seconds:g} s that can be judged"
        )
    raise ValueError(f"`paths` must hold a recording that can be read and judged, got none ({problem}).")


def _is_fitted(steps: Any) -> bool:
    try:
        check_is_fitted(steps)
    except NotFittedError:
        return False
    return True


def _first_windows(feeder: WindowFeeder, recording: Any) -> np.ndarray:
    for batch in feed_recording(feeder, recording):
        judged = np.flatnonzero(batch.judged)[:_N_FITTED]
        if len(judged):
            return batch.take(judged)
    return np.empty((0, feeder.n_channels, feeder.frame.n_times))
