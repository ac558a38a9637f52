import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_eeg._events import Event
from sklearn_eeg.datasets import Recording, sliding_windows
from sklearn_eeg.detection._feeder import WindowFeeder
from sklearn_eeg.detection._frame import Frame
from sklearn_eeg.detection._training import choose_steps, fit_model, gather_windows, label_steps


@pytest.mark.parametrize("rule", [0.1, 0.5, 1.0])
def test_labels_are_those_of_sliding_windows(rule):
    frame, events = Frame(50, 4, 1), [Event(12.3, 20.1), Event(30, 31), Event(55, 60)]
    recording = Recording.from_array(np.zeros((1, 3000)), 50)
    expected = sliding_windows(recording, events, 4, 1, rule, target_names=["rest", "sz"]).target
    np.testing.assert_array_equal(label_steps(events, frame, 3000, rule), expected)


def test_all_windows_are_chosen_where_they_are_few():
    targets = [np.array([0, 1, 0]), np.array([-1, 1])]
    for limit in (None, 4, 100):
        assert [own.tolist() for own in choose_steps(targets, limit)] == [[0, 1, 2], [1]]


def test_half_are_seizures_at_most_and_all_are_spread():
    targets = [np.zeros(1000, dtype=int), np.ones(100, dtype=int), np.zeros(1000, dtype=int)]
    background, seizure, more = choose_steps(targets, 40)
    assert (len(background), len(seizure), len(more)) == (10, 20, 10)
    assert set(np.diff(background)) == {100}
    assert set(np.diff(seizure)) == {5}


def test_where_background_lacks_seizures_fill_up():
    chosen = choose_steps([np.array([0] * 5 + [1] * 100)], 40)[0]
    assert (chosen < 5).sum() == 5
    assert len(chosen) == 40


def test_no_recording_gives_nothing():
    assert [len(own) for own in choose_steps([np.empty(0, dtype=int)], 4)] == [0]


def test_chosen_windows_are_gathered_unless_they_cannot_be_judged():
    x = np.random.default_rng(0).normal(size=(2, 2000))
    x[:, 500:520] = np.nan
    frame = Frame(50, 4, 1)
    windows, numbers = gather_windows(
        WindowFeeder(frame, 2), Recording.from_array(x, 50), np.array([0, 8, 11, 36])
    )
    assert numbers.tolist() == [0, 11, 36]
    np.testing.assert_array_equal(windows, [x[:, 50 * k : 50 * k + 200] for k in (0, 11, 36)])
    nothing, none = gather_windows(
        WindowFeeder(frame, 2), Recording.from_array(x, 50), np.array([], dtype=int)
    )
    assert nothing.shape == (0, 2, 200)
    assert none.size == 0


class Grouped(ClassifierMixin, BaseEstimator):
    def fit(self, X, y, groups=None):
        self.groups_ = groups
        return self

    def predict(self, X):
        return np.zeros(len(X))


def test_patients_are_told_to_who_asks():
    X, y, patients = np.zeros((4, 1)), np.array([0, 1, 0, 1]), np.array(["a", "a", "b", "b"])
    assert fit_model(Grouped(), X, y, patients).groups_ is patients
    pipeline = fit_model(make_pipeline(StandardScaler(), Grouped()), X, y, patients)
    assert pipeline[-1].groups_ is patients
    assert fit_model(DummyClassifier(), X, y, patients).n_classes_ == 2


def test_searches_are_told_patients_where_their_folds_ask():
    X, y, patients = np.arange(8.0)[:, None], np.tile([0, 1], 4), np.repeat(["a", "b"], 4)
    for cv in (GroupKFold(2), 2):
        search = GridSearchCV(DummyClassifier(), {"strategy": ["prior"]}, cv=cv)
        assert fit_model(search, X, y, patients).n_splits_ == 2
        assert fit_model(make_pipeline(StandardScaler(), search), X, y, patients)[-1].n_splits_ == 2


def test_without_windows_there_is_nothing_to_learn_from():
    with pytest.raises(ValueError, match="must hold one that can be judged, got none: .* shorter than"):
        fit_model(DummyClassifier(), np.zeros((0, 1)), np.zeros(0), np.zeros(0))


@pytest.mark.parametrize(("label", "what"), [(0, "a seizure"), (1, "background")])
def test_one_class_is_refused(label, what):
    with pytest.raises(ValueError, match=f"must hold both seizure and background, but none of 3 is {what}"):
        fit_model(DummyClassifier(), np.zeros((3, 1)), np.full(3, label), np.zeros(3))
