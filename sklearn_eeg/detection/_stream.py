"""A fitted detector run over samples as they come."""

from typing import Any, NamedTuple

import numpy as np

from .._events import Event
from ._event_builder import EventBuilder, EventRule
from ._feeder import Batch, WindowFeeder
from ._scores import score_windows
from ._smoothing import Smoother


class StreamOutput(NamedTuple):
    """What a piece of a recording brought to light.

    Windows are numbered from 0; window k begins ``k * step_seconds`` after the start of the stream.
    """

    first_window: int
    """Number of the first window that is new."""
    probability: np.ndarray
    """Probability of a seizure in each new window; NaN where it could not be judged."""
    first_settled: int
    """Number of the first window whose smoothed probability is new."""
    smoothed: np.ndarray
    """The smoothed probabilities that are new, NaN where they could not be judged."""
    events: list[Event]
    """The events that are complete, in seconds from the start of the stream."""


class DetectorStream:
    """A recording in the making; made by `SeizureDetector.stream`.

    It can be pickled at any time, and goes on where it was.

    Parameters
    ----------
    model : classifier
        Fitted on windows.
    feeder : WindowFeeder
        What makes windows of samples.
    smoothing_reach : int
        Steps on either side over which probabilities are averaged.
    rule : EventRule
        How they become events.

    Attributes
    ----------
    n_times : int
        Samples so far.
    delay_seconds : float
        Longest time from the middle of a window to its smoothed probability, in seconds of the recording:
        half a window, the smoothing, and with a cleaner the stretch that must be complete.

    See Also
    --------
    SeizureDetector : Makes it.
    """

    def __init__(self, model: Any, feeder: WindowFeeder, smoothing_reach: int, rule: EventRule) -> None:
        self._model, self._feeder = model, feeder
        self._smoother, self._builder = Smoother(smoothing_reach), EventBuilder(rule)
        self._finished = False

    @property
    def n_times(self) -> int:
        """Samples so far."""
        return self._feeder.n_pushed

    @property
    def delay_seconds(self) -> float:
        """Longest time from the middle of a window to its smoothed probability, in seconds."""
        frame = self._feeder.frame
        delay = frame.window_seconds / 2 + self._smoother.reach * frame.step_seconds
        return delay + self._feeder.delay_seconds

    def push(self, samples: Any, *, after_cut: bool = False) -> StreamOutput:
        """Take the next samples and return what they brought to light.

        Parameters
        ----------
        samples : array-like of shape (n_channels, n_new)
            The next samples of each channel of the detector, in its order and at its rate, in
            microvolts; none, one, or any number. What is missing is NaN: windows that hold NaN are not
            judged.
        after_cut : bool, default=False
            Whether a pause of unknown length lies before them: windows across it are not judged.

        Returns
        -------
        output : StreamOutput
            New probabilities and complete events.

        Raises
        ------
        ValueError
            If the samples are of another shape, or the stream is finished.
        """
        if self._finished:
            raise ValueError("`push` must come before `finish`: begin anew with detector.stream().")
        x = np.asarray(samples, dtype=np.float64)
        if x.ndim != 2 or len(x) != self._feeder.n_channels:
            raise ValueError(
                f"`samples` must be of shape ({self._feeder.n_channels}, n_new), a row for each channel of "
                f"the detector, got {x.shape}."
            )
        return self._pass_on(self._feeder.push(x, after_cut=after_cut))

    def finish(self) -> StreamOutput:
        """End the recording and return what waited for more samples.

        Returns
        -------
        output : StreamOutput
            The last probabilities and events.

        Raises
        ------
        ValueError
            If the stream is finished already.
        """
        if self._finished:
            raise ValueError("`finish` must be called once: begin anew with detector.stream().")
        self._finished = True
        output = self._pass_on(self._feeder.finish())
        rest = self._smoother.finish()
        events = output.events + self._builder.push(rest)
        events += self._builder.finish(self.n_times / self._feeder.frame.sfreq)
        return output._replace(smoothed=np.concatenate([output.smoothed, rest]), events=events)

    def _pass_on(self, batches: Any) -> StreamOutput:
        """Score windows, smooth their probabilities and build events, batch by batch."""
        first_window, first_settled = self._feeder.step, self._builder.n_steps
        probability, smoothed, events = [np.empty(0)], [np.empty(0)], []
        for batch in batches:
            probability.append(score_batch(self._model, batch))
            smoothed.append(self._smoother.push(probability[-1]))
            events += self._builder.push(smoothed[-1])
        return StreamOutput(
            first_window, np.concatenate(probability), first_settled, np.concatenate(smoothed), events
        )


def score_batch(model: Any, batch: Batch) -> np.ndarray:
    """Return the probability of a seizure in each window of a batch, NaN for those not judged."""
    probability = np.full(len(batch.judged), np.nan)
    judged = np.flatnonzero(batch.judged)
    if len(judged):
        probability[judged] = score_windows(model, batch.take(judged))
    return probability
