import numpy as np
import pytest
from sklearn.metrics import average_precision_score, confusion_matrix, roc_auc_score

from sklearn_eeg.evaluation._counts import areas_by_level, confusion_by_patient, counts_by_level, pairs_won


def draw(seed, n_windows=300, n_patients=7, n_levels=20):
    rng = np.random.default_rng(seed)
    score = rng.integers(n_levels, size=n_windows) / 4
    return score, rng.random(n_windows) < 0.3, rng.integers(n_patients, size=n_windows)


def test_confusion_of_each_patient():
    rng = np.random.default_rng(0)
    truth, said, patient = rng.integers([[4], [4], [6]], size=(3, 200))
    counts = confusion_by_patient(truth, said, patient, n_classes=4, n_patients=7)
    for number in range(6):
        own = patient == number
        np.testing.assert_array_equal(
            counts[number], confusion_matrix(truth[own], said[own], labels=range(4))
        )
    assert counts.shape == (7, 4, 4)
    assert counts[6].sum() == 0


@pytest.mark.parametrize("seed", range(5))
def test_pairs_equal_a_count_of_pairs(seed):
    score, positive, patient = draw(seed)
    pairs = pairs_won(score, positive, patient, 8)
    higher = score[:, np.newaxis] > score
    won = higher + 0.5 * (score[:, np.newaxis] == score)
    for p in range(8):
        for q in range(8):
            chosen = np.ix_(positive & (patient == p), ~positive & (patient == q))
            assert pairs[p, q] == won[chosen].sum()


def test_pairs_ask_only_for_the_order_of_scores():
    score, positive, patient = draw(1)
    np.testing.assert_array_equal(
        pairs_won(np.exp(score) - 3, positive, patient, 7), pairs_won(score, positive, patient, 7)
    )


def test_pairs_where_a_class_is_missing():
    assert pairs_won(np.array([1.0, 2.0]), np.array([True, True]), np.array([0, 1]), 2).sum() == 0
    assert pairs_won(np.array([1.0, 2.0]), np.array([False, False]), np.array([0, 1]), 2).sum() == 0


@pytest.mark.parametrize("seed", range(5))
def test_areas_of_weighted_patients_equal_scikit_learn(seed):
    score, positive, patient = draw(seed)
    weights = np.random.default_rng(seed).integers(0, 4, (6, 7)).astype(float)
    positives, negatives = counts_by_level(score, positive, patient, 7)
    roc_auc, average_precision = areas_by_level(weights @ positives, weights @ negatives)
    for row, weight in enumerate(weights):
        rows = np.repeat(np.arange(len(score)), weight[patient].astype(int))
        assert roc_auc[row] == pytest.approx(roc_auc_score(positive[rows], score[rows]), abs=1e-12)
        expected = average_precision_score(positive[rows], score[rows])
        assert average_precision[row] == pytest.approx(expected, abs=1e-12)


def test_areas_where_a_class_is_missing():
    some, none = np.ones((1, 3)), np.zeros((1, 3))
    assert np.isnan(areas_by_level(none, some)).all()
    roc_auc, average_precision = areas_by_level(some, none)
    assert np.isnan(roc_auc).all()
    assert average_precision == 1


def test_levels_keep_all_windows():
    score, positive, patient = draw(2)
    positives, negatives = counts_by_level(score, positive, patient, 9)
    assert positives.shape == (9, len(np.unique(score)))
    np.testing.assert_array_equal(positives.sum(axis=1), np.bincount(patient[positive], minlength=9))
    np.testing.assert_array_equal(negatives.sum(axis=1), np.bincount(patient[~positive], minlength=9))
