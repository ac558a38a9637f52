import re
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import StandardScaler

from sklearn_eeg.evaluation import _leaks, evaluate
from sklearn_eeg.evaluation._leaks import leaks_to_warn_of, list_searches, look_for_leaks
from sklearn_eeg.model_selection import Finding

HALVES = [(np.arange(20), np.arange(20, 40)), (np.arange(20, 40), np.arange(20))]
Y, PATIENTS = np.tile([0, 1], 20), np.repeat(np.arange(4), 10)


def windows(seed=0):
    return np.random.default_rng(seed).normal(size=(40, 2, 64))


def look(X, y=Y, groups=PATIENTS, **options):
    return look_for_leaks(X, y, groups, HALVES, **{"estimator": GaussianNB(), **options})


def kinds(findings):
    return [(each.severity, each.kind) for each in findings]


def test_clean_windows_have_no_findings():
    assert look(windows()) == ()
    assert look(windows()[:, 0]) == ()


def test_copies_are_found_near_ones_in_windows_only():
    X = windows()
    X[30] = 3 * X[1] + 0.01 * X[2]
    assert kinds(look(X)) == [("error", "near_duplicate")]
    assert look(X[:, 0]) == ()
    X[30] = X[1]
    assert kinds(look(X[:, 0])) == [("error", "duplicate")]


def test_windows_that_cannot_be_compared_are_said_to_be_so(monkeypatch):
    ragged = [list(window[0][: 10 + number]) for number, window in enumerate(windows())]
    words = pd.DataFrame({"a": ["x"] * 40, "b": 1.0})
    for X in (ragged, words, windows()[:, :, :, np.newaxis], windows()[:, 0].astype(str)):
        [finding] = look(X)
        assert (finding.severity, finding.kind) == ("note", "no_windows")
    monkeypatch.setattr(_leaks, "MOST_NUMBERS", 40 * 2 * 64 - 1)
    X = windows()
    X[30] = X[1]
    [finding] = look(X)
    assert (finding.severity, finding.kind) == ("note", "no_copies")
    assert "more than" in finding.sentence
    scaled = (X - X.mean(axis=(0, 2), keepdims=True)) / X.std(axis=(0, 2), keepdims=True)
    assert kinds(look(scaled)) == [("error", "fitted_outside"), ("note", "no_copies")]


@pytest.mark.parametrize(
    "form",
    [
        pd.DataFrame,
        lambda X: pd.DataFrame(X).astype("Float64"),
        np.ndarray.tolist,
        lambda X: tuple(map(tuple, X)),
    ],
    ids=["frame", "nullable frame", "list", "tuples"],
)
def test_a_leak_is_found_in_whatever_holds_the_numbers(form):
    X = windows()[:, 0, :5]
    X[30] = X[1]
    assert kinds(look(form(X))) == [("error", "duplicate")]
    scaled = StandardScaler().fit_transform(windows()[:, 0, :5])
    assert kinds(look(form(scaled))) == [("error", "fitted_outside")]


def test_what_was_looked_for_is_what_is_said():
    seen = list_searches((), has_patients=True, has_times=True)
    assert len(seen) == 6
    for kind, word in (("no_copies", "equal"), ("no_windows", "equal"), ("no_windows", "scaling")):
        unseen = list_searches((Finding(kind, "note", ""),), has_patients=True, has_times=True)
        assert any(word in each for each in seen)
        assert not any(word in each for each in unseen)
    assert not any("patient" in each for each in list_searches((), has_patients=False, has_times=True))
    assert not any("overlap" in each for each in list_searches((), has_patients=True, has_times=False))


def test_the_page_says_what_was_looked_for():
    X = pd.DataFrame({"a": np.random.default_rng(0).normal(size=40), "b": ["x"] * 40})
    report = evaluate(DummyClassifier(), X, Y, PATIENTS, cv=2, n_resamples=0)
    [lead] = re.findall("Looked for: [^.]*", report.to_html())
    assert "patients on both sides" in lead
    assert not any(word in lead for word in ("equal", "scaling", "overlap"))


def test_windows_of_unequal_length_that_only_touch_are_no_leak():
    length = np.tile([10.0, 1.0, 1.0, 1.0], 10)
    start = np.cumsum(length) - length
    where = {"recording": np.zeros(40), "start_second": start}
    assert "overlap" not in {
        each.kind for each in look(windows(), groups=None, window_seconds=length, **where)
    }
    length[19] += 0.5  # HALVES part windows 19 and 20
    found = look(windows(), groups=None, window_seconds=length, **where)
    assert [each.indices.tolist() for each in found if each.kind == "overlap"] == [[19, 20]]


def test_epochs_are_compared():
    mne = pytest.importorskip("mne")
    X = windows()
    X[30] = X[1]
    epochs = mne.EpochsArray(X, mne.create_info(2, 64.0, "eeg"), verbose="error")
    assert kinds(look(epochs)) == [("error", "duplicate")]


def test_only_what_the_folds_do_not_tell_is_warned_of():
    X = windows()
    X[30] = X[1]
    shared = look(X, groups=np.tile([0, 1], 20))
    assert {"patient", "duplicate"} <= {each.kind for each in shared}
    [text] = leaks_to_warn_of(shared)
    assert text.startswith("Leak: 2 windows")


def test_evaluate_warns_and_the_report_shows_it_first():
    X = windows().reshape(40, -1)[:, :5]
    X[30] = X[1]
    with pytest.warns(UserWarning, match="Leak: 2 windows in train and test of a fold are equal"):
        report = evaluate(GaussianNB(), X, Y, PATIENTS, cv=HALVES, n_resamples=0)
    page = report.to_html()
    assert page.index("These figures cannot be trusted") < page.index("Balanced accuracy")
    assert "Leak: 2 windows" in str(report)
    with pytest.warns(UserWarning, match="Leak: Every column of X has mean 0 and variance 1"):
        evaluate(GaussianNB(), StandardScaler().fit_transform(windows()[:, 0]), Y, PATIENTS, cv=2)


def test_confounded_patients_are_noted_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = evaluate(GaussianNB(), windows()[:, 0], PATIENTS % 2, PATIENTS, cv=2, n_resamples=0)
    assert kinds(report.leakage) == [("note", "confounded")]
    page = report.to_html()
    assert "These figures cannot be trusted" not in page
    assert "windows of one class only" in page
    assert "No patient has windows of two classes" in page


def test_windows_that_overlap_in_time_are_found():
    recording, start = np.zeros(40), np.arange(40) * 0.5
    found = look(windows(), groups=None, recording=recording, start_second=start, window_seconds=1.0)
    assert "overlap" in {each.kind for each in found}
