import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline as make_imblearn_pipeline
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.feature_selection import RFECV, VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import Binarizer, FunctionTransformer, Normalizer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC

from sklearn_eeg.features import TimeFeatures
from sklearn_eeg.model_selection._step_cache import StepCache, join_steps

X = np.random.default_rng(0).normal(size=(30, 4)) + 3
Y = np.tile([0, 1], 15)
SPLITS = [(np.arange(20), np.arange(20, 30)), (np.arange(10, 30), np.arange(10))]


class Counting(TransformerMixin, BaseEstimator):
    """Take the mean away; count how often."""

    calls = 0

    def __init__(self, factor=1.0, stateless=False):
        self.factor = factor
        self.stateless = stateless

    def fit(self, X, y=None):
        Counting.calls += 1
        self.n_features_in_ = X.shape[1]
        self.mean_ = 0.0 if self.stateless else X.mean(axis=0)
        return self

    def transform(self, X):
        return self.factor * (X - self.mean_)


def by_hand(model, fold):
    """What the steps before the last make of a fold."""
    train, test = SPLITS[fold]
    front = clone(Pipeline(model.steps[:-1])).fit(X[train], Y[train])
    return front.transform(X[train]), front.transform(X[test])


@pytest.mark.parametrize(
    "model",
    [
        make_pipeline(StandardScaler(), SVC()),
        make_pipeline(Normalizer(), SVC()),
        make_pipeline(Normalizer(), StandardScaler(), Normalizer(), SVC()),
        make_pipeline(FeatureUnion([("a", Normalizer()), ("b", TimeFeatures())]), StandardScaler(), SVC()),
        Pipeline([("skip", "passthrough"), ("scale", StandardScaler()), ("svm", SVC())]),
        make_pipeline(FunctionTransformer(np.square), SVC()),
    ],
)
@pytest.mark.parametrize("fold", [0, 1])
def test_folds_are_as_by_hand(model, fold):
    cache = StepCache(X, Y, SPLITS)
    for _ in range(2):  # computed, and remembered
        windows, head, tail = cache.run(model, fold)
        for ours, theirs in zip(windows, by_hand(model, fold), strict=True):
            np.testing.assert_array_equal(ours, theirs)
        assert [name for name, _ in head] == [name for name, _ in model.steps[:-1]]
        assert isinstance(tail, SVC)


def test_a_step_is_fitted_once_for_its_parameters_and_fold():
    cache, Counting.calls = StepCache(X, Y, SPLITS), 0
    for svm in (SVC(C=1), SVC(C=2)):
        for fold in (0, 1):
            cache.run(make_pipeline(Counting(), svm), fold)
    assert Counting.calls == 2 + 2  # twice, once for all, to see that it learns from the fold
    cache.run(make_pipeline(Counting(2.0), SVC()), 0)
    assert Counting.calls == 5
    cache.run(make_pipeline(StandardScaler(), Counting(), SVC()), 0)
    assert Counting.calls == 6


def test_a_stateless_step_is_computed_once_for_all_folds():
    cache, Counting.calls = StepCache(X, Y, SPLITS), 0
    for fold in (0, 1, 0):
        cache.run(make_pipeline(Counting(stateless=True), SVC()), fold)
    # All windows, each fold to see that it learns nothing of its own, and one to see that it gives the same.
    assert Counting.calls == 4
    cache.run(make_pipeline(Counting(2.0, stateless=True), SVC()), 0)
    assert Counting.calls == 7  # which is not looked at again


def test_a_step_that_looks_at_other_windows_is_not_computed_for_all():
    def centre(X):
        return X - X.mean(axis=0)

    model = make_pipeline(FunctionTransformer(np.square), FunctionTransformer(centre_all), SVC())
    windows, _, _ = StepCache(X, Y, SPLITS).run(model, 0)
    np.testing.assert_allclose(windows.train, centre(X[:20] ** 2))
    np.testing.assert_allclose(windows.test, centre(X[20:] ** 2))


def test_a_step_that_learns_from_the_fold_is_fitted_in_it():
    """Two windows alone would choose the same columns, but the folds do not."""
    wide = np.column_stack([X, np.r_[np.zeros(20), np.ones(10)]])
    model = make_pipeline(VarianceThreshold(), SVC())
    cache = StepCache(wide, Y, SPLITS)
    assert [cache.run(model, fold)[0].test.shape[1] for fold in (0, 1)] == [4, 5]


class Noise(TransformerMixin, BaseEstimator):
    """Shift the windows that it is fitted on, and no others."""

    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self

    def fit_transform(self, X, y=None):
        return self.fit(X).transform(X) + 1.0

    def transform(self, X):
        return X.copy()


def fill_mean(X):
    return np.where(np.isnan(X), np.nanmean(X, axis=0), X)


def double_in_place(X):
    X *= 2
    return X


def with_gap():
    gap = X.copy()
    gap[7, 1] = np.nan  # neither the first nor the last window
    return gap


