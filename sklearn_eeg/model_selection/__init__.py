"""Windows, labels and patients in, splits that keep patients apart out, and what leaks through others.

The room imports leaves and ``signal`` only.
"""

from ._fit_by_patient import fit_by_patient
from ._leakage import check_leakage
from ._leakage_gap import LeakageGap, leakage_gap
from ._leakage_report import Finding, LeakageReport
from ._optuna_search import OptunaSearchCV
from ._patient_kfold import PatientKFold

__all__ = [
    "Finding",
    "LeakageGap",
    "LeakageReport",
    "OptunaSearchCV",
    "PatientKFold",
    "check_leakage",
    "fit_by_patient",
    "leakage_gap",
]
