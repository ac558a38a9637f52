"""Recordings that can be cut together: alike in channels and rate, each with its events and patient."""

from typing import Any

import numpy as np

from .._events import Event, as_events
from ._recording import Recording

BACKGROUND_NAME = "background"
_SAME_RATE = 1e-6  # relative: headers round the rate


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
        If the recordings differ in channels or rate, or share a name, or an event lies outside.
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
    return recordings, [_check_events(own, each) for own, each in zip(listed, recordings, strict=True)]


def _check_events(events: Any, recording: Recording) -> list[Event]:
    listed = as_events(events)
    for event in listed:
        if event.label == BACKGROUND_NAME:
            raise ValueError(
                f"`events` must not be labelled {BACKGROUND_NAME!r}, which is what lies outside of them, got "
                f"one at {event.onset:g} s of {recording.name}."
            )
        if event.offset < 0 or event.onset >= recording.duration:
            raise ValueError(
                f"`events` must lie in the recording: {recording.name} lasts {recording.duration:g} s, got "
                f"one from {event.onset:g} to {event.offset:g} s. Are they of another recording?"
            )
    return listed


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
            f"`recording` must hold recordings of different names, got {repeated} more than once."
        )


def check_patients(patient: Any, recordings: list[Recording]) -> list[Any] | None:
    """Return the patient of each recording, or None if that of none is known."""
    if isinstance(patient, list | tuple | np.ndarray):
        patients = list(patient)
    else:
        patients = [each.patient if patient is None else patient for each in recordings]
    if len(patients) != len(recordings):
        raise ValueError(
            f"`patient` must name one for each of the {len(recordings)} recordings, got {len(patients)}."
        )
    unknown = [each.name for each, who in zip(recordings, patients, strict=True) if who is None]
    if unknown and len(unknown) < len(recordings):
        raise ValueError(
            f"`patient` must be known for all recordings or for none, got none for {unknown[0]}: name "
            "them all."
        )
    return None if unknown else patients
