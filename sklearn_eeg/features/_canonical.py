"""The canonical features of time series, catch22."""

from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any, ClassVar

from ..signal._catch22 import plan_canonical, run_canonical
from ..signal._kernel import as_rows
from ._base import Compute, Feature, FeatureTransformer


class CanonicalFeatures(FeatureTransformer):
    """Compute the canonical features of time series, catch22, of each channel.

    Windows in, a table of shape (n_windows, n_channels * n_features) out, with columns
    ``<channel>__canonical__<statistic>``. The 22 features were chosen from thousands for telling
    classes of time series apart [1]_; mean and standard deviation, which they leave out, make 24.

    Parameters
    ----------
    features : "all" or str or sequence of (str or callable), default="all"
        Features to compute, by the names that pycatch22 1.0 gives them or by group; pycatch22's short
        names stand in brackets:

        * ``histogram``: ``DN_HistogramMode_5`` (mode_5), ``DN_HistogramMode_10`` (mode_10);
        * ``outliers``: ``DN_OutlierInclude_p_001_mdrmd`` (outlier_timing_pos),
          ``DN_OutlierInclude_n_001_mdrmd`` (outlier_timing_neg);
        * ``autocorrelation``: ``CO_FirstCrossing_acf_1e_pointOfCrossing`` (acf_timescale),
          ``CO_FirstMin_ac`` (acf_first_min), ``IN_AutoMutualInfoStats_40_gaussian_fmmi``
          (ami_timescale), ``FC_LocalSimple_mean1_taurat`` (whiten_timescale);
        * ``spectrum``: ``SP_Summaries_fft_area_5_1`` (low_freq_power), ``SP_Summaries_fft_wq_50``
          (median_freq);
        * ``differences``: ``FC_LocalSimple_mean3_stde`` (forecast_error), ``MD_pNN_pnn40``
          (high_fluctuation), ``CO_trev_1_num`` (trev);
        * ``stretches``: ``SB_BinaryStats_mean_longstretch1`` (stretch_high),
          ``SB_BinaryStats_diff_longstretch0`` (stretch_decreasing);
        * ``pairs``: ``SB_MotifThree_quantile_hh`` (entropy_pairs),
          ``CO_HistogramAMI_even_5bin_ami2`` (ami2);
        * ``transitions``: ``SB_TransitionMatrix_quantile_3_ac_sumdiagcov`` (transition_variance);
        * ``periodicity``: ``PD_PeriodicityWang_th0_01`` (periodicity);
        * ``embedding``: ``CO_Embed2_Dist_tau_d_expfit_meandiff`` (embedding_dist);
        * ``fluctuation``: ``SC_FluctAnal_2_rsrangefit_50_1_logi_prop_r1`` (rs_range),
          ``SC_FluctAnal_2_dfa_50_1_2_logi_prop_r1`` (dfa);
        * ``moments``: ``DN_mean`` (mean), ``DN_Spread_std`` (std), the two that make catch24;

        or functions of an array of shape (n_signals, n_times), the signals as they are, that reduce
        its last axis, which go by their names.
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
    TimeFeatures : Statistics of the signal in time.

    Notes
    -----
    Values agree with pycatch22 1.0 (catch22 1.1), which follows hctsa 3.0; releases of catch22 before
    1.0, and aeon's and sktime's copies of them, define most features a little differently. All but mean
    and standard deviation (ddof=1) are of the z-scores z (ddof=1) of the N time points; lags and lengths
    are in time points, so they depend on the sampling rate. The autocorrelation is sum(z[t] z[t + lag])
    over its value at lag 0, quantiles are those of Matlab: the value of rank k stands at (k - 1/2) / N.

    * mode_5, mode_10: the middle of the fullest of 5 or 10 equal bins from the least to the greatest
      value, the mean of the middles if several are. Here and below a value on an edge is of the upper
      bin, by edges that lie 1e-6 of a bin low.
    * outlier_timing_pos: for thresholds 0, 0.01, ... the median time (from -1 to 1) of the values at or
      above, as long as these, less one, are more than 2 % of those at or above 0; the median over
      thresholds. outlier_timing_neg: the same of -z.
    * acf_timescale: where the autocorrelation falls below 1/e, interpolated linearly. acf_first_min: the
      lag of its first minimum. N where there is none.
    * ami_timescale: the lag of the first minimum of -log(1 - r**2) / 2, r being Pearson's correlation of
      values a lag apart; the last lag, min(40, N / 2 rounded up), where there is none.
    * whiten_timescale: where the autocorrelation of the differences falls to 0 over where that of the
      signal does, both interpolated.
    * low_freq_power: the sum of 2 abs(Z)**2 / (N M) over the lowest fifth (rounded up) of the M / 2 + 1
      frequencies, Z being the FFT of z padded by zeros to M points, a power of two; over all frequencies
      the sum is about 1. median_freq: the frequency, in radians per time point, at which half of it is
      passed.
    * forecast_error: standard deviation (ddof=1) of z[t] - mean(z[t-3:t]).
    * high_fluctuation: the share of steps larger than 0.04. trev: mean(diff(z)**3).
    * stretch_high: the longest run of values above the mean; stretch_decreasing: of steps that do not
      rise. A value that equals the mean is not above it; in pycatch22 rounding decides.
    * entropy_pairs: entropy in nats of the 9 pairs of successive thirds (by quantiles), plus
      (k - 5) / (2 N - 2) for k pairs that occur if k > 5.
    * ami2: mutual information in nats of z[t] and z[t + 2] in 5 equal bins, less the bias of Miller and
      Madow.
    * transition_variance: the signal is low-pass filtered and thinned out by the first lag at which its
      autocorrelation is not positive, but not below 50 points; of the matrix of transitions between its
      thirds (shares of all) the variances of the columns, summed.
    * periodicity: after subtraction of a cubic spline with one knot half-way, the lag of the first peak of
      the autocovariance that is not negative and 0.01 above the trough before it, up to a third of N;
      0 where there is none.
    * embedding_dist: of the points (z[t], z[t + tau]), tau the first lag at which the autocorrelation is
      not positive, no more than N / 10, the distances of successive points; the mean absolute difference
      of the density of a histogram and of the exponential distribution of the same mean. The number of
      bins is Freedman and Diaconis's, but no fewer than Sturges's, no more than the distances.
    * rs_range, dfa: of the running sum of z (dfa: of every other value) in pieces of up to 50 lengths from
      5 to a half, about lines, the root mean squared range (dfa: residual); in logarithms against the
      length, two lines that share a point, of at least 8 and a quarter of the lengths, are fitted, and the
      share of lengths in the first is given. 1 with fewer than 16 lengths: below 40 time points, dfa below
      79.

    A constant channel has 0 everywhere but in mean. (pycatch22 masks such values by others.) Where
    all steps are the same, as in a ramp, whiten_timescale is 0, and where all distances are the same,
    embedding_dist. Windows of few points give 0 to what they are too short for.

    References
    ----------
    .. [1] Lubba CH, Sethi SS, Knaute P, Schultz SR, Fulcher BD, Jones NS (2019) catch22: CAnonical
       Time-series CHaracteristics. Data Min. Knowl. Discov. 33, 1821-1852.
       https://doi.org/10.1007/s10618-019-00647-x
    .. [2] Fulcher BD, Jones NS (2017) hctsa: a computational framework for automated time-series
       phenotyping using massive feature extraction. Cell Syst. 5, 527-531.
       https://doi.org/10.1016/j.cels.2017.10.001

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.features._canonical import CanonicalFeatures
    >>> X = np.array([[[1.0, 2.0, 1.0, 3.0, 5.0, 4.0, 6.0, 7.0, 9.0, 2.0]]])
    >>> features = CanonicalFeatures(["stretches", "DN_mean"], ch_names=["Fz"])
    >>> features.set_output(transform="pandas").fit_transform(X).T
                                                       0
    Fz__canonical__SB_BinaryStats_mean_longstretch1  3.0
    Fz__canonical__SB_BinaryStats_diff_longstretch0  1.0
    Fz__canonical__DN_mean                           4.0
    """

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
        names = plan_canonical(self.features).names
        return [Feature(channel, "canonical", "", name) for channel in channels for name in names]

    def _make_compute(self) -> Compute:
        plan = plan_canonical(self.features)
        return lambda X: run_canonical(plan, as_rows(X))
