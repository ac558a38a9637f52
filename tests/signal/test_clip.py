import numpy as np
import pytest

from sklearn_eeg.signal import clip_amplitude

X = np.random.default_rng(0).normal(loc=7, scale=20, size=(4, 3, 501))


def test_limits_are_those_of_the_median_and_its_deviation():
    x = np.concatenate([np.arange(-50.0, 51.0), [4000.0, -4000.0]]) + 3
    spread = np.median(np.abs(x - 3)) / 0.6744897501960817
    expected = np.clip(x, 3 - 1.2 * spread, 3 + 1.2 * spread)
    np.testing.assert_allclose(clip_amplitude(x, 1.2), expected, rtol=0, atol=1e-12)


def test_ordinary_noise_is_not_touched():
    np.testing.assert_array_equal(clip_amplitude(X, 8.0), X)


def test_share_of_normal_noise_that_is_clipped():
    x = np.random.default_rng(1).normal(size=100_000)
    assert (clip_amplitude(x, 2.0) != x).mean() == pytest.approx(0.0455, abs=0.003)


def test_a_pop_is_cut_to_the_limit_and_the_rest_kept():
    x = X.copy()
    x[1, 2, 40:60] += 5000
    clipped = clip_amplitude(x, 5.0)
    assert clipped[1, 2, 40:60].max() < 7 + 5 * 20 * 1.2
    np.testing.assert_array_equal(np.delete(clipped[1, 2], slice(40, 60)), np.delete(X[1, 2], slice(40, 60)))
    np.testing.assert_array_equal(clipped[0], X[0])


def test_scale_offset_and_batch():
    clipped = clip_amplitude(X, 1.5)
    np.testing.assert_allclose(clip_amplitude(-1e3 * X + 5, 1.5), -1e3 * clipped + 5, atol=1e-9)
    np.testing.assert_array_equal([clip_amplitude(x, 1.5) for x in X[:, 1]], clipped[:, 1])


def test_no_spread_leaves_the_signal():
    x = np.zeros((2, 9))
    x[1, 3] = 1e6
    np.testing.assert_array_equal(clip_amplitude(x, 5.0), x)


def test_single_precision_is_kept_and_the_input_not_changed():
    x = X.astype(np.float32)
    before = x.copy()
    single = clip_amplitude(x, 1.5)
    assert single.dtype == np.float32
    np.testing.assert_array_equal(x, before)
    np.testing.assert_allclose(single, clip_amplitude(X, 1.5), atol=1e-4)
    assert clip_amplitude(np.array([[1, 2, 3, 900]]), 5.0).dtype == np.float64


@pytest.mark.parametrize("limit", [0.0, -3.0, np.inf, np.nan])
def test_bad_limit(limit):
    with pytest.raises(ValueError, match=f"`limit` must be a positive number .*, got {limit}"):
        clip_amplitude(X, limit)
