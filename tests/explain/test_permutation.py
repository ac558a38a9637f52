import itertools
import math

import numpy as np
import pytest
from sklearn.svm import SVC

from sklearn_eeg.explain._permutation import explain_by_sampling
from sklearn_eeg.explain._product_kernel import explain_product_kernel, product_kernel_margins
from sklearn_eeg.explain._svm import read_svm


def polynomial(x):
    """Interactions of two and three columns; the last column does nothing, the first two do the same."""
    first = x[:, 0] * x[:, 1] + x[:, 2] ** 2 * x[:, 3] - x[:, 4]
    return np.stack([first, x[:, 0] * x[:, 1] * x[:, 3], np.ones(len(x))], axis=1)


def tables(n_columns, seed=0, n_rows=3, n_background=4):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n_rows, n_columns)), rng.standard_normal((n_background, n_columns))


def brute_force(function, rows, background, players):
    n, n_classes = len(players), np.shape(function(rows))[1]
    game = {}
    for size in range(n + 1):
        for members in itertools.combinations(range(n), size):
            mixed = np.repeat(background[np.newaxis], len(rows), axis=0)
            for member in members:
                mixed[:, :, players[member]] = rows[:, np.newaxis][:, :, players[member]]
            answers = function(mixed.reshape(-1, *rows.shape[1:]))
            game[frozenset(members)] = answers.reshape(len(rows), len(background), -1).mean(axis=1)
    values = np.zeros((len(rows), n, n_classes))
    for members, value in game.items():
        for player in set(range(n)) - members:
            weight = math.factorial(len(members)) * math.factorial(n - len(members) - 1) / math.factorial(n)
            values[:, player] += weight * (game[members | {player}] - value)
    return values


def machine_of_19(n_classes=3):
    """An RBF machine of 57 features in 19 players, rows, background, exact values and its function."""
    rng = np.random.default_rng(5)
    y = rng.integers(0, n_classes, 200)
    X = rng.standard_normal((200, 57))
    X[np.arange(200), 3 * y] += 2.0
    machine = read_svm(SVC(gamma=2.0 / 57).fit(X[:150], y[:150]))
    players = [[player, player + 19, player + 38] for player in range(19)]
    exact, _ = explain_product_kernel(X[150:154], X[:10], *machine[:4], players)
    return X[150:154], X[:10], players, exact, lambda rows: product_kernel_margins(rows, *machine[:4])


def plain_sampling(function, rows, background, players, n_permutations, seed):
    """Independent orders, no pairs."""
    rng, values = np.random.default_rng(seed), 0.0
    for _ in range(n_permutations):
        masked = np.repeat(background[np.newaxis], len(rows), axis=0)
        path, order = [], rng.permutation(len(players))
        for player in [None, *order]:
            if player is not None:
                masked[:, :, players[player]] = rows[:, np.newaxis][:, :, players[player]]
            answers = function(masked.reshape(-1, rows.shape[1]))
            path.append(answers.reshape(len(rows), len(background), -1).mean(axis=1))
        values = values + np.diff(path, axis=0)[np.argsort(order)].transpose(1, 0, 2) / n_permutations
    return values


@pytest.mark.parametrize(
    "players", [[[0], [1], [2, 5], [3], [4]], [[0, 1, 2, 3, 4, 5]], [[5, 1], [0, 2, 3, 4]]]
)
def test_few_players_are_exact(players):
    rows, background = tables(6)
    values, base, errors = explain_by_sampling(polynomial, rows, background, players)
    np.testing.assert_allclose(values, brute_force(polynomial, rows, background, players), atol=1e-12)
    np.testing.assert_allclose(base, polynomial(background).mean(axis=0), rtol=0, atol=1e-14)
    assert (errors == 0).all()


