import re

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier

from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.model_selection import PatientKFold, check_leakage, leakage_gap
from sklearn_eeg.model_selection._names import check_names


def refuse(text):
    return pytest.raises(ValueError, match=re.escape(text))


def check(values):
    return check_names(values, "groups", "patient")


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["a", "b"], ["a", "b"]),
        (pd.Series([1, 2], dtype="Int64"), [1, 2]),
        (pd.Series([1, 2], dtype=object), [1, 2]),
        (pd.Series(["a", "b"], dtype="string"), ["a", "b"]),
        (pd.Categorical(["b", "a"]), ["b", "a"]),
        (np.array([1, 2], dtype=np.int8), [1, 2]),
        ([True, np.False_], [True, False]),
        ([1, 2.5], [1.0, 2.5]),
        ([], []),
    ],
    ids=str,
)
def test_names_are_kept(values, names):
    column = check(values)
    assert column.tolist() == names
    assert list(map(str, column.tolist())) == list(map(str, names))  # a 1 is no 1.0


def test_a_copy_that_cannot_be_changed():
    values = np.array([3, 1])
    column = check(values)
    values[0] = 9
    assert column.tolist() == [3, 1]
    assert not column.flags.writeable


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
def test_missing_names(missing):
    with refuse("`groups` must give the patient of each window, got none (NaN or None) for 1 of 2 windows"):
        check(["a", missing])


def test_a_missing_name_that_numpy_wrote_out():
    with refuse("got none (NaN or None) for 1 of 2 windows: name or drop them."):
        check(np.array(["a", np.nan]))


def test_no_column():
    with refuse("`groups` must have shape (n_windows,), got shape (2, 3): give the patient of each window."):
        check(np.zeros((2, 3)))
    with refuse("`groups` must have shape (n_windows,), got shape (): give the patient of each window."):
        check("ann")


MIXED = "`groups` must be all text or all numbers, got numbers and text: turn all into text by str."


@pytest.mark.parametrize(
    "use",
    [
        lambda X, y, groups: evaluate(DummyClassifier(), X, y, groups, cv=2),
        lambda X, y, groups: next(PatientKFold(2).split(X, y, groups)),
        check_leakage,
        lambda X, y, groups: leakage_gap(DummyClassifier(), X, y, groups, cv=2),
    ],
    ids=["evaluate", "PatientKFold", "check_leakage", "leakage_gap"],
)
def test_text_and_numbers_are_not_mixed_anywhere(use):
    X, y = np.random.default_rng(0).normal(size=(8, 5)), np.tile([0, 1], 4)
    with refuse(MIXED):
        use(X, y, ["a", "a", 1, 1, 2, 2, "b", "b"])


def test_whole_numbers_stay_whole_in_the_report():
    X, y = np.random.default_rng(0).normal(size=(40, 5)), np.tile([0, 1], 20)
    groups = pd.Series(np.repeat([7, 8, 9, 10], 10), dtype="Int64")
    report = evaluate(DummyClassifier(), X, y, groups, cv=2, n_resamples=0)
    assert report.groups.dtype.kind == "i"
