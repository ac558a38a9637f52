import numpy as np
import pytest

from sklearn_eeg.signal._catch22_order import (
    bin_centre,
    extent,
    inner_edge,
    quantiles,
    select,
    select_between,
)

KINDS = {
    "noise": lambda rng, n: rng.normal(size=n),
    "integers": lambda rng, n: rng.integers(0, 4, n).astype(float),
    "heavy tails": lambda rng, n: rng.standard_normal(n) ** 9,
    "in order": lambda rng, n: np.arange(float(n)),
    "constant": lambda rng, n: np.full(n, 0.1),
}
kinds = pytest.mark.parametrize("kind", KINDS)


@kinds
@pytest.mark.parametrize("n", [1, 2, 3, 31, 32, 33, 100])
def test_selection_and_extent(kind, n):
    x = KINDS[kind](np.random.default_rng(n), n)
    ordered = np.sort(x)
    assert extent(x, n) == (ordered[0], ordered[-1])
    for rank in range(n):
        assert select(x.copy(), n, rank) == ordered[rank]
    for position in (0.0, (n - 1) / 2, n - 1):
        expected = np.interp(position, np.arange(n), ordered)
        assert select_between(x.copy(), n, position) == pytest.approx(expected)


def test_only_the_first_values_count():
    x = np.array([3.0, 1.0, 2.0, -9.0, 9.0])
    assert extent(x, 3) == (1.0, 3.0)
    assert select(x.copy(), 3, 2) == 3.0


@kinds
@pytest.mark.parametrize("n", [1, 2, 3, 10, 257])
def test_quantiles(kind, n):
    x = KINDS[kind](np.random.default_rng(n), n)
    for share in (1 / 3, 0.25, 0.0, 0.001):
        ours = quantiles(x, n, share, np.empty(n), np.empty(n, np.int64))
        expected = np.quantile(x, [share, 1 - share], method="hazen")
        np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-12 * np.ptp(x))


def test_bins():
    assert inner_edge(0.0, 10.0, 5, 2) == pytest.approx(4.0, abs=3e-6)
    assert inner_edge(0.0, 10.0, 5, 2) < 4.0
    centres = [bin_centre(0.0, 10.0, 5, k) for k in range(5)]
    np.testing.assert_allclose(centres, [1, 3, 5, 7, 9], atol=3e-6)
