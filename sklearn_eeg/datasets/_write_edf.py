"""EDF+ files written piece by piece, so that a recording need not fit into memory as numbers."""

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from .._events import Event
from .._files import replacing
from .._optional import import_optional

START = datetime.datetime(2000, 1, 1)
_STEP_UV = 0.1  # of the digital values, as of a clinical amplifier
_RANGE_UV = (-3276.8, 3276.7)  # of the least and the largest one


def write_edf(
    path: Path,
    pieces: Iterable[np.ndarray],
    events: Sequence[Event],
    *,
    ch_names: Sequence[str],
    n_times: int,
    sfreq: int,
    patient: str,
    needed_by: str,
) -> Path:
    """Write a recording as EDF+ with annotations, under a temporary name, and rename it.

    Parameters
    ----------
    path : Path
        The file to write; its folder must exist, a file there is replaced.
    pieces : iterable of ndarray of shape (n_channels, n_times_of_piece)
        The recording in microvolts, piece after piece of whole seconds. Values beyond -3276.8 and
        3276.7 are clipped, all are rounded to steps of 0.1.
    events : sequence of Event
        The annotations: onset, duration and label.
    ch_names : sequence of str
        Names of the electrodes.
    n_times : int
        Length of the recording, a multiple of `sfreq`.
    sfreq : int
        Sampling frequency, in Hz; records last one second.
    patient : str
        The patient's code.
    needed_by : str
        Public name that writes; it opens the message if edfio is not installed.

    Returns
    -------
    path : Path
        The same path.

    Raises
    ------
    ImportError
        If edfio is not installed.
    ValueError
        If the pieces do not make up `n_times`.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from sklearn_eeg.datasets import read_recording
    >>> from sklearn_eeg.datasets._write_edf import write_edf
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_edf(
    ...         Path(folder, "a.edf"),
    ...         [np.full((2, 200), 12.34), np.full((2, 100), -5.0)],
    ...         [],
    ...         ch_names=["C3", "C4"],
    ...         n_times=300,
    ...         sfreq=100,
    ...         patient="p1",
    ...         needed_by="an example",
    ...     )
    ...     x = read_recording(path).read()
    >>> x.shape, x[0, [0, 299]].round(6)
    ((2, 300), array([12.3, -5. ]))
    """
    with replacing(path) as temporary:
        header_bytes = _write_empty(temporary, events, ch_names, n_times, sfreq, patient, needed_by)
        _fill(temporary, header_bytes, pieces, (n_times // sfreq, len(ch_names), sfreq))
    return path


def _write_empty(
    path: Path,
    events: Sequence[Event],
    ch_names: Sequence[str],
    n_times: int,
    sfreq: int,
    patient: str,
    needed_by: str,
) -> int:
    """Write the EDF+ file with zeros for samples; return the length of its header in bytes."""
    edfio = import_optional("edfio", extra="io", needed_by=needed_by)
    zeros = np.zeros(n_times, dtype=np.int16)
    signals = [
        edfio.EdfSignal.from_digital(
            zeros,
            sfreq,
            label=f"EEG {name}",
            physical_dimension="uV",
            physical_range=_RANGE_UV,
            transducer_type="simulated",
        )
        for name in ch_names
    ]
    edf = edfio.Edf(
        signals,
        patient=edfio.Patient(code=patient),
        recording=edfio.Recording(startdate=START.date(), equipment_code="simulated"),
        starttime=START.time(),
        data_record_duration=1.0,
        annotations=[edfio.EdfAnnotation(event.onset, event.duration, event.label) for event in events],
    )
    edf.write(path)
    return int(edf.bytes_in_header_record)


def _fill(path: Path, header_bytes: int, pieces: Iterable[np.ndarray], shape: tuple[int, int, int]) -> None:
    """Put the samples into records of `shape` (records, channels, samples), which end in annotations."""
    n_records, n_channels, sfreq = shape
    record_bytes, left_over = divmod(path.stat().st_size - header_bytes, n_records)
    n_rest = record_bytes - 2 * n_channels * sfreq
    if left_over or n_rest <= 0:
        raise RuntimeError(f"The records of {path.name} must be of equal length, {left_over} bytes are left.")
    layout = [("samples", "<i2", (n_channels, sfreq)), ("rest", f"V{n_rest}")]
    filled = 0
    with path.open("r+b") as file:
        for x in pieces:
            start, n = header_bytes + filled * record_bytes, x.shape[1] // sfreq
            file.seek(start)
            records = np.frombuffer(bytearray(file.read(n * record_bytes)), dtype=layout)
            if len(records) < n or n * sfreq != x.shape[1]:
                raise ValueError(f"The pieces must make up {n_records} whole seconds, got others.")
            digital = np.clip(np.rint(x / _STEP_UV), -32768, 32767)
            records["samples"] = digital.reshape(n_channels, n, sfreq).swapaxes(0, 1)
            file.seek(start)
            file.write(records.tobytes())
            filled += n
    if filled != n_records:
        raise ValueError(f"The pieces must make up {n_records} whole seconds, got {filled}.")
