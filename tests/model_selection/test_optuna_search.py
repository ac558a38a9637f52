import multiprocessing
import os
import pickle
import signal
import time

import numpy as np
import optuna
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline as make_imblearn_pipeline
from joblib import parallel_backend
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.decomposition import PCA
from sklearn.exceptions import FitFailedWarning
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import make_scorer
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold, cross_validate
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_eeg.datasets import make_seizures
from sklearn_eeg.ensemble import GroupStackingClassifier
from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.explain import explain
from sklearn_eeg.features import TimeFeatures
from sklearn_eeg.model_selection import OptunaSearchCV, PatientKFold, fit_by_patient
from sklearn_eeg.systems import svm_baseline

FLOAT = optuna.distributions.FloatDistribution
SPACE = {"C": FLOAT(1e-3, 1e3, log=True)}


def gaussian(n_patients=8, n_windows=12, shift=1.0, seed=0):
    rng = np.random.default_rng(seed)
    y = np.tile([0, 1], n_patients * n_windows // 2)
    X = rng.normal(size=(len(y), 5)) + shift * y[:, np.newaxis] * [1, 0, 0, 0, 0.5]
    return X, y, np.repeat(np.arange(n_patients), n_windows)


def search(estimator=None, space=None, **options):
    options = {"n_trials": 6, "cv": 3, "random_state": 0} | options
    return OptunaSearchCV(SVC() if estimator is None else estimator, space or SPACE, **options)


def raising(estimator, space):
    """A search whose failures are the estimator's own, as scikit-learn's checks want them."""
    return OptunaSearchCV(estimator, space, n_trials=2, cv=2, error_score="raise", random_state=0)


@parametrize_with_checks(
    [
        raising(Ridge(), {"alpha": [0.1, 1.0]}),
        raising(make_pipeline(Normalizer(), LogisticRegression()), {"logisticregression__C": [0.1, 1.0]}),
    ]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def equal_grid(pipeline, grid, X, y, splits, **options):
    """The same candidates by scikit-learn and by us, with the rows of ours in its order."""
    theirs = GridSearchCV(pipeline, grid, cv=splits, return_train_score=True, **options).fit(X, y)
    sampler = optuna.samplers.GridSampler({name: list(values) for name, values in grid.items()}, seed=0)
    n_trials = len(theirs.cv_results_["params"])
    ours = OptunaSearchCV(
        pipeline, grid, n_trials=n_trials, cv=splits, sampler=sampler, pruner=None,
        return_train_score=True, **options,
    ).fit(X, y)  # fmt: skip
    params = ours.cv_results_["params"]
    return theirs, ours, [params.index(each) for each in theirs.cv_results_["params"]]


@pytest.mark.parametrize("scoring", [None, "roc_auc", make_scorer(lambda a, b: float(np.mean(a == b)))])
def test_scores_equal_a_plain_search_to_the_bit(scoring):
    X, y, groups = gaussian()
    splits = list(PatientKFold(3, random_state=0).split(X, y, groups))
    pipeline = make_pipeline(StandardScaler(), PCA(2, svd_solver="full"), SVC())
    grid = {"pca__n_components": [2, 3], "svc__C": [0.1, 10.0]}
    theirs, ours, order = equal_grid(pipeline, grid, X, y, splits, scoring=scoring)
    for name in theirs.cv_results_:
        if "time" not in name and "param" not in name:
            np.testing.assert_array_equal(
                ours.cv_results_[name][order], theirs.cv_results_[name], err_msg=name
            )
    assert ours.best_score_ == theirs.best_score_
    assert set(theirs.cv_results_) <= set(ours.cv_results_)
    np.testing.assert_array_equal(
        ours.cv_results_["param_svc__C"][order].astype(float),
        theirs.cv_results_["param_svc__C"].astype(float),
    )


def test_scores_of_eeg_equal_a_plain_search_to_the_bit():
    eeg = make_seizures(n_patients=4, windows_per_patient=15, window_seconds=1, random_state=0)
    y = (eeg.target > 0).astype(int)
    splits = list(StratifiedGroupKFold(2).split(eeg.data, y, eeg.groups))
    pipeline = svm_baseline(eeg.sfreq)
    theirs, ours, order = equal_grid(pipeline, {"svm__C": [1.0, 10.0]}, eeg.data, y, splits)
    for name in ("split0_test_score", "split1_test_score", "split0_train_score"):
        np.testing.assert_array_equal(ours.cv_results_[name][order], theirs.cv_results_[name])
    np.testing.assert_array_equal(
        ours.best_estimator_.decision_function(eeg.data), theirs.best_estimator_.decision_function(eeg.data)
    )


def test_several_scores():
    X, y, groups = gaussian()
    scoring = ["accuracy", "roc_auc"]
    found = search(scoring=scoring, refit="roc_auc").fit(X, y, groups=groups)
    assert found.multimetric_
    assert found.best_score_ == np.nanmax(found.cv_results_["mean_test_roc_auc"])
    assert found.cv_results_["rank_test_accuracy"].min() == 1
    assert found.score(X, y) > 0.5
    with pytest.raises(
        ValueError, match=r"`refit` must be the name of a score, one of \['accuracy', 'roc_auc'\]"
    ):
        search(scoring=scoring).fit(X, y)


def test_scorers_of_ones_own_see_windows_and_the_whole_pipeline():
    X, y, _ = gaussian()

    def score(model, X, y):
        assert list(model.named_steps) == ["scale", "skip", "svc"]
        assert abs(X.mean()) > 1
        return model.score(X, y)

    pipeline = Pipeline([("scale", StandardScaler()), ("skip", "passthrough"), ("svc", SVC())])
    options = {"space": {"svc__C": [1.0]}, "n_trials": 1}
    found = search(pipeline, scoring=score, **options).fit(X + 10, y)
    assert found.best_score_ == search(pipeline, **options).fit(X + 10, y).best_score_


class PatientSpy(ClassifierMixin, BaseEstimator):
    """Score 1 if no patient that is predicted was trained on."""

    def __init__(self, depth=1):
        self.depth = depth

    def fit(self, X, y):
        self.seen_, self.classes_ = set(X[:, 0]), np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])

    def score(self, X, y):
        return float(not self.seen_ & set(X[:, 0]))


