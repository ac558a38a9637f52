import pickle
import re

import numpy as np
import pandas as pd
import pytest
import sklearn
from scipy import sparse
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier, StackingClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import get_tags

from sklearn_eeg.datasets import make_seizures
from sklearn_eeg.ensemble import GroupCalibratedClassifier, GroupStackingClassifier
from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.features import TimeFeatures
from sklearn_eeg.model_selection import PatientKFold
from sklearn_eeg.systems import svm_baseline


def gaussian(n_classes=3, n_patients=10, n_windows=12, shift=1.5, seed=0):
    """Windows whose mean depends on the class, every class in every patient."""
    rng = np.random.default_rng(seed)
    y = np.tile(np.arange(n_classes), n_patients * n_windows // n_classes)
    X = rng.normal(size=(len(y), 4)) + shift * np.eye(n_classes, 4)[y]
    return X, y, np.repeat(np.arange(n_patients), n_windows)


def members():
    return [
        ("svm", make_pipeline(StandardScaler(), SVC())),
        ("bayes", GaussianNB()),
        ("old", "drop"),
        ("tree", DecisionTreeClassifier(max_depth=2, random_state=0)),
    ]


def both(n_classes=3, labels=("focal", "rest", "tonic"), **parameters):
    """The same stack in scikit-learn's words and in ours, fitted on the same folds."""
    X, y, groups = gaussian(n_classes)
    y = np.array(labels)[y]
    splits = list(PatientKFold(4, random_state=0).split(X, y, groups))
    theirs = StackingClassifier(members(), cv=splits, **parameters).fit(X, y)
    ours = GroupStackingClassifier(members(), cv=4, **parameters).fit(X, y, groups=groups)
    return theirs, ours, gaussian(n_classes, seed=1)[0]


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"stack_method": "predict"},
        {"passthrough": True},
        {"final_estimator": RandomForestClassifier(5, random_state=0)},
        {"final_estimator": SVC()},
    ],
    ids=lambda value: "-".join(value) or "default",
)
def test_it_is_scikit_learn_s_on_the_same_folds(parameters, n_classes):
    theirs, ours, new = both(n_classes, **parameters)
    np.testing.assert_array_equal(ours.predict(new), theirs.predict(new))
    np.testing.assert_allclose(ours.transform(new), theirs.transform(new), atol=1e-12)
    for method in ("predict_proba", "decision_function"):
        assert hasattr(ours, method) is hasattr(theirs, method)
        if hasattr(ours, method):
            got, expected = getattr(ours, method)(new), getattr(theirs, method)(new)
            np.testing.assert_allclose(got, expected, atol=1e-12)
    assert ours.stack_method_ == theirs.stack_method_
    names = [
        name.replace("stackingclassifier", "groupstackingclassifier", 1)
        for name in theirs.get_feature_names_out()
    ]
    assert ours.get_feature_names_out().tolist() == names
    assert (ours.n_features_in_, list(ours.named_estimators_)) == (4, list(theirs.named_estimators_))
    assert ours.named_estimators_.old == "drop"
    assert len(ours.estimators_) == 3


def test_members_see_the_labels_as_they_are():
    X, y, groups = gaussian(2)
    names = np.array(["rest", "tonic"])[y]
    svm = SVC(class_weight={"rest": 1, "tonic": 50})
    stack = GroupStackingClassifier([("svm", svm)]).fit(X, names, groups)
    assert stack.named_estimators_.svm.classes_.tolist() == ["rest", "tonic"]
    assert stack.final_estimator_.classes_.tolist() == stack.classes_.tolist() == ["rest", "tonic"]


def test_members_are_set_by_name():
    stack = GroupStackingClassifier(members())
    stack.set_params(svm__svc__C=7, tree="drop", old=GaussianNB(var_smoothing=0.1))
    assert stack.get_params()["svm__svc__C"] == 7
    assert stack.get_params(deep=False)["estimators"][2][1].var_smoothing == 0.1
    X, y, groups = gaussian()
    assert clone(stack).fit(X, y, groups).named_estimators_.tree == "drop"


