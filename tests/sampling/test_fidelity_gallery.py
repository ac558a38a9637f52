"""What a report keeps of the windows."""

import numpy as np
import pytest
from scipy.signal import welch

from sklearn_eeg.sampling._fidelity_gallery import make_gallery
from sklearn_eeg.sampling._fidelity_inputs import read_inputs


@pytest.fixture(scope="module")
def inputs():
    rng = np.random.default_rng(0)
    x, y = 10 * rng.normal(size=(40, 2, 300)), np.tile(["a", "b"], 20)
    return read_inputs(
        (x, y, np.repeat([1, 2, 3, 4], 10)), {"louder": (10 * x[:10], y[:10])}, None, sfreq=100
    )


def test_spectra_are_means_and_ranges_of_scipys(inputs):
    gallery = make_gallery(inputs)
    freqs, density = welch(inputs.real.windows[inputs.real.labels == 1], 100, nperseg=200)
    decibels = 10 * np.log10(density[..., 1:])
    np.testing.assert_allclose(gallery.freqs, freqs[1:])
    mean, low, high = gallery.spectra["real", 1]
    np.testing.assert_allclose(mean, decibels.mean(axis=0))
    np.testing.assert_allclose([low, high], np.quantile(decibels, [0.05, 0.95], axis=0))


def test_traces_are_windows_of_the_class(inputs):
    gallery = make_gallery(inputs)
    assert gallery.traces["real", 0].shape == (6, 2, 300)
    assert gallery.traces["louder", 1].shape == (5, 2, 300)
    own = inputs.real.windows[inputs.real.labels == 0]
    assert all((trace == own).all(axis=(1, 2)).any() for trace in gallery.traces["real", 0])


def test_points_are_principal_components_of_the_real_windows(inputs):
    gallery = make_gallery(inputs)
    assert gallery.names == ["real", "louder"]
    real = gallery.points["real"]
    np.testing.assert_allclose(real.mean(axis=0), 0, atol=1e-9)
    assert np.corrcoef(real.T)[0, 1] == pytest.approx(0, abs=1e-9)
    assert gallery.explained[0] > gallery.explained[1] > 0
    assert np.linalg.norm(gallery.points["louder"].mean(axis=0)) > 3 * real.std()


def test_a_constant_channel_has_a_finite_spectrum():
    x, y = np.random.default_rng(0).normal(size=(20, 2, 64)), np.tile([0, 1], 10)
    x[:, 1] = 4
    gallery = make_gallery(read_inputs((x, y, np.repeat([1, 2, 3, 4], 5)), {"s": (x, y)}, None, sfreq=64))
    assert gallery.spectra["real", 0][0, 1] == pytest.approx(-120)
    assert np.isfinite(gallery.points["s"]).all()
