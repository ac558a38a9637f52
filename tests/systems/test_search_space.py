import sys

import numpy as np
import optuna
import pytest
from imblearn.pipeline import make_pipeline as make_imblearn_pipeline
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sklearn_eeg.ensemble import GroupCalibratedClassifier, GroupStackingClassifier
from sklearn_eeg.features import FFTFeatures, TimeFeatures
from sklearn_eeg.model_selection import OptunaSearchCV
from sklearn_eeg.sampling import SurrogateOversampler
from sklearn_eeg.systems import search_space, stacked_ensemble, svm_baseline
from sklearn_eeg.systems._stacked_ensemble import MEMBERS

RNG = np.random.default_rng(0)
Y, PATIENTS = np.tile(["rest", "seizure"], 18), np.repeat(np.arange(6), 6)
X = 20 * RNG.normal(size=(36, 2, 128))
X[1::2] += 60 * np.sin(2 * np.pi * 3 * np.arange(128) / 128)


def draw(space, seed):
    """One point of a space, as `OptunaSearchCV` draws it."""
    rng = np.random.default_rng(seed)
    plain = {name: each for name, each in space.items() if not isinstance(each, list)}
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed))
    listed = {name: each[rng.integers(len(each))] for name, each in space.items() if name not in plain}
    return study.ask(plain).params | listed


def nested():
    """Each way in which one estimator holds others."""
    features = FeatureUnion([("fft", FFTFeatures(128)), ("inner", Pipeline([("time", TimeFeatures())]))])
    inner = Pipeline([("features", features), ("scale", StandardScaler()), ("svm", SVC())])
    stack = GroupStackingClassifier([("one", inner), ("two", "drop")], LogisticRegression())
    return GroupCalibratedClassifier(Pipeline([("nothing", "passthrough"), ("stack", stack)]))


SYSTEMS = {
    "baseline": svm_baseline(128),
    "baseline at 64 Hz": svm_baseline(64),
    "not denoised": svm_baseline(128, denoise=False),
    "stack": stacked_ensemble(128, members=MEMBERS),
    "sampler": make_imblearn_pipeline(SurrogateOversampler(random_state=0), svm_baseline(128)),
    "nested": nested(),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_names_are_those_of_the_system(name):
    space = search_space(SYSTEMS[name])
    assert set(space) <= set(SYSTEMS[name].get_params())
    for seed in range(3):
        point = draw(space, seed)
        params = clone(SYSTEMS[name]).set_params(**point).get_params()
        assert {each: params[each] for each in point} == point


@pytest.mark.parametrize("name", ["baseline", "not denoised", "sampler"])
@pytest.mark.parametrize("seed", range(4))
def test_what_is_drawn_is_fitted(name, seed):
    system = clone(SYSTEMS[name])
    system.set_params(**draw(search_space(system), seed)).fit(X, Y).predict(X)


def test_present_values_lie_within():
    """But for what a range has no number for: the gamma that goes by the features."""
    for name, system in SYSTEMS.items():
        params = system.get_params()
        for parameter, distribution in search_space(system).items():
            value = params[parameter]
            if isinstance(distribution, list):
                assert value == distribution[0], (name, parameter)
            elif isinstance(distribution, optuna.distributions.CategoricalDistribution):
                assert value == distribution.choices[0], (name, parameter)
            elif not parameter.endswith("svm__gamma"):
                assert distribution.low <= value <= distribution.high, (name, parameter)


def test_systems_are_looked_into():
    wanted = {
        "estimator__stack__one__features__fft__method",
        "estimator__stack__one__features__inner__time__features",
        "estimator__stack__one__svm__C",
        "estimator__stack__final_estimator__C",
        "method",
    }
    assert wanted <= set(search_space(nested()))
    of_stack = set(search_space(SYSTEMS["stack"]))
    assert {"stack__svm__svm__C", "stack__cnn__lr", "stack__final_estimator__strength"} <= of_stack
    assert {"denoise__band", "denoise__asr", "features__fft__bands"} <= set(search_space(svm_baseline(128)))


def test_what_is_dropped_passed_through_or_unknown_has_no_part():
    pipeline = Pipeline([("svm", SVC()), ("bayes", GaussianNB())])
    assert set(search_space(pipeline)) == {"svm__C", "svm__gamma"}
    assert search_space(pipeline.set_params(svm="passthrough")) == {}
    system = stacked_ensemble(128, members=["svm", "tangent"]).set_params(stack__svm="drop")
    assert not any("__svm__" in name for name in search_space(system))
    assert search_space(GaussianNB()) == {}


@pytest.mark.parametrize("search", [OptunaSearchCV(SVC(), {"C": [1.0]}), GridSearchCV(SVC(), {"C": [1.0]})])
def test_what_a_search_tunes_is_left_to_it(search):
    assert set(search_space(make_pipeline(PCA(), search))) == {"pca__n_components"}


def test_a_step_derived_from_a_known_one_has_its_space():
    class Own(SVC):
        pass

    assert set(search_space(make_pipeline(Own()))) == {"own__C", "own__gamma"}


def test_a_pipeline_is_left_as_it_is():
    system = svm_baseline(128)
    before = repr(system.get_params())
    search_space(system)
    assert repr(system.get_params()) == before


def test_it_is_searched():
    system = make_imblearn_pipeline(SurrogateOversampler(random_state=0), svm_baseline(128))
    search = OptunaSearchCV(
        system, search_space(system), n_trials=4, cv=2, error_score="raise", random_state=0, pruner=None
    )
    found = search.fit(X, Y, groups=PATIENTS)
    assert set(found.best_params_) == set(search_space(system))
    assert found.best_score_ == 1.0


@pytest.mark.parametrize("strange", ["svm", None, SVC])
def test_what_is_no_estimator_is_refused(strange):
    with pytest.raises(ValueError, match="`pipeline` must be an estimator with parameters, got"):
        search_space(strange)


def test_without_optuna(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ImportError, match=r"search_space needs optuna; install it with .*\[tune\]"):
        search_space(SVC())
