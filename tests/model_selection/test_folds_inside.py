import numpy as np
import pytest

from sklearn_eeg.model_selection import PatientKFold
from sklearn_eeg.model_selection._folds_inside import FoldsInside

PATIENTS = np.repeat(np.arange(10), 8)
Y = np.tile([0, 1], 40)


def test_they_are_folds_by_patient():
    expected = PatientKFold(5, shuffle=False).split(Y, Y, PATIENTS)
    for (train, test), (other_train, other_test) in zip(
        FoldsInside().split(Y, Y, PATIENTS), expected, strict=True
    ):
        np.testing.assert_array_equal(train, other_train)
        np.testing.assert_array_equal(test, other_test)


def test_they_are_as_many_as_the_rarest_class_allows():
    rare, lonely = np.where(PATIENTS < 3, Y, 0), np.where(PATIENTS < 1, Y, 0)
    assert FoldsInside(5).get_n_splits(Y, Y, PATIENTS) == 5
    assert FoldsInside(5).get_n_splits(Y, rare, PATIENTS) == 3
    assert len(list(FoldsInside(5).split(Y, rare, PATIENTS))) == 3
    assert FoldsInside(5).get_n_splits(Y, lonely, PATIENTS) == 5
    assert FoldsInside(50).get_n_splits(Y, lonely, PATIENTS) == 10
    for train, test in FoldsInside(4).split(Y, lonely, PATIENTS):
        assert not set(PATIENTS[train]) & set(PATIENTS[test])


def test_one_patient_and_none():
    with pytest.raises(ValueError, match="needs windows of at least 2 patients to fit on, got only 0: pass"):
        FoldsInside().get_n_splits(Y[:8], Y[:8], PATIENTS[:8])
    with pytest.raises(ValueError, match="`groups` must give the patient of each window, got None"):
        next(FoldsInside().split(Y, Y))
