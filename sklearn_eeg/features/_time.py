"""Features of the signal in time."""

from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any, ClassVar

from ..signal import TIME_SWEEPS
from ..signal._kernel import as_rows
from ..signal._sweeps import Plan
from ._base import Compute, Feature, FeatureTransformer


class TimeFeatures(FeatureTransformer):
    """Compute statistics of each channel in time.

    Windows in, a table of shape (n_windows, n_channels * n_features) out, with columns
    ``<channel>__time__<statistic>``.

    Parameters
    ----------
    features : "all" or str or sequence of (str or callable), default="all"
        Statistics to compute, by name or by group:

        * ``basic``: ``mean``, ``standard_deviation``, ``variance``, ``skewness``, ``kurtosis``,
          ``energy``, ``rms``, ``zero_crossing_rate``, ``line_length``, ``hjorth_activity``,
          ``hjorth_mobility``, ``hjorth_complexity``;
        * ``extremes``: ``minimum``, ``maximum``, ``peak_to_peak``;
        * ``quantiles``: ``quantile_5``, ``lower_quartile``, ``median``, ``upper_quartile``,
          ``quantile_95``, ``interquartile_range``;
        * ``teager_kaiser``: ``teager_kaiser_mean``, ``teager_kaiser_sd``;
        * ``turning_points``: ``n_extrema``, ``extrema_interval``;
        * ``autocorrelation``: ``autocorrelation_width``, ``decorrelation_time``;

        or functions of an array of shape (n_signals, n_times) that reduce its last axis, which go by
        their names.
    n_jobs : int or None, default=None
        Number of threads, as in joblib: None is 1, -1 all processors.
    ch_names : sequence of str, default=None
        Names of the channels; None takes those of :class:`mne.Epochs`, or ``ch0``, ``ch1``, ...

    Attributes
    ----------
    features_ : list of Feature
        The columns: channel, family, band, statistic.
    n_features_in_ : int
        Number of channels (3-D windows) or time points (2-D windows).
    n_channels_in_, n_times_in_ : int
        Shape of a window.
    ch_names_in_ : list of str
        Names of the channels.

    See Also
    --------
    FFTFeatures : Features of the power spectrum.
    WaveletFeatures : Features of the wavelet sub-bands.

    Notes
    -----
    With N time points x in microvolts, all sums over them, m the mean and d the differences of
    successive points:

    * variance (and Hjorth's activity) ``sum((x - m)**2) / N``, its root the standard deviation;
    * skewness and kurtosis: third and fourth standardised moment, the latter less 3; both as in
      :mod:`scipy.stats`, without correction for bias;
    * energy ``sum(x**2)``; rms ``sqrt(energy / N)``;
    * zero-crossing rate: the share of the N - 1 successive pairs that differ in sign, zero counting
      as positive (librosa's rule; others differ only where a value is exactly 0);
    * line length ``mean(abs(d))`` [1]_: divided by N - 1 as in mne-features and NeuroKit, where
      tsfel and tsfresh give the sum;
    * Hjorth's mobility ``sd(d) / sd(x)``, complexity ``mobility(d) / mobility(x)`` [2]_: per time
      point, not per second;
    * quantiles: interpolated linearly, as :func:`numpy.quantile` does by default;
    * Teager-Kaiser energy ``x[i]**2 - x[i-1] * x[i+1]``, its mean and standard deviation [3]_;
    * extrema: changes of direction, a plateau between a rise and a fall counting once; the interval
      is that from the first to the last over their number less one, in time points;
    * autocorrelation (of x - m, not padded, divided by N): its width at half maximum, twice the lag at
      which it falls to 1/2, and the lag at which it falls to 0, in time points, interpolated linearly;
      N where it does not fall so far.

    Sums of powers are taken about a value of the signal, so an offset costs no precision.

    A constant channel has 0 everywhere but in mean, energy, rms, extremes and quantiles.

    References
    ----------
    .. [1] Esteller R, Echauz J, Tcheng T, Litt B, Pless B (2001) Line length: an efficient feature
       for seizure onset detection. Proc. 23rd IEEE EMBS, 1707-1710.
       https://doi.org/10.1109/IEMBS.2001.1020545
    .. [2] Hjorth B (1970) EEG analysis based on time domain properties. Electroencephalogr. Clin.
       Neurophysiol. 29, 306-310. https://doi.org/10.1016/0013-4694(70)90143-4
    .. [3] Kaiser JF (1990) On a simple algorithm to calculate the 'energy' of a signal. Proc. ICASSP,
       381-384. https://doi.org/10.1109/ICASSP.1990.115702

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.features import TimeFeatures
    >>> X = np.array([[[3.0, -3.0, 3.0, -3.0], [1.0, 2.0, 3.0, 4.0]]])
    >>> features = TimeFeatures(["rms", "zero_crossing_rate"], ch_names=["Fz", "Cz"])
    >>> features.set_output(transform="pandas").fit_transform(X).round(3).T
                                   0
    Fz__time__rms              3.000
    Fz__time__zero_crossing_rate  1.000
    Cz__time__rms              2.739
    Cz__time__zero_crossing_rate  0.000
    """

    _bears_nan = True
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "features": [str, list, tuple],
        "n_jobs": [Integral, None],
        "ch_names": ["array-like", None],
    }

    def __init__(
        self,
        features: str | Sequence[str | Callable] = "all",
        *,
        n_jobs: int | None = None,
        ch_names: Sequence[str] | None = None,
    ) -> None:
        self.features = features
        self.n_jobs = n_jobs
        self.ch_names = ch_names

    def _list_features(self, channels: list[str]) -> list[Feature]:
        names = Plan(self.features, TIME_SWEEPS).names
        return [Feature(channel, "time", "", name) for channel in channels for name in names]

    def _make_compute(self) -> Compute:
        plan = Plan(self.features, TIME_SWEEPS)
        return lambda X: plan.run(as_rows(X))
