"""Features of the ties between channels."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval

from ..signal._bands import choose_bands
from ..signal._coherence import segment_length
from ..signal._connectivity import (
    BAND_MEASURES,
    COHERENCES,
    PAIR_MEASURES,
    connectivity_matrices,
)
from ..signal._correlation import correlation_eigenvalues
from ..signal._graph import strength
from ..signal._phase import band_range
from ..signal._sweeps import Plan, Sweep
from ._base import Compute, Feature, FeatureTransformer


def _not_run(*_: np.ndarray) -> None:
    """Stand for the run of a sweep where only its names are wanted."""


_STRENGTHS = tuple(f"{name}_strength" for name in PAIR_MEASURES if name != "cross_correlation_lag")
_GROUPS = {
    "compact": Sweep(("correlation_strength", "phase_locking_value_strength", "eigenvalues"), _not_run),
    "pairs": Sweep(PAIR_MEASURES, _not_run),
    "strengths": Sweep(_STRENGTHS, _not_run),
    "matrices": Sweep(("eigenvalues", "tangent"), _not_run),
}


class ConnectivityFeatures(FeatureTransformer):
    """Compute how channels vary together.

    Windows in, a table out, with columns of channels first, ``<channel>__connectivity__<statistic>``,
    then of pairs, ``<a>-<b>__connectivity__<statistic>``, then of the whole window,
    ``connectivity__<statistic>``; what a band has is named ``...__connectivity__<band>__<statistic>``.

    Parameters
    ----------
    sfreq : float
        Sampling frequency, in Hz.
    features : "all" or str or sequence of (str or callable), default="compact"
        What to compute, by name or by group:

        * ``pairs``, one column a pair of channels: ``correlation``, ``rank_correlation``,
          ``phase_locking_value``, ``maximal_cross_correlation``, ``cross_correlation_lag``, and for each
          band ``band_phase_locking_value`` (in columns ``<band>__phase_locking_value``),
          ``weighted_phase_lag_index``, ``coherence``, ``imaginary_coherence``;
        * ``strengths``, one column a channel: each of these but the lag as ``<name>_strength``, the
          mean of its absolute value over the pairs of the channel;
        * ``matrices``: ``eigenvalues``, one column for each of the channels' number, and ``tangent``,
          one column a channel and one a pair;
        * ``compact``: ``correlation_strength``, ``phase_locking_value_strength``, ``eigenvalues``;

        or functions of windows (n_windows, n_channels, n_times) that give one value a window, which go
        by their names.
    bands : dict of str to (float, float), default=None
        Edges of each band, in Hz; the lower edge belongs to a band, the upper does not. None takes
        the clinical bands delta 0.5-4, theta 4-8, alpha 8-13, beta 13-30 and gamma 30-45 Hz,
        without what lies above ``sfreq / 2``.
    max_lag_seconds : float, default=0.5
        Largest lag of the cross-correlation, in seconds.
    segment_seconds : float, default=1.0
        Length of the segments that coherence is averaged over, in seconds; where windows are shorter
        than two segments, segments are half as long as the window.
    n_jobs : int or None, default=None
        Number of threads, as in joblib: None is 1, -1 all processors.
    ch_names : sequence of str, default=None
        Names of the channels; None takes those of :class:`mne.Epochs`, or ``ch0``, ``ch1``, ...

    Attributes
    ----------
    bands_ : dict of str to (float, float)
        The bands in use, in Hz; empty where nothing chosen has bands.
    features_ : list of Feature
        The columns: channel (or pair, or ""), family, band, statistic.
    n_features_in_ : int
        Number of channels (3-D windows) or time points (2-D windows).
    n_channels_in_, n_times_in_ : int
        Shape of a window.
    ch_names_in_ : list of str
        Names of the channels.

    Raises
    ------
    ValueError
        In `fit`, if a name is not known, a band lies above ``sfreq / 2`` or holds no frequency that
        windows (for coherence: segments) of this length resolve, or only pairs of one channel are
        asked for.

    See Also
    --------
    TimeFeatures : Features of each channel in time.
    FFTFeatures : Features of each channel's power spectrum.

    Notes
    -----
    Of each pair of channels a and b, a before b:

    * correlation: Pearson's; rank correlation: Spearman's, equal values having their mean rank;
    * phase locking value: ``abs(mean(exp(1j * (p - q))))`` of the phases p and q of the analytic
      signals, of the whole mean-free window or of a band cut out of its Fourier transform [1]_;
    * weighted phase lag index: ``abs(sum(s)) / sum(abs(s))`` of the imaginary part s of the product of
      one analytic signal with the conjugate of the other, over time points [2]_;
    * maximal cross-correlation: the largest absolute value over lags, both ways, each sum divided by
      the norms of the whole windows; its lag in seconds is positive where b follows a. [3]_ and
      mne-features divide by the number of terms;
    * coherence: the squared magnitude, equal to :func:`scipy.signal.coherence` with Hann's window and
      half overlap, and the absolute imaginary part of coherency [4]_, averaged over a band's frequencies.

    Of all channels: the eigenvalues of the correlation matrix, largest first [5]_; the logarithm of the
    covariance matrix, shrunk as by :func:`sklearn.covariance.oas`, its upper triangle times ``sqrt(2)``:
    coordinates in the tangent space at the identity, where Euclidean distances are log-Euclidean ones
    between covariances [6]_. It alone depends on the unit of the windows.

    Channels without a reference of their own (an average or a common electrode) share signal; the
    imaginary part of coherency and the weighted phase lag index do not see what is shared without lag.
    In a band with one frequency every pair is locked in phase.

    A constant channel has 0 with every other (lag 0) and 0 strength, adds an eigenvalue of 1, and in the
    tangent space has the variance that shrinkage leaves it: where all are constant the diagonal is
    ``log(1e-12)``, the rest 0. A single channel has strength 0, eigenvalue 1, and the logarithm of its
    variance as tangent.

    References
    ----------
    .. [1] Lachaux JP, Rodriguez E, Martinerie J, Varela FJ (1999) Measuring phase synchrony in brain
       signals. Hum. Brain Mapp. 8, 194-208.
       https://doi.org/10.1002/(SICI)1097-0193(1999)8:4<194::AID-HBM4>3.0.CO;2-C
    .. [2] Vinck M, Oostenveld R, van Wingerden M, Battaglia F, Pennartz CMA (2011) An improved index of
       phase-synchronization for electrophysiological data in the presence of volume-conduction, noise
       and sample-size bias. NeuroImage 55, 1548-1565.
       https://doi.org/10.1016/j.neuroimage.2011.01.055
    .. [3] Mirowski P, Madhavan D, LeCun Y, Kuzniecky R (2009) Classification of patterns of EEG
       synchronization for seizure prediction. Clin. Neurophysiol. 120, 1927-1940.
       https://doi.org/10.1016/j.clinph.2009.09.002
    .. [4] Nolte G, Bai O, Wheaton L, Mari Z, Vorbach S, Hallett M (2004) Identifying true brain interaction
       from EEG data using the imaginary part of coherency. Clin. Neurophysiol. 115, 2292-2307.
       https://doi.org/10.1016/j.clinph.2004.04.029
    .. [5] Schindler K, Leung H, Elger CE, Lehnertz K (2007) Assessing seizure dynamics by analysing the
       correlation structure of multichannel intracranial EEG. Brain 130, 65-77.
       https://doi.org/10.1093/brain/awl304
    .. [6] Arsigny V, Fillard P, Pennec X, Ayache N (2006) Log-Euclidean metrics for fast and simple
       calculus on diffusion tensors. Magn. Reson. Med. 56, 411-421. https://doi.org/10.1002/mrm.20965

    Examples
    --------
    A sine, and the same a tenth of a second later:

    >>> import numpy as np
    >>> from sklearn_eeg.features._connectivity import ConnectivityFeatures
    >>> t = np.arange(1024) / 256
    >>> X = np.stack([np.sin(10 * np.pi * t), np.sin(10 * np.pi * (t - 0.1))])[np.newaxis]
    >>> features = ConnectivityFeatures(256, ["correlation", "eigenvalues"], ch_names=["C3", "C4"])
    >>> features.set_output(transform="pandas").fit_transform(X).round(3).T
                                       0
    C3-C4__connectivity__correlation -1.0
    connectivity__eigenvalue_1        2.0
    connectivity__eigenvalue_2        0.0
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "sfreq": [Interval(Real, 0, None, closed="neither")],
        "features": [str, list, tuple, callable],
        "bands": [dict, None],
        "max_lag_seconds": [Interval(Real, 0, None, closed="left")],
        "segment_seconds": [Interval(Real, 0, None, closed="neither")],
        "n_jobs": [Integral, None],
        "ch_names": ["array-like", None],
    }

    def __init__(
        self,
        sfreq: float,
        features: str | Callable | Sequence[str | Callable] = "compact",
        *,
        bands: Mapping[str, tuple[float, float]] | None = None,
        max_lag_seconds: float = 0.5,
        segment_seconds: float = 1.0,
        n_jobs: int | None = None,
        ch_names: Sequence[str] | None = None,
    ) -> None:
        self.sfreq = sfreq
        self.features = features
        self.bands = bands
        self.max_lag_seconds = max_lag_seconds
        self.segment_seconds = segment_seconds
        self.n_jobs = n_jobs
        self.ch_names = ch_names

    def _prepare(self) -> None:
        measures = {_measure(name) for name in Plan(self.features, _GROUPS).names}
        self.bands_ = choose_bands(self.bands, self.sfreq) if measures & set(BAND_MEASURES) else {}
        if measures & (set(BAND_MEASURES) - set(COHERENCES)):
            _check_bands(self.bands_, self.sfreq, self.n_times_in_, "windows")
        if measures & set(COHERENCES):
            n_segment = segment_length(self.n_times_in_, self.sfreq, self.segment_seconds)
            _check_bands(self.bands_, self.sfreq, n_segment, "segments")

    def _list_features(self, channels: list[str]) -> list[Feature]:
        names = Plan(self.features, _GROUPS).names
        units = {
            "channel": channels,
            "pair": [f"{a}-{b}" for a, b in combinations(channels, 2)],
            "window": [""],
        }
        listed = [
            Feature(unit, "connectivity", band, statistic)
            for kind, members in units.items()
            for unit in members
            for name in names
            for band, statistic in self._list_columns(name, kind)
        ]
        if not listed:
            raise ValueError(
                f"`features` must give a column, got {names} of windows of one channel, which have no pairs: "
                "add 'strengths' or 'matrices'."
            )
        return listed

    def _list_columns(self, name: str, kind: str) -> Iterator[tuple[str, str]]:
        """Yield the bands and statistics that one name gives a channel, a pair or the window."""
        if kind not in _kinds(name):
            return
        if name == "eigenvalues":
            yield from (("", f"eigenvalue_{rank + 1}") for rank in range(self.n_channels_in_))
        elif _measure(name) in BAND_MEASURES:
            yield from ((band, name.removeprefix("band_")) for band in self.bands_)
        else:
            yield "", name

    def _make_compute(self) -> Compute:
        names = Plan(self.features, _GROUPS).names
        functions = {f.__name__: f for f in _listed(self.features) if callable(f)}
        measures = {_measure(name) for name in names if name not in functions}

        def compute(X: np.ndarray) -> np.ndarray:
            matrices = connectivity_matrices(
                X,
                self.sfreq,
                measures,
                self.bands_,
                max_lag_seconds=self.max_lag_seconds,
                segment_seconds=self.segment_seconds,
            )
            table = []
            for kind in ("channel", "pair", "window"):
                chosen = [name for name in names if kind in _kinds(name)]
                columns = [
                    _call(functions[name], X) if name in functions else _read(matrices, name, kind)
                    for name in chosen
                ]
                if columns:
                    table.append(np.concatenate(columns, axis=2).reshape(len(X), -1))
            return np.concatenate(table, axis=1)

        return compute