def test_pairs_are_exact_for_interactions_of_two():
    rows, background = tables(10)
    players = [[column] for column in range(10)]

    def by_twos(x):
        return np.stack([x[:, 0] * x[:, 1] - x[:, 5] * x[:, 9], x.sum(axis=1) ** 2], axis=1)

    expected = brute_force(by_twos, rows, background, players)
    values, _, errors = explain_by_sampling(
        by_twos, rows, background, players, n_permutations=4, random_state=0
    )
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-12)
    assert errors.max() < 1e-12


def test_many_orders_come_near_the_exact_values():
    rows, background = tables(8, seed=1)
    players = [[column] for column in range(8)]
    values, _, errors = explain_by_sampling(
        polynomial, rows, background, players, n_permutations=34, random_state=0
    )
    exact = brute_force(polynomial, rows, background, players)
    assert (np.abs(values - exact) <= 5 * errors + 1e-12).all()
    assert errors.max() > 0


@pytest.mark.parametrize("n_permutations", [4, 20])
def test_values_sum_to_output_less_base(n_permutations):
    rows, background, players, _, function = machine_of_19()
    values, base, _ = explain_by_sampling(
        function, rows, background, players, n_permutations=n_permutations, random_state=0
    )
    np.testing.assert_allclose(values.sum(axis=1) + base, function(rows), rtol=0, atol=1e-10)


def test_the_error_is_at_most_half_that_of_plain_sampling():
    rows, background, players, exact, function = machine_of_19()
    ours, plain = [], []
    for seed in range(4):
        values, _, _ = explain_by_sampling(
            function, rows, background, players, n_permutations=10, random_state=seed
        )
        ours.append(values - exact)
        plain.append(plain_sampling(function, rows, background, players, 10, seed) - exact)
    assert np.linalg.norm(ours) < 0.5 * np.linalg.norm(plain)
    assert np.linalg.norm(ours) < 0.1 * np.linalg.norm(np.stack([exact] * 4))


def test_standard_errors_tell_the_spread():
    rows, background, players, exact, function = machine_of_19(n_classes=2)
    runs = [
        explain_by_sampling(function, rows, background, players, n_permutations=10, random_state=seed)
        for seed in range(12)
    ]
    spread = np.mean([(values - exact) ** 2 for values, _, _ in runs])
    told = np.mean([errors**2 for _, _, errors in runs])
    assert 0.8 < np.sqrt(told / spread) < 1.25


def test_a_column_without_influence_is_zero_and_like_columns_are_alike():
    rows, background = tables(16)
    rows[:, 1], background[:, 1] = rows[:, 0], background[:, 0]
    players = [[column] for column in range(16)]
    values, _, errors = explain_by_sampling(
        polynomial, rows, background, players, n_permutations=200, random_state=0
    )
    np.testing.assert_allclose(values[:, 5:], 0.0, rtol=0, atol=1e-13)
    assert errors[:, 0, 1].min() > 0.001 > errors[:, :, 2].max()
    assert (np.abs(values[:, 1] - values[:, 0]) <= 5 * (errors[:, 0] + errors[:, 1]) + 1e-12).all()
    assert (values[:, :, 2] == 0).all()  # of a constant output


def test_the_order_of_players_does_not_matter_for_few():
    rows, background = tables(6)
    values, _, _ = explain_by_sampling(polynomial, rows, background, [[0], [1, 2], [3, 4, 5]])
    shuffled, _, _ = explain_by_sampling(polynomial, rows, background, [[3, 4, 5], [0], [1, 2]])
    np.testing.assert_allclose(shuffled, values[:, [2, 0, 1]], rtol=0, atol=1e-14)


def test_windows_are_masked_channel_by_channel():
    rng = np.random.default_rng(3)
    windows, background = rng.standard_normal((2, 4, 30)), rng.standard_normal((3, 4, 30))
    shapes = []

    def power(x):
        shapes.append(x.shape)
        return np.stack([(x**2).mean(axis=(1, 2)), x[:, 0].mean(axis=1) * x[:, 3].mean(axis=1)], axis=1)

    players = [[0], [1, 2], [3]]
    values, base, _ = explain_by_sampling(power, windows, background, players)
    np.testing.assert_allclose(values, brute_force(power, windows, background, players), rtol=0, atol=1e-14)
    np.testing.assert_allclose(base, power(background).mean(axis=0), rtol=0, atol=1e-14)
    assert all(shape[1:] == (4, 30) for shape in shapes)


