"""Noise removal: clipping, mains, artifact subspace reconstruction, wavelet shrinkage, band-pass."""

from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import pywt
from sklearn.utils._param_validation import Interval, StrOptions

from ..signal import (
    THRESHOLD_MODES,
    THRESHOLD_RULES,
    asr_calibrate,
    asr_clean,
    bandpass,
    check_edges,
    clip_amplitude,
    is_flat,
    max_level,
    notch,
    remove_line,
    wavelet_shrinkage,
)
from ._base import WindowsTransformer

_MAINS_METHODS: dict[str, Callable[..., np.ndarray]] = {"notch": notch, "interpolate": remove_line}
_CALIBRATION_WINDOWS = 1024  # about so many are enough to calibrate on


class Denoiser(WindowsTransformer):
    """Remove mains hum, broad-band noise, artefacts and whatever lies outside a band.

    Windows in, windows of the same shape out. The stages run in this order, and each can be switched
    off by None (`stages_` lists those that run):

    1. clip: amplitudes far out are clipped, before a filter smears them;
    2. mains: the hum is removed, since a sinusoid would pass for noise, or for an artefact;
    3. asr: artifact subspace reconstruction, which looks at what the later stages would remove (muscle); on
       simulated artefacts it gained by little more here than after a high-pass filter or at the end;
    4. wavelet: shrinkage, which takes the noise level from the highest frequencies;
    5. band: the band-pass, which removes these.

    Parameters
    ----------
    sfreq : float
        Sampling frequency, in Hz.
    clip : float or None, default=None
        Robust standard deviations, of each channel in each window, beyond which amplitudes are clipped;
        8 touches little else than electrode pops. None for no clipping.
    mains : float or None, default=50.0
        Frequency of the mains, in Hz (60 in the Americas), below ``sfreq / 2``; None for leaving it.
    mains_method : {"notch", "interpolate"}, default="notch"
        A notch filter, or spectral interpolation, which takes hum out to the ends of short windows but
        needs at least 40 time points.
    mains_harmonics : int, default=1
        Number of multiples of `mains` to remove, itself included.
    asr : float or None, default=None
        Cutoff of artifact subspace reconstruction [3]_: by how many robust standard deviations a
        component may exceed its usual size in the training windows; 5 to 20 are usual. None for no
        reconstruction. Windows of one channel pass it unchanged.
    wavelet : str or None, default="sym4"
        Discrete wavelet of PyWavelets for the shrinkage; None for no shrinkage.
    level : int or None, default=None
        Number of decompositions; None takes as many as the window's length allows, 5 at the most.
    threshold : {"sure", "universal", "bayes"}, default="sure"
        Rule by which each level's threshold follows from the noise level: Stein's unbiased risk
        estimate [2]_; sigma * sqrt(2 log n_times) [1]_, which removes more; or sigma squared over
        the standard deviation of what is not noise [4]_.
    threshold_mode : {"soft", "hard", "garrote"}, default="soft"
        Whether coefficients above the threshold are drawn towards 0 by it, kept, or drawn the less the
        larger they are.
    band : tuple of two (float or None), or None, default=(0.5, 45.0)
        Edges of the pass band, in Hz, each between 0 and ``sfreq / 2``; None leaves a side open, and
        None for the whole is no band-pass.
    band_method : {"iir", "fir"}, default="iir"
        A Butterworth filter run forward and backward, or a symmetric finite response.
    ch_names : sequence of str, default=None
        Names of the channels; None takes those of :class:`mne.Epochs`, or ``ch0``, ``ch1``, ...

    Attributes
    ----------
    stages_ : list of str
        The stages that run, in their order: of "clip", "mains", "asr", "wavelet", "band".
    level_ : int
        Number of decompositions that the windows' length allows; 0 leaves them as they are.
    asr_state_ : ASRState or None
        What the reconstruction learned; None where it is switched off.
    n_features_in_ : int
        Number of channels (3-D windows) or time points (2-D windows).
    n_channels_in_, n_times_in_ : int
        Shape of a window.
    ch_names_in_ : list of str
        Names of the channels.

    See Also
    --------
    sklearn_eeg.signal.bandpass : The band-pass.
    sklearn_eeg.signal.notch : The notch.
    sklearn_eeg.signal.remove_line : The spectral interpolation.
    sklearn_eeg.signal.clip_amplitude : The clipping.
    sklearn_eeg.signal.asr_clean : The reconstruction.
    sklearn_eeg.signal.wavelet_shrinkage : The shrinkage.

    Notes
    -----
    The reconstruction alone learns from the values of the windows, in `fit`, on about 1000 of them spread
    evenly, after the stages before it. Everything else filters each window alone. All filters are
    zero-phase. A constant channel becomes 0 where a lower edge is set and stays as it is otherwise.

    What is called an artefact is what is large: a low `asr` can remove seizures.

    References
    ----------
    .. [1] Donoho DL, Johnstone IM (1994) Ideal spatial adaptation by wavelet shrinkage. Biometrika
       81, 425-455. https://doi.org/10.1093/biomet/81.3.425
    .. [2] Donoho DL, Johnstone IM (1995) Adapting to unknown smoothness via wavelet shrinkage.
       J. Am. Stat. Assoc. 90, 1200-1224. https://doi.org/10.1080/01621459.1995.10476626
    .. [3] Mullen TR, Kothe CAE, Chi YM, et al. (2015) Real-time neuroimaging and cognitive monitoring
       using wearable dry EEG. IEEE Trans. Biomed. Eng. 62, 2553-2567.
       https://doi.org/10.1109/TBME.2015.2481482
    .. [4] Chang SG, Yu B, Vetterli M (2000) Adaptive wavelet thresholding for image denoising and
       compression. IEEE Trans. Image Process. 9, 1532-1546. https://doi.org/10.1109/83.862633

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.preprocessing import Denoiser
    >>> t = np.arange(1024) / 256
    >>> brain, mains = 40 * np.sin(2 * np.pi * 10 * t), 20 * np.sin(2 * np.pi * 50 * t)
    >>> X = np.tile(brain + mains, (5, 19, 1))
    >>> denoiser = Denoiser(sfreq=256)
    >>> cleaned = denoiser.fit_transform(X)
    >>> cleaned.shape, denoiser.stages_
    ((5, 19, 1024), ['mains', 'wavelet', 'band'])
    >>> error = np.abs(cleaned - brain)[..., 256:-256]
    >>> bool(error.max() < 1)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "sfreq": [Interval(Real, 0, None, closed="neither")],
        "clip": [Interval(Real, 0, None, closed="neither"), None],
        "mains": [Interval(Real, 0, None, closed="neither"), None],
        "mains_method": [StrOptions(set(_MAINS_METHODS))],
        "mains_harmonics": [Interval(Integral, 1, None, closed="left")],
        "asr": [Interval(Real, 0, None, closed="neither"), None],
        "wavelet": [StrOptions(set(pywt.wavelist(kind="discrete"))), None],
        "level": [Interval(Integral, 1, None, closed="left"), None],
        "threshold": [StrOptions(set(THRESHOLD_RULES))],
        "threshold_mode": [StrOptions(set(THRESHOLD_MODES))],
        "band": [tuple, list, None],
        "band_method": [StrOptions({"iir", "fir"})],
        "ch_names": ["array-like", None],
    }

    def __init__(
        self,
        sfreq: float,
        *,
        clip: float | None = None,
        mains: float | None = 50.0,
        mains_method: str = "notch",
        mains_harmonics: int = 1,
        asr: float | None = None,
        wavelet: str | None = "sym4",
        level: int | None = None,
        threshold: str = "sure",
        threshold_mode: str = "soft",
        band: tuple[float | None, float | None] | None = (0.5, 45.0),
        band_method: str = "iir",
        ch_names: Sequence[str] | None = None,
    ) -> None:
        self.sfreq = sfreq
        self.clip = clip
        self.mains = mains
        self.mains_method = mains_method
        self.mains_harmonics = mains_harmonics
        self.asr = asr
        self.wavelet = wavelet
        self.level = level
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.band = band
        self.band_method = band_method
        self.ch_names = ch_names

    def _fit(self, X: np.ndarray, y: Any) -> None:  # noqa: ARG002
        self._check_mains(X.shape[-1])
        self._check_band()
        self.level_ = self._choose_level(X.shape[-1])
        self.asr_state_ = None
        if self.asr is not None:
            chosen = X[:: max(1, len(X) // _CALIBRATION_WINDOWS)]
            self.asr_state_ = asr_calibrate(
                self._run(chosen, self._list_stages(before_asr=True)), self.sfreq, cutoff=self.asr
            )
        self.stages_ = self._list_stages()

    def _list_stages(self, *, before_asr: bool = False) -> list[str]:
        first = {"clip": self.clip is not None, "mains": self.mains is not None}
        runs = (
            first
            if before_asr
            else first
            | {
                "asr": self.asr_state_ is not None and self.asr_state_.live.any(),
                "wavelet": self.level_ > 0,
                "band": self.band is not None and tuple(self.band) != (None, None),
            }
        )
        return [stage for stage, does in runs.items() if does]

    def _check_mains(self, n_times: int) -> None:
        if self.mains is None:
            return
        if self.mains >= self.sfreq / 2:
            raise ValueError(
                f"`mains` must lie below half the sampling frequency ({self.sfreq / 2:g} Hz), got "
                f"{self.mains:g}: pass mains=None, the recording cannot hold it."
            )
        try:
            self._remove_mains(np.zeros(n_times))
        except ValueError as error:
            raise ValueError(
                f"`mains_method` {self.mains_method!r} cannot serve these windows. {error}"
            ) from None

    def _check_band(self) -> None:
        if self.band is None:
            return
        if len(self.band) != 2 or not all(edge is None or isinstance(edge, Real) for edge in self.band):
            raise ValueError(f"`band` must hold two edges in Hz (or None), got {self.band!r}.")
        try:
            check_edges(self.sfreq, *self.band)
        except ValueError as error:
            raise ValueError(f"`band` {tuple(self.band)} cannot be passed. {error}") from None

    def _choose_level(self, n_times: int) -> int:
        if self.wavelet is None:
            return 0
        deepest = max_level(n_times, self.wavelet)
        if self.level is None:
            return min(deepest, 5)
        if self.level > deepest:
            raise ValueError(
                f"`level` must be at most {deepest} for {self.wavelet} on windows of {n_times} time "
                f"points, got {self.level}."
            )
        return self.level

    def _transform(self, X: np.ndarray) -> np.ndarray:
        cleaned = self._run(X, self.stages_)
        keeps_level = self.band is None or self.band[0] is None
        return np.where(is_flat(X)[..., np.newaxis], X[..., :1] * keeps_level, cleaned)

    def _run(self, X: np.ndarray, stages: Sequence[str]) -> np.ndarray:
        """Run the stages of these names over windows of shape (n_windows, n_channels, n_times)."""
        shrinking = {"rule": self.threshold, "mode": self.threshold_mode}
        steps: dict[str, tuple[Callable[..., np.ndarray], tuple[Any, ...], dict[str, Any]]] = {
            "clip": (clip_amplitude, (self.clip,), {}),
            "mains": (self._remove_mains, (), {}),
            "asr": (asr_clean, (self.asr_state_,), {}),
            "wavelet": (wavelet_shrinkage, (self.wavelet, self.level_), shrinking),
            "band": (bandpass, (self.sfreq, *(self.band or ())), {"method": self.band_method}),
        }
        for stage in stages:
            function, arguments, options = steps[stage]
            X = function(X, *arguments, **options)
        return X

    def _remove_mains(self, x: np.ndarray) -> np.ndarray:
        return _MAINS_METHODS[self.mains_method](x, self.sfreq, self.mains, harmonics=self.mains_harmonics)
