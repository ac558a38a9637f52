"""Features of the wavelet sub-bands."""

from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar

import pywt
from sklearn.utils._param_validation import Interval, StrOptions

from ..signal._kernel import as_rows
from ..signal._wavelet import Decomposition, max_level, subband_names
from ..signal._wavelet_statistics import WaveletPlan, plan_statistics
from ._base import Compute, Feature, FeatureTransformer


class WaveletFeatures(FeatureTransformer):
    """Compute statistics of the sub-bands of each channel's discrete wavelet transform.

    Windows in, a table of shape (n_windows, n_channels * n_bands * n_features) out, with columns
    ``<channel>__wavelet__<band>__<statistic>``; the bands are ``a<level>`` for the approximation and
    ``d<level>`` to ``d1`` for the details, ``d1`` the fastest, or ``p0``, ``p1``, ... for packets.

    Parameters
    ----------
    wavelet : str, default="db4"
        Discrete wavelet of PyWavelets.
    level : int or None, default=None
        Number of decompositions; None takes as many as the window's length allows, 5 at the most.
    features : "all" or str or sequence of (str or callable), default="all"
        Statistics of each sub-band, by name or by group:

        * ``basic``: ``energy``, ``relative_energy``, ``log_energy``, ``mean_absolute_value``,
          ``standard_deviation``;
        * ``entropy``: ``entropy``;
        * ``teager_kaiser``: ``teager_kaiser_energy``;

        or functions ``f(coefficients, total)`` of an array of shape (n_signals, n_coefficients), which
        they shall not change, and the energy of all sub-bands together, of shape (n_signals,); they
        return an array of shape (n_signals,) and go by their names.
    mode : str, default="symmetric"
        How the window is extended at its ends, one of :attr:`pywt.Modes.modes`.
    packet : bool, default=False
        Whether to decompose the details as well, into the 2**level wavelet packets of the level.
    sfreq : float, default=None
        Sampling frequency in Hz. It changes no value; if given, the names of the bands carry their
        nominal frequencies, as in ``d3_15.6-31.2Hz``.
    n_jobs : int or None, default=None
        Number of threads, as in joblib: None is 1, -1 all processors.
    ch_names : sequence of str, default=None
        Names of the channels; None takes those of :class:`mne.Epochs`, or ``ch0``, ``ch1``, ...

    Attributes
    ----------
    level_ : int
        Number of decompositions.
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
        In `fit`, if the windows are too short for the wavelet and level.

    See Also
    --------
    sklearn_eeg.signal.subbands : The transform.
    FFTFeatures : Features of the power spectrum.

    Notes
    -----
    The n coefficients c of a sub-band are those of :func:`pywt.wavedec`, or those of
    :class:`pywt.WaveletPacket` by frequency. Nominally detail j holds the frequencies from
    ``sfreq / 2**(j + 1)`` to ``sfreq / 2**j``, and each packet a share of ``sfreq / 2**(level + 1)``.

    * Energy: ``sum(c**2)``; relative energy: that over the sum of all sub-bands' energies; log energy:
      ``log10(max(energy, 1e-12))``. Extension makes the energies add up to somewhat more than that of
      the window, except in the mode "periodization" with an orthogonal wavelet.
    * Mean absolute value ``mean(abs(c))``; standard deviation ``sqrt(mean((c - mean(c))**2))``, where
      pandas and mne-features would divide by n - 1.
    * Entropy ``-sum(p log2 p)`` of ``p = c**2 / sum(c**2)`` [1]_, in bits, 0 to log2(n): that of Shannon
      for normalised energies. PyWavelets has none; the "Shannon entropy" of other toolboxes,
      ``-sum(c**2 log c**2)``, depends on the unit of c.
    * Teager-Kaiser energy: the mean of ``c[i]**2 - c[i - 1] * c[i + 1]`` [2]_ over the inner
      coefficients, 0 with fewer than three.

    A sub-band with less than 1e-20 of the energy of all holds nothing but rounding error and counts as
    0 throughout: its statistics are 0, its log energy -12.

    So do all details of a constant channel, and all packets but ``p0``. Its approximation (or ``p0``)
    has coefficients all alike, of about the channel's value times ``2**(level / 2)``: relative energy
    1, entropy log2(n), standard deviation and Teager-Kaiser energy 0. A channel that is 0 throughout
    has 0 there too. In the modes "zero" and "antisymmetric" a constant is extended by a step, which the
    coefficients near the ends show: all sub-bands have some energy then, and relative energy and
    entropy still do not depend on the constant, unless it is 0.

    References
    ----------
    .. [1] Coifman RR, Wickerhauser MV (1992) Entropy-based algorithms for best basis selection.
       IEEE Trans. Inf. Theory 38, 713-718. https://doi.org/10.1109/18.119732
    .. [2] Kaiser JF (1990) On a simple algorithm to calculate the 'energy' of a signal. Proc. ICASSP,
       381-384. https://doi.org/10.1109/ICASSP.1990.115702

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
        "packet": ["boolean"],
        "sfreq": [Interval(Real, 0, None, closed="neither"), None],
        "n_jobs": [Integral, None],
        "ch_names": ["array-like", None],
    }

    def __init__(
        self,
        wavelet: str = "db4",
        *,
        level: int | None = None,
        features: str | Sequence[str | Callable] = "all",
        mode: str = "symmetric",
        packet: bool = False,
        sfreq: float | None = None,
        n_jobs: int | None = None,
        ch_names: Sequence[str] | None = None,
    ) -> None:
        self.wavelet = wavelet
        self.level = level
        self.features = features
        self.mode = mode
        self.packet = packet
        self.sfreq = sfreq
        self.n_jobs = n_jobs
        self.ch_names = ch_names

    def _prepare(self) -> None:
        deepest, n_times = max_level(self.n_times_in_, self.wavelet), self.n_times_in_
        if deepest < max(1, self.level or 1):
            filter_length = pywt.Wavelet(self.wavelet).dec_len
            needed = (filter_length - 1) * 2 ** (self.level or 1)
            raise ValueError(
                f"Windows of {n_times} time points (n_features={n_times}) are too short for "
                f"{self.level or 1} decompositions by {self.wavelet}: at least {needed} are needed. "
                "Use longer windows, a smaller `level` or a shorter `wavelet`."
            )
        self.level_ = min(deepest, 5) if self.level is None else int(self.level)

    def _list_features(self, channels: list[str]) -> list[Feature]:
        bands = subband_names(self.level_, packet=self.packet, sfreq=self.sfreq)
        names = plan_statistics(self.features).names
        return [
            Feature(channel, "wavelet", band, name)
            for channel in channels
            for band in bands
            for name in names
        ]

    def _make_compute(self) -> Compute:
        decomposition = Decomposition(self.n_times_in_, self.wavelet, self.level_, self.mode, self.packet)
        plan = WaveletPlan(self.features, decomposition)
        return lambda X: plan.run(as_rows(X))
