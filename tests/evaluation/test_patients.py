import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, roc_auc_score

from sklearn_eeg.evaluation._coded import code_predictions
from sklearn_eeg.evaluation._patients import mean_confusion, patient_table, worst_patients


def draw(n_classes, n_patients=6, seed=0):
    rng = np.random.default_rng(seed)
    patients = rng.integers(n_patients, size=300)
    y = rng.integers(n_classes, size=300)
    score = rng.dirichlet(np.ones(n_classes), size=300).round(1) + 0.2 * np.eye(n_classes)[y]
    return y, score.argmax(axis=1), patients, score


@pytest.mark.parametrize("n_classes", [2, 3])
def test_figures_are_those_of_the_patients_own_windows(n_classes):
    y, said, patients, score = draw(n_classes)
    names = tuple("abc"[:n_classes])
    table = patient_table(
        code_predictions(y, said, patients, score, np.arange(n_classes)), np.arange(6), names
    )
    for patient, row in table.iterrows():
        own = patients == patient
        assert row["windows"] == own.sum()
        assert row["accuracy"] == pytest.approx((y == said)[own].mean())
        assert row["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(y[own], said[own]))
        columns = [1] if n_classes == 2 else range(n_classes)
        areas = [roc_auc_score(y[own] == each, score[own, each]) for each in columns]
        assert row["roc_auc"] == pytest.approx(np.mean(areas))
        assert row["low"] < row["accuracy"] < row["high"]


def test_a_patient_of_one_class_has_no_area():
    coded = code_predictions([0, 0, 1], [0, 1, 1], ["a", "a", "b"], [[0.9, 0.1]] * 3, [0, 1])
    table = patient_table(coded, np.array(["a", "b"]), ("rest", "fit"))
    assert table["roc_auc"].isna().all()
    assert table["balanced_accuracy"].tolist() == [0.5, 1.0]
    assert table["classes"].tolist() == ["rest 2", "fit 1"]


def test_the_worst_are_a_fifth_but_one_at_least_and_ten_at_most():
    def worst(n):
        accuracy = np.random.default_rng(0).permutation(n) / n
        return worst_patients(pd.DataFrame({"accuracy": accuracy}))["accuracy"] * n

    assert worst(2).tolist() == [0]
    assert worst(20).tolist() == pytest.approx([0, 1, 2, 3])
    assert len(worst(200)) == 10


def test_the_mean_confusion_is_the_mean_over_patients():
    y, said, patients, _ = draw(3)
    shares = mean_confusion(code_predictions(y, said, patients, None, [0, 1, 2]))
    loop = [
        confusion_matrix(y[patients == each], said[patients == each], labels=[0, 1, 2], normalize="true")
        for each in range(6)
    ]
    np.testing.assert_allclose(shares, np.mean(loop, axis=0))
    np.testing.assert_allclose(shares.sum(axis=1), 1)


def test_patients_without_a_class_do_not_count_in_its_row():
    coded = code_predictions([0, 1, 1], [0, 0, 1], ["a", "b", "b"], None, [0, 1, 2])
    shares = mean_confusion(coded)
    assert shares[:2].tolist() == [[1, 0, 0], [0.5, 0.5, 0]]
    assert np.isnan(shares[2]).all()
