"""What our features compute, written plainly in numpy and scipy: by row of the table.

The definitions are ours to the letter, so values must agree; the speed is that of the whole array at once
where numpy can, of a loop where it cannot.
"""

import math
from collections.abc import Callable

import numpy as np
import pywt
import scipy.signal
import scipy.stats

SFREQ = 250.0
BANDS = {"delta": (0.5, 4), "theta": (4, 8), "alpha": (8, 13), "beta": (13, 30), "gamma": (30, 45)}
Peer = Callable[[np.ndarray], object]


def plain() -> list[tuple[str, str, Peer]]:
    """Return rows of the table, names and functions of windows."""
    return [
        ("time", "numpy + scipy.stats", time),
        ("periodogram", "scipy.signal.periodogram", periodogram),
        ("welch", "scipy.signal.welch", welch),
        ("wavelet", "pywt + numpy", wavelet),
        ("spectral entropy", "scipy.signal.periodogram", spectral_entropy),
        ("Hurst", "numpy", rows_of(hurst)),
        ("correlation", "numpy.corrcoef", correlation),
        ("phase-locking value", "scipy.signal.hilbert", phase_locking),
        ("cross-correlation", "numpy.correlate", cross_correlation),
    ]


def rows_of(function: Callable[[np.ndarray], object]) -> Peer:
    """Return a function of windows that calls a function of one signal in a loop."""
    return lambda X: np.array([function(x) for x in X.reshape(-1, X.shape[-1])])


def sum_bands(freqs: np.ndarray, psd: np.ndarray) -> np.ndarray:
    """Return the power in each band."""
    step = freqs[1] - freqs[0]
    return np.stack([psd[..., (freqs >= a) & (freqs < b)].sum(-1) * step for a, b in BANDS.values()], -1)


def time(X: np.ndarray) -> object:
    """Return nine statistics in time."""
    d, dd = np.diff(X), np.diff(X, 2)
    mobility = d.std(-1) / X.std(-1)
    return (
        X.mean(-1), X.std(-1), scipy.stats.skew(X, -1), scipy.stats.kurtosis(X, -1),
        (np.signbit(X[..., 1:]) != np.signbit(X[..., :-1])).mean(-1), np.abs(d).mean(-1),
        np.sqrt((X**2).mean(-1)), mobility, dd.std(-1) / d.std(-1) / mobility,
    )  # fmt: skip


def periodogram(X: np.ndarray) -> object:
    """Return the power in each band, of the whole window."""
    return sum_bands(*scipy.signal.periodogram(X, SFREQ, "hann", axis=-1))


def welch(X: np.ndarray) -> object:
    """Return the power in each band, averaged over segments of a second."""
    return sum_bands(*scipy.signal.welch(X, SFREQ, nperseg=250, axis=-1))


def wavelet(X: np.ndarray) -> object:
    """Return energy, standard deviation and entropy of each sub-band."""
    values = []
    for c in pywt.wavedec(X, "db4", level=5, axis=-1):
        energy = np.square(c).sum(-1, keepdims=True)
        share = np.square(c) / energy
        values += [energy[..., 0], c.std(-1), -(share * np.log2(share)).sum(-1)]
    return values


def spectral_entropy(X: np.ndarray) -> object:
    """Return the entropy of the spectrum over its largest value."""
    psd = scipy.signal.periodogram(X, SFREQ, "hann", axis=-1)[1][..., 1:]
    return scipy.stats.entropy(psd, axis=-1) / np.log(psd.shape[-1])


def hurst(x: np.ndarray) -> float:
    """Return the slope of log R/S, less what white noise gives, against the logarithm of the length."""
    n = x.size
    lengths = np.unique((2.0 ** np.linspace(4, math.log2(n / 2), 20) + 1e-9).astype(int))
    logs = []
    for length in lengths:
        boxes = x[: n // length * length].reshape(-1, length)
        walk = np.cumsum(boxes - boxes.mean(1, keepdims=True), axis=1)
        spans = np.maximum(walk.max(1), 0) - np.minimum(walk.min(1), 0)
        steps = np.arange(1, length)
        expected = (length - 0.5) / length * np.sqrt((length - steps) / steps).sum() / math.sqrt(math.pi)
        expected *= math.exp(math.lgamma((length - 1) / 2) - math.lgamma(length / 2))
        logs.append(math.log((spans / boxes.std(1, ddof=1)).mean() / expected) + math.log(length) / 2)
    return float(np.polyfit(np.log(lengths), logs, 1)[0])


def correlation(X: np.ndarray) -> object:
    """Return Pearson's correlation of each pair of channels."""
    return _pairs(np.array([np.corrcoef(window) for window in X]))


def phase_locking(X: np.ndarray) -> object:
    """Return the length of the mean difference of phases of each pair."""
    analytic = scipy.signal.hilbert(X - X.mean(-1, keepdims=True), axis=-1)
    phases = analytic / np.abs(analytic)
    return _pairs(np.abs(phases @ phases.conj().swapaxes(-1, -2)) / X.shape[-1])


def cross_correlation(X: np.ndarray) -> object:
    """Return the largest absolute correlation of each pair over lags of up to half a second."""
    unit = X - X.mean(-1, keepdims=True)
    unit /= np.linalg.norm(unit, axis=-1, keepdims=True)
    middle, reach = X.shape[-1] - 1, round(SFREQ / 2)
    return np.array([
        [
            np.abs(np.correlate(a, b, "full")[middle - reach : middle + reach + 1]).max()
            for i, a in enumerate(window)
            for b in window[i + 1 :]
        ]
        for window in unit
    ])  # fmt: skip


def _pairs(matrices: np.ndarray) -> np.ndarray:
    first, second = np.triu_indices(matrices.shape[-1], 1)
    return matrices[:, first, second]
