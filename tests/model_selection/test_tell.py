import numpy as np
import pytest
from imblearn.ensemble import BalancedBaggingClassifier
from imblearn.pipeline import make_pipeline as make_imblearn_pipeline
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import AdaBoostClassifier, BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.feature_selection import RFECV, SelectFromModel, SequentialFeatureSelector
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegressionCV, RidgeClassifierCV
from sklearn.model_selection import GridSearchCV, GroupKFold, KFold, TunedThresholdClassifierCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sklearn_eeg.ensemble import GroupCalibratedClassifier
from sklearn_eeg.model_selection import fit_by_patient
from sklearn_eeg.model_selection._folds_inside import FoldsInside
from sklearn_eeg.model_selection._tell import clone_told, tell_by_routing, tell_by_step


class Informed(ClassifierMixin, BaseEstimator):
    """Takes patients, and minds what it has within."""

    def __init__(self, inner=None):
        self.inner = inner

    def fit(self, X, y, groups=None):
        return self


class Plain:
    """Takes patients, and knows no more of scikit-learn than to be cloned."""

    def get_params(self, deep=True):
        return {}

    def fit(self, X, y, groups=None):
        return self


def search(inner=None, cv=3):
    return GridSearchCV(SVC() if inner is None else inner, {}, cv=cv)


def names(parts):
    return [type(part).__name__ for part in parts]


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (SVC(), []),
        (Informed(), ["Informed"]),
        (Informed(search()), ["Informed"]),
        (Plain(), ["Plain"]),
        (search(), ["GridSearchCV"]),
        (search(cv=None), ["GridSearchCV"]),
        (search(cv=GroupKFold(3)), ["GridSearchCV"]),
        (search(cv=KFold(3)), []),
        (search(Informed(), cv=KFold(3)), ["Informed"]),
        (search(make_pipeline("passthrough", search())), ["GridSearchCV"] * 2),
        (make_pipeline(StandardScaler(), Informed()), ["Informed"]),
        (make_pipeline(SelectFromModel(LogisticRegressionCV()), SVC()), ["LogisticRegressionCV"]),
        (make_pipeline(RFECV(SVC()), SequentialFeatureSelector(SVC()), search()),
         ["RFECV", "SequentialFeatureSelector", "GridSearchCV"]),
        (make_pipeline(make_union(RFECV(SVC())), SVC()), ["RFECV"]),
        (make_pipeline(ColumnTransformer([("a", RFECV(SVC()), [0, 1])]), SVC()), ["RFECV"]),
        (VotingClassifier([("a", search()), ("b", SVC())]), ["GridSearchCV"]),
        (BaggingClassifier(search()), ["GridSearchCV"]),
        (OneVsRestClassifier(search()), ["GridSearchCV"]),
        (CalibratedClassifierCV(search()), ["CalibratedClassifierCV", "GridSearchCV"]),
        (CalibratedClassifierCV(SVC(), ensemble=False), []),
        (CalibratedClassifierCV(FrozenEstimator(SVC())), []),
        (TunedThresholdClassifierCV(SVC()), ["TunedThresholdClassifierCV"]),
        (TunedThresholdClassifierCV(search(), cv=0.3), ["GridSearchCV"]),
        (RidgeClassifierCV(), ["RidgeClassifierCV"]),
        (RidgeClassifierCV(store_cv_results=True), []),
        (StackingClassifier([("a", search())]), []),
        (BalancedBaggingClassifier(search()), []),
        (FrozenEstimator(search()), []),
        (GroupCalibratedClassifier(search()), ["GroupCalibratedClassifier"]),
    ],
    ids=lambda value: str(value)[:50],
)  # fmt: skip
def test_whom_routing_reaches(model, told):
    assert names(tell_by_routing(model)) == told
    for part in tell_by_routing(model):
        assert isinstance(getattr(part, "cv", 5), FoldsInside | GroupKFold | int)
        assert "probe" not in repr(getattr(part, "_metadata_request", None))


