"""Features of the wavelet sub-bands."""

from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
import pywt
from sklearn.utils._param_validation import Interval, StrOptions

from ..signal import WAVELET_STATISTICS, max_level, subband_names, subbands
from ._base import Feature, FeatureTransformer, choose_statistics


class WaveletFeatures(FeatureTransformer):
    """Compute statistics of the sub-bands of each channel's discrete wavelet transform.

    Windows in, a table of shape (n_windows, n_channels * n_features) out, with columns
    ``<channel>__wavelet__<band>__<statistic>``; the bands are ``a<level>`` for the approximation and
    ``d<level>`` to ``d1`` for the details, ``d1`` the fastest.

    Parameters
    ----------
    wavelet : str, default="db4"
        Discrete wavelet of PyWavelets.
    level : int or None, default=None
        Number of decompositions; None takes as many as the window's length allows, 5 at the most.
    features : "all" or sequence of (str or callable), default="all"
        Statistics of each sub-band, among ``energy``, ``relative_energy``, ``mean_absolute_value``,
        ``standard_deviation`` and ``entropy``; or functions ``f(coefficients, total)`` of an array of
        shape (..., n_coefficients) and the energy of all sub-bands together, which go by their names.
    mode : str, default="symmetric"
        How PyWavelets extends the window at its ends.
    ch_names : sequence of str, default=None
        Names of the channels; None takes those of :class:`mne.Epochs`, or ``ch0``, ``ch1``, ...

    Attributes
    ----------
    level_ : int
        Number of decompositions.
    features_ : list of Feature
        The features of one channel: family, band, statistic.
    n_features_in_ : int
        Number of channels (3-D windows) or time points (2-D windows).
    n_channels_in_, n_times_in_ : int
        Shape of a window.
    ch_names_in_ : list of str
        Names of the channels.

    Raises
    ------
    ValueError
        In `fit`, if the windows are too short for the wavelet and level.

    See Also
    --------
    sklearn_eeg.signal.subbands : The transform.
    FFTFeatures : Features of the power spectrum.

    Notes
    -----
    The coefficients c are those of :func:`pywt.wavedec`. Energy is ``sum(c**2)``; relative energy is
    that over the sum of all sub-bands' energies; entropy is ``-sum(p log2 p)`` of
    ``p = c**2 / sum(c**2)`` [1]_, in bits. A constant channel has all its energy in the approximation
    and 0 in each detail.

    References
    ----------
    .. [1] Coifman RR, Wickerhauser MV (1992) Entropy-based algorithms for best basis selection.
       IEEE Trans. Inf. Theory 38, 713-718. https://doi.org/10.1109/18.119732

    Examples
    --------
    An alternating signal has all its energy in the finest details:

    >>> import numpy as np
    >>> from sklearn_eeg.features import WaveletFeatures
    >>> X = np.tile([1.0, -1.0], (1, 1, 32))
    >>> features = WaveletFeatures("haar", level=2, features=["relative_energy"], ch_names=["Cz"])
    >>> features.set_output(transform="pandas").fit_transform(X).round(3).T
                                         0
    Cz__wavelet__a2__relative_energy   0.0
    Cz__wavelet__d2__relative_energy   0.0
    Cz__wavelet__d1__relative_energy   1.0
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "wavelet": [StrOptions(set(pywt.wavelist(kind="discrete")))],
        "level": [Interval(Integral, 1, None, closed="left"), None],
        "features": [str, list, tuple],
        "mode": [StrOptions(set(pywt.Modes.modes))],
        "ch_names": ["array-like", None],
    }

    def __init__(
        self,
        wavelet: str = "db4",
        *,
        level: int | None = None,
        features: str | Sequence[str | Callable] = "all",
        mode: str = "symmetric",
        ch_names: Sequence[str] | None = None,
    ) -> None:
        self.wavelet = wavelet
        self.level = level
        self.features = features
        self.mode = mode
        self.ch_names = ch_names

    def _list_features(self) -> list[Feature]:
        statistics = choose_statistics(self.features, WAVELET_STATISTICS)
        self.level_ = self._choose_level()
        bands = subband_names(self.level_)
        return [Feature("wavelet", band, name) for band in bands for name in statistics]

    def _compute(self, X: np.ndarray) -> list[np.ndarray]:
        statistics = choose_statistics(self.features, WAVELET_STATISTICS).values()
        bands = subbands(X, self.wavelet, self.level_, mode=self.mode).values()
        total = sum(np.square(c).sum(axis=-1) for c in bands)
        return [statistic(c, total) for c in bands for statistic in statistics]

    def _choose_level(self) -> int:
        deepest, n_times = max_level(self.n_times_in_, self.wavelet), self.n_times_in_
        if deepest < max(1, self.level or 1):
            filter_length = pywt.Wavelet(self.wavelet).dec_len
            needed = (filter_length - 1) * 2 ** (self.level or 1)
            raise ValueError(
                f"Windows of {n_times} time points (n_features={n_times}) are too short for "
                f"{self.level or 1} decompositions by {self.wavelet}: at least {needed} are needed. "
                "Use longer windows, a smaller `level` or a shorter `wavelet`."
            )
        return min(deepest, 5) if self.level is None else self.level
