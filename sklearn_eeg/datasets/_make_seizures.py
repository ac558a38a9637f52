"""Simulated windows of scalp EEG with seizures of four kinds, patient by patient."""

import math
import numbers
from typing import Any

import numpy as np
from numpy.typing import DTypeLike
from sklearn.utils import Bunch, check_random_state

from .._montage import CH_NAMES_1020
from ._artefacts import add_artefacts
from ._background import draw_background_traits, simulate_background
from ._seizure_types import SEIZURE_TYPES, draw_seizure_traits

_TARGET_NAMES = ("background", *SEIZURE_TYPES)
_MIN_SFREQ = 100.0
_MIN_WINDOW_SECONDS = 1.0
_DESCR = """Simulated scalp EEG with seizures

{n_windows} windows of {window_seconds:g} s from {n_patients} simulated patients: 19 channels of the
10-20 system, {sfreq:g} Hz, microvolts. `groups` is the patient of each window.

Classes: 0 background; 1 generalised spike-and-wave (2.5 to 4 Hz); 2 focal rhythmic theta that
slows, grows and spreads; 3 tonic (electrodecrement, then growing fast activity); 4 subtle (low
focal delta, local attenuation). Every patient has background and one or two kinds of seizure.
Difficulty {difficulty:g}; artefacts: {artefacts}.

The signals are made by formula. They serve tests, examples and comparisons of methods under known
conditions; scores on them say nothing about patients.
"""


