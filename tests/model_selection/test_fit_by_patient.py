import re

import numpy as np
import pytest
import sklearn
from imblearn.ensemble import BalancedBaggingClassifier
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline as make_imblearn_pipeline
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import AdaBoostClassifier, StackingClassifier, VotingClassifier
from sklearn.feature_selection import RFECV, SequentialFeatureSelector
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV, RidgeClassifierCV
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    LeaveOneGroupOut,
    RandomizedSearchCV,
    StratifiedGroupKFold,
    TunedThresholdClassifierCV,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from sklearn_eeg.model_selection import PatientKFold, fit_by_patient
from sklearn_eeg.model_selection._folds_inside import FoldsInside

PATIENTS = np.repeat(np.arange(10), 8)
Y = np.tile([0, 1], 40)
X = np.column_stack([PATIENTS, np.random.default_rng(0).normal(size=(80, 2)) + Y[:, np.newaxis]])

PENALTY = LogisticRegressionCV(Cs=2, l1_ratios=(0.0,), scoring="accuracy", use_legacy_attributes=False)


class Spy(ClassifierMixin, BaseEstimator):
    """Writes down the patients (first column of X) that it is fitted on and asked about."""

    log: list = []  # noqa: RUF012

    def __init__(self, number=0):
        self.number = number

    def fit(self, X, y):
        self.classes_, self.seen_ = np.unique(y), set(X[:, 0])
        return self

    def predict(self, X):
        Spy.log.append((self.seen_, set(X[:, 0])))
        return np.full(len(X), self.classes_[0])

    def predict_proba(self, X):
        Spy.log.append((self.seen_, set(X[:, 0])))
        return np.column_stack([1 - X[:, 0] / 10, X[:, 0] / 10])

    def score(self, X, y, sample_weight=None):
        return float((self.predict(X) == y).mean())


class NeedsPatients(Spy):
    """Fails unless it is told the patient of each window."""

    def fit(self, X, y, groups=None):
        np.testing.assert_array_equal(groups, X[:, 0])
        return super().fit(X, y)


def search(estimator, cv=3):
    return GridSearchCV(estimator, {}, cv=cv, error_score="raise", refit=False)


@pytest.fixture
def log():
    Spy.log.clear()
    return Spy.log


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize(
    ("estimator", "n_folds"),
    [
        (search(Spy()), 3),
        (search(Spy(), cv=None), 5),
        (search(Spy(), cv=StratifiedGroupKFold(4)), 4),
        (search(Spy(), cv=LeaveOneGroupOut()), 10),
        (search(Spy(), cv=PatientKFold(2, n_repeats=3)), 6),
        (RandomizedSearchCV(Spy(), {"number": [1, 2, 3]}, n_iter=1, cv=3, refit=False), 3),
        (search(make_pipeline("passthrough", Spy())), 3),
        (search(make_imblearn_pipeline(RandomOverSampler(random_state=0), Spy())), 3),
        (search(NeedsPatients()), 3),
        (search(make_pipeline("passthrough", NeedsPatients())), 3),
        (make_pipeline("passthrough", search(Spy())), 3),
        (make_pipeline("passthrough", make_pipeline("passthrough", search(NeedsPatients()))), 3),
        (CalibratedClassifierCV(Spy(), cv=3), 3),
        (TunedThresholdClassifierCV(Spy(), cv=3), 3),
    ],
    ids=lambda value: str(value)[:60],
)
def test_whatever_splits_inside_keeps_patients_apart(log, estimator, n_folds, routing):
    with sklearn.config_context(enable_metadata_routing=routing):
        fit_by_patient(estimator, X, Y, PATIENTS)
        assert sklearn.get_config()["enable_metadata_routing"] is routing
    assert log
    assert all(not seen & asked for seen, asked in log)
    assert len(log) == n_folds


def test_without_it_a_number_of_folds_mixes_patients(log):
    search(Spy()).fit(X, Y)
    assert all(seen & asked for seen, asked in log)


def test_the_estimator_is_not_changed():
    inner = NeedsPatients()
    estimator = GridSearchCV(inner, {"number": [1]}, cv=4)
    fitted = fit_by_patient(estimator, X, Y, PATIENTS)
    assert estimator.cv == 4
    assert not hasattr(estimator, "best_params_")
    assert not hasattr(inner, "_metadata_request")
    assert fitted.best_params_ == {"number": 1}
    assert fitted.n_splits_ == 4


@pytest.mark.parametrize("nested", [False, True])
def test_parts_that_do_not_route_are_no_obstacle(nested):
    boosted = GridSearchCV(AdaBoostClassifier(n_estimators=2), {}, cv=3, error_score="raise")
    fitted = fit_by_patient(make_pipeline(StandardScaler(), boosted) if nested else boosted, X, Y, PATIENTS)
    inner = fitted[-1] if nested else fitted
    assert isinstance(inner.cv, FoldsInside)
    assert inner.n_splits_ == 3


