import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.ensemble import RandomForestClassifier
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.gaussian_process.kernels import RBF
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sklearn_eeg.explain._background import Data
from sklearn_eeg.explain._cut import find_stages
from sklearn_eeg.explain._engines import ENGINES, Task, choose_engine, finish, group_players
from sklearn_eeg.explain._players import Players, make_players

X = np.random.default_rng(0).normal(size=(30, 3))
Y = np.arange(30) % 2
COLUMNS = ["C3__time__mean", "C3__time__kurtosis", "Cz__time__mean"]
SAMPLING = {"n_permutations": 4, "random_state": 0, "verbose": False}


def task_of(model, output="auto", rest=(), outer=None):
    [stage] = find_stages(Data(X, X, None, COLUMNS, False), [])
    players = make_players(stage, ["feature"])
    return Task(model, list(rest), stage, X[:4], X[4:9], players, outer, output, SAMPLING, None)


@pytest.mark.parametrize(
    ("model", "fitting"),
    [
        (SVC(), ["exact", "sampling"]),
        (SVC(kernel="linear"), ["linear", "sampling"]),
        (SVC(kernel="poly"), ["sampling"]),
        (LogisticRegression(), ["linear", "sampling"]),
        (GaussianProcessClassifier(RBF(), optimizer=None), ["exact", "sampling"]),
        (RandomForestClassifier(3, random_state=0), ["tree", "sampling"]),
        (KNeighborsClassifier(), ["sampling"]),
    ],
    ids=str,
)
def test_engines_for_a_model(model, fitting):
    task = task_of(model.fit(X, Y))
    assert [name for name, engine in ENGINES.items() if engine.fits(task)] == fitting
    assert choose_engine(task, "auto") == fitting[0]
    assert choose_engine(task, "sampling") == "sampling"
    for name in fitting:
        found = ENGINES[name].explain(task)
        assert found.values.shape == (4, 3, 2)
        assert_allclose(found.values.sum(axis=1), found.outputs - found.base, atol=1e-9)


def test_closed_form_of_a_linear_model():
    model = LogisticRegression().fit(X, Y)
    found = ENGINES["linear"].explain(task_of(model))
    expected = model.coef_[0] * (X[:4] - X[4:9].mean(axis=0))
    assert_allclose(found.values, np.stack([-expected, expected], axis=-1), atol=1e-12)
    sampled = ENGINES["sampling"].explain(task_of(model))
    assert_allclose(sampled.values, found.values, atol=1e-12)
    assert (sampled.output, found.output) == ("log-odds", "log-odds")


def test_the_latent_mean_of_a_gaussian_process_is_explained():
    model = GaussianProcessClassifier(RBF(), optimizer=None).fit(X, Y)
    found = ENGINES["exact"].explain(task_of(model))
    assert found.output == "margin"
    latent = model.base_estimator_
    mean = latent.kernel_(X[:4], latent.X_train_) @ (latent.y_train_ - latent.pi_)
    assert_allclose(found.outputs[:, 1], mean, atol=1e-12)


def test_probabilities_and_steps_behind_leave_sampling_only():
    svm, forest = SVC().fit(X, Y), RandomForestClassifier(3, random_state=0).fit(X, Y)
    scaler = StandardScaler().fit(X)
    assert choose_engine(task_of(svm, output="probability"), "auto") == "sampling"
    assert choose_engine(task_of(forest, output="probability"), "auto") == "tree"
    for model in (svm, forest):
        assert choose_engine(task_of(model, rest=[("scale", scaler)]), "auto") == "sampling"


def test_steps_behind_are_done():
    pipeline = make_pipeline(StandardScaler(), SVC()).fit(X, Y)
    task = task_of(pipeline[-1], rest=pipeline.steps[:1])
    assert_allclose(finish(task, X), pipeline[0].transform(X))
    found = ENGINES["sampling"].explain(task)
    assert_allclose(found.outputs[:, 1], pipeline.decision_function(X[:4]), atol=1e-12)


def test_errors():
    task = task_of(KNeighborsClassifier().fit(X, Y))
    with pytest.raises(ValueError, match=r"one of \['sampling'\] for this KNeighborsClassifier, got 'exact'"):
        choose_engine(task, "exact")
    with pytest.raises(ValueError, match="`within` must be None for method 'sampling'"):
        choose_engine(task._replace(outer=[np.array([0, 1, 2])]), "auto")
    table = pd.DataFrame({"channel": ["C3", "C4"], "band": ["alpha", np.nan]})
    players = Players([np.array([0]), np.array([1])], table, ["a", "b"])
    with pytest.raises(ValueError, match=r"`within` must be one of \['channel'\] for players of this level"):
        group_players(players, "band")
