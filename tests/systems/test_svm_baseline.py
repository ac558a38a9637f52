import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from sklearn_eeg.datasets import make_seizures
from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.systems import svm_baseline

TIMES = np.arange(256) / 128
Y = np.repeat(["rest", "seizure"], 15)
X = np.random.default_rng(0).normal(scale=10, size=(30, 2, 256))
X[15:] += 40 * np.sin(2 * np.pi * 3 * TIMES)


def test_learns_what_is_plain_to_see():
    assert svm_baseline(sfreq=128.0).fit(X[::2], Y[::2]).score(X[1::2], Y[1::2]) == 1


def test_features_are_fourier_and_zero_crossing():
    names = svm_baseline(128.0, ch_names=["Fz", "Cz"]).fit(X, Y)[:-1].get_feature_names_out()
    assert {tuple(name.split("__")[1:2]) for name in names} == {("fft",), ("time",)}
    assert "Cz__time__zero_crossing_rate" in names
    assert len(names) == 2 * (2 * 5 + 3 + 1)


def test_clone_pickle_and_parameters():
    pipeline = svm_baseline(sfreq=128.0).set_params(svm__C=3.0, denoise__mains=60.0)
    again = clone(pipeline)
    assert again.get_params()["svm__C"] == 3.0
    fitted = again.fit(X, Y)
    np.testing.assert_array_equal(
        pickle.loads(pickle.dumps(fitted)).decision_function(X), fitted.decision_function(X)
    )


def test_grid_search_may_leave_denoising_out():
    grid = {"svm__C": [1.0, 10.0], "denoise": [svm_baseline(128.0)["denoise"], "passthrough"]}
    search = GridSearchCV(svm_baseline(128.0), grid, cv=3, error_score="raise").fit(X, Y)
    assert search.best_score_ == 1


def test_pandas_output_of_the_whole():
    pipeline = svm_baseline(128.0, ch_names=["Fz", "Cz"]).set_output(transform="pandas").fit(X, Y)
    assert pipeline[:-1].transform(X).columns[0] == "Fz__fft__delta__log_power"


@pytest.mark.parametrize(
    ("sfreq", "mains", "band"),
    [(64.0, None, (0.5, None)), (92.0, None, (0.5, 45.0)), (128.0, 50.0, (0.5, 45.0))],
)
def test_the_denoiser_suits_the_rate(sfreq, mains, band):
    denoiser = svm_baseline(sfreq)["denoise"]
    assert denoiser.mains == mains
    assert denoiser.band == band
    svm_baseline(sfreq).fit(X, Y)


def test_without_denoising():
    assert svm_baseline(128.0, denoise=False)["denoise"] == "passthrough"


@pytest.mark.parametrize("seed", [0, 1])
def test_simulated_seizures_are_neither_easy_nor_hopeless(seed):
    eeg = make_seizures(random_state=seed)
    report = evaluate(svm_baseline(eeg.sfreq), eeg.data, eeg.target, eeg.groups)
    assert 0.60 < report.to_frame().loc["model", "balanced_accuracy"] < 0.90


@pytest.mark.parametrize("sfreq", [None, "fast", 0, -1.0, np.inf])
def test_bad_rate(sfreq):
    with pytest.raises(ValueError, match="`sfreq` must be the sampling frequency in Hz, above 0, got"):
        svm_baseline(sfreq)


def test_classes_are_weighted():
    rare = np.r_[np.zeros(26, int), np.ones(4, int)]
    X = np.random.default_rng(0).normal(size=(30, 1, 256))
    weights = svm_baseline(128.0).fit(X, rare)["svm"].class_weight_
    np.testing.assert_allclose(weights, [30 / 52, 30 / 8])
