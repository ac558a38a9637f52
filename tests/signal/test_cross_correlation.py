import numpy as np
import pytest

from sklearn_eeg.signal._cross_correlation import maximal_cross_correlation

RNG = np.random.default_rng(0)
X = 20 * RNG.standard_normal((4, 5, 200)) + 15 * RNG.standard_normal((4, 1, 200)) + 40


def by_definition(x, max_lag):
    """Loop over pairs and lags."""
    centred = x - x.mean(axis=-1, keepdims=True)
    units = centred / np.linalg.norm(centred, axis=-1, keepdims=True)
    n_channels, n_times = x.shape
    largest, lags = np.eye(n_channels), np.zeros((n_channels, n_channels))
    for i in range(n_channels):
        for j in range(n_channels):
            if i != j:
                full = np.correlate(units[j], units[i], "full")
                middle = full[n_times - 1 - max_lag : n_times + max_lag]
                where = np.abs(middle).argmax()
                largest[i, j], lags[i, j] = np.abs(middle[where]), where - max_lag
    return largest, lags


@pytest.mark.parametrize("n_times", [10, 37, 200])
@pytest.mark.parametrize("max_lag", [0, 1, 7, 36, 80, 199])
def test_by_definition(n_times, max_lag):
    x = X[..., :n_times]
    expected = [by_definition(window, min(max_lag, n_times - 1)) for window in x]
    largest, lags = maximal_cross_correlation(x, max_lag)
    np.testing.assert_allclose(largest, [e[0] for e in expected], rtol=0, atol=1e-13)
    np.testing.assert_array_equal(lags, [e[1] for e in expected])


@pytest.mark.parametrize("lag", [-20, -3, 0, 1, 17])
def test_a_delayed_copy_is_found_at_its_delay(lag):
    source = np.zeros(300)
    source[100:200] = RNG.standard_normal(100)
    source[100:200] -= source[100:200].mean()
    largest, lags = maximal_cross_correlation(np.stack([source, -7 * np.roll(source, lag)]), 20)
    np.testing.assert_allclose(largest, 1, rtol=0, atol=1e-13)
    assert lags[0, 1] == lag
    assert lags[1, 0] == -lag
    assert largest.max() <= 1


def test_lag_zero_is_correlation():
    largest, lags = maximal_cross_correlation(X, 0)
    np.testing.assert_allclose(largest, np.abs([np.corrcoef(x) for x in X]), atol=1e-13)
    assert not lags.any()


@pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1])
def test_flat_channel(level):
    x = X.copy()
    x[:, 2] = level
    largest, lags = maximal_cross_correlation(x, 50)
    np.testing.assert_array_equal(largest[:, 2], np.broadcast_to(np.eye(5)[2], (4, 5)))
    np.testing.assert_array_equal(lags[:, 2], 0)
    np.testing.assert_array_equal(lags[:, :, 2], 0)


def test_of_equal_maxima_the_smallest_lag_counts():
    x = np.zeros((2, 64))
    x[0, [30, 31]] = 1, -1
    x[1, [25, 26, 34, 35]] = 1, -1, 1, -1
    assert maximal_cross_correlation(x, 10)[1][0, 1] == 4


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_scale_and_offset_change_nothing(scale):
    for mine, theirs in zip(
        maximal_cross_correlation(scale * X, 30), maximal_cross_correlation(X, 30), strict=True
    ):
        np.testing.assert_allclose(mine, theirs, atol=1e-12)
    np.testing.assert_allclose(
        maximal_cross_correlation(X + 1e6, 30)[0], maximal_cross_correlation(X, 30)[0], atol=1e-9
    )


def test_batch_is_a_loop():
    largest, lags = maximal_cross_correlation(X, 30)
    loop = [maximal_cross_correlation(x, 30) for x in X]
    np.testing.assert_array_equal(largest, [one[0] for one in loop])
    np.testing.assert_array_equal(lags, [one[1] for one in loop])


@pytest.mark.parametrize("shape", [(3, 2), (1, 50), (1, 1), (2, 1)])
def test_small_shapes(shape):
    largest, lags = maximal_cross_correlation(RNG.standard_normal(shape), 5)
    assert largest.shape == lags.shape == (shape[0], shape[0])
    assert np.isfinite(largest).all()


def test_more_pairs_than_are_worked_on_at_once():
    x = RNG.standard_normal((19, 60))
    np.testing.assert_allclose(maximal_cross_correlation(x, 9)[0], by_definition(x, 9)[0], atol=1e-13)


def test_negative_lag():
    with pytest.raises(ValueError, match="`max_lag` must be at least 0, got -1."):
        maximal_cross_correlation(X, -1)
