"""Ranks and neighbours equal those of a full sort, whatever the values."""

import numpy as np
import pytest

from sklearn_eeg.signal._ranks import N_CELLS, bound_neighbours, sort_row

RNG = np.random.default_rng(0)
ROWS = {
    "noise": RNG.normal(size=300),
    "integers": RNG.integers(-9, 9, 300).astype(float),
    "two values": RNG.integers(0, 2, 300).astype(float),
    "constant": np.full(300, 0.1),
    "descending": np.arange(300.0)[::-1].copy(),
    "one far outlier": np.append(RNG.normal(size=299), 1e12),
    "powers": 2.0 ** RNG.integers(-300, 300, 300),
    "whole range of floats": np.append(RNG.normal(size=298), [1.7e308, -1.7e308]),
    "denormal": RNG.normal(size=300) * 1e-310,
    "two points": np.array([1.0, 0.0]),
    "one point": np.array([1.0]),
}


def ranked(row, tolerance):
    n = row.size
    cell_of, ends = np.empty(n, np.int32), np.empty(N_CELLS * n + 1, np.int32)
    values, order = np.empty(n), np.empty(n, np.int32)
    lowest, per_unit = sort_row(row, cell_of, ends, values, order)
    low, high = np.empty(n + 1, np.int32), np.empty(n, np.int32)
    bound_neighbours(values, tolerance, lowest, per_unit, ends, low, high)
    return values, order, low[:n], high


@pytest.mark.parametrize("name", ROWS)
def test_sorted(name):
    values, order, _, _ = ranked(ROWS[name], 0.5)
    np.testing.assert_array_equal(values, np.sort(ROWS[name]))
    np.testing.assert_array_equal(ROWS[name][order], values)
    assert sorted(order) == list(range(values.size))


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("tolerance", [0.0, 0.3, 1.0, 1e300, np.inf])
def test_neighbours_are_those_within_the_tolerance(name, tolerance):
    values, _, low, high = ranked(ROWS[name], tolerance)
    with np.errstate(over="ignore"):
        near = np.abs(values[:, np.newaxis] - values) <= tolerance
    ranks = np.arange(values.size)
    np.testing.assert_array_equal(near, (ranks >= low[:, np.newaxis]) & (ranks < high[:, np.newaxis]))
