"""Distances between synthetic and real windows, held against closed forms and scipy."""

import numpy as np
import pytest
from scipy.signal import welch
from scipy.stats import wasserstein_distance

from sklearn_eeg.sampling._fidelity_distances import (
    band_differences,
    check_pair,
    correlation_distance,
    covariance_distance,
    log_spectra,
    log_spectrum_distance,
    sliced_wasserstein,
)


@pytest.fixture
def windows():
    rng = np.random.default_rng(0)
    return np.cumsum(rng.normal(size=(60, 3, 128)), axis=-1) + rng.normal(size=(60, 3, 128))


ALL = [log_spectrum_distance, sliced_wasserstein, covariance_distance, correlation_distance]


@pytest.mark.parametrize("distance", ALL)
def test_a_set_is_at_distance_zero_from_itself_in_any_order(windows, distance):
    assert distance(windows, windows[::-1]) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("distance", ALL)
def test_real_halves_are_nearer_than_noise(distance):
    rng = np.random.default_rng(1)
    many = np.cumsum(rng.normal(size=(1000, 3, 128)), axis=-1)
    noise = rng.normal(0, many.std(), (500, 3, 128))
    noise[:, 1] = noise[:, 0]
    assert distance(many[::2], many[1::2]) < distance(many[::2], noise) / 2


@pytest.mark.parametrize("distance", ALL)
def test_a_common_unit_does_not_matter(windows, distance):
    options = {"random_state": 0} if distance is sliced_wasserstein else {}
    here, there = (
        distance(windows[:30], windows[30:], **options),
        distance(1e-3 * windows[:30], 1e-3 * windows[30:], **options),
    )
    assert here > 0
    assert there == pytest.approx(here, rel=1e-9)


@pytest.mark.parametrize("distance", ALL)
def test_shapes_are_checked(windows, distance):
    with pytest.raises(ValueError, match=r"`synthetic` must have the channels and time points .*\(3, 128\)"):
        distance(windows, windows[..., :-1])
    with pytest.raises(
        ValueError, match=r"`real` must be windows of shape \(n_windows, n_channels, n_times\)"
    ):
        distance(windows[:, 0], windows[:, 0])
    with pytest.raises(ValueError, match=r"none of them 0, got \(0, 3, 128\)"):
        distance(windows, windows[:0])


def test_lists_become_arrays():
    assert check_pair([[[1, 2]]], [[[3, 4]]])[0].dtype == float


@pytest.mark.parametrize("decibels", [50, -50])
def test_a_gain_is_its_decibels_at_every_frequency(windows, decibels):
    white = np.random.default_rng(2).normal(size=windows.shape)
    _, real, synthetic = log_spectra(white, white * 10 ** (decibels / 20))
    np.testing.assert_allclose(synthetic - real, decibels, atol=0.1)
    assert log_spectrum_distance(white, white * 10 ** (decibels / 20)) == pytest.approx(50, abs=0.01)


def test_log_spectra_are_the_means_of_scipys(windows):
    freqs, real, synthetic = log_spectra(windows, windows[:7], sfreq=100.0, n_segment=64)
    expected_freqs, density = welch(windows, 100.0, nperseg=64)
    np.testing.assert_allclose(freqs, expected_freqs[1:])
    np.testing.assert_allclose(real, (10 * np.log10(density[..., 1:])).mean(axis=0))
    np.testing.assert_allclose(synthetic, (10 * np.log10(density[:7, :, 1:])).mean(axis=0))


def test_a_difference_far_below_the_spectrum_is_not_heard():
    times = np.arange(256) / 256
    real = np.tile(np.sin(2 * np.pi * 32 * times), (4, 1, 1))
    hiss = real + 1e-7 * np.random.default_rng(0).normal(size=real.shape)
    assert log_spectrum_distance(real, hiss) == pytest.approx(0, abs=1e-3)
    louder = real + 1e-2 * np.random.default_rng(0).normal(size=real.shape)
    assert log_spectrum_distance(real, louder) > 10


def test_constant_windows_have_finite_spectra(windows):
    flat = np.full_like(windows, 7.0)
    assert log_spectrum_distance(flat, flat) == 0
    _, real, synthetic = log_spectra(windows, flat)
    assert (synthetic < real).all()
    np.testing.assert_allclose(synthetic.max(axis=1), real.max(axis=1) - 100, atol=3)
    assert np.isfinite(log_spectrum_distance(flat, windows))


def test_segments_are_512_points_at_most():
    x = np.random.default_rng(0).normal(size=(3, 1, 1000))
    assert len(log_spectra(x, x)[0]) == 256
    assert len(log_spectra(x, x, n_segment=1000)[0]) == 500
    assert len(log_spectra(x[..., :10], x[..., :10], n_segment=1000)[0]) == 5


def test_bands_tell_where_power_differs():
    rng, times = np.random.default_rng(0), np.arange(512) / 128
    real = rng.normal(size=(40, 2, 512))
    synthetic = real.copy()
    synthetic[:, 1] += 10 * np.sin(2 * np.pi * 10 * times)
    found = band_differences(real, synthetic, 128)
    assert list(found) == ["delta", "theta", "alpha", "beta", "gamma"]
    assert found["alpha"][0] == 0
    expected = 10 * np.log10((50 + 5 / 64) / (5 / 64))  # a sine of 10 and white noise of 1, from 8 to 13 Hz
    assert found["alpha"][1] == pytest.approx(expected, abs=0.3)
    assert abs(found["gamma"]).max() < 0.1


