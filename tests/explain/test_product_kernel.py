import itertools
import math
import tracemalloc

import numpy as np
import pytest

from sklearn_eeg.explain._product_kernel import (
    explain_nested,
    explain_product_kernel,
    product_kernel_margins,
)


def make(seed, n_features=16, n_classes=3, n_vectors=40, n_rows=3, n_background=5):
    """Random machine and rows: (rows, background, vectors, coefficients, intercept, gamma)."""
    rng = np.random.default_rng(seed)
    tables = [rng.standard_normal((n, n_features)) for n in (n_rows, n_background, n_vectors)]
    return (
        *tables,
        rng.standard_normal((n_classes, n_vectors)),
        rng.standard_normal(n_classes),
        0.6 / n_features,
    )


def naive_margins(rows, vectors, coefficients, intercept, gamma, kernel="rbf"):
    """By the formula, in its simplest form."""
    power = 2 if kernel == "rbf" else 1
    distance = (gamma * np.abs(rows[:, np.newaxis] - vectors) ** power).sum(axis=-1)
    return np.exp(-distance) @ coefficients.T + intercept


def all_coalitions(rows, background, machine, players, kernel="rbf"):
    """Return the value of each coalition: {frozenset: (n_rows, n_classes)}."""
    game = {}
    for size in range(len(players) + 1):
        for members in itertools.combinations(range(len(players)), size):
            columns = [column for member in members for column in players[member]]
            mixed = np.repeat(background[np.newaxis], len(rows), axis=0)
            mixed[:, :, columns] = rows[:, np.newaxis][:, :, columns]
            values = naive_margins(mixed.reshape(-1, rows.shape[1]), *machine, kernel)
            game[frozenset(members)] = values.reshape(len(rows), len(background), -1).mean(axis=1)
    return game


def brute_force(rows, background, *machine, players, kernel="rbf"):
    game, n = all_coalitions(rows, background, machine, players, kernel), len(players)
    values = np.zeros((len(rows), n, len(machine[1])))
    for members, value in game.items():
        for player in set(range(n)) - members:
            weight = math.factorial(len(members)) * math.factorial(n - len(members) - 1) / math.factorial(n)
            values[:, player] += weight * (game[members | {player}] - value)
    return values


def brute_force_nested(rows, background, *machine, players, outer):
    """Mean over all orders in which the players of each group enter together."""
    game, values, n_orders = all_coalitions(rows, background, machine, players), 0.0, 0
    for groups in itertools.permutations(outer):
        for order in itertools.product(*(itertools.permutations(group) for group in groups)):
            sequence, gains = list(itertools.chain(*order)), [None] * len(players)
            for place, player in enumerate(sequence):
                gains[player] = game[frozenset(sequence[: place + 1])] - game[frozenset(sequence[:place])]
            values, n_orders = values + np.stack(gains, axis=1), n_orders + 1
    return values / n_orders


EIGHT = [[0, 9], [1], [2, 3, 4], [5], [6, 15], [7, 8], [10, 11, 12], [13, 14]]


@pytest.mark.parametrize("n_classes", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_exact_values_are_those_of_all_coalitions(seed, n_classes):
    problem = make(seed, n_classes=n_classes)
    values, base = explain_product_kernel(*problem, EIGHT)
    np.testing.assert_allclose(values, brute_force(*problem, players=EIGHT), rtol=0, atol=1e-12)
    np.testing.assert_allclose(base, naive_margins(*problem[1:]).mean(axis=0), rtol=0, atol=1e-12)


def test_the_laplacian_kernel():
    problem = make(3)
    values, base = explain_product_kernel(*problem, EIGHT, kernel="laplacian")
    expected = brute_force(*problem, players=EIGHT, kernel="laplacian")
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(base, naive_margins(*problem[1:], kernel="laplacian").mean(axis=0), atol=1e-12)


@pytest.mark.parametrize("kernel", ["rbf", "laplacian"])
def test_a_width_for_each_feature(kernel):
    *problem, _ = make(4)
    problem.append(np.random.default_rng(5).uniform(0, 0.1, 16))
    values, _ = explain_product_kernel(*problem, EIGHT, kernel=kernel)
    expected = brute_force(*problem, players=EIGHT, kernel=kernel)
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "outer", [[[0, 2], [1, 4, 3], [5]], [[5, 4, 3, 2, 1, 0]], [[3], [0], [1], [2], [5], [4]]]
)
def test_nested_values_are_those_of_all_orders(outer):
    problem, players = make(6, n_features=7, n_vectors=20), [[0], [1, 6], [2], [3], [4], [5]]
    values, base = explain_nested(*problem, players, outer)
    expected = brute_force_nested(*problem, players=players, outer=outer)
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(base, naive_margins(*problem[1:]).mean(axis=0), rtol=0, atol=1e-12)


