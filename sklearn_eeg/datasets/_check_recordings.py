"""Recordings that can be cut together: alike in channels and rate, each with its events and patient."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from .._events import Event, as_events
from ._recording import Recording

BACKGROUND_NAME = "background"
_SAME_RATE = 1e-6  # relative: headers round the rate
_OVERHANG_SECONDS = 1.0  # what an event may last beyond the end of its recording: times are rounded


def pair_up(recording: Any, events: Any) -> tuple[list[Recording], list[list[Event]]]:
    """Return recordings as a list, and the events of each, after checking that they belong together.

    Parameters
    ----------
    recording : Recording or list of Recording
        What was given to cut.
    events : list of events or None; or a list of these
        As `as_events` takes them; for a list of recordings, one such list for each.

    Returns
    -------
    recordings : list of Recording
        At least one.
    events : list of list of Event
        The events of each.

    Raises
    ------
    ValueError
        If the recordings differ in channels or rate, share a name, or hold what is not in microvolts; or
        an event lies outside.
    TypeError
        If something is no recording.
    """
    several = isinstance(recording, list | tuple)
    recordings = list(recording) if several else [recording]
    if not recordings:
        raise ValueError("`recording` must hold at least one recording, got none.")
    for each in recordings:
        if not isinstance(each, Recording):
            raise TypeError(
                f"`recording` must be a Recording or a list of them, got {type(each).__name__}: open a file "
                "by read_recording, or take an array by Recording.from_array."
            )
    listed = ([None] * len(recordings) if events is None else list(events)) if several else [events]
    if len(listed) != len(recordings):
        raise ValueError(
            f"`events` must hold one list for each of the {len(recordings)} recordings, got {len(listed)}: "
            "give an empty list for a recording without a seizure."
        )
    _check_alike(recordings)
    _check_units(recordings)
    return recordings, [_check_events(own, each) for own, each in zip(listed, recordings, strict=True)]


def _check_events(events: Any, recording: Recording) -> list[Event]:
    listed = as_events(events)
    for event in listed:
        if event.label.casefold() == BACKGROUND_NAME:
            raise ValueError(
                f"`events` must not be labelled {BACKGROUND_NAME!r}, which is what lies outside of them, got "
                f"one at {event.onset:g} s of {recording.name}."
            )
        if _is_outside(event, recording.duration):
            raise ValueError(
                f"`events` must lie in the recording: {recording.name} lasts {recording.duration:g} s, got "
                f"one from {event.onset:g} to {event.offset:g} s. Are they of another recording, or not in "
                "seconds? If not, cut them off at its end."
            )
    return listed


def _is_outside(event: Event, duration: float) -> bool:
    """Return whether an event has no part in a recording, or lasts too far beyond its end."""
    if event.offset < 0 or event.offset > duration + _OVERHANG_SECONDS:
        return True
    return event.onset >= duration and event.duration > 0  # a mark may stand at the very end


def _check_alike(recordings: list[Recording]) -> None:
    """Refuse recordings with different channels, rates, or the same name."""
    one = recordings[0]
    for other in recordings[1:]:
        if abs(other.sfreq - one.sfreq) > _SAME_RATE * one.sfreq:
            raise ValueError(
                f"`recording` must be recordings of one sampling frequency, got {one.name} with "
                f"{one.sfreq:g} Hz and {other.name} with {other.sfreq:g} Hz: resample one, or cut them apart."
            )
        if list(other.ch_names) != list(one.ch_names):
            raise ValueError(
                f"`recording` must be recordings of the same channels, got {one.name} with {one.ch_names} "
                f"and {other.name} with {other.ch_names}: choose and order them by recording.pick."
            )
    names = [each.name for each in recordings]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(
            f"`recording` must hold recordings of different names, got {repeated} more than once: "
            "name them yourself, read_recording(..., name=...) or Recording.from_array(..., name=...)."
        )


def _check_units(recordings: list[Recording]) -> None:
    """Refuse channels that are not in microvolts."""
    for each in recordings:
        others = {n: unit for n, unit in zip(each.ch_names, each.units, strict=True) if unit != "uV"}
        if others:
            raise ValueError(
                f"`recording` must be in microvolts, got other units in {each.name}, {others}: pick the EEG "
                "first, recording.pick([...])."
            )


def check_patients(patient: Any, recordings: list[Recording]) -> list[Any] | None:
    """Return the patient of each recording, or None if that of none is known.

    Parameters
    ----------
    patient : str or another scalar, an iterable of them, or None
        One patient, or that of each recording in order; None means what the recordings say. What is
        missing (None, NaN or pandas.NA) is not known.
    recordings : list of Recording
        The recordings.

    Returns
    -------
    patients : list or None
        One for each recording, as given.

    Raises
    ------
    ValueError
        If `patient` is of another kind or number, or some patients are known and others are not.
    """
    patients = _list_patients(patient, recordings)
    if len(patients) != len(recordings):
        raise ValueError(
            f"`patient` must name one for each of the {len(recordings)} recordings, got {len(patients)}."
        )
    unknown = [each.name for each, who in zip(recordings, patients, strict=True) if pd.isna(who)]
    if unknown and len(unknown) < len(recordings):
        raise ValueError(
            f"`patient` must be known for all recordings or for none, got none for {unknown[0]}: name "
            "them all."
        )
    return None if unknown else patients


def _list_patients(patient: Any, recordings: list[Recording]) -> list[Any]:
    """Return the patients in the order of the recordings."""
    if patient is None:
        return [each.patient for each in recordings]
    if pd.api.types.is_scalar(patient):
        return [patient] * len(recordings)
    ordered = isinstance(patient, Iterable) and not isinstance(patient, Mapping | set | frozenset)
    patients = list(patient) if ordered else [patient]
    if not all(pd.api.types.is_scalar(who) for who in patients):
        raise ValueError(
            "`patient` must be the name of a patient, or a list of names in the order of the recordings, got "
            f"{patient!r}."
        )
    return patients
