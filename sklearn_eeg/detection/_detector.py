"""Seizure detection in continuous recordings."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from .._events import Event
from .._windows import check_ch_names
from ._event_builder import EventRule
from ._feeder import WindowFeeder, read_pieces
from ._fitting import TrainingWindows, fill_card, fit_cleaner, gather_training, hold_out
from ._frame import Frame
from ._matched import match_recording
from ._prepare import TrainingSet, make_folds, open_recording, prepare_training
from ._smoothing import count_reach, smooth
from ._stream import DetectorStream, StreamOutput
from ._threshold import choose_threshold, threshold_curve
from ._training import fit_model

_POSITIVE = Interval(Real, 0, None, closed="neither")
_NOT_NEGATIVE = Interval(Real, 0, None, closed="left")


class SeizureDetector(BaseEstimator):
    """Find seizures in continuous recordings with any classifier of windows.

    A classifier gives the probability of a seizure in each of many overlapping windows. These are smoothed
    over time, and become events where they reach a threshold, which is chosen on training patients that the
    classifier had not seen.

    Parameters
    ----------
    estimator : classifier
        Classifies windows of shape (n_windows, n_channels, n_times), in microvolts, for example
        :func:`~sklearn_eeg.systems.svm_baseline`. Where it has no `predict_proba` the logistic function of
        its `decision_function` is taken.
    sfreq : float
        Sampling frequency at which it works, in Hz; recordings are brought to it.
    ch_names : sequence of str, default=None
        Channels at which it works, in order; None means those of the first training recording.
        Recordings are brought to them (see Notes).
    cleaner : transformer, default=None
        A step from windows to windows that learns nothing from them, for example
        :class:`~sklearn_eeg.preprocessing.Denoiser`. It cleans stretches of the recording before these are
        cut, once and not for each of the windows that overlap.
    stretch_seconds : float, default=16.0
        Length of these stretches, in seconds; 2 s on either side are cleaned with them and thrown away.
    window_seconds : float, default=4.0
        Length of a window, in seconds.
    step_seconds : float, default=1.0
        Time from the start of one window to that of the next, in seconds.
    overlap_rule : float, default=0.5
        Least share of a training window in seizures that makes it a seizure.
    max_windows : int or None, default=4000
        How many windows to train on at most, evenly spread; at most half of them seizures, unless there is
        not enough else. None means all.
    threshold : float or "auto", default="auto"
        An event begins where the smoothed probability reaches it; at least 0. ``"auto"`` chooses it.
    max_false_alarms_per_day : float, default=10.0
        What ``threshold="auto"`` keeps to, on held-out training patients: false alarms in 24 hours.
    smoothing_seconds : float, default=9.0
        Probabilities are averaged over so many seconds, rounded to an odd number of steps, as many before
        as after.
    release : float, default=1.0
        Share of the threshold that an event ends below; less than 1 is a hysteresis.
    min_duration_seconds : float, default=5.0
        Shorter events, after joining, are dropped.
    merge_gap_seconds : float, default=15.0
        Events so far apart or less are joined.
    cv : int, default=5
        Number of folds of patients for ``threshold="auto"``, at least 2; no more than patients with a
        seizure.
    n_jobs : int or None, default=None
        Number of processes that fit the folds, as in joblib.
    verbose : bool, default=False
        Whether to show the progress of `fit` on the standard error stream.

    Attributes
    ----------
    estimator_ : classifier
        Fitted on windows of all training recordings.
    cleaner_ : transformer or None
        The cleaner, fitted to the length of its stretches.
    threshold_ : float
        The threshold.
    curve_ : DataFrame or None
        Figures of held-out training patients at each threshold, as `score_events` has them; None where the
        threshold was given.
    held_out_ : dict or None
        The row of `curve_` at `threshold_`, such as ``sensitivity`` and ``false_alarms_per_day``. It is
        chosen on these patients, and so looks a little better than others will be.
    ch_names_ : list of str
        The channels.
    training_card_ : dict
        Of what it was trained on: numbers of recordings, patients, hours, seizures, and of windows of either
        class; and the date.

    See Also
    --------
    detect : Run a fitted detector over many recordings.
    save_model : Write it to a file.
    sklearn_eeg.evaluation.score_events : Score its events.

    Notes
    -----
    A window that touches a gap, lies across a cut, or in which all channels are constant, is not judged: its
    probability is NaN, and events end there. Window k begins at ``k * step_seconds`` and stands for the
    part of length `step_seconds` in its middle; the first and the last window that were judged stand for
    their outer parts, too. The smoothing is centred: it shifts nothing, and in a stream it delays what
    is known by half of `smoothing_seconds`.

    Channels are found by any spelling of their names (``EEG T3-REF`` is ``T7``); a bipolar pair is turned
    about, or derived from its two electrodes, where the recording has no such pair. A recording that lacks a
    channel is refused.

    With ``threshold="auto"``, a clone of the classifier is fitted in each fold and gives the probabilities
    of all recordings of the patients held out. Of 100 thresholds the one with the highest sensitivity by the
    rules of SzCORE [1]_ is taken, among those that keep to the rate; of equals the one whose alarms agree
    best with the seizures second by second (F1). Where none keeps to the rate, `threshold_` is infinite, with
    a warning: the detector then raises no alarm. By these rules an alarm that never ends is no false one as
    long as each 5 minutes of it touch a seizure, so choose on recordings of hours, not of minutes.

    References
    ----------
    .. [1] Dan J, et al. (2024) SzCORE: Seizure Community Open-Source Research Evaluation framework for the
       validation of electroencephalography-based automated seizure detection algorithms. Epilepsia.
       https://doi.org/10.1111/epi.18113

    Examples
    --------
    Two patients with a seizure each, of larger amplitude than the rest:

    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_eeg.datasets import Recording
    >>> from sklearn_eeg.detection import SeizureDetector
    >>> from sklearn_eeg.features import TimeFeatures
    >>> rng = np.random.default_rng(0)
    >>> recordings = []
    >>> for patient in ("ann", "bob"):
    ...     x = rng.normal(scale=10, size=(2, 300 * 64))
    ...     x[:, 100 * 64 : 140 * 64] *= 5
    ...     recordings.append(Recording.from_array(x, 64, ["C3", "C4"], patient=patient))
    >>> classifier = make_pipeline(TimeFeatures(["line_length"]), LogisticRegression())
    >>> detector = SeizureDetector(classifier, sfreq=64)
    >>> detector.fit(recordings, [[(100, 140)], [(100, 140)]]).held_out_["sensitivity"]
    1.0
    >>> [(event.onset, event.offset) for event in detector.predict_events(recordings[0])]
    [(99.5, 140.5)]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "estimator": [HasMethods(["fit", "predict"])],
        "sfreq": [_POSITIVE],
        "ch_names": ["array-like", None],
        "cleaner": [HasMethods(["fit", "transform"]), None],
        "stretch_seconds": [_POSITIVE],
        "window_seconds": [_POSITIVE],
        "step_seconds": [_POSITIVE],
        "overlap_rule": [Interval(Real, 0, 1, closed="right")],
        "max_windows": [Interval(Integral, 2, None, closed="left"), None],
        "threshold": [StrOptions({"auto"}), Interval(Real, 0, None, closed="both")],
        "max_false_alarms_per_day": [_NOT_NEGATIVE],
        "smoothing_seconds": [_NOT_NEGATIVE],
        "release": [Interval(Real, 0, 1, closed="right")],
        "min_duration_seconds": [_NOT_NEGATIVE],
        "merge_gap_seconds": [_NOT_NEGATIVE],
        "cv": [Interval(Integral, 2, None, closed="left")],
        "n_jobs": [Integral, None],
        "verbose": ["boolean"],
    }

    def __init__(
        self,
        estimator: Any,
        sfreq: float,
        *,
        ch_names: Sequence[str] | None = None,
        cleaner: Any = None,
        stretch_seconds: float = 16.0,
        window_seconds: float = 4.0,
        step_seconds: float = 1.0,
        overlap_rule: float = 0.5,
        max_windows: int | None = 4000,
        threshold: float | str = "auto",
        max_false_alarms_per_day: float = 10.0,
        smoothing_seconds: float = 9.0,
        release: float = 1.0,
        min_duration_seconds: float = 5.0,
        merge_gap_seconds: float = 15.0,
        cv: int = 5,
        n_jobs: int | None = None,
        verbose: bool = False,
    ) -> None:
        self.estimator = estimator
        self.sfreq = sfreq
        self.ch_names = ch_names
        self.cleaner = cleaner
        self.stretch_seconds = stretch_seconds
        self.window_seconds = window_seconds
        self.step_seconds = step_seconds
        self.overlap_rule = overlap_rule
        self.max_windows = max_windows
        self.threshold = threshold
        self.max_false_alarms_per_day = max_false_alarms_per_day
        self.smoothing_seconds = smoothing_seconds
        self.release = release
        self.min_duration_seconds = min_duration_seconds
        self.merge_gap_seconds = merge_gap_seconds
        self.cv = cv
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, recordings: Any, events: Any, groups: Any = None) -> Self:
        """Fit the classifier on windows of recordings, and choose the threshold.

        Parameters
        ----------
        recordings : sequence of Recording or path-like
            The recordings, or their files.
        events : sequence of events or path-like
            The seizures of each recording, in seconds from its start: a list of :class:`Event` or (onset,
            offset), a table, or the path of a file that `read_events` reads.
        groups : sequence, default=None
            The patient of each recording; None means what the recordings say.

        Returns
        -------
        self : SeizureDetector
            The fitted detector.

        Raises
        ------
        ValueError
            If recordings, events and patients do not fit one another, a channel is missing, there is nothing
            to learn from, or patients are unknown while the threshold is to be chosen.
        TypeError
            If something is no recording.

        Warns
        -----
        UserWarning
            If no threshold keeps to `max_false_alarms_per_day`.
        """
        frame = self._frame()
        training = prepare_training(recordings, events, groups)
        folds = self._make_folds(training)
        names = training.recordings[0].ch_names if self.ch_names is None else list(self.ch_names)
        self.__dict__.pop("training_card_", None)  # until all is done
        self.ch_names_ = check_ch_names(names, len(names))
        matched = [match_recording(each, self.ch_names_, self.sfreq) for each in training.recordings]
        training = training._replace(recordings=matched)
        self.cleaner_ = fit_cleaner(self.cleaner, matched[0], frame, self.stretch_seconds)
        with threadpool_limits(1):
            windows = gather_training(
                training, self._feeder(), self.overlap_rule, self.max_windows, verbose=self.verbose
            )
            self.estimator_ = fit_model(self.estimator, windows.X, windows.y, windows.patient)
            self._choose_threshold(training, folds, windows)
        self.training_card_ = fill_card(training, windows)
        return self

    def predict_proba(self, recording: Any) -> pd.DataFrame:
        """Return the probability of a seizure over time.

        Parameters
        ----------
        recording : Recording or path-like
            The recording, or its file.

        Returns
        -------
        table : DataFrame of n_windows rows
            `start_second` and `stop_second` of each window, its `probability`, and `smoothed`: what the
            threshold is held against. NaN where a window cannot be judged.

        Raises
        ------
        ValueError
            If a channel is missing or the file cannot be read.
        """
        return self.predict(recording)[0]

    def predict_events(self, recording: Any) -> list[Event]:
        """Return the seizures found in a recording.

        Parameters
        ----------
        recording : Recording or path-like
            The recording, or its file.

        Returns
        -------
        events : list of Event
            Sorted, apart from one another, labelled ``"sz"``; the confidence is the highest smoothed
            probability.

        Raises
        ------
        ValueError
            If a channel is missing or the file cannot be read.
        """
        return self.predict(recording)[1]

    def predict(self, recording: Any) -> tuple[pd.DataFrame, list[Event]]:
        """Return both the probability of a seizure over time and the seizures found.

        Parameters
        ----------
        recording : Recording or path-like
            The recording, or its file.

        Returns
        -------
        table : DataFrame of n_windows rows
            As `predict_proba` returns it.
        events : list of Event
            As `predict_events` returns them.

        Raises
        ------
        ValueError
            If a channel is missing or the file cannot be read.
        """
        stream = self.stream()
        opened = open_recording(recording)
        matched = match_recording(opened, self.ch_names_, self.sfreq)
        outputs: list[StreamOutput] = []
        with threadpool_limits(1):
            for samples, after_cut in read_pieces(matched, self._frame()):
                outputs.append(stream.push(samples, after_cut=after_cut))
            outputs.append(stream.finish())
        probability = np.concatenate([output.probability for output in outputs])
        start = np.arange(len(probability)) * float(self.step_seconds)
        columns = {
            "start_second": start,
            "stop_second": start + float(self.window_seconds),
            "probability": probability,
            "smoothed": np.concatenate([output.smoothed for output in outputs]),
        }
        events = [event for output in outputs for event in output.events]
        return pd.DataFrame(columns), [_end_with(event, opened.duration) for event in events]

    def stream(self) -> DetectorStream:
        """Begin to judge a recording while it is made.

        Returns
        -------
        stream : DetectorStream
            Takes samples at `sfreq` of the channels `ch_names_`, in pieces of any length, and tells the same
            as `predict` does of the whole recording. Its `delay_seconds` says how late.
        """
        check_is_fitted(self)
        reach = count_reach(self.smoothing_seconds, self.step_seconds)
        return DetectorStream(self.estimator_, self._feeder(), reach, self._rule(self.threshold_))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "training_card_")  # what `fit` sets last

    @property
    def curve_(self) -> pd.DataFrame | None:
        """Figures of held-out training patients at each threshold."""
        check_is_fitted(self)
        return None if self._curve is None else pd.DataFrame(self._curve).set_index("threshold")

    def _frame(self) -> Frame:
        return Frame(float(self.sfreq), float(self.window_seconds), float(self.step_seconds))

    def _feeder(self) -> WindowFeeder:
        """Return a new feeder, which has seen no sample."""
        return WindowFeeder(self._frame(), len(self.ch_names_), self.cleaner_, self.stretch_seconds)

    def _rule(self, threshold: float) -> EventRule:
        return EventRule(
            threshold=threshold,
            release=self.release,
            min_duration_seconds=self.min_duration_seconds,
            merge_gap_seconds=self.merge_gap_seconds,
            window_seconds=self.window_seconds,
            step_seconds=self.step_seconds,
        )

    def _make_folds(self, training: TrainingSet) -> list[np.ndarray]:
        """Return the patients of each fold; none where the threshold is given."""
        if self.threshold != "auto":
            return []
        if training.patients is None:
            raise ValueError(
                "`groups` must name the patient of each recording, so that the threshold is chosen on "
                "patients that were not trained on: pass it, or give `threshold` as a number."
            )
        return make_folds(training.unit, [len(own) > 0 for own in training.events], self.cv)

    def _choose_threshold(
        self, training: TrainingSet, folds: list[np.ndarray], windows: TrainingWindows
    ) -> None:
        self._curve = self.held_out_ = None
        if not folds:
            self.threshold_ = float(self.threshold)
            return
        probability = hold_out(
            self.estimator, training, windows, folds, self._feeder(), n_jobs=self.n_jobs, verbose=self.verbose
        )
        reach = count_reach(self.smoothing_seconds, self.step_seconds)
        smoothed = [smooth(own, reach) for own in probability]
        durations = [each.duration for each in training.recordings]
        curve = threshold_curve(smoothed, training.events, durations, self._rule(np.nan))
        self._curve = {"threshold": curve.index.to_numpy()}
        self._curve |= {str(name): curve[name].to_numpy() for name in curve}
        self.threshold_ = choose_threshold(curve, self.max_false_alarms_per_day)
        if np.isnan(self.threshold_):
            warnings.warn(
                f"No threshold finds a seizure with at most {self.max_false_alarms_per_day:g} false alarms "
                "in 24 hours of held-out training patients: `threshold_` is infinite, and the detector "
                "raises no alarm. Raise `max_false_alarms_per_day`, or look at `curve_`.",
                UserWarning,
                stacklevel=4,
            )
            self.threshold_ = np.inf
            return
        place = int(np.flatnonzero(curve.index == self.threshold_)[0])
        self.held_out_ = {name: float(x[place]) for name, x in self._curve.items() if name != "threshold"}


def _end_with(event: Event, duration: float) -> Event:
    """Return an event that does not outlast its recording by rounding."""
    return event if event.offset <= duration else replace(event, offset=duration)
