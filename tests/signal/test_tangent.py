import numpy as np
import pytest
import scipy.linalg
import sklearn.covariance

from sklearn_eeg.signal._tangent import log_covariance

RNG = np.random.default_rng(0)
X = 20 * RNG.standard_normal((4, 5, 200)) + 15 * RNG.standard_normal((4, 1, 200)) + 40


@pytest.mark.filterwarnings("ignore:logm result may be inaccurate")  # by 5e-13, it says
@pytest.mark.parametrize("n_times", [3, 8, 200])
def test_is_the_logarithm_of_the_shrunk_covariance(n_times):
    x = X[..., :n_times]
    expected = [scipy.linalg.logm(sklearn.covariance.oas(window.T)[0]) for window in x]
    np.testing.assert_allclose(log_covariance(x), expected, rtol=0, atol=1e-8)


def test_uncorrelated_channels_of_equal_variance():
    signs = scipy.linalg.hadamard(8)[1:5] * 3.0
    np.testing.assert_allclose(log_covariance(signs), np.log(9) * np.eye(4), atol=1e-12)


@pytest.mark.parametrize("scale", [1e-3, 1e9])
def test_a_gain_adds_to_the_diagonal(scale):
    expected = log_covariance(X) + 2 * np.log(scale) * np.eye(5)
    np.testing.assert_allclose(log_covariance(scale * X), expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("scale", [1e-300, 1e-9, 1e300])
def test_extreme_scales_are_finite(scale):
    assert np.isfinite(log_covariance(scale * X)).all()


@pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1])
def test_flat_channels(level):
    np.testing.assert_allclose(log_covariance(np.full((3, 50), level)), np.log(1e-12) * np.eye(3))
    x = X.copy()
    x[:, 2] = level
    matrices = log_covariance(x)
    x[:, 2] = 0
    np.testing.assert_array_equal(matrices, log_covariance(x))
    np.testing.assert_allclose(np.delete(matrices[:, 2], 2, axis=1), 0, atol=1e-12)


def test_copies_are_regularised():
    x = np.repeat(X[:, :1], 4, axis=1)
    assert np.isfinite(log_covariance(x)).all()
    assert np.abs(log_covariance(x)).max() < 30


def test_one_channel_is_its_log_variance():
    expected = np.log(X[:, :1].var(axis=-1))[..., np.newaxis]
    np.testing.assert_allclose(log_covariance(X[:, :1]), expected, rtol=1e-12)


def test_batch_order_and_offset():
    matrices = log_covariance(X)
    np.testing.assert_allclose([log_covariance(x) for x in X], matrices, atol=1e-13)
    np.testing.assert_allclose(log_covariance(X + 1e6), matrices, atol=1e-8)
    order = [3, 1, 4, 0, 2]
    np.testing.assert_allclose(log_covariance(X[:, order]), matrices[:, order][:, :, order], atol=1e-12)


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (4, 2)])
def test_small_shapes(shape):
    assert np.isfinite(log_covariance(RNG.standard_normal(shape))).all()
