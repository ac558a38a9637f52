"""What a user would pick instead: systems of other packages, with the defaults of their own examples."""

import importlib
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from _neural_peers import peer
from sklearn.base import BaseEstimator
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sklearn_eeg.neural import CNNClassifier

MNE_FEATURES = (
    "mean",
    "std",
    "skewness",
    "kurtosis",
    "ptp_amp",
    "line_length",
    "zero_crossings",
    "hjorth_mobility",
    "hjorth_complexity",
    "pow_freq_bands",
    "spect_entropy",
    "spect_edge_freq",
    "energy_freq_bands",
    "wavelet_coef_energy",
    "higuchi_fd",
    "samp_entropy",
)
ROCKET = "MiniRocket + ridge (aeon)"
CATCH22 = "catch22 + extra trees (aeon)"
EPOCHS = 30  # at most, of every network
OF_AEON = (ROCKET, CATCH22)


def compute_mne_features(X: np.ndarray, sfreq: float) -> np.ndarray:
    """Return 16 families of mne-features, its defaults otherwise, and its bands up to half the rate."""
    extraction = importlib.import_module("mne_features.feature_extraction")
    bands = np.array([0.5, 4.0, 8.0, 13.0, 30.0, 100.0])
    bands = np.append(bands[bands < sfreq / 2 - 1], [sfreq / 2 - 1] if sfreq < 200 else [])
    params = {f"{name}__freq_bands": bands for name in ("pow_freq_bands", "energy_freq_bands")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return extraction.extract_features(X, sfreq, list(MNE_FEATURES), funcs_params=params)


def compute_tsfel(X: np.ndarray, sfreq: float) -> np.ndarray:
    """Return tsfel's default set of features of each channel."""
    tsfel = importlib.import_module("tsfel")
    settings = tsfel.get_features_by_domain()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = [
            tsfel.time_series_features_extractor(settings, window.T, fs=sfreq, verbose=0).to_numpy()[0]
            for window in X
        ]
    return np.stack(rows)


def compute_catch22(X: np.ndarray, sfreq: float) -> np.ndarray:  # noqa: ARG001
    """Return aeon's catch22 of each channel."""
    package = importlib.import_module("aeon.transformations.collection.feature_based")
    return package.Catch22(catch24=True).fit_transform(X)


FEATURES: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "mne-features + SVM": compute_mne_features,
    "tsfel + random forest": compute_tsfel,
    CATCH22: compute_catch22,
}


def classify_features(system: str, seed: int) -> BaseEstimator:
    """Return the classifier of a table of features, by the name of the system."""
    classifiers = {
        "mne-features + SVM": make_pipeline(StandardScaler(), SVC(class_weight="balanced")),
        "tsfel + random forest": RandomForestClassifier(300, random_state=seed),
        CATCH22: ExtraTreesClassifier(300, random_state=seed),
    }
    return classifiers[system]


def _rocket(sfreq: float, seed: int) -> BaseEstimator:  # noqa: ARG001
    package = importlib.import_module("aeon.transformations.collection.convolution_based")
    ridge = RidgeClassifierCV(alphas=np.logspace(-3, 3, 10))
    return make_pipeline(package.MiniRocket(random_state=seed), StandardScaler(), ridge)


def _tangent_space(sfreq: float, seed: int) -> BaseEstimator:  # noqa: ARG001
    estimation = importlib.import_module("pyriemann.estimation")
    space = importlib.import_module("pyriemann.tangentspace")
    logistic = LogisticRegression(max_iter=2000)
    return make_pipeline(estimation.Covariances("oas"), space.TangentSpace(), logistic)


def _network(name: str, sfreq: float, seed: int) -> BaseEstimator:
    return CNNClassifier(partial(peer, name), sfreq=sfreq, max_epochs=EPOCHS, random_state=seed)


WHOLE: dict[str, Callable[[float, int], Any]] = {
    "tangent space + logistic (pyriemann)": _tangent_space,
    ROCKET: _rocket,
    "EEGNet (braindecode)": partial(_network, "eegnet"),
    "ShallowConvNet (braindecode)": partial(_network, "shallow"),
}
