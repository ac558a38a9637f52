import numpy as np
import pandas as pd
import pytest

from sklearn_eeg.evaluation._coded import code_predictions


def test_labels_and_patients_become_numbers():
    coded = code_predictions(["z", "x", "y"], ["x", "x", "z"], [30, 10, 30], None, ["z", "y", "x"])
    assert coded.classes.tolist() == ["z", "y", "x"]
    assert coded.truth.tolist() == [0, 2, 1]
    assert coded.said.tolist() == [2, 2, 0]
    assert (coded.unit.tolist(), coded.n_units) == ([1, 0, 1], 2)


def test_windows_are_units_where_patients_are_unknown():
    coded = code_predictions([0, 1, 1], [0, 1, 0], None, None, None)
    assert (coded.unit.tolist(), coded.n_units) == ([0, 1, 2], 3)


def test_classes_are_those_of_truth_and_prediction():
    assert code_predictions([0, 1], [2, 1], None, None, None).classes.tolist() == [0, 1, 2]


def test_tables_are_taken():
    table = pd.DataFrame({"y": ["a", "b"], "p": ["ann", "bob"]})
    assert code_predictions(table["y"], table["y"], table["p"], None, None).unit.tolist() == [0, 1]


def test_one_score_stands_for_the_second_class():
    coded = code_predictions([0, 1], [0, 1], None, [0.25, 0.5], None)
    assert coded.score.tolist() == [[0.75, 0.25], [0.5, 0.5]]


@pytest.mark.parametrize(
    ("score", "is_probability"),
    [([[0.2, 0.8], [1, 0]], True), ([[0.2, 0.7], [1, 0]], False), ([[-1, 2], [1, 0]], False), (None, False)],
)
def test_what_is_a_probability(score, is_probability):
    assert code_predictions([0, 1], [0, 1], None, score, None).is_probability is is_probability


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y_pred": [0]}, "inconsistent numbers of samples"),
        ({"groups": [1]}, "inconsistent numbers of samples"),
        ({"groups": ["ann", None]}, "`groups` must not be missing, got None at window 1"),
        ({"y_true": [0, np.nan]}, "`y_true` must not be missing, got nan at window 1"),
        ({"groups": np.array(["ann", 3], dtype=object)}, "`groups` must be all text or all numbers"),
        ({"y_true": [], "y_pred": []}, "`y_true` must hold at least one label, got none"),
        ({"classes": [0]}, r"`y_true` must hold labels of `classes`, \[0\], got 1"),
        ({"y_pred": [0, 5], "classes": [0, 1]}, r"`y_pred` must hold labels of `classes`, \[0, 1\], got 5"),
        ({"classes": [0, 1, 1]}, r"`classes` must not repeat a label, got \[0, 1, 1\]"),
        ({"y_score": np.zeros((2, 3))}, r"`y_score` must have shape \(2, 2\), .* got \(2, 3\)"),
        ({"y_score": [[0, 1], [np.nan, 1]]}, "y_score contains NaN"),
    ],
)
def test_refused(change, message):
    given = {"y_true": [0, 1], "y_pred": [0, 1], "groups": None, "y_score": None, "classes": None}
    with pytest.raises(ValueError, match=message):
        code_predictions(**given | change)
