import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.svm import LinearSVC

from sklearn_eeg.ensemble._importances import compute_importances
from sklearn_eeg.ensemble._opinion_pool import OpinionPoolClassifier
from sklearn_eeg.ensemble._training import check_training

RNG = np.random.default_rng(0)
Y = np.tile([0, 1, 2], 40)
TABLE = np.column_stack(
    [np.eye(3)[Y] + 0.3 * RNG.normal(size=(120, 3)), RNG.normal(size=(120, 3)), np.zeros(120)]
)
COLUMNS = [slice(0, 3), slice(3, 6), slice(6, 7)]
SPLITS = [(np.arange(60), np.arange(60, 120)), (np.arange(60, 120), np.arange(60))]
TRAINING = check_training(np.zeros((120, 1)), np.array(["a", "b", "c"])[Y])


def importances(final=None, table=TABLE, training=TRAINING):
    return compute_importances(final or LogisticRegression(), table, training, SPLITS, COLUMNS)


def test_a_decisive_member_matters_and_a_useless_one_does_not():
    decisive, noise, constant = importances()
    assert decisive > 1
    assert abs(noise) < 0.1
    assert constant == 0


def test_it_is_the_rise_of_the_log_loss():
    """By hand, with all shuffles averaged out: a member that alone decides, of two classes."""
    y = np.tile([0, 1], 500)
    halves = [(np.arange(500), np.arange(500, 1000)), (np.arange(500, 1000), np.arange(500))]
    training = check_training(np.zeros((1000, 1)), y)
    found = compute_importances(LogisticRegression(), y[:, np.newaxis] * 2.0, training, halves, [slice(0, 1)])
    model = LogisticRegression().fit(y[:500, np.newaxis] * 2.0, y[:500])
    right, wrong = model.predict_proba([[2.0]])[0][::-1]
    # Shuffled, half of the windows get the score of the other class.
    assert found[0] == pytest.approx((np.log(right) - np.log(wrong)) / 2, rel=0.05)


def test_without_probabilities_it_is_the_rise_of_the_error_rate():
    decisive, noise, constant = importances(LinearSVC())
    assert 0.5 < decisive < 0.8
    assert abs(noise) < 0.1
    assert constant == 0
    assert importances(RidgeClassifier())[0] > 0.5


def test_they_are_the_same_again_and_for_sparse_tables():
    np.testing.assert_array_equal(importances(), importances())
    np.testing.assert_array_equal(importances(), importances(table=sparse.csr_matrix(TABLE)))


def test_windows_without_weight_do_not_count():
    weight = np.where(np.arange(120) % 60 < 30, 1.0, 0.0)
    training = check_training(np.zeros((120, 1)), TRAINING.y, sample_weight=weight)
    spoiled = TABLE.copy()
    spoiled[weight == 0] = RNG.normal(size=spoiled[weight == 0].shape)
    splits = [(train, test[weight[test] > 0]) for train, test in SPLITS]
    kept = compute_importances(LogisticRegression(), spoiled, training, splits, COLUMNS)
    assert kept[0] > 1


def test_a_class_that_a_fold_does_not_train_on():
    y = np.r_[np.tile([0, 1], 10), np.tile([0, 1, 2, 0], 5)]
    training = check_training(np.zeros((40, 1)), y)
    halves = [(np.arange(20), np.arange(20, 40)), (np.arange(20, 40), np.arange(20))]
    found = compute_importances(LogisticRegression(), np.eye(3)[y], training, halves, [slice(0, 3)])
    only = compute_importances(LogisticRegression(), np.eye(3)[y], training, halves[1:], [slice(0, 3)])
    assert found == only > 0
    scores = np.hstack([np.eye(3)[y], np.full((40, 3), 1 / 3)])  # of two members
    decisive, constant = compute_importances(
        OpinionPoolClassifier(), scores, training, halves, [slice(0, 3), slice(3, 6)]
    )
    assert decisive > 0.1
    assert constant == 0
    assert np.isnan(compute_importances(LogisticRegression(), scores, training, halves[:1], [slice(0, 6)]))
