"""Open a recording in a file of any of the usual clinical formats."""

import os
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from ._channels import Channel, choose_channels
from ._edf import EdfFile, edf_kind, open_edf
from ._edf_source import EdfSource, find_file_runs
from ._mne_reader import MneSource
from ._recording import Recording, Source
from ._unreadable import UnreadableError, name_damage

_EDF_SUFFIXES = {".edf", ".rec", ".bdf"}
_FOLDER_SUFFIXES = {".mff", ".ds", ".mefd"}
_COMPARED_SECONDS = 10.0  # of channels of one name, to tell copies from others


def read_recording(
    path: str | os.PathLike[str],
    *,
    channels: str | Iterable[str] = "eeg",
    patient: str | None = None,
    name: str | None = None,
) -> Recording:
    """Open a recording in a file, without reading its samples.

    EDF, EDF+ and BDF files are read by edfio, all others by MNE-Python: BrainVision, EEGLAB, FIF,
    Persyst, Nihon Kohden, ... Values come in microvolts, whatever the unit in the file.

    Parameters
    ----------
    path : path-like
        The file (or folder, where the format is one). What is in an EDF or BDF file tells its format,
        and the ending of its name that of any other.
    channels : {"eeg", "all"} or list of str, default="eeg"
        Which channels to keep. ``"eeg"`` means scalp electrodes, by their names; ``"all"`` also what
        else has their sampling frequency, such as the ECG; a list names channels in the wanted
        order, as in the file or by their standard names (``"EEG T3-Ref"``, ``"T3"``, ``"T7"``).
    patient : str, default=None
        Whose recording it is. It is never taken from the file, where it may be wrong or a secret.
    name : str, default=None
        What the recording is called, for example ``"p01/night"`` where two patients have a
        ``night.edf``. None means the name of the file without its ending.

    Returns
    -------
    recording : Recording
        The recording; its `excluded` says why a channel of the file is not in it.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it cannot be read, is damaged, or has no channel of EEG; or the channels that are kept have
        different sampling frequencies.
    ImportError
        If edfio, or mne for other formats, is not installed.

    Warns
    -----
    UserWarning
        If the end of the file is missing or something follows it; a unit is missing or cannot be
        true; the times of its data records contradict its header; another channel has the name of a kept
        one but not its samples; or channels that may be EEG are left out (see Notes).

    See Also
    --------
    Recording : What is known of a recording, and how to read its samples.
    read_events : Read the events that experts marked.

    Notes
    -----
    Names are standardised: ``"EEG FP1-REF"`` becomes ``"Fp1"``. Where all scalp electrodes share a
    reference that is no electrode (``FP1-CS2``, ``FZ-CS2``), it is left out as well. Names that a file has
    more than once get ``-0``, ``-1``, ... there, as in MNE-Python. Of channels with one standard name the
    first is kept under it; the others are in `excluded`, and can be had by their numbered names:
    ``channels=["T8-P8-1"]``.

    Series such as ``A1`` to ``A12`` or ``C1`` to ``C8``, which go on where the 10-10 system does not, are
    contacts of depth electrodes or sensors of a numbered cap, and no scalp electrodes, not even ``C3``.
    A warning tells of contacts that are left out, of unknown names that the file calls EEG (``EEG E12``),
    and of all unknown names if they are no fewer than the channels that are kept.

    A channel whose range makes a calibration impossible is excluded. A blank unit of EEG is taken as
    microvolts, with a warning. Channels that are no voltage are never EEG; asked for, they come in
    their own unit (see `Recording.units`).

    In an interrupted recording (EDF+D) time is that of the clock, and gaps are filled with NaN; each
    stretch begins at the sample that is nearest to its time. Pauses that take no room in the file (a "New
    Segment" of BrainVision, a "boundary" of EEGLAB) are in `Recording.cuts`: time is then that of the
    samples, not of the clock.

    References
    ----------
    .. [1] Kemp, B. and Olivan, J. (2003). European data format 'plus' (EDF+), an EDF alike standard
       format for the exchange of physiological data. Clinical Neurophysiology 114, 1755-1761.
       doi:10.1016/S1388-2457(03)00123-8

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import edfio
    >>> import numpy as np
    >>> from sklearn_eeg.datasets import read_recording
    >>> wave = np.tile([-50.0, 50.0], 128)
    >>> signals = [
    ...     edfio.EdfSignal(wave, 256, label=name, physical_dimension="uV")
    ...     for name in ("EEG FP1-REF", "ECG")
    ... ]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     edfio.Edf(signals).write(Path(folder, "night.edf"))
    ...     recording = read_recording(Path(folder, "night.edf"))
    ...     data = recording.read(0, 0.5)
    >>> recording
    <Recording night: 1 channel, 256 Hz, 1 s>
    >>> recording.ch_names, recording.excluded, data.shape, round(data.max())
    (['Fp1'], {'ECG': 'ecg, not eeg'}, (1, 128), 50)
    """
    file = _find(path)
    with name_damage(file):
        opened = open_edf(file) if file.is_file() and edf_kind(file) else MneSource(file)
        there, start = opened.channels(), opened.start()
    chosen = choose_channels(there, channels, where=file.name)
    kept = chosen.channels
    with name_damage(file):
        source, notes = _make_source(opened, kept[0].row)
        notes += chosen.notes + _odd_copies(source, chosen.copies, file)
    for note in notes:
        warnings.warn(note, UserWarning, stacklevel=2)
    return Recording(
        source,
        chosen.ch_names,
        rows=[channel.row for channel in kept],
        original_names=chosen.original_names,
        scales=[channel.microvolts or 1.0 for channel in kept],
        units=["uV" if channel.microvolts else channel.unit.strip() for channel in kept],
        start=start,
        excluded=chosen.excluded,
        name=(file.name.removesuffix(".gz").rpartition(".")[0] or file.name) if name is None else str(name),
        patient=patient,
    )


