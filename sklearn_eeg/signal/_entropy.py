"""Entropies of a signal: the table of all of them, and spectral entropy.

``entropy_sweeps`` makes the table that :class:`sklearn_eeg.features.ComplexityFeatures` reads;
definitions stand there.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
import scipy.fft

from ._fuzzy_entropy import fuzzy_entropy_sweeps
from ._kernel import as_rows, kernel, log2
from ._lempel_ziv import LEMPEL_ZIV_SWEEPS
from ._permutation_entropy import permutation_entropy_sweeps
from ._sample_entropy import sample_entropy_sweeps
from ._svd_entropy import svd_entropy_sweeps
from ._sweeps import Plan, Sweep

_BLOCK = 76  # rows whose spectra are kept at once


@kernel
def _centre(x: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the rows less their means, scaled to about 1; exactly 0 for a constant row."""
    n = x.shape[1]
    for r in range(x.shape[0]):
        row, centred = x[r], out[r]
        first, peak, total = 0.25 * row[0], 0.0, 0.0
        for i in range(n):
            centred[i] = 0.25 * row[i] - first
            peak = max(peak, abs(centred[i]))
        scale = 1.0 / max(peak, 1e-300)
        for i in range(n):
            centred[i] *= scale
            total += centred[i]
        for i in range(n):
            centred[i] -= total / n


@kernel
def _entropy_of_spectrum(parts: np.ndarray, n_times: int, out: np.ndarray) -> None:
    """Fill out from real and imaginary parts (n_rows, 2 * n_freqs) of one-sided spectra, without DC."""
    n = parts.shape[1] // 2 - 1
    power = np.empty(n)
    for r in range(parts.shape[0]):
        row = parts[r, 2:]
        for i in range(n):
            power[i] = row[2 * i] * row[2 * i] + row[2 * i + 1] * row[2 * i + 1]
        if n_times % 2 == 0:
            power[n - 1] *= 0.5
        total = weighted = 0.0
        for i in range(n):
            total += power[i]
            weighted += power[i] * log2(max(power[i], 1e-300))
        out[r, 0] = 0.0
        if total > 0.0:
            out[r, 0] = min(max((math.log2(total) - weighted / total) / math.log2(n), 0.0), 1.0)


def _spectral_entropy(x: np.ndarray, out: np.ndarray) -> None:
    n_times = x.shape[1]
    if n_times < 4:
        out[:] = 0.0
        return
    centred = np.empty((_BLOCK, n_times))
    for start in range(0, len(x), _BLOCK):
        rows = x[start : start + _BLOCK]
        block = centred[: len(rows)]
        _centre(rows, block)
        spectrum = scipy.fft.rfft(block, axis=-1)
        _entropy_of_spectrum(spectrum.view(np.float64), n_times, out[start : start + _BLOCK])


def entropy_sweeps(
    *,
    embedding: int = 2,
    tolerance: float = 0.2,
    scales: Sequence[int] = (2, 3, 4, 5),
    permutation_order: int = 3,
    permutation_delay: int = 1,
    svd_order: int = 10,
    svd_delay: int = 2,
) -> dict[str, Sweep]:
    """Return the table of entropies and of Lempel-Ziv complexity.

    Parameters
    ----------
    embedding : int, default=2
        Points of a template of approximate, sample, fuzzy and multiscale entropy, at least 1.
    tolerance : float, default=0.2
        Their tolerance, in standard deviations of the signal, positive.
    scales : sequence of int, default=(2, 3, 4, 5)
        Scales of multiscale sample entropy, in time points, at least 2 each.
    permutation_order, permutation_delay : int, default=3, 1
        Points of a stretch, 2 to 7, and their distance, in time points.
    svd_order, svd_delay : int, default=10, 2
        Delayed copies in the embedding, at least 2, and their distance, in time points.

    Returns
    -------
    table : dict of str to Sweep
        Groups of statistics by name.

    Examples
    --------
    >>> from sklearn_eeg.signal._entropy import entropy_sweeps
    >>> list(entropy_sweeps(scales=(2,)))[:3]
    ['matches', 'multiscale', 'fuzzy']
    """
    return {
        **sample_entropy_sweeps(embedding, tolerance, scales),
        **fuzzy_entropy_sweeps(embedding, tolerance),
        **permutation_entropy_sweeps(permutation_order, permutation_delay),
        **svd_entropy_sweeps(svd_order, svd_delay),
        "spectral": Sweep(("spectral_entropy",), _spectral_entropy),
        **LEMPEL_ZIV_SWEEPS,
    }


def entropy_statistics(
    x: np.ndarray, features: str | Sequence[str | Callable] = "all", **parameters: float | Sequence[int]
) -> dict[str, np.ndarray]:
    """Compute entropies of signals.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signals, of at least two time points.
    features : "all" or str or sequence of (str or callable), default="all"
        Statistics or groups of statistics; :class:`sklearn_eeg.features.ComplexityFeatures` lists and
        defines them.
    **parameters : float or sequence of int
        Parameters of `entropy_sweeps`.

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
    A rising signal has one ordinal pattern:

    >>> import numpy as np
    >>> from sklearn_eeg.signal._entropy import entropy_statistics
    >>> float(entropy_statistics(np.arange(10.0), "permutation_entropy")["permutation_entropy"])
    0.0
    """
    plan, rows = Plan(features, entropy_sweeps(**parameters)), as_rows(x)  # type: ignore[arg-type]
    values = plan.run(rows)
    return {name: values[:, i].reshape(np.shape(x)[:-1]) for i, name in enumerate(plan.names)}