def test_bands_too_narrow_for_short_windows_are_missing():
    x = np.random.default_rng(0).normal(size=(5, 1, 64))
    found = band_differences(x, 2 * x, 128, {"slow": (0.5, 1.5), "alpha": (8, 13)})  # a frequency each 2 Hz
    assert np.isnan(found["slow"]).all()
    assert found["alpha"] == pytest.approx(20 * np.log10(2))


def test_clinical_bands_stop_at_half_the_sampling_frequency():
    x = np.random.default_rng(0).normal(size=(5, 1, 100))
    assert list(band_differences(x, x, 50)) == ["delta", "theta", "alpha", "beta"]


def test_sliced_wasserstein_between_unequal_numbers_repeats_windows(windows):
    a, b = windows[:20], windows[20:50]
    expected = sliced_wasserstein(np.repeat(a, 3, axis=0), np.repeat(b, 2, axis=0), random_state=0)
    assert sliced_wasserstein(a, b, random_state=0) == pytest.approx(expected, rel=1e-12)


def test_sliced_wasserstein_of_one_value_is_that_of_scipy():
    rng = np.random.default_rng(0)
    a = rng.normal(size=(50, 1, 1))
    shifted = sliced_wasserstein(a, a + 2, random_state=0)  # every order p has the same distance of a shift
    assert shifted == pytest.approx(wasserstein_distance(a.ravel(), a.ravel() + 2) / a.std())


def test_sliced_wasserstein_of_a_shift_is_its_mean_square_over_time_points(windows):
    """The mean of (theta . d)^2 over unit vectors is |d|^2 / n."""
    shift = np.random.default_rng(3).normal(size=windows.shape[1:])
    found = sliced_wasserstein(windows, windows + shift, n_directions=4000, random_state=0)
    assert found == pytest.approx(np.sqrt(np.mean(shift**2)) / windows.std(), rel=0.05)


def test_sliced_wasserstein_depends_on_its_seed_alone(windows):
    a, b = windows[:30], windows[30:]
    same = [sliced_wasserstein(a, b, random_state=1, n_directions=5) for _ in range(2)]
    assert same[0] == same[1] != sliced_wasserstein(a, b, random_state=2, n_directions=5)
    generator = np.random.default_rng(1)
    assert sliced_wasserstein(a, b, random_state=generator, n_directions=5) == same[0]


def test_sliced_wasserstein_of_constant_windows():
    flat = np.zeros((3, 1, 4))
    assert sliced_wasserstein(flat, flat, random_state=0) == 0
    assert np.isfinite(sliced_wasserstein(flat, flat + 1, random_state=0))


def test_sliced_wasserstein_needs_a_direction(windows):
    with pytest.raises(ValueError, match="`n_directions` must be at least 1, got 0"):
        sliced_wasserstein(windows, windows, n_directions=0)


def test_covariance_distance_of_one_channel_is_that_of_mean_log_variances():
    x = np.random.default_rng(0).normal(size=(50, 1, 64)) * np.linspace(1, 5, 50)[:, np.newaxis, np.newaxis]
    levels = 10 * np.log10(x.var(axis=-1))
    expected = abs(levels[20:].mean() - levels[:20].mean())
    assert covariance_distance(x[:20], x[20:]) == pytest.approx(expected)


def test_covariance_distance_sees_gains_and_mixtures_but_no_order_of_time(windows):
    gains = np.array([[2.0], [1.0], [0.5]])
    apart = np.random.default_rng(0).normal(size=(60, 3, 4000))
    assert covariance_distance(apart, gains * apart) == pytest.approx(
        np.sqrt(2 / 3) * 20 * np.log10(2), abs=0.05
    )
    assert covariance_distance(windows, windows[..., ::-1] + 100.0) == pytest.approx(0, abs=1e-6)
    assert covariance_distance(windows, windows + 3 * windows[:, :1]) > 3


def test_covariance_distance_of_rereferenced_and_constant_channels(windows):
    rereferenced = windows - windows.mean(axis=1, keepdims=True)
    assert np.isfinite(covariance_distance(rereferenced, windows))
    assert np.isfinite(covariance_distance(windows, 0 * windows))
    assert covariance_distance(0 * windows, 0 * windows) == 0


def test_an_artefact_does_not_dominate_the_covariance_distance():
    x = np.random.default_rng(0).normal(size=(200, 2, 64))
    spoilt = x.copy()
    spoilt[0] *= 1000
    assert covariance_distance(x, spoilt) == pytest.approx(60 / 200)


def test_correlation_distance_sees_no_amplitude_but_shuffled_channels(windows):
    mixed = windows + 3 * windows[:, :1]
    assert correlation_distance(mixed, mixed * [[1], [5], [0.1]]) == pytest.approx(0, abs=1e-12)
    rng = np.random.default_rng(0)
    apart = np.stack([mixed[rng.permutation(60), channel] for channel in range(3)], axis=1)
    assert correlation_distance(mixed, apart) > 0.3
    assert np.isnan(correlation_distance(windows[:, :1], windows[:, :1]))
