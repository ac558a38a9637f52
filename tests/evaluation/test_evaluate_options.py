"""The options of `evaluate` that concern its report: recordings in time, intervals, any labels."""

import json
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC

from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.model_selection import PatientKFold


def gaussian(n_classes=3, n_patients=8, n_windows=12, seed=0):
    """Noisy windows whose mean depends on the class, every class in every patient."""
    rng = np.random.default_rng(seed)
    y = np.tile(np.arange(n_classes), n_patients * n_windows // n_classes)
    groups = np.repeat(np.arange(n_patients), len(y) // n_patients)
    return rng.normal(size=(len(y), 4)) + 1.5 * np.eye(n_classes, 4)[y], y, groups


def refuse(text, error=ValueError):
    return pytest.raises(error, match=re.escape(text))


class TestContinuousTime:
    """Recordings, each an hour in windows of ten seconds, whose signal tells the seizures."""

    start = np.tile(np.arange(360) * 10.0, 6)
    recording = np.repeat([f"rec{number}" for number in range(6)], 360)
    groups = np.repeat(["ann", "bob", "cleo"], 720)
    y = ((start // 600) % 3 == 1) & (start % 600 < 120)
    X = np.random.default_rng(0).normal(size=(2160, 2)) + 8.0 * y[:, np.newaxis]
    where = {"recording": recording, "start_second": start, "window_seconds": 10.0}  # noqa: RUF012

    def test_all_seizures_are_found(self):
        report = evaluate(GaussianNB(), self.X, self.y, self.groups, cv=3, **self.where)
        scores = report.events()
        assert (scores.n_events, scores.n_found, scores.n_false_alarms) == (12, 12, 0)
        assert scores.hours == pytest.approx(6.0)
        assert scores.latency_median == 0
        assert report.event_curve().sensitivity_at(0) == 1.0
        assert report.facts.window_seconds == 10.0
        assert "12 seizures (where windows are labelled so), 12 alarms" in report.to_html()

    def test_annotations_take_the_place_of_labels(self):
        events = {name: [(605, 700)] for name in np.unique(self.recording).tolist()}
        report = evaluate(GaussianNB(), self.X, self.y, self.groups, cv=3, events=events, **self.where)
        scores = report.events()
        assert (scores.n_events, scores.n_found, scores.n_false_alarms) == (6, 6, 6)
        assert scores.latency_median == -5.0

    def test_what_is_wrong_is_told_before_anything_is_fitted(self):
        with refuse("`start_second` must be given with `recording`, got None"):
            evaluate(Unfit(), self.X, self.y, self.groups, recording=self.recording, window_seconds=1.0)
        with refuse("Windows must cover at least half of the recorded time"):
            evaluate(Unfit(), self.X, self.y, self.groups, **{**self.where, "window_seconds": 1.0})


class Unfit(DummyClassifier):
    """Must not be fitted."""

    def fit(self, X, y):
        raise AssertionError


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"n_resamples": -1}, "`n_resamples` must be an integer of at least 0 (no intervals), got -1."),
        ({"confidence_level": 95}, "`confidence_level` must lie between 0 and 1, got 95."),
    ],
)
def test_options_of_the_intervals(options, text):
    with refuse(text):
        evaluate(Unfit(), *gaussian(), **options)


def test_draws_follow_the_seed_and_none_are_needed():
    X, y, groups = gaussian()
    cv = list(PatientKFold(4, random_state=0).split(X, y, groups))
    tables = [
        evaluate(GaussianNB(), X, y, groups, cv=cv, random_state=seed, n_resamples=99).intervals().to_frame()
        for seed in (0, 0, 1)
    ]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    assert not tables[0].equals(tables[2])
    none = evaluate(GaussianNB(), X, y, groups, cv=cv, n_resamples=0)
    assert none.intervals().to_frame()["low"].isna().all()
    assert "No intervals were asked for" in none.to_html()


LABELS = {
    "words": np.array(["b", "a", "c"]),
    "objects": np.array(["b", "a", "c"], dtype=object),
    "numbers": np.array([7, -1, 3]),
    "floats": np.array([0.0, 2.0, 1.0]),
    "truth": np.array([False, True, True]),
}


