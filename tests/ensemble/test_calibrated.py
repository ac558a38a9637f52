import pickle
import re
import warnings

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import GridSearchCV, KFold, StratifiedGroupKFold, StratifiedKFold, cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils import get_tags

from sklearn_eeg.datasets import load_helsinki, make_seizures
from sklearn_eeg.ensemble import GroupCalibratedClassifier
from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.features import FFTFeatures, TimeFeatures
from sklearn_eeg.model_selection import PatientKFold
from sklearn_eeg.systems import svm_baseline

METHODS = ["sigmoid", "isotonic", "temperature"]


def gaussian(n_classes=3, n_patients=10, n_windows=12, shift=1.5, seed=0):
    """Windows whose mean depends on the class, every class in every patient."""
    rng = np.random.default_rng(seed)
    y = np.tile(np.arange(n_classes), n_patients * n_windows // n_classes)
    X = rng.normal(size=(len(y), 4)) + shift * np.eye(n_classes, 4)[y]
    return X, y, np.repeat(np.arange(n_patients), n_windows)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize(
    "model", [SVC(), GaussianNB(), make_pipeline(StandardScaler(), LogisticRegression())]
)
@pytest.mark.parametrize("method", METHODS)
def test_it_is_scikit_learn_s_on_the_same_folds(method, model, n_classes):
    X, y, groups = gaussian(n_classes)
    labels = np.array(["focal", "rest", "tonic"])[y]
    splits = list(PatientKFold(4, random_state=0).split(X, y, groups))
    theirs = CalibratedClassifierCV(model, method=method, cv=splits, ensemble=False).fit(X, labels)
    ours = GroupCalibratedClassifier(model, method=method, cv=4).fit(X, labels, groups=groups)
    new = gaussian(n_classes, seed=1)[0]
    np.testing.assert_allclose(ours.predict_proba(new), theirs.predict_proba(new), atol=1e-6)
    np.testing.assert_array_equal(ours.predict(new), theirs.predict(new))
    np.testing.assert_array_equal(ours.classes_, theirs.classes_)
    by_hand = GroupCalibratedClassifier(model, method=method, cv=splits).fit(X, labels)
    np.testing.assert_array_equal(by_hand.predict_proba(new), ours.predict_proba(new))


def test_the_example_in_closed_form():
    X = np.tile(np.repeat([0.0, 1.0], 4), 100)[:, np.newaxis]
    y = np.tile([0, 0, 0, 1, 1, 1, 1, 0], 100)
    groups = np.repeat(np.arange(10), 80)
    model = GroupCalibratedClassifier(GaussianNB(), method="isotonic").fit(X, y, groups=groups)
    np.testing.assert_allclose(model.predict_proba([[0.0], [1.0]])[:, 1], [0.25, 0.75])


def calibration_error(y, proba, n_bins=10):
    """Expected calibration error of the most probable class, in bins of equal width."""
    confidence, right = proba.max(axis=1), proba.argmax(axis=1) == y
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    gaps = [abs((confidence - right)[bins == each].sum()) for each in range(n_bins)]
    return sum(gaps) / len(y)


def brier(y, proba):
    return ((proba - np.eye(proba.shape[1])[y]) ** 2).sum(axis=1).mean()


@pytest.fixture(scope="module")
def simulated():
    data = make_seizures(20, windows_per_patient=16, window_seconds=2, random_state=0)
    X = np.hstack([TimeFeatures(["line_length", "rms"]).fit_transform(data.data),
                   FFTFeatures(data.sfreq).fit_transform(data.data)])  # fmt: skip
    return X, (data.target > 0).astype(int), data.groups


@pytest.mark.parametrize("method", METHODS)
def test_probabilities_of_new_patients_get_better(simulated, method):
    X, y, groups = simulated
    before = make_pipeline(StandardScaler(), GaussianNB())  # correlated features: far too confident
    after = GroupCalibratedClassifier(before, method=method)
    report = evaluate(before, X, y, groups, beside={"calibrated": after}, name="raw")
    raw, calibrated = (report.predictions[name].y_score for name in ("raw", "calibrated"))
    for loss in (log_loss, brier, calibration_error):
        assert loss(y, calibrated) < 0.8 * loss(y, raw)


def cohort_without_signal(seed, n_patients=40, n_windows=10):
    """Each patient has one label, drawn without regard to the signal, and a fingerprint."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(n_patients), n_windows)
    y = rng.permutation(np.repeat([0, 1], n_patients // 2))[groups]
    X = rng.normal(size=(n_patients, 10))[groups] + 0.1 * rng.normal(size=(len(y), 10))
    return X, y, groups


@pytest.mark.parametrize(
    ("method", "loss", "best", "by_patient", "by_window"),
    [
        ("sigmoid", log_loss, np.log(2), 0.75, 1.5),
        ("temperature", log_loss, np.log(2), 0.75, 10),
        ("isotonic", brier, 0.5, 0.65, 0.8),  # its zeros and ones may cost an infinite log loss
    ],
)
def test_windows_of_known_patients_teach_false_confidence(method, loss, best, by_patient, by_window):
    """There is nothing to know of new patients: one half for each class is the best answer."""
    losses = []
    for seed in range(5):
        X, y, groups = cohort_without_signal(seed)
        new, truth, _ = cohort_without_signal(seed + 100)
        model = GroupCalibratedClassifier(SVC(gamma=0.1), method=method)
        safe = clone(model).fit(X, y, groups=groups)
        leaky = model.set_params(cv=StratifiedKFold(5, shuffle=True, random_state=0)).fit(X, y)
        losses.append([loss(truth, each.predict_proba(new)) for each in (safe, leaky)])
    safe, leaky = np.mean(losses, axis=0)
    assert best * 0.95 < safe < by_patient
    assert leaky > by_window


def test_on_real_newborns_only_folds_by_patient_stay_honest(eeg_data):
    """Baseline features hardly tell new infants' seizures: the share of seizures is a good answer."""
    data = load_helsinki(data_home=eeg_data)
    X, y, groups = FFTFeatures(data.sfreq).fit_transform(data.data), data.target, data.groups
    model = GroupCalibratedClassifier(make_pipeline(StandardScaler(), SVC()))
    safe, leaky = np.empty((len(y), 2)), np.empty((len(y), 2))
    for train, test in PatientKFold(3, random_state=0).split(X, y, groups):
        safe[test] = clone(model).fit(X[train], y[train], groups[train]).predict_proba(X[test])
        shuffled = clone(model).set_params(cv=StratifiedKFold(5, shuffle=True, random_state=0))
        leaky[test] = shuffled.fit(X[train], y[train]).predict_proba(X[test])
    constant = log_loss(y, np.full(len(y), y.mean()))
    assert log_loss(y, safe) < 1.05 * constant < log_loss(y, leaky)
    assert calibration_error(y, safe) < 0.5 * calibration_error(y, leaky)


@pytest.mark.parametrize("method", METHODS)
def test_evaluate_hands_it_the_patients(method):
    data = make_seizures(10, windows_per_patient=8, window_seconds=2, random_state=0)
    y = np.where(data.target > 0, "seizure", "background")
    model = GroupCalibratedClassifier(svm_baseline(data.sfreq), method=method, cv=3)
    report = evaluate(model, data.data, y, data.groups, cv=3)
    assert report.patient_wise
    assert report.warnings == ()
    assert report.to_frame().loc["model", "roc_auc"] > 0.65
    score = report.predictions["model"].y_score
    np.testing.assert_allclose(score.sum(axis=1), 1)
    train = report.fold != 0
    X, groups = data.data, data.groups
    by_hand = clone(model).fit(X[train], y[train], groups=groups[train]).predict_proba(X[~train])
    np.testing.assert_array_equal(score[~train], by_hand)
    blind = clone(model).fit(X[train], y[train]).predict_proba(X[~train])
    assert np.abs(blind - by_hand).max() > 1e-6


def test_windows_in_three_dimensions_and_epochs():
    mne = pytest.importorskip("mne")
    data = make_seizures(6, windows_per_patient=6, window_seconds=2, random_state=0)
    y = (data.target > 0).astype(int)
    model = GroupCalibratedClassifier(svm_baseline(data.sfreq, mains=None), cv=2)
    expected = clone(model).fit(data.data, y, data.groups).predict_proba(data.data)
    info = mne.create_info(list(data.ch_names), data.sfreq, "eeg")
    epochs = mne.EpochsArray(data.data * 1e-6, info, verbose="error")
    model.fit(epochs, y, data.groups)
    np.testing.assert_allclose(model.predict_proba(epochs), expected, atol=1e-8)
    assert get_tags(model).input_tags.three_d_array
    assert get_tags(model).input_tags.two_d_array


def test_patients_reach_a_search_inside():
    X, y, groups = gaussian(2)
    search = GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [0.1, 10]}, cv=2)
    model = GroupCalibratedClassifier(search, cv=3).fit(X, y, groups)
    assert search.cv == 2
    by_hand = clone(search).set_params(cv=PatientKFold(2, shuffle=False)).fit(X, y, groups=groups)
    np.testing.assert_array_equal(
        model.estimator_.cv_results_["mean_test_score"], by_hand.cv_results_["mean_test_score"]
    )


