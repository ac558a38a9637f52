"""Lempel-Ziv complexity of a signal.

The binary sequence is held as bits: of 64 places where a phrase may have begun before, one word tells
in which it still agrees.
"""

import math

import numpy as np

from ._kernel import kernel
from ._sweeps import Sweep

_BLOCK = 76  # rows whose medians are found at once


@kernel
def _pack(row: np.ndarray, threshold: float, bits: np.ndarray) -> None:
    """Set bit i of the words where a point lies above the threshold."""
    for w in range(bits.size):
        bits[w] = np.uint64(0)
    for i in range(row.size):
        bits[i >> 6] |= np.uint64(row[i] > threshold) << np.uint64(i & 63)


@kernel
def _still_agree(bits: np.ndarray, ahead: int, flip: np.uint64, n_words: int, places: np.ndarray) -> bool:
    """Keep the places whose bit `ahead` of them is as wanted, and return whether any are left."""
    shifted = bits[ahead >> 6 :]
    low = np.uint64(ahead & 63)
    high = np.uint64(63) - low
    one = np.uint64(1)
    left = np.uint64(0)
    for w in range(n_words):
        word = places[w] & (((shifted[w] >> low) | ((shifted[w + 1] << one) << high)) ^ flip)
        places[w] = word
        left |= word
    return left != np.uint64(0)


@kernel
def _count_phrases(bits: np.ndarray, n: int, places: np.ndarray) -> int:
    """Return the number of phrases: each the shortest that does not begin anywhere before it."""
    every = ~np.uint64(0)
    phrases = start = 0
    while start < n:
        n_words = (start + 63) >> 6
        for w in range(n_words):
            places[w] = every
        if start & 63:
            places[n_words - 1] = every >> np.uint64(64 - (start & 63))
        end = start
        while end < n:
            wanted = (bits[end >> 6] >> np.uint64(end & 63)) & np.uint64(1)
            flip = np.uint64(0) if wanted else every
            if not _still_agree(bits, end - start, flip, n_words, places):
                break
            end += 1
        phrases += 1
        start = end + 1
    return phrases


@kernel
def _lempel_ziv(x: np.ndarray, thresholds: np.ndarray, out: np.ndarray) -> None:
    n = x.shape[1]
    n_words = (n + 63) // 64
    bits, places = np.zeros(2 * n_words + 2, np.uint64), np.zeros(n_words + 1, np.uint64)
    for r in range(x.shape[0]):
        _pack(x[r], thresholds[r], bits)
        out[r, 0] = _count_phrases(bits, n, places) * math.log2(n) / n


def _run(x: np.ndarray, out: np.ndarray) -> None:
    middle = (x.shape[1] - 1) // 2
    for start in range(0, len(x), _BLOCK):
        block = slice(start, start + _BLOCK)
        # What lies above the lower middle value lies above the median.
        thresholds = np.ascontiguousarray(np.partition(x[block], middle, axis=-1)[:, middle])
        _lempel_ziv(x[block], thresholds, out[block])


LEMPEL_ZIV_SWEEPS: dict[str, Sweep] = {"lempel_ziv": Sweep(("lempel_ziv",), _run)}
