import numpy as np
import pytest
import scipy.linalg
import scipy.signal

from sklearn_eeg.sampling._base_spectra import (
    band_coherence,
    band_levels,
    drift_basis,
    envelope_levels,
    find_drift,
    hat_bands,
    hermitian_roots,
    log_mixing,
    log_power_of,
    power_of,
    remove_drift,
    sine_tapers,
    tapered_spectra,
    time_bands,
    unit_diagonal,
    whiten_channels,
)


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("n_times", [3, 64, 501])
def test_sine_tapers_are_orthonormal(n_times):
    tapers = sine_tapers(n_times)
    np.testing.assert_allclose(tapers @ tapers.T, np.eye(3), atol=1e-12)


def test_power_of_white_noise_is_its_variance_and_an_offset_does_not_matter():
    x = noise(2000, 1, 64)
    power = power_of(tapered_spectra(3 * x + 1000))
    np.testing.assert_allclose(power, power_of(tapered_spectra(3 * x)), rtol=1e-6)
    np.testing.assert_allclose(power.mean(0)[0, 8:], 9, rtol=0.1)


def test_drift_is_the_line_of_least_squares():
    x = noise(3, 2, 50)
    fitted = x - scipy.signal.detrend(x)
    np.testing.assert_allclose(x - remove_drift(x), fitted, atol=1e-12)
    line = 3 + 2 * drift_basis(50)[1]
    np.testing.assert_allclose(find_drift(line[np.newaxis, np.newaxis]), [[[3], [2]]])
    np.testing.assert_allclose(remove_drift(np.ones((1, 1, 1))), 0)


def test_power_of_a_sine_stands_at_its_frequency():
    x = np.sin(2 * np.pi * 10 * np.arange(200) / 200)[np.newaxis, np.newaxis]
    power = power_of(tapered_spectra(x))[0, 0]
    assert abs(power.argmax() - 20) <= 3  # twice the length
    assert power[16:25].sum() > 0.98 * power.sum()


@pytest.mark.parametrize("n_freqs", [2, 3, 5, 9, 33, 65, 251, 2049])
@pytest.mark.parametrize("n_bands", [2, 20])
def test_bands_add_up_to_one_and_none_is_empty(n_freqs, n_bands):
    bands = hat_bands(n_freqs, n_bands)
    np.testing.assert_allclose(bands.sum(0), 1, rtol=1e-9)
    assert (bands.sum(1) > 0).all()
    assert len(bands) <= n_bands


def test_levels_are_the_logarithms_of_ratios_and_bounded():
    power = np.exp(noise(1, 2, 65))
    bands = hat_bands(65, 10)
    reference = np.log(power)
    np.testing.assert_allclose(band_levels(5 * power, reference, bands), np.log(5), rtol=1e-9)
    np.testing.assert_allclose(band_levels(0 * power, reference, bands), np.log(1e-3), rtol=1e-9)


def test_log_power_of_a_silent_channel_is_30_decibels_below_the_mean():
    power = np.array([2.0, 2.0, 0.0, 4.0]).reshape(4, 1, 1)
    np.testing.assert_allclose(log_power_of(power)[:, 0, 0], np.log([2, 2, 2e-3, 4]))
    assert np.isfinite(log_power_of(0 * power)).all()


def test_whitened_channels_have_unit_power():
    x = noise(300, 2, 128) * np.array([[1.0], [50.0]])
    spectra, bands = tapered_spectra(x), hat_bands(129, 12)
    reference = np.zeros((300, 2, 129))
    levels = band_levels(power_of(spectra), reference, bands)
    power = power_of(whiten_channels(spectra, reference, levels, bands))
    np.testing.assert_allclose(power.mean((0, 2)), 1, rtol=0.05)


def test_coherence_of_mixed_noise_is_its_correlation():
    mixing = np.array([[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])
    x = mixing @ noise(400, 3, 64)
    coherence = band_coherence(tapered_spectra(x), hat_bands(65, 4))
    np.testing.assert_allclose(coherence, np.broadcast_to(mixing @ mixing.T, coherence.shape), atol=0.06)
    np.testing.assert_allclose(coherence, coherence.conj().swapaxes(1, 2), atol=1e-12)


def test_a_silent_channel_goes_with_no_other():
    x = noise(5, 3, 64) * np.array([[1.0], [0.0], [1.0]])
    coherence = band_coherence(tapered_spectra(x), hat_bands(65, 4))
    np.testing.assert_array_equal(coherence[:, 1], np.tile([0, 1, 0], (4, 1)))


def test_roots_are_roots_also_of_a_singular_matrix():
    a = noise(4, 3) + 1j * noise(4, 3, seed=1)
    matrix = unit_diagonal(a @ a.conj().T)
    root, inverse = hermitian_roots(matrix)
    np.testing.assert_allclose(root @ root, matrix, atol=1e-12)
    assert np.linalg.norm(inverse, 2) == pytest.approx(0.02**-0.5)
    regular = np.diag([4.0, 1.0])
    np.testing.assert_allclose(hermitian_roots(regular)[1], np.diag([0.5, 1.0]))


def test_log_mixing_is_the_logarithm_of_the_covariance_of_noise():
    angle = np.array([[0.3, 0.2], [0.2, -0.4]])
    x = scipy.linalg.expm(angle / 2) @ noise(40, 2, 2000)
    bands = hat_bands(2001, 20)
    identity = np.tile(np.eye(2), (len(bands), 1, 1)).astype(complex)
    found = log_mixing(tapered_spectra(x), identity, bands)
    np.testing.assert_allclose(found.mean(0), angle, atol=0.06)
    np.testing.assert_allclose(found, found.swapaxes(1, 2), atol=1e-9)


@pytest.mark.parametrize(("n_times", "expected"), [(1, 1), (127, 1), (128, 2), (500, 7), (5000, 8)])
def test_stretches_of_time_add_up_to_one(n_times, expected):
    stretches = time_bands(n_times)
    assert stretches.shape == (expected, n_times)
    np.testing.assert_allclose(stretches.sum(0), 1, rtol=1e-9)


def test_envelope_is_the_logarithm_of_the_power_of_each_stretch():
    stretches = time_bands(512)
    levels = np.linspace(-1, 1, 8)
    x = noise(500, 1, 512) * np.exp(0.5 * levels @ stretches)
    found = envelope_levels(x, np.zeros((500, 1, 513)), stretches)
    levels[[0, -1]] *= 1 - 2 / 21  # half a triangle: its centre is a third of the way to the next
    np.testing.assert_allclose(found.mean((0, 1)), levels, atol=0.03)
    np.testing.assert_allclose(found.sum(-1), 0, atol=1e-9)
    np.testing.assert_allclose(envelope_levels(9 * x, np.zeros((500, 1, 513)), stretches), found, atol=1e-9)
    assert not envelope_levels(np.ones((1, 1, 512)), np.zeros((1, 1, 513)), stretches).any()
