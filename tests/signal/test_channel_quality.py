import numpy as np
import pytest

from sklearn_eeg.signal import clipped_share, loudness, nearest_channel_distance, roughness, silent_share

X = np.random.default_rng(0).normal(scale=30, size=(6, 9, 400))


def test_share_of_a_clipped_sine():
    x = np.clip(np.sin(2 * np.pi * np.arange(1000) / 100), -0.5, 0.5)
    # of a period, the 33 points within 30 degrees of either peak and 31 of these inside
    assert clipped_share(x) == pytest.approx(10 * (31 + 31) / 998)


def test_share_of_a_signal_that_rails_on_one_side():
    x = X[0, 0].copy()
    x[100:200] = x.max() + 1
    assert clipped_share(x) == pytest.approx(98 / 398)


def test_a_value_held_inside_the_range_is_no_rail():
    x = X[0, 0].copy()
    x[100:200] = 0.0
    assert clipped_share(x) == 0


def test_coarse_steps_are_no_rail():
    coarse = np.round(X / 10) * 10
    assert (clipped_share(coarse) < 0.01).all()


def test_share_of_constant_channels():
    np.testing.assert_array_equal(clipped_share(np.full((2, 3, 10), -7.0)), np.ones((2, 3)))


@pytest.mark.parametrize(("start", "stop"), [(0, 40), (123, 231), (361, 400)])
def test_share_of_silence_wherever_it_lies(start, stop):
    x = X.copy()
    x[2, 5, start:stop] = np.linspace(-7, -6, stop - start)
    share = silent_share(x, 1.0)
    assert share[2, 5] == (0 if stop - start < 40 else (stop - start) / 400)
    share[2, 5] = 0
    assert (share == 0).all()


def test_share_of_silence_equals_a_loop():
    rng = np.random.default_rng(0)
    for n_times in (1, 7, 8, 30, 101, 250):
        x = rng.normal(size=(40, n_times)).cumsum(axis=-1) * (rng.random((40, n_times)) < 0.1)
        length = min(max(n_times // 10, 8), n_times)
        silent = np.zeros(x.shape, dtype=bool)
        for start in range(n_times - length + 1):
            part = slice(start, start + length)
            silent[:, part] |= (np.ptp(x[:, part], axis=-1) <= 0.3)[:, np.newaxis]
        np.testing.assert_allclose(silent_share(x, 0.3), silent.mean(axis=-1), atol=1e-12)


def test_share_of_silence_of_constant_channels():
    np.testing.assert_array_equal(silent_share(np.full((2, 3, 10), -7.0), 0.0), np.ones((2, 3)))


def test_distance_in_closed_form():
    t = 2 * np.pi * np.arange(100) / 100
    x = np.array([np.sin(t), np.sin(t) + 0.1 * np.sin(2 * t), np.cos(t), np.sin(3 * t)])
    # the differences have the standard deviations 0.1/sqrt(2), 0.1/sqrt(2), 1 and 1
    median = (0.1 / np.sqrt(2) + 1) / 2
    expected = np.array([0.1 / np.sqrt(2), 0.1 / np.sqrt(2), 1, 1]) / median
    np.testing.assert_allclose(nearest_channel_distance(x), expected, rtol=1e-12)


def test_distance_does_not_see_levels():
    x = X.copy()
    x[:, 4] = x[:, 7] + 1e5
    distances = nearest_channel_distance(x)
    assert (distances[:, [4, 7]] < 1e-9).all()
    assert (np.delete(distances, [4, 7], axis=1) > 0.8).all()


@pytest.mark.parametrize("x", [X[:, :2], np.full((6, 5, 20), 3.0)], ids=["two channels", "constant"])
def test_no_distance_to_compare_with(x):
    np.testing.assert_array_equal(nearest_channel_distance(x), np.ones(x.shape[:-1]))


@pytest.mark.parametrize("channel", [0, 5])
@pytest.mark.parametrize("factor", [10.0, 1e4])
def test_a_loud_channel_stands_out(channel, factor):
    x = X.copy()
    x[:, channel] *= factor
    values = loudness(x)
    assert (values[:, channel] > 5).all()
    assert (np.delete(values, channel, axis=1) < 1).all()


def test_loudness_in_closed_form():
    """With all other channels alike the spread is its floor, 0.2, so a factor of e is 5 of them."""
    x = np.tile(np.sin(2 * np.pi * np.arange(200) / 40), (7, 1))
    x[2] *= np.e
    np.testing.assert_allclose(loudness(x), [0, 0, 5, 0, 0, 0, 0], atol=1e-9)


@pytest.mark.parametrize("channel", [0, 5])
@pytest.mark.parametrize("factor", [10.0, 1e4])
def test_a_quiet_channel_stands_out(channel, factor):
    x = X.copy()
    x[:, channel] /= factor
    values = loudness(x)
    assert (values[:, channel] < -5).all()
    assert (np.delete(values, channel, axis=1) > -1).all()


def test_a_rough_channel_stands_out_though_it_is_not_larger():
    t = np.arange(400) / 100
    x = np.sin(2 * np.pi * (t + np.arange(9)[:, np.newaxis] / 9)) + 1e-3 * X[0]
    x[3] = np.sqrt(0.5) * np.random.default_rng(1).normal(size=400)
    assert list(np.flatnonzero(roughness(x) > 5)) == [3]
    assert (np.abs(loudness(x)) < 1).all()


def test_constant_channels_are_not_loud():
    x = X.copy()
    x[:, 3] = -4.0
    assert np.isfinite(loudness(x)).all()
    assert (loudness(x)[:, 3] < -5).all()
    assert (roughness(x)[:, 3] < -5).all()
    np.testing.assert_array_equal(loudness(np.zeros((4, 10))), np.zeros(4))
    np.testing.assert_array_equal(roughness(np.zeros((4, 10))), np.zeros(4))


def test_roughness_in_closed_form():
    """The second difference of a wave of f cycles a point is 4 sin(pi f)**2 times as large."""
    t = np.arange(1000)
    x = np.tile(np.sin(2 * np.pi * t / 100), (7, 1))
    x[2] = np.sin(2 * np.pi * t / 50)
    expected = 5 * 2 * np.log(np.sin(np.pi / 50) / np.sin(np.pi / 100))
    np.testing.assert_allclose(roughness(x), [0, 0, expected, 0, 0, 0, 0], atol=1e-2)


@pytest.mark.parametrize("measure", [clipped_share, nearest_channel_distance, loudness, roughness])
def test_invariances(measure):
    x = np.clip(X, -60, 60)
    expected = measure(x)
    np.testing.assert_allclose(measure(2.5 * x), expected, atol=1e-9)
    np.testing.assert_allclose(measure(-x), expected, atol=1e-9)
    order = np.random.default_rng(0).permutation(9)
    np.testing.assert_allclose(measure(x[:, order]), expected[:, order], atol=1e-12)
    np.testing.assert_allclose([measure(window) for window in x], expected, atol=1e-12)
