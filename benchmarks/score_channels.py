"""Name the channels that matter for each class of real sets, and tell whether other patients name them too.

usage: score_channels.py [--data-home DIR] [--windows N]
"""

import argparse
from itertools import combinations

import numpy as np
from _results import write_result
from scipy.stats import spearmanr
from score_explain import BASELINE, N_BACKGROUND, draw, explanations, fit, sets, take
from sklearn.utils import Bunch

from sklearn_eeg.model_selection import PatientKFold

N_FOLDS, N_NAMED = 5, 3


def compute_shares(eeg: Bunch, n_windows: int) -> np.ndarray:
    """Return each channel's share in each class, (n_folds, n_classes, n_channels), of patients held out."""
    shares = []
    for train, test in PatientKFold(N_FOLDS, random_state=0).split(eeg.data, eeg.target, eeg.groups):
        rest = train[eeg.target[train] == 0]
        explainer = explanations(BASELINE, eeg.data[draw(rest, N_BACKGROUND)])["explain"]
        rows = draw(test, n_windows)
        values = np.abs(explainer(fit(BASELINE, take(eeg, train), 0), eeg.data[rows]).values)
        of_class = [
            values[eeg.target[rows] == label, :, label].mean(axis=0) for label in np.unique(eeg.target)
        ]
        shares.append([each / each.sum() for each in of_class])
    return np.array(shares)


def agreement(shares: np.ndarray) -> float:
    """Return the mean rank correlation between the channels' shares of two folds."""
    return float(np.mean([spearmanr(one, other)[0] for one, other in combinations(shares, 2)]))


def main() -> None:
    """Name the first channels of each class of each set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-home", help="folder of the sets [$SKLEARN_EEG_DATA]")
    parser.add_argument("--windows", type=int, default=60, help="windows explained in each fold")
    options = parser.parse_args()
    rows = []
    for name, load in sets(options.data_home).items():
        eeg = load()
        shares = compute_shares(eeg, options.windows)
        for label, target_name in enumerate(eeg.target_names):
            mean = shares[:, label].mean(axis=0)
            first = np.argsort(mean)[::-1][:N_NAMED]
            named = ", ".join(f"{eeg.ch_names[place]} ({100 * mean[place]:.0f} %)" for place in first)
            rows.append([name, target_name, named, 100 / len(mean), agreement(shares[:, label])])
            print(*rows[-1], flush=True)
    note = (
        f"Mean absolute Shapley values of the baseline's channels for the true class, in {options.windows} "
        f"windows of the held-out patients of each of {N_FOLDS} folds by patient, as shares of their sum: "
        "the first three, the share of each if all were alike, and the mean rank correlation of the shares "
        "between two folds, which explain other patients by a model of other patients."
    )
    heads = ["set", "class", "channels that matter most", "even share, %", "agreement of folds"]
    write_result("score_channels", heads, rows, note=note)


if __name__ == "__main__":
    main()
