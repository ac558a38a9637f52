import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, KFold, StratifiedGroupKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from sklearn_eeg.evaluation import EvaluationReport, evaluate
from sklearn_eeg.model_selection import PatientKFold


def gaussian(n_classes=3, n_patients=8, n_windows=12, shift=1.5, seed=0):
    """Noisy windows whose mean depends on the class, every class in every patient."""
    rng = np.random.default_rng(seed)
    y = np.tile(np.arange(n_classes), n_patients * n_windows // n_classes)
    groups = np.repeat(np.arange(n_patients), n_windows)
    X = rng.normal(size=(len(y), 4)) + shift * np.eye(n_classes, 4)[y]
    return X, y, groups


def refuse(text, error=ValueError):
    return pytest.raises(error, match=re.escape(text))


class Witness(ClassifierMixin, BaseEstimator):
    """Writes down the windows (numbered in X) that it was fitted on and asked about."""

    def __init__(self, folder="."):
        self.folder = folder

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.seen_ = X[:, 0].astype(int)
        return self

    def predict(self, X):
        number = len(list(Path(self.folder).iterdir()))
        np.savez(Path(self.folder) / f"{number}.npz", seen=self.seen_, asked=X[:, 0].astype(int))
        return np.full(len(X), self.classes_[0])


@pytest.mark.parametrize(
    ("estimator", "method"),
    [
        (make_pipeline(StandardScaler(), LogisticRegression()), "predict_proba"),
        (SVC(), "decision_function"),
    ],
)
def test_it_is_the_loop_that_one_would_write(estimator, method):
    X, y, groups = gaussian()
    y_pred, y_score, fold = np.empty_like(y), np.empty((len(y), 3)), np.empty_like(y)
    splitter = PatientKFold(4, random_state=3)
    for number, (train, test) in enumerate(splitter.split(X, y, groups)):
        model = clone(estimator).fit(X[train], y[train])
        y_pred[test], y_score[test] = model.predict(X[test]), getattr(model, method)(X[test])
        fold[test] = number
    report = evaluate(estimator, X, y, groups, cv=4, random_state=3)
    said = report.predictions["model"]
    np.testing.assert_array_equal(said.y_pred, y_pred)
    np.testing.assert_array_equal(said.y_score, y_score)
    np.testing.assert_array_equal(report.fold, fold)
    assert report.to_frame().loc["model", "accuracy"] == (y_pred == y).mean()
    assert (report.random_state, report.patient_wise, report.warnings) == (3, True, ())


def test_no_model_sees_what_it_is_asked_about(tmp_path):
    _, y, groups = gaussian()
    numbers = np.arange(len(y), dtype=float)[:, np.newaxis]
    evaluate(Witness(tmp_path), numbers, y, groups, cv=4)
    asked = []
    for file in tmp_path.iterdir():
        with np.load(file) as witness:
            assert not set(witness["seen"]) & set(witness["asked"])
            assert not set(groups[witness["seen"]]) & set(groups[witness["asked"]])
            asked.extend(witness["asked"])
    assert sorted(asked) == list(range(len(y)))


def test_the_estimator_itself_stays_unfitted():
    estimator = GaussianNB()
    evaluate(estimator, *gaussian())
    assert not hasattr(estimator, "classes_")


def cohort_without_signal(seed, n_patients=60, n_windows=5):
    """Each patient has one label, drawn without regard to the signal, and one fingerprint."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(n_patients), n_windows)
    y = rng.permutation(np.repeat([0, 1], n_patients // 2))[groups]
    X = rng.normal(size=(n_patients, 10))[groups] + 0.1 * rng.normal(size=(len(y), 10))
    return X, y, groups


def test_patients_without_signal_give_chance_by_patient_and_glory_by_window():
    by_patient, by_window = [], []
    for seed in range(5):
        X, y, groups = cohort_without_signal(seed)
        by_patient.append(evaluate(KNeighborsClassifier(), X, y, groups).to_frame().roc_auc["model"])
        with pytest.warns(UserWarning, match="`groups` .* is missing"):
            by_window.append(evaluate(KNeighborsClassifier(), X, y).to_frame().roc_auc["model"])
    assert abs(np.mean(by_patient) - 0.5) < 0.1  # one cohort alone strays by 0.06
    assert min(by_window) > 0.9


def test_same_inputs_same_page_and_processes_change_nothing():
    X, y, groups = gaussian()
    forest = RandomForestClassifier(5, random_state=0)
    pages = [evaluate(forest, X, y, groups, cv=3, n_jobs=jobs).to_html() for jobs in (None, 1, 2)]
    assert pages[0] == pages[1] == pages[2]
    other = evaluate(forest, X, y, groups, cv=3, random_state=1).to_html()
    assert other != pages[0]


def test_chance_stands_last_and_others_beside():
    X, y, groups = gaussian()
    beside = {"forest": RandomForestClassifier(5, random_state=0), "bayes": GaussianNB()}
    report = evaluate(SVC(), X, y, groups, cv=4, beside=beside, name="svm")
    assert isinstance(report, EvaluationReport)
    assert list(report.predictions) == ["svm", "forest", "bayes", "chance"]
    frame = report.to_frame()
    assert frame.loc["chance", "balanced_accuracy"] == pytest.approx(1 / 3)
    alone = evaluate(GaussianNB(), X, y, groups, cv=4).to_frame()
    pd.testing.assert_series_equal(alone.loc["model"], frame.loc["bayes"], check_names=False)


@pytest.mark.parametrize(
    "labels", [["rest", "focal", "absence"], [False, True], [10, 3, 7], np.array(["b", "a"], object)]
)
def test_labels_of_any_kind_give_the_same_figures(labels):
    X, y, groups = gaussian(n_classes=len(labels))
    order = np.argsort(labels)
    report = evaluate(GaussianNB(), X, np.asarray(labels)[y], groups)
    plain = evaluate(GaussianNB(), X, np.argsort(order)[y], groups)
    assert report.target_names == tuple(str(label) for label in sorted(labels))
    assert report.predictions["model"].y_pred.dtype == np.asarray(labels).dtype
    pd.testing.assert_frame_equal(report.to_frame(), plain.to_frame())


def test_windows_of_any_kind(tmp_path):
    X, y, groups = gaussian()
    expected = evaluate(GaussianNB(), X, y, groups).to_frame()
    frame = pd.DataFrame(X, columns=list("abcd"), index=np.arange(len(y))[::-1])
    stored = np.memmap(tmp_path / "windows", dtype=float, mode="w+", shape=X.shape)
    stored[:] = X
    for windows in (frame, stored, X.tolist()):
        got = evaluate(GaussianNB(), windows, pd.Series(y), pd.Series(groups)).to_frame()
        pd.testing.assert_frame_equal(got, expected)
    flatten = FunctionTransformer(flatten_windows, validate=False)
    cube = evaluate(make_pipeline(flatten, GaussianNB()), X.reshape(-1, 2, 2), y, groups)
    pd.testing.assert_frame_equal(cube.to_frame(), expected)


def flatten_windows(X):
    return X.reshape(len(X), -1)


def test_epochs():
    mne = pytest.importorskip("mne")
    X, y, groups = gaussian()
    info = mne.create_info(2, 100.0, "eeg")
    epochs = mne.EpochsArray(X.reshape(-1, 2, 2), info, verbose="error")
    read = FunctionTransformer(read_epochs, validate=False)
    got = evaluate(make_pipeline(read, GaussianNB()), epochs, y, groups).to_frame()
    pd.testing.assert_frame_equal(got, evaluate(GaussianNB(), X, y, groups).to_frame())


def read_epochs(epochs):
    return epochs.get_data().reshape(len(epochs), -1)


def test_warnings_point_at_the_caller():
    X, y, _ = gaussian()
    with pytest.warns(UserWarning, match="Pass groups= to split by patient") as caught:
        report = evaluate(GaussianNB(), X, y)
    assert caught[0].filename == __file__
    assert report.patient_wise is None
    assert "patients unknown" in report.split


def test_leaks_are_warned_of_at_the_caller_before_anything_is_fitted():
    X, y, groups = gaussian()
    X[-1] = X[0]
    with pytest.warns(UserWarning, match="Leak: 2 windows in train and test") as caught:
        report = evaluate(GaussianNB(), X, y, groups)
    assert [each.filename for each in caught] == [__file__]
    assert report.warnings == ()
    assert [(each.severity, each.kind) for each in report.leakage] == [("error", "duplicate")]
    with pytest.warns(UserWarning, match="Leak: "), refuse("this is fitted"):
        evaluate(Unfit(), X, y, groups)


class Unfit(DummyClassifier):
    """Says when it is fitted."""

    def fit(self, X, y):
        raise ValueError("this is fitted")


def test_recordings_must_have_names():
    X, y, groups = gaussian()
    recording = groups.astype(object)
    recording[3] = None
    with refuse("`recording` must give the recording of each window, got none (NaN or None) for 1 of 96"):
        evaluate(GaussianNB(), X, y, groups, recording=recording, start_second=groups, window_seconds=1)


def test_shape_and_length_of_windows_are_recorded():
    X, y, groups = gaussian()
    flatten = FunctionTransformer(flatten_windows, validate=False)
    model = make_pipeline(flatten, GaussianNB())
    facts = evaluate(model, X.reshape(-1, 2, 2), y, groups, window_seconds=0.5).facts
    assert facts == (2, 2, None, 0.5)
    assert evaluate(GaussianNB(), X, y, groups).facts == (None, None, None, None)


def test_without_a_search_nothing_was_chosen():
    report = evaluate(GaussianNB(), *gaussian())
    assert (report.chosen, report.timeline, report.leakage) == ({}, None, ())
    assert (report.n_resamples, report.confidence_level) == (2000, 0.95)


def test_a_split_through_patients_is_recorded():
    X, y, groups = gaussian()
    with pytest.warns(UserWarning, match="8 of 8 patients lie in both train and test"):
        report = evaluate(GaussianNB(), X, y, groups, cv=KFold(3, shuffle=True, random_state=0))
    assert report.patient_wise is False


def test_a_search_is_a_classifier():
    search = GridSearchCV(make_pipeline(PCA(), SVC()), {"pca__n_components": [1, 4]}, cv=2)
    report = evaluate(search, *gaussian(shift=3), cv=2)
    assert report.to_frame().loc["model", "accuracy"] > 0.8


def test_the_progress_bar_advances_only_when_asked(capsys):
    evaluate(GaussianNB(), *gaussian(), cv=3)
    assert capsys.readouterr().err == ""
    evaluate(GaussianNB(), *gaussian(), cv=3, verbose=1)
    assert "3/3" in capsys.readouterr().err


def test_the_description_is_whole_and_free_of_addresses():
    steps = [FunctionTransformer(lambda X: X) for _ in range(12)]
    estimator = make_pipeline(*steps, GaussianNB())
    text = evaluate(estimator, *gaussian(), cv=2).estimator
    assert text.count("FunctionTransformer(") == 12
    assert "GaussianNB" in text
    assert "0x" not in text


def test_versions_are_recorded():
    versions = evaluate(DummyClassifier(), *gaussian(), cv=2).versions
    assert list(versions) == ["python", "numpy", "scipy", "scikit-learn", "sklearn_eeg"]
    assert versions["numpy"] == np.__version__


def test_names_of_classes():
    X, y, groups = gaussian()
    report = evaluate(GaussianNB(), X, y, groups, target_names=["rest", "focal", "absence"])
    assert report.per_class().index.tolist() == ["rest", "focal", "absence"]
    with refuse("`target_names` must give each of the 3 classes (0, 1, 2) a name of its own, got"):
        evaluate(GaussianNB(), X, y, groups, target_names=["rest", "focal"])
    with refuse("got ['rest', 'rest', 'absence']"):
        evaluate(GaussianNB(), X, y, groups, target_names=["rest", "rest", "absence"])


@pytest.mark.parametrize(
    ("name", "beside"),
    [("chance", None), ("a", {"a": GaussianNB()}), ("a", {"chance": GaussianNB()})],
)
def test_names_of_systems(name, beside):
    with refuse("`name` and `beside` must name each system once and leave 'chance' free"):
        evaluate(GaussianNB(), *gaussian(), name=name, beside=beside)


def test_systems_must_be_classifiers():
    with refuse("'model' must be a classifier with fit and predict, got StandardSc", TypeError):
        evaluate(StandardScaler(), *gaussian())
    with refuse("'other' must be a classifier with fit and predict, got the class SVC.", TypeError):
        evaluate(SVC(), *gaussian(), beside={"other": SVC})


def test_faults_of_the_data_are_told_before_anything_is_fitted():
    X, y, groups = gaussian()
    with refuse("one entry for each window, got X of length 96, y of length 95"):
        evaluate(DecisionTreeClassifier(), X, y[1:], groups)
    with refuse("9 folds need at least 9 patients, got 8: ask for 8 folds or fewer."):
        evaluate(DecisionTreeClassifier(), X, y, groups, cv=9)
    with refuse("got a continuous target"):
        evaluate(DecisionTreeClassifier(), X, X[:, 0], groups)


class TestSearchInside:
    """A search splits the training windows by patient, without metadata routing."""

    y = np.tile([0, 1], 40)
    X = np.random.default_rng(0).normal(size=(80, 3)) + y[:, np.newaxis]
    patients = np.repeat(np.arange(8), 10)

    @pytest.mark.parametrize("cv", [3, None, GroupKFold(3), StratifiedGroupKFold(3)])
    def test_any_cv(self, cv):
        search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=cv, error_score="raise")
        report = evaluate(search, self.X, self.y, self.patients, cv=4)
        assert report.to_frame().loc["model", "balanced_accuracy"] > 0.6
        assert search.cv is cv

    def test_a_number_of_folds_becomes_folds_by_patient(self):
        seen = []

        def spy(estimator, X, y):
            seen.append(set(X[:, 0]))
            return estimator.score(X, y)

        X = np.column_stack([self.patients, self.X])
        evaluate(GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=3, scoring=spy), X, self.y,
                 self.patients, cv=4)  # fmt: skip
        self.check_apart(seen)

    def test_a_search_at_the_end_of_a_pipeline_gets_the_patients_too(self):
        seen = []

        def spy(estimator, X, y):
            seen.append(set(X[:, 0]))
            return estimator.score(X, y)

        search = GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=3, scoring=spy)
        X = np.column_stack([self.patients, self.X])
        report = evaluate(make_pipeline("passthrough", search), X, self.y, self.patients, cv=4)
        self.check_apart(seen)
        assert report.chosen == {"model": [{"gridsearchcv__C": 1.0}] * 4}

    @staticmethod
    def check_apart(seen):
        """Assert that the three folds of each of four searches share no patient."""
        assert len(seen) == 12
        for first, second, third in zip(seen[::3], seen[1::3], seen[2::3], strict=True):
            assert not first & second
            assert not third & (first | second)

    def test_noise_stays_noise(self):
        X = np.random.default_rng(1).normal(size=(80, 3)) + self.patients[:, np.newaxis]
        y = (self.patients % 2).astype(int)
        search = GridSearchCV(SVC(), {"gamma": np.logspace(-3, 1, 9)}, cv=3)
        aucs = [evaluate(search, X, np.random.default_rng(s).permutation(y[::10])[self.patients],
                         self.patients, cv=4, random_state=s).to_frame().loc["model", "roc_auc"]
                for s in range(8)]  # fmt: skip
        assert np.mean(aucs) < 0.6


def test_the_report_does_not_change_with_the_callers_labels():
    y, groups = np.tile([0, 1], 20), np.repeat(np.arange(4), 10)
    report = evaluate(DummyClassifier(), np.zeros((40, 2)), y, groups, cv=2)
    before = report.to_html()
    y[:] = 0
    groups[:] = 0
    assert report.to_html() == before


def test_labels_of_type_object():
    y = np.tile([0, 1], 20).astype(object)
    groups = np.repeat(["a", "b", "c", "d"], 10).astype(object)
    report = evaluate(DummyClassifier(), np.zeros((40, 2)), y, groups, cv=2)
    assert report.classes.tolist() == [0, 1]


def test_missing_patients_that_numpy_made_text():
    groups = np.array(["a", "b", np.nan, "c"] * 10)
    with pytest.raises(ValueError, match="got none .* for 10 of 40 windows"):
        evaluate(DummyClassifier(), np.zeros((40, 2)), np.tile([0, 1], 20), groups, cv=2)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"target_names": {1: "b", 0: "a"}}, ValueError, "must be a sequence in the order"),
        ({"target_names": 5}, ValueError, "`target_names` must be a sequence in the order of the classes"),
        ({"recording": [None] * 48}, ValueError, "`recording` must give the recording of each window, got"),
        ({"name": 3}, TypeError, "`name` must be a string"),
        ({"beside": [DummyClassifier()]}, TypeError, "`beside` a dict"),
    ],
)
def test_options_of_the_wrong_kind(options, error, message):
    y, groups = np.tile([0, 1], 20), np.repeat(np.arange(4), 10)
    with pytest.raises(error, match=message):
        evaluate(DummyClassifier(), np.zeros((40, 2)), y, groups, cv=2, **options)


def test_a_class_in_fewer_patients_than_folds_is_refused_unless_the_splitter_is_ones_own():
    y = np.zeros(40, dtype=int)
    y[[0, 10, 20]] = 1
    groups, X = np.repeat(np.arange(8), 5), np.arange(80.0).reshape(40, 2)
    with refuse("class 1 occurs in 3 patients, fewer than 5 folds: ask for 3 folds or fewer, or"):
        evaluate(DummyClassifier(), X, y, groups, cv=5)
    splitter = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    report = evaluate(DummyClassifier(), X, y, groups, cv=splitter)
    assert report.patient_wise
    assert report.split == "5 folds by patient (StratifiedGroupKFold), 8 patients"


def test_chance_has_its_nominal_figures_whatever_the_folds():
    y = np.repeat([0, 1], [20, 20])
    groups = np.repeat(np.arange(8), 5)
    chance = evaluate(GaussianNB(), np.random.default_rng(0).normal(size=(40, 2)), y, groups, cv=4)
    figures = chance.to_frame().loc["chance"]
    assert figures[["accuracy", "balanced_accuracy", "roc_auc"]].tolist() == [0.5, 0.5, 0.5]
    assert figures[["matthews_correlation", "cohen_kappa"]].tolist() == [0, 0]
