import numpy as np
import pytest
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from sklearn_eeg.model_selection._parts import find_last_step, has_parameter, iterate_parts, score_columns


def names(estimator, **options):
    return [type(part).__name__ for part in iterate_parts(estimator, **options)]


def test_every_depth_in_order():
    vote = VotingClassifier([("a", make_pipeline(StandardScaler(), SVC())), ("b", LinearSVC())])
    expected = ["VotingClassifier", "Pipeline", "StandardScaler", "SVC", "LinearSVC"]
    assert names(vote) == expected
    assert names(GridSearchCV(vote, {})) == ["GridSearchCV", *expected]


def test_closed_parts_are_given_but_not_opened():
    frozen = make_pipeline("passthrough", FrozenEstimator(SVC()))
    assert names(frozen, closed=lambda part: isinstance(part, FrozenEstimator)) == [
        "Pipeline",
        "FrozenEstimator",
    ]
    assert names(frozen) == ["Pipeline", "FrozenEstimator", "SVC"]


def test_what_is_no_estimator():
    assert names("passthrough") == names(SVC) == names(None) == []


def test_the_end_of_searches_and_pipelines():
    pipeline = make_pipeline(StandardScaler(), SVC())
    search = GridSearchCV(pipeline, {"svc__C": [7.0]}, cv=2)
    assert find_last_step(search) is pipeline[-1]
    search.fit([[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1])
    assert find_last_step(make_pipeline("passthrough", search)).C == 7


def test_parameters_of_methods():
    search = GridSearchCV(SVC(), {})
    assert has_parameter(SVC(), "sample_weight")
    assert not has_parameter(SVC(), "groups", by_name=False)
    assert has_parameter(search, "groups", by_name=False)
    assert not has_parameter(search, "groups")
    assert not has_parameter(SVC(), "X", "transform", by_name=False)


def test_scores_have_a_column_for_each_class():
    X, y = np.vstack([np.eye(4)] * 5), np.tile(np.arange(4), 5)
    for shape in ("ovr", "ovo"):
        two = SVC(decision_function_shape=shape).fit(X[y < 2], y[y < 2])
        value = two.decision_function(X)
        np.testing.assert_array_equal(
            score_columns(two, "decision_function", X), np.column_stack([-value, value])
        )
    for n_classes in (3, 4):  # three classes have as many pairs
        chosen = y < n_classes
        svm = SVC(decision_function_shape="ovo").fit(X[chosen], y[chosen])
        with pytest.raises(ValueError, match=f"SVC must give one score for each of the {n_classes} classes"):
            score_columns(svm, "decision_function", X)
        rest = svm.set_params(decision_function_shape="ovr")
        np.testing.assert_array_equal(score_columns(rest, "decision_function", X), rest.decision_function(X))
