"""Seizures of one of the Helsinki neonates, from what three experts marked second by second."""

import re
from pathlib import Path

from .._events import Event, mask_to_events
from ._helsinki_annotations import marked_by, read_annotations

_INFANT = re.compile(r"(?:eeg)?(\d{1,4})(?:\.edf)?", re.ASCII | re.IGNORECASE)


def read_helsinki(path: Path, recording: str | int | None, annotator: str | None) -> list[Event]:
    """Return the seizures of one infant from the annotations of the Helsinki data set.

    Parameters
    ----------
    path : Path
        The MATLAB file with the annotations of all infants.
    recording : str or int
        The infant, from 1 on, or the name of its recording, such as ``"eeg12"``.
    annotator : {"A", "B", "C", "consensus", "any"} or None
        The expert; or where all three agree (which None means also); or where at least one does.

    Returns
    -------
    events : list of Event
        In whole seconds, labelled ``"sz"``.

    Raises
    ------
    ValueError
        If the file is damaged or of another kind, or the infant or the annotator is unknown.
    """
    marked = read_annotations([path])
    match = None if isinstance(recording, bool) else _INFANT.fullmatch(str(recording))
    if match is None or int(match[1]) not in marked:
        raise ValueError(
            f"`recording` must be the number of an infant of {path}, from 1 to {len(marked)}, or its "
            f"recording such as 'eeg12', got {recording!r}."
        )
    return mask_to_events(marked_by(marked[int(match[1])], annotator or "consensus"), 1.0)
