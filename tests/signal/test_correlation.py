import numpy as np
import pytest
import scipy.stats

from sklearn_eeg.signal._correlation import correlation, correlation_eigenvalues, rank_correlation

RNG = np.random.default_rng(0)
X = 20 * RNG.standard_normal((6, 5, 200)) + 15 * RNG.standard_normal((6, 1, 200)) + 40


def test_correlation_is_that_of_numpy():
    np.testing.assert_allclose(correlation(X), [np.corrcoef(x) for x in X], rtol=0, atol=1e-13)


@pytest.mark.parametrize("x", [X, np.round(X / 20)], ids=["distinct", "ties"])
def test_rank_correlation_is_that_of_scipy(x):
    expected = [scipy.stats.spearmanr(window, axis=1).statistic for window in x]
    np.testing.assert_allclose(rank_correlation(x), expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("function", [correlation, rank_correlation])
def test_copies_and_mirror_images(function):
    x = np.concatenate([X[:, :1], 3 * X[:, :1] + 7, -X[:, :1]], axis=1)
    expected = np.array([[1, 1, -1], [1, 1, -1], [-1, -1, 1.0]])
    np.testing.assert_allclose(function(x), np.broadcast_to(expected, (6, 3, 3)), atol=1e-14)
    assert np.abs(function(x)).max() == 1.0


def test_ranks_see_order_alone():
    np.testing.assert_allclose(rank_correlation(np.exp(X / 10)), rank_correlation(X), atol=1e-14)


@pytest.mark.parametrize("function", [correlation, rank_correlation])
@pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1])
def test_flat_channel(function, level):
    x = X.copy()
    x[:, 2] = level
    matrices = function(x)
    expected = np.zeros((6, 5))
    expected[:, 2] = 1
    np.testing.assert_array_equal(matrices[:, 2], expected)
    np.testing.assert_array_equal(matrices[:, :, 2], expected)


@pytest.mark.parametrize("function", [correlation, rank_correlation])
@pytest.mark.parametrize("shape", [(5, 2), (1, 2), (1, 1), (3, 4, 2, 7)])
def test_shapes(function, shape):
    matrices = function(RNG.standard_normal(shape))
    assert matrices.shape == (*shape[:-1], shape[-2])
    assert (np.abs(matrices) <= 1).all()


@pytest.mark.parametrize("function", [correlation, rank_correlation])
def test_batch_is_a_loop_and_channels_keep_their_order(function):
    np.testing.assert_array_equal(function(X), [function(x) for x in X])
    order = [3, 1, 4, 0, 2]
    np.testing.assert_allclose(function(X[:, order]), function(X)[:, order][:, :, order], atol=1e-14)


def test_eigenvalues():
    matrices = correlation(X)
    values = correlation_eigenvalues(matrices)
    np.testing.assert_allclose(values.sum(axis=1), 5)
    np.testing.assert_allclose(values, np.sort(np.linalg.eigvals(matrices).real)[:, ::-1], atol=1e-12)
    np.testing.assert_allclose(correlation_eigenvalues(np.ones((4, 4))), [4, 0, 0, 0], atol=1e-12)
    assert (correlation_eigenvalues(np.ones((4, 4))) >= 0).all()
    np.testing.assert_array_equal(correlation_eigenvalues(np.eye(3)), np.ones(3))
