"""What folds must keep to, whoever makes them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedKFold


def stratify_windows(n_folds: int, y: np.ndarray, **options: Any) -> StratifiedKFold:
    """Return stratified folds of windows, for which each class must have windows enough.

    Parameters
    ----------
    n_folds : int
        Number of folds.
    y : ndarray of shape (n_windows,)
        Label of each window.
    **options : object
        Further parameters of :class:`~sklearn.model_selection.StratifiedKFold`.

    Returns
    -------
    splitter : StratifiedKFold
        The folds.

    Raises
    ------
    ValueError
        If a class has fewer windows than folds.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.model_selection._check_splits import stratify_windows
    >>> stratify_windows(2, np.array([0, 0, 1, 1])).n_splits
    2
    """
    labels, counts = np.unique(y, return_counts=True)
    label, count = labels[counts.argmin()], counts.min()
    if count < n_folds:
        repair = f"pass cv={count} or fewer" if count > 1 else "drop the class"
        raise ValueError(
            f"{n_folds} folds need at least {n_folds} windows of each class, got {count} of class "
            f"{label!s}: {repair}."
        )
    return StratifiedKFold(n_folds, **options)


def check_splits(
    splits: Sequence[tuple[np.ndarray, np.ndarray]], y: np.ndarray, *, repair: str
) -> np.ndarray:
    """Return the fold that tests each window.

    Parameters
    ----------
    splits : sequence of (ndarray, ndarray)
        Indices of the training and of the test windows of each fold.
    y : ndarray of shape (n_windows,)
        Label of each window.
    repair : str
        What to do where a fold trains on one class, as an imperative without a full stop.

    Returns
    -------
    fold : int ndarray of shape (n_windows,)
        Number of the fold.

    Raises
    ------
    ValueError
        If a window is in both train and test, a fold trains on a single class, or windows are not tested
        once each.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.model_selection._check_splits import check_splits
    >>> halves = [(np.array([0, 1]), np.array([2, 3])), (np.array([2, 3]), np.array([0, 1]))]
    >>> check_splits(halves, np.array([0, 1, 0, 1]), repair="pass fewer folds").tolist()
    [1, 1, 0, 0]
    """
    times_tested, fold = np.zeros(len(y), dtype=int), np.full(len(y), -1)
    for number, (train, test) in enumerate(splits):
        both = np.intersect1d(train, test)
        if len(both):
            raise ValueError(
                f"`cv` must keep train and test apart, got {len(both)} windows in both in fold {number}."
            )
        trained = np.unique(y[train])
        if len(trained) < 2:
            raise ValueError(
                f"Each fold must train on at least 2 classes, got only {', '.join(map(str, trained))} in "
                f"fold {number}: {repair}."
            )
        np.add.at(times_tested, test, 1)
        fold[test] = number
    never, often = (times_tested == 0).sum(), (times_tested > 1).sum()
    if never or often:
        raise ValueError(
            f"`cv` must test each window exactly once, got {never} windows never tested and {often} tested "
            f"more than once (of {len(y)}): use folds that partition the windows, such as PatientKFold."
        )
    return fold
