"""Recordings and their events cut into labelled windows."""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import DTypeLike
from sklearn.utils import Bunch

from .._events import Event, event_samples, overlap
from ._check_recordings import BACKGROUND_NAME, check_patients, pair_up
from ._cut import count_times
from ._lazy_windows import LazyWindows
from ._recording import Recording

_ROUNDING = 1e-6  # what a step of one sample may lack by rounding
_MERGED_NAME = "seizure"

_DESCR = """\
Windows cut from continuous recordings
--------------------------------------
{n_windows} windows of {n_channels} channels, {n_times} samples at {sfreq:g} Hz ({window_seconds:g} s),
in microvolts, one every {step_seconds:g} s, of {n_recordings} recordings: {classes}.

A window is a seizure, of the class that fills most of it, where at least {high:g} of it is in
seizures, and background where less is and at most {low:g}. {n_in_gaps} windows that touch a gap of a
recording, or lie across a cut, are left out, and {n_ambiguous} between the two shares.

Of {n_events} events, {n_unseen} have no window of their class: too short for these windows, in a gap,
or where another seizure fills as much.
Patients: {patients}.
"""


def sliding_windows(
    recording: Any,
    events: Any,
    window_seconds: float,
    step_seconds: float | None = None,
    overlap_rule: float | tuple[float, float] = 0.5,
    *,
    patient: Any = None,
    target_names: Sequence[str] | None = None,
    merge_labels: bool = False,
    lazy: bool = False,
    dtype: DTypeLike = np.float64,
) -> Bunch:
    r"""Cut recordings into windows of equal length, labelled by the events that they hold.

    Parameters
    ----------
    recording : Recording or list of Recording
        The recording, or several with the same channels and sampling frequency.
    events : list of Event or of (onset, offset[, label]), DataFrame or None; or a list of these
        The seizures, in seconds from the start of the recording; for a list of recordings, one such
        list for each. Labels that begin with ``bckg`` are background. None may end more than 1 s after
        its recording.
    window_seconds : float
        Length of a window, in seconds; rounded to a whole number of samples.
    step_seconds : float, default=None
        Time from the start of one window to that of the next, in seconds, at least one sample. Each start
        is rounded to the nearest sample. None means windows end to end.
    overlap_rule : float or (float, float), default=0.5
        Least share of a window in seizures that makes it a seizure, above 0 and at most 1; less is
        background. A pair ``(low, high)``: background is at most `low`, a seizure at least `high`, and
        what lies between is dropped.
    patient : str or int, or a list (array, Series) of them, default=None
        The patient of all recordings, or of each in order; None or NaN where it is not known. None
        means what the recordings say.
    target_names : list of str, default=None
        Names of the classes, background first; the labels of the events must be among the others. None
        means ``"background"`` and the labels, sorted, or with `merge_labels` ``"seizure"``.
    merge_labels : bool, default=False
        Whether to count all labels as one class, the second of `target_names`.
    lazy : bool, default=False
        Whether to read windows only when they are asked for.
    dtype : {numpy.float64, numpy.float32}, default=numpy.float64
        Type of `data`.

    Returns
    -------
    bunch : sklearn.utils.Bunch
        - data : ndarray of shape (n_windows, n_channels, n_times), in microvolts; with `lazy` an object
          that has the shape of one, gives arrays by index, and by ``blocks(n_windows)`` in turn
        - target : int ndarray of shape (n_windows,), 0 for background
        - target_names : list of str
        - groups : ndarray of shape (n_windows,), the patient, of the type given (str where the
          recordings say it, int for whole numbers); None where it is not known
        - recording : ndarray of str of shape (n_windows,), name of the recording
        - start_second : float64 ndarray of shape (n_windows,), start in the recording
        - seizure_fraction : float64 ndarray of shape (n_windows,), share in seizures of any class
        - sfreq : float, in Hz
        - ch_names : list of str
        - n_dropped : int, windows that touch a gap of the recording, lie across one of its cuts, or that
          `overlap_rule` leaves out
        - n_unseen_events : int, events without a window of their class: too short, in a gap, or where
          another seizure fills as much
        - DESCR : str

    Raises
    ------
    ValueError
        If the recordings differ in channels or sampling frequency, an event lies outside its recording,
        a parameter is out of range, or no window is left.
    TypeError
        If `recording` is no recording.

    Warns
    -----
    UserWarning
        If some of the recordings are shorter than a window; they give none.

    See Also
    --------
    read_recording : Open a file as a recording.
    read_events : Read the seizures of a recording.

    Notes
    -----
    A window has ``round(window_seconds * sfreq)`` samples. Window k begins at sample ``floor(k *
    step_seconds * sfreq + 0.5)``, in exact arithmetic, so that it is never more than half a sample off,
    however long the recording; end to end, it begins at k times the samples of a window. The
    onset and offset of an event are rounded to the nearest sample. With the set of samples
    :math:`S_c` of class c and those of a window :math:`W`, the share is :math:`|W \cap \bigcup_c S_c| /
    |W|` and the class the one with the largest :math:`|W \cap S_c|`, the first in `target_names` of
    equals. A window that lies in one seizure altogether, and in no other, is thus of that seizure's class.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.datasets import Recording, sliding_windows
    >>> recording = Recording.from_array(np.zeros((2, 600)), sfreq=10, name="night", patient="p1")
    >>> windows = sliding_windows(recording, [(12, 33)], window_seconds=10)
    >>> windows.data.shape, windows.target
    ((6, 2, 100), array([0, 1, 1, 0, 0, 0]))
    >>> windows.seizure_fraction
    array([0. , 0.8, 1. , 0.3, 0. , 0. ])
    """
    recordings, listed = pair_up(recording, events)
    rule = _check_rule(overlap_rule)
    n_times, step = _count_samples(recordings, window_seconds, step_seconds)
    names = _check_target_names(target_names, listed, merge_labels)
    if merge_labels:
        listed = [[replace(event, label=names[1]) for event in own] for own in listed]
    patients = check_patients(patient, recordings)
    cuts = [
        _cut(each, own, names, n_times=n_times, step=step, rule=rule)
        for each, own in zip(recordings, listed, strict=True)
    ]
    number = np.repeat(np.arange(len(cuts)), [len(cut.first) for cut in cuts])
    if not len(number):
        raise ValueError(
            "No window is left: each touches a gap or a cut, or lies between the shares of `overlap_rule`."
        )
    if short := [each.name for each in recordings if each.n_times < n_times]:
        warnings.warn(
            f"`window_seconds` is longer than {len(short)} of the {len(recordings)} recordings, which give "
            f"no window: {short}.",
            UserWarning,
            stacklevel=2,
        )
    first = np.concatenate([cut.first for cut in cuts])
    windows = LazyWindows(recordings, np.column_stack([number, first]), n_times, _check_dtype(dtype))
    bunch = Bunch(
        data=windows if lazy else windows[:],
        target=np.concatenate([cut.target for cut in cuts]),
        target_names=names,
        groups=None if patients is None else np.array(patients)[number],
        recording=np.array([str(each.name) for each in recordings])[number],
        start_second=first / recordings[0].sfreq,
        seizure_fraction=np.concatenate([cut.fraction for cut in cuts]),
        sfreq=float(recordings[0].sfreq),
        ch_names=list(recordings[0].ch_names),
        n_dropped=sum(cut.n_in_gaps + cut.n_ambiguous for cut in cuts),
        n_unseen_events=sum(cut.n_unseen for cut in cuts),
    )
    bunch["DESCR"] = _describe(bunch, float(step) / bunch.sfreq, rule, cuts, sum(map(len, listed)))
    return bunch


