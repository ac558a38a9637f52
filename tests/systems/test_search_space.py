import numpy as np
import optuna
import pytest
from imblearn.pipeline import make_pipeline as make_imblearn_pipeline
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC

from sklearn_eeg.features import (
    ComplexityFeatures,
    ConnectivityFeatures,
    FFTFeatures,
    RandomKernelFeatures,
    WaveletFeatures,
)
from sklearn_eeg.model_selection import OptunaSearchCV
from sklearn_eeg.neural import CNNClassifier
from sklearn_eeg.preprocessing import Denoiser
from sklearn_eeg.sampling import SurrogateOversampler, WGANOversampler, WindowSMOTE
from sklearn_eeg.systems import search_space, stacked_ensemble, svm_baseline
from sklearn_eeg.systems._search_space import _SPACES
from sklearn_eeg.systems._stacked_ensemble import MEMBERS

RNG = np.random.default_rng(0)
X = 20 * RNG.normal(size=(40, 2, 128))
Y = np.repeat([0, 1], [30, 10])
TABLE = RNG.normal(size=(40, 8))

STEPS = [
    SVC(),
    LinearSVC(),
    LogisticRegression(),
    RidgeClassifier(),
    ExtraTreesClassifier(5),
    RandomForestClassifier(5),
    HistGradientBoostingClassifier(max_iter=2),
    KNeighborsClassifier(),
    PCA(),
    Denoiser(128),
    FFTFeatures(128),
    WaveletFeatures(),
    ComplexityFeatures(),
    ConnectivityFeatures(128),
    RandomKernelFeatures(random_state=0),
    CNNClassifier(max_epochs=1, device="cpu", random_state=0),
    SurrogateOversampler(),
    WindowSMOTE(),
    WGANOversampler(max_steps=1, batch_size=8, generator_widths=(4,), critic_widths=(4,), random_state=0),
]
TABULAR = (SVC, LinearSVC, LogisticRegression, RidgeClassifier, ExtraTreesClassifier, RandomForestClassifier,
           HistGradientBoostingClassifier, KNeighborsClassifier, PCA)  # fmt: skip


def draw(space, seed):
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed))
    return study.ask(space).params


def test_every_space_is_tried_here():
    assert {type(each).__name__ for each in STEPS} == set(_SPACES)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_what_is_drawn_is_taken(step):
    space = search_space(step)
    assert set(space) == set(_SPACES[type(step).__name__])
    for seed in range(3):
        changed = clone(step).set_params(**draw(space, seed))
        data = TABLE if isinstance(step, TABULAR) else X
        (changed.fit_resample if hasattr(step, "fit_resample") else changed.fit)(data, Y)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_defaults_lie_within(step):
    default = type(step)(128) if type(step) in (Denoiser, FFTFeatures, ConnectivityFeatures) else type(step)()
    for name, distribution in search_space(step).items():
        value = default.get_params()[name]
        if isinstance(value, float | int) and not isinstance(
            distribution, optuna.distributions.CategoricalDistribution
        ):
            assert distribution.low <= value <= distribution.high, name


@pytest.mark.parametrize(
    "system",
    [
        svm_baseline(128),
        svm_baseline(128, denoise=False),
        stacked_ensemble(128, members=MEMBERS),
        make_imblearn_pipeline(SurrogateOversampler(), svm_baseline(128)),
    ],
)
def test_names_are_those_of_the_system(system):
    space = search_space(system)
    assert set(space) <= set(system.get_params())
    clone(system).set_params(**draw(space, 0))


def test_systems_are_looked_into():
    assert {"denoise__wavelet", "features__fft__method", "svm__C"} <= set(search_space(svm_baseline(128)))
    of_stack = search_space(stacked_ensemble(128, members=MEMBERS))
    wanted = {"stack__svm__svm__C", "stack__cnn__lr", "stack__final_estimator__logistic__C"}
    assert wanted <= set(of_stack)


def test_what_is_dropped_or_unknown_has_no_part():
    pipeline = make_pipeline(SVC()).set_params(svc="passthrough")
    assert search_space(pipeline) == {}
    system = stacked_ensemble(128, members=["svm", "tangent"]).set_params(stack__svm="drop")
    assert not any("__svm__" in name for name in search_space(system))


def test_a_network_of_ones_own_is_kept():
    space = search_space(CNNClassifier(lambda n_channels, n_times, n_classes: None))
    assert "architecture" not in space
    assert "lr" in space


def test_it_is_searched():
    model = make_pipeline(PCA(), SVC())
    found = OptunaSearchCV(model, search_space(model), n_trials=3, cv=2, random_state=0).fit(TABLE, Y)
    assert set(found.best_params_) == {"pca__n_components", "svc__C", "svc__gamma"}


def test_what_has_no_parameters_is_refused():
    with pytest.raises(ValueError, match="`pipeline` must be an estimator with parameters, got 'svm'"):
        search_space("svm")
