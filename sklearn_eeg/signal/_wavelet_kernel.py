"""The fast wavelet transform of many signals: filters, extension at the ends, kernels.

One step halves a signal x of n points: with filters h of F taps, padded with zeros to a multiple of 8,
its outputs are ``sum_j h[j] x[2 i + s - j]``, where s is 1, or half the filter's length for the mode
"periodization". Beyond its ends x is extended; in every mode the extension is a weighted sum of one
inner value and the two at the ends, so tables of indices and weights hold all modes.

Coefficients of a signal lie in one row, the sub-bands one after the other; each begins at a multiple of
``LANES`` and is followed by zeros, so that no loop leaves a remainder.
"""

from typing import NamedTuple

import numpy as np
import pywt

from ._kernel import kernel

LANES = 16  # the coefficients of a sub-band are padded to a multiple of it
_TAPS = 8  # of the filters, worked on at once


class Step(NamedTuple):
    """One halving of signals of a given length, in the terms of :func:`_halve`."""

    n_times: int
    n_out: int
    left: int  # points that the extension puts before the signal
    source: np.ndarray  # of each point of the extension, the index of the inner value
    weights: np.ndarray  # of each, the weights of that value, the first and the last


def round_up(n: int) -> int:
    """Return the room that n coefficients take."""
    return -(-n // LANES) * LANES


def filters_of(wavelet: str) -> tuple[np.ndarray, int]:
    """Return the low-pass and the high-pass filter, padded with zeros, and their true length."""
    parts = pywt.Wavelet(wavelet)
    n_taps = parts.dec_len
    filters = np.zeros((2, -(-n_taps // _TAPS) * _TAPS))
    filters[0, :n_taps] = parts.dec_lo
    filters[1, :n_taps] = parts.dec_hi
    return filters, n_taps


def plan_steps(n_times: int, n_taps: int, level: int, mode: str) -> list[Step]:
    """Return the halvings that lead from signals of n_times points to the given level."""
    n_padded = -(-n_taps // _TAPS) * _TAPS
    shift = n_taps // 2 if mode == "periodization" else 1
    left = n_padded - 1 - shift
    steps = []
    for _ in range(level):
        n_out = (n_times + 1) // 2 if mode == "periodization" else (n_times + n_taps - 1) // 2
        right = max(2 * (n_out - 1) + n_padded - left - n_times, 0)
        outside = np.concatenate([np.arange(-left, 0), np.arange(n_times, n_times + right)])
        steps.append(Step(n_times, n_out, left, *extend(outside, n_times, mode)))
        n_times = n_out
    return steps


def extend(k: np.ndarray, n: int, mode: str) -> tuple[np.ndarray, np.ndarray]:
    """Return how signals of n points are extended to the indices k outside 0 to n - 1.

    Parameters
    ----------
    k : ndarray of int of shape (n_points,)
        Indices, below 0 or above n - 1.
    n : int
        Number of time points of the signals.
    mode : str
        Mode of PyWavelets.

    Returns
    -------
    source : ndarray of int of shape (n_points,)
        Indices from 0 to n - 1.
    weights : ndarray of shape (n_points, 3)
        The extension is ``w[:, 0] * x[source] + w[:, 1] * x[0] + w[:, 2] * x[-1]``.
    """
    weights = np.zeros((k.size, 3))
    weights[:, 0] = mode != "zero"
    mirrors = {"symmetric": n, "antisymmetric": n, "reflect": n - 1, "antireflect": n - 1}
    if mirrors.get(mode):  # their distance
        turn, place = np.divmod(k, mirrors[mode])
        odd = turn % 2 == 1
        source = np.where(odd, n - 1 - place, place)
        if mode.startswith("anti"):
            weights[:, 0] = np.where(odd, -1, 1)
        if mode == "antireflect":  # on from where the part before ended
            weights[:, 1] = np.where(odd, 1 - turn, -turn)
            weights[:, 2] = np.where(odd, 1 + turn, turn)
    elif mode == "periodic":
        source = k % n
    elif mode == "periodization":  # a last point is repeated to make the number even
        source = np.minimum(k % (n + n % 2), n - 1)
    elif mode == "smooth" and n > 1:
        source = np.where(k < 0, 1, n - 2)
        slopes = np.where(k < 0, -k, k - (n - 1)).astype(float)
        weights[:, 0] = -slopes
        weights[:, 1] = np.where(k < 0, 1 + slopes, 0)
        weights[:, 2] = np.where(k < 0, 0, 1 + slopes)
    else:
        source = np.clip(k, 0, n - 1)
    return source, weights


def pack(steps: list[Step]) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Return the steps as the arrays that the kernels take, and half the room of the extended signal.

    Points of the extension have a place in a buffer whose first half holds those of even place, the
    second those of odd place. Steps with fewer points than others repeat their last.
    """
    n_extra = max(step.source.size for step in steps)
    half = max(round_up(step.n_out) + step.left + 1 for step in steps)
    shape = np.array([(step.n_times, step.n_out, step.left) for step in steps], dtype=np.int64)
    index = np.zeros((len(steps), 2, n_extra), dtype=np.int64)
    weights = np.zeros((len(steps), n_extra, 3))
    for depth, step in enumerate(steps):
        place = np.arange(step.source.size)
        place = np.where(place < step.left, place, place + step.n_times)
        every = np.minimum(np.arange(n_extra), step.source.size - 1)
        index[depth, 0] = ((place % 2) * half + place // 2)[every]
        index[depth, 1] = step.source[every]
        weights[depth] = step.weights[every]
    return shape, index, weights, half


@kernel
def _halve(
    x: np.ndarray, depth: int, shape: np.ndarray, index: np.ndarray, weights: np.ndarray,
    filters: np.ndarray, buffers: tuple[np.ndarray, ...], low: np.ndarray, high: np.ndarray,
) -> None:  # fmt: skip
    """Fill low and high with the outputs of the two filters, and zeros up to the end of high.

    Slices cost a few nanoseconds each: those that all steps use are made once, in `_buffers`.
    """
    n, n_out = shape[depth, 0], shape[depth, 1]
    split, even, odd, inner_even, inner_odd = buffers
    for i in range(n // 2):
        inner_even[i] = x[2 * i]
        inner_odd[i] = x[2 * i + 1]
    if n % 2 == 1:
        inner_even[n // 2] = x[n - 1]
    first, last = x[0], x[n - 1]
    for i in range(index.shape[2]):
        inner = weights[depth, i, 0] * x[index[depth, 1, i]]
        split[index[depth, 0, i]] = inner + weights[depth, i, 1] * first + weights[depth, i, 2] * last
    n_taps = filters.shape[1]
    _eight_taps(even, odd, filters, n_taps - 8, low, high)
    for j in range(n_taps - 16, -1, -8):
        start = (n_taps - 8 - j) // 2
        _add_eight_taps(even[start:], odd[start:], filters, j, low, high)
    for i in range(n_out, high.size):
        low[i] = 0.0
        high[i] = 0.0


@kernel
def _buffers(half: int, left: int) -> tuple[np.ndarray, ...]:
    """Return the room of an extended signal, its halves, and where the signal begins in these."""
    split = np.zeros(2 * half)
    even = split[left // 2 + (left % 2) * half :]
    odd = split[(left + 1) // 2 + (1 - left % 2) * half :]
    return split, split[:half], split[half:], even, odd


@kernel
def _eight_taps(
    even: np.ndarray, odd: np.ndarray, filters: np.ndarray, j: int, low: np.ndarray, high: np.ndarray
) -> None:
    """Fill low and high with the sums over the eight taps from j on."""
    h0, h1, h2, h3 = filters[0, j], filters[0, j + 1], filters[0, j + 2], filters[0, j + 3]
    h4, h5, h6, h7 = filters[0, j + 4], filters[0, j + 5], filters[0, j + 6], filters[0, j + 7]
    g0, g1, g2, g3 = filters[1, j], filters[1, j + 1], filters[1, j + 2], filters[1, j + 3]
    g4, g5, g6, g7 = filters[1, j + 4], filters[1, j + 5], filters[1, j + 6], filters[1, j + 7]
    for i in range(high.size):
        a0, b0 = odd[i + 3], even[i + 3]
        a1, b1 = odd[i + 2], even[i + 2]
        a2, b2 = odd[i + 1], even[i + 1]
        a3, b3 = odd[i], even[i]
        low[i] = h0 * a0 + h1 * b0 + h2 * a1 + h3 * b1 + h4 * a2 + h5 * b2 + h6 * a3 + h7 * b3
        high[i] = g0 * a0 + g1 * b0 + g2 * a1 + g3 * b1 + g4 * a2 + g5 * b2 + g6 * a3 + g7 * b3


@kernel
def _add_eight_taps(
    even: np.ndarray, odd: np.ndarray, filters: np.ndarray, j: int, low: np.ndarray, high: np.ndarray
) -> None:
    """Add to low and high the sums over the eight taps from j on."""
    h0, h1, h2, h3 = filters[0, j], filters[0, j + 1], filters[0, j + 2], filters[0, j + 3]
    h4, h5, h6, h7 = filters[0, j + 4], filters[0, j + 5], filters[0, j + 6], filters[0, j + 7]
    g0, g1, g2, g3 = filters[1, j], filters[1, j + 1], filters[1, j + 2], filters[1, j + 3]
    g4, g5, g6, g7 = filters[1, j + 4], filters[1, j + 5], filters[1, j + 6], filters[1, j + 7]
    for i in range(high.size):
        a0, b0 = odd[i + 3], even[i + 3]
        a1, b1 = odd[i + 2], even[i + 2]
        a2, b2 = odd[i + 1], even[i + 1]
        a3, b3 = odd[i], even[i]
        low[i] += h0 * a0 + h1 * b0 + h2 * a1 + h3 * b1 + h4 * a2 + h5 * b2 + h6 * a3 + h7 * b3
        high[i] += g0 * a0 + g1 * b0 + g2 * a1 + g3 * b1 + g4 * a2 + g5 * b2 + g6 * a3 + g7 * b3


@kernel
def transform(
    x: np.ndarray, shape: np.ndarray, index: np.ndarray, weights: np.ndarray, half: int,
    filters: np.ndarray, starts: np.ndarray, out: np.ndarray,
) -> None:  # fmt: skip
    """Fill rows of out with the approximation and the details, from the coarsest to the finest."""
    level = len(shape)
    room = 0
    for band in range(1, level + 1):  # with short signals the coarsest is the longest
        room = max(room, starts[band + 1] - starts[band])
    buffers, spare = _buffers(half, shape[0, 2]), np.zeros(room)
    for r in range(x.shape[0]):
        for depth in range(level):
            band = level - depth
            low = out[r] if depth == level - 1 else spare
            high = out[r, starts[band] : starts[band + 1]]
            _halve(x[r] if depth == 0 else spare, depth, shape, index, weights, filters, buffers, low, high)


@kernel
def transform_to_packets(
    x: np.ndarray, shape: np.ndarray, index: np.ndarray, weights: np.ndarray, half: int,
    filters: np.ndarray, starts: np.ndarray, out: np.ndarray,  # noqa: ARG001
) -> None:  # fmt: skip
    """Fill rows of out with the packets of the last level, by frequency.

    Halving turns the frequencies of a high-pass output round, so of every other packet the high-pass
    output is that of lower frequencies.
    """
    level = len(shape)
    size = 0
    for depth in range(level):
        size = max(size, 2 ** (depth + 1) * _room(shape[depth, 1]))
    buffers, before, after = _buffers(half, shape[0, 2]), np.zeros(size), np.zeros(size)
    for r in range(x.shape[0]):
        for depth in range(level):
            room, wide = _room(shape[depth, 0]), _room(shape[depth, 1])
            for parent in range(2**depth):
                source = x[r] if depth == 0 else before[parent * room : (parent + 1) * room]
                low = after[2 * parent * wide : (2 * parent + 1) * wide]
                high = after[(2 * parent + 1) * wide : (2 * parent + 2) * wide]
                if parent % 2 == 1:
                    low, high = high, low
                _halve(source, depth, shape, index, weights, filters, buffers, low, high)
            before, after = after, before
        out[r] = before[: out.shape[1]]


@kernel
def _room(n: int) -> int:
    """Return the room that n coefficients take, as `round_up` does."""
    return (n + LANES - 1) // LANES * LANES
