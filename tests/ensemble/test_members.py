import re

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression, Perceptron, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from sklearn_eeg.ensemble._members import (
    append_input,
    check_is_table,
    choose_members,
    find_input_tags,
    join_scores,
)
from sklearn_eeg.features import TimeFeatures


def refuse(text):
    return pytest.raises(ValueError, match=re.escape(text))


def test_each_is_asked_by_the_best_that_it_has():
    members = choose_members([("lr", LogisticRegression()), ("svm", SVC()), ("old", "drop")], "auto")
    assert {name: member.response for name, member in members.items()} == {
        "lr": "predict_proba",
        "svm": "decision_function",
    }
    assert choose_members([("lr", LogisticRegression())], "predict")["lr"].response == "predict"


def test_what_is_no_member():
    with refuse(
        "Each of `estimators` must have predict_proba, got p=Perceptron(): pass stack_method='auto'."
    ):
        choose_members([("p", Perceptron())], "predict_proba")
    for strange in (Ridge(), LogisticRegression, "dropped", None):
        with refuse(f"Each of `estimators` must be a classifier or 'drop', got m={strange!r}."):
            choose_members([("m", strange)], "auto")
    for nobody in ([], [SVC()], [("svm", SVC(), 1)]):
        with refuse(f"`estimators` must be a list of at least one (name, classifier), got {nobody!r}."):
            choose_members(nobody, "auto")
    with refuse("At least one of `estimators` must be a classifier, got 'drop' for all of them."):
        choose_members([("a", "drop"), ("b", "drop")], "auto")


def test_of_two_classes_the_second_column_stays():
    scores = [np.array([[0.25, 0.75], [1.0, 0.0]]), np.array([[1.0], [0.0]])]
    np.testing.assert_array_equal(join_scores(scores, ["predict_proba", "predict"]), [[0.75, 1], [0, 0]])
    three = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(
        join_scores([three, three], ["decision_function"] * 2), np.hstack([three, three])
    )


def test_unknown_classes_get_the_lowest_score():
    scores = np.array([[1.0, 2.0, np.nan], [4.0, 5.0, -6.0], [7.0, 8.0, 9.0]])
    assert join_scores([scores], ["decision_function"])[0].tolist() == [1, 2, -6]
    assert join_scores([scores], ["predict_proba"])[0].tolist() == [1, 2, 0]
    assert np.isnan(scores[0, 2])


def test_input_is_appended():
    table, X = np.array([[0.5], [0.25]]), np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(append_input(table, X), np.hstack([table, X]))
    joined = append_input(table, sparse.coo_array(X))
    assert sparse.issparse(joined)
    np.testing.assert_array_equal(joined.toarray(), np.hstack([table, X]))
    check_is_table(sparse.csr_array(X))
    with refuse("`passthrough` must be False for windows that are no table of features, got True"):
        check_is_table(np.zeros((2, 3, 4)))


def test_a_pipeline_takes_what_its_first_step_takes():
    assert find_input_tags(SVC()).three_d_array is False
    assert find_input_tags(make_pipeline("passthrough", TimeFeatures(), SVC())).three_d_array is True
