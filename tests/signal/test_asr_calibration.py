import numpy as np
import pytest
import scipy.linalg

from sklearn_eeg.signal import asr_calibrate
from sklearn_eeg.signal._asr_calibration import geometric_median

RNG = np.random.default_rng(0)
MIXING = RNG.normal(size=(4, 4))
X = 10 * MIXING @ RNG.normal(size=(80, 4, 256))


def test_median_of_a_triangle_is_its_fermat_point():
    corners = np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, 5.0]])
    np.testing.assert_allclose(geometric_median(corners), [0, 1 / np.sqrt(3)], atol=1e-4)


def test_median_of_numbers_is_the_median():
    assert geometric_median(np.array([[1.0], [2.0], [3.0], [50.0], [60.0]])) == pytest.approx(3, abs=1e-2)


def test_median_stays_where_two_fifths_of_the_points_leave():
    points = RNG.normal(size=(500, 2, 2))
    moved = points.copy()
    moved[:200] += 1e6
    assert np.abs(geometric_median(points)).max() < 0.2
    assert np.abs(geometric_median(moved)).max() < 3


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_median_scales(scale):
    np.testing.assert_allclose(geometric_median(scale * MIXING), scale * geometric_median(MIXING), rtol=1e-4)


def test_mixing_is_the_root_of_the_covariance():
    mixing = asr_calibrate(X, 128.0).mixing
    gains = mixing @ mixing / (100 * MIXING @ MIXING.T)
    np.testing.assert_allclose(gains / gains[0, 0], 1, atol=0.1)  # white noise: one gain for all
    np.testing.assert_allclose(mixing, mixing.T, atol=1e-10)
    np.testing.assert_allclose(scipy.linalg.sqrtm(mixing @ mixing), mixing, atol=1e-6)


def test_thresholds_lie_above_the_usual_size_by_cutoff_deviations():
    low, high = asr_calibrate(X, 128.0, cutoff=4.0), asr_calibrate(X, 128.0, cutoff=8.0)
    vectors = np.linalg.eigh(low.mixing)[1]
    limits = [np.linalg.norm(state.threshold @ vectors, axis=0) for state in (low, high)]
    spread = (limits[1] - limits[0]) / 4
    usual = limits[0] - 4 * spread
    np.testing.assert_allclose(usual, np.linalg.eigvalsh(low.mixing), rtol=0.05)
    # 64 points of white noise, of which the weighting leaves most: the deviation of a root mean square
    np.testing.assert_allclose(spread / usual, 1 / np.sqrt(2 * 64), rtol=0.4)


def test_artefacts_in_a_fifth_of_the_windows_hardly_matter():
    struck = X.copy()
    struck[::5] += 3000 * RNG.normal(size=(16, 4, 1)) * np.hanning(256)
    clean, other = asr_calibrate(X, 128.0), asr_calibrate(struck, 128.0)
    np.testing.assert_allclose(other.mixing, clean.mixing, atol=0.1 * np.abs(clean.mixing).max())
    sizes = [np.linalg.norm(state.threshold) for state in (clean, other)]
    assert sizes[1] == pytest.approx(sizes[0], rel=0.2)


def test_gain_order_and_level_of_channels():
    state = asr_calibrate(X, 128.0)
    scaled = asr_calibrate(1e3 * X + 77, 128.0)
    np.testing.assert_allclose(scaled.mixing, 1e3 * state.mixing, rtol=1e-6, atol=1e-3)
    order = [2, 0, 3, 1]
    turned = asr_calibrate(X[:, order], 128.0)
    np.testing.assert_allclose(turned.mixing, state.mixing[order][:, order], rtol=0, atol=1e-4)
    limits = state.threshold.T @ state.threshold
    np.testing.assert_allclose(turned.threshold.T @ turned.threshold, limits[order][:, order], rtol=1e-4)


def test_flat_channels_are_left_out():
    x = X.copy()
    x[:, 1] = 5.0
    state = asr_calibrate(x, 128.0)
    assert state.live.tolist() == [True, False, True, True]
    np.testing.assert_array_equal(state.mixing, asr_calibrate(np.delete(X, 1, axis=1), 128.0).mixing)


def test_dead_windows_are_left_out():
    dead = np.concatenate([np.full((60, 4, 256), 0.1), X])
    dead[3, :2] = X[3, :2]
    state = asr_calibrate(dead, 128.0)
    np.testing.assert_array_equal(state.mixing, asr_calibrate(X, 128.0).mixing)
    assert state.live.all()


@pytest.mark.parametrize("x", [X[:, :1], np.zeros((3, 4, 50)), X[:1, :1, :2]])
def test_nothing_to_learn_from_fewer_than_two_live_channels(x):
    state = asr_calibrate(x, 128.0)
    assert not state.live.any()
    assert len(state.live) == x.shape[1]


def test_average_reference_is_no_obstacle():
    state = asr_calibrate(X - X.mean(axis=1, keepdims=True), 128.0)
    assert np.isfinite(state.mixing).all()
    assert np.linalg.cond(state.threshold) < 1e8


def test_many_windows_are_thinned_out():
    many = np.tile(X, (40, 1, 1))
    np.testing.assert_allclose(
        asr_calibrate(many, 128.0).mixing, asr_calibrate(X, 128.0).mixing, rtol=0.2, atol=2
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"cutoff": 0.0}, "`cutoff` must be positive, got 0.0"),
        ({"sfreq": -1.0}, "`sfreq` must be positive, got -1.0"),
        ({"max_z": np.nan}, "`max_z` must be positive, got nan"),
        ({"max_bad_channels": 1.5}, "`max_bad_channels` must be between 0 and 1, got 1.5"),
        ({"X": X[:1]}, "`X` must hold at least 10 stretches .*, got 7: fit on more windows"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        asr_calibrate(**({"X": X, "sfreq": 128.0} | arguments))
