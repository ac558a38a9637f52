"""Simulated continuous recordings with seizures, written as EDF+ with their annotations."""

import math
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils import Bunch
from tqdm import tqdm

from .._events import Event
from .._files import check_target, write_text
from .._montage import CH_NAMES_1020
from ._background import draw_background_traits
from ._continuous import MIN_GAP_SECONDS, Seizure, draw_seizures, simulate_stretches
from ._make_seizures import _check_mains, _check_numbers, _seeds, _types_of
from ._seizure_types import SEIZURE_TYPES, draw_seizure_traits
from ._write_edf import START, write_edf

_EVENT_TYPES = {
    "spike_wave": "sz_gen_nm",
    "focal": "sz_foc_ia",
    "tonic": "sz_gen_m_tonic",
    "subtle": "sz_foc_ua_nm",
}
_COLUMNS = ("onset", "duration", "eventType", "confidence", "channels", "dateTime", "recordingDuration")
_MIN_SFREQ = 100
_MIN_SEIZURE_SECONDS = 5.0
_PATIENTS = 20260  # keeps the traits of patients apart from what `random_state` draws
_DESCR = """Simulated continuous scalp EEG

{seconds:g} s of 19 channels of the 10-20 system at {sfreq:g} Hz, simulated patient {patient}, with
{n_seizures} seizures: {kinds}. Difficulty {difficulty:g}; artefacts: {artefacts}.

The signals are made by formula. They serve tests, examples and measurements of speed; scores on them
say nothing about patients.
"""