@pytest.mark.parametrize("around", [
    lambda model: make_pipeline(StandardScaler(), model),
    lambda model: GridSearchCV(model, {"method": ["sigmoid"]}, cv=2, error_score="raise"),
    lambda model: make_pipeline(
        StandardScaler(), GridSearchCV(make_pipeline("passthrough", model), {}, cv=2, error_score="raise")
    ),
], ids=["pipeline", "search", "search within pipelines"])  # fmt: skip
def test_evaluate_hands_it_the_patients_through_what_is_around_it(around):
    X, y, groups = gaussian(2, shift=0.5)
    model = around(GroupCalibratedClassifier(SVC(), cv=3))
    report = evaluate(model, X, y, groups, cv=5, n_resamples=0)
    assert report.warnings == ()
    train = report.fold != 0
    scaled = StandardScaler().fit(X[train]) if "standardscaler" in str(model).lower() else None
    known, new = (X[side] if scaled is None else scaled.transform(X[side]) for side in (train, ~train))
    alone = GroupCalibratedClassifier(SVC(), cv=3).fit(known, y[train], groups=groups[train])
    score = report.predictions["model"].y_score[~train]
    np.testing.assert_allclose(score, alone.predict_proba(new), atol=1e-12)
    blind = clone(alone).fit(known, y[train])
    assert np.abs(score - blind.predict_proba(new)).max() > 1e-4