def cohort_of_fingerprints(seed, n_patients=30, n_windows=10):
    """One weak column of signal; ten that tell who the patient is, who has one label."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(n_patients), n_windows)
    y = rng.permutation(np.repeat([0, 1], n_patients // 2))[groups]
    signal = rng.normal(size=(len(y), 1)) + y[:, np.newaxis]
    identity = rng.normal(size=(n_patients, 10))[groups] + 0.1 * rng.normal(size=(len(y), 10))
    return np.hstack([signal, identity]), y, groups


def first_column(X):
    return X[:, :1]


def test_who_recognises_patients_is_not_trusted():
    good = make_pipeline(FunctionTransformer(first_column), LogisticRegression())
    stack = GroupStackingClassifier([("good", good), ("memory", KNeighborsClassifier())])
    leaky = clone(stack).set_params(cv=StratifiedKFold(5, shuffle=True, random_state=0))
    losses, trust = [], []
    for seed in range(5):
        X, y, groups = cohort_of_fingerprints(seed)
        new, truth, _ = cohort_of_fingerprints(seed + 100)
        fitted = stack.fit(X, y, groups=groups), leaky.fit(X, y)
        losses.append([log_loss(truth, each.predict_proba(new)) for each in fitted])
        trust.append([each.final_estimator_.coef_[0, 1] for each in fitted])
    (safe, leaked), (in_safe, in_leaked) = np.mean(losses, axis=0), np.mean(trust, axis=0)
    assert safe < 0.7 < 1.3 < leaked
    assert abs(in_safe) < 0.3 * in_leaked


def test_patients_reach_members_and_the_final_classifier():
    X, y, groups = gaussian(2)
    search = GridSearchCV(SVC(), {"C": [0.1, 10]}, cv=3)
    calibrated = GroupCalibratedClassifier(make_pipeline(StandardScaler(), SVC()), cv=3)
    stack = GroupStackingClassifier(
        [
            ("search", search),
            ("calibrated", calibrated),
            ("within", make_pipeline(StandardScaler(), calibrated)),
        ],
        GroupCalibratedClassifier(LogisticRegression(), cv=3),
        cv=3,
    ).fit(X, y, groups)
    by_hand = clone(search).set_params(cv=PatientKFold(3, shuffle=False)).fit(X, y, groups=groups)
    np.testing.assert_array_equal(
        stack.named_estimators_.search.cv_results_["mean_test_score"], by_hand.cv_results_["mean_test_score"]
    )
    expected = clone(calibrated).fit(X, y, groups=groups)
    blind = clone(calibrated).fit(X, y)
    got = stack.named_estimators_.calibrated.predict_proba(X)
    np.testing.assert_array_equal(got, expected.predict_proba(X))
    np.testing.assert_allclose(stack.named_estimators_.within.predict_proba(X), got, atol=1e-4)
    assert np.abs(got - blind.predict_proba(X)).max() > 1e-3
    table = np.empty((len(y), 1))
    for train, test in PatientKFold(3, random_state=0).split(X, y, groups):
        table[test, 0] = clone(calibrated).fit(X[train], y[train], groups[train]).predict_proba(X[test])[:, 1]
    alone = GroupStackingClassifier([("calibrated", calibrated)], cv=3).fit(X, y, groups)
    by_hand = LogisticRegression().fit(table, y)
    np.testing.assert_array_equal(alone.final_estimator_.coef_, by_hand.coef_)


def test_a_stack_within_a_stack():
    X, y, groups = gaussian(2)
    inner = GroupStackingClassifier([("bayes", GaussianNB()), ("svm", SVC())], cv=3)
    outer = GroupStackingClassifier([("inner", inner), ("lr", LogisticRegression())], cv=3).fit(X, y, groups)
    expected = clone(inner).fit(X, y, groups).predict_proba(X)
    np.testing.assert_array_equal(outer.named_estimators_.inner.predict_proba(X), expected)


def test_with_metadata_routing_a_search_around_it_gives_it_the_patients():
    X, y, groups = gaussian(2)
    stack = GroupStackingClassifier([("svm", SVC()), ("bayes", GaussianNB())], cv=3)
    with sklearn.config_context(enable_metadata_routing=True):
        search = GridSearchCV(stack, {"svm__C": [1.0]}, cv=PatientKFold(3)).fit(X, y, groups=groups)
    expected = clone(stack).fit(X, y, groups=groups).predict_proba(X)
    np.testing.assert_array_equal(search.best_estimator_.predict_proba(X), expected)
    assert np.abs(expected - clone(stack).fit(X, y).predict_proba(X)).max() > 1e-6


def test_evaluate_hands_it_the_patients():
    data = make_seizures(10, windows_per_patient=8, window_seconds=2, random_state=0)
    y = np.where(data.target > 0, "seizure", "background")
    forest = make_pipeline(TimeFeatures(), RandomForestClassifier(20, random_state=0))
    stack = GroupStackingClassifier([("svm", svm_baseline(data.sfreq)), ("forest", forest)], cv=3)
    report = evaluate(stack, data.data, y, data.groups, cv=3)
    assert report.patient_wise
    assert report.to_frame().loc["model", "roc_auc"] > 0.65
    train = report.fold != 0
    by_hand = clone(stack).fit(data.data[train], y[train], groups=data.groups[train])
    score = report.predictions["model"].y_score
    np.testing.assert_array_equal(score[~train], by_hand.predict_proba(data.data[~train]))
    assert get_tags(stack).input_tags.three_d_array
    stack.set_params(forest=RandomForestClassifier())
    assert not get_tags(stack).input_tags.three_d_array


@pytest.mark.parametrize("around", [
    lambda stack: make_pipeline("passthrough", stack),
    lambda stack: GridSearchCV(stack, {"svm__C": [1.0]}, cv=2, error_score="raise"),
], ids=["pipeline", "search"])  # fmt: skip
def test_evaluate_hands_it_the_patients_through_what_is_around_it(around):
    X, y, groups = gaussian(2, shift=0.5)
    stack = GroupStackingClassifier([("svm", SVC()), ("bayes", GaussianNB())], cv=3)
    report = evaluate(around(stack), X, y, groups, cv=5, n_resamples=0)
    train = report.fold != 0
    expected = clone(stack).fit(X[train], y[train], groups=groups[train]).predict_proba(X[~train])
    score = report.predictions["model"].y_score[~train]
    np.testing.assert_array_equal(score, expected)
    assert np.abs(score - clone(stack).fit(X[train], y[train]).predict_proba(X[~train])).max() > 1e-4


def test_epochs():
    mne = pytest.importorskip("mne")
    data = make_seizures(6, windows_per_patient=6, window_seconds=2, random_state=0)
    y = (data.target > 0).astype(int)
    stack = GroupStackingClassifier([("svm", svm_baseline(data.sfreq, mains=None))], cv=2)
    expected = clone(stack).fit(data.data, y, data.groups).predict_proba(data.data)
    info = mne.create_info(list(data.ch_names), data.sfreq, "eeg")
    epochs = mne.EpochsArray(data.data * 1e-6, info, verbose="error")
    stack.fit(epochs, y, data.groups)
    np.testing.assert_allclose(stack.predict_proba(epochs), expected, atol=1e-8)


@pytest.mark.parametrize("model", [SVC(), GaussianNB()])
def test_a_class_missing_from_a_fold_s_training(model):
    X, y, groups = gaussian(3, shift=3)
    y = np.where((y == 2) & (groups > 1), 1, y)
    cv = [(groups > 4, groups <= 4), (groups <= 4, groups > 4)]  # only patients 0 and 1 have class 2
    with pytest.warns(UserWarning, match="Inner fold 0 of 2 trains on no window of class 2") as caught:
        stack = GroupStackingClassifier([("model", model)], cv=cv).fit(X, y, groups)
    assert caught[0].filename == __file__
    assert np.isfinite(stack.final_estimator_.coef_).all()
    assert np.abs(stack.final_estimator_.coef_).max() < 100
    assert stack.predict_proba(X).shape == (len(y), 3)


def test_weights_reach_everything():
    X, y, groups = gaussian(2)
    weight = np.random.default_rng(0).random(len(y))
    splits = list(PatientKFold(3, random_state=0).split(X, y, groups))
    pair = [("lr", LogisticRegression()), ("bayes", GaussianNB())]
    theirs = StackingClassifier(pair, cv=splits).fit(X, y, sample_weight=weight)
    ours = GroupStackingClassifier(pair, cv=3).fit(X, y, groups, sample_weight=weight)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-12)
    with pytest.raises(ValueError, match="`sample_weight` must be None with KNeighborsClassifier"):
        ours.set_params(lr=KNeighborsClassifier()).fit(X, y, groups, weight)


def test_passthrough_of_tables_only():
    X, y, groups = gaussian(2)
    stack = GroupStackingClassifier([("lr", LogisticRegression())], passthrough=True, cv=3)
    dense = clone(stack).fit(X, y, groups)
    thin = clone(stack).fit(sparse.csr_array(X), y, groups)
    np.testing.assert_allclose(thin.predict_proba(sparse.csr_array(X)), dense.predict_proba(X), atol=1e-4)
    frame = pd.DataFrame(X, columns=list("abcd"))
    names = clone(stack).fit(frame, y, groups).get_feature_names_out().tolist()
    assert names == ["groupstackingclassifier_lr", "a", "b", "c", "d"]
    stack.set_params(lr=make_pipeline(TimeFeatures(["mean"]), LogisticRegression()))
    with pytest.raises(
        ValueError, match="`passthrough` must be False for windows that are no table of features"
    ):
        stack.fit(X.reshape(len(X), 2, 2), y, groups)


def test_frames_processes_and_pickle():
    X, y, groups = gaussian()
    stack = GroupStackingClassifier(members(), n_jobs=2).set_output(transform="pandas")
    frame = pd.DataFrame(X, columns=list("abcd"), index=np.arange(len(y))[::-1])
    stack.fit(frame, pd.Series(y), pd.Series(groups))
    assert stack.feature_names_in_.tolist() == list("abcd")
    table = stack.transform(frame)
    assert table.columns.tolist() == stack.get_feature_names_out().tolist()
    alone = GroupStackingClassifier(members()).fit(X, y, groups)
    np.testing.assert_allclose(alone.transform(X), table, atol=1e-12)
    again = pickle.loads(pickle.dumps(stack))
    np.testing.assert_array_equal(again.predict_proba(frame), stack.predict_proba(frame))


def test_the_bar_shows_only_when_asked(capsys):
    X, y, groups = gaussian()
    stack = GroupStackingClassifier([("bayes", GaussianNB())], cv=3).fit(X, y, groups)
    assert capsys.readouterr().err == ""
    stack.set_params(verbose=1).fit(X, y, groups)
    assert "4/4" in capsys.readouterr().err


def refuse(text):
    return pytest.raises(ValueError, match=re.escape(text))


def test_what_is_refused():
    X, y, groups = gaussian()
    bayes = GaussianNB()
    with refuse("Names provided are not unique: ['a', 'a']"):
        GroupStackingClassifier([("a", bayes), ("a", bayes)]).fit(X, y, groups)
    with refuse("`final_estimator` must be a classifier, got Ridge()."):
        GroupStackingClassifier([("a", bayes)], Ridge()).fit(X, y, groups)
    with refuse("Each of `estimators` must be a classifier or 'drop', got a=Ridge()."):
        GroupStackingClassifier([("a", Ridge())]).fit(X, y, groups)
    with refuse("`estimators` must be a list of at least one (name, classifier), got []."):
        GroupStackingClassifier([]).fit(X, y, groups)
    with refuse("The 'stack_method' parameter of GroupStackingClassifier must be a str among"):
        GroupStackingClassifier([("a", bayes)], stack_method="score").fit(X, y, groups)
    with refuse("class 2 occurs in 1 patient"):
        GroupStackingClassifier([("a", bayes)]).fit(X, np.where((y == 2) & (groups > 0), 1, y), groups)


def test_importances_name_the_member_that_decides():
    X, y, groups = gaussian(n_classes=3, shift=3)
    noise = make_pipeline(FunctionTransformer(np.zeros_like), LogisticRegression())
    stack = GroupStackingClassifier([("good", GaussianNB()), ("old", "drop"), ("blind", noise)], cv=3)
    good, blind = stack.fit(X, y, groups=groups).importances_
    assert good > 0.5
    assert blind == 0
