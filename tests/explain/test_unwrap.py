import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline as make_imblearn_pipeline
from numpy.testing import assert_allclose
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC, LinearSVC

from sklearn_eeg.ensemble import GroupCalibratedClassifier
from sklearn_eeg.explain._unwrap import unwrap

X = np.random.default_rng(0).normal(size=(30, 2))
Y = (X[:, 0] > 0).astype(int)


def names_of(core):
    return [name for name, _ in core.steps], type(core.final).__name__, core.is_whole


def test_a_classifier_is_itself():
    model = SVC().fit(X, Y)
    assert unwrap(model).final is model
    assert names_of(unwrap(model)) == ([], "SVC", True)


def test_steps_that_do_nothing_when_predicting_are_left_out():
    model = make_imblearn_pipeline(StandardScaler(), RandomOverSampler(random_state=0), "passthrough", SVC())
    assert names_of(unwrap(model.fit(X, Y))) == (["standardscaler"], "SVC", True)


def test_pipelines_and_searches_within_each_other():
    inner = make_pipeline(MinMaxScaler(), SVC())
    search = GridSearchCV(inner, {"svc__C": [1.0]}, cv=2)
    model = Pipeline([("scale", StandardScaler()), ("search", search)]).fit(X, Y)
    assert names_of(unwrap(model)) == (["scale", "minmaxscaler"], "SVC", True)
    assert names_of(unwrap(FrozenEstimator(model))) == (["scale", "minmaxscaler"], "SVC", True)


@pytest.mark.parametrize(
    "model",
    [
        GroupCalibratedClassifier(make_pipeline(StandardScaler(), SVC())),
        CalibratedClassifierCV(make_pipeline(StandardScaler(), SVC()), ensemble=False),
        FixedThresholdClassifier(make_pipeline(StandardScaler(), SVC()), threshold=0.3),
    ],
    ids=lambda model: type(model).__name__,
)
def test_the_one_model_within(model):
    assert names_of(unwrap(model.fit(X, Y))) == (["standardscaler"], "SVC", False)


def test_of_several_calibrated_models_none_is_the_models():
    model = CalibratedClassifierCV(LinearSVC(), ensemble=True, cv=2).fit(X, Y)
    assert names_of(unwrap(model)) == ([], "CalibratedClassifierCV", True)


def test_calibration_is_kept_behind_the_steps():
    model = GroupCalibratedClassifier(make_pipeline(StandardScaler(), SVC())).fit(X, Y)
    core = unwrap(model, keep_calibration=True)
    assert names_of(core) == (["standardscaler"], "GroupCalibratedClassifier", True)
    table = core.steps[0][1].transform(X)
    assert_allclose(core.final.predict_proba(table), model.predict_proba(X), rtol=1e-12)
    assert hasattr(model.estimator_, "steps"), "the user's model is not changed"
    twice = GroupCalibratedClassifier(model).fit(X, Y)
    assert unwrap(twice, keep_calibration=True).final.predict_proba(X).shape == (30, 2)
    other = CalibratedClassifierCV(make_pipeline(StandardScaler(), SVC()), ensemble=False).fit(X, Y)
    assert unwrap(other, keep_calibration=True).final is other


def test_errors():
    with pytest.raises(NotFittedError):
        unwrap(make_pipeline(StandardScaler(), LogisticRegression()))
    with pytest.raises(ValueError, match=r"`model` must be a fitted classifier, .*got LinearRegression\(\)"):
        unwrap(LinearRegression().fit(X, Y))
    with pytest.raises(ValueError, match="`model` must be a fitted classifier"):
        unwrap(make_pipeline(StandardScaler(), MinMaxScaler()).fit(X, Y))
