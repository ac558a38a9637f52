import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, log_loss

from sklearn_eeg.evaluation._calibration import calibration_figures, reliability_curve
from sklearn_eeg.evaluation._coded import code_predictions


def draw(n_windows=1000, seed=0):
    rng = np.random.default_rng(seed)
    probability = rng.random(n_windows)
    return probability, rng.random(n_windows) < probability, rng.integers(20, size=n_windows)


def test_bins_equal_scikit_learn():
    probability, hit, _ = draw()
    curve = reliability_curve(probability, hit)
    observed, predicted = calibration_curve(hit, probability, n_bins=10, strategy="quantile")
    np.testing.assert_allclose(curve.predicted, predicted, atol=2e-3)  # they cut at interpolated quantiles
    np.testing.assert_allclose(curve.observed, observed, atol=2e-2)
    assert curve.windows.sum() == 1000
    assert curve.windows.min() >= 99


def test_the_error_is_the_mean_distance_over_windows():
    probability = np.repeat([0.1, 0.6], [30, 10])
    hit = np.arange(40) < 3
    curve = reliability_curve(probability, hit, n_bins=2)
    assert curve.windows.tolist() == [30, 10]
    assert curve.error == pytest.approx((30 * abs(3 / 30 - 0.1) + 10 * 0.6) / 40)


def test_equal_probabilities_share_a_bin():
    curve = reliability_curve(np.full(50, 0.3), np.arange(50) < 20)
    assert curve.windows.tolist() == [50]
    assert curve.error == pytest.approx(0.1)


def test_a_bin_of_one_patient_has_no_limits():
    probability = np.concatenate([np.full(50, 0.2), np.full(50, 0.9)])
    hit = np.tile([True, False], 50)
    unit = np.concatenate([np.zeros(50, dtype=int), np.arange(50) % 5])
    curve = reliability_curve(probability, hit, n_bins=2, unit=unit, n_resamples=200)
    assert np.isnan([curve.low[0], curve.high[0]]).all()
    assert np.isfinite([curve.low[1], curve.high[1]]).all()


def test_order_does_not_matter():
    probability, hit, unit = draw()
    order = np.random.default_rng(1).permutation(len(hit))
    options = {"n_resamples": 50}
    one = reliability_curve(probability, hit, unit=unit, **options)
    other = reliability_curve(probability[order], hit[order], unit=unit[order], **options)
    np.testing.assert_allclose(one, other)


def test_limits_are_those_of_a_loop_over_the_same_draws():
    probability, hit, unit = draw(200)
    curve = reliability_curve(probability, hit, n_bins=4, unit=unit, n_resamples=400, random_state=3)
    rng, shares = np.random.default_rng(3), []
    bins = np.searchsorted(np.cumsum(curve.windows), np.argsort(np.argsort(probability)), side="right")
    for drawn in rng.integers(20, size=(400, 20)):
        rows = np.concatenate([np.flatnonzero(unit == each) for each in drawn])
        shares.append([hit[rows][bins[rows] == each].mean() for each in range(4)])
    inner = np.quantile(shares, [0.025, 0.975], axis=0)
    assert (curve.low < inner[0] + 1e-12).all()  # widened for the number of patients
    assert (curve.high > inner[1] - 1e-12).all()
    np.testing.assert_allclose([curve.low, curve.high], inner, atol=0.03)


def test_there_are_no_limits_without_patients():
    probability, hit, _ = draw(50)
    assert np.isnan(reliability_curve(probability, hit, n_resamples=10).low).all()


@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_losses_equal_scikit_learn(n_classes):
    rng = np.random.default_rng(n_classes)
    score, y = rng.dirichlet(np.ones(n_classes), size=300), rng.integers(n_classes, size=300)
    figures = calibration_figures(
        code_predictions(y, score.argmax(axis=1), None, score, np.arange(n_classes))
    )
    assert figures["log_loss"] == pytest.approx(log_loss(y, score))
    assert figures["brier_score"] == pytest.approx(brier_score_loss(y, score, labels=np.arange(n_classes)))
    assert 0 < figures["class_wise_error"] < figures["top_label_error"]


def test_classes_of_two_have_the_same_error():
    probability, hit, _ = draw()
    both = np.column_stack([1 - probability, probability])
    figures = calibration_figures(code_predictions(hit.astype(int), hit.astype(int), None, both, [0, 1]))
    errors = [reliability_curve(1 - probability, ~hit).error, reliability_curve(probability, hit).error]
    assert figures["class_wise_error"] == pytest.approx(np.mean(errors))


def test_true_probabilities_have_small_errors_and_sharpened_ones_larger():
    probability, hit, _ = draw(20_000)
    sharp = probability**3 / (probability**3 + (1 - probability) ** 3)
    errors = [reliability_curve(each, hit).error for each in (probability, sharp)]
    assert errors[0] < 0.02
    assert errors[1] > 0.1


def test_decision_values_have_no_errors():
    coded = code_predictions([0, 1], [0, 1], None, [[-3.0, 3.0], [3.0, -3.0]], [0, 1])
    assert np.isnan(list(calibration_figures(coded).values())).all()
    silent = code_predictions([0, 1], [0, 1], None, None, [0, 1])
    assert np.isnan(list(calibration_figures(silent).values())).all()