def test_nested_values_sum_to_those_of_their_channels():
    problem, rng = make(7, n_features=57), np.random.default_rng(8)
    order = rng.permutation(57)
    channels = np.array_split(order, 19)
    whole, base = explain_product_kernel(*problem, channels)
    features = [[feature] for feature in range(57)]
    values, same = explain_nested(*problem, features, channels)
    sums = np.stack([values[:, channel].sum(axis=1) for channel in channels], axis=1)
    np.testing.assert_allclose(sums, whole, rtol=0, atol=1e-12)
    np.testing.assert_allclose(same, base, rtol=0, atol=1e-12)


@pytest.mark.parametrize("width", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("n_features", [1, 2, 19, 300])
def test_values_sum_to_margin_less_base(n_features, width):
    *problem, gamma = make(9, n_features=n_features)
    values, base = explain_product_kernel(*problem, width * gamma, np.arange(n_features)[:, np.newaxis])
    margins = naive_margins(problem[0], *problem[2:], width * gamma)
    np.testing.assert_allclose(values.sum(axis=1) + base, margins, rtol=0, atol=1e-11)


def test_a_vector_among_the_rows_is_exact_too():
    """Distances of exactly 0, and of players with factors of exactly 0 far away."""
    rows, background, vectors, *machine = make(10)
    vectors[0], background[0], vectors[1] = rows[0], rows[0], 1e3
    problem = (rows, background, vectors, *machine)
    values, _ = explain_product_kernel(*problem, EIGHT)
    np.testing.assert_allclose(values, brute_force(*problem, players=EIGHT), rtol=0, atol=1e-12)


def test_rows_far_from_all_vectors_are_finite():
    rows, *problem = make(11, n_features=300)
    values, base = explain_product_kernel(1e6 * rows, *problem, np.arange(300)[:, np.newaxis])
    np.testing.assert_allclose(values.sum(axis=1) + base, np.tile(problem[3], (3, 1)), rtol=0, atol=1e-11)


def test_memory_and_threads_do_not_change_the_values():
    problem = make(12, n_vectors=300)
    expected, base = explain_product_kernel(*problem, EIGHT)
    for options in (
        {"max_bytes": 1},
        {"max_bytes": 300_000},
        {"n_jobs": 2},
        {"n_jobs": 8, "max_bytes": 2**17},
    ):
        values, same = explain_product_kernel(*problem, EIGHT, **options)
        np.testing.assert_allclose(values, expected, rtol=0, atol=1e-13)
        np.testing.assert_allclose(same, base, rtol=0, atol=1e-13)
        nested, _ = explain_nested(*problem, EIGHT, [[0, 1], [2, 3], [4, 5, 6, 7]], **options)
        np.testing.assert_allclose(nested.sum(axis=1), expected.sum(axis=1), rtol=0, atol=1e-12)


def test_work_arrays_keep_within_their_bytes():
    problem = make(21, n_vectors=256, n_rows=80, n_background=80)
    explain_product_kernel(*make(21), EIGHT)  # compiles
    peaks = []
    for max_bytes in (2**19, 2**26):
        tracemalloc.start()
        explain_product_kernel(*problem, EIGHT, max_bytes=max_bytes)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    inputs_and_values = 2**18
    assert peaks[0] < 2**19 + inputs_and_values
    assert peaks[1] > 2**22


def test_the_order_of_players_does_not_matter():
    problem, order = make(13), [3, 7, 0, 1, 6, 2, 5, 4]
    values, _ = explain_product_kernel(*problem, EIGHT)
    shuffled, _ = explain_product_kernel(*problem, [EIGHT[player] for player in order])
    np.testing.assert_allclose(shuffled, values[:, order], rtol=0, atol=1e-13)


def test_a_player_without_influence_has_the_value_zero():
    rows, background, *machine, gamma = make(14)
    background[:, [2, 3, 4]] = rows[0, [2, 3, 4]]
    values, _ = explain_product_kernel(rows[:1], background, *machine, gamma, EIGHT)
    assert (values[:, 2] == 0).all()
    width = np.full(16, gamma)
    width[5] = 0.0
    values, _ = explain_product_kernel(rows[:1], background, *machine, width, EIGHT)
    assert (values[:, 3] == 0).all()


def test_symmetric_players_are_equal():
    rows, background, vectors, *machine = make(15)
    for table in (rows, background, vectors):
        table[:, 5] = table[:, 1]
    values, _ = explain_product_kernel(rows, background, vectors, *machine, EIGHT)
    np.testing.assert_allclose(values[:, 3], values[:, 1], rtol=0, atol=1e-14)


def test_one_player_has_the_whole_difference():
    problem = make(16)
    values, base = explain_product_kernel(*problem, [range(16)])
    margins = naive_margins(problem[0], *problem[2:])
    np.testing.assert_allclose(values[:, 0], margins - base, rtol=0, atol=1e-12)


def test_a_machine_without_vectors_is_constant():
    rows, background, *_ = make(20)
    machine = (np.empty((0, 16)), np.empty((2, 0)), [1.0, -1.0], 0.5)
    values, base = explain_product_kernel(rows, background, *machine, EIGHT)
    np.testing.assert_array_equal(values, np.zeros((3, 8, 2)))
    np.testing.assert_array_equal(base, [1.0, -1.0])
    np.testing.assert_array_equal(product_kernel_margins(rows, *machine), np.tile([1.0, -1.0], (3, 1)))


def test_margins_are_those_of_the_formula():
    rows, _, *machine = make(17, n_rows=50)
    for kernel in ("rbf", "laplacian"):
        margins = product_kernel_margins(rows, *machine, kernel=kernel)
        np.testing.assert_allclose(margins, naive_margins(rows, *machine, kernel), rtol=0, atol=1e-12)


def test_players_and_groups_that_do_not_fit_are_refused():
    problem = make(18)
    with pytest.raises(ValueError, match="`players` must hold every column once, got column 0 in none"):
        explain_product_kernel(*problem, [range(1, 16)])
    with pytest.raises(
        ValueError, match="`players` must hold every column once, got column 3 more than once"
    ):
        explain_nested(*problem, [range(16), [3]], [[0, 1]])
    with pytest.raises(ValueError, match="`outer` must hold every column once, got column 7 in none"):
        explain_nested(*problem, EIGHT, [range(7)])
    with pytest.raises(ValueError, match="`outer` must hold every column once, got column 2 more than once"):
        explain_nested(*problem, EIGHT, [[0, 1, 2], [2, 3, 4, 5, 6, 7]])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kernel": "poly"}, r"`kernel` must be one of \['laplacian', 'rbf'\], got 'poly'"),
        ({"gamma": -1.0}, "`gamma` must be finite and at least 0, got -1"),
        ({"gamma": np.ones(3)}, r"`gamma` must be a number or one for each of 16 columns, got shape \(3,\)"),
        ({"vectors": np.ones((40, 3))}, r"`vectors` must have the 16 columns of `rows`, got \(40, 3\)"),
        ({"coefficients": np.ones(40)}, r"`coefficients` must have shape \(n_classes, 40\), got \(40,\)"),
        ({"intercept": 0.0}, r"`intercept` must have shape \(3,\), got \(\)"),
        ({"background": np.ones((2, 3))}, "`background` must have the 16 columns of `rows`, got 3"),
    ],
)
def test_a_machine_that_does_not_fit_is_refused(change, message):
    names = ["rows", "background", "vectors", "coefficients", "intercept", "gamma"]
    arguments = dict(zip(names, make(19), strict=True)) | {"players": EIGHT} | change
    with pytest.raises(ValueError, match=message):
        explain_product_kernel(**arguments)