def test_a_search_around_it():
    X, y, groups = gaussian(2)
    pipeline = make_pipeline(StandardScaler(), SVC())
    grid = {"estimator__svc__C": [1e-3, 1.0], "method": ["sigmoid", "temperature"]}
    search = GridSearchCV(
        GroupCalibratedClassifier(pipeline, cv=3), grid, cv=PatientKFold(3), scoring="neg_log_loss"
    )
    search.fit(X, y, groups=groups)
    assert search.best_score_ == search.cv_results_["mean_test_score"].max()
    with sklearn.config_context(enable_metadata_routing=True):
        model = clone(search).fit(X, y, groups=groups).best_estimator_
        expected = clone(model).fit(X, y, groups=groups).predict_proba(X)
        blind = clone(model).fit(X, y).predict_proba(X)
        scores = cross_validate(search, X, y, cv=PatientKFold(3), params={"groups": groups})
    np.testing.assert_array_equal(model.predict_proba(X), expected)
    assert np.abs(expected - blind).max() > 1e-6
    assert np.isfinite(scores["test_score"]).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("model", [SVC(), GaussianNB()])
def test_a_class_missing_from_a_fold_s_training(model, method):
    X, y, groups = gaussian(3, shift=2)
    y = np.where(y == 2, 1, y)
    rare = np.isin(groups, [0, 1]) & (np.arange(len(y)) % 3 == 2)
    y = np.where(rare, 2, y)
    cv = [(groups > 4, groups <= 4), (groups <= 4, groups > 4)]  # only patients 0 and 1 have class 2
    with pytest.warns(UserWarning, match="Inner fold 0 of 2 trains on no window of class 2"):
        calibrated = GroupCalibratedClassifier(model, method=method, cv=cv).fit(X, y, groups)
    proba = calibrated.predict_proba(X)
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    assert roc_auc_score(rare, proba[:, 2]) > 0.75  # and not below 0.5, as with scores of 0 for its windows


def test_patients_in_too_few_folds_are_refused():
    X, y, groups = gaussian(2)
    y = np.where(groups == 3, 2, y)
    with pytest.raises(ValueError, match="class 2 occurs in 1 patient"):
        GroupCalibratedClassifier(SVC()).fit(X, y, groups)
    X, y, groups = gaussian(2, n_patients=3)
    with pytest.raises(ValueError, match="5 folds need at least 5 patients, got 3"):
        GroupCalibratedClassifier(SVC()).fit(X, y, groups)


