import numpy as np
import pytest
from scipy.special import expit
from sklearn.cluster import KMeans
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from sklearn_eeg.detection._scores import _is_rbf, score_windows
from sklearn_eeg.systems import svm_baseline

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 6))
Y = (X[:, 0] + 0.3 * RNG.normal(size=80) > 0).astype(int)


@pytest.mark.parametrize("gamma", ["scale", "auto", 0.3])
def test_the_fast_way_equals_libsvm(gamma):
    model = make_pipeline(StandardScaler(), SVC(gamma=gamma, class_weight="balanced")).fit(X, Y)
    assert _is_rbf(model[-1])
    np.testing.assert_allclose(score_windows(model, X), expit(model.decision_function(X)), rtol=1e-10)


def test_the_baseline_takes_the_fast_way():
    t = np.arange(256) / 128
    windows = RNG.normal(scale=10, size=(20, 2, 256))
    windows[10:] += 50 * np.sin(2 * np.pi * 3 * t)
    model = svm_baseline(128).fit(windows, np.repeat([0, 1], 10))
    expected = expit(model.decision_function(windows))
    np.testing.assert_allclose(score_windows(model, windows), expected, rtol=1e-10)
    model.set_params(denoise="passthrough")
    np.testing.assert_allclose(
        score_windows(model, windows), expit(model.decision_function(windows)), rtol=1e-10
    )


@pytest.mark.parametrize("model", [LinearSVC(), SVC(kernel="linear"), make_pipeline(SVC(kernel="poly"))])
def test_other_decisions_go_through_the_logistic_function(model):
    model.fit(X, Y)
    np.testing.assert_allclose(score_windows(model, X), expit(model.decision_function(X)))


def test_what_gives_no_score_is_refused():
    with pytest.raises(
        ValueError, match="`estimator` must have predict_proba or decision_function, got KMeans"
    ):
        score_windows(KMeans(), X)
