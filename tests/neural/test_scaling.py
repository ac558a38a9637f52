import numpy as np
import pytest

from sklearn_eeg.neural._scaling import channel_statistics

X = np.random.default_rng(0).normal(size=(700, 3, 20)) * [[[1.0], [50.0], [1e-3]]] + [[[1e6], [0.0], [-3.0]]]


def test_mean_and_deviation_of_the_rows():
    rows = np.arange(1, 700, 2)
    center, scale = channel_statistics(X, rows, np.ones(700))
    np.testing.assert_allclose(center, X[rows].mean(axis=(0, 2)), rtol=1e-12)
    np.testing.assert_allclose(scale, X[rows].std(axis=(0, 2)), rtol=1e-9)


def test_a_weight_counts_as_repeats():
    weights = np.arange(700) % 4
    rows = np.flatnonzero(weights)
    found = channel_statistics(X, rows, weights)
    again = np.repeat(X, weights, axis=0)
    np.testing.assert_allclose(found, channel_statistics(again, np.arange(len(again)), np.ones(len(again))))


@pytest.mark.parametrize("level", [0.0, 0.1, -1e9])
def test_a_constant_channel_has_the_scale_1(level):
    flat = X.copy()
    flat[:, 1] = level
    center, scale = channel_statistics(flat, np.arange(700), np.ones(700))
    assert scale[1] == 1
    np.testing.assert_allclose(center[1], level, rtol=1e-12)


def test_single_precision_windows_are_summed_in_double():
    windows = (1e5 + np.random.default_rng(0).normal(size=(300, 1, 100))).astype(np.float32)
    center, scale = channel_statistics(windows, np.arange(300), np.ones(300))
    np.testing.assert_allclose(center, windows.astype(float).mean(), rtol=1e-12)
    np.testing.assert_allclose(scale, windows.astype(float).std(), rtol=1e-6)
