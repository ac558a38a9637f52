import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.evaluation._held_out import chosen_parameters, predict_held_out


def draw(n_classes=3):
    rng = np.random.default_rng(0)
    y = np.tile(np.arange(n_classes), 20)
    return rng.normal(size=(len(y), 4)) + np.eye(n_classes, 4)[y], y


class Counter(TransformerMixin, BaseEstimator):
    """Counts in a list how often it transforms."""

    calls = []  # noqa: RUF012

    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def transform(self, X):
        self.calls.append(len(X))
        return X


class OwnPipeline(Pipeline):
    """Predicts in a way of its own."""

    def predict(self, X):
        return np.zeros(len(X), dtype=int)


@pytest.mark.parametrize(
    "model",
    [
        GaussianNB(),
        make_pipeline(LogisticRegression()),
        make_pipeline("passthrough", None, LogisticRegression()),
        make_pipeline(StandardScaler(), "passthrough", SVC()),
        make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), LinearSVC(random_state=0))),
        GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [0.1, 1.0]}, cv=2),
        make_pipeline(StandardScaler(), GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2)),
    ],
)
def test_it_is_exactly_what_the_model_says(model):
    X, y = draw()
    model.fit(X, y)
    y_pred, score, method = predict_held_out(model, X[::2])
    np.testing.assert_array_equal(y_pred, model.predict(X[::2]))
    np.testing.assert_array_equal(score, getattr(model, method)(X[::2]))
    assert method == ("predict_proba" if hasattr(model, "predict_proba") else "decision_function")


def test_windows_are_transformed_once():
    X, y = draw()
    model = make_pipeline(Counter(), GaussianNB()).fit(X, y)
    Counter.calls.clear()
    predict_held_out(model, X[:7])
    assert Counter.calls == [7]
    Counter.calls.clear()
    evaluate(make_pipeline(Counter(), GaussianNB()), X, y, np.repeat(np.arange(6), 10), cv=3)
    assert sorted(Counter.calls) == [20, 20, 20, 40, 40, 40]


def test_a_pipeline_of_another_kind_keeps_its_ways():
    X, y = draw()
    model = OwnPipeline([("scale", StandardScaler()), ("bayes", GaussianNB())]).fit(X, y)
    assert not predict_held_out(model, X)[0].any()


def test_a_search_without_a_best_model_says_so():
    X, y = draw()
    search = GridSearchCV(SVC(), {"C": [1.0]}, cv=2, refit=False).fit(X, y)
    with pytest.raises(AttributeError, match="has no attribute .predict."):
        predict_held_out(search, X)


def test_neither_probabilities_nor_decision_values():
    class Silent(BaseEstimator):
        def predict(self, X):
            return np.zeros((len(X), 1))

    y_pred, score, method = predict_held_out(Silent(), np.zeros((3, 2)))
    assert (y_pred.shape, score, method) == ((3,), None, "none")


def test_choices_of_searches_are_found_within_pipelines():
    X, y = draw()
    search = GridSearchCV(SVC(), {"kernel": ["rbf"], "C": [np.float64(2.0)]}, cv=2)
    assert chosen_parameters(search.fit(X, y)) == {"kernel": "rbf", "C": 2.0}
    assert type(chosen_parameters(search)["C"]) is float
    within = make_pipeline(StandardScaler(), search).fit(X, y)
    assert chosen_parameters(within) == {"gridsearchcv__kernel": "rbf", "gridsearchcv__C": 2.0}
    steps = GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc": [GaussianNB()]}, cv=2).fit(X, y)
    assert chosen_parameters(steps) == {"svc": "GaussianNB()"}


def test_the_report_lists_the_choices_of_each_fold():
    X, y = draw(2)
    search = GridSearchCV(LogisticRegression(), {"C": [1e-6, 1.0]}, cv=2, scoring="neg_log_loss")
    groups = np.repeat(np.arange(8), 5)
    report = evaluate(search, X, y, groups, cv=4, beside={"plain": GaussianNB()}, n_resamples=10)
    assert list(report.chosen) == ["model"]
    assert report.choices()["C"].tolist() == [1.0] * 4
    assert report.choices("plain").shape == (0, 0)
    assert "Chosen in each fold" in report.to_html()