@pytest.mark.parametrize("cv", [None, 3, PatientKFold(3)])
def test_folds_are_by_patient(cv):
    _, y, groups = gaussian()
    X = groups[:, np.newaxis].astype(float)
    space = {"depth": [1, 2]}
    assert search(PatientSpy(), space, cv=cv).fit(X, y, groups=groups).best_score_ == 1
    if not isinstance(cv, PatientKFold):
        assert search(PatientSpy(), space, cv=cv).fit(X, y).best_score_ == 0


def test_patients_reach_a_search_within_others():
    _, y, groups = gaussian()
    X = groups[:, np.newaxis].astype(float)
    inner = search(PatientSpy(), {"depth": [1, 2]}, n_trials=2)
    assert fit_by_patient(make_pipeline(StandardScaler(), inner), X, y, groups)[-1].best_score_ == 1
    outer = OptunaSearchCV(inner, {"cv": [2, 3]}, n_trials=2, random_state=0).fit(X, y, groups=groups)
    assert outer.best_estimator_.best_score_ == 1
    stack = GroupStackingClassifier([("spy", inner)], stack_method="predict", cv=2).fit(X, y, groups=groups)
    assert stack.estimators_[0].best_score_ == 1
    with config_context(enable_metadata_routing=True):
        answers = cross_validate(
            inner, X, y, cv=PatientKFold(2), params={"groups": groups}, return_estimator=True
        )
    assert all(each.best_score_ == 1 for each in answers["estimator"])


def test_evaluate_tells_the_best_parameters():
    X, y, groups = gaussian()
    report = evaluate(search(n_trials=2), X, y, groups, cv=2, n_resamples=0)
    assert "C" in str(report.to_json())


def test_explain_looks_into_it():
    X, y, groups = gaussian()
    found = search(
        make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [1.0]}, n_trials=1
    )
    values = explain(found.fit(X, y, groups=groups), X[:5], X, level="feature").values
    assert abs(values[:, 0]).mean() > 5 * abs(values[:, 1:4]).mean()


def test_sample_weight_reaches_the_last_step():
    X, y, groups = gaussian(shift=0)
    weight = np.where(y == 1, 1.0, 1e-6)
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    found = search(pipeline, {"logisticregression__C": [1.0]}, n_trials=1)
    assert np.mean(found.fit(X, y, groups=groups, sample_weight=weight).predict(X)) == 1
    assert 0 < np.mean(found.fit(X, y, groups=groups).predict(X)) < 1
    told = fit_by_patient(make_pipeline(StandardScaler(), search()), X, y, groups, sample_weight=weight)
    assert np.mean(told.predict(X)) == 1


