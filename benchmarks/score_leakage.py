"""Score a forest under a random and a patient-wise split, with labels moved between patients beside.

usage: score_leakage.py [--data-home DIR] [--seeds N] [--controls N] [--trees N]
"""

import argparse
from collections.abc import Callable

import numpy as np
from _results import write_result
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_union
from sklearn.utils import Bunch

from sklearn_eeg import datasets
from sklearn_eeg.features import FFTFeatures, TimeFeatures
from sklearn_eeg.model_selection import leakage_gap

TIME = ["line_length", "zero_crossing_rate", "peak_to_peak"]
BEFORE = {  # found with other features on these sets (Guinea-Bissau: all 97 subjects)
    "Helsinki neonates": {"labels": (0.85, 0.60), "labels moved between patients": (0.80, 0.49)},
    "Guinea-Bissau": {"labels": (0.93, 0.84)},
}


def load(data_home: str | None) -> dict[str, tuple[Callable[[], Bunch], str]]:
    """Return the loader of each set, and what stands for the patient, by the name in the table."""
    return {
        "Bonn, 1 s": (lambda: datasets.load_bonn(data_home, window_seconds=1.0), "recording"),
        "Helsinki neonates": (lambda: datasets.load_helsinki(data_home), "groups"),
        "Guinea-Bissau": (lambda: datasets.load_guinea_bissau(data_home), "groups"),
    }


def score(eeg: Bunch, unit: str, options: argparse.Namespace) -> dict[str, np.ndarray]:
    """Return the mean scores, random and by patient, of the labels and of the control."""
    features = make_union(FFTFeatures(eeg.sfreq, ["log_power"]), TimeFeatures(TIME))
    table = features.fit_transform(eeg.data)  # each window alone: nothing is learned
    forest = RandomForestClassifier(options.trees, random_state=0)
    frames = [
        leakage_gap(
            forest,
            table,
            eeg.target,
            eeg[unit],
            n_controls=options.controls,
            random_state=seed,
            n_jobs=2,
        ).to_frame()
        for seed in range(options.seeds)
    ]
    mean = sum(frames) / len(frames)
    return {label: mean.loc[label, ["random", "by_patient"]].to_numpy() for label in mean.index}


def main() -> None:
    """Score each set that is at hand."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-home", help="folder of the sets [$SKLEARN_EEG_DATA]")
    parser.add_argument("--seeds", type=int, default=1, help="splits to average over")
    parser.add_argument("--controls", type=int, default=3, help="times the labels are moved, each split")
    parser.add_argument("--trees", type=int, default=200, help="trees of the forest")
    options = parser.parse_args()

    rows, absent = [], []
    for name, (loader, unit) in load(options.data_home).items():
        try:
            eeg = loader()
        except FileNotFoundError as error:
            absent.append(name)
            print(f"{name} is left out: {error}")
            continue
        apart = {"recording": "file", "groups": "patient"}[unit]
        for labels, (random, by_patient) in score(eeg, unit, options).items():
            known = BEFORE.get(name, {}).get(labels, (None, None))
            what = labels.replace("patients", f"{apart}s")
            rows.append(
                [name, what, apart, float(random), float(by_patient), float(random - by_patient), *known]
            )
            print(*rows[-1])
    if absent:
        print(f"The recorded scores stay as they are, since {', '.join(absent)} could not be scored.")
        return
    heads = ["set", "labels", "kept together", "random", "apart", "gap", "random, before", "apart, before"]
    note = (
        f"ROC AUC of a random forest ({options.trees} trees) on log band powers, line length, zero-crossing "
        "rate and range, windows split at random into 5 folds and with all windows of a patient (Bonn: file) "
        f"kept together; shuffles: {options.seeds}, controls each: {options.controls}. Before: what "
        "another forest on other features gave earlier, on Guinea-Bissau with all 97 subjects, of which 18 "
        "are here."
    )
    write_result("score_leakage", heads, rows, note=note, packages=("h5py", "pandas"))


if __name__ == "__main__":
    main()