def test_numbers_of_folds_become_folds_by_patient():
    model = make_pipeline(RFECV(SVC(), cv=4), search(cv=None))
    tell_by_routing(model)
    assert [step.cv.n_splits for _, step in model.steps] == [4, 5]
    assert all(isinstance(step.cv, FoldsInside) for _, step in model.steps)
    stack = StackingClassifier([("a", search())], cv=4)
    tell_by_routing(stack)
    assert (stack.cv, stack.estimators[0][1].cv) == (4, 3)


def test_a_part_without_routing_changes_nothing():
    model = make_pipeline(search(), AdaBoostClassifier())
    with pytest.raises(NotImplementedError):
        tell_by_routing(model)
    assert model[0].cv == 3


def test_whom_names_of_steps_reach():
    model = make_pipeline(Informed(), make_pipeline("passthrough", search(AdaBoostClassifier())))
    told = tell_by_step(model)
    assert told == {"informed__groups": model[0], "pipeline__gridsearchcv__groups": model[1][1]}
    assert isinstance(model[1][1].cv, FoldsInside)
    assert tell_by_step(search(cv=KFold(3))) == tell_by_step(SVC()) == {}
    assert list(tell_by_step(search(cv=GroupKFold(3)))) == ["groups"]


@pytest.mark.parametrize(
    ("estimator", "untold"),
    [
        (SVC(), []),
        (search(), []),
        (search(AdaBoostClassifier()), []),
        (search(cv=KFold(3)), []),
        (make_pipeline(RFECV(SVC()), search()), []),
        (GroupCalibratedClassifier(search()), []),
        (make_pipeline(StandardScaler(), GroupCalibratedClassifier(search())), []),
        (FrozenEstimator(search()), []),
        (AdaBoostClassifier(search()), ["GridSearchCV"]),
        (make_pipeline(RFECV(AdaBoostClassifier()), search()), ["RFECV"]),
        (StackingClassifier([("a", search())]), ["StackingClassifier", "GridSearchCV"]),
        (TunedThresholdClassifierCV(SVC(), cv=0.3), ["TunedThresholdClassifierCV"]),
        (CalibratedClassifierCV(SVC(), ensemble=False), ["CalibratedClassifierCV"]),
        ("passthrough", []),
    ],
    ids=lambda value: str(value)[:50],
)
def test_who_splits_by_windows_all_the_same(estimator, untold):
    before = repr(estimator)
    model, found = clone_told(estimator)
    assert names(found) == untold
    assert type(model) is type(estimator)
    assert repr(estimator) == before


class Doubling(BaseEstimator):
    """A sampler that takes patients and has none for what it adds."""

    def fit_resample(self, X, y, groups=None):
        self.groups_ = groups
        return np.concatenate([X, X]), np.concatenate([y, y])

    def fit(self, X, y, groups=None):
        return self


class WantsGroups(ClassifierMixin, BaseEstimator):
    def fit(self, X, y, groups=None):
        assert groups is None or len(groups) == len(X)
        self.classes_, self.groups_ = np.unique(y), groups
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


@pytest.mark.parametrize("around", [lambda model: model, lambda model: GridSearchCV(model, {}, cv=2)])
def test_nobody_behind_a_sampler_is_told(around):
    X, y, groups = np.zeros((12, 2)), np.tile([0, 1], 6), np.repeat([1, 2, 3, 4, 5, 6], 2)
    model = make_imblearn_pipeline(Doubling(), WantsGroups())
    fitted = fit_by_patient(around(model), X, y, groups)
    fitted = getattr(fitted, "best_estimator_", fitted)
    assert fitted[-1].groups_ is None
    assert fitted[0].groups_ is not None
    assert list(tell_by_step(model)) == ["doubling__groups"]


def test_a_search_behind_a_sampler_splits_windows():
    X, y, groups = np.zeros((12, 2)), np.tile([0, 1], 6), np.repeat([1, 2, 3, 4, 5, 6], 2)
    model = make_imblearn_pipeline(Doubling(), GridSearchCV(WantsGroups(), {}, cv=2))
    assert fit_by_patient(model, X, y, groups)[-1].cv == 2
