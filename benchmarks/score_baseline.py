"""Score the baseline on every set, patient-wise, with the random split beside it.

usage: score_baseline.py [--data-home DIR] [--seeds N]
"""

import argparse
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from _results import write_result
from sklearn.base import ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.utils import Bunch

from sklearn_eeg import datasets
from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.systems import svm_baseline

METRICS = ["accuracy", "balanced_accuracy", "macro_f1", "roc_auc", "matthews_correlation", "cohen_kappa"]


def load(data_home: str | None) -> dict[str, Callable[[], Bunch]]:
    """Return the loader of each set by the name it has in the table."""
    return {
        "Bonn, 5 classes": lambda: datasets.load_bonn(data_home),
        "Helsinki neonates": lambda: datasets.load_helsinki(data_home),
        "Guinea-Bissau": lambda: datasets.load_guinea_bissau(data_home),
        "simulated, 5 classes": lambda: datasets.make_seizures(random_state=0),
    }


def systems(sfreq: float) -> dict[str, ClassifierMixin]:
    """Return the systems by name: the baseline, without denoising, and a forest on its features."""
    forest = svm_baseline(sfreq, denoise=False)
    forest.set_params(scale="passthrough", svm=RandomForestClassifier(200, random_state=0))
    return {
        "SVM baseline": svm_baseline(sfreq),
        "SVM baseline, not denoised": svm_baseline(sfreq, denoise=False),
        "random forest, not denoised": forest,
    }


def score(eeg: Bunch, groups: np.ndarray | None, seed: int) -> Any:
    """Return the figures of all systems on one split."""
    (name, model), *others = systems(eeg.sfreq).items()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*`groups`.*")  # the table says so
        report = evaluate(
            model, eeg.data, eeg.target, groups, name=name, beside=dict(others), random_state=seed, n_jobs=2
        )
    return report.to_frame()[METRICS]


def main() -> None:
    """Score each set by patient where patients are known, and at random."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-home", help="folder of the sets [$SKLEARN_EEG_DATA]")
    parser.add_argument("--seeds", type=int, default=5, help="splits to average over")
    options = parser.parse_args()

    rows, absent = [], []
    for set_name, loader in load(options.data_home).items():
        try:
            eeg = loader()
        except FileNotFoundError as error:
            absent.append(set_name)
            print(f"{set_name} is left out: {error}")
            continue
        unit = {"Helsinki neonates": "by infant"}.get(set_name, "by subject")
        splits = {"random": None} if eeg.groups is None else {unit: eeg.groups, "random": None}
        for split, groups in splits.items():
            scores = [score(eeg, groups, seed) for seed in range(options.seeds)]
            label = "random, by file" if eeg.groups is None else split
            for system in scores[0].index:
                means = [float(np.mean([s.loc[system, m] for s in scores])) for m in METRICS]
                rows.append([set_name, label, system, *means])
                print(*rows[-1][:3], *np.round(means, 3))
    if absent:
        print(f"The recorded scores stay as they are, since {', '.join(absent)} could not be scored.")
        return
    heads = ["set", "split", "system", *(name.replace("_", " ") for name in METRICS)]
    note = (
        f"Mean over {options.seeds} shuffles of 5-fold cross-validation; out-of-fold predictions of all "
        "windows. Bonn's patients are not known: a file is a window, and files of one person lie on "
        "both sides."
    )
    write_result("score_baseline", heads, rows, note=note, packages=("h5py", "pandas"))


if __name__ == "__main__":
    main()