def test_warnings_point_at_the_caller():
    X, y, groups = gaussian(2)
    with pytest.warns(UserWarning, match="10 of 10 patients lie in both") as caught:
        GroupCalibratedClassifier(SVC(), cv=KFold(2, shuffle=True, random_state=0)).fit(X, y, groups)
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        GroupCalibratedClassifier(SVC(), cv=StratifiedGroupKFold(2)).fit(X, y, groups)
        GroupCalibratedClassifier(SVC()).fit(X, y)


def test_weights_count_in_fitting_and_calibrating():
    X, y, groups = gaussian(2)
    weight = np.random.default_rng(0).integers(1, 4, len(y))
    times = np.repeat(np.arange(len(y)), weight)
    cv = [(groups % 2 == 0, groups % 2 == 1), (groups % 2 == 1, groups % 2 == 0)]
    model = GroupCalibratedClassifier(LogisticRegression(tol=1e-10), cv=cv)
    weighted = clone(model).fit(X, y, groups, sample_weight=weight).predict_proba(X)
    repeated = model.set_params(cv=[(train[times], test[times]) for train, test in cv])
    expected = repeated.fit(X[times], y[times], groups[times]).predict_proba(X)
    np.testing.assert_allclose(weighted, expected, atol=1e-6)
    with pytest.raises(
        ValueError, match=r"`sample_weight` must be None with KNeighborsClassifier, whose fit"
    ):
        GroupCalibratedClassifier(KNeighborsClassifier()).fit(X, y, groups, weight)


def test_frames_lists_and_processes():
    X, y, groups = gaussian(2)
    expected = GroupCalibratedClassifier(SVC()).fit(X, y, groups).predict_proba(X)
    frame = pd.DataFrame(X, columns=list("abcd"), index=np.arange(len(y))[::-1])
    model = GroupCalibratedClassifier(make_pipeline(StandardScaler(), SVC()), n_jobs=2)
    model.fit(frame, pd.Series(y), pd.Series(groups))
    assert model.feature_names_in_.tolist() == list("abcd")
    assert model.n_features_in_ == 4
    listed = GroupCalibratedClassifier(SVC()).fit(X.tolist(), y.tolist(), groups.tolist())
    np.testing.assert_array_equal(listed.predict_proba(X.tolist()), expected)
    two = GroupCalibratedClassifier(SVC(), n_jobs=2).fit(X, y, groups)
    np.testing.assert_array_equal(two.predict_proba(X), expected)


def test_order_of_windows_and_names_of_patients_do_not_matter():
    X, y, groups = gaussian(2)
    cv = [(groups % 2 == 0, groups % 2 == 1), (groups % 2 == 1, groups % 2 == 0)]
    order = np.random.default_rng(0).permutation(len(y))
    expected = GroupCalibratedClassifier(SVC(), cv=cv).fit(X, y).predict_proba(X)
    turned = [(train[order], test[order]) for train, test in cv]
    got = GroupCalibratedClassifier(SVC(), cv=turned).fit(X[order], y[order]).predict_proba(X)
    np.testing.assert_allclose(got, expected, atol=1e-3)  # the support vector machine's own tolerance
    named = GroupCalibratedClassifier(SVC()).fit(X, y, np.array([f"p{each}" for each in groups]))
    plain = GroupCalibratedClassifier(SVC()).fit(X, y, groups)
    np.testing.assert_array_equal(named.predict_proba(X), plain.predict_proba(X))


def test_pickle():
    X, y, groups = gaussian()
    for method in METHODS:
        model = GroupCalibratedClassifier(SVC(), method=method).fit(X, y, groups)
        again = pickle.loads(pickle.dumps(model))
        np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"method": "platt"}, "The 'method' parameter of GroupCalibratedClassifier must be a str among"),
        ({"estimator": StandardScaler()}, "The 'estimator' parameter of GroupCalibratedClassifier must be"),
        ({"cv": "five"}, "The 'cv' parameter of GroupCalibratedClassifier must be"),
        ({"cv": 1}, "The 'cv' parameter of GroupCalibratedClassifier must be"),
    ],
)
def test_parameters_out_of_range(parameters, text):
    X, y, groups = gaussian()
    with pytest.raises(ValueError, match=re.escape(text)):
        GroupCalibratedClassifier(SVC()).set_params(**parameters).fit(X, y, groups)
