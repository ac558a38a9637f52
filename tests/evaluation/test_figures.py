import warnings

import numpy as np
import pytest
from sklearn import metrics

from sklearn_eeg.evaluation import _figures
from sklearn_eeg.evaluation._coded import code_predictions
from sklearn_eeg.evaluation._figures import (
    CLASS_FIGURES,
    FIGURES,
    PatientSums,
    check_metrics,
    class_figures,
    figures,
    losses_by_patient,
)
from sklearn_eeg.evaluation._metrics import TITLES, figures_of
from sklearn_eeg.evaluation._resample import draw_units


def draw(n_classes, seed=0, n_windows=240, n_patients=8):
    rng = np.random.default_rng(seed)
    truth = rng.integers(n_classes, size=n_windows)
    chance = rng.dirichlet(np.ones(n_classes), n_windows) + 0.5 * np.eye(n_classes)[truth]
    score = rng.multinomial(20, chance / chance.sum(axis=1, keepdims=True)) / 20  # with many ties
    patient = rng.integers(n_patients, size=n_windows)
    return code_predictions(truth, score.argmax(axis=1), patient, score, np.arange(n_classes))


def by_scikit_learn(y, said, score):
    """Return each figure of the rows, as scikit-learn computes it."""
    labels = np.arange(score.shape[1])
    one_hot = np.eye(len(labels))[y]
    binary = len(labels) == 2
    precision = metrics.average_precision_score
    multi = [precision(one_hot[:, k], score[:, k]) for k in labels]
    squares = ((score - one_hot) ** 2).sum(axis=1).mean()
    return {
        "accuracy": metrics.accuracy_score(y, said),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, said),
        "macro_f1": metrics.f1_score(y, said, average="macro"),
        "roc_auc": metrics.roc_auc_score(y, score[:, 1] if binary else score, multi_class="ovr"),
        "matthews_correlation": metrics.matthews_corrcoef(y, said),
        "cohen_kappa": metrics.cohen_kappa_score(y, said),
        "average_precision": multi[1] if binary else np.mean(multi),
        "log_loss": metrics.log_loss(y, score, labels=labels),
        "brier_score": metrics.brier_score_loss(y, score[:, 1]) if binary else squares,
    }


def classes_by_scikit_learn(y, said, score):
    columns = []
    for k in range(score.shape[1]):
        true, guess = y == k, said == k
        recall, precision = metrics.recall_score, metrics.precision_score
        columns.append(
            [
                recall(true, guess),
                recall(~true, ~guess),
                precision(true, guess, zero_division=np.nan),
                precision(~true, ~guess, zero_division=np.nan),
                metrics.f1_score(true, guess),
                metrics.roc_auc_score(true, score[:, k]),
            ]
        )
    return np.array(columns)


@pytest.mark.parametrize("many_patients", [500, 1])
@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_resamples_equal_scikit_learn_on_the_rows_drawn(n_classes, many_patients, monkeypatch):
    monkeypatch.setattr(_figures, "_MANY_PATIENTS", many_patients)
    coded = draw(n_classes)
    weights = next(draw_units(coded.n_units, 25, 3, 25))
    sums = PatientSums(coded, FIGURES).weigh(weights)
    got, got_by_class = figures(sums, list(FIGURES)), class_figures(sums)
    for row, weight in enumerate(weights):
        rows = np.repeat(np.arange(len(coded.truth)), weight[coded.unit].astype(int))
        drawn = coded.truth[rows], coded.said[rows], coded.score[rows]
        np.testing.assert_allclose(got[row], list(by_scikit_learn(*drawn).values()), rtol=0, atol=1e-12)
        np.testing.assert_allclose(got_by_class[row], classes_by_scikit_learn(*drawn), rtol=0, atol=1e-12)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_figures_do_not_depend_on_how_windows_are_shared_out_among_patients(n_classes):
    coded, names = draw(n_classes, seed=1), list(FIGURES)
    got = figures(PatientSums(coded, names).weigh(np.ones((1, coded.n_units))), names)[0]
    np.testing.assert_allclose(got[:6], list(figures_of(coded).values()), rtol=0, atol=1e-12)
    assert names[:6] == list(TITLES)


def test_of_two_classes_only_the_second_has_an_average_precision():
    sums = PatientSums(draw(2), ["average_precision"])
    assert list(sums.levels) == [1]
    assert list(PatientSums(draw(3), ["average_precision"]).levels) == [0, 1, 2]


def test_order_of_windows_does_not_matter():
    coded = draw(3)
    turn = np.random.default_rng(0).permutation(len(coded.truth))
    turned = code_predictions(
        coded.truth[turn], coded.said[turn], coded.unit[turn], coded.score[turn], coded.classes
    )
    weights = next(draw_units(coded.n_units, 5, 0, 5))
    both = [figures(PatientSums(each, FIGURES).weigh(weights), list(FIGURES)) for each in (coded, turned)]
    np.testing.assert_allclose(*both, rtol=0, atol=1e-12)


