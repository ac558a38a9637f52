import re

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.evaluation._cross_predict import _FoldResult, _pool, cross_predict
from sklearn_eeg.evaluation._folds import make_folds


def gaussian(n_classes=3, n_patients=8, n_windows=12, seed=0):
    """Noisy windows whose mean depends on the class, every class in every patient."""
    rng = np.random.default_rng(seed)
    y = np.tile(np.arange(n_classes), n_patients * n_windows // n_classes)
    groups = np.repeat(np.arange(n_patients), n_windows)
    return rng.normal(size=(len(y), 4)) + 1.5 * np.eye(n_classes, 4)[y], y, groups


def refuse(text, error=ValueError):
    return pytest.raises(error, match=re.escape(text))


def test_each_system_is_asked_once_about_each_window_and_tells_its_choices():
    X, y, groups = gaussian()
    folds = make_folds(4, X, y, groups, 0)
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2)
    said, chosen = cross_predict({"bayes": GaussianNB(), "search": search}, X, y, groups, folds)
    assert (list(said), list(chosen)) == (["bayes", "search"], ["search"])
    for number, (train, test) in enumerate(folds.splits):
        model = GaussianNB().fit(X[train], y[train])
        np.testing.assert_array_equal(said["bayes"].y_pred[test], model.predict(X[test]))
        np.testing.assert_array_equal(said["bayes"].y_score[test], model.predict_proba(X[test]))
        best = LogisticRegression(**chosen["search"][number]).fit(X[train], y[train])
        np.testing.assert_array_equal(said["search"].y_pred[test], best.predict(X[test]))


def test_two_classes_by_decision_value_have_two_opposite_columns():
    report = evaluate(LinearSVC(random_state=0), *gaussian(n_classes=2))
    score = report.predictions["model"].y_score
    np.testing.assert_array_equal(score[:, 0], -score[:, 1])
    assert np.ptp(report.per_class()["roc_auc"]) < 1e-12


class Silent(GaussianNB):
    """Says which class, and gives no scores."""

    @property
    def predict_proba(self):
        raise AttributeError


def test_without_scores_the_area_is_nan():
    report = evaluate(Silent(), *gaussian())
    assert report.predictions["model"].y_score is None
    assert np.isnan(report.to_frame().loc["model", "roc_auc"])
    assert report.to_frame().drop(columns="roc_auc").notna().all(axis=None)


class Moody(GaussianNB):
    """Gives probabilities only when fitted on an even number of windows of class 0."""

    @property
    def predict_proba(self):
        if self.class_count_[0] % 2:
            raise AttributeError
        return super().predict_proba


def test_scores_of_some_folds_only_are_not_pooled():
    X, y, groups = gaussian(n_patients=4)
    cv = [(np.delete(np.arange(48), test), test) for test in (np.arange(7), np.arange(7, 48))]
    with pytest.warns(UserWarning, match="patients lie in both"):
        report = evaluate(Moody(), X, y, groups, cv=cv)
    assert (np.sum(y[7:] == 0) % 2, np.sum(y[:7] == 0) % 2) == (1, 1)
    assert report.predictions["model"].y_score is None
    cv = [(np.delete(np.arange(48), test), test) for test in (np.arange(6), np.arange(6, 48))]
    with pytest.warns(UserWarning, match="patients lie in both"):
        report = evaluate(Moody(), X, y, groups, cv=cv)
    assert report.predictions["model"].y_score is not None


@pytest.mark.parametrize(("estimator", "lowest"), [(GaussianNB(), 0.0), (SVC(), np.finfo(float).min / 4)])
def test_a_class_missing_from_training_scores_lowest(estimator, lowest):
    X, y, groups = gaussian(n_patients=4)
    third, rest = np.flatnonzero(y == 2), np.flatnonzero(y != 2)
    half = np.isin(rest, rest[: len(rest) // 2])
    tests = [third, rest[half], rest[~half]]
    cv = [(np.setdiff1d(np.arange(len(y)), test), test) for test in tests]
    with pytest.warns(UserWarning, match="lie in both|trains on no window") as caught:
        report = evaluate(estimator, X, y, groups, cv=cv)
    texts = [str(each.message) for each in caught]
    assert texts == list(report.warnings)
    assert texts[-1].startswith("Fold 0 of 3 trains on no window of class 2: its model cannot")
    score = report.predictions["model"].y_score
    assert (score[third, 2] == lowest).all()
    assert (score[rest, 2] > lowest).all()
    assert report.confusion().loc["2", "2"] == 0


class Broken(GaussianNB):
    """Answers with labels or scores that nobody can use."""

    def __init__(self, label=0, score=0.5, n_columns=3):
        super().__init__()
        self.label = label
        self.score = score
        self.n_columns = n_columns

    def predict(self, X):
        return np.full(len(X), self.label)

    def predict_proba(self, X):
        return np.full((len(X), self.n_columns), self.score)


def test_answers_must_be_usable():
    with refuse("'model' must predict labels that are in y, got [9]."):
        evaluate(Broken(label=9), *gaussian())
    with refuse("must not be NaN, got 24 of 24 windows with NaN."):
        evaluate(Broken(score=np.nan), *gaussian(), cv=4)
    with refuse("must have one column for each of the 3 classes, got shape (24, 2)"):
        evaluate(Broken(n_columns=2), *gaussian(), cv=4)


def test_infinite_scores_keep_their_order():
    report = evaluate(Broken(score=np.inf), *gaussian())
    assert (report.predictions["model"].y_score == np.finfo(float).max / 4).all()
    assert report.to_frame().loc["model", "roc_auc"] == 0.5


def test_scores_of_pairs_of_classes_are_refused():
    pairs = make_pipeline(StandardScaler(), SVC(decision_function_shape="ovo"))
    with refuse("of pairs of classes: use decision_function_shape='ovr' for SVC."):
        evaluate(pairs, *gaussian())
    assert evaluate(pairs, *gaussian(n_classes=2)).predictions["model"].y_score.shape == (96, 2)


def test_scores_of_different_kinds_are_not_pooled():
    folds = make_folds(2, np.zeros(4), np.array([0, 1, 0, 1]), np.array(["p", "p", "q", "q"]), 0)
    score, classes = np.array([[0.2, 0.8], [0.6, 0.4]]), np.array([0, 1])
    alike = [_FoldResult(classes, score, "predict_proba", classes, {})] * 2
    mixed = [alike[0], _FoldResult(classes, score, "decision_function", classes, {})]
    assert _pool(alike, folds, classes, "model").y_score is not None
    assert _pool(mixed, folds, classes, "model").y_score is None