def _find(path: str | os.PathLike[str]) -> Path:
    """Return the absolute path of a file that may be a recording."""
    file = Path(path).expanduser().absolute()
    if not file.exists():
        raise FileNotFoundError(f"{file} does not exist.")
    if file.is_dir():
        if file.suffix.lower() not in _FOLDER_SUFFIXES:
            raise UnreadableError(f"{file} is a folder: name a recording in it.")
        return file
    if file.stat().st_size == 0:
        raise UnreadableError(f"{file} is empty.")
    if file.suffix.lower() in _EDF_SUFFIXES and not edf_kind(file):
        raise UnreadableError(
            f"{file} is no EDF or BDF file, as its name says: it does not begin as these do."
        )
    return file


def _make_source(opened: EdfFile | MneSource, row: int) -> tuple[Source, list[str]]:
    """Return where the samples of signals such as this one come from, and what to warn of."""
    if isinstance(opened, MneSource):
        return opened, []
    per_record = opened.sizes[row]
    runs, notes = find_file_runs(opened, per_record)
    return EdfSource(opened, per_record, runs), [*opened.notes, *notes]


def _odd_copies(source: Source, copies: Sequence[tuple[Channel, Channel]], file: Path) -> list[str]:
    """Return a warning for each channel left out for its name that is no copy of the kept one."""
    notes, last = [], min(source.n_times, round(_COMPARED_SECONDS * source.sfreq))
    for kept, other in copies:
        if kept.sfreq == other.sfreq and kept.microvolts == other.microvolts:
            one, two = source.read([kept.row, other.row], 0, last)
            if np.array_equal(one, two, equal_nan=True):
                continue
        notes.append(
            f"{file} has another channel called {other.label}, with other samples than the first: only that "
            "is kept; see `excluded` of the recording."
        )
    return notes
