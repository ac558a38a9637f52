from itertools import product

import numpy as np
import pytest

from sklearn_eeg.model_selection._balance import deal


def lacking(fold, counts, n_folds):
    present = np.array([(counts[fold == number] > 0).any(axis=0) for number in range(n_folds)])
    return (~present).sum()


def unevenness(fold, counts, n_folds):
    windows = counts / counts.sum(axis=0)
    patients = (counts > 0) / (counts > 0).sum(axis=0)
    each = [
        ((windows[fold == number].sum(axis=0) - 1 / n_folds) ** 2).sum()
        + 0.25 * ((patients[fold == number].sum(axis=0) - 1 / n_folds) ** 2).sum()
        for number in range(n_folds)
    ]
    return sum(each)


@pytest.mark.parametrize("seed", range(6))
def test_near_the_best_of_all_assignments(seed):
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 30, size=(8, 2)) * (rng.random((8, 2)) < 0.8)
    counts[:3] += 1
    everything = [np.array(fold) for fold in product(range(2), repeat=8) if fold[0] == 0]
    best = min(everything, key=lambda fold: (lacking(fold, counts, 2), unevenness(fold, counts, 2)))
    rounds = [deal(counts, 2, np.random.RandomState(start)) for start in range(5)]
    assert all(lacking(fold, counts, 2) == lacking(best, counts, 2) for fold in rounds)
    reached = [unevenness(fold, counts, 2) for fold in rounds]
    assert min(reached) <= unevenness(best, counts, 2) + 0.01
    assert np.mean(reached) <= unevenness(best, counts, 2) + 0.05


def test_no_exchange_nor_move_helps():
    rng = np.random.default_rng(0)
    counts = rng.integers(1, 50, size=(15, 3)).astype(float)
    fold = deal(counts, 3, np.random.RandomState(0))
    reached = unevenness(fold, counts, 3)
    for one in range(15):
        for target in range(3):
            other = fold.copy()
            other[one] = target
            assert unevenness(other, counts, 3) >= reached - 1e-12
        for two in range(one):
            other = fold.copy()
            other[[one, two]] = fold[[two, one]]
            assert unevenness(other, counts, 3) >= reached - 1e-12


def test_scale_does_not_matter_and_no_fold_is_empty():
    counts = np.random.default_rng(1).integers(1, 9, size=(9, 2)).astype(float)
    np.testing.assert_array_equal(deal(counts, 4, None), deal(7 * counts, 4, None))
    lonely = np.array([[1000.0], [1.0], [1.0], [1.0]])
    assert sorted(deal(lonely, 4, None)) == [0, 1, 2, 3]


def test_more_patients_than_are_exchanged():
    counts = np.random.default_rng(2).integers(1, 40, size=(700, 3)).astype(float)
    assert unevenness(deal(counts, 5, np.random.RandomState(0)), counts, 5) < 1e-5
