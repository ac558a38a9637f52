import re

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    LeaveOneGroupOut,
    StratifiedGroupKFold,
    cross_val_predict,
    cross_validate,
)

from sklearn_eeg.model_selection import PatientKFold
from sklearn_eeg.model_selection._patient_kfold import count_patients


def cohort(seed, n_patients=None, n_classes=None):
    """Patients with log-normal numbers of windows and one to all of the classes."""
    rng = np.random.default_rng(seed)
    n_patients = n_patients or int(rng.integers(20, 50))
    n_classes = n_classes or int(rng.integers(2, 5))
    y, groups = [], []
    for patient in range(n_patients):
        own = rng.choice(n_classes, size=rng.integers(1, n_classes + 1), replace=False)
        labels = rng.choice(own, size=3 + int(rng.lognormal(2.5, 0.8)))
        y.extend(labels)
        groups.extend([patient] * len(labels))
    order = rng.permutation(len(y))
    return np.array(y)[order], np.array(groups)[order]


def folds_of(splitter, y, groups):
    return [(train.tolist(), test.tolist()) for train, test in splitter.split(y, y, groups)]


def refuse(text):
    return pytest.raises(ValueError, match=re.escape(text))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("n_splits", [2, 5, "patients"])
def test_each_window_is_tested_once_and_no_patient_is_on_both_sides(seed, n_splits):
    y, groups = cohort(seed)
    tested = []
    for train, test in PatientKFold(n_splits, random_state=seed).split(y, y, groups):
        assert not set(groups[train]) & set(groups[test])
        assert len(train) + len(test) == len(y)
        assert (np.diff(train) > 0).all()
        assert (np.diff(test) > 0).all()
        tested.extend(test)
    assert sorted(tested) == list(range(len(y)))


@pytest.mark.parametrize("seed", range(8))
def test_each_class_is_tested_and_trained_on_in_each_fold(seed):
    y, groups = cohort(seed)
    for train, test in PatientKFold(5, random_state=seed).split(y, y, groups):
        assert set(y[test]) == set(y[train]) == set(y)


def test_patients_of_a_class_that_has_as_many_as_folds_are_one_in_each():
    y = np.zeros(60, int)
    groups = np.repeat(np.arange(20), 3)
    rare = [2, 3, 7, 11, 19]
    y[np.isin(groups, rare)] = np.tile([0, 1, 1], 5)
    for seed in range(10):
        for _, test in PatientKFold(5, random_state=seed).split(y, y, groups):
            assert len(set(groups[test]) & set(rare)) == 1
            assert len(set(groups[test])) == 4


def worst_shares(splits, y, groups):
    """Return how far the worst fold is from its share of windows, and of patients, of a class."""
    classes, n_folds = np.unique(y), len(splits)
    windows = [[np.mean(np.isin(np.flatnonzero(y == c), test)) for c in classes] for _, test in splits]
    patients = [
        [len(set(groups[test][y[test] == c])) / len(set(groups[y == c])) for c in classes]
        for _, test in splits
    ]
    return [np.abs(np.array(shares) - 1 / n_folds).max() for shares in (windows, patients)]


@pytest.mark.parametrize("n_folds", [2, 5])
def test_more_even_than_scikit_learn_s_splitter(n_folds):
    ours, theirs = [], []
    for seed in range(25):
        y, groups = cohort(seed)
        peer = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
        ours.append(
            worst_shares(list(PatientKFold(n_folds, random_state=seed).split(y, y, groups)), y, groups)
        )
        theirs.append(worst_shares(list(peer.split(y, y, groups)), y, groups))
    windows, patients = np.mean(ours, axis=0) / np.mean(theirs, axis=0)
    assert windows < 1
    assert patients < 0.8


def test_same_seed_same_folds_and_other_seeds_other_folds():
    y, groups = cohort(0)
    first = folds_of(PatientKFold(random_state=3), y, groups)
    splitter = PatientKFold(random_state=3)
    assert folds_of(splitter, y, groups) == folds_of(splitter, y, groups) == first
    assert folds_of(PatientKFold(random_state=4), y, groups) != first
    assert folds_of(PatientKFold(random_state=np.random.RandomState(3)), y, groups) == first
    plain = PatientKFold(shuffle=False)
    assert folds_of(plain, y, groups) == folds_of(plain, y, groups)


def test_repeats_are_other_shuffles():
    y, groups = cohort(1)
    splitter = PatientKFold(4, n_repeats=3, random_state=0)
    folds = folds_of(splitter, y, groups)
    assert len(folds) == splitter.get_n_splits() == 12
    repeats = [sorted(test for _, test in folds[i : i + 4]) for i in (0, 4, 8)]
    assert repeats[0] != repeats[1] != repeats[2] != repeats[0]
    for repeat in repeats:
        assert sorted(window for test in repeat for window in test) == list(range(len(y)))
    assert folds_of(PatientKFold(4, random_state=0), y, groups) == folds[:4]


def test_neither_names_nor_types_nor_the_order_of_names_matter():
    y, groups = cohort(2)
    expected = folds_of(PatientKFold(random_state=0), y, groups)
    names = np.array([f"patient-{number:03d}" for number in range(60)])
    labels = np.array(["a", "b", "c", "d"])
    for kind in (np.asarray, list, pd.Series, pd.Categorical, lambda v: np.asarray(v, dtype=object)):
        assert folds_of(PatientKFold(random_state=0), kind(labels[y]), kind(names[groups])) == expected


