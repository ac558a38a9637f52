"""The table that classifiers and neighbours see, and the statistics of amplitude."""

import numpy as np
import pytest
from scipy.stats import kurtosis

from sklearn_eeg.sampling._fidelity_table import amplitude_statistics, window_table


@pytest.fixture
def windows():
    return np.random.default_rng(0).normal(size=(20, 3, 200))


def test_each_window_stands_for_itself(windows):
    table = window_table(windows)
    assert table.shape == (20, 3 * (7 + 5) + 32 + 16 + 3)
    np.testing.assert_allclose(window_table(windows[::-1]), table[::-1])
    np.testing.assert_allclose(window_table(windows[4:5])[0], table[4])


def test_a_gain_moves_sizes_by_its_decibels_and_nothing_else(windows):
    moved = window_table(10 * windows) - window_table(windows)
    sizes = 3 * 7 + 3 * 3 + 32  # slices, three sizes, the fine spectrum
    assert np.isclose(moved, 20).all(axis=0).sum() == sizes
    assert np.isclose(moved, 0, atol=1e-9).all(axis=0).sum() == moved.shape[1] - sizes


def test_a_level_moves_nothing(windows):
    np.testing.assert_allclose(window_table(windows + 50), window_table(windows), atol=1e-6)


def test_slices_hold_the_rhythm_that_is_there():
    times = np.arange(256)
    low, high = (np.sin(2 * np.pi * k * times / 256)[np.newaxis, np.newaxis] for k in (2, 100))
    slices = [window_table(x)[0, :7].argmax() for x in (low, high)]
    assert slices == [0, 6]
    fine = [window_table(x)[0, 12 : 12 + 32].argmax() for x in (low, high)]
    assert fine == [0, 24]


def test_the_profile_shows_silent_edges(windows):
    windows = windows.copy()
    windows[..., :13] *= 0.01
    profile = window_table(windows)[:, 3 * 12 + 32 : 3 * 12 + 32 + 16]
    assert (profile.argmin(axis=1) == 0).all()
    assert profile[:, 0].max() < -15
    assert abs(profile[:, 1:].mean()) < 0.5


def test_correlations_are_numpys(windows):
    expected = [np.corrcoef(x)[np.triu_indices(3, 1)] for x in windows]
    np.testing.assert_allclose(window_table(windows)[:, -3:], expected)


def test_many_channels_have_their_mean_correlations():
    windows = np.random.default_rng(0).normal(size=(4, 26, 64))
    table = window_table(windows)
    assert table.shape == (4, 26 * 12 + 32 + 16 + 26)
    expected = [(np.corrcoef(x).sum(axis=0) - 1) / 25 for x in windows]
    np.testing.assert_allclose(table[:, -26:], expected)


@pytest.mark.parametrize("n_times", [4, 5, 17, 1500])
def test_any_length_gives_finite_columns(n_times):
    x = np.random.default_rng(0).normal(size=(3, 1, n_times))
    x[1] = 5.0
    table = window_table(x)
    assert np.isfinite(table).all()
    assert len(np.unique(table[1])) < len(np.unique(table[0]))


def test_amplitudes_by_definition(windows):
    found = amplitude_statistics(windows)
    np.testing.assert_allclose(found["standard_deviation"], windows.std(axis=-1))
    np.testing.assert_allclose(found["line_length"], np.abs(np.diff(windows)).mean(axis=-1))
    np.testing.assert_allclose(found["kurtosis"], kurtosis(windows, axis=-1, fisher=False))
    centred = windows - windows.mean(axis=-1, keepdims=True)
    np.testing.assert_allclose(found["extreme"], np.abs(centred).max(axis=-1))


def test_amplitudes_of_a_constant_channel():
    found = amplitude_statistics(np.full((1, 1, 10), 3.0))
    assert {name: float(each[0, 0]) for name, each in found.items()} == {
        "standard_deviation": 0,
        "line_length": 0,
        "kurtosis": 3,
        "extreme": 0,
    }
