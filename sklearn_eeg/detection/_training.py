"""The windows that a detector is trained on."""

import inspect
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection._search import BaseSearchCV
from sklearn.model_selection._split import GroupsConsumerMixin

from .._events import Event, event_samples, overlap
from ._feeder import WindowFeeder, feed_recording
from ._frame import Frame


def label_steps(events: Sequence[Event], frame: Frame, n_times: int, overlap_rule: float) -> np.ndarray:
    """Return the class of each window of a recording: 1 where enough of it is seizure, else 0.

    Parameters
    ----------
    events : sequence of Event
        The seizures.
    frame : Frame
        Where the windows lie.
    n_times : int
        Samples of the recording.
    overlap_rule : float
        Least share of a window in seizures that makes it one.

    Returns
    -------
    target : int64 ndarray of shape (n_windows,)
        The class of each window.

    Examples
    --------
    >>> from sklearn_eeg._events import Event
    >>> from sklearn_eeg.detection._frame import Frame
    >>> from sklearn_eeg.detection._training import label_steps
    >>> label_steps([Event(2, 4)], Frame(100, 2, 1), 600, 0.5).tolist()
    [0, 1, 1, 1, 0]
    """
    first = np.array([frame.first(number) for number in range(frame.count(n_times))], dtype=np.int64)
    share = overlap(event_samples(events, frame.sfreq), first, first + frame.n_times) / frame.n_times
    return (share >= overlap_rule).astype(np.int64)


def choose_steps(targets: Sequence[np.ndarray], max_windows: int | None) -> list[np.ndarray]:
    """Return the windows of each recording to train on, evenly spread over each class.

    Parameters
    ----------
    targets : sequence of int ndarray
        The class of each window, 0 or 1, of each recording; -1 for those that cannot be used.
    max_windows : int or None
        How many windows to choose at most; at most half of them seizures. None means all.

    Returns
    -------
    steps : list of ndarray
        Numbers of the windows, ascending, of each recording.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.detection._training import choose_steps
    >>> choose_steps([np.array([0, 0, 0, 1, 1, 1, 1, 0, 0])], 4)[0].tolist()
    [1, 4, 6, 7]
    """
    pooled = np.concatenate([*targets, np.empty(0, dtype=np.int64)])
    seizure, background = np.flatnonzero(pooled == 1), np.flatnonzero(pooled == 0)
    if max_windows is not None:
        seizure = _thin(seizure, max(max_windows // 2, max_windows - len(background)))
        background = _thin(background, max_windows - len(seizure))
    chosen = np.sort(np.concatenate([seizure, background]))
    edges = np.cumsum([0, *map(len, targets)])
    return [
        chosen[np.searchsorted(chosen, a) : np.searchsorted(chosen, b)] - a
        for a, b in pairwise(edges.tolist())
    ]


def _thin(places: np.ndarray, n: int) -> np.ndarray:
    """Return `n` of the places, evenly spread, or all where there are no more."""
    return places if len(places) <= n else places[((np.arange(n) + 0.5) * len(places) / n).astype(np.int64)]


def gather_windows(feeder: WindowFeeder, recording: Any, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return some windows of a recording, and their numbers, leaving out those that cannot be judged."""
    windows = [np.empty((0, feeder.n_channels, feeder.frame.n_times))]
    numbers = [np.empty(0, dtype=np.int64)]
    if len(steps):
        for batch in feed_recording(feeder, recording):
            own = np.arange(batch.first_step, batch.first_step + len(batch.judged))
            wanted = np.flatnonzero(np.isin(own, steps) & batch.judged)
            windows.append(batch.take(wanted))
            numbers.append(own[wanted])
    return np.concatenate(windows), np.concatenate(numbers)


def fit_model(estimator: Any, X: np.ndarray, y: np.ndarray, patients: np.ndarray) -> Any:
    """Return a fitted clone of a classifier, which is told the patients where its `fit` takes `groups`.

    So is a search whose folds are made by groups.

    Parameters
    ----------
    estimator : classifier
        It is not changed.
    X : ndarray of shape (n_windows, n_channels, n_times)
        Windows.
    y : int ndarray of shape (n_windows,)
        Class of each window.
    patients : ndarray of shape (n_windows,)
        Patient of each window.

    Returns
    -------
    model : classifier
        Fitted.

    Raises
    ------
    ValueError
        If there are no windows, or all are of one class.
    """
    if not len(y):
        raise ValueError(
            "The windows to train on must hold one that can be judged, got none: the recordings are shorter "
            "than `window_seconds`, or hold gaps or constant channels throughout."
        )
    if len(np.unique(y)) < 2:
        what = "a seizure" if not y.any() else "background"
        raise ValueError(
            f"The windows to train on must hold both seizure and background, but none of {len(y)} is {what}: "
            "add recordings, or shorten `window_seconds`."
        )
    model = clone(estimator)
    name, last = (
        ("", model) if not hasattr(model, "steps") else (f"{model.steps[-1][0]}__", model.steps[-1][1])
    )
    return model.fit(X, y, **({f"{name}groups": patients} if _takes_groups(last) else {}))


def _takes_groups(model: Any) -> bool:
    if isinstance(model, BaseSearchCV):  # others would warn that they do not use them
        return isinstance(model.cv, GroupsConsumerMixin)
    return hasattr(model, "fit") and "groups" in inspect.signature(model.fit).parameters
