"""One instance of every public estimator, as scikit-learn's checks shall see it.

The checks use 2-D data of as few as two columns, which count as windows of one channel and so many
time points: hence rates and bands that such windows can represent.
"""

from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from sklearn_eeg.ensemble import GroupCalibratedClassifier, GroupStackingClassifier
from sklearn_eeg.features import (
    CanonicalFeatures,
    ComplexityFeatures,
    ConnectivityFeatures,
    FFTFeatures,
    TimeFeatures,
    WaveletFeatures,
)
from sklearn_eeg.preprocessing import Denoiser


def instances() -> list[BaseEstimator]:
    return [
        CanonicalFeatures(),
        ComplexityFeatures(),
        ConnectivityFeatures(sfreq=2.0),
        Denoiser(sfreq=200.0),
        FFTFeatures(sfreq=2.0, bands={"all": (0.0, 1.0)}),
        GroupCalibratedClassifier(LogisticRegression(), cv=3),
        GroupStackingClassifier([("bayes", GaussianNB()), ("logistic", LogisticRegression())], cv=3),
        TimeFeatures(),
        WaveletFeatures(wavelet="haar"),
    ]


# Checks that an estimator is excused from: {class name: {check: reason}}.
EXCUSED: dict[str, dict[str, str]] = {}