def test_one_patient_out_is_scikit_learn_s_leave_one_group_out():
    y, groups = cohort(3)
    expected = folds_of(LeaveOneGroupOut(), y, groups)
    splitter = PatientKFold("patients")
    assert folds_of(splitter, y, groups) == expected
    assert splitter.get_n_splits(y, y, groups) == len(expected)


def test_too_few_patients_of_a_class_are_named_and_counted():
    groups = np.repeat(np.arange(8), 4)
    y = np.where(np.isin(groups, [1, 5]), 3, 0)
    with refuse(
        "class 3 occurs in 2 patients, fewer than 5 folds: ask for 2 folds or fewer, or drop the class"
    ):
        next(PatientKFold(5).split(y, y, groups))
    assert len(folds_of(PatientKFold(2), y, groups)) == 2
    assert len(folds_of(PatientKFold("patients"), y, groups)) == 8
    y = np.where(groups == 1, "focal", "rest")
    for n_splits in (2, "patients"):
        with refuse("class focal occurs in 1 patient, so that no fold by patient can both train and test"):
            next(PatientKFold(n_splits).split(y, y, groups))


def test_fewer_patients_than_folds():
    groups, y = np.repeat(["ann", "bob", "cleo"], 4), np.tile([0, 1], 6)
    with refuse("5 folds need at least 5 patients, got 3: ask for 3 folds or fewer."):
        next(PatientKFold(5).split(y, y, groups))
    with refuse("2 folds need at least 2 patients, got 1."):
        next(PatientKFold("patients").split(y, y, np.zeros(12)))


def test_what_is_missing_is_named():
    y, groups = cohort(0)
    with refuse(
        "`groups` must give the patient of each window, got None: pass it, as in split(X, y, groups) or "
        "cross_validate(..., groups=patients) (params={'groups': patients} with metadata routing on); for a "
        "search inside a cross-validation use `evaluate` or `fit_by_patient`, or switch routing on."
    ):
        next(PatientKFold().split(y, y))
    with refuse("`groups` must give the patient of each window, got None"):
        PatientKFold("patients").get_n_splits(y, y)
    with refuse("`y` must give the label of each window, got None"):
        next(PatientKFold().split(y, None, groups))
    with refuse(f"got none (NaN or None) for 1 of {len(y)} windows: name or drop them."):
        next(PatientKFold().split(y, y, np.r_[np.nan, groups[1:]]))
    with refuse("`y` must hold classes, got a continuous target"):
        next(PatientKFold().split(y, y + 0.5, groups))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        next(PatientKFold().split(y, y[1:], groups))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"n_splits": 1}, "`n_splits` must be a whole number of at least 2 folds, or 'patients' to leave"),
        ({"n_splits": 2.5}, "one patient out in each, got 2.5."),
        ({"n_splits": True}, "got True."),
        ({"n_splits": "subjects"}, "got 'subjects'."),
        ({"n_repeats": 0}, "`n_repeats` must be a whole number of at least 1, got 0."),
        ({"shuffle": 1}, "`shuffle` must be True or False, got 1."),
        ({"n_repeats": 2, "shuffle": False}, "`n_repeats` must be 1 with shuffle=False"),
        ({"n_repeats": 2, "n_splits": "patients"}, "`n_repeats` must be 1 with n_splits='patients'"),
    ],
)
def test_parameters_out_of_range(options, text):
    with refuse(text):
        PatientKFold(**options)


def test_representation():
    text = "PatientKFold(n_repeats=2, n_splits=3, random_state=None, shuffle=True)"
    assert repr(PatientKFold(3, n_repeats=2)) == text


class TestWithinScikitLearn:
    y, groups = cohort(4, n_patients=24, n_classes=2)
    X = np.random.default_rng(0).normal(size=(len(y), 3)) + y[:, np.newaxis]
    model = LogisticRegression()

    def test_cross_validate_and_predict(self):
        cv = PatientKFold(4, random_state=0)
        scores = cross_validate(self.model, self.X, self.y, groups=self.groups, cv=cv)["test_score"]
        by_hand = [
            clone(self.model).fit(self.X[train], self.y[train]).score(self.X[test], self.y[test])
            for train, test in cv.split(self.X, self.y, self.groups)
        ]
        np.testing.assert_array_equal(scores, by_hand)
        said = cross_val_predict(self.model, self.X, self.y, groups=self.groups, cv=PatientKFold("patients"))
        assert (said == self.y).mean() > 0.6

    @pytest.mark.parametrize("cv", [PatientKFold(3, n_repeats=2, random_state=0), PatientKFold("patients")])
    def test_grid_search(self, cv):
        search = GridSearchCV(self.model, {"C": [0.1, 1.0]}, cv=cv, error_score="raise")
        search.fit(self.X, self.y, groups=self.groups)
        assert search.n_splits_ == (6 if cv.n_splits == 3 else 24)

    def test_nested_with_routing_needs_no_request(self):
        search = GridSearchCV(self.model, {"C": [1.0]}, cv=PatientKFold(3), error_score="raise")
        with sklearn.config_context(enable_metadata_routing=True):
            assert PatientKFold().get_metadata_routing().split.requests == {"groups": True}
            scores = cross_validate(
                search,
                self.X,
                self.y,
                params={"groups": self.groups},
                cv=PatientKFold(4),
                error_score="raise",
            )
        assert len(scores["test_score"]) == 4


def test_count_patients():
    y, groups = cohort(5)
    expected = pd.Series(groups).groupby(y).nunique()
    np.testing.assert_array_equal(count_patients(y, groups), expected)
    with refuse("`y` and `groups` must have one entry for each window, got 3 and 2."):
        count_patients([0, 1, 0], [0, 1])
