import numpy as np
import pytest

from sklearn_eeg.signal._spectrum_kernels import (
    band_sums,
    disorder,
    edge_frequencies,
    lines,
    moments,
    peaks,
    quotients,
)

OVER_SPECTRA = {"disorder": (disorder, 2), "edges": (edge_frequencies, 3), "peaks": (peaks, 1)}
OVER_SPECTRA |= {"moments": (moments, 3)}
each_kernel = pytest.mark.parametrize("name", OVER_SPECTRA)


def run(name, psd, step=0.5):
    psd = np.atleast_2d(np.asarray(psd, dtype=float))
    kernel, n_out = OVER_SPECTRA[name]
    out = np.full((len(psd), n_out), np.nan)
    kernel(np.arange(psd.shape[1]) * step, psd, out)
    return out


def spectra(n_freqs, n_rows=20, seed=0):
    return np.random.default_rng(seed).exponential(size=(n_rows, n_freqs))


@pytest.mark.parametrize("n_freqs", [2, 3, 15, 16, 17, 18, 33, 100, 501])
def test_disorder(n_freqs):
    psd = spectra(n_freqs)
    share = psd[:, 1:] / psd[:, 1:].sum(axis=1, keepdims=True)
    entropy = -(share * np.log(share)).sum(axis=1) / (np.log(n_freqs - 1) or 1)
    flatness = np.exp(np.log(psd[:, 1:]).mean(axis=1)) / psd[:, 1:].mean(axis=1)
    np.testing.assert_allclose(run("disorder", psd), np.column_stack([entropy, flatness]), atol=1e-14)


@pytest.mark.parametrize("n_freqs", [2, 3, 15, 16, 17, 18, 33, 100, 501])
def test_edge_frequencies(n_freqs):
    psd = spectra(n_freqs)
    cumulated = psd[:, 1:].cumsum(axis=1)
    expected = [
        [0.5 * (1 + np.searchsorted(row, share * row[-1])) for share in (0.5, 0.85, 0.95)]
        for row in cumulated
    ]
    np.testing.assert_array_equal(run("edges", psd), expected)


@pytest.mark.parametrize("n_freqs", [2, 3, 17, 501])
def test_peaks(n_freqs):
    psd = spectra(n_freqs)
    np.testing.assert_array_equal(run("peaks", psd)[:, 0], 0.5 * (1 + psd[:, 1:].argmax(axis=1)))


def test_the_first_of_equal_peaks():
    assert run("peaks", [9, 1, 3, 2, 3]) == 1.0


@pytest.mark.parametrize("n_freqs", [2, 3, 17, 501])
def test_moments(n_freqs):
    psd, freqs = spectra(n_freqs), 0.5 * np.arange(1, n_freqs)
    total = psd[:, 1:].sum(axis=1)
    centroid = psd[:, 1:] @ freqs / total
    square = ((freqs - centroid[:, np.newaxis]) ** 2 * psd[:, 1:]).sum(axis=1) / total
    expected = np.column_stack([total * 0.5, centroid, np.sqrt(square)])
    np.testing.assert_allclose(run("moments", psd), expected, atol=1e-14)


def test_a_single_line():
    psd = np.zeros(101)
    psd[40] = 3.0
    np.testing.assert_array_equal(run("disorder", psd), [[0, 0]])
    np.testing.assert_array_equal(run("edges", psd), [[20, 20, 20]])
    np.testing.assert_array_equal(run("peaks", psd), [[20]])
    np.testing.assert_array_equal(run("moments", psd), [[1.5, 20, 0]])


def test_a_white_spectrum():
    psd = np.ones(101)
    np.testing.assert_allclose(run("disorder", psd), [[1, 1]], rtol=1e-15)
    np.testing.assert_array_equal(run("edges", psd, step=1.0), [[50, 85, 95]])


@each_kernel
@pytest.mark.parametrize("n_freqs", [2, 3, 17, 50])
def test_no_power_gives_zero(name, n_freqs):
    assert not run(name, np.zeros((3, n_freqs))).any()
    loaded = np.zeros((3, n_freqs))
    loaded[:, 0] = 5.0
    assert not run(name, loaded).any()


@each_kernel
@pytest.mark.parametrize("scale", [1e-40, 1e-9, 1e9, 1e40])
def test_scale(name, scale):
    psd = spectra(200)
    found, expected = run(name, psd * scale), run(name, psd)
    if name == "moments":
        expected[:, 0] *= scale
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@each_kernel
@pytest.mark.parametrize("value", [5e-324, 1e-310, 1e-301])
def test_powers_that_underflow_count_as_none(name, value):
    assert np.isfinite(run(name, np.full((2, 30), value))).all()


def test_band_sums():
    psd, out = spectra(50, 4), np.empty((4, 3))
    band_sums(psd, np.array([[0, 10], [10, 11], [20, 20]]), 0.25, out)
    expected = np.column_stack([psd[:, :10].sum(axis=1), psd[:, 10], np.zeros(4)])
    np.testing.assert_allclose(out, 0.25 * expected)


def test_quotients():
    sums = np.array([[1.0, 4.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1e-25, 1e-20], [0.0, 0.0, 0.0]])
    out = np.empty((4, 3))
    above = np.array([[1.0, 0, 0], [1, 0, 0], [0, 0, 1]])
    below = np.array([[0.0, 1, 0], [1, 1, 0], [1, 0, 0]])
    quotients(sums, above, below, out)
    np.testing.assert_allclose(out, [[0.25, 0.2, 0], [0, 1, 0], [0, 1, 1e-20], [0, 0, 0]])


def test_lines():
    psd, weights = spectra(40, 5), np.random.default_rng(1).normal(size=(2, 20))
    out = np.empty((5, 2))
    lines(psd, 3, weights, out)
    expected = np.log2(psd[:, 3:23]) @ weights.T
    np.testing.assert_allclose(out, np.maximum(expected, [-np.inf, -12]), atol=1e-12)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_line_without_power(n):
    out = np.empty((2, 2))
    lines(np.zeros((2, 7)), 1, np.ones((2, n)), out)
    np.testing.assert_array_equal(out, [[0, -12]] * 2)