class Closed(NeedsPatients):
    """Does not say what it would hand on."""

    def get_metadata_routing(self):
        raise NotImplementedError


@pytest.mark.parametrize("routing", [False, True])
def test_patients_reach_a_step_that_does_not_route(log, routing):
    with sklearn.config_context(enable_metadata_routing=routing):
        fitted = fit_by_patient(make_pipeline("passthrough", Closed()), X, Y, PATIENTS)
        fit_by_patient(Closed(), X, Y, PATIENTS)
    assert fitted[-1].seen_ == set(PATIENTS)


@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(),
        make_pipeline(StandardScaler(), LinearSVC()),
        GridSearchCV(LogisticRegression(), {}, cv=KFold(3)),
        CalibratedClassifierCV(LinearSVC(), cv=3, ensemble=False),
        StackingClassifier([("search", GridSearchCV(LogisticRegression(), {}, cv=3))], cv=3),
        VotingClassifier([("a", GridSearchCV(LogisticRegression(), {}, cv=3)), ("b", LogisticRegression())]),
        CalibratedClassifierCV(FrozenEstimator(LogisticRegression().fit(X, Y)), cv=3),
        AdaBoostClassifier(PENALTY, n_estimators=2),
        make_pipeline(StandardScaler(), CalibratedClassifierCV(AdaBoostClassifier(n_estimators=2), cv=3)),
        BalancedBaggingClassifier(GridSearchCV(LogisticRegression(), {}, cv=3), n_estimators=2),
        RidgeClassifierCV(store_cv_results=True),
    ],
    ids=lambda value: str(value)[:60],
)
def test_everything_else_is_fitted_as_ever(estimator):
    fitted = fit_by_patient(estimator, X, Y, PATIENTS)
    assert fitted.score(X, Y) > 0.6


def test_without_patients_it_is_a_plain_fit():
    fitted = fit_by_patient(GridSearchCV(LogisticRegression(), {}, cv=3), X, Y, None)
    assert fitted.cv == 3
    assert fitted.best_score_ == GridSearchCV(LogisticRegression(), {}, cv=3).fit(X, Y).best_score_


def test_errors_of_the_fit_leave_routing_as_it_was():
    with pytest.raises(AssertionError):
        fit_by_patient(NeedsPatients(), X, Y, PATIENTS[::-1])
    assert sklearn.get_config()["enable_metadata_routing"] is False


def test_one_patient_cannot_be_split():
    with pytest.raises(ValueError, match="needs windows of at least 2 patients to fit on, got only 0"):
        fit_by_patient(
            GridSearchCV(LogisticRegression(), {}, error_score="raise"), X[:8], Y[:8], PATIENTS[:8]
        )


class Watch(FoldsInside):
    """Counts the folds that it makes, and fails without patients."""

    log: list = []  # noqa: RUF012

    def split(self, X, y=None, groups=None):
        for train, test in super().split(X, y, groups):
            Watch.log.append(set(groups[train]) & set(groups[test]))
            yield train, test


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("within", [False, True])
@pytest.mark.parametrize(
    "chooser",
    [
        PENALTY,
        RidgeClassifierCV(),
        RFECV(LogisticRegression()),
        SequentialFeatureSelector(LogisticRegression()),
        make_pipeline(RFECV(LogisticRegression()), LogisticRegression()),
        make_pipeline(SequentialFeatureSelector(LogisticRegression()), LogisticRegression()),
        make_imblearn_pipeline(RFECV(LogisticRegression()), LogisticRegression()),
    ],
    ids=lambda value: str(value)[:40],
)
def test_choosers_of_features_and_of_penalties(monkeypatch, chooser, within, routing):
    Watch.log.clear()
    monkeypatch.setattr("sklearn_eeg.model_selection._tell.FoldsInside", Watch)
    model = make_pipeline(StandardScaler(), chooser) if within else clone(chooser)
    with sklearn.config_context(enable_metadata_routing=routing):
        fit_by_patient(model, X, Y, PATIENTS)
    assert len(Watch.log) >= 5
    assert not any(Watch.log)


class Witness(ClassifierMixin, BaseEstimator):
    """Keeps what it was given; asks for patients as scikit-learn's splitters do."""

    __metadata_request__fit = {"groups": True}  # noqa: RUF012

    def __init__(self, answer=0):
        self.answer = answer

    def fit(self, X, y, groups=None, sample_weight=None):
        self.classes_, self.groups_, self.weight_ = np.unique(y), groups, sample_weight
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[self.answer])


class Shy(Witness):
    """Takes patients by its signature only."""

    __metadata_request__fit = {"groups": None}  # noqa: RUF012


