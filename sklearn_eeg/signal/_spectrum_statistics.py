"""Statistics of a power spectral density, whole and by band.

``spectrum_sweeps`` makes the table that :class:`sklearn_eeg.features.FFTFeatures` reads; definitions
stand there.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ._bands import CLINICAL_BANDS, band_bins, check_bands, span
from ._kernel import as_rows
from ._spectrum_kernels import (
    band_sums,
    disorder,
    edge_frequencies,
    lines,
    moments,
    peaks,
    quotients,
)
from ._sweeps import Plan, Sweep

BAND_RATIOS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "theta_alpha_ratio": (("theta",), ("alpha",)),
    "theta_beta_ratio": (("theta",), ("beta",)),
    "delta_alpha_ratio": (("delta",), ("alpha",)),
    "slow_fast_ratio": (("delta", "theta"), ("alpha", "beta")),
}
BANDED_GROUPS = ("power", "relative_power", "log_power", "band_ratios", "aperiodic")
_POWER_FLOOR = 1e-12  # square microvolts: what a flat channel counts as in a logarithm


def spectrum_sweeps(freqs: np.ndarray, bands: Mapping[str, tuple[float, float]]) -> dict[str, Sweep]:
    """Return the table of a spectrum's statistics: sweeps over frequencies and densities.

    Statistics of a band go by ``<band>__<statistic>``. Those of the groups ``BANDED_GROUPS`` need the
    densities up to the end of the bands alone, and may be run on these.

    Parameters
    ----------
    freqs : ndarray of shape (n_freqs,)
        Evenly spaced frequencies from 0 on, in Hz.
    bands : mapping of str to (float, float)
        Edges of the bands, in Hz.

    Returns
    -------
    sweeps : dict of str to Sweep
        The table, by group.
    """
    return _band_sweeps(freqs, bands) | {
        "aperiodic": _aperiodic_sweep(freqs, bands),
        "disorder": Sweep(("spectral_entropy", "spectral_flatness"), disorder),
        "edges": Sweep(
            ("median_frequency", "spectral_edge_frequency_85", "spectral_edge_frequency"),
            edge_frequencies,
        ),
        "peak": Sweep(("peak_frequency",), peaks),
        "moments": Sweep(("total_power", "spectral_centroid", "spectral_spread"), moments),
    }


def _band_sweeps(freqs: np.ndarray, bands: Mapping[str, tuple[float, float]]) -> dict[str, Sweep]:
    bins = np.array([band_bins(freqs, *edges) for edges in bands.values()])
    bins = np.vstack([bins, span(bins)])
    step = float(freqs[1] - freqs[0])
    each, whole = np.eye(len(bins))[:-1], np.eye(len(bins))[[-1] * len(bands)]
    ratios = _ratios_of(list(bands))

    def powers(psd: np.ndarray) -> np.ndarray:
        sums = np.empty((len(psd), len(bins)))
        band_sums(psd, bins, step, sums)
        return sums

    def power(freqs: np.ndarray, psd: np.ndarray, out: np.ndarray) -> None:  # noqa: ARG001
        band_sums(psd, bins[:-1], step, out)

    def relative_power(freqs: np.ndarray, psd: np.ndarray, out: np.ndarray) -> None:  # noqa: ARG001
        quotients(powers(psd), each, whole, out)

    def log_power(freqs: np.ndarray, psd: np.ndarray, out: np.ndarray) -> None:
        power(freqs, psd, out)
        np.log10(np.maximum(out, _POWER_FLOOR), out=out)

    def band_ratios(freqs: np.ndarray, psd: np.ndarray, out: np.ndarray) -> None:  # noqa: ARG001
        above, below = np.array(list(ratios.values())).swapaxes(0, 1)
        quotients(powers(psd), np.ascontiguousarray(above), np.ascontiguousarray(below), out)

    runs = {"power": power, "relative_power": relative_power, "log_power": log_power}
    sweeps = {group: Sweep(tuple(f"{band}__{group}" for band in bands), run) for group, run in runs.items()}
    return sweeps | ({"band_ratios": Sweep(tuple(ratios), band_ratios)} if ratios else {})


def _ratios_of(bands: list[str]) -> dict[str, np.ndarray]:
    """Return the ratios whose bands are all there: what counts above and what below the line.

    Each is of shape (2, n_bands + 1); the last power is that of all bands together.
    """
    return {
        name: np.array([[band in side for band in [*bands, ""]] for side in sides], dtype=float)
        for name, sides in BAND_RATIOS.items()
        if set(sides[0] + sides[1]) <= set(bands)
    }


def _aperiodic_sweep(freqs: np.ndarray, bands: Mapping[str, tuple[float, float]]) -> Sweep:
    """Return the sweep of the line through log10 density over log10 frequency, from the bands' range.

    Slope and offset are sums of the logarithms with weights that the frequencies give.
    """
    start, stop = span(np.array([band_bins(freqs, *edges) for edges in bands.values()]))
    start = max(start, 1)
    x = np.log10(freqs[start:stop])
    weights = np.zeros((2, len(x)))
    if len(x) > 1:
        weights[0] = (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    weights[1] = 1 / max(len(x), 1) - weights[0] * (x.mean() if len(x) else 0.0)
    weights *= np.log10(2)

    def run(freqs: np.ndarray, psd: np.ndarray, out: np.ndarray) -> None:  # noqa: ARG001
        lines(psd, start, weights, out)

    return Sweep(("aperiodic_slope", "aperiodic_offset"), run)


def spectrum_statistics(
    freqs: np.ndarray,
    psd: np.ndarray,
    features: str | Sequence[str | Callable] = "all",
    *,
    bands: Mapping[str, tuple[float, float]] | None = None,
) -> dict[str, np.ndarray]:
    """Compute statistics of power spectral densities.

    Parameters
    ----------
    freqs : ndarray of shape (n_freqs,)
        Evenly spaced frequencies from 0 on, in Hz, at least two.
    psd : ndarray of shape (..., n_freqs)
        Power spectral density, in square microvolts per Hz.
    features : "all" or str or sequence of (str or callable), default="all"
        Statistics or groups of statistics; :class:`sklearn_eeg.features.FFTFeatures` lists and
        defines them.
    bands : mapping of str to (float, float), default=None
        Edges of each band, in Hz; None takes the clinical bands. A band without frequencies has no
        power.

    Returns
    -------
    statistics : dict of str to ndarray of shape (...)
        Each statistic by its name (``<band>__<statistic>`` for those of a band), in float64.

    Raises
    ------
    ValueError
        If a name is not known, a band is malformed, or the frequencies do not fit the densities.

    Examples
    --------
    Ten equal densities above DC:

    >>> import numpy as np
    >>> from sklearn_eeg.signal import spectrum_statistics
    >>> names = ["total_power", "spectral_centroid", "theta__power"]
    >>> values = spectrum_statistics(np.arange(11.0), np.full(11, 2.0), names)
    >>> {name: float(value) for name, value in values.items()}
    {'total_power': 20.0, 'spectral_centroid': 5.5, 'theta__power': 8.0}
    """
    freqs, psd = np.ascontiguousarray(freqs, dtype=np.float64), np.asarray(psd)
    if freqs.ndim != 1 or len(freqs) < 2 or freqs.shape != psd.shape[-1:]:
        raise ValueError(
            "`freqs` must be as many as the last axis of `psd` has, at least two, got shapes "
            f"{freqs.shape} and {psd.shape}."
        )
    sweeps = spectrum_sweeps(freqs, check_bands(CLINICAL_BANDS if bands is None else bands))
    plan = Plan(features, sweeps)
    values = plan.run(freqs, as_rows(psd))
    return {name: values[:, i].reshape(psd.shape[:-1]) for i, name in enumerate(plan.names)}
