"""Permutation entropy of a signal, plain and weighted."""

import math
from functools import partial

import numpy as np

from ._kernel import kernel
from ._sweeps import Sweep


@kernel
def _number_patterns(
    row: np.ndarray, order: int, delay: int, smaller: np.ndarray, patterns: np.ndarray
) -> None:
    """Fill patterns with the number of the pattern of each stretch, by one simple loop after another.

    The number has as its digits, in factorial base, how many of the points after each are smaller.
    Points that are equal are not, so ties keep the order of time.
    """
    n = patterns.size
    for d in range(1, order):
        later, below = row[d * delay :], smaller[d]
        for i in range(later.size):
            below[i] = later[i] < row[i]
    patterns[:] = 0
    for a in range(order - 1):
        for d in range(1, order - a):
            below = smaller[d, a * delay :]
            radix = order - a if d == 1 else 1
            for i in range(n):
                patterns[i] = patterns[i] * radix + below[i]


@kernel
def _count_few(patterns: np.ndarray, n_patterns: int, tally: np.ndarray) -> None:
    """Count each of a few patterns by comparing all with it, in vector registers."""
    for start in range(0, patterns.size, 1 << 15):
        part = patterns[start : start + (1 << 15)]
        rest = part.size
        for pattern in range(n_patterns - 1):
            code, count = np.uint8(pattern), np.uint16(0)
            for i in range(part.size):
                count = np.uint16(count + (np.uint16(1) if part[i] == code else np.uint16(0)))
            tally[0, pattern] += count
            rest -= int(count)
        tally[0, n_patterns - 1] += rest


@kernel
def _permutation_entropy(
    x: np.ndarray,
    order: int,
    delay: int,
    terms: np.ndarray,
    smaller: np.ndarray,
    patterns: np.ndarray,
    tally: np.ndarray,
    out: np.ndarray,
) -> None:
    n, n_patterns = patterns.size, tally.shape[1]
    for r in range(x.shape[0]):
        _number_patterns(x[r], order, delay, smaller, patterns)
        tally[:] = 0
        if order < 4:
            _count_few(patterns, n_patterns, tally)
        else:
            for i in range(n):
                tally[i & 3, patterns[i]] += 1
        total = 0.0
        for p in range(n_patterns):
            total += terms[tally[0, p] + tally[1, p] + tally[2, p] + tally[3, p]]
        out[r, 0] = total


@kernel
def _weigh_stretches(
    row: np.ndarray, order: int, delay: int, scaled: np.ndarray, means: np.ndarray, weights: np.ndarray
) -> None:
    """Fill weights with the variance of each stretch, times its length."""
    n = weights.size
    peak = 0.0
    for i in range(row.size):
        peak = max(peak, abs(row[i]))
    scale = 1.0 if 1e-100 < peak < 1e100 else (2.0**-600 if peak > 1.0 else 2.0**600)
    for i in range(row.size):
        scaled[i] = row[i] * scale
    means[:] = 0.0
    for d in range(1, order):
        later = scaled[d * delay :]
        for i in range(n):
            means[i] += later[i] - scaled[i]
    for i in range(n):
        means[i] /= order
        weights[i] = means[i] * means[i]
    for d in range(1, order):
        later = scaled[d * delay :]
        for i in range(n):
            deviation = (later[i] - scaled[i]) - means[i]
            weights[i] += deviation * deviation


@kernel
def _weighted_entropy(
    x: np.ndarray,
    order: int,
    delay: int,
    smaller: np.ndarray,
    patterns: np.ndarray,
    mass: np.ndarray,
    out: np.ndarray,
) -> None:
    n, n_patterns = patterns.size, mass.shape[1]
    scaled, means, weights = np.empty(x.shape[1]), np.empty(n), np.empty(n)
    for r in range(x.shape[0]):
        _number_patterns(x[r], order, delay, smaller, patterns)
        _weigh_stretches(x[r], order, delay, scaled, means, weights)
        mass[:] = 0.0
        for i in range(n):
            mass[i & 3, patterns[i]] += weights[i]
        total = entropy = 0.0
        for p in range(n_patterns):
            mass[0, p] += mass[1, p] + mass[2, p] + mass[3, p]
            total += mass[0, p]
        for p in range(n_patterns):
            if mass[0, p] > 0.0:
                share = mass[0, p] / total
                entropy -= share * math.log(share)
        out[r, 0] = min(max(entropy / math.log(n_patterns), 0.0), 1.0)


def _run(order: int, delay: int, weighted: bool, x: np.ndarray, out: np.ndarray) -> None:
    """Fill out with permutation entropy, plain or weighted; 0 where rows hold no stretch."""
    n_times, n_patterns = x.shape[1], math.factorial(order)
    n = n_times - (order - 1) * delay
    if n < 1:
        out[:] = 0.0
        return
    smaller = np.empty((order, n_times), np.uint8)
    patterns = np.empty(n, np.uint8 if order < 6 else np.uint16)
    if weighted:
        _weighted_entropy(x, order, delay, smaller, patterns, np.empty((4, n_patterns)), out)
        return
    terms = np.zeros(n + 1)  # of the entropy, by how often a pattern occurs
    shares = np.arange(1, n + 1) / n
    terms[1:] = -shares * np.log(shares) / math.log(n_patterns)
    tally = np.empty((4, n_patterns), np.int32)
    _permutation_entropy(x, order, delay, terms, smaller, patterns, tally, out)


def permutation_entropy_sweeps(order: int = 3, delay: int = 1) -> dict[str, Sweep]:
    """Return the table of permutation entropies.

    Parameters
    ----------
    order : int, default=3
        Number of points of a stretch, 2 to 7.
    delay : int, default=1
        Distance between them, in time points.

    Returns
    -------
    table : dict of str to Sweep
        Groups ``permutation`` and ``weighted_permutation``; rows without a stretch give 0.
    """
    return {
        "permutation": Sweep(("permutation_entropy",), partial(_run, order, delay, False)),
        "weighted_permutation": Sweep(("weighted_permutation_entropy",), partial(_run, order, delay, True)),
    }
