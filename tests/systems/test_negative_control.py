"""Labels shuffled among patients carry no signal: a patient-wise split must find none.

A random split finds plenty, since windows of one patient are alike and share their label.
"""

import warnings

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sklearn_eeg.datasets import load_helsinki, make_seizures
from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.systems import svm_baseline

SHUFFLES = 8


def roc_aucs(eeg, labels_of_patients):
    """Return the mean ROC AUC by patient and at random over shuffles of the patients' labels."""
    table = svm_baseline(eeg.sfreq)[:2].fit_transform(eeg.data)  # each window alone: nothing is learned
    learner = make_pipeline(StandardScaler(), SVC(C=10.0))
    patients, patient_of_window = np.unique(eeg.groups, return_inverse=True)
    by_patient, at_random = [], []
    for seed in range(SHUFFLES):
        labels = np.random.default_rng(seed).permutation(labels_of_patients)[patient_of_window]
        report = evaluate(learner, table, labels, eeg.groups, random_state=seed)
        by_patient.append(report.to_frame().loc["model", "roc_auc"])
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="`groups`")
            report = evaluate(learner, table, labels, random_state=seed)
        at_random.append(report.to_frame().loc["model", "roc_auc"])
    assert len(labels_of_patients) == len(patients)
    return np.mean(by_patient), np.mean(at_random)


def test_simulated_patients():
    eeg = make_seizures(random_state=0)
    by_patient, at_random = roc_aucs(eeg, np.arange(20) % 2)
    assert 0.4 < by_patient < 0.6
    assert at_random > by_patient + 0.15


def test_helsinki(eeg_data):
    pytest.importorskip("h5py", reason="needs h5py")
    eeg = load_helsinki(eeg_data)
    _, first = np.unique(eeg.groups, return_index=True)
    by_patient, at_random = roc_aucs(eeg, eeg.target[first])
    assert 0.4 < by_patient < 0.6
    assert at_random > by_patient + 0.15
