import json
from pathlib import Path

import numpy as np
import pytest
import scipy.signal

from sklearn_eeg.signal._phase import (
    analytic_signal,
    band_range,
    phase_locking_value,
    weighted_phase_lag_index,
)

GOLDEN = json.loads((Path(__file__).parents[1] / "references" / "connectivity.json").read_text())
RNG = np.random.default_rng(0)
X = 20 * RNG.standard_normal((5, 4, 300)) + 15 * RNG.standard_normal((5, 1, 300))
SFREQ = 100.0
MEASURES = [phase_locking_value, weighted_phase_lag_index]


def sine(frequency, phase=0.0, n_times=400):
    return np.sin(2 * np.pi * frequency * np.arange(n_times) / SFREQ + phase)


def in_band(x, low, high):
    """Cut a band out of the Fourier transform, as an analytic signal."""
    spectrum = np.fft.fft(x - x.mean(axis=-1, keepdims=True))
    freqs = np.fft.fftfreq(x.shape[-1], 1 / SFREQ)
    return np.fft.ifft(np.where((freqs >= low) & (freqs < high), 2 * spectrum, 0))


def locking(z):
    phases = np.angle(z)
    return np.abs(np.exp(1j * (phases[:, :, np.newaxis] - phases[:, np.newaxis])).mean(axis=-1))


def lag_index(z):
    products = (z[:, :, np.newaxis] * z[:, np.newaxis].conj()).imag
    weights = np.abs(products).sum(axis=-1)
    return np.abs(products.sum(axis=-1)) / np.where(weights > 0, weights, 1)


@pytest.mark.parametrize("n_times", [2, 3, 4, 5, 256, 299])
def test_analytic_signal_is_that_of_scipy(n_times):
    x = X[..., :n_times]
    centred = x - x.mean(axis=-1, keepdims=True)
    expected = scipy.signal.hilbert(centred / np.linalg.norm(centred, axis=-1, keepdims=True))
    parts = analytic_signal(x)
    np.testing.assert_allclose(parts[:, 0], expected.real, rtol=0, atol=1e-13)
    np.testing.assert_allclose(parts[:, 1], expected.imag, rtol=0, atol=1e-13)


@pytest.mark.parametrize("n_times", [299, 300])
def test_bands_by_definition(n_times):
    x = X[..., :n_times]
    z, parts = in_band(x, 8, 13), analytic_signal(x, SFREQ, (8, 13))
    off = ~np.eye(4, dtype=bool)
    np.testing.assert_allclose(phase_locking_value(parts), locking(z), rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        weighted_phase_lag_index(parts)[:, off], lag_index(z)[:, off], rtol=0, atol=1e-12
    )


def test_whole_spectrum_is_mne_features():
    x = np.array(GOLDEN["x"])
    matrix = phase_locking_value(analytic_signal(x))[0]
    np.testing.assert_allclose(
        matrix[np.triu_indices(4, 1)], GOLDEN["values"]["phase_lock_val"], rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("lag", [0.3, np.pi / 2, 2.0])
def test_sines_with_a_lag(lag):
    parts = analytic_signal(np.stack([sine(10), 3 * sine(10, -lag)]), SFREQ, (8, 13))
    for measure in MEASURES:
        np.testing.assert_allclose(measure(parts)[0, 0, 1], 1, rtol=0, atol=1e-12)


@pytest.mark.parametrize("factor", [1.0, -1.0, 0.3, 1e-6])
def test_what_is_shared_without_lag_is_no_lag(factor):
    x = np.concatenate([X[:, :1], factor * X[:, :1] + 5], axis=1)
    for band in (None, (4, 8)):
        parts = analytic_signal(x, SFREQ, band)
        np.testing.assert_array_equal(weighted_phase_lag_index(parts), 0)
        np.testing.assert_allclose(phase_locking_value(parts), 1, rtol=0, atol=1e-12)


def test_independent_noise_is_hardly_locked():
    x = np.random.default_rng(1).standard_normal((50, 2, 4000))
    values = phase_locking_value(analytic_signal(x))[:, 0, 1]
    assert values.mean() < 0.03


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("band", [None, (8, 13)])
@pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1])
def test_flat_channel(measure, band, level):
    x = X.copy()
    x[:, 2] = level
    values = measure(analytic_signal(x, SFREQ, band))
    np.testing.assert_array_equal(np.delete(values[:, 2], 2, axis=1), 0)
    assert np.isfinite(values).all()


@pytest.mark.parametrize("measure", MEASURES)
def test_a_band_of_rounding_is_a_band_of_nothing(measure):
    x = np.stack([sine(10), sine(10, 1.0), sine(40)])
    values = measure(analytic_signal(x, SFREQ, (20, 30)))[0]
    np.testing.assert_array_equal(values[~np.eye(3, dtype=bool)], 0)


@pytest.mark.parametrize("measure", MEASURES)
def test_invariances(measure):
    parts = analytic_signal(X, SFREQ, (8, 13))
    values = measure(parts)
    assert ((values >= 0) & (values <= 1)).all()
    np.testing.assert_array_equal(values, values.swapaxes(1, 2))
    for scale in (1e-9, 1e9):
        scaled = measure(analytic_signal(scale * X, SFREQ, (8, 13)))
        np.testing.assert_allclose(scaled, values, rtol=0, atol=1e-12)
    offset = measure(analytic_signal(X + 1e6, SFREQ, (8, 13)))
    np.testing.assert_allclose(offset, values, rtol=0, atol=1e-6)
    loop = [measure(analytic_signal(x, SFREQ, (8, 13)))[0] for x in X]
    np.testing.assert_allclose(values, loop, rtol=0, atol=1e-13)
    order = [2, 0, 3, 1]
    turned = measure(analytic_signal(X[:, order], SFREQ, (8, 13)))
    np.testing.assert_allclose(turned, values[:, order][:, :, order], rtol=0, atol=1e-12)


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (3, 2), (1, 50), (25, 40)])
def test_small_shapes(shape):
    parts = analytic_signal(RNG.standard_normal(shape))
    for measure in MEASURES:
        assert measure(parts).shape == (1, shape[0], shape[0])
        assert np.isfinite(measure(parts)).all()


def test_band_range():
    assert band_range(500, 250.0, (0.0, 4.0)) == (1, 8)
    assert band_range(500, 250.0, (100.0, 125.0)) == (200, 251)
    match = (
        r"`band` must hold a frequency above 0 Hz that 50 .* \(steps of 5 Hz\), got 0.5 to 4 Hz: use longer"
    )
    with pytest.raises(ValueError, match=match):
        analytic_signal(X[..., :50], 250.0, (0.5, 4.0))
    with pytest.raises(ValueError, match="`band` must hold"):
        band_range(1, 250.0, (0.0, 125.0))
