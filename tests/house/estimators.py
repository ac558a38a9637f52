"""One instance of every public estimator, as scikit-learn's checks shall see it.

The checks use 2-D data of as few as two columns, which count as windows of one channel and so many
time points: hence rates and bands that such windows can represent.
"""

from sklearn.base import BaseEstimator

from sklearn_eeg.features import (
    CanonicalFeatures,
    ComplexityFeatures,
    ConnectivityFeatures,
    FFTFeatures,
    TimeFeatures,
    WaveletFeatures,
)
from sklearn_eeg.preprocessing import (
    BandpassFilter,
    ChannelRepair,
    ChannelScaler,
    Denoiser,
    NotchFilter,
    Rereference,
    Resampler,
)


def instances() -> list[BaseEstimator]:
    return [
        BandpassFilter(sfreq=200.0),
        CanonicalFeatures(),
        ChannelRepair(),
        ChannelScaler(),
        ComplexityFeatures(),
        ConnectivityFeatures(sfreq=2.0),
        Denoiser(sfreq=200.0),
        Denoiser(sfreq=200.0, clip=8.0, asr=10.0),
        FFTFeatures(sfreq=2.0, bands={"all": (0.0, 1.0)}),
        NotchFilter(sfreq=200.0),
        Rereference(),
        Resampler(sfreq=200.0, new_sfreq=250.0),
        TimeFeatures(),
        WaveletFeatures(wavelet="haar"),
    ]


# Checks that an estimator is excused from: {class name: {check: reason}}.
EXCUSED: dict[str, dict[str, str]] = {}
