import re

import numpy as np
import pytest
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    LeaveOneGroupOut,
    ShuffleSplit,
    StratifiedKFold,
)

from sklearn_eeg.ensemble._splits import make_splits
from sklearn_eeg.model_selection import PatientKFold


def cohort(n_patients=6, n_windows=8):
    groups = np.repeat([f"p{i}" for i in range(n_patients)], n_windows)
    y = np.arange(n_patients * n_windows) % 2
    return np.zeros((len(y), 1)), y, groups


def refuse(text):
    return pytest.raises(ValueError, match=re.escape(text))


def same(left, right):
    for (train, test), (other_train, other_test) in zip(left, right, strict=True):
        np.testing.assert_array_equal(train, other_train)
        np.testing.assert_array_equal(test, other_test)


@pytest.mark.parametrize(("cv", "n_folds"), [(3, 3), (None, 5), (np.int64(2), 2)])
def test_a_number_is_so_many_folds_by_patient(cv, n_folds):
    X, y, groups = cohort()
    splits = make_splits(cv, X, y, groups)
    same(splits, PatientKFold(n_folds, random_state=0).split(X, y, groups))
    assert not any(set(groups[train]) & set(groups[test]) for train, test in splits)


def test_without_patients_a_number_is_so_many_stratified_folds():
    X, y, _ = cohort()
    same(make_splits(4, X, y, None), StratifiedKFold(4).split(X, y))


def test_splitters_and_folds_are_kept():
    X, y, groups = cohort()
    same(make_splits(LeaveOneGroupOut(), X, y, groups), LeaveOneGroupOut().split(X, y, groups))
    masks = [(groups != name, groups == name) for name in np.unique(groups)]
    same(make_splits(masks, X, y, groups), LeaveOneGroupOut().split(X, y, groups))


def test_too_few_patients_of_a_class():
    X, y, groups = cohort()
    y = np.where(np.isin(groups, ["p0", "p1"]), 2, y)
    with refuse("class 2 occurs in 2 patients, fewer than 5 folds: ask for 2 folds or fewer"):
        make_splits(5, X, y, groups)
    with refuse("7 folds need at least 7 patients, got 6: ask for 6 folds or fewer."):
        make_splits(7, *cohort())


def test_too_few_windows_of_a_class_where_patients_are_unknown():
    y = np.array(["a"] * 7 + ["b"] * 3)
    with refuse("5 folds need at least 5 windows of each class, got 3 of class b: pass cv=3 or fewer."):
        make_splits(5, np.zeros(10), y, None)
    y[7:9] = "a"
    with refuse("2 folds need at least 2 windows of each class, got 1 of class b: drop the class."):
        make_splits(2, np.zeros(10), y, None)


def test_patients_in_train_and_test_are_warned_of():
    with pytest.warns(UserWarning, match="6 of 6 patients lie in both train and test of inner folds"):
        make_splits(KFold(2, shuffle=True, random_state=0), *cohort())


def test_untrained_classes_are_warned_of():
    X, y, groups = cohort()
    y = np.where(groups == "p3", 2, y)
    with pytest.warns(UserWarning, match="Inner fold . of 2 trains on no window of class 2, so that"):
        make_splits(GroupKFold(2), X, y, groups)


def test_folds_must_be_usable():
    X, y, groups = cohort()
    half, rest = np.arange(24), np.arange(24, 48)
    with refuse("`cv` must keep train and test apart, got 2 windows in both in fold 0."):
        make_splits([(np.arange(26), rest), (rest, half)], X, y, groups)
    with refuse("Each fold must train on at least 2 classes, got only 0 in fold 0: pass fewer folds."):
        make_splits([(half[::2], rest), (rest, half)], X, y, groups)
    with refuse("got 24 windows never tested and 0 tested more than once (of 48)"):
        make_splits([(half, rest)], X, y, groups)
    with refuse("`cv` must test each window exactly once, got"):
        make_splits(ShuffleSplit(3, random_state=0), X, y, None)