def _listed(features: str | Callable | Sequence[str | Callable]) -> Sequence[str | Callable]:
    return [features] if isinstance(features, str) or callable(features) else features


def _measure(name: str) -> str:
    """Return the measure between channels that a feature is read from."""
    if name == "eigenvalues":
        return "correlation"
    return "log_covariance" if name == "tangent" else name.removesuffix("_strength")


def _kinds(name: str) -> tuple[str, ...]:
    """Return of what a feature has columns; of the window where it is a user's function."""
    if name == "tangent":
        return "channel", "pair"
    if name in _STRENGTHS:
        return ("channel",)
    return ("pair",) if name in PAIR_MEASURES else ("window",)


def _read(matrices: dict[str, np.ndarray], name: str, kind: str) -> np.ndarray:
    """Return one feature as (n_windows, n_channels or n_pairs or 1, n_columns)."""
    values = matrices[_measure(name)]
    if name == "eigenvalues":
        return correlation_eigenvalues(values)
    if kind == "pair":
        first, second = np.triu_indices(values.shape[-1], 1)
        factor = np.sqrt(2.0) if name == "tangent" else 1.0
        return factor * values[:, :, first, second].swapaxes(1, 2)
    if name == "tangent":
        return np.diagonal(values, axis1=2, axis2=3).swapaxes(1, 2)
    return strength(values).swapaxes(1, 2)


def _call(function: Callable, X: np.ndarray) -> np.ndarray:
    """Return the values of a user's function as (n_windows, 1, 1)."""
    values = np.asarray(function(X))
    if values.shape != (len(X),):
        raise ValueError(
            f"`features` must hold functions that give one value a window, shape ({len(X)},), got "
            f"{function.__name__} giving shape {values.shape}."
        )
    return values[:, np.newaxis, np.newaxis]


def _check_bands(bands: Mapping[str, tuple[float, float]], sfreq: float, n_times: int, what: str) -> None:
    """Raise where windows or segments of a length resolve no frequency of a band."""
    repair = "windows" if what == "windows" else "segments (and windows of at least two)"
    for name, band in bands.items():
        try:
            band_range(n_times, sfreq, band)
        except ValueError as error:
            raise ValueError(
                f"`bands` must hold frequencies that {what} of {n_times / sfreq:g} s resolve (steps of "
                f"{sfreq / n_times:g} Hz), got {name!r} ({band[0]:g} to {band[1]:g} Hz): use longer "
                f"{repair} or wider bands."
            ) from error
