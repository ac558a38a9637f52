import numpy as np
import pytest
from scipy.special import expit, logit, softmax
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.naive_bayes import GaussianNB

from sklearn_eeg.ensemble._calibrators import (
    apply_calibration,
    apply_isotonic,
    apply_sigmoid,
    apply_temperature,
    fit_calibration,
    fit_isotonic,
    fit_sigmoid,
    fit_temperature,
)


def scored(n_windows=300, slope=2.0, offset=-0.5, seed=0):
    """Scores and classes drawn with probability expit(slope * score + offset)."""
    rng = np.random.default_rng(seed)
    score = rng.normal(size=n_windows)
    return score, (rng.random(n_windows) < expit(slope * score + offset)).astype(int)


def test_sigmoid_finds_the_truth():
    score, target = scored(200_000)
    np.testing.assert_allclose(fit_sigmoid(score, target), [2.0, -0.5], atol=0.03)


def test_sigmoid_sets_the_gradient_to_zero():
    score, target = scored()
    n_positive, n_negative = target.sum(), (1 - target).sum()
    goal = np.where(target, (n_positive + 1) / (n_positive + 2), 1 / (n_negative + 2))
    error = apply_sigmoid(score, fit_sigmoid(score, target)) - goal
    assert abs(error.mean()) < 1e-9
    assert abs((error * score).mean()) < 1e-9


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_sigmoid_takes_any_scale_and_origin(scale):
    score, target = scored()
    slope, intercept = fit_sigmoid(score, target)
    got = fit_sigmoid(scale * score + 7 * scale, target)
    np.testing.assert_allclose(got, [slope / scale, intercept - 7 * slope], rtol=1e-6)


def test_sigmoid_of_constant_scores_is_the_softened_share():
    target = np.array([1, 1, 1, 0])
    slope, intercept = fit_sigmoid(np.full(4, 0.1), target)
    assert slope == 0
    assert expit(intercept) == pytest.approx((3 * 4 / 5 + 1 / 3) / 4)


def test_sigmoid_of_separated_classes_is_finite():
    score = np.concatenate([np.linspace(-1000, -1, 50), np.linspace(1, 1000, 50)])
    fitted = fit_sigmoid(score, score > 0)
    assert np.isfinite(fitted).all()
    error = apply_sigmoid(score, fitted) - np.where(score > 0, 51 / 52, 1 / 52)
    assert abs(error.mean()) < 1e-8
    assert abs((error * score / 1000).mean()) < 1e-8


@pytest.mark.parametrize("fit", [fit_sigmoid, fit_isotonic])
def test_weights_are_repetitions(fit):
    score, target = scored(50)
    weight = np.random.default_rng(1).integers(0, 4, size=50).astype(float)
    times = weight.astype(int)
    np.testing.assert_allclose(
        fit(score, target, weight), fit(np.repeat(score, times), np.repeat(target, times)), rtol=1e-6
    )


def test_isotonic_pools_neighbours_that_fall():
    score = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    fitted = fit_isotonic(score, [0, 1, 0, 0, 1])
    np.testing.assert_allclose(apply_isotonic(score, fitted), [0, 1 / 3, 1 / 3, 1 / 3, 1])
    np.testing.assert_allclose(apply_isotonic(np.array([-9.0, 1.5, 9.0]), fitted), [0, 1 / 6, 1])


def test_temperature_of_a_known_share():
    logits = np.tile([0.0, 0.0, 5.0], (10, 1))
    label = np.array([2] * 8 + [0, 1])  # right in 8 of 10: exp(5 / T) / (exp(5 / T) + 2) = 0.8
    assert fit_temperature(logits, label) == pytest.approx(5 / np.log(8), rel=1e-10)


def test_temperature_brings_back_the_scale():
    rng = np.random.default_rng(0)
    logits = rng.normal(scale=2, size=(100_000, 4))
    label = np.array([rng.choice(4, p=row) for row in softmax(logits[:20_000], axis=1)])
    assert fit_temperature(3 * logits[:20_000], label) == pytest.approx(3, rel=0.03)