@dataclass(frozen=True)
class _Cut:
    """The windows of one recording that are kept, and how many are not."""

    first: np.ndarray
    target: np.ndarray
    fraction: np.ndarray
    n_in_gaps: int
    n_ambiguous: int
    n_unseen: int


def _cut(
    recording: Recording,
    events: list[Event],
    names: list[str],
    *,
    n_times: int,
    step: Fraction,
    rule: tuple[float, float],
) -> _Cut:
    """Place the windows of one recording and label them."""
    first = _place(step, recording.n_times - n_times)
    classes = np.array([names.index(event.label) for event in events], dtype=np.int64)
    intervals = event_samples(events, recording.sfreq)
    fraction = overlap(intervals, first, first + n_times) / n_times
    by_class = [overlap(intervals[classes == c], first, first + n_times) for c in range(1, len(names))]
    seizure = fraction >= rule[1]
    target = np.zeros(len(first), dtype=np.int64)
    if by_class:
        target[seizure] = 1 + np.argmax(by_class, axis=0)[seizure]
    gap = recording.is_broken(first, first + n_times)
    kept = ~gap & (seizure | (fraction <= rule[0]))
    seen = [
        np.any(kept & (target == c) & (first < stop) & (first + n_times > start))
        for c, (start, stop) in zip(classes, intervals.tolist(), strict=True)
        if stop > start
    ]
    return _Cut(
        first=first[kept],
        target=target[kept],
        fraction=fraction[kept],
        n_in_gaps=int(gap.sum()),
        n_ambiguous=int((~gap & ~kept).sum()),
        n_unseen=len(events) - sum(map(int, seen)),
    )


