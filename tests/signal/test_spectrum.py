import itertools

import numpy as np
import pytest
import scipy.signal

from sklearn_eeg.signal import BAND_STATISTICS, SPECTRUM_STATISTICS, band_power, periodogram

SFREQ, N = 128.0, 512
TIMES = np.arange(N) / SFREQ


def noise(shape=(3, 2, N), seed=0):
    return np.random.default_rng(seed).normal(scale=20, size=shape)


@pytest.mark.parametrize("window", ["hann", "boxcar", "hamming"])
def test_periodogram_equals_scipy(window):
    x = noise() + 500
    freqs, psd = periodogram(x, SFREQ, window=window)
    expected_freqs, expected = scipy.signal.periodogram(x, SFREQ, window, axis=-1)
    np.testing.assert_array_equal(freqs, expected_freqs)
    np.testing.assert_allclose(psd, expected, rtol=1e-12)


def test_boxcar_periodogram_holds_the_variance():
    x = noise()
    freqs, psd = periodogram(x, SFREQ, window="boxcar")
    np.testing.assert_allclose(band_power(freqs, psd, 0, 65), x.var(axis=-1), rtol=1e-12)


@pytest.mark.parametrize("frequency", [2, 10, 33])
def test_sine_has_half_its_squared_amplitude(frequency):
    freqs, psd = periodogram(30 * np.sin(2 * np.pi * frequency * TIMES), SFREQ)
    np.testing.assert_allclose(band_power(freqs, psd, frequency - 1, frequency + 1), 450)
    np.testing.assert_allclose(band_power(freqs, psd, frequency + 1, 65), 0, atol=1e-9)
    assert SPECTRUM_STATISTICS["peak_frequency"](freqs, psd) == frequency


def test_neighbouring_bands_share_nothing():
    freqs, psd = periodogram(noise(), SFREQ)
    edges = [0.5, 4, 8, 13, 30, 45]
    parts = sum(band_power(freqs, psd, a, b) for a, b in itertools.pairwise(edges))
    np.testing.assert_allclose(parts, band_power(freqs, psd, 0.5, 45), rtol=1e-12)


def test_white_spectrum_has_entropy_1_and_edge_at_95_percent():
    freqs, psd = np.arange(101.0), np.ones(101)
    np.testing.assert_allclose(SPECTRUM_STATISTICS["spectral_entropy"](freqs, psd), 1)
    assert SPECTRUM_STATISTICS["spectral_edge_frequency"](freqs, psd) == 95


def test_two_equal_lines_have_entropy_log_2():
    freqs, psd = np.arange(65.0), np.zeros(65)
    psd[[5, 40]] = 3.0
    expected = np.log(2) / np.log(64)
    np.testing.assert_allclose(SPECTRUM_STATISTICS["spectral_entropy"](freqs, psd), expected)


def test_dc_counts_for_nothing():
    freqs, psd = periodogram(noise(), SFREQ)
    loaded = psd.copy()
    loaded[..., 0] = 1e9
    for statistic in SPECTRUM_STATISTICS.values():
        np.testing.assert_array_equal(statistic(freqs, psd), statistic(freqs, loaded))


@pytest.mark.parametrize("name", SPECTRUM_STATISTICS)
def test_spectrum_statistics_do_not_depend_on_scale(name):
    freqs, psd = periodogram(noise(), SFREQ)
    statistic = SPECTRUM_STATISTICS[name]
    np.testing.assert_allclose(statistic(freqs, 9 * psd), statistic(freqs, psd), rtol=1e-12)


def test_band_statistics():
    power, total = np.array([100.0, 0.0]), np.array([400.0, 0.0])
    np.testing.assert_array_equal(BAND_STATISTICS["power"](power, total), power)
    np.testing.assert_array_equal(BAND_STATISTICS["relative_power"](power, total), [0.25, 0])
    np.testing.assert_allclose(BAND_STATISTICS["log_power"](power, total), [2, -12])


@pytest.mark.parametrize("level", [0.0, 0.1, -3.3])
def test_constant_gives_zero(level):
    freqs, psd = periodogram(np.full((2, N), level), SFREQ)
    assert not psd.any()
    for statistic in SPECTRUM_STATISTICS.values():
        assert not statistic(freqs, psd).any()


@pytest.mark.parametrize("statistic", SPECTRUM_STATISTICS.values(), ids=SPECTRUM_STATISTICS)
def test_two_points_are_enough_and_float32_is_kept(statistic):
    freqs, psd = periodogram(np.array([[1, 3]], np.float32), SFREQ)
    value = statistic(freqs, psd)
    assert np.isfinite(value).all()
    assert value.dtype == np.float32
