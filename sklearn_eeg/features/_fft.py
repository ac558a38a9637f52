"""Features of the power spectrum."""

from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from typing import Any, ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval

from ..signal import (
    BAND_STATISTICS,
    CLINICAL_BANDS,
    SPECTRUM_STATISTICS,
    band_power,
    periodogram,
)
from ._base import Feature, FeatureTransformer, choose_statistics


class FFTFeatures(FeatureTransformer):
    """Compute band powers and statistics of each channel's power spectrum.

    Windows in, a table of shape (n_windows, n_channels * n_features) out, with columns
    ``<channel>__fft__<band>__<statistic>`` for what a band has and ``<channel>__fft__<statistic>``
    for what the whole spectrum has.

    Parameters
    ----------
    sfreq : float
        Sampling frequency, in Hz.
    features : "all" or sequence of (str or callable), default="all"
        Statistics to compute: of each band ``power``, ``relative_power``, ``log_power``; of the
        spectrum ``spectral_entropy``, ``spectral_edge_frequency`` (95 %), ``peak_frequency``; or
        functions ``f(freqs, psd)`` that reduce the last axis of the density, which go by their names.
    bands : dict of str to (float, float), default=None
        Edges of each band, in Hz; the lower edge belongs to a band, the upper does not. None takes
        the clinical bands delta 0.5-4, theta 4-8, alpha 8-13, beta 13-30 and gamma 30-45 Hz,
        without what lies above ``sfreq / 2``.
    taper : str, default="hann"
        Taper of the window, a name that :func:`scipy.signal.get_window` knows; ``"boxcar"`` is none.
    ch_names : sequence of str, default=None
        Names of the channels; None takes those of :class:`mne.Epochs`, or ``ch0``, ``ch1``, ...

    Attributes
    ----------
    bands_ : dict of str to (float, float)
        The bands in use, in Hz.
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
        In `fit`, if a band lies above ``sfreq / 2`` or holds no frequency that windows of this
        length resolve.

    See Also
    --------
    sklearn_eeg.signal.periodogram : The spectrum.
    TimeFeatures : Features of the signal in time.

    Notes
    -----
    The spectrum is the one-sided periodogram of the mean-free, tapered window, equal to
    :func:`scipy.signal.periodogram`. With P its power in a band, in square microvolts:

    * relative power: P over the power between the lowest and the highest edge of all bands;
    * log power: ``log10(max(P, 1e-12))``;
    * spectral entropy: ``-sum(p log p) / log(n)`` of the n frequencies above 0, p their share [1]_;
      antropy and mne-features leave it undivided, and count DC;
    * edge frequency: the lowest up to which 95 % of the power above DC lies;
    * peak frequency: that of the largest density above DC.

    A constant channel has power 0, log power -12, and 0 for everything else.

    References
    ----------
    .. [1] Inouye T, Shinosaki K, Sakamoto H, et al. (1991) Quantification of EEG irregularity by use
       of the entropy of the power spectrum. Electroencephalogr. Clin. Neurophysiol. 79, 204-210.
       https://doi.org/10.1016/0013-4694(91)90138-T

    Examples
    --------
    A sine of amplitude 10 microvolts has the power 50 square microvolts:

    >>> import numpy as np
    >>> from sklearn_eeg.features import FFTFeatures
    >>> X = 10 * np.sin(2 * np.pi * 10 * np.arange(512) / 128)[np.newaxis, np.newaxis]
    >>> features = FFTFeatures(sfreq=128, features=["power", "peak_frequency"], ch_names=["O1"])
    >>> features.set_output(transform="pandas").fit_transform(X).round(3).T
                                0
    O1__fft__delta__power     0.0
    O1__fft__theta__power     0.0
    O1__fft__alpha__power    50.0
    O1__fft__beta__power      0.0
    O1__fft__gamma__power     0.0
    O1__fft__peak_frequency  10.0
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "sfreq": [Interval(Real, 0, None, closed="neither")],
        "features": [str, list, tuple],
        "bands": [dict, None],
        "taper": [str],
        "ch_names": ["array-like", None],
    }

    def __init__(
        self,
        sfreq: float,
        features: str | Sequence[str | Callable] = "all",
        *,
        bands: Mapping[str, tuple[float, float]] | None = None,
        taper: str = "hann",
        ch_names: Sequence[str] | None = None,
    ) -> None:
        self.sfreq = sfreq
        self.features = features
        self.bands = bands
        self.taper = taper
        self.ch_names = ch_names

    def _list_features(self) -> list[Feature]:
        self.bands_ = self._choose_bands()
        listed = []
        for name in self._choose_statistics():
            if name in BAND_STATISTICS:
                listed += [Feature("fft", band, name) for band in self.bands_]
            else:
                listed.append(Feature("fft", "", name))
        return listed

    def _compute(self, X: np.ndarray) -> list[np.ndarray]:
        freqs, psd = periodogram(X, self.sfreq, window=self.taper)
        edges = np.array(list(self.bands_.values()))
        powers = [band_power(freqs, psd, low, high) for low, high in edges]
        total = band_power(freqs, psd, edges.min(), edges.max())
        values = []
        for name, statistic in self._choose_statistics().items():
            if name in BAND_STATISTICS:
                values += [statistic(power, total) for power in powers]
            else:
                values.append(statistic(freqs, psd))
        return values

    def _choose_statistics(self) -> dict[str, Callable]:
        return choose_statistics(self.features, BAND_STATISTICS | SPECTRUM_STATISTICS)

    def _choose_bands(self) -> dict[str, tuple[float, float]]:
        nyquist = self.sfreq / 2
        if self.bands is None:
            bands = {
                name: (low, min(high, nyquist))
                for name, (low, high) in CLINICAL_BANDS.items()
                if low < nyquist
            }
        else:
            bands = {str(name): (float(low), float(high)) for name, (low, high) in self.bands.items()}
        if not bands:
            raise ValueError("`bands` must name at least one band, got none.")
        for name, (low, high) in bands.items():
            self._check_band(name, low, high)
        return bands

    def _check_band(self, name: str, low: float, high: float) -> None:
        nyquist, seconds = self.sfreq / 2, self.n_times_in_ / self.sfreq
        band = f"{name!r} ({low:g} to {high:g} Hz)"
        if not 0 <= low < high:
            raise ValueError(f"`bands` must have edges 0 <= low < high, got {band}.")
        if high > nyquist:
            raise ValueError(
                f"`bands` must end at or below half the sampling frequency ({nyquist:g} Hz), got "
                f"{band}: lower its upper edge or leave it out."
            )
        freqs = np.fft.rfftfreq(self.n_times_in_, 1 / self.sfreq)
        if not ((freqs >= low) & (freqs < high)).any():
            raise ValueError(
                f"`bands` holds {band}, in which windows of {seconds:g} s have no frequency (they "
                f"resolve steps of {1 / seconds:g} Hz): use longer windows or wider bands."
            )
