"""Deal patients out to folds so that every fold gets its share of every class."""

import numpy as np

_WEIGHT_OF_PATIENTS = 0.25  # of even shares of patients, where even shares of windows weigh 1
_MOST_TO_EXCHANGE = 600  # patients; with more, single moves balance well enough
_SMALLEST_GAIN = 1e-12


def deal(counts: np.ndarray, n_folds: int, rng: np.random.RandomState | None) -> np.ndarray:
    """Deal patients out to folds, balancing windows and patients of each class.

    Parameters
    ----------
    counts : ndarray of shape (n_patients, n_classes)
        Number of windows of each patient and class.
    n_folds : int
        Number of folds, at most `n_patients`.
    rng : RandomState or None
        Shuffles the patients; None deals from the largest to the smallest.

    Returns
    -------
    fold : ndarray of shape (n_patients,)
        The fold of each patient; no fold is empty.

    Notes
    -----
    With x_p the shares that patient p has in the windows and, weighted, in the patients of each class,
    the cost is the sum of squares over folds of the sums of x_p, plus a large number for every class
    that a fold lacks. It is lowered by moving a patient or exchanging two until nothing helps.

    Examples
    --------
    Four patients of one class, one of whom has half of its windows:

    >>> import numpy as np
    >>> from sklearn_eeg.model_selection._balance import deal
    >>> deal(np.array([[3.0], [1.0], [1.0], [1.0]]), 2, None)
    array([0, 1, 1, 1])
    """
    has = (counts > 0).astype(float)
    shares = np.hstack([counts / counts.sum(axis=0), np.sqrt(_WEIGHT_OF_PATIENTS) * has / has.sum(axis=0)])
    has = np.hstack([has, np.ones((len(has), 1))])  # as a class that everybody has: no fold stays empty
    order = rng.permutation(len(counts)) if rng else np.argsort(-(shares**2).sum(axis=1), kind="stable")
    fold = np.empty(len(counts), dtype=int)
    shares, has = shares[order], has[order]
    fold[order] = _improve(_deal_one_by_one(shares, has, n_folds), shares, has, n_folds)
    return fold


def _deal_one_by_one(shares: np.ndarray, has: np.ndarray, n_folds: int) -> np.ndarray:
    fold = np.empty(len(shares), dtype=int)
    load, present = np.zeros((n_folds, shares.shape[1])), np.zeros((n_folds, has.shape[1]))
    for patient, (share, own) in enumerate(zip(shares, has, strict=True)):
        gain = _price(shares) * ((present == 0) @ own) - 2 * load @ share
        fold[patient] = gain.argmax()
        load[fold[patient]] += share
        present[fold[patient]] += own
    return fold


def _improve(fold: np.ndarray, shares: np.ndarray, has: np.ndarray, n_folds: int) -> np.ndarray:
    """Move a patient or exchange two, whichever lowers the cost most, until nothing does."""
    fold = fold.copy()
    for _ in range(10 * len(fold)):  # it ends before; this guards against rounding
        member = (fold == np.arange(n_folds)[:, np.newaxis]).astype(float)
        pull, present = shares @ (member @ shares).T, member @ has
        cost, patient, target = _best_move(fold, shares, has, pull, present)
        other = None
        if len(fold) <= _MOST_TO_EXCHANGE:
            cheaper, one, two = _best_exchange(fold, shares, has, pull, present)
            if cheaper < cost:
                cost, patient, other, target = cheaper, one, two, int(fold[two])
        if cost > -_SMALLEST_GAIN:
            break
        if other is not None:
            fold[other] = fold[patient]
        fold[patient] = target
    return fold


def _best_move(
    fold: np.ndarray, shares: np.ndarray, has: np.ndarray, pull: np.ndarray, present: np.ndarray
) -> tuple[float, int, int]:
    """Return what the best move adds to the cost, the patient and the fold."""
    stay = np.arange(len(fold)), fold
    alone, lacking = has @ (present == 1).T, has @ (present == 0).T
    cost = 2 * (pull - pull[stay][:, np.newaxis] + (shares**2).sum(axis=1, keepdims=True))
    cost += _price(shares) * (alone[stay][:, np.newaxis] - lacking)
    cost[stay] = 0.0
    patient, target = np.unravel_index(cost.argmin(), cost.shape)
    return float(cost.min()), int(patient), int(target)


def _best_exchange(
    fold: np.ndarray, shares: np.ndarray, has: np.ndarray, pull: np.ndarray, present: np.ndarray
) -> tuple[float, int, int]:
    """Return what the best exchange adds to the cost, and the two patients."""
    squared = (shares**2).sum(axis=1)
    distance = squared[:, np.newaxis] + squared - 2 * shares @ shares.T
    own, across = pull[np.arange(len(fold)), fold], pull[:, fold]
    cost = 2 * (across + across.T - own[:, np.newaxis] - own + distance)
    cost += _price(shares) * _newly_lacking(fold, has, present)
    cost[fold[:, np.newaxis] == fold] = 0.0
    one, two = np.unravel_index(cost.argmin(), cost.shape)
    return float(cost.min()), int(one), int(two)


def _newly_lacking(fold: np.ndarray, has: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Return how many more classes the two folds lack after an exchange of two patients."""
    alone, lacking = (present == 1)[fold], (present == 0)[fold]
    lost = (has * alone) @ (1 - has).T
    won = ((1 - has) * lacking) @ has.T
    return lost + lost.T - won - won.T


def _price(shares: np.ndarray) -> float:
    """Return a price that no imbalance reaches."""
    return 10.0 * shares.shape[1]
