"""Measures between channels, several at once.

``PAIR_MEASURES`` and ``BAND_MEASURES`` name those that :class:`sklearn_eeg.features.ConnectivityFeatures`
offers of each pair of channels, the latter once for each band; definitions stand there.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from ._coherence import coherence
from ._correlation import correlation, rank_correlation
from ._cross_correlation import maximal_cross_correlation
from ._phase import analytic_signals, phase_locking_value, weighted_phase_lag_index
from ._tangent import log_covariance

_PHASES = {
    "band_phase_locking_value": phase_locking_value,
    "weighted_phase_lag_index": weighted_phase_lag_index,
}
_SINGLE = {
    "correlation": correlation,
    "rank_correlation": rank_correlation,
    "log_covariance": log_covariance,
}
_LAGGED = ("maximal_cross_correlation", "cross_correlation_lag")
COHERENCES = ("coherence", "imaginary_coherence")
BAND_MEASURES = (*_PHASES, *COHERENCES)
PAIR_MEASURES = ("correlation", "rank_correlation", "phase_locking_value", *_LAGGED, *BAND_MEASURES)


def connectivity_matrices(
    x: np.ndarray,
    sfreq: float,
    measures: Collection[str],
    bands: Mapping[str, tuple[float, float]] | None = None,
    *,
    max_lag_seconds: float = 0.5,
    segment_seconds: float = 1.0,
) -> dict[str, np.ndarray]:
    """Compute measures of each channel with each other.

    Parameters
    ----------
    x : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts.
    sfreq : float
        Sampling frequency, in Hz.
    measures : collection of str
        Among ``correlation``, ``rank_correlation``, ``phase_locking_value``,
        ``maximal_cross_correlation``, ``cross_correlation_lag`` (in seconds), ``log_covariance``, and
        ``band_phase_locking_value``, ``weighted_phase_lag_index``, ``coherence``,
        ``imaginary_coherence``, which need bands.
    bands : dict of str to (float, float), default=None
        Edges of the bands, in Hz.
    max_lag_seconds : float, default=0.5
        Largest lag of the cross-correlation, in seconds.
    segment_seconds : float, default=1.0
        Length of the segments of coherence, in seconds.

    Returns
    -------
    matrices : dict of str to ndarray of shape (n_windows, n_bands, n_channels, n_channels)
        The measures asked for; those that have no bands count as having one.

    Raises
    ------
    ValueError
        If a measure is not known, or a band holds no frequency that windows or segments resolve.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._connectivity import connectivity_matrices
    >>> x = np.array([[[1.0, 2.0, 3.0, 4.0], [1.0, 4.0, 9.0, 16.0]]])
    >>> matrices = connectivity_matrices(x, 250, ["correlation", "rank_correlation"])
    >>> {name: round(float(values[0, 0, 0, 1]), 3) for name, values in matrices.items()}
    {'correlation': 0.984, 'rank_correlation': 1.0}
    """
    known = {*PAIR_MEASURES, *_SINGLE}
    unknown = sorted(set(measures) - known)
    if unknown:
        raise ValueError(f"`measures` must be among {sorted(known)}, got {unknown[0]!r}.")
    edges = list((bands or {}).values())
    found: dict[str, np.ndarray] = {}
    for name in measures:
        if name in found:
            continue
        if name in _SINGLE:
            found[name] = _SINGLE[name](x)[:, np.newaxis]
        elif name == "phase_locking_value":
            found |= _compare_phases(x, sfreq, [None], {name: phase_locking_value})
        elif name in _LAGGED:
            largest, lags = maximal_cross_correlation(x, round(max_lag_seconds * sfreq))
            found |= zip(_LAGGED, (largest[:, np.newaxis], lags[:, np.newaxis] / sfreq), strict=True)
        elif name in COHERENCES:
            found |= zip(COHERENCES, coherence(x, sfreq, edges, segment_seconds), strict=True)
        else:
            chosen = {name: _PHASES[name] for name in _PHASES if name in measures}
            found |= _compare_phases(x, sfreq, edges, chosen)
    return {name: found[name] for name in measures}


def _compare_phases(
    x: np.ndarray,
    sfreq: float,
    bands: Sequence[tuple[float, float] | None],
    functions: Mapping[str, Callable[[np.ndarray], np.ndarray]],
) -> dict[str, np.ndarray]:
    """Return measures of phases in bands, which share the bands' analytic signals."""
    shape = (len(x), len(bands), x.shape[1], x.shape[1])
    found = {name: np.empty(shape) for name in functions}
    start = 0
    for signals in analytic_signals(x, sfreq, bands):
        for band, parts in enumerate(signals):
            for name, function in functions.items():
                found[name][start : start + len(parts), band] = function(parts)
        start += len(parts)
    return found
