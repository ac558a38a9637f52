"""The canonical features of time series, catch22, of many signals at once.

``CANONICAL_SWEEPS`` is the table that :class:`sklearn_eeg.features.CanonicalFeatures` reads; definitions
stand there.
"""

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from ._catch22_autocorrelation import lag_marks, periodicity, whitening
from ._catch22_distribution import embedding_misfit, histogram_modes, outlier_timing
from ._catch22_fluctuation import scaling_breaks
from ._catch22_simple import differences, spectral_shares, standardise
from ._catch22_symbolic import pair_entropies, stretches, transition_variances
from ._kernel import as_rows
from ._sweeps import Plan, Sweep


class CanonicalSignals:
    """Signals with what several canonical features need of them, computed at first use.

    Parameters
    ----------
    x : ndarray of shape (n_signals, n_times)
        Signals, C-contiguous float64.
    """

    def __init__(self, x: np.ndarray) -> None:
        self.x = x
        self.z = np.empty_like(x)
        self.moments = np.empty((len(x), 3))
        standardise(x, self.z, self.moments)

    def __len__(self) -> int:
        return len(self.x)

    @property
    def flat(self) -> np.ndarray:
        """Whether each signal is constant."""
        return self.moments[:, 2] > 0

    @cached_property
    def marks(self) -> np.ndarray:
        """The five lags of :func:`lag_marks`."""
        marks = np.empty((len(self), 5))
        lag_marks(self.z, marks)
        return marks


def _sweep(statistics: tuple[str, ...], run: Callable[[CanonicalSignals, np.ndarray], None]) -> Sweep:
    """Return a sweep whose statistics of constant signals are 0."""

    def run_unless_flat(signals: CanonicalSignals, out: np.ndarray) -> None:
        run(signals, out)
        out[signals.flat] = 0.0

    return Sweep(statistics, run_unless_flat)


def _autocorrelation(signals: CanonicalSignals, out: np.ndarray) -> None:
    out[:, :3] = signals.marks[:, :3]
    whitened = np.empty((len(signals), 1))
    whitening(signals.z, signals.marks[:, 3].copy(), whitened)
    out[:, 3:] = whitened


