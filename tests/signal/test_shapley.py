import itertools
import math

import numpy as np
import pytest

from sklearn_eeg.signal import shapley_of_products
from sklearn_eeg.signal._shapley import _reach, quadrature


def factors(seed, n_windows, n_players, n_terms, spread=1.0):
    rng = np.random.default_rng(seed)
    return np.exp(-spread * rng.exponential(size=(n_windows, n_players, n_terms)))


def by_orders(present, absent, groups):
    """Mean over all orders in which the players of each group enter together."""
    total, n_orders = np.zeros(present.shape), 0
    for outer in itertools.permutations(groups):
        for order in itertools.product(*(itertools.permutations(group) for group in outer)):
            inside = np.zeros(present.shape[1], dtype=bool)
            n_orders += 1
            for player in itertools.chain(*order):
                before = coalition(present, absent, inside)
                inside[player] = True
                total[:, player] += coalition(present, absent, inside) - before
    return total / n_orders


def coalition(present, absent, inside):
    chosen = np.where(inside[:, np.newaxis], present[:, np.newaxis], absent[np.newaxis])
    return chosen.prod(axis=2).mean(axis=1)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_is_the_mean_over_all_orders(seed):
    present, absent = factors(seed, 2, 5, 7), factors(seed + 10, 3, 5, 7)
    expected = by_orders(present, absent, [[player] for player in range(5)])
    np.testing.assert_allclose(shapley_of_products(present, absent), expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize("sizes", [(2, 3, 1), (1, 1, 4), (6,), (3, 3), (1, 1, 1, 1, 1, 1)])
def test_groups_enter_together(sizes):
    present, absent = factors(3, 2, 6, 4), factors(4, 2, 6, 4)
    edges = np.cumsum([0, *sizes])
    groups = [range(first, last) for first, last in itertools.pairwise(edges)]
    expected = by_orders(present, absent, groups)
    np.testing.assert_allclose(shapley_of_products(present, absent, sizes), expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize("n_players", [1, 2, 3, 19, 31, 32, 33, 70, 150, 300])
def test_they_sum_to_the_whole_change(n_players):
    for spread in (2.0 / n_players, 20.0 / n_players, 1.0):
        present, absent = factors(5, 3, n_players, 40, spread), factors(6, 2, n_players, 40, spread)
        change = present.prod(axis=1) - absent.prod(axis=1).mean(axis=0)
        sums = shapley_of_products(present, absent).sum(axis=1)
        np.testing.assert_allclose(sums, change, rtol=0, atol=2e-13)


@pytest.mark.parametrize("n_players", [40, 300])
def test_fewer_nodes_than_exact_ones_are_enough(n_players):
    t, w = np.polynomial.legendre.leggauss(n_players // 2)
    for spread in (0.1 / n_players, 2.0 / n_players, 30.0 / n_players):
        present, absent = factors(7, 1, n_players, 3, spread), factors(8, 1, n_players, 3, spread)
        exact = np.zeros((1, n_players, 3))
        for node, weight in zip((t + 1) / 2, w / 2, strict=True):
            mixed = node * present + (1 - node) * absent
            exact += weight * mixed.prod(axis=1, keepdims=True) / mixed
        exact *= present - absent
        np.testing.assert_allclose(shapley_of_products(present, absent), exact, rtol=0, atol=1e-15)


def test_all_factors_zero_or_one_of_many_players():
    """The integrand is then the steepest: all present players stop everything."""
    n_players = 300
    values = shapley_of_products(np.zeros((1, n_players, 1)), np.ones((1, n_players, 1)))
    np.testing.assert_allclose(values, -1 / n_players, rtol=1e-12)


def test_a_factor_of_zero_is_no_division_by_zero():
    present, absent = factors(9, 1, 4, 2), factors(10, 1, 4, 2)
    present[0, 0], absent[0, 0], absent[0, 1] = 0.0, 0.0, 0.0
    values = shapley_of_products(present, absent)
    assert (values == 0).all()  # nothing comes of any coalition
    absent[0, 0] = 0.5
    expected = by_orders(present, absent, [[player] for player in range(4)])
    np.testing.assert_allclose(shapley_of_products(present, absent), expected, rtol=0, atol=1e-15)


def test_products_of_hundreds_that_underflow_are_zero():
    present, absent = np.full((1, 400, 1), 1e-3), np.full((1, 400, 1), 2e-3)
    np.testing.assert_allclose(shapley_of_products(present, absent), 0.0, atol=1e-300)


def test_many_factors_that_differ_only_in_one():
    """The product of the others does not underflow although that of the logs is far below."""
    present = np.full((1, 300, 1), 0.99)
    absent = present.copy()
    absent[0, 7] = 0.0
    values = shapley_of_products(present, absent)
    expected = np.zeros(300)
    expected[7] = 0.99**300
    np.testing.assert_allclose(values[0, :, 0], expected, rtol=1e-12)


def test_equal_factors_give_exactly_zero_and_like_players_the_same():
    present, absent = factors(11, 2, 5, 3), factors(12, 1, 5, 3)
    present[:, 2] = absent[0, 2]
    present[:, 4], absent[:, 4] = present[:, 0], absent[:, 0]
    values = shapley_of_products(present, absent)
    assert (values[:, 2] == 0).all()
    np.testing.assert_allclose(values[:, 4], values[:, 0], rtol=1e-13)


def test_the_order_of_players_windows_and_terms_does_not_matter():
    present, absent = factors(13, 3, 6, 70), factors(14, 2, 6, 70)
    values = shapley_of_products(present, absent)
    rng = np.random.default_rng(15)
    p, w, t = rng.permutation(6), rng.permutation(3), rng.permutation(70)
    shuffled = shapley_of_products(present[w][:, p][:, :, t], absent[:, p][:, :, t])
    np.testing.assert_allclose(shuffled, values[w][:, p][:, :, t], rtol=0, atol=1e-15)


def test_the_background_is_averaged():
    present, absent = factors(16, 1, 4, 3), factors(17, 5, 4, 3)
    each = [shapley_of_products(present, absent[row : row + 1]) for row in range(5)]
    np.testing.assert_allclose(shapley_of_products(present, absent), np.mean(each, axis=0), atol=1e-16)


@pytest.mark.parametrize(
    ("present", "absent", "sizes", "message"),
    [
        (np.ones((1, 2)), np.ones((1, 2, 3)), None, r"`present` must be of shape .* got \(1, 2\)"),
        (np.ones((1, 2, 3)), np.ones((0, 2, 3)), None, r"`absent` must be of shape .* got \(0, 2, 3\)"),
        (np.ones((1, 2, 3)), np.ones((1, 2, 4)), None, r"of `present`, \(2, 3\), got \(2, 4\)"),
        (
            np.full((1, 2, 3), 1.5),
            np.ones((1, 2, 3)),
            None,
            "`present` must lie between 0 and 1, .* 1.5 to 1.5",
        ),
        (
            np.ones((1, 2, 3)),
            np.full((1, 2, 3), np.nan),
            None,
            "`absent` must lie between 0 and 1, got .* nan",
        ),
        (np.ones((1, 2, 3)), np.ones((1, 2, 3)), (2, 1), r"sum to the 2 players, got \(2, 1\)"),
        (np.ones((1, 2, 3)), np.ones((1, 2, 3)), (2, 0), r"`sizes` must be positive .* got \(2, 0\)"),
    ],
)
def test_what_does_not_fit_is_refused(present, absent, sizes, message):
    with pytest.raises(ValueError, match=message):
        shapley_of_products(present, absent, sizes)


def test_no_terms_have_no_values():
    assert shapley_of_products(np.ones((2, 3, 0)), np.ones((1, 3, 0))).shape == (2, 3, 0)


@pytest.mark.parametrize("n_players", [1, 2, 5, 19, 33, 300, 5000])
def test_the_last_rule_is_enough_for_any_factors(n_players):
    rules = quadrature(n_players)
    exact = math.ceil(n_players / 2)
    assert rules.counts[-1] == exact or _reach(int(rules.counts[-1])) >= n_players
    assert rules.counts[-1] <= max(1, exact)
    assert np.isinf(rules.reach[-1])
    assert (np.diff(rules.counts) > 0).all()
    assert (np.diff(rules.reach) > 0).all()
    np.testing.assert_allclose(rules.weights.sum(axis=1), 1.0, rtol=1e-13)


@pytest.mark.parametrize("n_nodes", [4, 8, 12, 20])
def test_within_its_reach_a_rule_is_accurate(n_nodes):
    """Steep games at the edge of the reach: one player carries all, or all carry alike."""
    reach = _reach(n_nodes)
    t, w = np.polynomial.legendre.leggauss(n_nodes)
    t, w = (t + 1) / 2, w / 2
    for n_players in (max(2, math.ceil(reach) + 1), 100, 1000):
        change = reach / n_players
        exact = -math.expm1((n_players + 1) * math.log1p(-change)) / (change * (n_players + 1))
        assert abs(w @ np.exp(n_players * np.log1p(-change * t)) - exact) < 4e-15
