import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.ensemble import AdaBoostClassifier, HistGradientBoostingClassifier, StackingClassifier
from sklearn.feature_selection import RFECV, SequentialFeatureSelector
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.model_selection import GridSearchCV, KFold, TunedThresholdClassifierCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, QuantileTransformer, RobustScaler, StandardScaler
from sklearn.svm import SVC

from sklearn_eeg.ensemble import GroupCalibratedClassifier
from sklearn_eeg.model_selection import PatientKFold
from sklearn_eeg.model_selection._fitted_outside import find_in_estimator, find_scaling

RNG = np.random.default_rng(0)
TABLE = RNG.gamma(2.0, size=(200, 6)) * [1, 10, 100, 0.1, 5, 2]
Y = np.tile([0, 1], 100)


@pytest.mark.parametrize(
    "step",
    [
        StandardScaler(),
        RobustScaler(),
        MinMaxScaler(),
        MinMaxScaler((-1, 1)),
        PCA(4),
        PCA(whiten=True),
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_steps_fitted_on_everything_leave_a_trace(step, dtype):
    scaled = step.fit_transform(TABLE).astype(dtype)
    (finding,) = find_scaling(scaled)
    assert (finding.kind, finding.severity) == ("fitted_outside", "error")
    assert type(step).__name__ in finding.sentence or isinstance(step, PCA)
    assert len(finding.indices) == 200


def test_a_constant_column_does_not_hide_the_trace():
    scaled = StandardScaler().fit_transform(np.column_stack([TABLE, np.ones(200)]))
    assert find_scaling(scaled)


@pytest.mark.parametrize("step", [StandardScaler(), RobustScaler(), MinMaxScaler(), PCA(4)], ids=str)
def test_steps_fitted_on_a_part_leave_none(step):
    assert find_scaling(step.fit(TABLE[:150]).transform(TABLE)) == []


@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        RNG.normal(size=(5000, 2)),
        np.ones((50, 3)),
        RNG.integers(0, 2, size=(50, 3)).astype(float),
        (RNG.normal(size=(8, 2)) - 1).round(1),
        StandardScaler().fit_transform(TABLE)[:9],
    ],
    ids=["features", "noise", "constant", "yes and no", "few", "very few"],
)
def test_clean_tables(table):
    assert find_scaling(table) == []


def test_windows_scaled_by_channel():
    X = RNG.normal(size=(40, 3, 64)) * [[1.0], [5.0], [30.0]] + 4
    mean, deviation = X.mean(axis=(0, 2), keepdims=True), X.std(axis=(0, 2), keepdims=True)
    assert find_scaling(X) == []
    (finding,) = find_scaling((X - mean) / deviation)
    assert "Every channel of X has mean 0 and variance 1 over all windows" in finding.sentence
    each = (X - X.mean(axis=-1, keepdims=True)) / X.std(axis=-1, keepdims=True)
    assert find_scaling(each) == []  # a window that is scaled alone knows nothing of the others


def kinds(estimator, has_patients=True):
    return [(f.kind, f.severity) for f in find_in_estimator(estimator, 200, has_patients=has_patients)]


def test_frozen_parts():
    whole, part = StandardScaler().fit(TABLE), StandardScaler().fit(TABLE[:90])
    assert kinds(make_pipeline(FrozenEstimator(whole), SVC())) == [("frozen", "error")]
    assert kinds(make_pipeline(FrozenEstimator(make_pipeline(whole)), SVC())) == [("frozen", "error")]
    assert kinds(make_pipeline(FrozenEstimator(part), SVC())) == [("frozen", "warning")]
    assert kinds(FrozenEstimator(SVC().fit(TABLE, Y))) == [("frozen", "warning")]


def test_what_is_fitted_already_is_noted_once():
    pipeline = make_pipeline(StandardScaler(), SVC())
    assert kinds(pipeline) == []
    assert kinds(pipeline.fit(TABLE, Y)) == [("fitted", "note")]
    search = GridSearchCV(SVC(), {"C": [1.0]}, cv=PatientKFold(2))
    search.fit(TABLE, Y, groups=np.repeat(np.arange(10), 20))
    assert kinds(search) == kinds(search.best_estimator_) == [("fitted", "note")]