WEIGHT = np.random.default_rng(1).random(80)


def refuse(text):
    return pytest.raises(ValueError, match=re.escape(text))


@pytest.mark.parametrize("groups", [PATIENTS, None])
@pytest.mark.parametrize("weight", [WEIGHT, None])
@pytest.mark.parametrize("witness", [Witness(), Shy()])
def test_the_end_of_pipelines_gets_patients_and_weights(witness, weight, groups):
    inner = fit_by_patient(witness, X, Y, groups, sample_weight=weight)
    pipeline = make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), witness))
    outer = fit_by_patient(pipeline, X, Y, groups, sample_weight=weight)
    for model in (inner, outer[-1][-1]):
        np.testing.assert_array_equal(model.groups_, groups)
        np.testing.assert_array_equal(model.weight_, weight)
    assert not hasattr(witness, "groups_")


def test_a_search_with_weights():
    search = GridSearchCV(LogisticRegression(), {"C": [0.1]}, cv=2)
    by_hand = LogisticRegression(C=0.1).fit(X, Y, WEIGHT)
    fitted = fit_by_patient(search, X, Y, PATIENTS, sample_weight=WEIGHT)
    np.testing.assert_allclose(fitted.best_estimator_.coef_, by_hand.coef_)
    assert isinstance(fitted.cv, FoldsInside)
    plain = fit_by_patient(search, X, Y, None, sample_weight=WEIGHT)
    np.testing.assert_allclose(plain.best_estimator_.coef_, by_hand.coef_)
    assert plain.cv == 2


def test_a_search_over_a_pipeline_with_weights():
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    search = GridSearchCV(pipeline, {}, cv=2, error_score="raise")
    fitted = fit_by_patient(make_pipeline("passthrough", search), X, Y, PATIENTS, sample_weight=WEIGHT)
    by_hand = pipeline.fit(X, Y, logisticregression__sample_weight=WEIGHT)
    np.testing.assert_allclose(fitted[-1].predict_proba(X), by_hand.predict_proba(X))


@pytest.mark.parametrize(
    ("model", "part"),
    [
        (GridSearchCV(Witness(), {}), "Witness"),
        (make_pipeline(StandardScaler(), GridSearchCV(Witness(), {}, cv=2)), "Witness"),
        (CalibratedClassifierCV(LogisticRegression(), cv=3), "CalibratedClassifierCV"),
        (make_pipeline(RFECV(LogisticRegression()), LogisticRegression()), "RFECV"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_weights_beside_patients_that_only_routing_hands_on(model, part):
    with refuse(f"for this {type(model).__name__}, whose {part} needs `groups` beside it: leave the weights"):
        fit_by_patient(model, X, Y, PATIENTS, sample_weight=WEIGHT)
    fit_by_patient(make_pipeline("passthrough", GaussianNB()), X, Y, PATIENTS, sample_weight=WEIGHT)


def test_with_routing_on_requests_decide():
    with sklearn.config_context(enable_metadata_routing=True):
        scale = StandardScaler().set_fit_request(sample_weight=False)
        pipeline = make_pipeline(scale, Witness().set_fit_request(sample_weight=True))
        witness = fit_by_patient(pipeline, X, Y, PATIENTS, sample_weight=WEIGHT)[-1]
        np.testing.assert_array_equal(witness.weight_, WEIGHT)
        np.testing.assert_array_equal(witness.groups_, PATIENTS)
        calibrated = CalibratedClassifierCV(LogisticRegression().set_fit_request(sample_weight=True), cv=3)
        fitted = fit_by_patient(calibrated, X, Y, PATIENTS, sample_weight=WEIGHT)
        assert isinstance(fitted.cv, FoldsInside)
        with pytest.raises(ValueError, match="set_fit_request"):
            fit_by_patient(make_pipeline(StandardScaler(), Witness()), X, Y, PATIENTS, sample_weight=WEIGHT)


def test_weights_that_cannot_be_used_are_refused():
    text = "`sample_weight` must be None with KNeighborsClassifier, whose fit takes no weights: leave it out"
    nearest = KNeighborsClassifier()
    for model in (nearest, make_pipeline(StandardScaler(), nearest), GridSearchCV(nearest, {})):
        with refuse(text):
            fit_by_patient(model, X, Y, PATIENTS, sample_weight=WEIGHT)


def test_weights_reach_classifiers_with_an_open_signature():
    stack = StackingClassifier([("lr", LogisticRegression())], cv=2)
    theirs = clone(stack).fit(X, Y, sample_weight=WEIGHT)
    ours = fit_by_patient(stack, X, Y, PATIENTS, sample_weight=WEIGHT)
    np.testing.assert_array_equal(ours.predict_proba(X), theirs.predict_proba(X))
