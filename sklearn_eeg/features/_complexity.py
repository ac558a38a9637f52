"""Features of a signal's complexity."""

from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar

from sklearn.utils._param_validation import Interval

from ..signal._entropy import entropy_sweeps
from ..signal._fractal import fractal_sweeps
from ..signal._kernel import as_rows
from ..signal._sweeps import Plan, Sweep
from ._base import Compute, Feature, FeatureTransformer

_ONLY_BY_NAME = {"correlation_dimension"}  # costs as much as all others together


class ComplexityFeatures(FeatureTransformer):
    """Compute entropies, fractal dimensions and scaling exponents of each channel.

    Windows in, a table of shape (n_windows, n_channels * n_features) out, with columns
    ``<channel>__complexity__<statistic>``.

    Parameters
    ----------
    features : "all" or str or sequence of (str or callable), default="all"
        Statistics to compute, by name or by group:

        * ``matches``: ``sample_entropy``, ``approximate_entropy``;
        * ``fuzzy``: ``fuzzy_entropy``;
        * ``multiscale``: ``multiscale_sample_entropy_<scale>`` of each scale;
        * ``permutation``: ``permutation_entropy``;
        * ``weighted_permutation``: ``weighted_permutation_entropy``;
        * ``singular_values``: ``svd_entropy``, ``fisher_information``;
        * ``spectral``: ``spectral_entropy``;
        * ``lempel_ziv``: ``lempel_ziv``;
        * ``higuchi``: ``higuchi_fd``;
        * ``katz_petrosian``: ``katz_fd``, ``petrosian_fd``;
        * ``hurst``: ``hurst_exponent``;
        * ``dfa``: ``dfa_exponent``;
        * ``correlation_dimension``: ``correlation_dimension``, which is slow: "all" leaves it out;

        or functions of an array of shape (n_signals, n_times) that reduce its last axis, which go by
        their names.
    embedding : int, default=2
        Points m of a template of approximate, sample, fuzzy and multiscale entropy.
    tolerance : float, default=0.2
        Their tolerance, in standard deviations (divided by N) of the channel in the window.
    scales : sequence of int, default=(2, 3, 4, 5)
        Scales of multiscale sample entropy, in time points, at least 2 each.
    permutation_order : int, default=3
        Points of an ordinal pattern, 2 to 7.
    permutation_delay : int, default=1
        Distance between them, in time points.
    svd_order : int, default=10
        Copies of the signal in the embedding whose singular values are taken, at least 2.
    svd_delay : int, default=2
        Delay between them, in time points.
    higuchi_kmax : int, default=10
        Longest interval of Higuchi's dimension, in time points, at least 2.
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
    TimeFeatures : Features of the signal in time.
    FFTFeatures : Features of the power spectrum.

    Notes
    -----
    With N time points and templates of m and of m + 1 successive points, which match where no point of
    the one is further than the tolerance r from its counterpart:

    * sample entropy: ``-ln(A / B)``, B and A the pairs of different templates of m and of m + 1 points
      that match, among the N - m first of both lengths [1]_ (as antropy, MNE-features and EntropyHub
      do, tolerances aside; eeglib and tsfresh take one more of m points). Without a match, A = 0 or
      B = 0, it is the logarithm of the number of pairs, ``ln((N - m) (N - m - 1) / 2)``: the largest
      value that the definition can give;
    * approximate entropy: mean of ``ln C`` over the templates of m points less that over those of
      m + 1, C the share of templates that match one, itself included [2]_;
    * fuzzy entropy: as sample entropy, with templates less their means, and the sum of
      ``exp(-(d / r)**2)`` over all pairs for their number, d the largest difference [3]_;
    * multiscale sample entropy: that of the means of successive stretches of `scale` points, by the
      tolerance of the signal itself [4]_;
    * permutation entropy: of the shares of the ordinal patterns, over the logarithm of
      `permutation_order` factorial, so 0 to 1 [5]_; equal points count in the order of time. The
      weighted form counts each pattern by the variance of its points [6]_;
    * SVD entropy: of the singular values s of the embedding over their sum, divided by the logarithm of
      their number [7]_, so 0 to 1 (antropy's ``normalize=True``); Fisher information
      ``sum((s[i+1] - s[i])**2 / s[i])``, in descending order (PyEEG's). The mean is not removed: an
      offset much larger than the signal brings them to 0 and 1;
    * spectral entropy: of the periodogram of the signal less its mean, untapered, over the logarithm of
      the number of frequencies above 0, so 0 to 1 [8]_;
    * Lempel-Ziv complexity: ``c log2(N) / N``, c the phrases of the sequence of points above the median
      in the parsing of 1976 [9]_ (as NeuroKit's and antropy's, given that sequence);
    * Higuchi's, Katz's and Petrosian's dimension, the Hurst exponent, the exponent of detrended
      fluctuations and the correlation dimension: see :func:`sklearn_eeg.signal.fractal_statistics`.

    Entropies are in nats where they are not divided. All but permutation and Lempel-Ziv counts are
    exact to rounding; these are exact.

    A constant channel has 0 for every entropy, 1 for the Fisher information, ``2 log2(N) / N`` for
    Lempel-Ziv complexity, and so has a window too short for one template, pattern or embedding.

    References
    ----------
    .. [1] Richman JS, Moorman JR (2000) Physiological time-series analysis using approximate entropy
       and sample entropy. Am. J. Physiol. Heart Circ. Physiol. 278, H2039-H2049.
       https://doi.org/10.1152/ajpheart.2000.278.6.H2039
    .. [2] Pincus SM (1991) Approximate entropy as a measure of system complexity. PNAS 88, 2297-2301.
       https://doi.org/10.1073/pnas.88.6.2297
    .. [3] Chen W, Wang Z, Xie H, Yu W (2007) Characterization of surface EMG signal based on fuzzy
       entropy. IEEE Trans. Neural Syst. Rehabil. Eng. 15, 266-272.
       https://doi.org/10.1109/TNSRE.2007.897025
    .. [4] Costa M, Goldberger AL, Peng CK (2002) Multiscale entropy analysis of complex physiologic
       time series. Phys. Rev. Lett. 89, 068102. https://doi.org/10.1103/PhysRevLett.89.068102
    .. [5] Bandt C, Pompe B (2002) Permutation entropy: a natural complexity measure for time series.
       Phys. Rev. Lett. 88, 174102. https://doi.org/10.1103/PhysRevLett.88.174102
    .. [6] Fadlallah B, Chen B, Keil A, Principe J (2013) Weighted-permutation entropy: a complexity
       measure for time series incorporating amplitude information. Phys. Rev. E 87, 022911.
       https://doi.org/10.1103/PhysRevE.87.022911
    .. [7] Roberts SJ, Penny W, Rezek I (1999) Temporal and spatial complexity measures for
       electroencephalogram based brain-computer interfacing. Med. Biol. Eng. Comput. 37, 93-98.
       https://doi.org/10.1007/BF02513272
    .. [8] Inouye T, Shinosaki K, Sakamoto H, et al. (1991) Quantification of EEG irregularity by use
       of the entropy of the power spectrum. Electroencephalogr. Clin. Neurophysiol. 79, 204-210.
       https://doi.org/10.1016/0013-4694(91)90138-T
    .. [9] Lempel A, Ziv J (1976) On the complexity of finite sequences. IEEE Trans. Inf. Theory 22,
       75-81. https://doi.org/10.1109/TIT.1976.1055501

    Examples
    --------
    A rising signal has one ordinal pattern, and its curve is a line:

    >>> import numpy as np
    >>> from sklearn_eeg.features import ComplexityFeatures
    >>> X = np.arange(100.0)[np.newaxis, np.newaxis]
    >>> features = ComplexityFeatures(["permutation_entropy", "higuchi_fd"], ch_names=["Cz"])
    >>> features.set_output(transform="pandas").fit_transform(X).round(3).T
                                           0
    Cz__complexity__permutation_entropy  0.0
    Cz__complexity__higuchi_fd           1.0
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "features": [str, list, tuple],
        "embedding": [Interval(Integral, 1, None, closed="left")],
        "tolerance": [Interval(Real, 0, None, closed="neither")],
        "scales": ["array-like"],
        "permutation_order": [Interval(Integral, 2, 7, closed="both")],
        "permutation_delay": [Interval(Integral, 1, None, closed="left")],
        "svd_order": [Interval(Integral, 2, None, closed="left")],
        "svd_delay": [Interval(Integral, 1, None, closed="left")],
        "higuchi_kmax": [Interval(Integral, 2, None, closed="left")],
        "n_jobs": [Integral, None],
        "ch_names": ["array-like", None],
    }

    def __init__(
        self,
        features: str | Sequence[str | Callable] = "all",
        *,
        embedding: int = 2,
        tolerance: float = 0.2,
        scales: Sequence[int] = (2, 3, 4, 5),
        permutation_order: int = 3,
        permutation_delay: int = 1,
        svd_order: int = 10,
        svd_delay: int = 2,
        higuchi_kmax: int = 10,
        n_jobs: int | None = None,
        ch_names: Sequence[str] | None = None,
    ) -> None:
        self.features = features
        self.embedding = embedding
        self.tolerance = tolerance
        self.scales = scales
        self.permutation_order = permutation_order
        self.permutation_delay = permutation_delay
        self.svd_order = svd_order
        self.svd_delay = svd_delay
        self.higuchi_kmax = higuchi_kmax
        self.n_jobs = n_jobs
        self.ch_names = ch_names

    def _prepare(self) -> None:
        scales = list(self.scales)
        whole = all(isinstance(scale, Integral) and scale >= 2 for scale in scales)
        if not whole or len(set(scales)) < len(scales):
            raise ValueError(
                f"`scales` must be different whole numbers of at least 2, got {self.scales!r}: scale 1 is "
                "`sample_entropy` itself."
            )

    def _list_features(self, channels: list[str]) -> list[Feature]:
        names = self._make_plan().names
        return [Feature(channel, "complexity", "", name) for channel in channels for name in names]

    def _make_compute(self) -> Compute:
        plan = self._make_plan()
        return lambda X: plan.run(as_rows(X))

    def _make_plan(self) -> Plan:
        table: dict[str, Sweep] = {
            **entropy_sweeps(
                embedding=self.embedding,
                tolerance=self.tolerance,
                scales=self.scales,
                permutation_order=self.permutation_order,
                permutation_delay=self.permutation_delay,
                svd_order=self.svd_order,
                svd_delay=self.svd_delay,
            ),
            **fractal_sweeps(self.higuchi_kmax),
        }
        if isinstance(self.features, str) and self.features == "all":
            return Plan([group for group in table if group not in _ONLY_BY_NAME], table)
        return Plan(self.features, table)
