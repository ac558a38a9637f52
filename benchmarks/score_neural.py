"""Score networks patient-wise: architectures, and what each setting of the training is worth.

usage: score_neural.py [--data-home DIR] [--set NAME] [--only architectures|settings] [--folds N] [--epochs N]
                       [--windows N]
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from _results import write_result
from scipy.special import softmax
from sklearn.base import ClassifierMixin
from sklearn.metrics import balanced_accuracy_score, f1_score, log_loss, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.utils import Bunch

from sklearn_eeg import datasets
from sklearn_eeg.neural import CNNClassifier
from sklearn_eeg.systems import svm_baseline

METRICS = ("balanced_accuracy", "macro_f1", "roc_auc", "log_loss")
SETTINGS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "lr=1e-3": {"lr": 1e-3},
    "lr=2e-3": {"lr": 2e-3},
    "lr=1e-2": {"lr": 1e-2},
    "schedule=None": {"schedule": None},
    "schedule=cosine": {"schedule": "cosine"},
    "weight_decay=0": {"weight_decay": 0.0},
    "validation=None": {"validation": None},
    "clip_norm=None": {"clip_norm": None},
    "class_weight=balanced": {"class_weight": "balanced"},
    "label_smoothing=0.1": {"label_smoothing": 0.1},
    "mixup=0.2": {"mixup": 0.2},
    "ema=0.99": {"ema": 0.99},
    "n_models=3": {"n_models": 3},
    **{
        f"augmentation={name}": {"augmentation": [name]}
        for name in (
            "noise", "time_shift", "time_mask", "channel_dropout", "fourier_surrogate", "frequency_shift",
            "amplitude_scale",
        )
    },
}  # fmt: skip


def load(data_home: str | None) -> dict[str, Callable[[], Bunch]]:
    """Return the loader of each set by its name."""
    return {
        "helsinki": lambda: datasets.load_helsinki(data_home),
        "guinea-bissau": lambda: datasets.load_guinea_bissau(data_home),
        "simulated": lambda: datasets.make_seizures(random_state=0),
    }


def thin(eeg: Bunch, n_windows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return at most so many windows, evenly spread, with labels and patients."""
    rows = np.unique(np.linspace(0, len(eeg.target) - 1, n_windows).astype(int))
    return np.asarray(eeg.data[rows]), np.asarray(eeg.target)[rows], np.asarray(eeg.groups)[rows]


def score(
    make: Callable[[], ClassifierMixin], X: np.ndarray, y: np.ndarray, groups: np.ndarray, n_folds: int
) -> list[float]:
    """Return the figures of the out-of-fold predictions, and the seconds of a fit."""
    classes = np.unique(y)
    probabilities, seconds = np.zeros((len(y), len(classes))), []
    splitter = StratifiedGroupKFold(n_folds, shuffle=True, random_state=0)
    for train, test in splitter.split(X, y, groups):
        model, start = make(), time.perf_counter()
        told = {"groups": groups[train]} if isinstance(model, CNNClassifier) else {}
        model.fit(X[train], y[train], **told)
        seconds.append(time.perf_counter() - start)
        if hasattr(model, "predict_proba"):
            probabilities[test] = model.predict_proba(X[test])
        else:
            decision = model.decision_function(X[test])
            odds = np.column_stack([-decision, decision]) / 2 if decision.ndim == 1 else decision
            probabilities[test] = softmax(odds, axis=1)
    found = classes[probabilities.argmax(axis=1)]
    scores = probabilities[:, 1] if len(classes) == 2 else probabilities
    return [
        float(balanced_accuracy_score(y, found)),
        float(f1_score(y, found, average="macro")),
        float(roc_auc_score(y, scores, multi_class="ovr")),
        float(log_loss(y, probabilities, labels=classes)),
        float(np.mean(seconds)),
    ]


def systems(only: str | None, sfreq: float, epochs: int) -> dict[str, Callable[[], ClassifierMixin]]:
    """Return what to score, by name."""

    def network(name: str = "eegnet", **settings: Any) -> Callable[[], ClassifierMixin]:
        return lambda: CNNClassifier(name, sfreq=sfreq, max_epochs=epochs, random_state=0, **settings)

    names = ("eegnet", "shallow", "deep", "inception", "tcn")
    found: dict[str, Callable[[], ClassifierMixin]] = {"SVM baseline": lambda: svm_baseline(sfreq)}
    if only != "settings":
        found |= {name: network(name) for name in names}
    if only != "architectures":
        found |= {f"eegnet, {name}": network(**settings) for name, settings in SETTINGS.items()}
    return found


def main() -> None:
    """Score each system on a set, by patient."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-home", help="folder of the sets [$SKLEARN_EEG_DATA]")
    parser.add_argument("--set", default="helsinki", choices=sorted(load(None)))
    parser.add_argument("--only", choices=("architectures", "settings"))
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--windows", type=int, default=10**9, help="take so many windows, evenly spread")
    options = parser.parse_args()
    eeg = load(options.data_home)[options.set]()
    X, y, groups = thin(eeg, options.windows)
    print(
        X.shape, dict(zip(*np.unique(y, return_counts=True), strict=True)), len(np.unique(groups)), "patients"
    )
    rows = []
    for name, make in systems(options.only, eeg.sfreq, options.epochs).items():
        rows.append([options.set, name, *score(make, X, y, groups, options.folds)])
        print(name, *np.round(rows[-1][2:], 3), flush=True)
    note = (
        f"{options.folds}-fold cross-validation by patient, {len(y)} windows, {options.epochs} epochs; "
        "networks stop early by patients of their own. Figures of the out-of-fold predictions (those of the "
        "SVM from a softmax of its decisions, which are no probabilities), and the seconds of a fit."
    )
    heads = ["set", "system", *(name.replace("_", " ") for name in METRICS), "seconds"]
    write_result(f"score_neural_{options.set}", heads, rows, note=note, packages=("torch", "skorch"))


if __name__ == "__main__":
    main()
