import numpy as np
import pytest
from sklearn import metrics

from sklearn_eeg.evaluation._metrics import (
    MEANINGS,
    METRICS,
    TITLES,
    one_vs_rest_auc,
    per_class,
    show,
)


def draw(n_classes, n_windows=200, seed=0):
    rng = np.random.default_rng(seed)
    classes = np.arange(n_classes)
    y_true = rng.integers(n_classes, size=n_windows)
    y_score = rng.dirichlet(np.ones(n_classes), size=n_windows) + 0.3 * np.eye(n_classes)[y_true]
    y_score /= y_score.sum(axis=1, keepdims=True)
    return y_true, y_score.argmax(axis=1), y_score, classes


def figures(y_true, y_pred, y_score, classes):
    return {name: metric(y_true, y_pred, y_score, classes) for name, metric in METRICS.items()}


def test_every_figure_has_a_title_and_a_meaning():
    assert list(METRICS) == list(TITLES) == list(MEANINGS)
    assert list(METRICS) == [
        "accuracy",
        "balanced_accuracy",
        "macro_f1",
        "roc_auc",
        "matthews_correlation",
        "cohen_kappa",
    ]


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
def test_figures_equal_scikit_learn_on_probabilities(n_classes):
    y_true, y_pred, y_score, classes = draw(n_classes)
    got = figures(y_true, y_pred, y_score, classes)
    multi = metrics.roc_auc_score(
        y_true, y_score[:, 1] if n_classes == 2 else y_score, multi_class="ovr", average="macro"
    )
    assert got["roc_auc"] == pytest.approx(multi, abs=1e-12)
    assert got["macro_f1"] == metrics.f1_score(y_true, y_pred, average="macro")
    assert got["balanced_accuracy"] == metrics.recall_score(y_true, y_pred, average="macro")


@pytest.mark.parametrize("n_classes", [2, 4])
def test_auc_asks_only_for_the_order_of_the_scores(n_classes):
    y_true, _, y_score, classes = draw(n_classes, seed=1)
    stretched = 50 * np.log(y_score) - 7
    np.testing.assert_allclose(
        one_vs_rest_auc(y_true, stretched, classes), one_vs_rest_auc(y_true, y_score, classes)
    )


def test_figures_do_not_depend_on_the_names_or_order_of_classes():
    y_true, y_pred, y_score, classes = draw(3, seed=2)
    names = np.array(["zeta", "mid", "alpha"])
    renamed = figures(names[y_true], names[y_pred], y_score[:, ::-1], names[::-1])
    assert renamed == pytest.approx(figures(y_true, y_pred, y_score, classes))


def test_a_class_that_is_never_named_counts_as_zero():
    y_true, y_pred = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 0, 1, 1, 0, 1])
    table = per_class(y_true, y_pred, None, np.arange(3))
    assert table["precision"][2] == table["recall"][2] == table["f1"][2] == 0
    np.testing.assert_allclose(table["precision"], [2 / 3, 2 / 3, 0])
    assert METRICS["macro_f1"](y_true, y_pred, None, np.arange(3)) == pytest.approx(1.6 / 3)


def test_a_constant_answer_is_chance():
    y_true, y_score = np.array([0, 0, 0, 1]), np.full((4, 2), 0.5)
    got = figures(y_true, np.zeros(4, dtype=int), y_score, np.array([0, 1]))
    assert got["balanced_accuracy"] == got["roc_auc"] == 0.5
    assert got["matthews_correlation"] == got["cohen_kappa"] == 0


def test_auc_is_nan_without_scores_and_without_contrast():
    classes = np.array([0, 1, 2])
    y_true = np.array([0, 0, 1])
    assert np.isnan(one_vs_rest_auc(y_true, None, classes)).all()
    assert np.isnan(METRICS["roc_auc"](y_true, y_true, None, classes))
    areas = one_vs_rest_auc(y_true, np.eye(3)[y_true], classes)
    np.testing.assert_array_equal(areas, [1, 1, np.nan])


def test_show():
    assert [show(0.12345), show(-0.5), show(np.nan)] == ["0.123", "-0.500", "–"]
