import numpy as np
import pytest

from sklearn_eeg.signal._kernel import kernel
from sklearn_eeg.signal._shapley import quadrature
from sklearn_eeg.signal._shapley_kernel import (
    LANES,
    add_and_multiply_after,
    multiply_before,
    owen_values,
)


@kernel
def call_before(before, c, change, row, t):
    multiply_before(before, c, change, row, t)


@kernel
def call_after(before, c, change, after, out, row, t):
    add_and_multiply_after(before, c, change, after, out, row, t)


@pytest.mark.parametrize("row", [0, 1, 2])
def test_the_steps_are_what_they_say(row):
    rng = np.random.default_rng(row)
    before, c, change, after, out = rng.random((5, 4, LANES))
    kept = [array.copy() for array in (before, c, change, after, out)]
    call_before(before, c, change, row, 0.3)
    expected = kept[0].copy()
    expected[row + 1] = kept[0][row] * (kept[1][row] + 0.3 * kept[2][row])
    np.testing.assert_allclose(before, expected, rtol=1e-15)
    call_after(kept[0], c, change, after, out, row, 0.3)
    expected_out, expected_after = kept[4].copy(), kept[3].copy()
    expected_out[row] += kept[0][row] * kept[3][0]
    expected_after[0] *= kept[1][row] + 0.3 * kept[2][row]
    np.testing.assert_allclose(out, expected_out, rtol=1e-15)
    np.testing.assert_allclose(after, expected_after, rtol=1e-15)
    np.testing.assert_array_equal(c, kept[1])
    np.testing.assert_array_equal(change, kept[2])


def test_a_part_of_an_array_begins_at_its_own_first_row():
    rng = np.random.default_rng(3)
    before, c, change = rng.random((3, 6, LANES))
    expected = before.copy()
    expected[4] = before[3] * (c[4] + 0.5 * change[2])
    call_before(before[3:], c[4:], change[2:], 0, 0.5)
    np.testing.assert_allclose(before, expected, rtol=1e-15)


@pytest.mark.parametrize("n_terms", [LANES, 3 * LANES])
def test_two_players_in_closed_form(n_terms):
    rng = np.random.default_rng(4)
    a, c = rng.random((2, 2, n_terms)), rng.random((1, 2, n_terms))
    out = np.empty_like(a)
    owen_values(a, c, np.array([0, 2]), quadrature(2), quadrature(1), out)
    np.testing.assert_allclose(out[:, 0], (a[:, 0] - c[:, 0]) * (a[:, 1] + c[:, 1]) / 2, rtol=1e-13)
    np.testing.assert_allclose(out[:, 1], (a[:, 1] - c[:, 1]) * (a[:, 0] + c[:, 0]) / 2, rtol=1e-13)
