import numpy as np
import pytest

from sklearn_eeg.model_selection._leaking_copies import find_leaking_copies
from sklearn_eeg.model_selection._sides import Sides

GROUPS = np.repeat(np.arange(10), 4)
Y = np.tile([0, 0, 1, 1], 10)


@pytest.fixture
def X():  # noqa: N802
    return np.cumsum(np.random.default_rng(0).normal(size=(40, 2, 100)), axis=-1)


def find(X, y=Y, groups=GROUPS, folds=None, near=0.99):
    return list(find_leaking_copies(X, y, groups, Sides(40, folds, groups), near))


def kinds(findings):
    return [(finding.kind, finding.severity, finding.indices.tolist()) for finding in findings]


@pytest.mark.parametrize("near", [None, 0.99])
def test_nothing_in_clean_windows(X, near):
    assert find(X, near=near) == []


def test_equal_windows_of_two_patients(X):
    X[21] = X[1]
    X[22] = X[3]
    X[5] = X[4]  # of one patient, and one label
    (finding,) = find(X)
    assert kinds([finding]) == [("duplicate", "error", [1, 3, 21, 22])]
    assert finding.patients == (0, 5)
    assert finding.sentence == (
        "4 windows of different patients are equal: drop all but one of each, or keep them on one side. "
        "Such are 1 and 21."
    )


def test_scaled_and_noisy_copies(X):
    X[21] = 3 * X[1] - 5
    X[22] = X[2] + 0.01 * np.random.default_rng(1).normal(size=X[2].shape)
    X[9] = 2 * X[8]
    (finding,) = find(X)
    assert kinds([finding]) == [("near_duplicate", "error", [1, 2, 21, 22])]
    assert "2 pairs of windows of different patients are nearly copies, such as 1 and 21" in finding.sentence
    assert find(X, near=None) == []


def test_copies_with_different_labels_in_one_patient(X):
    X[2], X[6] = X[1], 2 * X[5]
    equal, near = find(X)
    assert kinds([equal, near]) == [
        ("label_conflict", "warning", [1, 2]),
        ("label_conflict", "warning", [5, 6]),
    ]
    assert equal.sentence.startswith("2 windows are equal and have different labels: one must be wrong.")
    assert near.sentence.endswith("which correlate by 1.0000: one label must be wrong.")


def test_folds_decide_which_copies_matter(X):
    X[21] = X[1]
    X[31] = 2 * X[2]
    y = np.zeros(40)
    test = np.isin(GROUPS, [0, 5])  # keeps the first pair together
    folds = [(np.flatnonzero(~test), np.flatnonzero(test)), (np.flatnonzero(test), np.flatnonzero(~test))]
    assert kinds(find(X, y, folds=folds)) == [("near_duplicate", "error", [2, 31])]
    test = np.isin(GROUPS, [0, 7])
    folds = [(np.flatnonzero(~test), np.flatnonzero(test))]
    assert kinds(find(X, y, folds=folds)) == [("duplicate", "error", [1, 21])]


def test_without_patients_any_copies_count(X):
    X[5] = X[4]
    assert kinds(find(X, groups=None)) == [("duplicate", "error", [4, 5])]


def test_constant_windows_are_told_and_not_compared(X):
    X[[3, 20, 39]] = [[[0.0]], [[0.0]], [[7.0]]]
    assert kinds(find(X)) == [("flat", "note", [3, 20, 39])]
    assert find(X)[0].sentence == "3 windows constant in all channels: not compared."


def test_windows_that_are_not_finite(X):
    X[3, 0, 5] = np.nan
    X[30] = X[3]
    X[31] = 2 * X[2]
    found = {finding.kind: finding for finding in find(X)}
    assert found["duplicate"].indices.tolist() == [3, 30]
    assert found["near_duplicate"].indices.tolist() == [2, 31]
    assert found["not_compared"].sentence.startswith("2 windows with NaN or infinity: not compared")


def test_tables_where_everything_is_alike(X):
    table = np.array([1.0, 1e3, 1e6]) + np.random.default_rng(0).normal(size=(40, 3))
    (finding,) = find(table)
    assert (finding.kind, finding.severity) == ("not_compared", "note")
    assert "If X is a table of features, pass near=None." in finding.sentence


def test_too_many_copies_to_compare_all():
    rng = np.random.default_rng(0)
    windows = rng.normal(size=(8, 1, 32))[rng.integers(8, size=1000)] * rng.uniform(1, 2, size=(1000, 1, 1))
    groups = np.arange(1000)
    findings = list(find_leaking_copies(windows, groups % 2, groups, Sides(1000, None, groups), 0.99))
    assert [finding.kind for finding in findings] == ["not_compared", "near_duplicate"]
    assert "only the first pairs were compared" in findings[0].sentence


def test_windows_too_short_to_correlate(X):
    assert find(X[:, 0, :2]) == []