@pytest.mark.parametrize("n_columns", [4, 12])
def test_memory_does_not_change_the_values(n_columns):
    rows, background = tables(n_columns, n_rows=5)
    players, sizes = [[column] for column in range(n_columns)], []

    def function(x):
        sizes.append(len(x))
        return np.tanh(x.sum(axis=1)) * x[:, 0] * x[:, 1] * x[:, 2]

    options = {"n_permutations": 6, "random_state": 0}
    expected = explain_by_sampling(function, rows, background, players, **options)
    n_calls = len(sizes)
    for n_at_once in (1, 10, 100):
        sizes.clear()
        found = explain_by_sampling(
            function, rows, background, players, max_bytes=n_at_once * rows[0].nbytes, **options
        )
        assert max(sizes) <= max(n_at_once, len(background))
        assert len(sizes) > n_calls == 3  # background, rows, and all masked rows
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-14)


def test_the_seed_settles_the_values():
    rows, background = tables(12)
    players = [[column] for column in range(12)]
    once, again, other = (
        explain_by_sampling(polynomial, rows, background, players, n_permutations=4, random_state=seed)[0]
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(once, again)
    assert (once != other).any()


def test_a_function_of_one_value_is_one_column():
    rows, background = tables(3)
    values, base, errors = explain_by_sampling(lambda x: x[:, 0], rows, background, [[0], [1], [2]])
    assert values.shape == errors.shape == (3, 3, 1)
    assert base.shape == (1,)


def test_single_precision_is_given_on_as_it_is():
    rows, background = (table.astype(np.float32) for table in tables(3))
    kinds = set()

    def function(x):
        kinds.add(x.dtype)
        return x.sum(axis=1)

    values, _, _ = explain_by_sampling(function, rows, background, [[0], [1], [2]])
    assert kinds == {np.dtype(np.float32)}
    assert values.dtype == np.float64


def test_the_progress_bar_is_shown_on_request(capsys):
    rows, background = tables(6)
    explain_by_sampling(polynomial, rows, background, [range(6)])
    assert capsys.readouterr().err == ""
    explain_by_sampling(polynomial, rows, background, [range(6)], verbose=True)
    assert "3/3" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_permutations": 3}, "`n_permutations` must be even and at least 4, got 3: they come in pairs"),
        ({"n_permutations": 2}, "`n_permutations` must be even and at least 4, got 2"),
        ({"players": [[0, 1, 2], [4, 5]]}, "got column 3 in none"),
        ({"players": [range(6), [5]]}, "got column 5 more than once"),
        ({"rows": np.ones(6)}, r"`rows` must be a table or windows, .* got \(6,\)"),
        ({"background": np.ones((2, 5))}, r"of the shape of `rows`, \(6,\), got \(2, 5\)"),
        ({"background": np.ones((0, 6))}, r"got \(0, 6\)"),
        (
            {"function": lambda x: np.ones((2, 2))},
            r"`function` must return one value for each row and class, got",
        ),
        (
            {"function": lambda x: x[:, 0] * np.nan},
            "`function` must return finite values, got NaN or infinity",
        ),
        ({"function": lambda x: np.ones((len(x), len(x)))}, r"got \(3, 3\) for 3 rows"),
    ],
)
def test_what_does_not_fit_is_refused(change, message):
    rows, background = tables(6)
    arguments = {"function": polynomial, "rows": rows, "background": background, "players": [range(6)]}
    with pytest.raises(ValueError, match=message):
        explain_by_sampling(**arguments | change)
