"""Seizures confined to known channels and times, laid over simulated background."""

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.utils import Bunch

from sklearn_eeg import datasets
from sklearn_eeg.datasets._background import distances_from

SFREQ = 128.0
KINDS = {"delta": 2.5, "theta": 6.0, "beta": 18.0}  # Hz
FOCI = {"delta": "F7", "theta": "T8", "beta": "Pz"}
N_CHANNELS = 4  # of 19: the focus and its nearest neighbours


def make_confined(
    n_patients: int, *, moving: bool, size: float = 1.5, windows: int = 60, random_state: int = 0
) -> Bunch:
    """Simulate windows, half of them background and half with one of three rhythms on 4 channels.

    A rhythm has `size` times the standard deviation of its channel, lasts for half of the window, and sits
    at the focus of its kind or, if `moving`, at any electrode. `channels` and `times` of the result say where
    and when, for each window.
    """
    rng = np.random.default_rng(random_state)
    eeg = datasets.make_seizures(
        n_patients, windows_per_patient=windows + 2, seizure_share=2 / (windows + 2), sfreq=SFREQ,
        random_state=random_state,
    )  # fmt: skip
    rows = eeg.target == 0
    data, groups = eeg.data[rows], eeg.groups[rows]
    target = np.where(rng.random(len(data)) < 0.5, 0, rng.integers(1, 1 + len(KINDS), len(data)))
    channels = np.zeros(data.shape[:2], dtype=bool)
    times = np.zeros((len(data), data.shape[2]), dtype=bool)
    for row in np.flatnonzero(target):
        name = list(KINDS)[target[row] - 1]
        focus = str(rng.choice(eeg.ch_names)) if moving else FOCI[name]
        channels[row, np.argsort(distances_from((focus,)), kind="stable")[:N_CHANNELS]] = True
        start = rng.integers(0, data.shape[2] // 2)
        times[row, start : start + data.shape[2] // 2] = True
        phase = 2 * np.pi * (KINDS[name] * np.arange(data.shape[2]) / SFREQ + rng.random())
        wave = np.sqrt(2) * np.sin(phase) * times[row]
        data[row] += size * data[row].std(axis=1, keepdims=True) * channels[row][:, None] * wave
    names = {"sfreq": SFREQ, "ch_names": eeg.ch_names, "target_names": ["background", *KINDS]}
    return Bunch(data=data, target=target, groups=groups, channels=channels, times=times, **names)


def mean_auc(truth: np.ndarray, values: np.ndarray) -> float:
    """Return the mean over windows of the area under the ROC curve, of values (n_windows, n)."""
    return float(np.mean([roc_auc_score(a, b) for a, b in zip(truth, values, strict=True)]))
