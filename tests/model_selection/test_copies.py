import numpy as np
import pytest

from sklearn_eeg.model_selection._copies import describe_shape, find_copies, number_equal


def noise(n_windows=60, n_channels=3, n_times=128, seed=0):
    return np.cumsum(np.random.default_rng(seed).normal(size=(n_windows, n_channels, n_times)), axis=-1)


def anywhere(i, j):
    return np.ones(len(i), dtype=bool)


def test_equal_windows_get_one_number():
    X = noise(6)
    X[4] = X[1]
    X[5] = X[1] * (1 + 1e-15)
    assert number_equal(X).tolist() == [0, 1, 2, 3, 1, 4]
    assert number_equal(np.asfortranarray(X)).tolist() == [0, 1, 2, 3, 1, 4]
    assert number_equal(X.astype(np.float32)).tolist() == [0, 1, 2, 3, 1, 1]


def test_products_of_shapes_are_mean_correlations():
    X = noise(4)
    level, change = describe_shape(X)
    for rows, values in ((level, X), (change, np.diff(X))):
        expected = np.mean([np.corrcoef(values[0, c], values[3, c])[0, 1] for c in range(3)])
        assert rows[0] @ rows[3] == pytest.approx(expected, abs=1e-6)
    flat = np.full((1, 3, 128), 4000.1)
    assert all((rows == 0).all() for rows in describe_shape(flat))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_copies_are_found_up_to_scale_level_and_sign(dtype):
    X = noise()
    X[10] = 0.001 * X[3]
    X[20] = -7 * X[4] + 100
    X[30] = X[5] * np.array([[1.0], [2.0], [3.0]])
    X[40] = np.round(20 * X[6])
    found = find_copies(X.astype(dtype), 0.99, anywhere)
    assert sorted(map(tuple, found.pairs.tolist())) == [(3, 10), (4, 20), (5, 30), (6, 40)]
    assert (found.correlation > 0.999).all()
    assert (found.correlation <= 1).all()
    assert found.complete


def test_exactly_the_pairs_of_a_full_search():
    rng = np.random.default_rng(1)
    X = noise(80, 2, 64)
    X[40:] = X[:40] + rng.uniform(0, 0.3, size=(40, 1, 1)) * rng.normal(size=(40, 2, 64))
    level, change = describe_shape(X)
    like = np.minimum(np.abs(level @ level.T), np.abs(change @ change.T))
    expected = np.argwhere(np.triu(like >= 0.98, k=1))
    found = find_copies(X, 0.98, anywhere)
    order = np.lexsort(found.pairs.T[::-1])
    assert 5 < len(expected) < 40
    np.testing.assert_array_equal(found.pairs[order], expected)
    np.testing.assert_allclose(found.correlation[order], like[tuple(expected.T)], atol=1e-6)


def test_slow_drifts_are_no_copies():
    t = np.linspace(-1, 1, 100)
    X = 1000 * t + np.random.default_rng(0).normal(size=(50, 2, 100))
    assert np.corrcoef(X[0, 0], X[1, 0])[0, 1] > 0.999
    assert len(find_copies(X, 0.99, anywhere).pairs) == 0


def test_only_relevant_pairs():
    X = noise(10)
    X[5:] = X[:5]
    found = find_copies(X, 0.99, lambda i, j: (i == 2) & (j == 7))
    assert found.pairs.tolist() == [[2, 7]]


def test_over_blocks_of_windows():
    X = np.random.default_rng(0).normal(size=(2500, 1, 32))
    X[2400] = 2 * X[7]
    assert find_copies(X, 0.99, anywhere).pairs.tolist() == [[7, 2400]]


def test_windows_that_are_all_alike():
    t = np.arange(64)
    X = np.sin(2 * np.pi * t / 16) + 0.001 * np.random.default_rng(0).normal(size=(400, 1, 64))
    assert find_copies(X, 0.99, anywhere) is None


def test_too_many_pairs_are_not_all_compared():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(8, 1, 32))[rng.integers(8, size=1000)] + 0.0
    found = find_copies(X, 0.99, anywhere)
    assert not found.complete
    assert len(found.pairs) == 50_000
