"""Features of the power spectrum."""

from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar

import scipy.signal
from sklearn.utils._param_validation import Interval, StrOptions

from ..signal._bands import band_bins, choose_bands
from ..signal._kernel import as_rows
from ..signal._spectrum import density
from ..signal._spectrum_statistics import BANDED_GROUPS, spectrum_sweeps
from ..signal._sweeps import Plan
from ..signal._tapers import (
    Tapering,
    overlapping_tapers,
    segment_points,
    single_taper,
    slepian_tapers,
)
from ._base import Compute, Feature, FeatureTransformer


class FFTFeatures(FeatureTransformer):
    """Compute band powers and statistics of each channel's power spectrum.

    Windows in, a table of shape (n_windows, n_channels * n_features) out, with columns
    ``<channel>__fft__<band>__<statistic>`` for what a band has and ``<channel>__fft__<statistic>``
    for what the whole spectrum has.

    Parameters
    ----------
    sfreq : float
        Sampling frequency, in Hz.
    features : "all" or str or sequence of (str or callable), default="all"
        Statistics to compute, by name or by group. Of each band:

        * ``power``, ``relative_power``, ``log_power``: groups of one statistic a band, of which
          ``<band>__power`` etc. names one.

        Of several bands:

        * ``band_ratios``: ``theta_alpha_ratio``, ``theta_beta_ratio``, ``delta_alpha_ratio``,
          ``slow_fast_ratio``, where bands of these names exist;
        * ``aperiodic``: ``aperiodic_slope``, ``aperiodic_offset``.

        Of the whole spectrum:

        * ``disorder``: ``spectral_entropy``, ``spectral_flatness``;
        * ``edges``: ``median_frequency``, ``spectral_edge_frequency_85``,
          ``spectral_edge_frequency`` (95 %);
        * ``peak``: ``peak_frequency``;
        * ``moments``: ``total_power``, ``spectral_centroid``, ``spectral_spread``;

        or functions ``f(freqs, psd)`` of the frequencies and the densities of shape
        (n_signals, n_freqs), which reduce the last axis and go by their names.
    method : {"periodogram", "welch", "multitaper"}, default="periodogram"
        Estimate of the spectrum: of the whole window, averaged over segments that overlap by half,
        or averaged over Slepian tapers.
    bands : dict of str to (float, float), default=None
        Edges of each band, in Hz; the lower edge belongs to a band, the upper does not, unless it is
        ``sfreq / 2``. None takes the clinical bands delta 0.5-4, theta 4-8, alpha 8-13, beta 13-30
        and gamma 30-45 Hz, without what lies above ``sfreq / 2``.
    taper : str, default="hann"
        Taper of the window or segment, a name that :func:`scipy.signal.get_window` knows;
        ``"boxcar"`` is none. Multitaper has its own.
    segment_seconds : float, default=1.0
        Length of a segment of ``method="welch"``, in seconds; at most the window's.
    bandwidth : float, default=None
        Width of the band that ``method="multitaper"`` spreads a frequency's power over, in Hz; None
        takes 8 divided by the length of the window in seconds.
    n_jobs : int or None, default=None
        Number of threads, as in joblib: None is 1, -1 all processors.
    ch_names : sequence of str, default=None
        Names of the channels; None takes those of :class:`mne.Epochs`, or ``ch0``, ``ch1``, ...

    Attributes
    ----------
    bands_ : dict of str to (float, float)
        The bands in use, in Hz.
    features_ : list of Feature
        The columns: channel, family, band, statistic.
    n_features_in_ : int
        Number of channels (3-D windows) or time points (2-D windows).
    n_channels_in_, n_times_in_ : int
        Shape of a window.
    ch_names_in_ : list of str
        Names of the channels.

    Raises
    ------
    ValueError
        In `fit`, if a band lies above ``sfreq / 2`` or holds no frequency that windows (or segments)
        of this length resolve, or if the taper is not known.

    See Also
    --------
    sklearn_eeg.signal.periodogram : The spectrum.
    TimeFeatures : Features of the signal in time.

    Notes
    -----
    The spectrum is the one-sided power spectral density, the mean of the window or segment removed:
    that of :func:`scipy.signal.periodogram`, :func:`scipy.signal.welch`, or
    :func:`mne.time_frequency.psd_array_multitaper` (with ``normalization="full"``). A frequency within
    1e-6 frequency steps of an edge counts as lying on it. With P the power in a band (the densities
    times the frequency step), in square microvolts:

    * relative power: P over the power between the lowest and the highest edge of all bands;
    * log power: ``log10(max(P, 1e-12))``;
    * ratios of the powers of two bands; ``slow_fast_ratio`` is that of delta and theta to alpha and
      beta [1]_; 0 where the denominator is 0 or, being mere rounding, less than 1e-24 of the
      numerator;
    * aperiodic slope and offset: the least-squares line through log10 density over log10 frequency
      between the lowest and the highest edge of all bands, at the frequencies above 0; the offset is
      that at 1 Hz, at least -12. specparam fits the line after taking peaks away, and its exponent is
      minus the slope [2]_: here an alpha peak counts, and tilts the line.

    Of all frequencies above 0, n in number, with p their shares of the power:

    * spectral entropy: ``-sum(p log p) / log(n)``, between 0 (one frequency) and 1 (white) [3]_;
      antropy and mne-features leave it undivided, antropy counts DC;
    * flatness: geometric over arithmetic mean of the densities, between 0 and 1;
    * median and edge frequencies: the lowest up to which 50, 85 or 95 % of the power lies, not
      interpolated;
    * total power, in square microvolts: with a boxcar taper the window's variance;
    * peak frequency: that of the largest density;
    * centroid ``sum(p f)`` and spread ``sqrt(sum(p (f - centroid)**2))``, in Hz.

    A constant channel has log power and aperiodic offset -12, and 0 for everything else.

    References
    ----------
    .. [1] Finnigan S, Wong A, Read S (2016) Defining abnormal slow EEG activity in acute ischaemic
       stroke: delta/alpha ratio as an optimal QEEG index. Clin. Neurophysiol. 127, 1452-1459.
       https://doi.org/10.1016/j.clinph.2015.07.014
    .. [2] Donoghue T, Haller M, Peterson EJ, et al. (2020) Parameterizing neural power spectra into
       periodic and aperiodic components. Nat. Neurosci. 23, 1655-1665.
       https://doi.org/10.1038/s41593-020-00744-x
    .. [3] Inouye T, Shinosaki K, Sakamoto H, et al. (1991) Quantification of EEG irregularity by use
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
        "method": [StrOptions({"periodogram", "welch", "multitaper"})],
        "bands": [dict, None],
        "taper": [str],
        "segment_seconds": [Interval(Real, 0, None, closed="neither")],
        "bandwidth": [Interval(Real, 0, None, closed="neither"), None],
        "n_jobs": [Integral, None],
        "ch_names": ["array-like", None],
    }

    def __init__(
        self,
        sfreq: float,
        features: str | Sequence[str | Callable] = "all",
        *,
        method: str = "periodogram",
        bands: Mapping[str, tuple[float, float]] | None = None,
        taper: str = "hann",
        segment_seconds: float = 1.0,
        bandwidth: float | None = None,
        n_jobs: int | None = None,
        ch_names: Sequence[str] | None = None,
    ) -> None:
        self.sfreq = sfreq
        self.features = features
        self.method = method
        self.bands = bands
        self.taper = taper
        self.segment_seconds = segment_seconds
        self.bandwidth = bandwidth
        self.n_jobs = n_jobs
        self.ch_names = ch_names

    def _prepare(self) -> None:
        self._check_taper()
        self._tapering = self._make_tapering()
        self.bands_ = choose_bands(self.bands, self.sfreq)
        self._check_resolution()

    def _list_features(self, channels: list[str]) -> list[Feature]:
        parts = {f"{band}__{group}": (band, group) for band in self.bands_ for group in BANDED_GROUPS}
        names = Plan(self.features, spectrum_sweeps(self._tapering.freqs, self.bands_)).names
        return [
            Feature(channel, "fft", *parts.get(name, ("", name))) for channel in channels for name in names
        ]

    def _make_compute(self) -> Compute:
        tapering, freqs = self._tapering, self._tapering.freqs
        sweeps = spectrum_sweeps(freqs, self.bands_)
        plan = Plan(self.features, sweeps)
        banded = {name for group in BANDED_GROUPS if group in sweeps for name in sweeps[group].statistics}
        if set(plan.names) <= banded:
            freqs = freqs[: max(band_bins(freqs, *edges)[1] for edges in self.bands_.values())]
        return lambda X: plan.run(freqs, density(as_rows(X), tapering, len(freqs)))

    def _make_tapering(self) -> Tapering:
        n_times, sfreq = self.n_times_in_, float(self.sfreq)
        if self.method == "multitaper":
            return slepian_tapers(n_times, sfreq, self.bandwidth)
        if self.method == "periodogram":
            return single_taper(n_times, sfreq, self.taper)
        n_segment = segment_points(n_times, sfreq, self.segment_seconds)
        return overlapping_tapers(n_times, n_segment, sfreq, self.taper)

    def _check_taper(self) -> None:
        try:
            scipy.signal.get_window(self.taper, self.n_times_in_)
        except ValueError as error:
            raise ValueError(
                "`taper` must be a name that scipy.signal.get_window knows and that needs no further "
                f"parameters, got {self.taper!r}."
            ) from error

    def _check_resolution(self) -> None:
        freqs, what = self._tapering.freqs, "segments" if self.method == "welch" else "windows"
        for name, (low, high) in self.bands_.items():
            start, stop = band_bins(freqs, low, high)
            if start == stop:
                raise ValueError(
                    f"`bands` holds {name!r} ({low:g} to {high:g} Hz), in which {what} of {1 / freqs[1]:g} s "
                    f"have no frequency (they resolve steps of {freqs[1]:g} Hz): use longer {what} or wider "
                    "bands."
                )
