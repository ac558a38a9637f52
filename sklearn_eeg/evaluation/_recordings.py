"""What users say of recordings, one or many, as lists of equal length."""

import math
import numbers
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .._events import Event, as_events
from ..model_selection._names import check_names


@dataclass(frozen=True, eq=False)
class Recordings:
    """Recordings by name, with what is known of each.

    Parameters
    ----------
    names : list
        Name of each recording: its key in a dict, else its number.
    durations : list of float
        Length of each, in seconds.
    patients : ndarray of shape (n_patients,) or None
        The patients, sorted; None where unknown.
    unit : int ndarray of shape (n_recordings,)
        Number of the patient of each recording; of the recording itself where patients are unknown.
    """

    names: list[Hashable]
    durations: list[float]
    patients: np.ndarray | None
    unit: np.ndarray


def list_recordings(duration: Any, groups: Any) -> Recordings:
    """Check and list recordings by their durations and patients.

    Parameters
    ----------
    duration : float, or sequence or dict of float
        Length of one recording, or of each, in seconds.
    groups : sequence or dict, or None
        Patient of each recording.

    Returns
    -------
    recordings : Recordings
        The recordings, in the order of `duration`.

    Raises
    ------
    ValueError
        If a duration is no number or below 1 s, or `groups` does not name the same recordings, or a patient
        is missing.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._recordings import list_recordings
    >>> recordings = list_recordings({"a1": 60, "b1": 90}, {"b1": "bob", "a1": "ann"})
    >>> recordings.patients.tolist(), recordings.unit.tolist()
    (['ann', 'bob'], [0, 1])
    """
    one = isinstance(duration, numbers.Real)
    if not one and (isinstance(duration, str | bytes | pd.DataFrame) or not hasattr(duration, "__len__")):
        raise ValueError(
            "`duration` must be the length of a recording in seconds, or a sequence or dict of lengths, got "
            f"{duration!r}."
        )
    names = list(duration) if isinstance(duration, Mapping) else list(range(1 if one else len(duration)))
    durations = [
        _as_seconds(each) for each in match_recordings([duration] if one else duration, names, "duration")
    ]
    if not names:
        raise ValueError("`duration` must hold at least one recording, got none.")
    for name, seconds in zip(names, durations, strict=True):
        if not 1 <= seconds < math.inf:
            raise ValueError(
                f"`duration` must be at least 1, in seconds, got {seconds!r} for recording {name!r}."
            )
    if groups is None:
        return Recordings(names, durations, None, np.arange(len(names)))
    if one and (isinstance(groups, str) or not isinstance(groups, Sequence | Mapping | np.ndarray)):
        groups = [groups]
    whose = check_names(match_recordings(groups, names, "groups"), "groups", "patient", each="recording")
    patients, unit = np.unique(whose, return_inverse=True)
    return Recordings(names, durations, patients, unit)


def match_recordings(values: Any, names: list[Hashable], what: str) -> list[Any]:
    """Return a value for each recording, from a dict by name or a sequence in order.

    Parameters
    ----------
    values : dict or sequence
        The values.
    names : list
        Names of the recordings.
    what : str
        Name of the parameter, for messages.

    Returns
    -------
    values : list
        In the order of `names`.

    Raises
    ------
    ValueError
        If a recording has no value, or a value no recording.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._recordings import match_recordings
    >>> match_recordings({"b": 2, "a": 1}, ["a", "b"], "groups")
    [1, 2]
    """
    if isinstance(values, Mapping):
        missing = [name for name in names if name not in values]
        strange = [name for name in values if name not in set(names)]
        if missing or strange:
            raise ValueError(
                f"`{what}` must have the recordings of `duration`, got "
                + (f"none for {missing[0]!r}" if missing else f"{strange[0]!r}, which has no duration")
                + ": give an empty list for a recording without events."
            )
        return [values[name] for name in names]
    if isinstance(values, pd.DataFrame | str) or not hasattr(values, "__len__"):
        raise ValueError(
            f"`{what}` must be a sequence or dict with a value for each of the {len(names)} recordings of "
            f"`duration`, got {type(values).__name__}."
        )
    if len(values) != len(names):
        raise ValueError(
            f"`{what}` must have a value for each of the {len(names)} recordings of `duration`, got "
            f"{len(values)}."
        )
    return list(values)


def list_events(events: Any, recordings: Recordings, one: bool, what: str) -> list[list[Event]]:
    """Return the events of each recording, sorted and cut to the recording.

    Parameters
    ----------
    events : sequence of events, or sequence or dict of those
        Events of the one recording or of each.
    recordings : Recordings
        The recordings.
    one : bool
        Whether `events` are those of one recording.
    what : str
        Name of the parameter, for messages.

    Returns
    -------
    listed : list of list of Event
        The events, background left out.

    Raises
    ------
    ValueError
        If an event lies outside its recording, or recordings do not match.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._recordings import list_events, list_recordings
    >>> [events] = list_events([(50, 70), (5, 9)], list_recordings(60, None), True, "reference")
    >>> [(event.onset, event.offset) for event in events]
    [(5.0, 9.0), (50.0, 60.0)]
    """
    by_recording = [events] if one else match_recordings(events, recordings.names, what)
    listed = []
    for name, seconds, own in zip(recordings.names, recordings.durations, by_recording, strict=True):
        try:
            found = as_events(own)
        except (TypeError, ValueError) as error:
            raise type(error)(f"`{what}` of recording {name!r}: {error}") from error
        listed.append([_cut(event, seconds, what, name) for event in found])
    return listed


def times_of(events: list[Event]) -> np.ndarray:
    """Return onsets and offsets, float64 of shape (n_events, 2), in seconds."""
    return np.array([(event.onset, event.offset) for event in events], dtype=np.float64).reshape(-1, 2)


def _as_seconds(value: Any) -> float:
    if not isinstance(value, numbers.Real):
        raise ValueError(f"`duration` must hold numbers, in seconds, got {value!r}.")
    return float(value)


def _cut(event: Event, seconds: float, what: str, name: Hashable) -> Event:
    if event.onset >= seconds or event.offset < 0 or (event.offset == 0 and event.onset < 0):
        raise ValueError(
            f"`{what}` must lie within the recording, 0 to {seconds:g} s, got {event.onset:g} to "
            f"{event.offset:g} s in recording {name!r}: times are in seconds from its start."
        )
    if what == "hypothesis" and event.duration == 0:
        raise ValueError(
            f"`hypothesis` must hold alarms that last, got {event.onset:g} to {event.offset:g} s in "
            f"recording {name!r}: let an alarm last as long as the window that raised it."
        )
    if event.onset >= 0 and event.offset <= seconds:
        return event
    return Event(
        max(event.onset, 0), min(event.offset, seconds), event.label, event.confidence, event.channels
    )
