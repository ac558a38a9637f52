"""Sums of a patient: confusion, pairs of windows in the right order, windows at each score.

A figure of a set of patients follows from such sums, each patient weighted by how often it is drawn;
so a resample of patients costs a product of matrices, not a pass over the windows.
"""

import numpy as np
from scipy import sparse


def confusion_by_patient(
    truth: np.ndarray, said: np.ndarray, patient: np.ndarray, *, n_classes: int, n_patients: int
) -> np.ndarray:
    """Count the windows of each patient by true and predicted class.

    Parameters
    ----------
    truth, said : int ndarray of shape (n_windows,)
        Number of the true and of the predicted class of each window, from 0.
    patient : int ndarray of shape (n_windows,)
        Number of the patient of each window, from 0.
    n_classes, n_patients : int
        How many classes and patients there are.

    Returns
    -------
    counts : float64 ndarray of shape (n_patients, n_classes, n_classes)
        Numbers of windows: true classes in rows, predicted ones in columns.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._counts import confusion_by_patient
    >>> truth, said, patient = np.array([[0, 1, 1], [0, 1, 0], [0, 0, 1]])
    >>> confusion_by_patient(truth, said, patient, n_classes=2, n_patients=2).tolist()
    [[[1.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [1.0, 0.0]]]
    """
    cell = (patient * n_classes + truth) * n_classes + said
    counts = np.bincount(cell, minlength=n_patients * n_classes**2)
    return counts.reshape(n_patients, n_classes, n_classes).astype(np.float64)


def pairs_won(score: np.ndarray, positive: np.ndarray, patient: np.ndarray, n_patients: int) -> np.ndarray:
    """Count the pairs of a positive and a negative window in which the positive one scores higher.

    Parameters
    ----------
    score : ndarray of shape (n_windows,)
        Score of each window.
    positive : bool ndarray of shape (n_windows,)
        Whether the window is of the class.
    patient : int ndarray of shape (n_windows,)
        Number of the patient of each window, from 0.
    n_patients : int
        How many patients there are.

    Returns
    -------
    pairs : float64 ndarray of shape (n_patients, n_patients)
        Entry (p, q) counts pairs of a positive of p and a negative of q; equal scores count one half.

    Notes
    -----
    After one sort of the scores, each patient costs one pass over the distinct scores and the positives.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._counts import pairs_won
    >>> positive, patient = np.array([True, False, True, False]), np.array([0, 0, 1, 1])
    >>> pairs_won(np.array([2.0, 1.0, 3.0, 2.0]), positive, patient, 2).tolist()
    [[1.0, 0.5], [1.0, 1.0]]
    """
    levels, level = np.unique(score, return_inverse=True)
    of_positive, level_of_positive = patient[positive], level[positive]
    by_patient = np.argsort(patient[~positive], kind="stable")
    level_of_negative = level[~positive][by_patient]
    edges = np.searchsorted(patient[~positive][by_patient], np.arange(n_patients + 1))
    pairs = np.zeros((n_patients, n_patients))
    for q in np.flatnonzero(np.diff(edges)):
        at_level = np.bincount(level_of_negative[edges[q] : edges[q + 1]], minlength=len(levels))
        below = np.cumsum(at_level) - at_level / 2
        pairs[:, q] = np.bincount(of_positive, weights=below[level_of_positive], minlength=n_patients)
    return pairs


def counts_by_level(
    score: np.ndarray, positive: np.ndarray, patient: np.ndarray, n_patients: int
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Count the positive and the negative windows of each patient at each distinct score.

    Parameters
    ----------
    score : ndarray of shape (n_windows,)
        Score of each window.
    positive : bool ndarray of shape (n_windows,)
        Whether the window is of the class.
    patient : int ndarray of shape (n_windows,)
        Number of the patient of each window, from 0.
    n_patients : int
        How many patients there are.

    Returns
    -------
    positives, negatives : sparse arrays of shape (n_patients, n_levels)
        Numbers of windows; the levels ascend.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._counts import counts_by_level
    >>> score, positive = np.array([0.2, 0.9, 0.2]), np.array([True, True, False])
    >>> positives, negatives = counts_by_level(score, positive, np.array([0, 1, 1]), 2)
    >>> positives.toarray().tolist(), negatives.toarray().tolist()
    ([[1.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [1.0, 0.0]])
    """
    levels, level = np.unique(score, return_inverse=True)
    shape = (n_patients, len(levels))

    def count(chosen: np.ndarray) -> sparse.csr_array:
        entries = np.ones(np.count_nonzero(chosen)), (patient[chosen], level[chosen])
        return sparse.csr_array(sparse.coo_array(entries, shape=shape))

    return count(positive), count(~positive)


def areas_by_level(positives: np.ndarray, negatives: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the area under the ROC curve and the average precision of weighted windows.

    Parameters
    ----------
    positives, negatives : ndarray of shape (n_resamples, n_levels)
        Weight of the positive and of the negative windows at each distinct score, ascending.

    Returns
    -------
    roc_auc, average_precision : ndarray of shape (n_resamples,)
        Areas between 0 and 1; NaN where a resample has no positive (or, for ROC, no negative) window.

    Notes
    -----
    Average precision is the sum over the distinct scores, from the highest, of precision times the rise
    of recall, as in scikit-learn.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._counts import areas_by_level
    >>> areas = areas_by_level(np.array([[1.0, 0.0, 1.0]]), np.array([[0.0, 1.0, 0.0]]))
    >>> [area.round(4).tolist() for area in areas]
    [[0.5], [0.8333]]
    """
    n_positive, n_negative = positives.sum(axis=1), negatives.sum(axis=1)
    below = np.cumsum(negatives, axis=1)
    won = np.einsum("bl,bl->b", positives, below - negatives / 2)
    above = n_negative[:, np.newaxis] - below + negatives
    hit = np.cumsum(positives[:, ::-1], axis=1)[:, ::-1]
    with np.errstate(invalid="ignore"):
        roc_auc = won / (n_positive * n_negative)
        precision = np.divide(hit, hit + above, out=np.zeros_like(hit), where=hit > 0)
        average = np.einsum("bl,bl->b", positives, precision) / n_positive
    return roc_auc, average
