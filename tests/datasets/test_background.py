"""The simulated background has the power, the spectrum and the correlations it is asked for."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import welch

from sklearn_eeg._montage import CH_NAMES_1020, positions_1020
from sklearn_eeg.datasets._background import (
    BackgroundTraits,
    distances_from,
    draw_background_traits,
    simulate_background,
    spatial_mixing,
    topography,
)

SFREQ = 128.0
PLAIN = BackgroundTraits(
    amplitude=25.0,
    exponent=1.5,
    alpha_hz=10.0,
    alpha_strength=0.0,
    correlation_length=0.7,
    variability=0.0,
)
ALPHA = replace(PLAIN, alpha_strength=1.0)


def simulate(traits, n_windows=100, n_times=512, sfreq=SFREQ, seed=0):
    rng = np.random.default_rng(seed)
    return simulate_background(traits, n_windows=n_windows, n_times=n_times, sfreq=sfreq, rng=rng)


def mean_psd(x, sfreq=SFREQ):
    freqs, psd = welch(x, sfreq, nperseg=256)
    return freqs, psd.mean(axis=0)


def test_distances_from_an_electrode():
    distance = dict(zip(CH_NAMES_1020, distances_from(("Cz",)), strict=True))
    assert distance["Cz"] == 0
    assert distance["Fz"] == pytest.approx(0.4)
    assert distance["T7"] == pytest.approx(0.8)


def test_distances_take_the_nearest_of_several():
    both = distances_from(("T7", "T8"))
    np.testing.assert_allclose(both, np.minimum(distances_from(("T7",)), distances_from(("T8",))))


def test_topography_is_one_at_the_centre_and_gaussian_with_distance():
    weights = dict(zip(CH_NAMES_1020, topography(("Cz",), 0.4), strict=True))
    assert weights["Cz"] == 1
    assert weights["C3"] == pytest.approx(np.exp(-0.5))
    assert weights["T8"] == pytest.approx(np.exp(-2))


def test_mixing_is_a_root_of_the_asked_correlations():
    mixing = spatial_mixing(0.7)
    apart = np.linalg.norm(positions_1020()[:, np.newaxis] - positions_1020(), axis=-1)
    np.testing.assert_allclose(mixing @ mixing.T, np.exp(-apart / 0.7), atol=1e-12)


def test_root_mean_square_without_alpha_is_the_amplitude():
    x = simulate(PLAIN, n_windows=400)
    np.testing.assert_allclose(np.sqrt(np.mean(x**2, axis=(0, 2))), 25.0, rtol=0.1)


@pytest.mark.parametrize("sfreq", [100.0, 256.0])
def test_root_mean_square_does_not_depend_on_the_rate(sfreq):
    x = simulate(PLAIN, n_windows=400, n_times=int(4 * sfreq), sfreq=sfreq)
    assert np.sqrt(np.mean(x**2)) == pytest.approx(25.0, rel=0.05)


def test_size_scales_with_the_amplitude():
    quiet, loud = simulate(PLAIN), simulate(replace(PLAIN, amplitude=50.0))
    sensor_noise = 0.7
    assert np.abs(loud - 2 * quiet).max() < 6 * sensor_noise
    assert np.abs(loud - 2 * quiet).std() > 0


@pytest.mark.parametrize("exponent", [1.0, 1.5, 2.0])
def test_spectral_slope_is_the_exponent(exponent):
    freqs, psd = mean_psd(simulate(replace(PLAIN, exponent=exponent), n_windows=200))
    band = (freqs >= 3) & (freqs <= 25)
    slope, _ = np.polyfit(np.log(freqs[band]), np.log(psd.mean(axis=0)[band]), 1)
    assert slope == pytest.approx(-exponent, abs=0.12)


@pytest.mark.parametrize("alpha_hz", [8.5, 10.0, 11.5])
def test_alpha_peaks_at_its_frequency(alpha_hz):
    freqs, psd = mean_psd(simulate(replace(ALPHA, alpha_hz=alpha_hz)))
    occipital = psd[CH_NAMES_1020.index("O1")]
    band = (freqs >= 6) & (freqs <= 14)
    assert freqs[band][occipital[band].argmax()] == pytest.approx(alpha_hz, abs=0.5)


def test_alpha_is_posterior():
    freqs, psd = mean_psd(simulate(ALPHA))
    _, without = mean_psd(simulate(PLAIN))
    band = (freqs >= 8) & (freqs <= 12)
    gain = dict(zip(CH_NAMES_1020, psd[:, band].sum(1) / without[:, band].sum(1) - 1, strict=True))
    assert min(gain["O1"], gain["O2"]) > gain["P3"] > gain["C3"] > 0
    assert gain["O1"] > 10
    assert abs(gain["Fp1"]) < 0.02


def test_alpha_adds_its_own_power_at_the_occiput():
    x = simulate(replace(ALPHA, alpha_strength=2.0), n_windows=400)
    occipital = x[:, CH_NAMES_1020.index("O1")]
    assert np.sqrt(np.mean(occipital**2)) == pytest.approx(25 * np.sqrt(5), rel=0.05)


def test_correlation_falls_with_distance_as_asked():
    x = simulate(PLAIN, n_windows=200)
    correlation = np.corrcoef(x.transpose(1, 0, 2).reshape(19, -1))
    apart = np.linalg.norm(positions_1020()[:, np.newaxis] - positions_1020(), axis=-1)
    np.testing.assert_allclose(correlation, np.exp(-apart / 0.7), atol=0.06)


def test_windows_are_not_periodic():
    """The last and the first sample of a window are strangers, as in a real recording."""
    x = simulate(PLAIN, n_windows=200)
    apart = np.mean((x[..., -1] - x[..., 0]) ** 2)
    assert apart == pytest.approx(2 * 25.0**2, rel=0.3)


def test_variability_changes_the_size_from_window_to_window():
    steady = np.log(simulate(PLAIN).std(axis=(1, 2))).std()
    varied = np.log(simulate(replace(PLAIN, variability=1.0)).std(axis=(1, 2))).std()
    assert varied > 1.2 * steady


def test_drawn_traits_have_the_stated_median_and_range():
    traits = [draw_background_traits(np.random.default_rng(seed)) for seed in range(500)]
    assert np.median([t.amplitude for t in traits]) == pytest.approx(25, rel=0.05)
    assert all(8.5 <= t.alpha_hz <= 11.5 for t in traits)
    assert np.mean([t.exponent for t in traits]) == pytest.approx(1.5, abs=0.03)
    assert len({t.alpha_strength for t in traits}) == 500
