"""
The whole system
================

From EEG to a report: seizures are rare, so synthetic ones are added inside the folds; an ensemble of three
kinds of classifiers is stacked by patient and tuned; it is scored on patients it has not seen, and asked
which channels it answers to. Everything is small here, to run in a minute: raise the numbers on real EEG.
"""

# %%
# EEG, with few seizures
# ----------------------
import argparse

import numpy as np
from imblearn.pipeline import make_pipeline
from optuna.distributions import FloatDistribution
from sklearn.linear_model import RidgeClassifier
from sklearn.preprocessing import StandardScaler

from sklearn_eeg.datasets import make_seizures
from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.explain import explain, saliency
from sklearn_eeg.features import RandomKernelFeatures
from sklearn_eeg.model_selection import OptunaSearchCV, fit_by_patient
from sklearn_eeg.sampling import WGANOversampler
from sklearn_eeg.systems import stacked_ensemble

parser = argparse.ArgumentParser(description="Denoise, balance, tune, stack, score and explain.")
parser.add_argument("--patients", type=int, default=12, help="number of simulated patients")
parser.add_argument("--report", metavar="FILE", default="system.html", help="report to write")
options = parser.parse_args()

eeg = make_seizures(
    options.patients,
    windows_per_patient=20,
    window_seconds=1,
    seizure_share=0.2,
    difficulty=0.5,
    random_state=0,
)
names = ["background", "seizure"]
X, ch_names = eeg.data[:, ::2], eeg.ch_names[::2]  # every other channel
y, patients = (eeg.target > 0).astype(int), eeg.groups
print(f"{len(y)} windows of {options.patients} patients, {y.sum()} with a seizure")

# %%
# The system
# ----------
# Denoised windows go to three classifiers: covariance and logistic regression; random convolutional kernels
# and ridge regression, with synthetic seizures from a WGAN; a convolutional network. Inside each fold, a
# logistic regression learns from patients held out how far to trust each.
system = stacked_ensemble(
    eeg.sfreq, members=["tangent", "kernels", "cnn"], denoise=True, ch_names=ch_names, cv=2, random_state=0
)
kernels = make_pipeline(
    WGANOversampler(max_steps=5, n_critic=2, random_state=0),
    RandomKernelFeatures(84 * 10, ch_names=ch_names, random_state=0),
    StandardScaler(),
    RidgeClassifier(300),
)
system.set_params(stack__kernels=kernels, stack__cnn__max_epochs=8, stack__cnn__validation=None)

# %%
# Tuned, and scored on other patients
# -----------------------------------
# The search splits by patient inside each fold of the evaluation. Denoising is computed once for its trials.
space = {
    "stack__tangent__logistic__C": FloatDistribution(0.01, 10, log=True),
    "stack__final_estimator__strength": FloatDistribution(1, 100, log=True),
}
search = OptunaSearchCV(system, space, n_trials=2, cv=2, scoring="balanced_accuracy", random_state=0)
report = evaluate(search, X, y, patients, cv=2, name="ensemble", target_names=names, description=eeg.DESCR)
print(report)

# %%
# What it answers to
# ------------------
# The ensemble is fitted on all but two patients, whose windows are explained: how much each member matters,
# each channel's Shapley value with its standard error, and what the network looks at.
test = np.isin(patients, np.unique(patients)[-2:])
system.set_params(**dict.fromkeys(space, 1.0))
model = fit_by_patient(system, X[~test], y[~test], patients[~test])
for member, importance in zip(model["stack"].named_estimators_, model["stack"].importances_, strict=True):
    print(f"without {member}, the log loss rises by {importance:.3f}")
seizures = X[test][y[test] == 1][:4]
background = X[~test][:: len(X[~test]) // 8]
explanation = explain(model, seizures, background, level="channel", n_permutations=4, random_state=0)
print("the ensemble answers to", ", ".join(explanation.top_channels(1)))
gradients = saliency(model["stack"].named_estimators_["cnn"], model["denoise"].transform(seizures))
print("the network looks at", ", ".join(gradients.top_channels(1)))
explanation.add_to_report(
    report, y=np.ones(len(seizures), dtype=int), title="Channels the ensemble answers to"
)
print(f"Report written to {report.to_html(options.report)}")
