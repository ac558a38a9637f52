"""Noise removal: mains notch, wavelet shrinkage, band-pass."""

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import pywt
from sklearn.utils._param_validation import Interval, StrOptions

from ..signal import (
    THRESHOLD_RULES,
    bandpass,
    check_edges,
    is_flat,
    max_level,
    notch,
    wavelet_shrinkage,
)
from ._base import WindowsTransformer


class Denoiser(WindowsTransformer):
    """Remove mains hum, broad-band noise and whatever lies outside a band.

    Windows in, windows of the same shape out. The stages run in this order, and each can be switched
    off by None: the notch first, since a sinusoid would pass for noise; then wavelet shrinkage, which
    takes the noise level from the highest frequencies; then the band-pass, which removes these.

    Parameters
    ----------
    sfreq : float
        Sampling frequency, in Hz.
    mains : float or None, default=50.0
        Frequency of the mains, in Hz (60 in the Americas), below ``sfreq / 2``; None for no notch.
    wavelet : str or None, default="sym4"
        Discrete wavelet of PyWavelets for the shrinkage; None for no shrinkage.
    level : int or None, default=None
        Number of decompositions; None takes as many as the window's length allows, 5 at the most.
    threshold : {"sure", "universal"}, default="sure"
        Rule by which each level's threshold follows from the noise level: Stein's unbiased risk
        estimate [2]_, or sigma * sqrt(2 log n_times) [1]_, which removes more.
    threshold_mode : {"soft", "hard"}, default="soft"
        Whether coefficients above the threshold are drawn towards 0 or kept.
    band : tuple of two (float or None), or None, default=(0.5, 45.0)
        Edges of the pass band, in Hz, each between 0 and ``sfreq / 2``; None leaves a side open, and
        None for the whole is no band-pass.
    ch_names : sequence of str, default=None
        Names of the channels; None takes those of :class:`mne.Epochs`, or ``ch0``, ``ch1``, ...

    Attributes
    ----------
    level_ : int
        Number of decompositions that the windows' length allows; 0 leaves them as they are.
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
    sklearn_eeg.signal.wavelet_shrinkage : The shrinkage.

    Notes
    -----
    Nothing is learned from the values of the windows: each is filtered alone. All filters are
    zero-phase. A constant channel becomes 0 where a lower edge is set and stays as it is otherwise.

    References
    ----------
    .. [1] Donoho DL, Johnstone IM (1994) Ideal spatial adaptation by wavelet shrinkage. Biometrika
       81, 425-455. https://doi.org/10.1093/biomet/81.3.425
    .. [2] Donoho DL, Johnstone IM (1995) Adapting to unknown smoothness via wavelet shrinkage.
       J. Am. Stat. Assoc. 90, 1200-1224. https://doi.org/10.1080/01621459.1995.10476626

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.preprocessing import Denoiser
    >>> t = np.arange(1024) / 256
    >>> brain, mains = 40 * np.sin(2 * np.pi * 10 * t), 20 * np.sin(2 * np.pi * 50 * t)
    >>> X = np.tile(brain + mains, (5, 19, 1))
    >>> cleaned = Denoiser(sfreq=256).fit_transform(X)
    >>> cleaned.shape
    (5, 19, 1024)
    >>> error = np.abs(cleaned - brain)[..., 256:-256]
    >>> bool(error.max() < 1)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "sfreq": [Interval(Real, 0, None, closed="neither")],
        "mains": [Interval(Real, 0, None, closed="neither"), None],
        "wavelet": [StrOptions(set(pywt.wavelist(kind="discrete"))), None],
        "level": [Interval(Integral, 1, None, closed="left"), None],
        "threshold": [StrOptions(set(THRESHOLD_RULES))],
        "threshold_mode": [StrOptions({"soft", "hard"})],
        "band": [tuple, list, None],
        "ch_names": ["array-like", None],
    }

    def __init__(
        self,
        sfreq: float,
        *,
        mains: float | None = 50.0,
        wavelet: str | None = "sym4",
        level: int | None = None,
        threshold: str = "sure",
        threshold_mode: str = "soft",
        band: tuple[float | None, float | None] | None = (0.5, 45.0),
        ch_names: Sequence[str] | None = None,
    ) -> None:
        self.sfreq = sfreq
        self.mains = mains
        self.wavelet = wavelet
        self.level = level
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.band = band
        self.ch_names = ch_names

    def _fit(self, X: np.ndarray, y: Any) -> None:  # noqa: ARG002
        if self.mains is not None and self.mains >= self.sfreq / 2:
            raise ValueError(
                f"`mains` must lie below half the sampling frequency ({self.sfreq / 2:g} Hz), got "
                f"{self.mains:g}: pass mains=None, the recording cannot hold it."
            )
        self._check_band()
        self.level_ = self._choose_level(X.shape[-1])

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
        flat, level = is_flat(X), X[..., 0]
        if self.mains is not None:
            X = notch(X, self.sfreq, self.mains)
        if self.wavelet is not None:
            X = wavelet_shrinkage(X, self.wavelet, self.level_, rule=self.threshold, mode=self.threshold_mode)
        if self.band is not None:
            X = bandpass(X, self.sfreq, *self.band)
        keeps_level = self.band is None or self.band[0] is None
        return np.where(flat[..., np.newaxis], level[..., np.newaxis] * keeps_level, X)
