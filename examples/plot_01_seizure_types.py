"""
Seizure types, patient by patient
=================================

From EEG to an honest report: a support vector machine on Fourier features and the zero-crossing rate
learns to tell seizure types apart and is scored on patients it has never seen, with and without
denoising. The EEG is simulated unless ``--data`` names a set of recordings.
"""

# %%
# What to run
# -----------
import argparse
import warnings

from sklearn_eeg import datasets
from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.systems import svm_baseline

LOADERS = {
    "simulated": lambda data_home: datasets.make_seizures(random_state=0),  # noqa: ARG005
    "bonn": datasets.load_bonn,
    "helsinki": datasets.load_helsinki,
    "guinea-bissau": datasets.load_guinea_bissau,
}
parser = argparse.ArgumentParser(description="Fit and evaluate the baseline, patient-wise.")
parser.add_argument("--data", choices=LOADERS, default="simulated", help="set to load")
parser.add_argument("--data-home", metavar="DIR", help="folder of the sets [$SKLEARN_EEG_DATA]")
parser.add_argument("--report", metavar="FILE", default="report.html", help="report to write")
options = parser.parse_args()

# %%
# The windows
# -----------
# ``data`` has shape (n_windows, n_channels, n_times), in microvolts; ``groups`` holds the patient of
# each window, or is None where the owners do not say.
try:
    eeg = LOADERS[options.data](options.data_home)
except (OSError, ValueError, ImportError) as error:
    parser.exit(2, f"{parser.prog}: {error}\n")

n_windows, n_channels, n_times = eeg.data.shape
patients = "patients unknown" if eeg.groups is None else f"{len(set(eeg.groups))} patients"
print(
    f"{options.data}: {n_windows} windows of {n_channels} channels x {n_times / eeg.sfreq:.3g} s "
    f"({eeg.sfreq:g} Hz), {patients}"
)

# %%
# The systems
# -----------
# Both are ordinary pipelines; all that they learn, they learn inside each fold.
with_denoising = svm_baseline(eeg.sfreq, ch_names=eeg.ch_names)
without_denoising = svm_baseline(eeg.sfreq, ch_names=eeg.ch_names, denoise=False)

# %%
# The report
# ----------
# Five folds by patient; without patients `evaluate` warns, and says what that means for the figures.
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    report = evaluate(
        with_denoising,
        eeg.data,
        eeg.target,
        eeg.groups,
        name="SVM baseline",
        beside={"SVM baseline, not denoised": without_denoising},
        target_names=eeg.target_names,
        description=eeg.DESCR,
        verbose=1,
    )
for warning in caught:
    print(f"Note: {warning.message}")
print(report)
print(f"Report written to {report.to_html(options.report)}")