def make_seizures(
    n_patients: int = 20,
    *,
    windows_per_patient: int = 40,
    sfreq: float = 128.0,
    window_seconds: float = 4.0,
    seizure_share: float = 0.4,
    difficulty: float = 1.0,
    artefacts: bool = True,
    mains: float | None = 50.0,
    dtype: DTypeLike = np.float64,
    random_state: Any = None,
) -> Bunch:
    """Simulate windows of multichannel scalp EEG with epileptic seizures of four kinds.

    Patients differ in amplitude, spectrum, alpha rhythm, seizure focus and seizure frequency, so
    windows of one patient are alike and only a patient-wise split scores a classifier fairly.

    Parameters
    ----------
    n_patients : int, default=20
        Number of patients, at least 1.
    windows_per_patient : int, default=40
        Number of windows of each patient, enough for background and each of the patient's seizures.
    sfreq : float, default=128.0
        Sampling frequency, in Hz, at least 100.
    window_seconds : float, default=4.0
        Length of a window, in seconds, at least 1.
    seizure_share : float, default=0.4
        Share of each patient's windows that hold a seizure, between 0 and 1 (both excluded);
        rounded to a whole number of windows. A patient with two kinds has half of each.
    difficulty : float, default=1.0
        Divides the departure of a seizure from the patient's background; at least 0.001, larger is
        harder.
    artefacts : bool, default=True
        Whether to add blinks, muscle bursts, electrode pops and the mains.
    mains : float or None, default=50.0
        Frequency of the mains, in Hz, below half of `sfreq`; None for none. It counts as an
        artefact: without `artefacts` it is not used.
    dtype : {float64, float32}, default=float64
        Type of the data. The simulation is in double precision whatever the type.
    random_state : int, RandomState, Generator or None, default=None
        Source of randomness. An int gives the same data on every call.

    Returns
    -------
    bunch : Bunch
        Dictionary with the attributes

        data : ndarray of shape (n_windows, 19, n_times)
            Windows in microvolts, patient by patient, of each patient by rising class;
            n_times is `sfreq` times `window_seconds`, rounded.
        target : ndarray of shape (n_windows,)
            Class of each window, 0 to 4.
        groups : ndarray of shape (n_windows,)
            Patient of each window, 0 to n_patients - 1.
        sfreq : float
            Sampling frequency, in Hz.
        ch_names : list of str
            The 19 electrodes of the 10-20 system.
        target_names : list of str
            ``["background", "spike_wave", "focal", "tonic", "subtle"]``.
        DESCR : str
            What was simulated.

    Raises
    ------
    ValueError
        If a parameter is out of its range.
    TypeError
        If `n_patients` or `windows_per_patient` is not an integer.

    Notes
    -----
    Background: Gaussian noise of power 1 / f**beta [1]_ above 0.5 Hz with a posterior alpha rhythm,
    correlated over the scalp as exp(-d / lambda), plus sensor noise of 0.7 microvolts. Seizures
    after [2]_ and [3]_:

    * spike_wave: complexes of 2.5 to 4 Hz in phase on all channels, with a frontal maximum;
    * focal: a rhythm of 5 to 8 Hz that slows, grows, and spreads from a temporal focus;
    * tonic: the background falls to half its size, then activity of 15 to 25 Hz grows;
    * subtle: rhythmic delta of 1.5 to 2.5 Hz with about the size of the background, and local
      attenuation to 0.7.

    With ``g = 1 / difficulty``, rhythms are multiplied by g and attenuations raised to the power g,
    so a window tends to its background as `difficulty` grows. Neither `difficulty` nor
    `artefacts`, `mains` and `dtype` alters any draw of the rest, and earlier patients stay the same
    when `n_patients` grows. From 10 patients on, each kind of seizure occurs in at least 3.

    References
    ----------
    .. [1] Donoghue et al., "Parameterizing neural power spectra into periodic and aperiodic
       components", Nature Neuroscience 23, 2020. :doi:`10.1038/s41593-020-00744-x`
    .. [2] Fisher et al., "Operational classification of seizure types by the International League
       Against Epilepsy", Epilepsia 58, 2017. :doi:`10.1111/epi.13670`
    .. [3] Hirsch et al., "American Clinical Neurophysiology Society's Standardized Critical Care
       EEG Terminology: 2021 Version", Journal of Clinical Neurophysiology 38, 2021.
       :doi:`10.1097/WNP.0000000000000806`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.datasets import make_seizures
    >>> seizures = make_seizures(n_patients=4, windows_per_patient=10, random_state=0)
    >>> seizures.data.shape
    (40, 19, 512)
    >>> np.bincount(seizures.target)
    array([24,  4,  4,  4,  4])
    >>> seizures.target_names
    ['background', 'spike_wave', 'focal', 'tonic', 'subtle']
    """
    _check_counts(n_patients=n_patients, windows_per_patient=windows_per_patient)
    _check_numbers(
        sfreq=sfreq,
        window_seconds=window_seconds,
        seizure_share=seizure_share,
        difficulty=difficulty,
        mains=0 if mains is None else mains,
    )
    _check_ranges(sfreq, window_seconds, seizure_share, difficulty)
    _check_mains(mains if artefacts else None, sfreq)
    _check_share(n_patients, windows_per_patient, seizure_share)
    dtype = _check_dtype(dtype)
    n_times = round(sfreq * window_seconds)
    target = np.stack([_labels(i, windows_per_patient, seizure_share) for i in range(n_patients)])
    data = np.empty((*target.shape, len(CH_NAMES_1020), n_times), dtype=dtype)
    for patient, seed in enumerate(_seeds(random_state, n_patients)):
        clean_seed, artefact_seed = seed.spawn(2)
        x = _simulate_patient(target[patient], n_times, sfreq, 1 / difficulty, clean_seed)
        if artefacts:
            x = add_artefacts(x, sfreq, np.random.default_rng(artefact_seed), mains=mains)
        data[patient] = x
    return Bunch(
        data=data.reshape(-1, *data.shape[2:]),
        target=target.ravel(),
        groups=np.repeat(np.arange(n_patients), windows_per_patient),
        sfreq=float(sfreq),
        ch_names=list(CH_NAMES_1020),
        target_names=list(_TARGET_NAMES),
        DESCR=_describe(data.shape, sfreq, difficulty, artefacts, mains),
    )


def _describe(
    shape: tuple[int, ...], sfreq: float, difficulty: float, artefacts: bool, mains: float | None
) -> str:
    """Return the description of data of shape (n_patients, windows, channels, times)."""
    hum = "no mains" if mains is None else f"mains of {mains:g} Hz"
    return _DESCR.format(
        n_windows=shape[0] * shape[1],
        n_patients=shape[0],
        window_seconds=shape[-1] / sfreq,
        sfreq=sfreq,
        difficulty=difficulty,
        artefacts=f"blinks, muscle, electrode pops, {hum}" if artefacts else "none",
    )


def _seeds(random_state: Any, n_patients: int) -> list[np.random.SeedSequence]:
    """Return one seed per patient; that of a patient does not depend on their number."""
    if isinstance(random_state, np.random.Generator):
        entropy = random_state.integers(0, 2**32, size=4, dtype=np.uint32)
    else:
        random_state = check_random_state(random_state)
        entropy = random_state.randint(0, 2**32, size=4, dtype=np.uint32)
    return np.random.SeedSequence(entropy.tolist()).spawn(n_patients)


