import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    LeaveOneGroupOut,
    ShuffleSplit,
    StratifiedGroupKFold,
)

from sklearn_eeg.evaluation._folds import NO_GROUPS, check_labels, make_folds
from sklearn_eeg.model_selection import PatientKFold


def cohort(n_patients=6, n_windows=8):
    """Windows numbered in X, both classes in every patient."""
    y = np.tile([0, 1], n_patients * n_windows // 2)
    groups = np.repeat([f"p{number}" for number in range(n_patients)], n_windows)
    return np.arange(len(y))[:, np.newaxis], y, groups


def refuse(text):
    return pytest.raises(ValueError, match=re.escape(text))


@pytest.mark.parametrize("cv", [2, 3, 6])
def test_a_number_of_folds_keeps_patients_apart(cv):
    X, y, groups = cohort()
    folds = make_folds(cv, X, y, groups, random_state=0)
    assert folds.patient_wise is True
    assert folds.warnings == ()
    assert folds.sentence == f"{cv} folds by patient (PatientKFold), 6 patients"
    assert len(folds.splits) == cv
    for number, (train, test) in enumerate(folds.splits):
        assert not set(groups[train]) & set(groups[test])
        np.testing.assert_array_equal(np.flatnonzero(folds.fold == number), np.sort(test))
        assert len(train) + len(test) == len(y)


def test_a_number_of_folds_is_the_shuffled_splitter_by_patient():
    X, y, groups = cohort()
    expected = PatientKFold(3, random_state=7).split(X, y, groups)
    for got, (train, test) in zip(make_folds(3, X, y, groups, 7).splits, expected, strict=True):
        np.testing.assert_array_equal(got[0], train)
        np.testing.assert_array_equal(got[1], test)


def test_without_patients_the_split_is_over_windows_and_says_so():
    X, y, _ = cohort()
    folds = make_folds(4, X, y, None, random_state=0)
    assert folds.patient_wise is None
    assert folds.warnings == (NO_GROUPS,)
    assert folds.sentence == "4 folds of windows (StratifiedKFold), patients unknown"
    assert all(y[test].mean() == 0.5 for _, test in folds.splits)


def test_a_splitter_that_ignores_patients_is_found_out():
    X, y, groups = cohort(n_patients=4, n_windows=4)
    # Folds of 5, 5 and 6 windows cut through the second and the third patient.
    ends = [0, 5, 10, 16]
    cv = [
        (np.setdiff1d(np.arange(16), np.arange(start, stop)), np.arange(start, stop))
        for start, stop in pairwise(ends)
    ]
    folds = make_folds(cv, X, y, groups, random_state=0)
    assert folds.patient_wise is False
    assert folds.warnings[0].startswith(
        "2 of 4 patients lie in both train and test (3 of 3 folds): the figures are optimistic."
    )
    assert folds.sentence == (
        "3 folds of windows (given folds), 4 patients, 2 of them in both train and test"
    )
    assert make_folds(KFold(3), X, y, groups, 0).patient_wise is False


@pytest.mark.parametrize("cv", [GroupKFold(3), LeaveOneGroupOut(), PatientKFold("patients")])
def test_splitters_by_patient(cv):
    X, y, groups = cohort()
    folds = make_folds(cv, X, y, groups, random_state=None)
    assert folds.patient_wise is True
    assert type(cv).__name__ in folds.sentence


def test_folds_may_be_masks_and_come_from_a_generator():
    X, y, groups = cohort()
    masks = ((groups != name, groups == name) for name in np.unique(groups))
    folds = make_folds(masks, X, y, groups, random_state=0)
    assert folds.sentence == "6 folds by patient (given folds), 6 patients"
    np.testing.assert_array_equal(folds.splits[1][1], np.arange(8, 16))


def test_a_fold_that_trains_without_a_class_is_reported():
    y = np.array(["a", "b", "a", "b", "c", "c"])
    groups = np.array([1, 1, 2, 2, 1, 2])
    cv = [([0, 1, 2, 3], [4, 5]), ([4, 5, 0, 1], [2, 3]), ([2, 3, 4, 5], [0, 1])]
    folds = make_folds(cv, np.zeros((6, 1)), y, groups, random_state=0)
    assert any("Fold 0 of 3 trains on no window of class c" in text for text in folds.warnings)
    assert len(folds.warnings) == 2


def test_fewer_patients_than_folds():
    X, y, groups = cohort(n_patients=3)
    with refuse("5 folds need at least 5 patients, got 3: ask for 3 folds or fewer."):
        make_folds(5, X, y, groups, random_state=0)


def test_a_class_in_fewer_patients_than_folds_needs_a_splitter_of_ones_own():
    X, y, groups = cohort()
    y = np.where(np.isin(np.arange(len(y)), [0, 10, 20]), 2, y)
    with refuse("class 2 occurs in 3 patients, fewer than 4 folds: ask for 3 folds or fewer, or drop"):
        make_folds(4, X, y, groups, random_state=0)
    assert make_folds(3, X, y, groups, random_state=0).patient_wise
    assert make_folds(StratifiedGroupKFold(4), X, y, groups, random_state=0).patient_wise


def test_splits_are_repeatable_and_follow_the_seed():
    X, y, groups = cohort(n_patients=12)
    folds = [make_folds(4, X, y, groups, seed).fold.tolist() for seed in (0, 0, 1, 2, 3)]
    assert folds[0] == folds[1]
    assert len({tuple(fold) for fold in folds}) > 1


@pytest.mark.parametrize("cv", [2, GroupKFold(2)])
def test_a_class_in_a_single_patient_is_named(cv):
    X, y, groups = cohort()
    y = np.where(np.arange(len(y)) == 10, 2, y)
    with refuse("got class 2 in patient p1 only"):
        make_folds(cv, X, y, groups, random_state=0)


def test_a_class_with_fewer_windows_than_folds():
    X, y = np.zeros((10, 1)), np.array(["a"] * 7 + ["b"] * 3)
    with refuse("5 folds need at least 5 windows of each class, got 3 of class b: pass cv=3 or"):
        make_folds(5, X, y, None, random_state=0)
    y[7:9] = "a"
    with refuse("2 folds need at least 2 windows of each class, got 1 of class b: drop the class."):
        make_folds(2, X, y, None, random_state=0)


@pytest.mark.parametrize("cv", [1, 0, -3])
def test_too_few_folds(cv):
    with refuse(f"`cv` must be at least 2 folds, got {cv}."):
        make_folds(cv, *cohort(), random_state=0)


@pytest.mark.parametrize("cv", ["five", None, 2.5, True])
def test_what_is_no_split(cv):
    with refuse("`cv` must be a number of folds, a splitter or an iterable of (train, test), got"):
        make_folds(cv, *cohort(), random_state=0)


def test_folds_must_partition_the_windows():
    X, y, groups = cohort()
    with refuse("`cv` must test each window exactly once, got"):
        make_folds(ShuffleSplit(3, random_state=0), X, y, groups, random_state=0)
    with refuse("48 tested more than once (of 48): use folds that partition the windows, such as PatientK"):
        make_folds(PatientKFold(3, n_repeats=2, random_state=0), X, y, groups, random_state=0)
    first, second = np.arange(0, 48, 3), np.setdiff1d(np.arange(48), np.arange(0, 48, 3))
    with refuse("got 32 windows never tested and 0 tested more than once (of 48)"):
        make_folds([(second, first)], X, y, groups, random_state=0)
    with refuse("got 0 windows never tested and 16 tested more than once (of 48)"):
        make_folds([(first, second), (second, first), (second, first)], X, y, groups, 0)


@pytest.mark.parametrize("test", [[], [48], [-1], [0.5], [[0, 1]], [True, False]], ids=lambda test: f"{test}")
def test_folds_must_be_indices_of_windows(test):
    with refuse("`cv` must give non-empty indices from 0 to 47"):
        make_folds([(np.arange(10, 20), test)], *cohort(), random_state=0)


def test_train_and_test_must_be_apart():
    with refuse("`cv` must keep train and test apart, got 2 windows in both in fold 0."):
        make_folds([(np.arange(10), np.arange(8, 48))], *cohort(), random_state=0)


def test_a_fold_must_train_on_two_classes():
    X, y, groups = cohort()
    zeros, ones = np.flatnonzero(y == 0), np.flatnonzero(y == 1)
    with refuse("Each fold must train on at least 2 classes, got only 0 in fold 0"):
        make_folds([(zeros, ones), (ones, zeros)], X, y, groups, random_state=0)


def test_labels_and_patients_of_any_kind():
    kinds = {
        "strings": pd.Series(["a", "b", "a"]),
        "categories": pd.Categorical(["a", "b", "a"]),
        "booleans": [True, False, True],
        "numbers": pd.Series([1, 2, 1], dtype="Int64"),
    }
    for labels in kinds.values():
        y, groups = check_labels([0, 0, 0], labels, labels)
        np.testing.assert_array_equal(y, np.asarray(list(labels)))
        np.testing.assert_array_equal(groups, np.asarray(list(labels)))


def test_lengths_must_agree():
    with refuse("one entry for each window, got X of length 3, y of length 2."):
        check_labels(np.zeros((3, 2)), [0, 1], None)
    with refuse("got X of length 2, y of length 2, groups of length 3."):
        check_labels(np.zeros((2, 2)), [0, 1], ["p", "p", "q"])


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_missing_labels_and_patients(missing):
    with refuse("`groups` must give the patient of each window, got none (NaN or None) for 1 of 3"):
        check_labels([0, 0, 0], [0, 1, 1], ["p", missing, "q"])
    with refuse("`y` must give the label of each window, got none (NaN or None) for 1 of 3"):
        check_labels([0, 0, 0], ["a", missing, "b"], None)


def test_labels_must_be_classes_in_one_column():
    with refuse("`y` must hold classes, got a continuous target: turn the values into labels"):
        check_labels([0, 0, 0], [0.1, 0.2, 0.35], None)
    with refuse("`y` must have shape (n_windows,), got shape (3, 2): give the label of each"):
        check_labels([0, 0, 0], np.zeros((3, 2)), None)
    with refuse("`y` must hold at least 2 classes, got only seizure."):
        check_labels([0, 0], ["seizure", "seizure"], None)


class TestOnePatient:
    y = np.tile([0, 1], 10)
    ann = np.full(20, "ann")

    def test_folds_are_stretches_of_windows_and_say_so(self):
        folds = make_folds(5, np.zeros(20), self.y, self.ann, 0)
        assert folds.fold.tolist() == np.repeat(np.arange(5), 4).tolist()
        assert folds.sentence == "5 folds of windows (StratifiedKFold) of one patient, ann"
        assert folds.patient_wise is False
        (text,) = folds.warnings
        assert text.startswith("All windows are of one patient, ann, who is in both train and test")

    def test_folds_of_ones_own_are_kept(self):
        halves = [(np.arange(10), np.arange(10, 20)), (np.arange(10, 20), np.arange(10))]
        folds = make_folds(halves, np.zeros(20), self.y, self.ann, 0)
        assert folds.fold.tolist() == [1] * 10 + [0] * 10
        assert folds.sentence == "2 folds of windows (given folds) of one patient, ann"

    def test_a_class_with_fewer_windows_than_folds_is_refused(self):
        y = np.r_[np.zeros(19), 1]
        with refuse("2 folds need at least 2 windows of each class, got 1 of class 1.0: drop the class."):
            make_folds(2, np.zeros(20), y, self.ann, 0)
