"""Synthetic windows without a network: surrogates and the simplest models."""

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from ..signal import fourier_surrogate, iaaft_surrogate
from ._base import SamplingStrategy, WindowOversampler
from ._surrogate_windows import add_noise, draw_sources, recombine_segments, shift_in_time
from ._window_gaussian import fit_gaussian, sample_gaussian

Draw = Callable[["SurrogateOversampler", Any, int, np.random.Generator], np.ndarray]


def _draw_fourier(
    _: "SurrogateOversampler", windows: np.ndarray, n_windows: int, random_state: np.random.Generator
) -> np.ndarray:
    return fourier_surrogate(windows[draw_sources(len(windows), n_windows, random_state)], random_state)


def _draw_iaaft(
    sampler: "SurrogateOversampler", windows: np.ndarray, n_windows: int, random_state: np.random.Generator
) -> np.ndarray:
    sources = windows[draw_sources(len(windows), n_windows, random_state)]
    return iaaft_surrogate(sources, random_state, max_iterations=sampler.max_iterations)


def _draw_noise(
    sampler: "SurrogateOversampler", windows: np.ndarray, n_windows: int, random_state: np.random.Generator
) -> np.ndarray:
    sources = windows[draw_sources(len(windows), n_windows, random_state)]
    return add_noise(sources, sampler.noise_share, random_state)


def _draw_time_shift(
    sampler: "SurrogateOversampler", windows: np.ndarray, n_windows: int, random_state: np.random.Generator
) -> np.ndarray:
    sources = windows[draw_sources(len(windows), n_windows, random_state)]
    return shift_in_time(sources, sampler.max_shift, sampler.boundary, random_state)


def _draw_segments(
    sampler: "SurrogateOversampler", windows: np.ndarray, n_windows: int, random_state: np.random.Generator
) -> np.ndarray:
    return recombine_segments(
        windows, n_windows, sampler.n_segments, random_state, crossfade=sampler.crossfade
    )


def _draw_gaussian(
    _: "SurrogateOversampler", gaussian: Any, n_windows: int, random_state: np.random.Generator
) -> np.ndarray:
    return sample_gaussian(gaussian, n_windows, random_state)


# name: fewest windows of a class, what is learned from them, how windows are made of that
_METHODS: dict[str, tuple[int, Callable[[np.ndarray], Any], Draw]] = {
    "fourier": (1, np.asarray, _draw_fourier),
    "iaaft": (1, np.asarray, _draw_iaaft),
    "noise": (1, np.asarray, _draw_noise),
    "time_shift": (1, np.asarray, _draw_time_shift),
    "segments": (2, np.asarray, _draw_segments),
    "gaussian": (2, fit_gaussian, _draw_gaussian),
}


