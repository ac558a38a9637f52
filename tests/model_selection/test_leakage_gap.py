import re

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from sklearn_eeg.model_selection import LeakageGap, PatientKFold, leakage_gap
from sklearn_eeg.model_selection._leakage_gap import _move_labels


def fingerprints(n_patients=40, n_windows=8, seed=0):
    """Windows that tell the patient and nothing else; each patient has one class."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(n_patients), n_windows)
    X = rng.normal(size=(n_patients, 6))[groups] + 0.05 * rng.normal(size=(len(groups), 6))
    return X, groups % 2, groups


def signal(n_classes=2, seed=0):
    """Windows that tell the class, every class in every patient."""
    rng = np.random.default_rng(seed)
    y, groups = np.tile(np.arange(n_classes), 80), np.repeat(np.arange(10), 8 * n_classes)
    return rng.normal(size=(len(y), 4)) + 2 * np.eye(n_classes, 4)[y], y, groups


def refuse(text):
    return pytest.raises(ValueError, match=re.escape(text))


def test_fingerprints_have_a_gap_and_the_control_has_the_same():
    gap = leakage_gap(KNeighborsClassifier(), *fingerprints(), n_controls=4, random_state=0)
    assert gap.random > 0.95
    assert gap.by_patient < 0.7
    assert gap.gap == gap.random - gap.by_patient
    assert gap.control_random.min() > 0.95
    assert abs(gap.control_by_patient.mean() - 0.5) < 0.15


@pytest.mark.parametrize("n_classes", [2, 3])
def test_signal_has_no_gap_and_the_control_is_at_chance_in_both(n_classes):
    gap = leakage_gap(GaussianNB(), *signal(n_classes), n_controls=3, random_state=0)
    assert gap.by_patient > 0.9
    assert abs(gap.gap) < 0.02


def test_scores_are_those_of_the_loop_that_one_would_write():
    X, y, groups = signal(3)
    for scoring in ("roc_auc", "balanced_accuracy"):
        gap = leakage_gap(GaussianNB(), X, y, groups, cv=4, scoring=scoring, n_controls=0, random_state=5)
        seed = np.random.RandomState(5).randint(2**31 - 1)
        proba, said = np.empty((len(y), 3)), np.empty_like(y)
        for train, test in PatientKFold(4, random_state=seed).split(X, y, groups):
            model = clone(GaussianNB()).fit(X[train], y[train])
            proba[test], said[test] = model.predict_proba(X[test]), model.predict(X[test])
        expected = {
            "roc_auc": roc_auc_score(y, proba, multi_class="ovr"),
            "balanced_accuracy": balanced_accuracy_score(y, said),
        }
        assert gap.by_patient == pytest.approx(expected[scoring], abs=1e-12)
        assert (len(gap.control_random), gap.scoring) == (0, scoring)


@pytest.mark.parametrize("scoring", ["accuracy", "balanced_accuracy", "macro_f1", "matthews_correlation"])
def test_other_scores(scoring):
    gap = leakage_gap(DummyClassifier(), *signal(), scoring=scoring, n_controls=1, random_state=0)
    expected = {"accuracy": 0.5, "balanced_accuracy": 0.5, "macro_f1": 1 / 3, "matthews_correlation": 0.0}
    assert gap.random == gap.by_patient == pytest.approx(expected[scoring])


def share_of_ones(y_true, y_pred):
    return np.mean(y_pred == 1)


def test_a_score_of_ones_own():
    gap = leakage_gap(DummyClassifier(), *signal(), scoring=share_of_ones, n_controls=0, random_state=0)
    assert gap.by_patient in (0.0, 1.0)
    assert gap.scoring == "share_of_ones"


@pytest.mark.parametrize("estimator", [SVC(), LogisticRegression(), Perceptron()], ids=str)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_decision_values_and_probabilities(estimator, n_classes):
    X, y, groups = signal(n_classes)
    labels = np.array(["b", "a", "c"])[y]
    gap = leakage_gap(estimator, X, labels, groups.astype(str), n_controls=0, random_state=0)
    assert gap.by_patient > 0.85


def test_a_search_splits_as_the_folds_around_it_do():
    search = GridSearchCV(KNeighborsClassifier(), {"n_neighbors": [1, 5]}, cv=3, error_score="raise")
    gap = leakage_gap(search, *fingerprints(), n_controls=0, random_state=0)
    assert gap.random > 0.95
    assert gap.by_patient < 0.7


def test_same_seed_same_scores_and_processes_change_nothing():
    X, y, groups = fingerprints(n_patients=12)
    forest = RandomForestClassifier(5, random_state=0)
    one, two = (
        leakage_gap(forest, X, y, groups, cv=3, n_controls=2, random_state=1, n_jobs=jobs) for jobs in (1, 2)
    )
    np.testing.assert_array_equal(one.to_frame(), two.to_frame())
    np.testing.assert_array_equal(one.control_random, two.control_random)
    other = leakage_gap(forest, X, y, groups, cv=3, n_controls=2, random_state=2)
    assert not np.array_equal(one.to_frame(), other.to_frame())


def test_table_and_text():
    gap = LeakageGap(0.9, 0.6, np.array([0.8, 0.9]), np.array([0.4, 0.5]), "roc_auc", "5 folds, 9 patients")
    table = gap.to_frame()
    assert table.loc["labels"].tolist() == pytest.approx([0.9, 0.6, 0.3])
    assert table.loc["labels moved between patients"].tolist() == pytest.approx([0.85, 0.45, 0.4])
    text = str(gap).splitlines()
    assert text[0] == "roc_auc, 5 folds, 9 patients"
    assert text[2].split() == ["labels", "0.90", "0.60", "0.3"]
    assert "how well patients are recognised" in text[-1]
    assert list(LeakageGap(1.0, 1.0, np.empty(0), np.empty(0), "accuracy", "").to_frame().index) == ["labels"]


def test_moved_labels_are_whole_profiles_of_other_patients():
    groups = np.repeat(np.arange(6), 5)
    y = np.array([[0] * 5, [1] * 5, [0, 0, 1, 1, 1], [1, 0, 0, 0, 0], [0] * 5, [1] * 5]).ravel()
    rng = np.random.RandomState(0)
    for _ in range(10):
        moved = _move_labels(y, groups, 2, rng)
        assert sorted(map(tuple, moved.reshape(6, 5))) == sorted(map(tuple, y.reshape(6, 5)))


def test_profiles_are_stretched_to_the_windows_of_the_patient():
    groups = np.repeat([0, 1], [4, 8])
    y = np.array([0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    draws = {tuple(_move_labels(y, groups, 2, np.random.RandomState(seed))) for seed in range(10)}
    assert tuple(y) in draws
    assert (1, 0, 0, 0) + (0,) * 6 + (1, 1) in draws
    assert len(draws) == 2


def test_labels_that_cannot_be_moved():
    groups = np.repeat(np.arange(4), [9, 1, 1, 9])
    y = np.zeros(20, int)
    y[[8, 19]] = 1
    y[[9, 10]] = 1
    always = np.random.RandomState(0)
    assert set(_move_labels(y, groups, 2, always)) == {0, 1}
    groups = np.repeat(np.arange(6), [20, 20, 20, 1, 1, 1])
    y = np.zeros(63, int)
    y[[10, 30, 50, 60, 61, 62]] = 1
    with refuse(
        "`n_controls` must be 0 here: in 1000 draws, moving labels between patients always left some class"
    ):
        _move_labels(y, groups, 6, always)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"cv": 1}, "`cv` must be a whole number of at least 2, got 1."),
        ({"cv": 2.0}, "`cv` must be a whole number of at least 2, got 2.0."),
        ({"n_controls": -1}, "`n_controls` must be a whole number of at least 0, got -1."),
        ({"scoring": "auc"}, "`scoring` must be one of roc_auc, accuracy, balanced_accuracy, macro_f1"),
        ({"cv": 20}, "20 folds need at least 20 patients, got 10"),
        ({"n_controls": 0, "estimator": "silent"}, "`scoring` must not be 'roc_auc' for a classifier with"),
    ],
)
def test_faults_of_the_arguments(options, text):
    estimator = Silent() if options.pop("estimator", None) else GaussianNB()
    with refuse(text):
        leakage_gap(estimator, *signal(), **{"n_controls": 0} | options)


class Silent(GaussianNB):
    """Says which class, and gives no scores."""

    @property
    def predict_proba(self):
        raise AttributeError


def test_epochs():
    mne = pytest.importorskip("mne")
    X, y, groups = signal()
    epochs = mne.EpochsArray(X.reshape(-1, 2, 2), mne.create_info(2, 100.0, "eeg"), verbose="error")
    gap = leakage_gap(DummyClassifier(), epochs, y, groups, n_controls=0, scoring="accuracy", random_state=0)
    assert gap.random == 0.5


def test_pairs_of_classes_are_no_scores_of_classes():
    X, y, groups = signal(3)
    with refuse("SVC must give one score for each of the 3 classes, got shape"):
        leakage_gap(SVC(decision_function_shape="ovo"), X, y, groups, n_controls=0)
    two = y < 2
    pairs, rest = (
        leakage_gap(SVC(decision_function_shape=shape), X[two], y[two], groups[two], n_controls=0)
        for shape in ("ovo", "ovr")
    )
    assert pairs.random == rest.random > 0.9


@pytest.mark.parametrize(
    ("theirs", "ours"), [("f1_macro", "macro_f1"), ("matthews_corrcoef", "matthews_correlation")]
)
def test_names_of_scikit_learn_stand_for_the_house_names(theirs, ours):
    one, two = (leakage_gap(GaussianNB(), *signal(), scoring=name, n_controls=0) for name in (theirs, ours))
    assert one.scoring == two.scoring == ours
    assert (one.random, one.by_patient) == (two.random, two.by_patient)  # and the seed is 0 by default


@pytest.mark.parametrize("n_controls", [0, 2])
def test_too_few_patients_are_told_before_labels_are_moved(n_controls):
    with refuse("13 folds need at least 13 patients, got 10: ask for 10 folds or fewer."):
        leakage_gap(GaussianNB(), *signal(), cv=13, n_controls=n_controls)


def test_a_list_of_scores_and_a_table_of_patients_are_refused():
    X, y, groups = signal()
    with refuse("`scoring` must be one of roc_auc, accuracy"):
        leakage_gap(GaussianNB(), X, y, groups, scoring=["accuracy"])
    with refuse("`groups` must have shape (n_windows,), got shape (160, 2): give the patient of each"):
        leakage_gap(GaussianNB(), X, y, np.column_stack([groups, groups]))