def _embedding(signals: CanonicalSignals, out: np.ndarray) -> None:
    delays = np.minimum(signals.marks[:, 4], signals.z.shape[1] // 10)
    embedding_misfit(signals.z, delays, out)


def _moments(signals: CanonicalSignals, out: np.ndarray) -> None:
    out[:] = signals.moments[:, :2]


@lru_cache(maxsize=16)
def _trends(n_times: int) -> np.ndarray:
    """Return orthonormal rows that span the cubic splines with one knot, half-way."""
    t = np.arange(n_times, dtype=float) / max(n_times - 1, 1)
    bend = np.maximum(t - t[max(n_times // 2 - 1, 0)], 0.0) ** 3
    rows = np.linalg.qr(np.stack([t**0, t, t**2, t**3, bend], axis=1))[0].T
    rows = np.ascontiguousarray(rows)
    rows.flags.writeable = False
    return rows


CANONICAL_SWEEPS: dict[str, Sweep] = {
    "histogram": _sweep(
        ("DN_HistogramMode_5", "DN_HistogramMode_10"), lambda s, out: histogram_modes(s.z, out)
    ),
    "outliers": _sweep(
        ("DN_OutlierInclude_p_001_mdrmd", "DN_OutlierInclude_n_001_mdrmd"),
        lambda s, out: outlier_timing(s.z, out),
    ),
    "autocorrelation": _sweep(
        (
            "CO_FirstCrossing_acf_1e_pointOfCrossing", "CO_FirstMin_ac",
            "IN_AutoMutualInfoStats_40_gaussian_fmmi", "FC_LocalSimple_mean1_taurat",
        ),
        _autocorrelation,
    ),
    "spectrum": _sweep(
        ("SP_Summaries_fft_area_5_1", "SP_Summaries_fft_wq_50"),
        lambda s, out: spectral_shares(s.z, out),
    ),
    "differences": _sweep(
        ("FC_LocalSimple_mean3_stde", "MD_pNN_pnn40", "CO_trev_1_num"),
        lambda s, out: differences(s.z, out),
    ),
    "stretches": _sweep(
        ("SB_BinaryStats_mean_longstretch1", "SB_BinaryStats_diff_longstretch0"),
        lambda s, out: stretches(s.z, out),
    ),
    "pairs": _sweep(
        ("SB_MotifThree_quantile_hh", "CO_HistogramAMI_even_5bin_ami2"),
        lambda s, out: pair_entropies(s.z, out),
    ),
    "transitions": _sweep(
        ("SB_TransitionMatrix_quantile_3_ac_sumdiagcov",),
        lambda s, out: transition_variances(s.z, s.marks[:, 4], out),
    ),
    "periodicity": _sweep(
        ("PD_PeriodicityWang_th0_01",),
        lambda s, out: periodicity(s.z, _trends(s.z.shape[1]), out),
    ),
    "embedding": _sweep(("CO_Embed2_Dist_tau_d_expfit_meandiff",), _embedding),
    "fluctuation": _sweep(
        (
            "SC_FluctAnal_2_rsrangefit_50_1_logi_prop_r1",
            "SC_FluctAnal_2_dfa_50_1_2_logi_prop_r1",
        ),
        lambda s, out: scaling_breaks(s.z, out),
    ),
    "moments": Sweep(("DN_mean", "DN_Spread_std"), _moments),
}  # fmt: skip


def plan_canonical(features: str | Callable | Sequence[str | Callable]) -> Plan:
    """Return the plan of a choice of canonical features; functions in it are given the signals as they are.

    Parameters
    ----------
    features : "all" or str or sequence of (str or callable)
        As in :func:`canonical_statistics`.

    Returns
    -------
    plan : Plan
        For :func:`run_canonical`.
    """
    if callable(features):
        features = [features]
    if isinstance(features, str):
        return Plan(features, CANONICAL_SWEEPS)
    return Plan([_of_signals(item) if callable(item) else item for item in features], CANONICAL_SWEEPS)


def run_canonical(plan: Plan, x: np.ndarray) -> np.ndarray:
    """Compute the features of a plan.

    Parameters
    ----------
    plan : Plan
        Of :func:`plan_canonical`.
    x : ndarray of shape (n_signals, n_times)
        Signals, C-contiguous float64.

    Returns
    -------
    values : ndarray of shape (n_signals, n_features)
        One column a feature.
    """
    representation: Any = CanonicalSignals(x)
    return plan.run(representation)


def _of_signals(function: Callable[[np.ndarray], np.ndarray]) -> Callable[[CanonicalSignals], np.ndarray]:
    """Return a function of CanonicalSignals, with the name of one of an array."""

    def of_signals(signals: CanonicalSignals) -> np.ndarray:
        return function(signals.x)

    of_signals.__name__ = function.__name__
    return of_signals


def canonical_statistics(
    x: np.ndarray, features: str | Callable | Sequence[str | Callable] = "all"
) -> dict[str, np.ndarray]:
    """Compute canonical features (catch22) of signals.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signals, in any unit, of at least two time points.
    features : "all" or str or sequence of (str or callable), default="all"
        Statistics or groups of statistics; :class:`sklearn_eeg.features.CanonicalFeatures` lists and
        defines them.

    Returns
    -------
    statistics : dict of str to ndarray of shape (...)
        Each statistic by its name, in float64.

    Raises
    ------
    ValueError
        If a name is not known.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._catch22 import canonical_statistics
    >>> x = np.array([1.0, 2.0, 1.0, 3.0, 5.0, 4.0, 6.0, 7.0, 9.0, 2.0])
    >>> values = canonical_statistics(x, ["stretches", "DN_mean"])
    >>> {name: float(value) for name, value in values.items()}
    {'SB_BinaryStats_mean_longstretch1': 3.0, 'SB_BinaryStats_diff_longstretch0': 1.0, 'DN_mean': 4.0}
    """
    plan = plan_canonical(features)
    values = run_canonical(plan, as_rows(x))
    return {name: values[:, i].reshape(np.shape(x)[:-1]) for i, name in enumerate(plan.names)}
