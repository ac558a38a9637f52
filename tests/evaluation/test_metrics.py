import numpy as np
import pytest
from sklearn import metrics

from sklearn_eeg.evaluation._coded import code_predictions
from sklearn_eeg.evaluation._figures import FIGURES
from sklearn_eeg.evaluation._metrics import MEANINGS, TITLES, class_figures_of, figures_of, show


def draw(n_classes, n_windows=200, seed=0):
    rng = np.random.default_rng(seed)
    classes = np.arange(n_classes)
    y_true = rng.integers(n_classes, size=n_windows)
    y_score = rng.dirichlet(np.ones(n_classes), size=n_windows) + 0.3 * np.eye(n_classes)[y_true]
    y_score /= y_score.sum(axis=1, keepdims=True)
    return y_true, y_score.argmax(axis=1), y_score, classes


def code(y_true, y_pred, y_score, classes):
    patients = np.arange(len(y_true)) % 7
    return code_predictions(y_true, y_pred, patients, y_score, classes)


def figures(*drawn):
    return figures_of(code(*drawn))


def test_every_figure_has_a_title_and_a_meaning():
    assert list(TITLES) == list(MEANINGS) == list(FIGURES)[:6]


def test_binary_figures_in_closed_form():
    # 6 of 8 negatives and 1 of 2 positives are found.
    y_true = np.repeat([0, 1], [8, 2])
    y_pred = np.array([0] * 6 + [1] * 2 + [0, 1])
    y_score = np.column_stack([np.zeros(10), np.arange(10.0)])
    got = figures(y_true, y_pred, y_score, np.array([0, 1]))
    expected = (0.7 - 0.62) / (1 - 0.62)  # chance agreement: 0.8 * 0.7 + 0.2 * 0.3
    assert got == pytest.approx(
        {
            "accuracy": 0.7,
            "balanced_accuracy": (6 / 8 + 1 / 2) / 2,
            "macro_f1": (12 / 15 + 2 / 5) / 2,
            "roc_auc": 1.0,
            "matthews_correlation": (1 * 6 - 2 * 1) / np.sqrt(3 * 2 * 8 * 7),
            "cohen_kappa": expected,
        }
    )


@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_figures_equal_scikit_learn(n_classes):
    y_true, y_pred, y_score, classes = draw(n_classes)
    area = metrics.roc_auc_score(
        y_true, y_score[:, 1] if n_classes == 2 else y_score, multi_class="ovr", average="macro"
    )
    expected = {
        "accuracy": metrics.accuracy_score(y_true, y_pred),
        "balanced_accuracy": metrics.balanced_accuracy_score(y_true, y_pred),
        "macro_f1": metrics.f1_score(y_true, y_pred, average="macro"),
        "roc_auc": area,
        "matthews_correlation": metrics.matthews_corrcoef(y_true, y_pred),
        "cohen_kappa": metrics.cohen_kappa_score(y_true, y_pred),
    }
    assert figures(y_true, y_pred, y_score, classes) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_figures_of_classes_equal_scikit_learn(n_classes):
    y_true, y_pred, y_score, classes = draw(n_classes, seed=3)
    got = class_figures_of(code(y_true, y_pred, y_score, classes))
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(y_true, y_pred, labels=classes)
    areas = [metrics.roc_auc_score(y_true == each, y_score[:, each]) for each in classes]
    for name, expected in {"ppv": precision, "sensitivity": recall, "f1": f1, "roc_auc": areas}.items():
        np.testing.assert_allclose(got[name], expected, rtol=1e-12)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_auc_asks_only_for_the_order_of_the_scores(n_classes):
    y_true, y_pred, y_score, classes = draw(n_classes, seed=1)
    stretched = 50 * np.log(y_score) - 7
    one, other = (class_figures_of(code(y_true, y_pred, each, classes)) for each in (y_score, stretched))
    np.testing.assert_allclose(one["roc_auc"], other["roc_auc"])


def test_figures_do_not_depend_on_the_names_or_order_of_classes():
    y_true, y_pred, y_score, classes = draw(3, seed=2)
    names = np.array(["zeta", "mid", "alpha"])
    renamed = figures(names[y_true], names[y_pred], y_score[:, ::-1], names[::-1])
    assert renamed == pytest.approx(figures(y_true, y_pred, y_score, classes))


def test_a_class_that_is_never_predicted_has_no_precision_and_an_f1_of_zero():
    drawn = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 0, 1, 1, 0, 1]), None, np.arange(3)
    table = class_figures_of(code(*drawn))
    np.testing.assert_allclose(table["ppv"], [2 / 3, 2 / 3, np.nan])
    assert table["sensitivity"][2] == table["f1"][2] == 0
    assert figures(*drawn)["macro_f1"] == pytest.approx(1.6 / 3)


def test_a_constant_answer_is_chance():
    y_true, y_score = np.array([0, 0, 0, 1]), np.full((4, 2), 0.5)
    got = figures(y_true, np.zeros(4, dtype=int), y_score, np.array([0, 1]))
    assert got["balanced_accuracy"] == got["roc_auc"] == 0.5
    assert got["matthews_correlation"] == got["cohen_kappa"] == 0


def test_auc_is_nan_without_scores_and_without_contrast():
    y_true, classes = np.array([0, 0, 1]), np.arange(3)
    assert np.isnan(class_figures_of(code(y_true, y_true, None, classes))["roc_auc"]).all()
    assert np.isnan(figures(y_true, y_true, None, classes)["roc_auc"])
    areas = class_figures_of(code(y_true, y_true, np.eye(3)[y_true], classes))["roc_auc"]
    np.testing.assert_array_equal(areas, [1, 1, np.nan])


def test_show():
    assert [show(0.12345), show(-0.5), show(np.nan)] == ["0.123", "-0.500", "–"]
