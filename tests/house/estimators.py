"""One instance of every public estimator, as scikit-learn's checks shall see it.

The checks use 2-D data of as few as two columns, which count as windows of one channel and so many
time points: hence rates and bands that such windows can represent.
"""

from typing import NamedTuple

from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from sklearn_eeg.ensemble import GroupCalibratedClassifier, GroupStackingClassifier
from sklearn_eeg.features import (
    CanonicalFeatures,
    ComplexityFeatures,
    ConnectivityFeatures,
    FFTFeatures,
    RandomKernelFeatures,
    TimeFeatures,
    WaveletFeatures,
)
from sklearn_eeg.model_selection import OptunaSearchCV
from sklearn_eeg.neural import CNNClassifier
from sklearn_eeg.preprocessing import (
    BandpassFilter,
    ChannelRepair,
    ChannelScaler,
    Denoiser,
    NotchFilter,
    Rereference,
    Resampler,
)
from sklearn_eeg.sampling import SurrogateOversampler, WGANOversampler, WindowSMOTE


class TinyNetwork(NamedTuple):
    """Makes a network for windows of any length; its name, unlike that of a function, is always the same."""

    width: int = 16

    def __call__(self, n_channels, n_times, n_classes):
        """Return the network, whose filters are as long as the window."""
        from torch import nn

        first, last = nn.Conv1d(n_channels, self.width, n_times), nn.Conv1d(self.width, n_classes, 1)
        return nn.Sequential(first, nn.ELU(), last, nn.Flatten())


# Weighted and repeated windows come to the same in full batches and double precision.
TINY = {
    "max_epochs": 60,
    "lr": 0.02,
    "schedule": "cosine",
    "batch_size": None,
    "validation": None,
    "precision": "float64",
    "random_state": 0,
}


# Networks small enough that a check takes a moment.
TINY_WGAN = {
    "latent": 4,
    "generator_widths": (4, 4),
    "critic_widths": (4, 4),
    "kernel": 3,
    "batch_size": 8,
    "max_steps": 2,
    "random_state": 0,
}

SURROGATES = ("fourier", "iaaft", "noise", "time_shift", "segments", "gaussian")


def instances() -> list[BaseEstimator]:
    return [
        BandpassFilter(sfreq=200.0),
        CanonicalFeatures(),
        ChannelRepair(),
        ChannelScaler(),
        CNNClassifier(TinyNetwork(), **TINY),
        ComplexityFeatures(),
        ConnectivityFeatures(sfreq=2.0),
        Denoiser(sfreq=200.0),
        Denoiser(sfreq=200.0, clip=8.0, asr=10.0),
        FFTFeatures(sfreq=2.0, bands={"all": (0.0, 1.0)}),
        NotchFilter(sfreq=200.0),
        RandomKernelFeatures(n_features=84),
        Rereference(),
        Resampler(sfreq=200.0, new_sfreq=250.0),
        GroupCalibratedClassifier(LogisticRegression(), cv=3),
        OptunaSearchCV(
            LogisticRegression(), {"C": [0.1, 1.0]}, n_trials=2, cv=2, error_score="raise", random_state=0
        ),
        GroupStackingClassifier([("bayes", GaussianNB()), ("logistic", LogisticRegression())], cv=3),
        *(SurrogateOversampler(method, random_state=0) for method in SURROGATES),
        TimeFeatures(),
        WaveletFeatures(wavelet="haar"),
        WGANOversampler(**TINY_WGAN),
        WindowSMOTE(random_state=0),
    ]


# Checks that an estimator is excused from: {class name: {check: reason}}.
EXCUSED: dict[str, dict[str, str]] = {}
