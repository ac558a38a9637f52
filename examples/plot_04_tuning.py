"""
Tuning, patient by patient
==========================

The baseline's support vector machine is tuned twice: by trying a grid, and by Optuna, whose trials learn
from those before, in two processes that share a journal file. Folds keep patients apart in both.
"""

# %%
# Windows, and the classifier to tune
# -----------------------------------
# The width of the kernel and the cost of the margin are to be found, on a logarithmic scale.
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from optuna.distributions import FloatDistribution
from sklearn.model_selection import GridSearchCV

from sklearn_eeg.datasets import make_seizures
from sklearn_eeg.model_selection import OptunaSearchCV, PatientKFold
from sklearn_eeg.systems import svm_baseline

parser = argparse.ArgumentParser(description="Tune the baseline by a grid and by Optuna.")
parser.add_argument("--patients", type=int, default=12, help="number of simulated patients")
parser.add_argument("--trials", type=int, default=16, help="number of Optuna's trials")
parser.add_argument("--journal", metavar="FILE", help="where trials are kept [a temporary file]")
parser.add_argument("--figure", metavar="FILE", default="tuning.png", help="figure to write")
options = parser.parse_args()

eeg = make_seizures(options.patients, random_state=0)
model = svm_baseline(eeg.sfreq, ch_names=eeg.ch_names)
folds = PatientKFold(3, random_state=0)
space = {
    "svm__C": FloatDistribution(0.01, 100, log=True),
    "svm__gamma": FloatDistribution(1e-4, 1, log=True),
}


def tune(journal):
    """Run trials until the journal has enough of them, whoever runs them."""
    search = OptunaSearchCV(
        model, space, n_trials=options.trials, cv=folds, scoring="balanced_accuracy", storage=journal,
        random_state=0,
    )  # fmt: skip
    return search.fit(eeg.data, eeg.target, groups=eeg.groups)


# %%
# The second process is this file again
# -------------------------------------
# It is given the journal, works until there are enough trials, and ends. Kill either, and start it again:
# the search goes on.
if options.journal:
    tune(options.journal)
    sys.exit()

# %%
# A grid
# ------
# Nine candidates; what is between the points of the grid is not looked at.
points = {"svm__C": [0.1, 1.0, 10.0], "svm__gamma": [0.001, 0.01, 0.1]}
grid = GridSearchCV(model, points, cv=folds, scoring="balanced_accuracy")
grid.fit(eeg.data, eeg.target, groups=eeg.groups)
print(f"grid:   {grid.best_score_:.3f} by {grid.best_params_}")

# %%
# Optuna, in two processes
# ------------------------
# Denoising and features are the same for all trials and computed once by each process.
with tempfile.TemporaryDirectory() as folder:
    journal = Path(folder) / "trials.log"
    helper = subprocess.Popen(
        [sys.executable, __file__, "--journal", journal, "--patients", str(options.patients),
         "--trials", str(options.trials)]
    )  # fmt: skip
    search = tune(journal)
    helper.wait()
print(f"Optuna: {search.best_score_:.3f} by {search.best_params_}")

# %%
# Where each looked
# -----------------
figure, axes = plt.subplots(1, 2, sharex=True, sharey=True, figsize=(9, 4), layout="constrained")
for axis, title, each in zip(axes, ("grid", "Optuna"), (grid, search), strict=True):
    C, gamma = (np.asarray(each.cv_results_[f"param_svm__{name}"], dtype=float) for name in ("C", "gamma"))
    colours = axis.scatter(C, gamma, c=each.cv_results_["mean_test_score"], vmin=0.25, vmax=1)
    axis.scatter(*each.best_params_.values(), s=150, facecolors="none", edgecolors="red")
    axis.set(xscale="log", yscale="log", xlabel="C", title=f"{title}: {each.best_score_:.3f}")
axes[0].set_ylabel("gamma")
figure.colorbar(colours, ax=axes, label="balanced accuracy on other patients")
figure.savefig(options.figure)