def test_samplers_work():
    X, y, groups = gaussian()
    pipeline = make_imblearn_pipeline(StandardScaler(), RandomOverSampler(random_state=0), SVC())
    few = np.flatnonzero((y == 0) | (np.arange(len(y)) % 4 == 1))
    grid = {"svc__C": [0.1, 10.0], "randomoversampler__sampling_strategy": [0.8, 1.0]}
    splits = list(PatientKFold(3, random_state=0).split(X[few], y[few], groups[few]))
    theirs, ours, order = equal_grid(pipeline, grid, X[few], y[few], splits)
    np.testing.assert_array_equal(
        ours.cv_results_["mean_test_score"][order], theirs.cv_results_["mean_test_score"]
    )


def test_same_seed_same_trials():
    X, y, groups = gaussian()
    one, same, other = (search(random_state=seed).fit(X, y, groups=groups) for seed in (0, 0, 1))
    assert one.cv_results_["params"] == same.cv_results_["params"]
    assert one.cv_results_["params"] != other.cv_results_["params"]


def conditional(trial):
    kind = trial.suggest_categorical("kind", ["svm", "tree"])
    if kind == "svm":
        return {"last": SVC(), "last__C": trial.suggest_float("C", 0.1, 10, log=True)}
    return {
        "last": DecisionTreeClassifier(random_state=0),
        "last__max_depth": trial.suggest_int("depth", 1, 4),
    }


@pytest.mark.parametrize(
    "space",
    [conditional, {"last": [SVC(), DecisionTreeClassifier(random_state=0)], "scale": ["passthrough"]}],
)
def test_whole_steps_are_choices(space, tmp_path):
    X, y, groups = gaussian()
    pipeline = Pipeline([("scale", StandardScaler()), ("last", SVC())])
    found = search(pipeline, space, n_trials=8, storage=tmp_path / "journal").fit(X, y, groups=groups)
    kinds = {type(each["last"]).__name__ for each in found.cv_results_["params"]}
    assert kinds == {"SVC", "DecisionTreeClassifier"}
    if space is conditional:
        masks = found.cv_results_["param_last__C"].mask ^ found.cv_results_["param_last__max_depth"].mask
        assert masks.all()


class Poor(LogisticRegression):
    """Half as good with a small C."""

    def score(self, X, y, sample_weight=None):
        return super().score(X, y) * (0.1 if self.C < 1 else 1.0)


def test_poor_trials_are_stopped():
    X, y, groups = gaussian()
    space = {"C": FLOAT(0.5, 2.0)}
    found = search(Poor(), space, n_trials=20, pruner=optuna.pruners.MedianPruner(n_startup_trials=2))
    results = found.fit(X, y, groups=groups).cv_results_
    pruned = results["state"] == "pruned"
    assert pruned.any()
    assert np.isnan(results["mean_test_score"][pruned]).all()
    assert np.isfinite(results["split0_test_score"]).all()
    assert np.isnan(results["split2_test_score"][pruned]).all()
    assert results["state"][found.best_index_] == "complete"
    assert found.best_params_["C"] >= 1


class Broken(LogisticRegression):
    def fit(self, X, y, sample_weight=None):
        if self.C > 1:
            raise RuntimeError("C is too large for me")
        return super().fit(X, y)


def test_failures_are_recorded_with_their_reason():
    X, y, groups = gaussian()
    space = {"C": [0.5, 2.0]}
    with pytest.warns(
        FitFailedWarning, match=r"\d+ of 8 trials failed: \d times RuntimeError: C is too large"
    ):
        found = search(Broken(), space, n_trials=8).fit(X, y, groups=groups)
    results = found.cv_results_
    failed = results["state"] == "failed"
    assert 0 < failed.sum() < 8
    assert all("C is too large for me" in each for each in results["error"][failed])
    assert not any(results["error"][~failed])
    assert found.best_params_ == {"C": 0.5}
    with pytest.warns(FitFailedWarning):
        results = search(Broken(), space, n_trials=8, error_score=0).fit(X, y, groups=groups).cv_results_
    assert (results["mean_test_score"][results["state"] == "failed"] == 0).all()
    with pytest.raises(RuntimeError, match="C is too large"):
        search(Broken(), {"C": [2.0]}, error_score="raise").fit(X, y)
    with pytest.raises(ValueError, match=r"All 3 trials failed: 3 times RuntimeError: C is too large"):
        search(Broken(), {"C": [2.0]}, n_trials=3).fit(X, y)


