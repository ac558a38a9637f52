"""The rules by which alarms are held against seizures in one recording."""

import math
import numbers
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from .._events import overlap

EVENT_RATE = 10  # Hz, at which events are held against each other
SAMPLE_RATE = 1  # Hz, of the sample scoring
_LEAST = 1e-6  # share of a seizure that an alarm must touch beyond `min_overlap`

COUNTS = (
    "events",
    "found",
    "alarms",
    "false_alarms",
    "seconds",
    "warning_seconds",
    "true_samples",
    "found_samples",
    "false_samples",
)


@dataclass(frozen=True)
class EventRules:
    """Rules of event scoring; the defaults are those of SzCORE.

    Parameters
    ----------
    min_gap_seconds : float, default=90
        Events closer than this are one.
    max_event_seconds : float, default=300
        Longer events are cut into pieces of this length.
    tolerance_before_seconds, tolerance_after_seconds : float, default=30, 60
        How long before and after a seizure an alarm still counts as of it.
    min_overlap : float, default=0
        Share of the seizure (with the tolerance) that alarms must cover more than.

    Raises
    ------
    ValueError
        If a rule is negative or not a number, or pieces have no length.
    """

    min_gap_seconds: float = 90.0
    max_event_seconds: float = 300.0
    tolerance_before_seconds: float = 30.0
    tolerance_after_seconds: float = 60.0
    min_overlap: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, numbers.Real):
                raise ValueError(f"`{field.name}` must be a number, got {value!r}.")
            if not float(value) >= 0:
                raise ValueError(f"`{field.name}` must be at least 0, got {value!r}.")
        if self.max_event_seconds < 1:
            raise ValueError(
                f"`max_event_seconds` must be at least 1 (or math.inf), got {self.max_event_seconds!r}."
            )
        if self.min_overlap >= 1:
            raise ValueError(f"`min_overlap` must be below 1, got {self.min_overlap!r}.")


class RecordingScore(NamedTuple):
    """What the rules make of one recording."""

    counts: np.ndarray
    """The numbers named in `COUNTS`."""
    seizures: np.ndarray
    """Onset and offset of each seizure, of shape (n_seizures, 2), in seconds."""
    members: np.ndarray
    """Which seizure each reference event became part of, of shape (n_events,)."""
    parts: np.ndarray
    """Into how many pieces each seizure was cut."""
    parts_found: np.ndarray
    """How many of them were found."""
    latency: np.ndarray
    """From the onset of each seizure to its first alarm, in seconds; NaN where it was not found."""


def score_recording(
    reference: np.ndarray, hypothesis: np.ndarray, duration: float, rules: EventRules
) -> RecordingScore:
    """Hold the alarms of one recording against its seizures.

    Parameters
    ----------
    reference, hypothesis : ndarray of shape (n_events, 2)
        Onset and offset of seizures and alarms, in seconds from the start of the recording, in any order.
    duration : float
        Length of the recording, in seconds.
    rules : EventRules
        The rules.

    Returns
    -------
    score : RecordingScore
        Counts for the recording, and what became of each seizure.

    Notes
    -----
    Seizures and alarms are joined and cut first. A piece of a seizure is found if alarms cover some of
    it, tolerance included. An alarm is false if it touches no piece that was found. Both are looked
    at in steps of 0.1 s, so an alarm shorter than 0.05 s may hold no step and is then false.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._event_rules import EventRules, score_recording
    >>> alarms = np.array([[110.0, 150.0], [1000.0, 1010.0]])
    >>> score = score_recording(np.array([[100.0, 160.0]]), alarms, 3600, EventRules())
    >>> score.counts[:4].tolist(), score.latency.tolist()
    ([1.0, 1.0, 2.0, 1.0], [10.0])
    """
    n_steps = round(duration * EVENT_RATE)
    seizures, members = join_events(reference, rules.min_gap_seconds)
    alarms, _ = join_events(hypothesis, rules.min_gap_seconds)
    pieces, owner = split_events(seizures, rules.max_event_seconds)
    alarm_pieces, _ = split_events(alarms, rules.max_event_seconds)
    found, n_false = _match(pieces, alarms, alarm_pieces, n_steps, rules)
    parts = np.bincount(owner, minlength=len(seizures))
    parts_found = np.bincount(owner[found], minlength=len(seizures))
    latency = np.where(parts_found > 0, _latency(seizures, hypothesis, duration, rules), np.nan)
    counts = [len(pieces), found.sum(), len(alarm_pieces), n_false, n_steps / EVENT_RATE]
    counts += [_union(hypothesis, duration), *_count_samples(reference, hypothesis, n_steps)]
    return RecordingScore(np.array(counts, dtype=np.float64), seizures, members, parts, parts_found, latency)


