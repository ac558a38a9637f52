import re

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sklearn_eeg.ensemble._cross_fit import Member, compute_all_scores, compute_scores, cross_fit
from sklearn_eeg.ensemble._splits import make_splits
from sklearn_eeg.ensemble._training import check_training


def gaussian(n_classes=3, n_patients=6, n_windows=12, seed=0):
    rng = np.random.default_rng(seed)
    y = np.tile(np.arange(n_classes), n_patients * n_windows // n_classes)
    X = rng.normal(size=(len(y), 4)) + np.eye(n_classes, 4)[y]
    return X, y, np.repeat(np.arange(n_patients), n_windows)


@pytest.mark.parametrize("response", ["predict_proba", "decision_function", "predict"])
def test_it_is_what_scikit_learn_predicts_out_of_the_fold(response):
    X, y, groups = gaussian()
    training = check_training(X, y, groups)
    splits = make_splits(3, X, y, groups)
    model = LogisticRegression()
    [(fitted, scores)] = cross_fit([Member(model, response)], training, splits)
    theirs = cross_val_predict(model, X, y, cv=splits, method=response)
    np.testing.assert_array_equal(scores, theirs.reshape(len(y), -1))
    np.testing.assert_array_equal(fitted.coef_, LogisticRegression().fit(X, y).coef_)
    assert not hasattr(model, "coef_")


class Witness(ClassifierMixin, BaseEstimator):
    """Scores a window by whether its patient was trained on."""

    def fit(self, X, y):
        self.classes_, self.patients_ = np.unique(y), np.unique(X[:, 0])
        return self

    def predict_proba(self, X):
        seen = np.isin(X[:, 0], self.patients_)
        return np.column_stack([1.0 - seen, seen])


def test_no_window_is_scored_by_a_model_that_knows_its_patient():
    _, y, groups = gaussian(n_classes=2)
    X = groups[:, np.newaxis].astype(float)
    member, training = Member(Witness(), "predict_proba"), check_training(X, y, groups)
    [(model, scores)] = cross_fit([member], training, make_splits(3, X, y, groups))
    assert (scores[:, 1] == 0).all()
    assert (model.predict_proba(X)[:, 1] == 1).all()
    [(_, scores)] = cross_fit(
        [member], training, list(StratifiedKFold(3, shuffle=True, random_state=0).split(X, y))
    )
    assert (scores[:, 1] == 1).all()


def test_processes_and_company_change_nothing():
    X, y, groups = gaussian()
    training, splits = check_training(X, y, groups), make_splits(3, X, y, groups)
    members = [
        Member(RandomForestClassifier(5, random_state=0), "predict_proba"),
        Member(SVC(), "decision_function"),
    ]
    together = cross_fit(members, training, splits, n_jobs=2)
    for member, (_, scores) in zip(members, together, strict=True):
        np.testing.assert_array_equal(cross_fit([member], training, splits)[0].scores, scores)


def test_weights_are_those_of_the_fold():
    X, y, groups = gaussian()
    weight = np.random.default_rng(0).integers(0, 3, len(y)).astype(float)
    splits = make_splits(3, X, y, groups)
    training = check_training(X, y, groups, weight)
    model = make_pipeline(StandardScaler(), GaussianNB())
    [(_, scores)] = cross_fit([Member(model, "predict_proba")], training, splits)
    for train, test in splits:
        by_hand = make_pipeline(StandardScaler(), GaussianNB())
        by_hand.fit(X[train], y[train], gaussiannb__sample_weight=weight[train])
        np.testing.assert_array_equal(scores[test], by_hand.predict_proba(X[test]))


@pytest.mark.parametrize("model", [GaussianNB(), SVC()])
def test_a_class_that_a_model_does_not_know_is_nan(model):
    X, y, _ = gaussian()
    labels = np.array(["a", "b", "c"])
    model.fit(X[y != 1], labels[y[y != 1]])
    response = "predict_proba" if hasattr(model, "predict_proba") else "decision_function"
    scores = compute_scores(model, response, X, labels)
    assert np.isnan(scores[:, 1]).all()
    answer = getattr(model, response)(X)
    np.testing.assert_array_equal(scores[:, 2], answer if answer.ndim == 1 else answer[:, 1])
    positions = compute_scores(model, "predict", X, labels)
    assert set(positions[:, 0]) == {0, 2}


def test_pairwise_scores_are_refused():
    X, y, _ = gaussian()
    model = make_pipeline(StandardScaler(), SVC(decision_function_shape="ovo")).fit(X, y)
    text = "SVC must give one score for each of the 3 classes, got shape (72, 3) of pairs of classes: use "
    with pytest.raises(ValueError, match=re.escape(text)):
        compute_scores(model, "decision_function", X, np.arange(3))


def test_the_bar_counts_fits_only_when_asked(capsys):
    X, y, groups = gaussian()
    training, splits = check_training(X, y, groups), make_splits(3, X, y, groups)
    cross_fit([Member(GaussianNB(), "predict")] * 2, training, splits)
    assert capsys.readouterr().err == ""
    cross_fit([Member(GaussianNB(), "predict")] * 2, training, splits, title="stack")
    assert "stack: 100%" in (shown := capsys.readouterr().err)
    assert "8/8" in shown


class Squares(TransformerMixin, BaseEstimator):
    """Squares, counting the windows that it sees."""

    seen = 0

    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X):
        Squares.seen += len(X)
        return X**2


SHARING = [
    make_pipeline(Squares(), StandardScaler(), LogisticRegression()),
    make_pipeline(Squares(), GaussianNB()),
    make_pipeline(StandardScaler(), Squares(), GaussianNB()),
    GaussianNB(),
]


def test_steps_that_learn_nothing_see_each_window_once():
    X, y, groups = gaussian()
    training, splits = check_training(X, y, groups), make_splits(3, X, y, groups)
    Squares.seen = 0
    fitted = cross_fit([Member(model, "predict_proba") for model in SHARING[:2]], training, splits)
    few = 2  # looked at once more by themselves
    assert Squares.seen == 2 * len(X) + few  # and all once more in a fold, by the first member
    assert fitted[0].model[0] is fitted[1].model[0]
    Squares.seen = 0
    models = [each.model for each in fitted]
    compute_all_scores(models, ["predict_proba"] * 2, X, np.unique(y))
    assert Squares.seen == len(X)


@pytest.mark.parametrize("model", SHARING)
@pytest.mark.parametrize("weighted", [False, True])
def test_sharing_changes_nothing(model, weighted):
    X, y, groups = gaussian()
    weight = np.random.default_rng(0).integers(1, 3, len(y)).astype(float) if weighted else None
    training, splits = check_training(X, y, groups, weight), make_splits(3, X, y, groups)
    members = [Member(each, "predict_proba") for each in (model, *SHARING)]
    fitted = cross_fit(members, training, splits)

    def fit(train):
        last = f"{model.steps[-1][0]}__" if isinstance(model, Pipeline) else ""
        return clone(model).fit(
            X[train], y[train], **({f"{last}sample_weight": weight[train]} if weighted else {})
        )

    for train, test in splits:
        np.testing.assert_array_equal(fitted[0].scores[test], fit(train).predict_proba(X[test]))
    whole = fit(np.arange(len(X)))
    np.testing.assert_array_equal(fitted[0].model.predict_proba(X), whole.predict_proba(X))
    together = compute_all_scores([each.model for each in fitted], ["predict_proba"] * 5, X, np.unique(y))
    np.testing.assert_array_equal(together[0], whole.predict_proba(X))