def test_figures_of_one_label_only():
    coded = code_predictions([0, 0, 1], [0, 0, 0], [0, 0, 1], None, [0, 1])
    sums = PatientSums(coded, FIGURES).weigh(np.array([[1.0, 1.0], [1.0, 0.0]]))
    got = dict(zip(FIGURES, figures(sums, list(FIGURES)).T, strict=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kappa = metrics.cohen_kappa_score([0, 0], [0, 0])
    assert got["matthews_correlation"].tolist() == [0, 0]
    np.testing.assert_array_equal(got["cohen_kappa"], [0, kappa])
    np.testing.assert_array_equal(got["balanced_accuracy"], [0.5, np.nan])
    np.testing.assert_array_equal(got["macro_f1"], [0.4, np.nan])
    np.testing.assert_allclose(got["accuracy"], [2 / 3, 1])
    assert np.isnan(got["roc_auc"]).all()
    by_class = dict(zip(CLASS_FIGURES, class_figures(sums)[0].T, strict=True))
    np.testing.assert_array_equal(by_class["ppv"], [2 / 3, np.nan])
    np.testing.assert_array_equal(by_class["npv"], [np.nan, 2 / 3])


def test_a_class_that_no_patient_has_is_left_out_of_the_means():
    y, said = [0, 0, 2, 2], [0, 1, 2, 2]
    score = np.eye(3)[said]
    three = code_predictions(y, said, [0, 1, 0, 1], score, [0, 1, 2])
    sums = PatientSums(three, FIGURES).weigh(np.ones((1, 2)))
    got = dict(zip(FIGURES, figures(sums, list(FIGURES))[0], strict=True))
    assert got["balanced_accuracy"] == 0.75
    assert got["macro_f1"] == pytest.approx((2 / 3 + 1) / 2)
    assert got["roc_auc"] == pytest.approx((0.75 + 1) / 2)


def test_losses_in_closed_form():
    sure = code_predictions([0, 1, 1], [0, 1, 0], [0, 0, 1], [[1, 0], [0, 1], [1, 0]], [0, 1])
    losses = losses_by_patient(sure)
    np.testing.assert_allclose(losses, [[0, 0], [-np.log(np.finfo(float).eps), 1]], atol=1e-12)
    assert np.isnan(losses_by_patient(code_predictions([0], [0], None, None, [0, 1]))).all()


def test_blocks_keep_memory_bounded():
    coded = draw(3)
    assert PatientSums(coded, ["accuracy"]).rows_per_block == 2**22 // 9
    many = code_predictions(np.arange(9000) % 2, np.arange(9000) % 2, None, np.arange(9000), [0, 1])
    assert PatientSums(many, ["roc_auc"]).rows_per_block == 2**22 // 9000
    assert PatientSums(many, ["roc_auc"]).pairs == []


def test_metrics_that_can_be_computed():
    coded = draw(3)
    labels_only = code_predictions(coded.truth, coded.said, coded.unit, None, None)
    assert check_metrics(None, coded) == list(TITLES)
    assert check_metrics(None, labels_only) == [name for name in TITLES if name != "roc_auc"]
    assert check_metrics("log_loss", coded) == ["log_loss"]
    with pytest.raises(ValueError, match=r"`metrics` must be different names among .*, got \['f2'\]"):
        check_metrics(["f2"], coded)
    with pytest.raises(ValueError, match="`metrics` must be different names"):
        check_metrics(["accuracy", "accuracy"], coded)
    with pytest.raises(ValueError, match="`metrics` must be different names"):
        check_metrics([], coded)
    with pytest.raises(ValueError, match="must do without 'roc_auc' where `y_score` of 'svm' is None"):
        check_metrics(["roc_auc"], labels_only, "'svm'")
    margins = code_predictions(coded.truth, coded.said, None, 3 * coded.score, None)
    with pytest.raises(ValueError, match="`y_score` must hold probabilities .* for 'log_loss'"):
        check_metrics(["log_loss"], margins)


def test_figures_rest_on_the_patients_that_have_the_class():
    # Class 0 in three patients, 1 in two, 2 in one, 3 in none; nobody is told to have 2.
    coded = code_predictions([0, 1, 0, 1, 0, 2], [0, 1, 0, 0, 0, 1], [0, 0, 1, 1, 2, 2], None, range(4))
    sums = PatientSums(coded, FIGURES)
    assert sums.support(["accuracy", "balanced_accuracy", "roc_auc", "log_loss"]).tolist() == [3, 1, 1, 3]
    table = dict(zip(CLASS_FIGURES, sums.class_support().T.tolist(), strict=True))
    assert table == {
        "sensitivity": [3, 2, 1, 0],
        "specificity": [3, 3, 3, 3],
        "ppv": [3, 2, 0, 0],
        "npv": [2, 3, 3, 3],
        "f1": [3, 2, 1, 0],
        "roc_auc": [3, 2, 1, 0],
    }