def test_temperature_is_the_minimum():
    rng = np.random.default_rng(0)
    logits, label = rng.normal(size=(200, 3)), rng.integers(0, 3, 200)
    logits[np.arange(200), label] += 0.5
    best = fit_temperature(logits, label)
    losses = [log_loss(label, apply_temperature(logits, best * by)) for by in (0.99, 1.0, 1.01)]
    assert losses[1] < min(losses[0], losses[2])


def test_temperature_at_its_ends():
    logits = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert fit_temperature(logits, np.array([1, 0])) == pytest.approx(np.exp(-10))
    assert fit_temperature(logits, np.array([0, 1])) == pytest.approx(np.exp(10))
    assert fit_temperature(np.zeros((2, 2)), np.array([0, 1])) == 1


def test_temperature_knows_what_it_cannot_know():
    logits = np.array([[0.0, 2.0, np.nan]] * 4 + [[1.0, 2.0, np.nan]])
    label = np.array([1, 1, 1, 0, 2])  # the last window's own class has no score
    assert fit_temperature(logits, label) == pytest.approx(2 / np.log(3))
    assert fit_temperature(np.full((2, 2), np.nan), np.array([0, 1])) == 1


def test_temperature_with_weights():
    logits = np.tile([0.0, 2.0], (2, 1))
    got = fit_temperature(logits, np.array([1, 0]), np.array([3.0, 1.0]))
    assert got == pytest.approx(2 / np.log(3))


def frozen_scores(n_classes, response):
    """Scores of a model on windows that it never saw, their labels, and the model."""
    rng = np.random.default_rng(0)
    y = np.arange(400) % n_classes
    X = rng.normal(size=(400, 3)) + np.eye(n_classes, 3)[y]
    model = LogisticRegression(C=10) if response == "decision_function" else GaussianNB()
    model.fit(X[:100], y[:100])
    scores = getattr(model, response)(X[100:])
    return np.column_stack([-scores, scores]) if scores.ndim == 1 else scores, X[100:], y[100:], model


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("response", ["decision_function", "predict_proba"])
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("method", ["sigmoid", "isotonic", "temperature"])
def test_it_is_what_scikit_learn_computes(method, n_classes, response, weighted):
    scores, X, y, model = frozen_scores(n_classes, response)
    weight = np.random.default_rng(1).random(len(y)) if weighted else None
    theirs = CalibratedClassifierCV(FrozenEstimator(model), method=method, ensemble=False)
    if weighted:  # scikit-learn hands weights to a frozen model's fit only if they are named there
        with pytest.warns(UserWarning, match="does not appear to accept sample_weight"):
            theirs.fit(X, y, sample_weight=weight)
    else:
        theirs.fit(X, y)
    calibration = fit_calibration(method, scores, y, weight, response=response)
    got = apply_calibration(method, scores, calibration, response=response)
    np.testing.assert_allclose(got, theirs.predict_proba(X), atol=1e-6)
    np.testing.assert_allclose(got.sum(axis=1), 1)


def test_one_against_rest_where_every_class_says_no():
    calibration = [np.array([[0.0, 1.0], [0.0, 1.0]])] * 3
    got = apply_calibration("isotonic", np.full((1, 3), -1.0), calibration, response="decision_function")
    np.testing.assert_allclose(got, 1 / 3)


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_a_class_that_no_model_knew_takes_the_pooled_map(method):
    scores, _, y, _ = frozen_scores(3, "decision_function")
    scores[y == 2] = np.where([False, False, True], np.nan, scores[y == 2])
    calibration = fit_calibration(method, scores, y, None, response="decision_function")
    fit = {"sigmoid": fit_sigmoid, "isotonic": fit_isotonic}[method]
    known = np.isfinite(scores)
    target = y[:, np.newaxis] == np.arange(3)
    np.testing.assert_array_equal(calibration[2], fit(scores[known], target[known]))
    np.testing.assert_array_equal(calibration[0], fit(scores[:, 0], target[:, 0]))


def test_temperature_one_leaves_a_logistic_regression_as_it_is():
    scores, X, _, model = frozen_scores(2, "decision_function")
    got = apply_calibration("temperature", scores, 1.0, response="decision_function")
    np.testing.assert_allclose(got, model.predict_proba(X), atol=1e-12)
    assert logit(got[0, 1]) == pytest.approx(scores[0, 1])
