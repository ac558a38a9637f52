"""Events written as the table of SzCORE or as annotations of EDF+."""

import math
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from .._events import Event, as_events
from .._files import replacing, write_text
from .._optional import import_optional

_COLUMNS = ("onset", "duration", "eventType", "confidence", "channels", "dateTime", "recordingDuration")
_BACKGROUND = "bckg"


def write_events(
    path: str | os.PathLike[str],
    events: Any,
    *,
    duration_seconds: float,
    start: datetime | None = None,
) -> Path:
    r"""Write the events of a recording, as the table of SzCORE or as an EDF+ file of annotations.

    Parameters
    ----------
    path : path-like
        The file to write, ending in ``.tsv`` or ``.edf``; its folder must exist, a file there is replaced.
    events : list of Event, or what `score_events` takes
        The events, in seconds from the start of the recording.
    duration_seconds : float
        Length of the recording, in seconds.
    start : datetime, default=None
        When the recording began; None means that it is not known.

    Returns
    -------
    path : Path
        The absolute path of the file.

    Raises
    ------
    ValueError
        If the path has another ending, an event lies outside the recording, or a label cannot be written.
    ImportError
        If edfio is not installed, for ``.edf``.

    See Also
    --------
    sklearn_eeg.datasets.read_events : Reads both.

    Notes
    -----
    A recording without an event has one row ``bckg`` over all of it. EDF+ has no place for the confidence and
    the channels of an event. The file is written under a temporary name and renamed.

    References
    ----------
    .. [1] Dan J, et al. (2024) SzCORE: Seizure Community Open-Source Research Evaluation framework for the
       validation of electroencephalography-based automated seizure detection algorithms. Epilepsia.
       https://doi.org/10.1111/epi.18113

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_eeg.datasets import Event, read_events
    >>> from sklearn_eeg.detection import write_events
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_events(Path(folder, "a.tsv"), [Event(10, 25, "sz", 0.9)], duration_seconds=3600)
    ...     path.read_text().splitlines()[1]
    ...     read_events(path)
    '10.0\t15.0\tsz\t0.9\tall\tn/a\t3600.0'
    [Event(onset=10.0, offset=25.0, label='sz', confidence=0.9, channels=None)]
    """
    seconds = _check_duration(duration_seconds)
    listed = _check_events(as_events(events), seconds)
    suffix = Path(path).suffix.lower()
    if suffix == ".tsv":
        return write_text(path, _as_table(listed, seconds, start))
    if suffix == ".edf":
        return _write_annotations(path, listed, seconds, start)
    raise ValueError(f"`path` must end in .tsv or .edf, got {os.fspath(path)!r}.")


def _check_duration(duration_seconds: Any) -> float:
    if not isinstance(duration_seconds, int | float | np.number) or not 0 < duration_seconds < math.inf:
        raise ValueError(
            f"`duration_seconds` must be a positive number of seconds, got {duration_seconds!r}."
        )
    return float(duration_seconds)


def _check_events(events: list[Event], seconds: float) -> list[Event]:
    for event in events:
        if event.onset < 0 or event.offset > seconds:
            raise ValueError(
                f"`events` must lie within the recording, 0 to {seconds:g} s, got one from {event.onset:g} "
                f"to {event.offset:g} s."
            )
        texts = (event.label, *(event.channels or ()))
        marked = any(mark in text for text in texts for mark in '\t\n\r\x00\x14\x15"')
        if marked or event.label.strip() in ("", "n/a"):
            raise ValueError(f"`events` must have labels and channels of plain text, got {texts!r}.")
        if any("," in name for name in event.channels or ()):
            raise ValueError(
                f"`events` must have channels without a comma in their names, got {texts[1:]!r}."
            )
    return events


def _as_table(events: Sequence[Event], seconds: float, start: datetime | None) -> str:
    when = "n/a" if start is None else f"{start:%Y-%m-%d %H:%M:%S}"
    rows = ["\t".join(_COLUMNS)]
    for event in events or [Event(0.0, seconds, _BACKGROUND)]:
        confidence = "n/a" if event.confidence is None else repr(event.confidence)
        channels = "all" if event.channels is None else ",".join(event.channels)
        length = _length(event)
        cells = (repr(event.onset), repr(length), event.label, confidence, channels, when, repr(seconds))
        rows.append("\t".join(cells))
    return "\n".join(rows) + "\n"


def _length(event: Event) -> float:
    """Return the duration that gives the offset back when the onset is added, where there is one."""
    length = event.duration
    near = (length, math.nextafter(length, math.inf), math.nextafter(length, 0.0))
    return next((each for each in near if event.onset + each == event.offset), length)


def _write_annotations(
    path: str | os.PathLike[str], events: Sequence[Event], seconds: float, start: datetime | None
) -> Path:
    edfio = import_optional("edfio", extra="io", needed_by="write_events")
    annotations = [
        edfio.EdfAnnotation(event.onset, _length(event), event.label)
        for event in events or [Event(0.0, seconds, _BACKGROUND)]
    ]
    known = {} if start is None else {"startdate": start.date()}
    edf = edfio.Edf(
        [],
        recording=edfio.Recording(equipment_code="sklearn_eeg", **known),
        starttime=None if start is None else start.time().replace(microsecond=0),
        annotations=annotations,
    )
    with replacing(path) as temporary:
        edf.write(temporary)
    return Path(path).expanduser().resolve()