def _simulate_patient(
    target: np.ndarray,
    n_times: int,
    sfreq: float,
    gain: float,
    seed: np.random.SeedSequence,
) -> np.ndarray:
    """Return the windows of one patient without artefacts; each step has its own generator."""
    traits_rng, background_rng, *type_rngs = [
        np.random.default_rng(child) for child in seed.spawn(2 + len(SEIZURE_TYPES))
    ]
    background = draw_background_traits(traits_rng)
    seizures = draw_seizure_traits(background.amplitude, traits_rng)
    x = simulate_background(
        background, n_windows=len(target), n_times=n_times, sfreq=sfreq, rng=background_rng
    )
    for label, (add_seizure, rng) in enumerate(zip(SEIZURE_TYPES.values(), type_rngs, strict=True)):
        rows = target == label + 1
        if rows.any():
            x[rows] = add_seizure(x[rows], sfreq, seizures, gain, rng)
    return x


def _types_of(patient: int) -> list[int]:
    """Return the one or two kinds of seizure of a patient, by number from 0.

    The first goes round the kinds. Of each eight patients the first four have a second kind, so
    from 10 patients on every kind occurs in three of them.
    """
    kinds = len(SEIZURE_TYPES)
    first, eighth = patient % kinds, patient // (2 * kinds)
    if patient // kinds % 2:
        return [first]
    return sorted([first, (first + 1 + eighth % (kinds - 1)) % kinds])


def _labels(patient: int, windows_per_patient: int, seizure_share: float) -> np.ndarray:
    """Return the class of each window of a patient, rising."""
    n_seizures = round(seizure_share * windows_per_patient)
    types = _types_of(patient)
    labels = np.zeros(windows_per_patient, dtype=np.int64)
    parts = np.array_split(np.arange(windows_per_patient - n_seizures, windows_per_patient), len(types))
    for kind, rows in zip(types, parts, strict=True):
        labels[rows] = kind + 1
    return labels


def _check_counts(**counts: Any) -> None:
    for name, value in counts.items():
        if isinstance(value, bool) or not isinstance(value, numbers.Integral):
            raise TypeError(f"`{name}` must be an integer, got {value!r}.")
        if value < 1:
            raise ValueError(f"`{name}` must be at least 1, got {value}.")


def _check_numbers(**values: Any) -> None:
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise TypeError(f"`{name}` must be a number, got {value!r}.")


def _check_share(n_patients: int, windows_per_patient: int, seizure_share: float) -> None:
    """Refuse shares that leave a patient without background or without one of its seizures."""
    n_seizures = round(seizure_share * windows_per_patient)
    n_kinds = max(len(_types_of(patient)) for patient in range(n_patients))
    if not n_kinds <= n_seizures < windows_per_patient:
        raise ValueError(
            f"`seizure_share` {seizure_share} of `windows_per_patient` {windows_per_patient} makes "
            f"{n_seizures} windows of seizures; each patient needs at least {n_kinds} of these and 1 of "
            "background: raise `windows_per_patient` or change `seizure_share`."
        )


def _check_ranges(sfreq: float, window_seconds: float, seizure_share: float, difficulty: float) -> None:
    if not _MIN_SFREQ <= sfreq < math.inf:
        raise ValueError(
            f"`sfreq` must be finite and at least {_MIN_SFREQ:g} Hz to hold fast activity and "
            f"muscle, got {sfreq}."
        )
    if not _MIN_WINDOW_SECONDS <= window_seconds < math.inf:
        raise ValueError(
            f"`window_seconds` must be finite and at least {_MIN_WINDOW_SECONDS:g} to hold slow "
            f"rhythms, got {window_seconds}."
        )
    if not 0 < seizure_share < 1:
        raise ValueError(f"`seizure_share` must lie between 0 and 1 (both excluded), got {seizure_share}.")
    if not 1e-3 <= difficulty < math.inf:
        raise ValueError(f"`difficulty` must be finite and at least 0.001, got {difficulty}.")


def _check_mains(mains: float | None, sfreq: float) -> None:
    if mains is not None and not 0 < mains < sfreq / 2:
        raise ValueError(
            f"`mains` must be positive and below {sfreq / 2:g} Hz, half of `sfreq`, got {mains}: "
            "raise `sfreq`, or set mains=None."
        )


def _check_dtype(dtype: DTypeLike) -> np.dtype:
    checked = np.dtype(dtype)
    if checked not in (np.dtype(np.float64), np.dtype(np.float32)):
        raise ValueError(f"`dtype` must be float64 or float32, got {checked}.")
    return checked
