import numpy as np
import pytest

from sklearn_eeg.sampling._window_scaling import fit_scaling, scale_windows, unscale_windows


def windows(seed=0, n_channels=3):
    return np.random.default_rng(seed).normal(3, 20, (30, n_channels, 100))


def test_level_and_spread_of_normal_noise():
    scaling = fit_scaling(windows())
    np.testing.assert_allclose(scaling.center, 3, atol=1.5)
    np.testing.assert_allclose(scaling.scale, 20, rtol=0.05)
    assert not scaling.flat.any()


def test_a_seizure_does_not_shrink_the_rest():
    X = windows()
    before = fit_scaling(X).scale
    X[0] *= 100
    np.testing.assert_allclose(fit_scaling(X).scale, before, rtol=0.1)


def test_there_and_back():
    X = windows() * np.array([1.0, 50.0, 1e-3])[:, None]
    scaling = fit_scaling(X)
    back = unscale_windows(scale_windows(X, scaling), scaling)
    np.testing.assert_allclose(back / scaling.scale[:, None], X / scaling.scale[:, None], atol=1e-6)
    assert back.dtype == np.float64
    assert scale_windows(X, scaling).dtype == np.float32


def test_channels_do_not_mix():
    X = windows()
    scaling = fit_scaling(X)
    turned = fit_scaling(X[:, ::-1])
    np.testing.assert_array_equal(turned.center, scaling.center[::-1])
    np.testing.assert_array_equal(turned.scale, scaling.scale[::-1])


@pytest.mark.parametrize("level", [0.0, 7.0, -3.3e5])
def test_a_constant_channel_stays_constant_whatever_is_made_of_it(level):
    X = windows()
    X[:, 1] = level
    scaling = fit_scaling(X)
    np.testing.assert_array_equal(scaling.flat, [False, True, False])
    assert scaling.scale[1] == 1
    made = unscale_windows(np.random.default_rng(1).normal(size=X.shape), scaling)
    assert (made[:, 1] == level).all()


def test_mostly_silent_channel_takes_the_standard_deviation():
    X = windows(n_channels=1)
    X[:, :, 10:] = 0
    assert fit_scaling(X).scale[0] == pytest.approx(X.std(), rel=1e-12)


def test_a_class_that_is_alone_alive_in_a_channel_does_not_become_huge():
    X, codes = windows(), np.repeat([0, 1], [26, 4])
    X[codes == 0, 1] *= 1e-6
    scaling = fit_scaling(X, codes)
    assert 9 < scale_windows(X, scaling)[codes == 1, 1].std() < 11
    np.testing.assert_array_equal(scaling.scale[[0, 2]], fit_scaling(X).scale[[0, 2]])


def test_a_window_that_is_alone_alive_in_a_channel_does_not_become_huge():
    X = windows()
    X[1:, 1] *= 1e-6
    assert 900 < scale_windows(X, fit_scaling(X))[0, 1].std() < 1200


def test_a_spike_does_not_change_the_scale():
    X = windows()
    before = fit_scaling(X).scale
    X[3, 1, 7] = 1e12
    np.testing.assert_allclose(fit_scaling(X).scale, before, rtol=1e-2)


@pytest.mark.parametrize("value", [1e20, 1e200])
def test_what_single_precision_cannot_hold_is_refused(value):
    X = windows()
    X[3, 1, 7] = value
    with pytest.raises(ValueError, match=r"X must lie within 1e\+15 times .* in window 3, channel 1 "):
        scale_windows(X, fit_scaling(X))
