"""Windows of a chosen length from the neonatal recordings of Helsinki as they are published."""

import re
import warnings
from collections.abc import Mapping, Sequence
from numbers import Integral
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch

from .._events import Event, mask_to_events
from .._montage import CH_NAMES_1020
from ._data_home import require_path
from ._helsinki_annotations import (
    ANNOTATORS,
    PAGE,
    check_annotator,
    find_annotations,
    marked_by,
    read_annotations,
)
from ._read_recording import read_recording
from ._recording import Recording
from ._sliding_windows import sliding_windows

_TARGET_NAMES = ["non-seizure", "seizure"]
_TOLERATED_SECONDS = 1.0  # between the length of a recording and of its annotations
_REFUSED_SECONDS = 10.0
_DESCR = """\
Neonatal EEG from Helsinki, cut from the recordings
---------------------------------------------------
{n_windows} windows of {n_channels} channels, {seconds:g} s each at {sfreq:g} Hz, in microvolts, of
{n_infants} infants: {n_seizure} with a seizure, {n_other} without. Annotations: {annotator}
(A, B, C: that expert; any: at least one of the three; consensus: all three), one value a second.

Windows of one infant are alike, and neighbouring windows more so: only a split by infant (`groups`)
means anything. Three experts disagree on much; a score depends on whose annotations are the truth.

Source: Stevenson NJ, Tapani K, Lauronen L, Vanhatalo S (2019), A dataset of neonatal EEG recordings
with seizure annotations, Scientific Data 6, 190039, doi:10.1038/sdata.2019.39, at
{page}.
"""


def load_edf_windows(
    folder: Path,
    *,
    annotator: str,
    infants: list[int] | None,
    window_seconds: float,
    step_seconds: float | None,
    overlap_rule: float | tuple[float, float],
    lazy: bool,
) -> Bunch:
    """Load windows of the recordings in a folder; `load_helsinki` explains the parameters."""
    check_annotator(annotator, ANNOTATORS)
    paths = _find_recordings(folder, infants)
    files = find_annotations(folder)
    marked = read_annotations(files)
    recordings = {infant: _open(path, infant) for infant, path in paths.items()}
    bunch = sliding_windows(
        list(recordings.values()),
        [_events(infant, recording, marked, annotator, files[0]) for infant, recording in recordings.items()],
        window_seconds,
        step_seconds,
        overlap_rule,
        target_names=_TARGET_NAMES,
        lazy=lazy,
    )
    bunch.groups = np.asarray([int(infant) for infant in bunch.groups], dtype=np.int64)
    bunch.DESCR = _DESCR.format(
        n_windows=len(bunch.target),
        n_channels=len(bunch.ch_names),
        seconds=bunch.data.shape[2] / bunch.sfreq,
        sfreq=bunch.sfreq,
        n_infants=len(recordings),
        n_seizure=np.sum(bunch.target == 1),
        n_other=np.sum(bunch.target == 0),
        annotator=annotator,
        page=PAGE,
    )
    return bunch


def check_infants(infants: Sequence[int]) -> list[int]:
    """Return the numbers of infants, at least one, from 1, none twice."""
    wanted = list(infants)
    whole = all(isinstance(item, Integral) and not isinstance(item, bool) and item >= 1 for item in wanted)
    if not wanted or not whole or len(set(wanted)) < len(wanted):
        raise ValueError(
            f"`infants` must be whole numbers from 1, at least one, none twice, got {infants!r}: give for "
            "example [1, 4]."
        )
    return [int(item) for item in wanted]


def _find_recordings(folder: Path, infants: list[int] | None) -> dict[int, Path]:
    """Return the file of each infant to load."""
    repair = f"call `fetch_helsinki`, or download the recordings from {PAGE} into that folder"
    require_path(folder, repair)
    found = {}
    for path in sorted(folder.iterdir()):
        match = re.fullmatch(r"eeg([1-9][0-9]*)\.edf", path.name, flags=re.IGNORECASE)
        if match is not None:
            found[int(match[1])] = path
    if not found and infants is None:
        raise FileNotFoundError(f"{folder} must hold recordings eeg1.edf to eeg79.edf, got none: {repair}.")
    wanted = sorted(found) if infants is None else infants
    return {infant: require_path(found.get(infant, folder / f"eeg{infant}.edf"), repair) for infant in wanted}


def _open(path: Path, infant: int) -> Recording:
    """Open a recording with the 19 electrodes of the 10-20 system, in one order for all."""
    recording = read_recording(path, channels="eeg", patient=str(infant))
    missing = [name for name in CH_NAMES_1020 if name not in recording.ch_names]
    if missing:
        raise ValueError(
            f"{path} must hold the 19 electrodes of the 10-20 system, got none of the name "
            f"{', '.join(missing)}: download it again from {PAGE}."
        )
    return recording.pick(list(CH_NAMES_1020))


def _events(
    infant: int, recording: Recording, marked: Mapping[int, np.ndarray], annotator: str, path: Path
) -> list[Event]:
    """Return the seizures of an infant, after holding the annotated seconds against its recording."""
    if infant not in marked:
        raise ValueError(f"{path} must hold the annotations of infant {infant}, got none.")
    mask = marked_by(marked[infant], annotator)
    text = (
        f"The annotations of infant {infant} in {path} must be as long as the recording, "
        f"{recording.duration:g} s, got {len(mask)} s"
    )
    if abs(recording.duration - len(mask)) > _REFUSED_SECONDS:
        raise ValueError(f"{text}: they do not belong together; download both again from {PAGE}.")
    if abs(recording.duration - len(mask)) > _TOLERATED_SECONDS:
        warnings.warn(f"{text}: what is not annotated counts as no seizure.", UserWarning, stacklevel=2)
    return mask_to_events(mask[: int(recording.duration)], 1.0, label=_TARGET_NAMES[1])
