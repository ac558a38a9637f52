"""Recordings in the formats that MNE-Python reads, sample by sample from disk."""

import math
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from .._events import Event, events_to_mask, mask_edges
from .._montage import channel_type
from .._optional import import_optional
from ._channels import Channel
from ._unreadable import UnreadableError, name_damage

_VOLT = 107  # FIFF_UNIT_V, what MNE calls the unit of a channel in volts
_INSIDE = ("seeg", "ecog", "dbs")
_ROUNDING = 1e-6  # samples: what a time in seconds may lack
_GAP = "BAD_ACQ_SKIP"
_CUT = re.compile(r"new segment|(bad |edge )?boundary$", re.IGNORECASE)


class MneSource:
    """All channels of a recording that MNE-Python reads; it is opened again where it was pickled.

    Parameters
    ----------
    path : Path
        The file, or the folder that is a recording.

    Raises
    ------
    UnreadableError
        If MNE-Python cannot read it.
    ImportError
        If mne, or a package that it needs for the format, is not installed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._raw: Any = None
        raw = self._open()
        self.sfreq, self.n_times = float(raw.info["sfreq"]), int(raw.n_times)
        self.gaps, self.cuts = _find_gaps(raw), _find_cuts(raw)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_raw": None}

    def channels(self) -> list[Channel]:
        """Return what is known of each channel; voltages are in volts, whatever the file has."""
        raw = self._open()
        return [
            Channel(
                label=name,
                kind=_kind(name, said),
                sfreq=self.sfreq,
                unit="V" if described["unit"] == _VOLT else "n/a",
                row=row,
                declared=said == "eeg",
            )
            for row, (name, said, described) in enumerate(
                zip(raw.ch_names, raw.get_channel_types(), raw.info["chs"], strict=True)
            )
        ]

    def start(self) -> datetime | None:
        """Return when the first sample was taken, without time zone; None where that is not known."""
        raw = self._open()
        date = raw.info["meas_date"]
        if date is None:
            return None
        return (date + timedelta(seconds=float(raw.first_time))).replace(tzinfo=None)

    def read(self, rows: Sequence[int], first: int, last: int) -> np.ndarray:
        """Read samples of some channels, in volts or the unit of the file; NaN inside gaps."""
        with name_damage(self.path):
            out = self._open().get_data(picks=list(rows), start=first, stop=last, verbose="error")
        for begin, end in self.gaps:
            out[:, max(begin - first, 0) : max(end - first, 0)] = np.nan
        return out

    def annotations(self) -> tuple[list[Event], list[str]]:
        """Return all annotations but those of gaps and cuts, in seconds from the first sample."""
        raw = self._open()
        found = []
        with name_damage(self.path):
            for item in raw.annotations:
                if _is_gap(item) or _is_cut(item):
                    continue
                onset = float(item["onset"]) - float(raw.first_time)
                found.append(Event(onset, onset + float(item["duration"]), str(item["description"])))
        return sorted(found), []

    def _open(self) -> Any:
        if self._raw is None:
            mne = import_optional("mne", extra="io", needed_by="read_recording")
            with name_damage(self.path):
                try:
                    self._raw = mne.io.read_raw(self.path, preload=False, verbose="warning")
                except ValueError as error:
                    if "unsupported file type" not in str(error).lower():
                        raise
                    raise UnreadableError(
                        f"{self.path} is no EDF or BDF file, and of no other kind that can be read, going "
                        "by its name: convert it to EDF, or read it into an array and use "
                        "Recording.from_array."
                    ) from error
        return self._raw


def _kind(name: str, said: str) -> str:
    """Return the kind of a channel; most formats call all channels EEG, so that the name decides then."""
    if said in _INSIDE:
        return "ieeg"
    return channel_type(name) if said == "eeg" else said


def _find_gaps(raw: Any) -> tuple[tuple[int, int], ...]:
    """Return the first sample of each stretch that was skipped in the file, and the one after its last."""
    stretches = []
    for item in raw.annotations:
        if _is_gap(item):
            onset = float(item["onset"]) - float(raw.first_time)
            stretches.append((onset, onset + float(item["duration"])))
    mask = events_to_mask(stretches, float(raw.info["sfreq"]), raw.n_times)
    return tuple((first, last) for first, last in mask_edges(mask).tolist())


def _find_cuts(raw: Any) -> tuple[int, ...]:
    """Return the first sample after each pause that takes no room in the file, in order.

    BrainVision marks it by "New Segment", EEGLAB by "boundary" (half a sample before), MNE-Python by "BAD
    boundary" and "EDGE boundary". How long the pause was is not said, or not reliably.
    """
    onsets = [float(item["onset"]) - float(raw.first_time) for item in raw.annotations if _is_cut(item)]
    samples = {math.floor(onset * float(raw.info["sfreq"]) + 0.5 + _ROUNDING) for onset in onsets}
    return tuple(sorted(sample for sample in samples if 0 < sample < raw.n_times))


def _is_cut(annotation: Any) -> bool:
    return _CUT.match(annotation["description"]) is not None


def _is_gap(annotation: Any) -> bool:
    return annotation["description"].upper().startswith(_GAP)
