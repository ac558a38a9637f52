"""A column of names: the label, the patient or the recording of each window."""

import numbers
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import column_or_1d


def check_names(values: Any, name: str, thing: str, *, each: str = "window") -> np.ndarray:
    """Return an unchangeable copy of names, one and not missing for each window.

    Parameters
    ----------
    values : array-like of shape (n_windows,)
        All text, or all numbers; whole numbers stay whole where they came as objects or as a table's.
    name : str
        Name of the parameter, for messages.
    thing : str
        What it names, for messages.
    each : str, default="window"
        What has a name.

    Returns
    -------
    names : ndarray of shape (n_windows,)
        The names.

    Raises
    ------
    ValueError
        If they are no column, some are missing, or text and numbers are mixed.

    Examples
    --------
    >>> from sklearn_eeg.model_selection._names import check_names
    >>> check_names(["a", None], "groups", "patient")
    Traceback (most recent call last):
    ValueError: `groups` must give the patient of each window, got none (NaN or None) for 1 of 2 windows: ...
    """
    as_given = np.asarray(values, dtype=object)  # a list's NaN stays NaN; an array's may be text
    if as_given.ndim != 1 and as_given.shape[1:] != (1,):
        raise ValueError(
            f"`{name}` must have shape (n_{each}s,), got shape {as_given.shape}: give the {thing} of each "
            f"{each}."
        )
    as_given = as_given.ravel()
    missing = np.asarray(pd.isna(as_given))
    missing |= np.array([isinstance(value, str) and value == "nan" for value in as_given], dtype=bool)
    if missing.any():
        raise ValueError(
            f"`{name}` must give the {thing} of each {each}, got none (NaN or None) for "
            f"{missing.sum()} of {len(missing)} {each}s: name or drop them."
        )
    kinds = {_kind(value) for value in as_given}
    if len(kinds) > 1:
        raise ValueError(
            f"`{name}` must be all text or all numbers, got {' and '.join(sorted(kinds))}: turn all into "
            "text by str."
        )
    if kinds == {"numbers"} and not (isinstance(values, np.ndarray) and values.dtype != object):
        column = np.array(as_given.tolist())  # also those that came as objects, or as a table's integers
    else:
        column = np.array(column_or_1d(values if np.ndim(values) == 1 else as_given))
    column.setflags(write=False)  # a copy: what is kept must not change with the caller's
    return column


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    return "numbers" if isinstance(value, numbers.Number | np.bool_) else type(value).__name__
