"""Order statistics, symbols and counts that the kernels of the canonical features share."""

import numpy as np

from ._kernel import inline_kernel, kernel

# Bins are closed below. The edges between them lie this share of a bin low and the outer ones as much
# outside, so that a value on an edge falls into the upper bin whatever the rounding.
_SLACK = 1e-6
_LANES = 32
_CELLS = 128


@kernel
def select(values: np.ndarray, n: int, rank: int) -> float:
    """Return the value of a rank (0 is the least) among values[:n], which are reordered.

    Hoare's selection: afterwards values[:rank] are no greater and values[rank + 1 : n] no less.
    """
    low, high = 0, n - 1
    while low < high:
        first, middle, last = values[low], values[(low + high) // 2], values[high]
        pivot = max(min(first, middle), min(max(first, middle), last))
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if rank <= j:
            high = j
        elif rank >= i:
            low = i
        else:
            break
    return values[rank]


@kernel
def select_between(values: np.ndarray, n: int, position: float) -> float:
    """Return the value between two ranks of values[:n], which are reordered, interpolated linearly."""
    rank = int(position)
    value = select(values, n, rank)
    if position > rank:
        following = np.inf
        for i in range(rank + 1, n):
            following = min(following, values[i])
        value += (position - rank) * (following - value)
    return value


@kernel
def extent(row: np.ndarray, n: int) -> tuple[float, float]:
    """Return the least and the greatest of row[:n], looked for in lanes side by side."""
    lows, highs = np.empty(_LANES), np.empty(_LANES)
    for k in range(_LANES):
        lows[k] = highs[k] = row[0]
    whole = n - n % _LANES
    for start in range(0, whole, _LANES):
        part = row[start : start + _LANES]
        for k in range(_LANES):
            lows[k] = part[k] if part[k] < lows[k] else lows[k]
            highs[k] = part[k] if part[k] > highs[k] else highs[k]
    for i in range(whole, n):
        lows[0] = min(lows[0], row[i])
        highs[0] = max(highs[0], row[i])
    for k in range(1, _LANES):
        lows[0] = min(lows[0], lows[k])
        highs[0] = max(highs[0], highs[k])
    return lows[0], highs[0]


@kernel
def quantiles(
    row: np.ndarray, n: int, share: float, work: np.ndarray, codes: np.ndarray
) -> tuple[float, float]:
    """Return the quantiles of row[:n] of a share and of what it leaves of 1.

    The value of rank k (from 1) of n is the quantile (k - 1/2) / n; between these it is linear, beyond
    them constant. Values are counted in equal cells first, and only those in the cells of a quantile's
    two ranks are put in order. work and codes are scratch of length n.
    """
    low, high = extent(row, n)
    if high <= low:
        return low, low
    factor = (_CELLS - 1e-9) / (high - low)
    cells = np.zeros(_CELLS, np.int64)
    for i in range(n):
        codes[i] = int((row[i] - low) * factor)
    for i in range(n):
        cells[codes[i]] += 1
    found = np.empty(2)
    for k in range(2):
        position = n * (share if k == 0 else 1.0 - share) - 0.5
        found[k] = _value_at(row, n, min(max(position, 0.0), n - 1.0), work, codes, cells)
    return found[0], found[1]


@kernel
def _value_at(
    row: np.ndarray, n: int, position: float, work: np.ndarray, codes: np.ndarray, cells: np.ndarray
) -> float:
    """Return the value between two ranks, given each value's cell and how many values each cell has."""
    rank = int(position)
    start, low = 0, 0
    while start + cells[low] <= rank:
        start += cells[low]
        low += 1
    high, stop = low, start + cells[low]
    while stop <= rank + 1 and high < _CELLS - 1:
        high += 1
        stop += cells[high]
    count = 0
    for i in range(n):
        if low <= codes[i] <= high:
            work[count] = row[i]
            count += 1
    return select_between(work, count, position - start)


@inline_kernel
def inner_edge(low: float, high: float, n_bins: int, k: int) -> float:
    """Return the edge below bin k (from 1 on) of equal bins between two values."""
    return low + (k - _SLACK) * ((high - low) / n_bins)


@inline_kernel
def bin_centre(low: float, high: float, n_bins: int, k: int) -> float:
    """Return the middle of bin k, the first and the last being a little wider."""
    width = (high - low) / n_bins
    last = _SLACK if k == n_bins - 1 else 0.0
    return low + (k + 0.5 - _SLACK + last) * width
