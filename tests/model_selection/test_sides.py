import re

import numpy as np
import pytest
from sklearn.model_selection import KFold

from sklearn_eeg.model_selection import PatientKFold
from sklearn_eeg.model_selection._sides import Sides, list_folds

EVERYTHING = tuple(np.array(np.triu_indices(6, k=1)))


def pairs_apart(sides):
    i, j = EVERYTHING
    apart = sides.apart(i, j)
    np.testing.assert_array_equal(apart, sides.apart(j, i))
    return {(int(a), int(b)) for a, b in zip(i[apart], j[apart], strict=True)}


def test_pairs_in_train_and_test():
    sides = Sides(6, [([0, 1], [2]), ([3], [0])], None)
    assert pairs_apart(sides) == {(0, 2), (1, 2), (0, 3)}
    assert str(sides) == "in train and test of a fold"


def test_without_folds_patients_or_else_windows_are_apart():
    patient = np.array([0, 0, 1, 1, 2, 2])
    i, j = EVERYTHING
    assert pairs_apart(Sides(6, None, patient)) == {
        (a, b) for a, b in zip(i.tolist(), j.tolist(), strict=True) if patient[a] != patient[b]
    }
    assert len(pairs_apart(Sides(6, None, None))) == 15


def test_units_that_are_parted():
    unit, patient = np.array([7, 7, 8, 8, 9, 9]), np.array([0, 0, 0, 1, 1, 1])
    assert Sides(6, None, patient).part(unit)[0].tolist() == [8]
    assert Sides(6, None, None).part(unit)[0].tolist() == [7, 8, 9]
    units, n_folds = Sides(6, [([0, 2, 3], [1, 4]), ([0, 1], [2, 3]), ([5], [4])], None).part(unit)
    assert (units.tolist(), n_folds) == ([7, 9], 2)
    assert len(Sides(6, [([0, 1], [2, 3])], None).part(unit)[0]) == 0


def test_folds_of_any_form():
    y, groups, X = np.tile([0, 1], 6), np.repeat([1, 2, 3], 4), np.zeros((12, 2))
    assert list_folds(None, X, y, groups) is None
    by_patient = list_folds(PatientKFold(3, random_state=0), X, y, groups)
    for got, expected in zip(list_folds(3, X, y, groups), by_patient, strict=True):
        np.testing.assert_array_equal(got[1], expected[1])
    assert len(list_folds(4, X, y, None)) == 4
    masks = [(groups != each, groups == each) for each in (1, 2, 3)]
    assert list_folds(masks, X, y, groups)[0][1].tolist() == [0, 1, 2, 3]
    assert len(list_folds(KFold(6), X, y, groups)) == 6
    with pytest.raises(
        ValueError, match=re.escape("`cv` must be a number of folds, a splitter or an iterable")
    ):
        list_folds("five", X, y, groups)
