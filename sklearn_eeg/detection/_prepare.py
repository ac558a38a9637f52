"""What a detector is fitted on, brought into one form."""

import os
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from .._events import Event
from ..datasets import Recording, read_events, read_recording
from ..evaluation._recordings import list_events, list_recordings


class TrainingSet(NamedTuple):
    """Recordings with their seizures and patients."""

    recordings: list[Recording]
    events: list[list[Event]]
    patients: np.ndarray | None
    unit: np.ndarray
    """Number of the patient of each recording; of the recording itself where patients are unknown."""


def open_recording(given: Any) -> Recording:
    """Return a recording that is one, or the one in a file.

    Raises
    ------
    TypeError
        If `given` is neither a recording nor a path.
    """
    if isinstance(given, Recording):
        return given
    if isinstance(given, str | os.PathLike):
        return read_recording(given)
    raise TypeError(
        f"A recording must be a Recording or the path of a file, got {type(given).__name__}: take an array "
        "by Recording.from_array(data, sfreq, ch_names)."
    )


def prepare_training(recordings: Any, events: Any, groups: Any) -> TrainingSet:
    """Open recordings and events and hold them against each other.

    Parameters
    ----------
    recordings : sequence of Recording or path-like
        The recordings.
    events : sequence of events or path-like
        The seizures of each.
    groups : sequence or None
        The patient of each; None means what the recordings say, where all do.

    Returns
    -------
    training : TrainingSet
        All in the same order.

    Raises
    ------
    ValueError
        If their numbers differ, an event lies outside its recording, or a patient is missing.
    TypeError
        If something is no recording.
    """
    if isinstance(recordings, Recording | str | os.PathLike):
        raise TypeError(
            "`recordings` must be a list of recordings, got one: put it, and its events, in lists."
        )
    opened = [open_recording(each) for each in recordings]
    if not opened:
        raise ValueError("`recordings` must hold at least one recording, got none.")
    given = _list_given(events)
    if isinstance(given, str) or len(given) != len(opened):
        raise ValueError(
            f"`events` must hold the seizures of each of the {len(opened)} recordings, got "
            f"{given if isinstance(given, str) else len(given)}: give an empty list for a recording without "
            "a seizure."
        )
    if groups is None and all(each.patient is not None for each in opened):
        groups = [each.patient for each in opened]
    listed = list_recordings([each.duration for each in opened], groups)
    read = [read_events(own) if isinstance(own, str | os.PathLike) else own for own in given]
    return TrainingSet(opened, list_events(read, listed, False, "events"), listed.patients, listed.unit)


def _list_given(events: Any) -> list[Any] | str:
    """Return the events of each recording, or what was given instead."""
    if events is None:
        return "none"
    if isinstance(events, str | os.PathLike | pd.DataFrame) or not isinstance(events, Iterable):
        return f"one {type(events).__name__}"
    return list(events)


def make_folds(unit: np.ndarray, has_seizure: Sequence[bool], n_folds: int) -> list[np.ndarray]:
    """Return the patients of each fold, such that those with seizures are spread evenly.

    Parameters
    ----------
    unit : int ndarray of shape (n_recordings,)
        Number of the patient of each recording.
    has_seizure : sequence of bool
        Whether each recording has one.
    n_folds : int
        How many folds to make; no more than patients with a seizure.

    Returns
    -------
    folds : list of int ndarray
        Numbers of the patients in each.

    Raises
    ------
    ValueError
        If fewer than two patients have a seizure.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.detection._prepare import make_folds
    >>> [fold.tolist() for fold in make_folds(np.arange(5), [True, False, True, False, True], 2)]
    [[0, 4, 3], [2, 1]]
    """
    patients = np.unique(unit)
    ill = np.unique(unit[np.asarray(has_seizure, dtype=bool)])
    if len(ill) < 2:
        raise ValueError(
            f"`threshold` must be a number unless two patients or more have a seizure, got {len(ill)}: it is "
            "chosen on patients that were not trained on."
        )
    n_folds = min(n_folds, len(ill))
    order = np.concatenate([ill, np.setdiff1d(patients, ill)])
    return [order[number::n_folds] for number in range(n_folds)]
