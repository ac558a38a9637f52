"""Recordings of noise that is louder in seizures, and a detector that hears it."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_eeg.datasets import Recording
from sklearn_eeg.features import TimeFeatures

SFREQ = 64
NAMES = ["F7", "T7", "Cz"]


def make(patient="ann", *, seizures=((60, 90),), seconds=180, sfreq=SFREQ, names=NAMES, seed=None):
    """Return a recording of noise whose amplitude is four times as large in seizures."""
    rng = np.random.default_rng([seconds, sfreq, *map(ord, patient)] if seed is None else seed)
    x = rng.normal(scale=10, size=(len(names), seconds * sfreq))
    for onset, offset in seizures:
        x[:, round(onset * sfreq) : round(offset * sfreq)] *= 4
    return Recording.from_array(x, sfreq, names, patient=patient, name=f"{patient}-night")


def line_length():
    return make_pipeline(TimeFeatures(["line_length"]), StandardScaler(), LogisticRegression())
