"""What a search is given, and what it says of what it cannot use."""

import os
import socket

import joblib
import numpy as np
import optuna
import pytest
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

from sklearn_eeg.model_selection import OptunaSearchCV
from sklearn_eeg.model_selection._search_space import describe_lastingly

Y = np.tile([0, 1], 20)
X = np.random.default_rng(0).normal(size=(40, 3)) + Y[:, np.newaxis]


def search(estimator=SVC(), space=None, **options):  # noqa: B008
    options = {"n_trials": 2, "cv": 2, "random_state": 0} | options
    return OptunaSearchCV(estimator, space or {"C": [1.0, 2.0]}, **options)


def test_one_score_may_be_named_for_the_refit():
    assert search(scoring="accuracy", refit="accuracy").fit(X, Y).best_score_ > 0.5


def test_a_function_may_give_several_scores():
    def score(model, X, y):
        return {"right": model.score(X, y), "wrong": 1 - model.score(X, y)}

    found = search(scoring=score, refit="right").fit(X, Y)
    assert found.multimetric_
    assert found.score(X, Y) == found.best_estimator_.score(X, Y)


def test_without_a_fold_nothing_can_be_scored():
    with pytest.raises(ValueError, match="`cv` must give at least one fold"):
        search(cv=[]).fit(X, Y)


def test_where_all_trials_are_pruned_it_says_so():
    pruner = optuna.pruners.ThresholdPruner(lower=2.0)
    with pytest.raises(ValueError, match=r"All 2 trials were pruned or failed: take a `pruner` that"):
        search(pruner=pruner).fit(X, Y)


@pytest.mark.parametrize("name", ["groups", "sample_weight"])
def test_patients_and_weights_are_of_the_windows(name):
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        search(cv=[(np.arange(20), np.arange(20, 40))]).fit(X, Y, **{name: np.ones(60)})


def test_workers_cannot_share_memory():
    with pytest.raises(ValueError, match="`storage` must be None, or the path of a file"):
        search(storage=optuna.storages.InMemoryStorage(), n_jobs=2).fit(X, Y)


def test_threads_share_memory():
    with joblib.parallel_config("threading"):
        found = search(storage=optuna.storages.InMemoryStorage(), n_jobs=2, n_trials=4).fit(X, Y)
    assert len(found.cv_results_["params"]) == 4


def test_workers_of_a_dask_cluster_share_a_study(tmp_path):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config("dask"),
    ):
        found = search(storage=tmp_path / "journal", n_jobs=2, n_trials=6).fit(X, Y)
    assert len(found.cv_results_["params"]) == 6
    processes = {each.user_attrs["process"] for each in found.study_.trials}
    assert f"{socket.gethostname()}:{os.getpid()}" not in processes


def test_trials_that_wait_are_run_first():
    storage = optuna.storages.InMemoryStorage()
    optuna.create_study(storage=storage, study_name="mine", direction="maximize").enqueue_trial({"C": 2.0})
    found = search(storage=storage, study_name="mine").fit(X, Y)
    assert found.cv_results_["params"][0] == {"C": 2.0}


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_a_study_of_something_else_is_refused(direction):
    storage = optuna.storages.InMemoryStorage()
    study = optuna.create_study(storage=storage, study_name="mine", direction=direction)
    study.add_trial(optuna.create_trial(value=1.0))
    with pytest.raises(ValueError, match="'mine' that is no search's"):
        search(storage=storage, study_name="mine").fit(X, Y)


def test_a_study_is_of_one_estimator():
    storage = optuna.storages.InMemoryStorage()
    space = {"max_depth": [1, 2]}
    forest = RandomForestClassifier(5, bootstrap=False, random_state=0)
    search(forest, space, storage=storage, study_name="trees", scoring="accuracy").fit(X, Y)
    trees = ExtraTreesClassifier(5, random_state=0)
    with pytest.raises(ValueError, match="got one with other estimator"):
        search(trees, space, storage=storage, study_name="trees", scoring="accuracy").fit(X, Y)


def double(X):
    return X * 2


def triple(X):
    return X * 3


def test_functions_are_known_by_name_in_every_process():
    """Addresses in memory, which a new process would not have, are no part of a study."""
    storage = optuna.storages.InMemoryStorage()
    model = make_pipeline(FunctionTransformer(double), SVC())
    space = {"functiontransformer__func": [double, triple]}
    found = search(model, space, storage=storage).fit(X, Y)
    assert "0x" not in str(found.study_.user_attrs) + str(found.study_.trials)
    assert describe_lastingly(double) == "<function double>"
