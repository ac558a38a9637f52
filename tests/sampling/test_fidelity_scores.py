"""The figures of one set of windows beside another, on sets whose answer is known."""

import numpy as np
import pytest

from sklearn_eeg.sampling._fidelity_copies import relative_distances
from sklearn_eeg.sampling._fidelity_scores import METRICS, WindowSet, amplitude_ratios, pair_scores
from sklearn_eeg.sampling._fidelity_table import window_table

OPTIONS = {"n_neighbors": 5, "n_directions": 50, "seed": 0}


def make_set(seed, first_unit, n=80):
    rng = np.random.default_rng(seed)
    labels = np.tile([0, 1], n // 2)
    white = np.fft.rfft(rng.normal(size=(n, 2, 128)))
    windows = 100 * np.fft.irfft(white / (1 + np.arange(65)), 128)
    windows += (8 * labels[:, None] * np.sin(np.arange(128) / 4 + rng.uniform(0, 6.3, (n, 1))))[:, np.newaxis]
    return WindowSet(windows, window_table(windows), labels, first_unit + np.arange(n))


@pytest.fixture(scope="module")
def real():
    return make_set(0, 0)


def score(real, windows, first_unit=1000, labels=None):
    labels = real.labels if labels is None else labels
    other = WindowSet(windows, window_table(windows), labels, first_unit + np.arange(len(windows)))
    distances = relative_distances(windows, real.windows)
    return pair_scores(real, other, (distances.argmin(axis=1), distances.min(axis=1)), **OPTIONS)


def test_other_windows_of_the_same_kind(real):
    found, judged = score(real, make_set(1, 0).windows)
    assert set(found) < set(METRICS)
    assert found["log_spectrum_distance"] < 1
    assert found["two_sample_auc"] == pytest.approx(0.5, abs=0.14)  # three deviations of 80 and 80
    assert found["precision"] > 0.5
    assert found["coverage"] > 0.5
    assert found["trained_on"] > 0.85
    assert found["tested_on"] > 0.85
    assert found["standard_deviation"] == pytest.approx(1, abs=0.15)
    assert judged.real_scores.shape == judged.synthetic_scores.shape == (80,)


def test_the_same_windows(real):
    found, _ = score(real, real.windows)
    for name in (
        "log_spectrum_distance",
        "covariance_distance",
        "correlation_distance",
        "sliced_wasserstein",
    ):
        assert found[name] == pytest.approx(0, abs=1e-9)
    assert found["precision"] == found["recall"] == found["density"] == found["coverage"] == 1
    assert found["standard_deviation"] == found["kurtosis"] == found["extreme"] == found["line_length"] == 1
    assert found["two_sample_auc"] == pytest.approx(0.5, abs=0.1)  # copies share the fold of their source


def test_fifty_decibels(real):
    found, _ = score(real, real.windows * 10**2.5)
    assert found["log_spectrum_distance"] == pytest.approx(50, abs=0.1)
    assert found["covariance_distance"] == pytest.approx(50)
    assert found["correlation_distance"] == pytest.approx(0, abs=1e-9)
    assert found["two_sample_auc"] == 1
    assert found["precision"] == found["coverage"] == 0
    assert found["standard_deviation"] == pytest.approx(10**2.5)
    assert found["kurtosis"] == pytest.approx(1)


def test_a_level_matters_to_the_wasserstein_distance_alone(real):
    found, _ = score(real, real.windows + 30)
    same, _ = score(real, real.windows)
    assert found.pop("sliced_wasserstein") > same.pop("sliced_wasserstein") + 1
    assert found == pytest.approx(same, abs=0.01)


def test_one_window_repeated(real):
    places = real.labels  # window 0 for class 0, window 1 for class 1
    found, _ = score(real, real.windows[places])
    assert found["recall"] == 0
    assert found["coverage"] < 0.35
    assert found["trained_on"] < score(real, make_set(1, 0).windows)[0]["trained_on"]


def test_white_noise(real):
    noise = np.random.default_rng(5).normal(0, real.windows.std(), real.windows.shape)
    found, _ = score(real, noise)
    assert found["log_spectrum_distance"] > 6
    assert found["two_sample_auc"] > 0.99
    assert found["precision"] < 0.05
    assert found["trained_on"] == pytest.approx(0.5, abs=0.3)
    assert found["line_length"] > 2


def test_swapped_labels_teach_the_opposite(real):
    found, _ = score(real, make_set(1, 0).windows, labels=1 - real.labels)
    assert found["trained_on"] < 0.15
    assert found["tested_on"] < 0.15


def test_one_class_has_no_transfer(real):
    one = real.take(np.flatnonzero(real.labels == 0))
    found, _ = score(one, make_set(1, 0).windows[::2])
    assert np.isnan(found["trained_on"])
    assert np.isnan(found["tested_on"])


def test_constant_channels_have_no_ratio():
    x = np.random.default_rng(0).normal(size=(5, 2, 50))
    x[:, 1] = 0
    found = amplitude_ratios(x, 3 * x)
    assert found["standard_deviation"] == pytest.approx(3)
    assert found["kurtosis"] == pytest.approx(1)
    flat = amplitude_ratios(0 * x, x)
    assert np.isnan(flat["line_length"])
    assert amplitude_ratios(x, 0 * x)["extreme"] == 0


def test_every_metric_says_what_is_best():
    assert {each.better for each in METRICS.values()} <= {"smaller", "larger", "near 0.5", "near 1"}
    assert all(each.meaning.endswith(".") for each in METRICS.values())