class SurrogateOversampler(WindowOversampler):
    """Make windows of the rarer classes by surrogates: quick rivals that a network should beat.

    Parameters
    ----------
    method : {"fourier", "iaaft", "noise", "time_shift", "segments", "gaussian"}, default="fourier"
        How a window is made:

        * "fourier": a real window, the phase of each frequency turned at random, alike in all channels; keeps
          its spectra and cross-spectra exactly [1]_;
        * "iaaft": the same, but keeping the values of each channel exactly, and its spectra and
          cross-spectra nearly [2]_;
        * "noise": a real window, with white noise;
        * "time_shift": a real window, shifted in time;
        * "segments": segments in time of several real windows of the class, each at its place [3]_;
        * "gaussian": drawn from a Gaussian distribution of the windows of the class: their mean, and their
          covariance, shrunk towards that of a stationary process with their mean cross-spectra.
    sampling_strategy : float, str, dict or callable, default="auto"
        Which classes get how many windows, as in imbalanced-learn: "auto" or "not majority" brings all
        classes to the size of the largest, "minority" the smallest only; a dict tells how many windows each
        class shall have in the end, and may name the largest, too; a float (two classes) is the ratio of the
        smaller to the larger in the end; a callable makes such a dict of the labels.
    noise_share : float, default=0.1
        For "noise": its standard deviation as a share of the channel's in the window, positive.
    max_shift : float, default=0.5
        For "time_shift": the largest shift as a share of the window, above 0 and below 1.
    boundary : {"reflect", "circular"}, default="reflect"
        For "time_shift": whether the time that becomes free is filled by the window mirrored at its end, or
        by what left it at the other, which makes a jump.
    n_segments : int, default=4
        For "segments": their number in a window, at least 2.
    crossfade : float, default=0.5
        For "segments": share of a segment over which it passes into the next, from 0 to 1; with 0 it ends
        in a jump, as in [3]_.
    max_iterations : int, default=100
        For "iaaft": most iterations for a window, at least 1.
    random_state : int, RandomState instance or None, default=None
        Source of random numbers; with an int, the same windows come from each `fit_resample`.

    Attributes
    ----------
    sampling_strategy_ : dict
        How many windows each class gets.
    classes_ : ndarray of shape (n_classes,)
        Labels of the classes.
    is_synthetic_ : ndarray of bool of shape (n_resampled,)
        Which windows of the last `fit_resample` are synthetic.
    n_features_in_ : int
        Number of channels (3-D windows) or time points (2-D windows).
    n_channels_in_, n_times_in_ : int
        Shape of a window.
    ch_names_in_ : list of str
        Names of the channels.

    Raises
    ------
    ValueError
        If there is one class only, or if a class to be made has one window, by "segments" or "gaussian".

    See Also
    --------
    WindowSMOTE : Interpolates between windows.
    sklearn_eeg.signal.fourier_surrogate, sklearn_eeg.signal.iaaft_surrogate : The surrogates.

    Notes
    -----
    A sampler is a step of :class:`imblearn.pipeline.Pipeline`, which applies it to the windows that the
    pipeline is fitted on, and to no window that it predicts. Windows must not be resampled before they are
    split: a synthetic window on one side would be made of a window on the other.

    Synthetic windows are of no patient, and a pipeline hands later steps the `groups` of the real windows
    alone. With metadata routing on, a later step that asks for them, such as
    :class:`~sklearn_eeg.neural.CNNClassifier`, must therefore be told not to, by
    ``set_fit_request(groups=False)``. What it splits off itself then holds synthetic windows too, and is not
    split by patient.

    Each method but "gaussian" changes real windows, all used equally often, and so knows of no other
    patients. What the methods lose: "fourier" and "iaaft" waveforms and the order of events, hence spikes,
    onsets and all that is not stationary; "gaussian" these too, in part, and the differences of loudness
    between windows; "segments" slow waves, longer than a segment; "time_shift" keeps nearly everything, and
    so tells a classifier that looks at spectra little new. A channel that is constant in all windows stays
    so.

    Ends of a window that do not meet count as a jump for "fourier" and "iaaft", whose power at high
    frequencies is then too large in all of the window. The root mean square difference of the mean spectra
    (Hann taper) of synthetic and real windows was, in dB, in 781 windows of 1 s of newborns at 64 Hz
    (Helsinki, rest and seizure) and in 600 of 4 s (Bonn, without and with seizure):

    ============  ======== ======== ======== ========
    method        Helsinki          Bonn
    ------------  ----------------- -----------------
    "fourier"     4.9      6.3      1.3      2.8
    "iaaft"       4.9      6.6      1.8      3.5
    "noise"       2.6      4.3      5.1      7.5
    "time_shift"  2.0      2.2      0.8      1.1
    "segments"    3.5      3.0      1.2      1.4
    "gaussian"    0.9      0.8      0.4      0.4
    ============  ======== ======== ======== ========

    References
    ----------
    .. [1] Prichard D, Theiler J (1994) Generating surrogate data for time series with several
       simultaneously measured variables. Phys. Rev. Lett. 73, 951-954.
       https://doi.org/10.1103/PhysRevLett.73.951
    .. [2] Schreiber T, Schmitz A (2000) Surrogate time series. Physica D 142, 346-382.
       https://doi.org/10.1016/S0167-2789(00)00043-9
    .. [3] Lotte F (2015) Signal processing approaches to minimize or suppress calibration time in
       oscillatory activity-based brain-computer interfaces. Proc. IEEE 103, 871-890.
       https://doi.org/10.1109/JPROC.2015.2404941

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling import SurrogateOversampler
    >>> X = np.random.default_rng(0).normal(scale=20, size=(10, 4, 256))
    >>> y = np.array(["seizure"] * 3 + ["rest"] * 7)
    >>> sampler = SurrogateOversampler("fourier", random_state=0)
    >>> X_resampled, y_resampled = sampler.fit_resample(X, y)
    >>> X_resampled.shape, y_resampled[sampler.is_synthetic_].tolist()
    ((14, 4, 256), ['seizure', 'seizure', 'seizure', 'seizure'])
    >>> sampler.sample(2, "rest").shape
    (2, 4, 256)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **WindowOversampler._parameter_constraints,
        "method": [StrOptions(set(_METHODS))],
        "noise_share": [Interval(Real, 0, None, closed="neither")],
        "max_shift": [Interval(Real, 0, 1, closed="neither")],
        "boundary": [StrOptions({"reflect", "circular"})],
        "n_segments": [Interval(Integral, 2, None, closed="left")],
        "crossfade": [Interval(Real, 0, 1, closed="both")],
        "max_iterations": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        method: str = "fourier",
        *,
        sampling_strategy: SamplingStrategy = "auto",
        noise_share: float = 0.1,
        max_shift: float = 0.5,
        boundary: str = "reflect",
        n_segments: int = 4,
        crossfade: float = 0.5,
        max_iterations: int = 100,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.method = method
        self.sampling_strategy = sampling_strategy
        self.noise_share = noise_share
        self.max_shift = max_shift
        self.boundary = boundary
        self.n_segments = n_segments
        self.crossfade = crossfade
        self.max_iterations = max_iterations
        self.random_state = random_state

    def _fit_windows(self, X: np.ndarray, codes: np.ndarray) -> None:
        _, learn, self._draw = _METHODS[self.method]
        self._sizes = np.bincount(codes)
        self._learned = [learn(X[codes == code]) for code in range(len(self.classes_))]

    def _sample_windows(self, n_windows: int, code: int, random_state: np.random.Generator) -> np.ndarray:
        fewest = _METHODS[self.method][0]
        if self._sizes[code] < fewest:
            raise ValueError(
                f"A class needs at least {fewest} windows for method={self.method!r}, got "
                f"{self._sizes[code]} of class {self.classes_[code]}: give more, leave the class out of "
                "`sampling_strategy`, or use method='fourier'."
            )
        return self._draw(self, self._learned[code], n_windows, random_state)
