"""The parts of fitting a detector: its cleaner, its training windows, and what held-out patients say."""

import copy
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
from tqdm import tqdm

from .._windows import name_windows
from ..datasets import Recording
from ._feeder import WindowFeeder, feed_recording, stretch_sizes
from ._frame import Frame
from ._matched import fill_lines
from ._prepare import TrainingSet
from ._stream import score_batch
from ._training import choose_steps, fit_model, gather_windows, label_steps

_QUIETER = 50.0  # how many times, than the stretch that a cleaner is tried on: what learns amplitudes differs


class TrainingWindows(NamedTuple):
    """Windows of training recordings."""

    X: np.ndarray
    """The windows, of shape (n_windows, n_channels, n_times)."""
    y: np.ndarray
    """Class of each, 1 for a seizure."""
    recording: np.ndarray
    """Number of the recording of each."""
    patient: np.ndarray
    """Its patient; the number of the recording where patients are unknown."""


def fit_cleaner(cleaner: Any, recording: Recording, frame: Frame, stretch_seconds: float) -> Any:
    """Return a cleaner fitted to the length of its stretches, after checking that it learns nothing else.

    Parameters
    ----------
    cleaner : transformer or None
        From windows to windows; it is not changed.
    recording : Recording
        A recording at the detector's channels and rate.
    frame : Frame
        Where windows lie.
    stretch_seconds : float
        Length of the part of a stretch that is kept, in seconds.

    Returns
    -------
    fitted : transformer or None
        None without a cleaner.

    Raises
    ------
    ValueError
        If it changes the shape of windows, or cleans them otherwise when fitted on others.
    """
    if cleaner is None:
        return None
    kept, margin = stretch_sizes(frame, stretch_seconds)
    size = kept + 2 * margin
    x = fill_lines(recording.read_times(0, min(size, recording.n_times)))
    x = np.pad(x, ((0, 0), (0, size - x.shape[1])), mode="symmetric")[np.newaxis]
    x, quieter = (name_windows(each, recording.ch_names) for each in (x, x[..., ::-1] / _QUIETER))
    one, other = clone(cleaner).fit(x), clone(cleaner).fit(quieter)
    cleaned = np.asarray(one.transform(x))
    if cleaned.shape != x.shape or not np.allclose(cleaned, other.transform(x), rtol=1e-9, atol=1e-9):
        raise ValueError(
            f"`cleaner` must keep the shape of windows and learn nothing from them, got {cleaner}: put what "
            "learns or reshapes at the head of `estimator`."
        )
    return one


def gather_training(
    training: TrainingSet,
    feeder: WindowFeeder,
    overlap_rule: float,
    max_windows: int | None,
    *,
    verbose: bool = False,
) -> TrainingWindows:
    """Return windows of the training recordings, evenly spread over each class.

    Parameters
    ----------
    training : TrainingSet
        Recordings at the detector's channels and rate.
    feeder : WindowFeeder
        A new one, which is copied.
    overlap_rule : float
        Least share of a window in seizures that makes it one.
    max_windows : int or None
        How many to take at most.
    verbose : bool, default=False
        Whether to show the progress.

    Returns
    -------
    windows : TrainingWindows
        Those that can be judged.
    """
    pairs = list(zip(training.events, training.recordings, strict=True))
    targets = [label_steps(own, feeder.frame, each.n_times, overlap_rule) for own, each in pairs]
    windows, classes, numbers = [], [], []
    bar = tqdm(training.recordings, desc="windows", unit="recording", disable=not verbose)
    for number, (recording, steps) in enumerate(zip(bar, choose_steps(targets, max_windows), strict=True)):
        own, kept = gather_windows(copy.deepcopy(feeder), recording, steps)
        windows.append(own)
        classes.append(targets[number][kept])
        numbers.append(np.full(len(own), number))
    place = np.concatenate(numbers)
    patients = training.unit if training.patients is None else training.patients[training.unit]
    X = name_windows(np.concatenate(windows), training.recordings[0].ch_names)
    return TrainingWindows(X, np.concatenate(classes), place, patients[place])


def hold_out(
    estimator: Any,
    training: TrainingSet,
    windows: TrainingWindows,
    folds: list[np.ndarray],
    feeder: WindowFeeder,
    *,
    n_jobs: int | None = None,
    verbose: bool = False,
) -> list[np.ndarray]:
    """Return the probabilities of each recording by a classifier that did not see its patient.

    Parameters
    ----------
    estimator : classifier
        Of windows; it is not changed.
    training : TrainingSet
        Recordings at the detector's channels and rate.
    windows : TrainingWindows
        The windows to train on.
    folds : list of ndarray
        Numbers of the patients of each fold.
    feeder : WindowFeeder
        A new one, which is copied.
    n_jobs : int, optional
        Number of processes, as in joblib.
    verbose : bool, default=False
        Whether to show the progress.

    Returns
    -------
    probability : list of ndarray
        For each recording, of each window; NaN for those not judged.
    """
    sides = [np.flatnonzero(np.isin(training.unit, fold)) for fold in folds]
    results = Parallel(n_jobs=n_jobs, return_as="generator")(
        delayed(_run_fold)(
            estimator,
            windows,
            ~np.isin(windows.recording, side),
            feeder,
            [training.recordings[place] for place in side],
        )
        for side in sides
    )
    bar = tqdm(results, total=len(sides), desc="folds", unit="fold", disable=not verbose)
    found = {
        place: probability
        for side, result in zip(sides, bar, strict=True)
        for place, probability in zip(side.tolist(), result, strict=True)
    }
    return [found[place] for place in range(len(found))]


def _run_fold(
    estimator: Any,
    windows: TrainingWindows,
    seen: np.ndarray,
    feeder: WindowFeeder,
    held_out: list[Recording],
) -> list[np.ndarray]:
    """Return the probabilities of recordings by a clone of the classifier fitted on the windows seen."""
    with threadpool_limits(1):
        model = fit_model(estimator, windows.X[seen], windows.y[seen], windows.patient[seen])
        found = []
        for each in held_out:
            batches = feed_recording(copy.deepcopy(feeder), each)
            found.append(np.concatenate([np.empty(0), *(score_batch(model, batch) for batch in batches)]))
    return found


def fill_card(training: TrainingSet, windows: TrainingWindows) -> dict[str, Any]:
    """Return what a detector was trained on, in numbers."""
    return {
        "n_recordings": len(training.recordings),
        "n_patients": None if training.patients is None else len(training.patients),
        "hours": sum(each.duration for each in training.recordings) / 3600,
        "n_seizures": sum(map(len, training.events)),
        "n_background_windows": int((windows.y == 0).sum()),
        "n_seizure_windows": int((windows.y == 1).sum()),
        "date": date.today().isoformat(),
    }