def test_a_space_that_fails_is_recorded():
    X, y, groups = gaussian()

    def space(trial):
        if trial.suggest_categorical("a", [0, 1]):
            raise KeyError("forgotten")
        return {"C": 1.0}

    with pytest.warns(FitFailedWarning, match="forgotten"):
        found = search(space=space, n_trials=8).fit(X, y, groups=groups)
    assert found.best_params_ == {"C": 1.0}
    with pytest.raises(KeyError, match="forgotten"):
        search(space=space, n_trials=8, error_score="raise").fit(X, y)


def test_names_are_checked_before_anything_is_fitted():
    X, y, _ = gaussian()
    pipeline = make_pipeline(StandardScaler(), SVC())
    with pytest.raises(
        ValueError, match=r"must name parameters of the estimator, got 'svc__c'; it has .*svc__C"
    ):
        search(pipeline, {"svc__c": [1.0]}).fit(X, y)
    with pytest.raises(ValueError, match="must have a distribution of optuna or a list of choices for 'C'"):
        search(space={"C": 3.0}).fit(X, y)
    with pytest.raises(ValueError, match="must be a dict that has"):
        OptunaSearchCV(SVC(), {}).fit(X, y)
    with pytest.raises(
        ValueError, match="'n_trials' parameter of OptunaSearchCV must be an int in the range"
    ):
        search(n_trials=0).fit(X, y)
    with pytest.raises(ValueError, match="must lie in a folder that exists"):
        search(storage="no/such/folder/journal").fit(X, y)


def test_a_timeout_ends_it():
    X, y, groups = gaussian()
    found = search(n_trials=100_000, timeout=0.5)
    start = time.monotonic()
    assert len(found.fit(X, y, groups=groups).cv_results_["params"]) < 100_000
    assert time.monotonic() - start < 30


@pytest.mark.parametrize("kind", ["journal", "sqlite"])
def test_a_second_fit_adds_the_missing_trials(tmp_path, kind):
    X, y, groups = gaussian()
    storage = str(tmp_path / "journal") if kind == "journal" else f"sqlite:///{tmp_path}/study.db"
    named = {"storage": storage, "study_name": "study"}
    search(n_trials=3, **named).fit(X, y, groups=groups)
    again = search(n_trials=6, **named).fit(X, y, groups=groups)
    whole = search(n_trials=6).fit(X, y, groups=groups)
    assert again.cv_results_["params"] == whole.cv_results_["params"]
    np.testing.assert_array_equal(again.cv_results_["mean_test_score"], whole.cv_results_["mean_test_score"])
    for change in (
        {"X": X + 1}, {"y": 1 - y}, {"cv": 2}, {"space": {"C": [1.0]}}, {"scoring": "roc_auc"},
        {"estimator": SVC(gamma=2)},
    ):  # fmt: skip
        data = {"X": change.pop("X", X), "y": change.pop("y", y)}
        with pytest.raises(
            ValueError, match="must not hold a study 'study' of another search, got one with other"
        ):
            search(**named, **change).fit(**data, groups=groups)
    search(storage=storage, cv=2, n_trials=1).fit(X, y, groups=groups)
    outer = cross_validate(search(storage=storage, cv=2, n_trials=1), X, y, cv=2, return_estimator=True)
    assert len({each.study_.study_name for each in outer["estimator"]}) == 2


class Slow(LogisticRegression):
    """Wait in the third trial until the process is killed, if a file says so."""

    def __init__(self, path=None, C=1.0):
        super().__init__(C=C)
        self.path = path

    def fit(self, X, y, sample_weight=None):
        if self.path.exists():
            with self.path.open("a") as file:
                file.write("x")
            if self.path.stat().st_size > 8:
                time.sleep(600)
        return super().fit(X, y)


def fit_slow(path, storage):
    X, y, groups = gaussian()
    search(Slow(path), n_trials=6, storage=storage).fit(X, y, groups=groups)


def test_a_killed_search_goes_on_as_if_nothing_had_been(tmp_path):
    path, storage = tmp_path / "slow", tmp_path / "journal"
    path.touch()
    process = multiprocessing.get_context("spawn").Process(target=fit_slow, args=(path, storage))
    process.start()
    deadline = time.monotonic() + 60
    while path.stat().st_size <= 8 and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    path.unlink()
    X, y, groups = gaussian()
    resumed = search(Slow(path), n_trials=6, storage=storage).fit(X, y, groups=groups)
    whole = search(Slow(path), n_trials=6).fit(X, y, groups=groups)
    states = [each.state.name for each in resumed.study_.trials]
    assert states.count("FAIL") == 1
    assert resumed.cv_results_["params"] == whole.cv_results_["params"]
    np.testing.assert_array_equal(
        resumed.cv_results_["mean_test_score"], whole.cv_results_["mean_test_score"]
    )


