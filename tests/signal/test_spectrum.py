import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import scipy.signal

from sklearn_eeg.signal._bands import band_power
from sklearn_eeg.signal._spectrum import density, multitaper, periodogram, welch
from sklearn_eeg.signal._tapers import overlapping_tapers, single_taper

SFREQ, N = 128.0, 512
TIMES = np.arange(N) / SFREQ
REFERENCE = json.loads((Path(__file__).parents[1] / "references" / "spectrum.json").read_text())
ESTIMATES = {"periodogram": periodogram, "welch": welch, "multitaper": multitaper}
each_estimate = pytest.mark.parametrize("estimate", ESTIMATES.values(), ids=ESTIMATES)


def noise(shape=(3, 2, N), seed=0):
    return np.random.default_rng(seed).normal(scale=20, size=shape)


@pytest.mark.parametrize("window", ["hann", "boxcar", "hamming"])
@pytest.mark.parametrize("n_times", [2, 3, 4, 17, 250, 251, 1009])
def test_periodogram_equals_scipy(window, n_times):
    x = noise((3, 2, n_times)) + 500
    freqs, psd = periodogram(x, SFREQ, window=window)
    expected_freqs, expected = scipy.signal.periodogram(x, SFREQ, window, axis=-1)
    np.testing.assert_array_equal(freqs, expected_freqs)
    np.testing.assert_allclose(psd, expected, rtol=1e-10, atol=1e-20)


@pytest.mark.parametrize("window", ["hann", "hamming"])
@pytest.mark.parametrize("n_times", [250, 251, 1000])
@pytest.mark.parametrize("n_segment", [2, 3, 64, 65, 250])
def test_welch_equals_scipy(window, n_times, n_segment):
    x = noise((3, 2, n_times)) + 500
    freqs, psd = welch(x, SFREQ, segment_seconds=n_segment / SFREQ, window=window)
    expected_freqs, expected = scipy.signal.welch(x, SFREQ, window, nperseg=n_segment, axis=-1)
    np.testing.assert_array_equal(freqs, expected_freqs)
    np.testing.assert_allclose(psd, expected, rtol=1e-10, atol=1e-20)


def test_welch_of_a_short_signal_is_its_periodogram():
    x = noise((2, 50))
    np.testing.assert_array_equal(welch(x, SFREQ)[1], periodogram(x, SFREQ)[1])


def test_values_of_mne():
    x, expected = np.array(REFERENCE["x"]), REFERENCE["values"]["mne"]
    sfreq = REFERENCE["sfreq"]
    found = {
        "welch": welch(x, sfreq),
        "multitaper": multitaper(x, sfreq),
        "multitaper_5_hz": multitaper(x, sfreq, bandwidth=5.0),
        "multitaper_odd": multitaper(x[:255], sfreq, bandwidth=6.0),
    }
    assert set(found) == set(expected)
    for name, (_, psd) in found.items():
        np.testing.assert_allclose(psd[: len(expected[name])], expected[name], rtol=1e-9, err_msg=name)


def test_boxcar_periodogram_holds_the_variance():
    for x in [noise(), noise((3, 101))]:
        freqs, psd = periodogram(x, SFREQ, window="boxcar")
        np.testing.assert_allclose(band_power(freqs, psd, 0, 65), x.var(axis=-1), rtol=1e-12)


@each_estimate
def test_white_noise_has_its_variance_spread_evenly(estimate):
    freqs, psd = estimate(noise((500, 256)), SFREQ)
    np.testing.assert_allclose(psd[:, 1:-1].mean(), 400 / 64, rtol=0.02)
    assert len(freqs) == psd.shape[-1]


@pytest.mark.parametrize("frequency", [2, 10, 33])
def test_sine_has_half_its_squared_amplitude(frequency):
    freqs, psd = periodogram(30 * np.sin(2 * np.pi * frequency * TIMES), SFREQ)
    np.testing.assert_allclose(band_power(freqs, psd, frequency - 1, frequency + 1), 450)
    np.testing.assert_allclose(band_power(freqs, psd, frequency + 1, 65), 0, atol=1e-9)


def test_neighbouring_bands_share_nothing():
    freqs, psd = periodogram(noise(), SFREQ)
    edges = [0.5, 4, 8, 13, 30, 45]
    parts = sum(band_power(freqs, psd, a, b) for a, b in itertools.pairwise(edges))
    np.testing.assert_allclose(parts, band_power(freqs, psd, 0.5, 45), rtol=1e-12)


@each_estimate
def test_scale_and_offset(estimate):
    x = noise()
    _, psd = estimate(x, SFREQ)
    for scale in [1e-9, 1e9]:
        np.testing.assert_allclose(estimate(scale * x, SFREQ)[1], scale**2 * psd, rtol=1e-9)
    np.testing.assert_allclose(estimate(x + 1e6, SFREQ)[1], psd, rtol=1e-5)


@each_estimate
def test_batch_equals_loop(estimate):
    x = noise((250, 300))  # several blocks of transforms, the last not full
    _, psd = estimate(x, SFREQ)
    for row in [0, 1, 100, 249]:
        np.testing.assert_allclose(estimate(x[row], SFREQ)[1], psd[row], rtol=1e-12)


@each_estimate
@pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1, 1e6 + 0.1, 1e-9])
@pytest.mark.parametrize("n_times", [2, 3, 127, 300, 1000])
def test_constant_gives_exactly_zero(estimate, level, n_times):
    assert not estimate(np.full((2, n_times), level), SFREQ)[1].any()


@each_estimate
@pytest.mark.parametrize("n_times", [2, 3, 4])
def test_shortest_signals(estimate, n_times):
    freqs, psd = estimate(np.array([[1.0, 3.0, -2.0, 5.0][:n_times]]), SFREQ)
    assert np.isfinite(psd).all()
    assert psd.shape == (1, len(freqs))


@each_estimate
def test_types_and_layouts(estimate):
    x = noise((2, 300)).round()
    _, psd = estimate(x, SFREQ)
    for other in [x.astype(np.float32), x.astype(int), np.asfortranarray(x), x.tolist()]:
        _, found = estimate(other, SFREQ)
        assert found.dtype == np.float64
        np.testing.assert_array_equal(found, psd)


@pytest.mark.parametrize("tapering", [single_taper(64, 1.0, "hann"), overlapping_tapers(64, 16, 1.0, "hann")])
def test_first_frequencies_alone(tapering):
    x = noise((7, 64))
    whole = density(x, tapering)
    for n_freqs in [1, 2, whole.shape[1]]:
        np.testing.assert_array_equal(density(x, tapering, n_freqs), whole[:, :n_freqs])


def test_segments_too_short():
    with pytest.raises(ValueError, match="`segment_seconds` must hold at least two time points"):
        welch(noise(), SFREQ, segment_seconds=0.001)


def test_bandwidth_too_narrow():
    with pytest.raises(ValueError, match="`bandwidth` must be at least 0.25 Hz"):
        multitaper(noise(), SFREQ, bandwidth=0.1)
