"""Windows in the time of their recordings, and the events that they make up."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .._events import Event, as_events, merge_events
from ._event_curve import EventCurve, sensitivity_curve
from ._score_events import EventScores, score_events

_LEAST_COVERED = 0.5
_SHORTEST_STEP = 0.1  # seconds: the resolution of the scoring rules
_MOST_STEPS = 5_000_000
_ROUNDING = 1e-6  # seconds between windows that still touch


@dataclass(frozen=True, eq=False)
class Timeline:
    """Where windows lie in their recordings, and the seizures there.

    Parameters
    ----------
    recording : ndarray of shape (n_windows,)
        Recording of each window.
    start, stop : ndarray of shape (n_windows,)
        Ends of each window, in seconds from the start of its recording.
    background : object
        Label of the windows without a seizure.
    events : dict of list of Event
        Seizures of each recording.
    durations : dict of float
        Length of each recording, in seconds.
    patients : dict or None
        Patient of each recording.
    annotated : bool
        Whether the seizures were given, and not taken from the labels of the windows.
    """

    recording: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    background: Any
    events: dict[Hashable, list[Event]]
    durations: dict[Hashable, float]
    patients: dict[Hashable, Any] | None
    annotated: bool

    @cached_property
    def covered_seconds(self) -> dict[Hashable, float]:
        """Time of each recording that lies in a window, in seconds."""
        return {
            name: _covered_time(self.start[own], self.stop[own])
            for name in self.durations
            for own in [self.recording == name]
        }

    @property
    def covered(self) -> float:
        """Share of the recorded time that lies in a window."""
        return sum(self.covered_seconds.values()) / sum(self.durations.values())


def make_timeline(
    recording: Any,
    start_second: Any,
    window_seconds: Any,
    *,
    events: Any,
    background: Any,
    y: np.ndarray,
    groups: np.ndarray | None,
    classes: np.ndarray,
    target_names: tuple[str, ...],
) -> Timeline | None:
    """Check and arrange what is known of windows in time.

    Parameters
    ----------
    recording : array-like of shape (n_windows,) or None
        Recording of each window; None returns None.
    start_second : array-like of shape (n_windows,) or None
        Start of each window in its recording, in seconds.
    window_seconds : float or array-like of shape (n_windows,) or None
        Length of each window.
    events : dict or None
        Seizures of each recording, as in `score_events`; by default they are the stretches of windows
        whose label is not `background`.
    background : object
        Label of windows without a seizure; by default 0 or False, where that is a class.
    y : ndarray of shape (n_windows,)
        Labels.
    groups : ndarray of shape (n_windows,) or None
        Patients.
    classes : ndarray of shape (n_classes,)
        The labels, sorted.
    target_names : tuple of str
        Their names.

    Returns
    -------
    timeline : Timeline or None
        The arrangement.

    Raises
    ------
    ValueError
        If something is missing or of another length, a recording has two patients or an event of an
        unknown recording, or windows cover less than half of the recorded time.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._timeline import make_timeline
    >>> options = {"events": None, "background": None, "groups": None, "classes": np.array([0, 1])}
    >>> y, start = np.array([0, 1, 1, 0]), [0, 5, 10, 15]
    >>> timeline = make_timeline(["a"] * 4, start, 5, y=y, target_names=("rest", "sz"), **options)
    >>> [(event.onset, event.offset, event.label) for event in timeline.events["a"]]
    [(5.0, 15.0, 'sz')]
    """
    if recording is None:
        given = [
            name for name, value in (("start_second", start_second), ("events", events)) if value is not None
        ]
        if given:
            raise ValueError(f"`recording` must be given with `{given[0]}`, got None: name each window's.")
        return None
    names = _check_length(np.asarray(recording), len(y), "recording")
    start = _check_seconds(start_second, len(y), "start_second", lowest=0.0)
    stop = start + _check_seconds(window_seconds, len(y), "window_seconds", lowest=np.finfo(float).tiny)
    label = _check_background(background, classes)
    distinct = np.unique(names)
    patients = None if groups is None else _patients_of(names, distinct, groups)
    bare = Timeline(names, start, stop, label, {}, {}, patients, events is not None)
    if events is None:
        labels = dict(zip(classes.tolist(), target_names, strict=True))
        found = {name: _events_of_labels(bare, names == name, y, labels) for name in distinct.tolist()}
    else:
        found = _check_events(events, distinct.tolist())
    durations = {
        name: max([float(stop[names == name].max()), *(event.offset for event in found[name])])
        for name in distinct.tolist()
    }
    timeline = Timeline(names, start, stop, label, found, durations, patients, events is not None)
    if timeline.covered < _LEAST_COVERED:
        raise ValueError(
            f"Windows must cover at least half of the recorded time for figures of events, got "
            f"{timeline.covered:.0%}: pass all windows of each recording, or leave out `recording`."
        )
    return timeline


def score_timeline(timeline: Timeline, y_pred: np.ndarray, **options: Any) -> EventScores:
    """Score the alarms that predictions raise: each window not called background is one, as long as it lasts.

    Parameters
    ----------
    timeline : Timeline
        The windows in time.
    y_pred : ndarray of shape (n_windows,)
        Predicted labels.
    **options : dict
        Keywords of `score_events`.

    Returns
    -------
    scores : EventScores
        The figures; false alarms in 24 hours and the share of time in alarm are of the time that windows
        cover, since no alarm can be raised in the rest.
    """
    alarm = y_pred != timeline.background
    alarms = {
        name: _spans(timeline, (timeline.recording == name) & alarm) for name in timeline.durations
    }  # fmt: skip
    return score_events(
        timeline.events,
        alarms,
        timeline.durations,
        groups=timeline.patients,
        judged_seconds=timeline.covered_seconds,
        **options,
    )


def curve_of_timeline(timeline: Timeline, score: np.ndarray, **options: Any) -> EventCurve:
    """Return sensitivity against false alarms over the thresholds of a score.

    Parameters
    ----------
    timeline : Timeline
        The windows in time.
    score : ndarray of shape (n_windows,)
        How likely each window is a seizure, on any scale.
    **options : dict
        Keywords of `sensitivity_curve`.

    Returns
    -------
    curve : EventCurve
        The figures by threshold. A moment in several windows has the highest of their scores, so an alarm
        is on wherever a window reaches the threshold; a moment in none has the lowest of all, and rates are
        of the time that windows cover.
    """
    step = _choose_step(timeline)
    first = np.floor(timeline.start / step + 1e-6).astype(int)
    last = np.maximum(np.ceil(timeline.stop / step - 1e-6).astype(int), first + 1)
    over_time, reference = {}, {}
    for name, seconds in timeline.durations.items():
        own = np.flatnonzero(timeline.recording == name)
        length = max(int(np.ceil(seconds / step - 1e-6)), int(last[own].max()))
        values = np.full(length, float(score.min()))
        for window in own[np.argsort(score[own], kind="stable")]:
            values[first[window] : last[window]] = score[window]
        over_time[name], reference[name] = values, timeline.events[name]
    return sensitivity_curve(
        reference,
        over_time,
        step_seconds=step,
        groups=timeline.patients,
        judged_seconds=timeline.covered_seconds,
        **options,
    )


def seizure_score(y_score: np.ndarray, classes: np.ndarray, background: Any) -> np.ndarray:
    """Return one score of a seizure for each window: how little it looks like background.

    Parameters
    ----------
    y_score : ndarray of shape (n_windows, n_classes)
        Scores of the classes.
    classes : ndarray of shape (n_classes,)
        Their labels.
    background : object
        Label of the background.

    Returns
    -------
    score : ndarray of shape (n_windows,)
        The score of the other class of two; for more, that of the likeliest other class minus that of
        the background.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._timeline import seizure_score
    >>> seizure_score(np.array([[0.5, 0.25, 0.25]]), np.array([0, 1, 2]), 0).tolist()
    [-0.25]
    """
    of_background = classes == background
    others = y_score[:, ~of_background].max(axis=1)
    return others if len(classes) == 2 else others - y_score[:, of_background][:, 0]


def _check_length(values: np.ndarray, n_windows: int, name: str) -> np.ndarray:
    if values.shape != (n_windows,):
        raise ValueError(f"`{name}` must have shape ({n_windows},), one entry a window, got {values.shape}.")
    return values


def _check_seconds(values: Any, n_windows: int, name: str, *, lowest: float) -> np.ndarray:
    if values is None:
        raise ValueError(f"`{name}` must be given with `recording`, got None: pass it in seconds.")
    seconds = np.asarray(values, dtype=np.float64)
    if seconds.ndim == 0 and name == "window_seconds":
        seconds = np.full(n_windows, float(seconds))
    _check_length(seconds, n_windows, name)
    if not (np.isfinite(seconds) & (seconds >= lowest)).all():
        rule = "positive" if lowest else "at least 0"
        raise ValueError(f"`{name}` must be {rule}, in seconds, got {seconds.min()} at the least.")
    return seconds


def _check_background(background: Any, classes: np.ndarray) -> Any:
    if background is None:
        zero = [label for label in classes.tolist() if not isinstance(label, str) and label == 0]
        if zero:
            return zero[0]
    elif background in classes.tolist():
        return background
    raise ValueError(
        f"`background` must be the label of windows without a seizure, one of {classes.tolist()}, "
        f"got {background!r}."
    )


def _patients_of(names: np.ndarray, distinct: np.ndarray, groups: np.ndarray) -> dict[Hashable, Any]:
    patients = {}
    for name in distinct.tolist():
        own = np.unique(groups[names == name]).tolist()
        if len(own) > 1:
            raise ValueError(f"`recording` must be of one patient each, got {own} in recording {name!r}.")
        patients[name] = own[0]
    return patients


def _check_events(events: Any, names: list[Hashable]) -> dict[Hashable, list[Event]]:
    if not isinstance(events, dict) or set(events) != set(names):
        got = sorted(map(str, events)) if isinstance(events, dict) else type(events).__name__
        raise ValueError(
            f"`events` must be a dict with the seizures of each recording ({', '.join(map(str, names))}), "
            f"got {got}: give an empty list for a recording without seizures."
        )
    return {name: as_events(events[name]) for name in names}


def _events_of_labels(
    timeline: Timeline, own: np.ndarray, y: np.ndarray, names: dict[Any, str]
) -> list[Event]:
    """Return the stretches of the windows of each class other than the background."""
    events: list[Event] = []
    for label, text in names.items():
        if label != timeline.background:
            events += _spans(timeline, own & (y == label), text)
    return sorted(events)


def _spans(timeline: Timeline, chosen: np.ndarray, label: str = "sz") -> list[Event]:
    """Return the time that windows cover, joined where they touch or overlap."""
    ends = zip(timeline.start[chosen].tolist(), timeline.stop[chosen].tolist(), strict=True)
    return merge_events([Event(start, stop, label) for start, stop in ends], _ROUNDING)


def _covered_time(start: np.ndarray, stop: np.ndarray) -> float:
    """Return how long at least one window lasts, in seconds."""
    order = np.argsort(start, kind="stable")
    start, reached = start[order], np.maximum.accumulate(stop[order])
    gaps = start[1:] - reached[:-1]
    return float(reached[-1] - start[0] - gaps[gaps > _ROUNDING].sum())


def _choose_step(timeline: Timeline) -> float:
    """Return the largest step whose multiples are the ends of all windows, within reason."""
    ends = np.concatenate([timeline.start, timeline.stop])
    step = np.gcd.reduce(np.round(ends * 1000).astype(np.int64)) / 1000
    return float(max(step, _SHORTEST_STEP, sum(timeline.durations.values()) / _MOST_STEPS))
