"""One map a class: the mean attributions of the windows that were given its label."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def mean_by_class(values: np.ndarray, classes: Sequence[Any] | np.ndarray, labels: Any = None) -> np.ndarray:
    """Return the mean attribution to each class, over the windows of that class.

    Parameters
    ----------
    values : ndarray of shape (n_windows, n_players, n_classes)
        Attributions, in the unit of what they add up to.
    classes : sequence of length n_classes
        Labels of the last axis.
    labels : array-like of shape (n_windows,), optional
        Label of each window, true or predicted; without them each mean is over all windows.

    Returns
    -------
    maps : ndarray of shape (n_classes, n_players)
        Mean of ``values[labels == classes[k], :, k]`` in row k; NaN where no window has the label.

    Raises
    ------
    ValueError
        If shapes do not fit.

    Notes
    -----
    Over all windows, interventional Shapley values have a mean near 0 by construction, and a map of them
    says little: so labels should be given.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain._class_maps import mean_by_class
    >>> values = np.array([[[1.0, 9.0]], [[3.0, 9.0]], [[9.0, 5.0]]])
    >>> mean_by_class(values, ["rest", "seizure"], ["rest", "rest", "seizure"]).tolist()
    [[2.0], [5.0]]
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 3 or values.shape[2] != len(classes):
        raise ValueError(
            f"`values` must have shape (n_windows, n_players, {len(classes)}), got {values.shape}."
        )
    if labels is None:
        return values.mean(axis=0).T
    labels = np.asarray(labels)
    if labels.shape != (len(values),):
        raise ValueError(f"`labels` must have shape ({len(values)},), one a window, got {labels.shape}.")
    maps = np.full((len(classes), values.shape[1]), np.nan)
    for k, name in enumerate(classes):
        if (labels == name).any():
            maps[k] = values[labels == name, :, k].mean(axis=0)
    return maps


def place_of(label: Any, classes: Sequence[Any] | np.ndarray) -> int:
    """Return the place of a label among the classes, or raise a ValueError."""
    known = np.asarray(classes).tolist()
    if label not in known:
        raise ValueError(f"`label` must be one of {known}, got {label!r}.")
    return known.index(label)
