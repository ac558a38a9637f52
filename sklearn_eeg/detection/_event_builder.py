"""Seizure events from smoothed probabilities, step by step as they come."""

from dataclasses import dataclass

import numpy as np

from .._events import Event, mask_edges

LABEL = "sz"
_ROUNDING = 1e-6  # seconds: two lengths that differ by less are equal


@dataclass(frozen=True)
class EventRule:
    """How probabilities become events.

    Parameters
    ----------
    threshold : float
        An event begins where the probability reaches it.
    release : float
        Share of the threshold that an event ends below.
    min_duration_seconds : float
        Shorter events, after joining, are dropped.
    merge_gap_seconds : float
        Events so far apart or less are joined.
    window_seconds, step_seconds : float
        Length of a window, and from one to the next.
    """

    threshold: float
    release: float
    min_duration_seconds: float
    merge_gap_seconds: float
    window_seconds: float
    step_seconds: float

    @property
    def margin(self) -> float:
        """Seconds from the start of a window to that of the step that it stands for."""
        return (self.window_seconds - self.step_seconds) / 2


class EventBuilder:
    """Make events of smoothed probabilities that come piece by piece.

    Step k stands for the part of window k that is as long as a step and lies in its middle, from ``k *
    step_seconds + margin`` on. The first and the last window of a stretch that was judged stand for their
    outer parts, too. Steps that were not judged (NaN) end an event.

    Parameters
    ----------
    rule : EventRule
        The rule.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.detection._event_builder import EventBuilder, EventRule
    >>> builder = EventBuilder(EventRule(0.5, 1.0, 0.0, 0.0, window_seconds=4.0, step_seconds=1.0))
    >>> first = builder.push(np.array([0.1, 0.7, 0.9, 0.1]))
    >>> [(event.onset, event.offset, event.confidence) for event in first + builder.finish(8.0)]
    [(2.5, 4.5, 0.9)]
    """

    def __init__(self, rule: EventRule) -> None:
        self.rule = rule
        self.n_steps = 0
        self._after_nan = True  # whether the step before was not judged
        self._open: tuple[float, float] | None = None  # onset and peak of the event that goes on
        self._pending: tuple[float, float, float] | None = None  # one that another may be joined to

    def push(self, values: np.ndarray) -> list[Event]:
        """Take the next steps and return the events that are complete."""
        if not len(values):
            return []
        keep = values >= self.rule.release * self.rule.threshold
        done: list[Event] = []
        if self._open is not None and not keep[0]:
            done += self._close(self.n_steps, bool(np.isnan(values[0])))
        for first, last in mask_edges(keep).tolist():
            self._extend(values, first, last)
            if self._open is not None and last < len(values):
                done += self._close(self.n_steps + last, bool(np.isnan(values[last])))
        self.n_steps += len(values)
        self._after_nan = bool(np.isnan(values[-1]))
        if self._open is None and self._pending is not None:
            earliest = self.n_steps * self.rule.step_seconds  # of any event yet to come
            if earliest - self._pending[1] > self.rule.merge_gap_seconds + _ROUNDING:
                done += self._emit()
        return done

    def finish(self, duration: float) -> list[Event]:
        """Return the events that were not complete, cut off at the end of the recording."""
        done: list[Event] = []
        if self._open is not None:
            done += self._join((self._open[0], duration, self._open[1]))
            self._open = None
        return done + self._emit()

    def _extend(self, values: np.ndarray, first: int, last: int) -> None:
        """Go on with the open event over a run of steps, or open one where it reaches the threshold."""
        run = values[first:last]
        if self._open is not None:  # only of the first run, where it begins with the piece
            self._open = (self._open[0], max(self._open[1], float(run.max())))
            return
        hot = run >= self.rule.threshold
        if not hot.any():
            return
        place = first + int(np.argmax(hot))
        at_edge = self._after_nan if place == 0 else bool(np.isnan(values[place - 1]))
        onset = (self.n_steps + place) * self.rule.step_seconds + (0.0 if at_edge else self.rule.margin)
        self._open = (onset, float(run.max()))

    def _close(self, step: int, at_edge: bool) -> list[Event]:
        """End the open event before a step."""
        assert self._open is not None
        onset, peak = self._open
        self._open = None
        offset = step * self.rule.step_seconds + (2 if at_edge else 1) * self.rule.margin
        return self._join((onset, offset, peak))

    def _join(self, event: tuple[float, float, float]) -> list[Event]:
        reach = self.rule.merge_gap_seconds + _ROUNDING
        if self._pending is not None and event[0] - self._pending[1] <= reach:
            onset, offset, peak = self._pending
            self._pending = (onset, max(offset, event[1]), max(peak, event[2]))
            return []
        done = self._emit()
        self._pending = event
        return done

    def _emit(self) -> list[Event]:
        if self._pending is None:
            return []
        onset, offset, peak = self._pending
        self._pending = None
        if offset - onset < self.rule.min_duration_seconds - _ROUNDING:
            return []
        return [Event(onset, offset, LABEL, min(max(peak, 0.0), 1.0))]