@pytest.mark.parametrize(
    ("step", "windows"),
    [
        (Noise(), X),
        (FunctionTransformer(fill_mean), with_gap()),
        (FunctionTransformer(double_in_place), X),
        (Binarizer(threshold=0.5, copy=False), X),
    ],
)
@pytest.mark.parametrize("first", ["passthrough", StandardScaler()])
def test_odd_steps_are_as_without_a_cache(step, windows, first):
    given = windows.copy()
    model = Pipeline([("first", first), ("odd", step), ("svm", SVC())])
    cache = StepCache(given, Y, SPLITS)
    for fold in (0, 1, 0):
        found, _, _ = cache.run(model, fold)
        train, test = SPLITS[fold]
        front = clone(Pipeline(model.steps[:-1]))
        np.testing.assert_array_equal(found.train, front.fit_transform(windows[train], Y[train]))
        np.testing.assert_array_equal(found.test, front.transform(windows[test]))
        found.train[:] = 0  # as a classifier might
    np.testing.assert_array_equal(given, windows)


def test_texts_are_compared_as_they_are():
    texts = np.array([["a"], ["b"]] * 15, dtype=object)
    model = make_pipeline(SimpleImputer(strategy="constant", fill_value="c"), OneHotEncoder(), SVC())
    windows, head, _ = StepCache(texts, Y, SPLITS).run(model, 0)
    assert len(head) == 2
    np.testing.assert_array_equal(windows.test.toarray()[:, 0], texts[SPLITS[0][1], 0] == "a")


def test_a_pipeline_of_another_class_is_left_whole():
    class Own(Pipeline):
        pass

    model = Own([("scale", StandardScaler()), ("svm", SVC())])
    _, head, tail = StepCache(X, Y, SPLITS).run(model, 0)
    assert head == []
    assert isinstance(tail, Own)


def test_our_own_steps_are_computed_once(monkeypatch):
    calls = []
    transform = TimeFeatures.transform
    monkeypatch.setattr(TimeFeatures, "transform", lambda self, X: calls.append(len(X)) or transform(self, X))
    cache = StepCache(X, Y, SPLITS)
    for fold in (0, 1):
        cache.run(make_pipeline(FeatureUnion([("time", TimeFeatures())]), SVC()), fold)
    assert calls == [30, 2]


def centre_all(X):
    return X - X.mean(axis=0)


@pytest.mark.parametrize(
    ("model", "n_steps"),
    [
        (SVC(), None),
        (make_imblearn_pipeline(StandardScaler(), RandomOverSampler(), SVC()), 2),
        (make_pipeline(StandardScaler(), RFECV(LogisticRegression()), SVC()), 2),
        (make_pipeline(FunctionTransformer(lambda x: x), SVC()), 2),
    ],
)
def test_what_must_be_fitted_together_is_left(model, n_steps):
    _, head, tail = StepCache(X, Y, SPLITS).run(model, 0)
    if n_steps is None:
        assert isinstance(tail, SVC)
    else:
        assert isinstance(tail, type(model))
        assert len(tail.steps) == n_steps
        assert len(head) == len(model.steps) - n_steps


def test_what_is_kept_is_bounded():
    size = X[:20].nbytes + X[20:].nbytes
    cache, Counting.calls = StepCache(X, Y, SPLITS, max_bytes=2 * size), 0
    for factor in (1.0, 2.0, 3.0, 3.0, 2.0):
        cache.run(make_pipeline(Counting(factor), SVC()), 0)
    assert Counting.calls == 3 + 2
    cache.run(make_pipeline(Counting(1.0), SVC()), 0)
    assert Counting.calls == 6


def test_steps_that_learn_nothing_are_shared():
    model = Pipeline([("skip", None), ("power", Normalizer()), ("scale", StandardScaler()), ("svm", SVC())])
    shared, head, tail = StepCache(X, Y, SPLITS).share(model)
    np.testing.assert_array_equal(shared, Normalizer().fit_transform(X))
    assert [name for name, _ in head] == ["skip", "power"]
    assert [name for name, _ in tail.steps] == ["scale", "svm"]
    assert len(shared) == len(X)


@pytest.mark.parametrize("model", [SVC(), make_pipeline(StandardScaler(), SVC())])
def test_what_shares_nothing_is_left_whole(model):
    shared, head, tail = StepCache(X, Y, SPLITS).share(model)
    assert shared is X
    assert head == []
    assert repr(tail) == repr(model)


@pytest.mark.parametrize("n_steps", [1, 2])
def test_a_pipeline_is_joined_as_it_was_cut(n_steps):
    model = make_pipeline(Normalizer(), StandardScaler(), SVC(), verbose=True)
    whole = clone(model).fit(X, Y)
    tail = whole[n_steps:] if n_steps == 1 else whole[-1]
    joined = join_steps(model, whole.steps[:n_steps], tail)
    np.testing.assert_array_equal(joined.predict(X), whole.predict(X))
    assert repr(joined) == repr(whole)
    assert model.steps[0][1] is not whole.steps[0][1]
    assert join_steps(model, [], whole) is whole