def join_events(times: np.ndarray, gap: float) -> tuple[np.ndarray, np.ndarray]:
    """Join events that overlap or lie less than a gap apart; say what each became part of.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._event_rules import join_events
    >>> joined, members = join_events(np.array([[95.0, 99.0], [0.0, 10.0], [200.0, 210.0]]), 90)
    >>> joined.tolist(), members.tolist()
    ([[0.0, 99.0], [200.0, 210.0]], [0, 0, 1])
    """
    if not len(times):
        return times, np.zeros(0, dtype=int)
    order = np.argsort(times[:, 0], kind="stable")
    onsets, reach = times[order, 0], np.maximum.accumulate(times[order, 1])
    first = np.concatenate([[True], onsets[1:] - reach[:-1] >= gap])
    last = np.concatenate([first[1:], [True]])
    members = np.empty(len(times), dtype=int)
    members[order] = np.cumsum(first) - 1
    return np.column_stack([onsets[first], reach[last]]), members


def split_events(times: np.ndarray, longest: float) -> tuple[np.ndarray, np.ndarray]:
    """Cut events into pieces of at most a length; say which event each is a piece of.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._event_rules import split_events
    >>> pieces, owner = split_events(np.array([[0.0, 700.0], [800.0, 900.0]]), 300)
    >>> pieces.tolist(), owner.tolist()
    ([[0.0, 300.0], [300.0, 600.0], [600.0, 700.0], [800.0, 900.0]], [0, 0, 0, 1])
    """
    pieces: list[tuple[float, float]] = []
    owner: list[int] = []
    for number, (onset, offset) in enumerate(times.tolist()):
        begin = onset
        while offset - begin > longest:
            pieces.append((begin, begin + longest))
            begin += longest
        pieces.append((begin, offset))
        owner += [number] * (len(pieces) - len(owner))
    return np.array(pieces).reshape(-1, 2), np.array(owner, dtype=int)


def _match(
    pieces: np.ndarray, alarms: np.ndarray, alarm_pieces: np.ndarray, n_steps: int, rules: EventRules
) -> tuple[np.ndarray, int]:
    """Return which pieces of seizures were found, and how many pieces of alarms are false."""
    wide = _widen(pieces, n_steps / EVENT_RATE, rules)
    steps = _steps(wide, EVENT_RATE, n_steps)
    covered = overlap(_steps(alarms, EVENT_RATE, n_steps), *steps.T) / EVENT_RATE
    lengths = wide[:, 1] - wide[:, 0]
    share = np.divide(covered, lengths, out=np.zeros(len(wide)), where=lengths > 0)
    found = share > rules.min_overlap + _LEAST
    alarm_steps = _steps(alarm_pieces, EVENT_RATE, n_steps)
    return found, int((overlap(steps[found], *alarm_steps.T) == 0).sum())


def _widen(times: np.ndarray, duration: float, rules: EventRules) -> np.ndarray:
    return np.column_stack(
        [
            np.maximum(times[:, 0] - rules.tolerance_before_seconds, 0),
            np.minimum(times[:, 1] + rules.tolerance_after_seconds, duration),
        ]
    )


def _steps(times: np.ndarray, rate: int, n_steps: int) -> np.ndarray:
    """Return the first step of each event and the one after its last; halves go to the even step."""
    return np.clip(np.rint(times * rate), 0, n_steps).astype(np.int64)


def _latency(seizures: np.ndarray, alarms: np.ndarray, duration: float, rules: EventRules) -> np.ndarray:
    """Return when, after the onset of each seizure, an alarm was first on within the tolerance."""
    wide = _widen(seizures, duration, rules)[:, :, np.newaxis]
    begins = np.maximum(alarms[:, 0], wide[:, 0])
    touches = (alarms[:, 0] < wide[:, 1]) & (alarms[:, 1] > wide[:, 0])
    first = np.where(touches, begins, math.inf).min(axis=1, initial=math.inf)
    return np.where(np.isfinite(first), first, np.nan) - seizures[:, 0]


def _union(times: np.ndarray, duration: float) -> float:
    """Return how long at least one event lasts, in seconds."""
    return float(overlap(times, np.zeros(1), np.array([duration]))[0])


def _count_samples(reference: np.ndarray, hypothesis: np.ndarray, n_steps: int) -> list[int]:
    """Return how many samples lie in seizures, in both, and in alarms alone."""
    n_samples = round(n_steps / EVENT_RATE * SAMPLE_RATE)
    true, said = (_steps(times, SAMPLE_RATE, n_samples) for times in (reference, hypothesis))
    apart, _ = join_events(true, 0)
    n_true, n_said = (int(overlap(each, np.array([0]), np.array([n_samples]))[0]) for each in (true, said))
    n_found = int(overlap(said, *apart.T).sum())
    return [n_true, n_found, n_said - n_found]