def _place(step: Fraction, last: int) -> np.ndarray:
    """Return the first samples of windows, the multiples of a step, rounded (halves up), up to `last`."""
    n_windows = max(0, math.ceil((last + Fraction(1, 2)) / step))
    if step.denominator == 1:
        return np.arange(n_windows, dtype=np.int64) * int(step)
    twice, half, whole = 2 * step.numerator, step.denominator, 2 * step.denominator
    return np.fromiter(((k * twice + half) // whole for k in range(n_windows)), np.int64, n_windows)


def _check_rule(overlap_rule: Any) -> tuple[float, float]:
    """Return the largest share in seizures of background and the least of a seizure."""
    pair = tuple(overlap_rule) if isinstance(overlap_rule, list | tuple) else (overlap_rule, overlap_rule)
    numbers = all(isinstance(share, Real) and not isinstance(share, bool) for share in pair)
    if len(pair) != 2 or not numbers or not (0 <= pair[0] <= pair[1] <= 1 and pair[1] > 0):
        raise ValueError(
            "`overlap_rule` must be a share above 0 and at most 1, or two (low, high) with 0 <= low <= high, "
            f"got {overlap_rule!r}."
        )
    return float(pair[0]), float(pair[1])


def _count_samples(
    recordings: list[Recording], window_seconds: float, step_seconds: float | None
) -> tuple[int, Fraction]:
    """Return the samples of a window and those, maybe with a fraction, from one window to the next."""
    longest, sfreq = max(recordings, key=lambda each: each.n_times), recordings[0].sfreq
    n_times = count_times(window_seconds, sfreq=sfreq, n_times=longest.n_times, recording=longest.name)
    if step_seconds is None:
        return n_times, Fraction(n_times)
    is_number = isinstance(step_seconds, Real) and not isinstance(step_seconds, bool)
    if not is_number or not (1 - _ROUNDING) / sfreq <= step_seconds < np.inf:
        raise ValueError(
            f"`step_seconds` must be a number of seconds that holds at least one time point "
            f"({1 / sfreq:.3g} s), or None, got {step_seconds!r}."
        )
    return n_times, Fraction(float(step_seconds)) * Fraction(sfreq)


def _check_target_names(
    target_names: Sequence[str] | None, listed: list[list[Event]], merge_labels: bool
) -> list[str]:
    labels = sorted({event.label for events in listed for event in events})
    if target_names is None:
        return [BACKGROUND_NAME, _MERGED_NAME] if merge_labels else [BACKGROUND_NAME, *labels]
    names = [] if isinstance(target_names, str) else list(target_names)
    if merge_labels and (len(names) != 2 or names[0] == names[1]):
        raise ValueError(
            "`target_names` must be two different names, of background and of all else, with `merge_labels`, "
            f"got {target_names!r}."
        )
    if not names or len(set(names)) != len(names) or not (merge_labels or set(labels) <= set(names[1:])):
        raise ValueError(
            "`target_names` must be a list of different names, first that of background, and then all labels "
            f"of the events, {labels}, got {target_names!r}."
        )
    return names


def _check_dtype(dtype: DTypeLike) -> np.dtype:
    checked = np.dtype(dtype)
    if checked not in (np.dtype(np.float64), np.dtype(np.float32)):
        raise ValueError(f"`dtype` must be float64 or float32, got {checked}.")
    return checked


def _describe(
    bunch: Bunch, step_seconds: float, rule: tuple[float, float], cuts: list[_Cut], n_events: int
) -> str:
    n_windows, n_channels, n_times = bunch.data.shape
    counts = np.bincount(bunch.target, minlength=len(bunch.target_names))
    known = "unknown: windows of one patient may lie on both sides of a split"
    if bunch.groups is not None:
        known = f"{len(np.unique(bunch.groups))}, in `groups`: split by them"
    return _DESCR.format(
        n_windows=n_windows,
        n_channels=n_channels,
        n_times=n_times,
        n_recordings=sum(len(cut.first) > 0 for cut in cuts),
        sfreq=bunch.sfreq,
        window_seconds=n_times / bunch.sfreq,
        step_seconds=step_seconds,
        classes=", ".join(f"{count} {name}" for name, count in zip(bunch.target_names, counts, strict=True)),
        low=rule[0],
        high=rule[1],
        n_in_gaps=sum(cut.n_in_gaps for cut in cuts),
        n_ambiguous=sum(cut.n_ambiguous for cut in cuts),
        n_events=n_events,
        n_unseen=bunch.n_unseen_events,
        patients=known,
    )
