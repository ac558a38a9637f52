"""The figures of each patient, and who fares worst."""

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from ._coded import Coded
from ._counts import confusion_by_patient
from ._rates import wilson_interval

_WORST_SHARE = 0.2
_MOST_NAMED = 10


def patient_table(
    coded: Coded, patients: np.ndarray, target_names: tuple[str, ...], confidence_level: float = 0.95
) -> pd.DataFrame:
    """Return the figures of each patient.

    Parameters
    ----------
    coded : Coded
        Truth and predictions; its units are the patients.
    patients : ndarray of shape (n_patients,)
        Their names, in the order of the units.
    target_names : tuple of str
        Names of the classes.
    confidence_level : float, default=0.95
        Nominal coverage of Wilson's interval of the accuracy.

    Returns
    -------
    table : DataFrame of shape (n_patients, 7)
        Columns `windows`; `classes`, the true classes of the patient with their numbers of windows;
        `accuracy` with `low` and `high`, which take the windows of the patient as independent (they are
        hardly so, and the true limits are wider); `balanced_accuracy`, the mean over the classes that
        the patient has; and `roc_auc`, NaN where the patient lacks a class or the system scores.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._coded import code_predictions
    >>> from sklearn_eeg.evaluation._patients import patient_table
    >>> coded = code_predictions([0, 1, 0, 0], [0, 1, 1, 0], ["a", "a", "b", "b"], None, None)
    >>> table = patient_table(coded, np.array(["a", "b"]), ("rest", "seizure"))
    >>> table[["windows", "classes", "accuracy", "balanced_accuracy"]]
             windows               classes  accuracy  balanced_accuracy
    patient
    a              2  rest 1, seizure 1       1.0                1.0
    b              2             rest 2       0.5                0.5
    """
    counts = confusion_by_patient(
        coded.truth, coded.said, coded.unit, n_classes=len(coded.classes), n_patients=coded.n_units
    )
    true, hit = counts.sum(axis=2), np.einsum("pkk->pk", counts)
    windows = true.sum(axis=1)
    low, high = wilson_interval(hit.sum(axis=1), windows, confidence_level)
    with np.errstate(invalid="ignore"):
        recall = hit / true
    classes = [
        ", ".join(f"{name} {int(n)}" for name, n in zip(target_names, own, strict=True) if n) for own in true
    ]
    columns = {
        "windows": windows.astype(int),
        "classes": classes,
        "accuracy": hit.sum(axis=1) / windows,
        "low": low,
        "high": high,
        "balanced_accuracy": np.nanmean(recall, axis=1),
        "roc_auc": [_area(coded, unit) for unit in range(coded.n_units)],
    }
    return pd.DataFrame(columns, index=pd.Index(patients, name="patient"))


def worst_patients(table: pd.DataFrame) -> pd.DataFrame:
    """Return the fifth of the patients with the lowest accuracy, at least one and at most ten.

    Parameters
    ----------
    table : DataFrame
        What `patient_table` returns.

    Returns
    -------
    worst : DataFrame
        Rows of the table, the lowest first; of patients of equal accuracy those that come first.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_eeg.evaluation._patients import worst_patients
    >>> table = pd.DataFrame({"accuracy": [0.9, 0.2, 0.8, 0.7, 1.0]}, index=list("abcde"))
    >>> worst_patients(table).index.tolist()
    ['b']
    """
    n_named = min(max(1, round(_WORST_SHARE * len(table))), _MOST_NAMED)
    return table.sort_values("accuracy", kind="stable").head(n_named)


def mean_confusion(coded: Coded) -> np.ndarray:
    """Return the share of each label within each true class, averaged over the patients who have it.

    Parameters
    ----------
    coded : Coded
        Truth and predictions; its units are the patients.

    Returns
    -------
    shares : ndarray of shape (n_classes, n_classes)
        True classes in rows, which sum to 1; NaN for a class that no patient has.

    Examples
    --------
    Nine windows of one patient are right, the one of the other is wrong:

    >>> from sklearn_eeg.evaluation._coded import code_predictions
    >>> from sklearn_eeg.evaluation._patients import mean_confusion
    >>> coded = code_predictions([0] * 10, [0] * 9 + [1], ["a"] * 9 + ["b"], None, [0, 1])
    >>> mean_confusion(coded)[0].tolist()
    [0.5, 0.5]
    """
    counts = confusion_by_patient(
        coded.truth, coded.said, coded.unit, n_classes=len(coded.classes), n_patients=coded.n_units
    )
    total = counts.sum(axis=2, keepdims=True)
    shares = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    with np.errstate(invalid="ignore"):
        return shares.sum(axis=0) / (total > 0).sum(axis=0)


def _area(coded: Coded, unit: int) -> float:
    """Return the area under the ROC curve of one patient's windows, by the ranks of their scores."""
    if coded.score is None:
        return float("nan")
    own, n_classes = coded.unit == unit, len(coded.classes)
    of_class = coded.truth[own][:, np.newaxis] == np.arange(n_classes)
    n_own = of_class.sum(axis=0)
    ranks = (rankdata(coded.score[own], axis=0) * of_class).sum(axis=0)
    with np.errstate(invalid="ignore"):
        areas = (ranks - n_own * (n_own + 1) / 2) / (n_own * (len(of_class) - n_own))
    return float(areas[1] if n_classes == 2 else areas.mean())
