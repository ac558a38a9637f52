"""The ranks of a row's points, and between which ranks lie the neighbours of each."""

import numpy as np

from ._kernel import kernel

N_CELLS = 4  # a point
_PATIENCE = 16  # moves a point after which insertion gives way


@kernel
def _fill_cells(row: np.ndarray, cell_of: np.ndarray, ends: np.ndarray) -> tuple[float, float]:
    """Fill in each point's cell, of equal widths, and where each cell ends; return (lowest, cells a unit)."""
    low = high = row[0]
    for i in range(row.size):
        low = min(low, row[i])
        high = max(high, row[i])
    n_cells = ends.size - 1
    per_unit = (n_cells - 1) / (high - low) if high > low else 0.0
    per_unit = per_unit if per_unit < 1e300 else 0.0
    for i in range(row.size):
        cell_of[i] = np.int32((row[i] - low) * per_unit) if per_unit > 0.0 else np.int32(0)
    ends[:] = 0
    for i in range(row.size):
        ends[cell_of[i] + 1] += 1
    total = 0
    for cell in range(ends.size):
        total += ends[cell]
        ends[cell] = total
    return low, per_unit


@kernel
def _insert(values: np.ndarray, order: np.ndarray, gap: int, patience: int) -> bool:
    """Sort every gap-th element by insertion; stop and return False after too many moves."""
    moves = 0
    for p in range(gap, values.size):
        if values[p] < values[p - gap]:
            value, index = values[p], order[p]
            q = p
            while q >= gap and values[q - gap] > value:
                values[q] = values[q - gap]
                order[q] = order[q - gap]
                q -= gap
            values[q] = value
            order[q] = index
            moves += (p - q) // gap
            if moves > patience:
                return False
    return True


@kernel
def sort_row(
    row: np.ndarray, cell_of: np.ndarray, ends: np.ndarray, values: np.ndarray, order: np.ndarray
) -> tuple[float, float]:
    """Fill values and order with the points in ascending order and where they stand in the row.

    The points are dealt to cells and each cell sorted by insertion; where most fall in a few cells, by
    Shell's method. Returns what `_fill_cells` does; ``ends[c]`` is the rank of the first point of cell c.
    """
    n = row.size
    low, per_unit = _fill_cells(row, cell_of, ends)
    for i in range(n):
        p = ends[cell_of[i]]
        ends[cell_of[i]] = p + 1
        values[p] = row[i]
        order[p] = i
    for cell in range(ends.size - 1, 0, -1):
        ends[cell] = ends[cell - 1]
    ends[0] = 0
    if not _insert(values, order, 1, _PATIENCE * n):
        gap = 1
        while gap < n:
            gap = (9 * gap) // 4 + 1
        while gap > 1:
            gap = max(1, (4 * gap) // 9)
            _insert(values, order, gap, n * n)
    return low, per_unit


@kernel
def bound_neighbours(
    values: np.ndarray,
    tolerance: float,
    lowest: float,
    per_unit: float,
    ends: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> None:
    """Fill low and high so that the ranks low <= q < high are the points within the tolerance of each.

    The cell of a value plus the tolerance gives the first guess.
    """
    n, last = values.size, ends.size - 2.0
    for p in range(n + 1):
        low[p] = 0
    for p in range(n):
        value = values[p]
        place = (value + tolerance - lowest) * per_unit
        place = place if place > 0.0 else 0.0  # as well if it is no number
        place = place if place < last else last
        end = max(ends[np.int32(place)], p + 1)
        while end < n and values[end] - value <= tolerance:
            end += 1
        while end > p + 1 and values[end - 1] - value > tolerance:
            end -= 1
        high[p] = end
        low[end] += 1
    # low[q] so far counts whose last neighbour is q - 1: those before them are too far from q.
    total = 0
    for q in range(n):
        total += low[q]
        low[q] = total
