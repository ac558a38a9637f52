"""Shares of a signal that lie above thresholds after short convolutions, at many dilations."""

from itertools import combinations
from typing import NamedTuple

import numpy as np

from ._kernel import as_rows, kernel

KERNEL_LENGTH = 9
N_KERNELS = 84
_MOST_DILATIONS = 32
_CHOSEN = np.array(list(combinations(range(KERNEL_LENGTH), 3)), dtype=np.int64)
_GOLDEN = (np.sqrt(5.0) + 1.0) / 2.0


class Dilations(NamedTuple):
    """Distances between the taps of kernels, in time points, and how many thresholds each has."""

    steps: np.ndarray
    n_thresholds: np.ndarray


def plan_dilations(n_times: int, n_features: int) -> Dilations:
    """Choose dilations up to the length of a window, in equal steps of their logarithm.

    Parameters
    ----------
    n_times : int
        Length of the windows, in time points.
    n_features : int
        Number of features; rounded down to a multiple of 84, and at least 84.

    Returns
    -------
    dilations : Dilations
        The thresholds add up to ``n_features // 84``.

    Examples
    --------
    >>> from sklearn_eeg.signal._convolution_kernels import plan_dilations
    >>> plan_dilations(n_times=100, n_features=84 * 6)
    Dilations(steps=array([ 1,  2,  4,  7, 12]), n_thresholds=array([2, 1, 1, 1, 1]))
    """
    n_each = max(n_features // N_KERNELS, 1)
    n_steps = min(n_each, _MOST_DILATIONS)
    largest = np.log2(max((n_times - 1) / (KERNEL_LENGTH - 1), 1.0))
    spaced = np.logspace(0, largest, n_steps, base=2).astype(np.int64)
    steps, counts = np.unique(spaced, return_counts=True)
    n_thresholds = (counts * (n_each / n_steps)).astype(np.int64)
    n_thresholds[: n_each - n_thresholds.sum()] += 1  # fewer are left than there are dilations
    return Dilations(steps, n_thresholds)


def learn_thresholds(x: np.ndarray, dilations: Dilations, rng: np.random.Generator) -> np.ndarray:
    """Draw thresholds: quantiles of the convolutions of signals drawn at random.

    Parameters
    ----------
    x : ndarray of shape (n_signals, n_times)
        Signals to draw from.
    dilations : Dilations
        The dilations and their numbers of thresholds.
    rng : numpy.random.Generator
        What draws, one signal for each kernel and dilation.

    Returns
    -------
    thresholds : float32 ndarray of shape (84 * n_thresholds.sum(),)
        In the order of the features: by dilation, kernel and threshold.
    """
    chosen = rng.integers(len(x), size=(len(dilations.steps), N_KERNELS))
    parts, done = [], 0
    for step, n_thresholds, rows in zip(*dilations, chosen, strict=True):
        n_values = N_KERNELS * n_thresholds
        quantiles = (np.arange(done + 1, done + n_values + 1) * _GOLDEN) % 1.0
        for number, row in enumerate(rows):
            convolved = convolve(x[row], number, int(step))
            parts.append(np.quantile(convolved, quantiles[number * n_thresholds :][:n_thresholds]))
        done += n_values
    return np.concatenate(parts).astype(np.float32)


def convolve(signal: np.ndarray, number: int, dilation: int) -> np.ndarray:
    """Return a signal of shape (n_times,) convolved with one of the kernels, zeros beyond its ends.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._convolution_kernels import convolve
    >>> convolve(np.eye(1, 9, 4)[0], number=0, dilation=1)
    array([-1., -1., -1., -1., -1., -1.,  2.,  2.,  2.])
    """
    pad = (KERNEL_LENGTH // 2) * dilation
    padded = np.pad(np.asarray(signal, dtype=np.float64), pad)
    taps = np.stack([padded[tap * dilation :][: len(signal)] for tap in range(KERNEL_LENGTH)])
    return 3.0 * taps[_CHOSEN[number]].sum(axis=0) - taps.sum(axis=0)


def shares_above(x: np.ndarray, dilations: Dilations, thresholds: np.ndarray) -> np.ndarray:
    """Return the share of time points at which a convolved signal is above a threshold.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signals, in microvolts.
    dilations : Dilations
        The dilations and their numbers of thresholds.
    thresholds : float32 ndarray of shape (n_features,)
        In microvolts, by dilation, kernel and threshold.

    Returns
    -------
    shares : ndarray of shape (..., n_features)
        Between 0 and 1.

    Notes
    -----
    The 84 kernels have nine taps, of which three weigh 2 and six weigh -1. Every second one, beginning with
    the second of the first dilation, counts only where all taps lie within the signal, if there are such time
    points. A constant signal is convolved to 0 there, and has shares 0 or 1. In single precision.

    References
    ----------
    .. [1] Dempster A, Schmidt DF, Webb GI (2021) MiniRocket: a very fast (almost) deterministic transform for
       time series classification. Proc. KDD, 248-257. https://doi.org/10.1145/3447548.3467231

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._convolution_kernels import plan_dilations, shares_above
    >>> dilations = plan_dilations(9, 84)
    >>> float(shares_above(np.eye(1, 9, 4), dilations, np.zeros(84, dtype=np.float32))[0, 0].round(3))
    0.333
    """
    rows = as_rows(x).astype(np.float32)
    shares = np.empty((len(rows), len(thresholds)))
    _shares(rows, dilations.steps, dilations.n_thresholds, thresholds, _CHOSEN, shares)
    return shares.reshape(*np.shape(x)[:-1], len(thresholds))


@kernel
def _shares(
    x: np.ndarray,
    steps: np.ndarray,
    n_thresholds: np.ndarray,
    thresholds: np.ndarray,
    chosen: np.ndarray,
    shares: np.ndarray,
) -> None:
    n_rows, n_times = x.shape
    taps = np.zeros((9, n_times), dtype=np.float32)
    total = np.empty(n_times, dtype=np.float32)
    convolved = np.empty(n_times, dtype=np.float32)
    for row in range(n_rows):
        column = 0
        for d in range(len(steps)):
            _shift(x[row], steps[d], taps, total)
            margin = 4 * steps[d]
            for k in range(len(chosen)):
                first, second, third = taps[chosen[k, 0]], taps[chosen[k, 1]], taps[chosen[k, 2]]
                for t in range(n_times):
                    convolved[t] = np.float32(3.0) * (first[t] + second[t] + third[t]) - total[t]
                within = (d + k) % 2 == 1 and n_times > 2 * margin
                start, stop = (margin, n_times - margin) if within else (0, n_times)
                for _ in range(n_thresholds[d]):
                    shares[row, column] = _count(convolved[start:stop], thresholds[column]) / (stop - start)
                    column += 1


@kernel
def _count(values: np.ndarray, threshold: float) -> float:
    """Return how many values lie above a threshold; counted in single precision, as wide as the values."""
    total = np.float32(0.0)
    for t in range(len(values)):
        total += np.float32(1.0) if values[t] > threshold else np.float32(0.0)
    return float(total)


@kernel
def _shift(signal: np.ndarray, step: int, taps: np.ndarray, total: np.ndarray) -> None:
    """Fill the rows of `taps` with the signal as each tap sees it, and `total` with their sum."""
    n_times = len(signal)
    total[:] = 0.0
    for tap in range(9):
        shift = (tap - 4) * step
        start, stop = max(0, -shift), min(n_times, n_times - shift)
        taps[tap, :] = 0.0
        for t in range(start, stop):
            taps[tap, t] = signal[t + shift]
        for t in range(n_times):
            total[t] += taps[tap, t]