@pytest.mark.parametrize("kind", LABELS)
@pytest.mark.parametrize("model", [GaussianNB(), SVC(), DummyClassifier()])
def test_labels_and_patients_of_any_kind_can_be_presented(kind, model):
    X, y, groups = gaussian()
    named = np.array([f"<{group}>" for group in groups], dtype=object)
    pages = []
    for patients in (groups, named):
        report = evaluate(model, X, LABELS[kind][y], patients, cv=3, n_resamples=20)
        content = json.loads(report.to_json())
        assert content["classes"] == [str(each) for each in np.unique(LABELS[kind])]
        assert report.to_markdown().count("\n| ") > 10
        assert "<0>" not in report.to_html()
        pages.append(report.to_frame())
    assert pages[0]["roc_auc"].notna().all()


def test_without_patients_all_is_told_but_intervals():
    X, y, _ = gaussian()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="`groups`")
        report = evaluate(GaussianNB(), X, y, cv=3)
    assert "Patients are unknown, so there are no intervals" in report.to_html()
    assert json.loads(report.to_json())["systems"]["model"]["patients"] is None
    assert [each.kind for each in report.leakage] == ["no_patients"]


class TestOnePatient:
    """A model for one patient can be reported, with what the figures cannot say."""

    def report(self, estimator=None, **options):
        X, y, _ = gaussian()
        with pytest.warns(UserWarning, match="All windows are of one patient, 7, who is in both train and"):
            return evaluate(estimator or GaussianNB(), X, y, np.full(len(y), 7), cv=3, **options)

    def test_the_figures_are_those_of_the_same_folds_without_patients(self):
        X, y, _ = gaussian()
        folds = list(StratifiedKFold(3).split(X, y))
        with pytest.warns(UserWarning, match="`groups`"):
            other = evaluate(GaussianNB(), X, y, cv=folds)
        pd.testing.assert_frame_equal(self.report().to_frame(), other.to_frame())

    def test_each_presentation_has_the_figures_and_no_interval(self):
        report = self.report()
        assert not report.patient_wise
        page, text, content = report.to_html(), report.to_markdown(), json.loads(report.to_json())
        for each in (page, text):
            assert "There is one patient only, so there are no intervals over patients." in each
            assert "of one patient, 7" in each
            assert "add patients, since a single one tells nothing of others" in each
        assert ">nan<" not in page
        assert content["systems"]["model"]["patients"] is not None
        assert report.per_patient().index.tolist() == [7]
        assert "one patient" in report._repr_html_()

    def test_a_search_inside_splits_the_windows_it_has(self):
        search = GridSearchCV(GaussianNB(), {"var_smoothing": [1e-9, 1e-3]}, cv=2)
        assert len(self.report(search).choices()) == 3

    def test_seizures_are_scored_as_events(self):
        y = TestContinuousTime.y
        with pytest.warns(UserWarning, match="All windows are of one patient, ann"):
            report = evaluate(
                GaussianNB(), TestContinuousTime.X, y, np.full(len(y), "ann"), cv=3, n_resamples=50,
                **TestContinuousTime.where,
            )  # fmt: skip
        scores = report.events()
        assert (scores.sensitivity, scores.patients.index.tolist()) == (1.0, ["ann"])
        assert "<h2>Events</h2>" in report.to_html()


def test_a_parameter_chosen_in_some_folds_only_is_dashed_in_the_others():
    X, y, groups = gaussian(n_patients=6)
    search = GridSearchCV(SVC(), [{"kernel": ["linear"]}], cv=2)
    report = evaluate(search, X, y, groups, cv=2, n_resamples=0)
    report.chosen["model"][1]["gamma"] = 0.5
    page = report.to_html()
    row = page[page.index("Chosen by model inside each fold") :]
    assert [re.sub("<.*?>", " ", each).split() for each in re.findall("<tr>.*?</tr>", row)[1:3]] == [
        ["Fold", "0", "linear", "–"],
        ["Fold", "1", "linear", "0.5"],
    ]