class Interrupting(LogisticRegression):
    def fit(self, X, y, sample_weight=None):
        if Interrupting.left == 0:
            raise KeyboardInterrupt
        Interrupting.left -= 1
        return super().fit(X, y)


def test_an_interrupt_keeps_what_is_done(tmp_path):
    X, y, groups = gaussian()
    storage = tmp_path / "journal"
    Interrupting.left = 7
    with (
        pytest.warns(UserWarning, match=r"after 2 of 4 trials. Fit again with the same `storage`"),
        pytest.raises(KeyboardInterrupt),
    ):
        search(Interrupting(), n_trials=4, storage=storage).fit(X, y, groups=groups)
    Interrupting.left = 1000
    resumed = search(Interrupting(), n_trials=4, storage=storage).fit(X, y, groups=groups)
    assert (
        resumed.cv_results_["params"]
        == search(Interrupting(), n_trials=4).fit(X, y, groups=groups).cv_results_["params"]
    )


@pytest.mark.parametrize("storage", [None, "journal"])
def test_workers_share_a_study(tmp_path, storage):
    X, y, groups = gaussian()
    storage = storage and tmp_path / storage
    found = search(n_trials=7, n_jobs=2, storage=storage).fit(X, y, groups=groups)
    assert len(found.cv_results_["params"]) == 7
    assert len({each["C"] for each in found.cv_results_["params"]}) == 7
    processes = {each.user_attrs["process"] for each in found.study_.trials}
    assert 1 <= len(processes) <= 2
    assert f":{os.getpid()}" not in str(processes)


def test_threads_share_a_study():
    X, y, groups = gaussian()
    with parallel_backend("threading", n_jobs=3):
        found = search(n_trials=8).fit(X, y, groups=groups)
    assert len(found.cv_results_["params"]) == 8


def test_progress_and_the_best_score_are_shown(capsys):
    X, y, groups = gaussian()
    found = search(n_trials=3, verbose=1).fit(X, y, groups=groups)
    shown = capsys.readouterr().err
    assert "3/3" in shown
    assert f"best={found.best_score_:.3f}" in shown
    search(n_trials=1).fit(X, y)
    assert not capsys.readouterr().err


def test_pickle_and_clone():
    X, y, groups = gaussian()
    found = search().fit(X, y, groups=groups)
    again = pickle.loads(pickle.dumps(found))
    np.testing.assert_array_equal(again.predict(X), found.predict(X))
    assert again.cv_results_["params"] == found.cv_results_["params"]
    assert not hasattr(clone(found), "study_")


def test_without_refit_there_is_no_best_estimator():
    X, y, groups = gaussian()
    found = search(refit=False).fit(X, y, groups=groups)
    assert not hasattr(found, "best_estimator_")
    assert found.best_params_ in found.cv_results_["params"]


def test_optuna_stays_quiet(capsys):
    X, y, _ = gaussian()
    level = optuna.logging.get_verbosity()
    search(n_trials=1).fit(X, y)
    assert optuna.logging.get_verbosity() == level
    assert capsys.readouterr() == ("", "")


def test_the_refit_sees_no_window_again(monkeypatch):
    calls = []
    transform = TimeFeatures.transform
    monkeypatch.setattr(TimeFeatures, "transform", lambda self, X: calls.append(len(X)) or transform(self, X))
    model = make_pipeline(TimeFeatures(), StandardScaler(), LogisticRegression())
    windows, labels = np.random.default_rng(0).normal(size=(40, 2, 64)), np.tile([0, 1], 20)
    search = OptunaSearchCV(model, {"logisticregression__C": [0.1, 1.0]}, n_trials=2, cv=2, random_state=0)
    search.fit(windows, labels)
    assert sum(calls) == 40 + 2  # two are looked at once more by themselves
    plain = clone(model).set_params(**search.best_params_).fit(windows, labels)
    np.testing.assert_array_equal(search.predict_proba(windows), plain.predict_proba(windows))
    assert repr(search.best_estimator_) == repr(plain)