def make_recording(
    path: str | os.PathLike[str],
    *,
    duration_seconds: float = 3600.0,
    sfreq: float = 256.0,
    n_seizures: int = 4,
    seizure_types: Sequence[str] | None = None,
    seizure_seconds: tuple[float, float] = (10.0, 120.0),
    patient: int = 0,
    difficulty: float = 1.0,
    artefacts: bool = True,
    mains: float | None = 50.0,
    random_state: Any = None,
    verbose: bool = False,
) -> Bunch:
    """Simulate a continuous scalp EEG with seizures and write it as EDF+, with its events beside it.

    The signals are those of `make_seizures`, made into one recording without seams.

    Parameters
    ----------
    path : path-like
        The EDF file to write, ending in ``.edf``; its folder must exist, a file there is replaced. The
        events go to ``<stem>_events.tsv`` beside it (an ending ``_eeg`` of the stem is left out, as
        BIDS wants it).
    duration_seconds : float, default=3600.0
        Length of the recording, a whole number of seconds.
    sfreq : float, default=256.0
        Sampling frequency, a whole number of Hz, at least 100.
    n_seizures : int, default=4
        Number of seizures. The longest allowed of each, and 30 s free of seizures before, between and
        after them, must fit into the recording.
    seizure_types : sequence of str, default=None
        Kinds of seizure: ``"spike_wave"``, ``"focal"``, ``"tonic"``, ``"subtle"``. They occur equally
        often, to within one. None takes the one or two kinds of the patient.
    seizure_seconds : tuple of float, default=(10.0, 120.0)
        Shortest and longest seizure, in seconds, at least 5; the lengths are drawn log-uniformly.
    patient : int, default=0
        Number of the simulated patient. Recordings of one number share amplitude, spectrum, alpha
        rhythm, seizure focus and frequencies, whatever `random_state`.
    difficulty : float, default=1.0
        Divides the departure of a seizure from the background; at least 0.001, larger is harder.
    artefacts : bool, default=True
        Whether to add blinks, muscle bursts, electrode pops and the mains.
    mains : float or None, default=50.0
        Frequency of the mains, in Hz, below half of `sfreq`; None for none.
    random_state : int, RandomState, Generator or None, default=None
        Source of randomness. An int gives the same bytes on every call.
    verbose : bool, default=False
        Whether to show the progress on the standard error stream.

    Returns
    -------
    bunch : Bunch
        Dictionary with the attributes

        path, events_path : Path
            The two files.
        events : list of Event
            The seizures, in seconds from the start; the label is the type in the files.
        seizure_types : list of str
            The kind of each seizure.
        sfreq : float
            Sampling frequency, in Hz.
        ch_names : list of str
            The 19 electrodes of the 10-20 system.
        n_times : int
            Time points of the recording.
        duration_seconds : float
            Its length, in seconds.
        patient : str
            The patient's code in the file, ``"sim0000"`` for patient 0.
        DESCR : str
            What was simulated.

    Raises
    ------
    ValueError
        If a parameter is out of its range or the seizures do not fit into the recording.
    TypeError
        If a number is none.
    FileNotFoundError
        If the folder does not exist.
    ImportError
        If edfio is not installed.

    See Also
    --------
    make_seizures : Windows of many patients, in memory.

    Notes
    -----
    The background is drawn in blocks of 15 s, each faded into the next over 1 s with weights of sine
    and cosine, which keeps its power. A seizure is laid over it as over one window of its length and
    fades in and out over 1 s. Samples are kept in steps of 0.1 microvolts. EDF+ records last one
    second; a seizure is an annotation with onset, duration and its type, one of ``sz_gen_nm``
    (spike_wave), ``sz_foc_ia`` (focal), ``sz_gen_m_tonic`` (tonic) and ``sz_foc_ua_nm`` (subtle) of the
    vocabulary of [1]_, whose table of events is written, too. A recording without a seizure has one
    row ``bckg`` there.

    Both files are written under temporary names and renamed. The memory needed is that of the EDF file
    of 16 bits a sample, written once empty, and about 0.2 GB.

    References
    ----------
    .. [1] Dan et al., "SzCORE: Seizure Community Open-Source Research Evaluation framework for the
       validation of electroencephalography-based automated seizure detection algorithms", Epilepsia
       66, 2025. :doi:`10.1111/epi.18113`

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_eeg.datasets import make_recording
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = make_recording(
    ...         Path(folder, "a.edf"),
    ...         duration_seconds=120,
    ...         n_seizures=1,
    ...         seizure_types=["focal"],
    ...         seizure_seconds=(20, 20),
    ...         random_state=0,
    ...     )
    ...     made.path.stat().st_size > 120 * 256 * 19 * 2
    True
    >>> [(event.duration, event.label) for event in made.events]
    [(20.0, 'sz_foc_ia')]
    """
    _check_numbers(
        duration_seconds=duration_seconds,
        sfreq=sfreq,
        difficulty=difficulty,
        mains=0 if mains is None else mains,
    )
    _check_ranges(duration_seconds, sfreq, difficulty)
    _check_mains(mains if artefacts else None, sfreq)
    _check_seizures(n_seizures, patient, seizure_seconds, duration_seconds)
    kinds = _check_types(seizure_types, patient)
    target = _check_path(path)
    rate, n_times = int(sfreq), int(duration_seconds) * int(sfreq)
    plan_seed, signal_seed = _seeds(random_state, 1)[0].spawn(2)
    seizures = draw_seizures(
        kinds,
        n_seizures=n_seizures,
        n_times=n_times,
        sfreq=rate,
        seizure_seconds=seizure_seconds,
        rng=np.random.default_rng(plan_seed),
    )
    events = [Event(s.first / rate, s.last / rate, _EVENT_TYPES[s.kind]) for s in seizures]
    stretches = _simulate(seizures, n_times, rate, patient, difficulty, artefacts, mains, signal_seed)
    with tqdm(total=n_times // rate, unit="s", disable=not verbose, desc=target.name) as progress:
        write_edf(
            target,
            _count(stretches, rate, progress),
            events,
            ch_names=CH_NAMES_1020,
            n_times=n_times,
            sfreq=rate,
            patient=_code(patient),
            needed_by="make_recording",
        )
    return Bunch(
        path=target,
        events_path=write_text(_events_path(target), _events_table(events, n_times // rate)),
        events=events,
        seizure_types=[seizure.kind for seizure in seizures],
        sfreq=float(rate),
        ch_names=list(CH_NAMES_1020),
        n_times=n_times,
        duration_seconds=float(n_times // rate),
        patient=_code(patient),
        DESCR=_describe(seizures, n_times // rate, rate, patient, difficulty, artefacts, mains),
    )


def _describe(
    seizures: Sequence[Seizure],
    seconds: int,
    sfreq: int,
    patient: int,
    difficulty: float,
    artefacts: bool,
    mains: float | None,
) -> str:
    hum = "no mains" if mains is None else f"mains of {mains:g} Hz"
    return _DESCR.format(
        seconds=seconds,
        sfreq=sfreq,
        patient=patient,
        n_seizures=len(seizures),
        kinds=", ".join(sorted({seizure.kind for seizure in seizures})) or "none",
        difficulty=difficulty,
        artefacts=f"blinks, muscle, electrode pops, {hum}" if artefacts else "none",
    )


def _count(stretches: Iterable[np.ndarray], sfreq: int, progress: tqdm) -> Iterator[np.ndarray]:
    """Pass the stretches on and show how far they have come."""
    for x in stretches:
        yield x
        progress.update(x.shape[1] // sfreq)


def _simulate(
    seizures: Sequence[Seizure],
    n_times: int,
    sfreq: int,
    patient: int,
    difficulty: float,
    artefacts: bool,
    mains: float | None,
    seed: np.random.SeedSequence,
) -> Iterable[np.ndarray]:
    """Return the stretches of a recording of a patient."""
    traits_rng = np.random.default_rng([_PATIENTS, patient])
    background = draw_background_traits(traits_rng)
    traits = draw_seizure_traits(background.amplitude, traits_rng)
    return simulate_stretches(
        seizures,
        n_times=n_times,
        sfreq=sfreq,
        background=background,
        traits=traits,
        gain=1 / difficulty,
        artefacts=artefacts,
        mains=mains,
        seed=seed,
    )


def _code(patient: int) -> str:
    return f"sim{patient:04d}"


def _events_path(path: Path) -> Path:
    return path.with_name(f"{path.stem.removesuffix('_eeg')}_events.tsv")


def _events_table(events: Sequence[Event], seconds: int) -> str:
    """Return the events as SzCORE's table, tab-separated."""
    rows = [(event.onset, event.duration, event.label) for event in events] or [(0.0, float(seconds), "bckg")]
    lines = ["\t".join(_COLUMNS)]
    lines += [
        f"{onset!r}\t{duration!r}\t{label}\tn/a\tall\t{START:%Y-%m-%d %H:%M:%S}\t{float(seconds)!r}"
        for onset, duration, label in rows
    ]
    return "\n".join(lines) + "\n"


def _check_path(path: str | os.PathLike[str]) -> Path:
    target = check_target(path)
    if target.suffix.lower() != ".edf":
        raise ValueError(f"`path` must end in .edf, got {target.name}.")
    return target


def _check_ranges(duration_seconds: float, sfreq: float, difficulty: float) -> None:
    if not (1 <= duration_seconds < 10**8 and duration_seconds % 1 == 0):
        raise ValueError(
            "`duration_seconds` must be a whole number of seconds from 1 to 99999999, got "
            f"{duration_seconds}: EDF+ records last one second each."
        )
    if not (_MIN_SFREQ <= sfreq < math.inf and sfreq % 1 == 0):
        raise ValueError(
            f"`sfreq` must be a whole number of Hz, at least {_MIN_SFREQ}, to fill EDF+ records of one "
            f"second and to hold fast activity, got {sfreq}."
        )
    if not 1e-3 <= difficulty < math.inf:
        raise ValueError(f"`difficulty` must be finite and at least 0.001, got {difficulty}.")


def _check_seizures(
    n_seizures: Any, patient: Any, seizure_seconds: tuple[float, float], duration_seconds: float
) -> None:
    for name, value in (("n_seizures", n_seizures), ("patient", patient)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            raise TypeError(f"`{name}` must be an integer, got {value!r}.")
        if value < 0:
            raise ValueError(f"`{name}` must be at least 0, got {value}.")
    if len(seizure_seconds) != 2:
        raise ValueError(f"`seizure_seconds` must be a pair (shortest, longest), got {seizure_seconds!r}.")
    shortest, longest = seizure_seconds
    _check_numbers(seizure_seconds=shortest)
    _check_numbers(seizure_seconds=longest)
    if not _MIN_SEIZURE_SECONDS <= shortest <= longest < math.inf:
        raise ValueError(
            f"`seizure_seconds` must be a rising pair of at least {_MIN_SEIZURE_SECONDS:g} s, got "
            f"{seizure_seconds!r}."
        )
    wanted = n_seizures * longest + (n_seizures + 1) * MIN_GAP_SECONDS
    if n_seizures and wanted + 1 > duration_seconds:
        raise ValueError(
            f"`duration_seconds` must be at least {math.ceil(wanted) + 1} for {n_seizures} seizures of up "
            f"to {longest:g} s with {MIN_GAP_SECONDS:g} s between them, got {duration_seconds}: raise it, "
            "or lower `n_seizures` or `seizure_seconds`."
        )


def _check_types(seizure_types: Sequence[str] | None, patient: int) -> list[str]:
    names = list(SEIZURE_TYPES)
    if seizure_types is None:
        return [names[kind] for kind in _types_of(patient)]
    kinds = [seizure_types] if isinstance(seizure_types, str) else list(seizure_types)
    unknown = [kind for kind in kinds if kind not in names]
    if not kinds or unknown or len(set(kinds)) < len(kinds):
        raise ValueError(
            f"`seizure_types` must name some of {names}, each once, got {seizure_types!r}; None takes the "
            "patient's own."
        )
    return kinds