@pytest.mark.parametrize(
    ("estimator", "word"),
    [
        (GridSearchCV(SVC(), {}, cv=KFold(3)), "GridSearchCV splits by KFold"),
        (make_pipeline(StandardScaler(), GridSearchCV(SVC(), {}, cv=KFold(3))), "cv=PatientKFold()"),
        (StackingClassifier([("svm", SVC())]), "a stack that takes `groups`"),
        (CalibratedClassifierCV(SVC(), ensemble=False), "pass ensemble=True"),
        (MLPClassifier(early_stopping=True), "pass early_stopping=False"),
        (LogisticRegressionCV(cv=KFold(3)), "LogisticRegressionCV splits by KFold"),
        (make_pipeline(RFECV(SVC(), cv=KFold(3)), SVC()), "RFECV splits by KFold"),
        (
            AdaBoostClassifier(GridSearchCV(SVC(), {}, cv=3)),
            "GridSearchCV stands where no patients are handed",
        ),
        (
            make_pipeline(RFECV(AdaBoostClassifier()), SVC()),
            "RFECV stands where no patients are handed to it",
        ),
        (TunedThresholdClassifierCV(SVC(), cv=0.25), "holds out 25% of the windows"),
        (GroupCalibratedClassifier(MLPClassifier(early_stopping=True)), "pass early_stopping=False"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_splits_inside_that_mix_patients(estimator, word):
    (finding,) = find_in_estimator(estimator, 200, has_patients=True)
    assert (finding.kind, finding.severity) == ("inner_split", "warning")
    assert word in finding.sentence
    assert kinds(estimator, has_patients=False) == []


@pytest.mark.parametrize(
    "estimator",
    [
        GridSearchCV(SVC(), {}, cv=PatientKFold(3)),
        GridSearchCV(SVC(), {}, cv=3),
        LogisticRegressionCV(),
        make_pipeline(RFECV(SVC()), SequentialFeatureSelector(SVC()), SVC()),
        GroupCalibratedClassifier(GridSearchCV(SVC(), {}, cv=3)),
        StackingClassifier([("svm", LogisticRegression())], cv="prefit"),
        CalibratedClassifierCV(SVC()),
        MLPClassifier(),
        HistGradientBoostingClassifier(),
        make_pipeline(QuantileTransformer(), SVC()),
    ],
    ids=lambda value: str(value)[:40],
)
def test_estimators_without_fault(estimator):
    assert kinds(estimator) == []


def scale_alone(X, step):
    """Scale every channel of every window by itself."""
    return np.stack([step.fit_transform(window.T).T for window in X])


@pytest.mark.parametrize(
    "step",
    [StandardScaler(), MinMaxScaler(), MinMaxScaler((-1, 1)), RobustScaler()],
    ids=str,
)
def test_windows_scaled_each_by_itself_are_fair(step):
    X = RNG.gamma(2.0, size=(60, 3, 64)) * [[1.0], [5.0], [30.0]]
    X[7, 1], X[9] = 2.0, 0.0  # a flat channel, a flat window
    assert find_scaling(scale_alone(X, step)) == []
    whole = np.stack([step.fit_transform(window.reshape(-1, 1)).reshape(3, 64) for window in X])
    assert find_scaling(whole) == []


def test_windows_whitened_each_by_itself_are_fair():
    assert find_scaling(scale_alone(RNG.gamma(2.0, size=(60, 3, 64)), PCA(whiten=True))) == []


def test_rows_of_a_table_scaled_each_by_itself_are_fair():
    table = MinMaxScaler().fit_transform(RNG.normal(size=(3000, 8)).T).T
    assert (table.min(axis=0) == 0).all()  # so that every column looks scaled
    assert find_scaling(table) == []


@pytest.mark.parametrize("step", [StandardScaler(), MinMaxScaler(), RobustScaler()], ids=str)
def test_channels_scaled_over_all_windows_are_told(step):
    X = RNG.gamma(2.0, size=(60, 3, 64))
    X[:, 0], X[5] = 4.0, np.nan  # a flat channel hides nothing, nor does a window with NaN
    rows = np.moveaxis(X, 1, -1).reshape(-1, 3)
    (finding,) = find_scaling(np.moveaxis(step.fit_transform(rows).reshape(60, 64, 3), -1, 1))
    assert "Every channel of X" in finding.sentence
    assert len(finding.indices) == 59
