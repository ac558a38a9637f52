import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sklearn_eeg.explain import _masking
from sklearn_eeg.explain._masking import curve, make_scorer, score_masked

RNG = np.random.default_rng(0)
X, BACKGROUND = RNG.normal(size=(5, 4, 6)), RNG.normal(size=(3, 4, 6))


def power(windows):
    """Two scores: the power of channel 1, and the sum of all values."""
    return np.stack([np.square(windows[:, 1]).sum(axis=1), windows.sum(axis=(1, 2))], axis=1)


def test_score_masked_is_a_loop_over_windows_and_background(monkeypatch):
    masked = RNG.random((5, 4)) < 0.5
    expected = np.empty((3, 5, 2))
    for b in range(3):
        for w in range(5):
            window = X[w].copy()
            window[masked[w]] = BACKGROUND[b, masked[w]]
            expected[b, w] = power(window[np.newaxis])[0]
    assert_allclose(score_masked(power, X, BACKGROUND, masked), expected)
    monkeypatch.setattr(_masking, "_BLOCK_VALUES", 50)
    assert_allclose(score_masked(power, X, BACKGROUND, masked), expected)


@pytest.mark.parametrize("insert", [False, True])
def test_curve(insert):
    ranks = np.argsort(RNG.random((5, 4)), axis=1)
    target = np.array([0, 1, 0, 1, 1])
    found = curve(power, X, BACKGROUND, ranks, target, np.arange(5), insert=insert)
    for count in range(5):
        masked = ranks >= count if insert else ranks < count
        scores = score_masked(power, X, BACKGROUND, masked).mean(axis=0)
        assert_allclose(found[:, count], scores[np.arange(5), target])


def test_scores_are_those_behind_all_steps():
    y = np.tile([0, 1, 2], 10)
    windows = RNG.normal(size=(30, 4)) + y[:, None]
    model = make_pipeline(StandardScaler(), SVC(C=2)).fit(windows, y)
    margins = model.set_params(svc__decision_function_shape="ovo").decision_function(windows)
    summed = np.stack([margins[:, :2].sum(1), margins[:, 2] - margins[:, 0], -margins[:, 1:].sum(1)], axis=1)
    assert_allclose(make_scorer(model)(windows), summed)


def test_scores_of_two_classes_mirror_each_other():
    model = SVC().fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
    found = make_scorer(model)([[0.5], [2.0]])
    assert_allclose(found[:, 1], model.decision_function([[0.5], [2.0]]))
    assert_allclose(found[:, 0], -found[:, 1])
