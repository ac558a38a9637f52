"""Which channel a column comes from, found out by trying.

So it holds for steps of any package: windows are put together from the channels of two others, and behind a
step each column must be that of the window which its channel was taken from. Some of these windows have a
nearly flat or a much too loud channel, since steps that mend channels mix them only then.
"""

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ._background import Data
from ._columns import split_units

MIXED = -1
_N_HYBRIDS = 24
_BAD = (1e-3, 100.0)  # gains of a channel that is nearly flat or too loud; two windows have either


class Trial(NamedTuple):
    """What steps are tried with, and later what they make of it.

    `hybrids` consist of channels of `first` and other channels of `second`, windows by windows.
    """

    first: Any
    second: Any
    hybrids: Any


def choose_hybrids(n_channels: int) -> np.ndarray:
    """Return which channels hybrids have of the first windows, (n_hybrids, n_channels), by chance."""
    return np.random.RandomState(0).random_sample((_N_HYBRIDS, n_channels)) < 0.5


def make_trial(data: Data, owners: np.ndarray, chosen: np.ndarray, *, bad_channels: bool = True) -> Trial:
    """Make what steps are tried with.

    Parameters
    ----------
    data : Data
        What the pipeline takes.
    owners : ndarray of shape (n_units,)
        Number of the channel that each unit of it comes from; -1 for none.
    chosen : ndarray of bool of shape (n_hybrids, n_channels)
        Channels that hybrids have of the windows to explain; the others are of the background.
    bad_channels : bool, default=True
        Whether some of the windows shall have a nearly flat or a much too loud channel.

    Returns
    -------
    trial : Trial
        Windows or tables like those of `data`.
    """
    random = np.random.RandomState(1)
    first = data.X[random.randint(len(data.X), size=len(chosen))]
    second = data.background[random.randint(len(data.background), size=len(chosen))]
    if data.X.ndim == 3 and bad_channels:
        for row, gain in enumerate(2 * _BAD):
            first[row, chosen[row].argmax()] *= gain
    return Trial(first, second, mix(first, second, chosen, owners))


def find_owners(
    trial: Trial, chosen: np.ndarray, ch_names: list[str], info: pd.DataFrame | None
) -> np.ndarray:
    """Return the channel of each unit behind some steps, or -1.

    Parameters
    ----------
    trial : Trial of ndarray
        What the steps make of it.
    chosen : ndarray of bool of shape (n_hybrids, n_channels)
        As in `make_trial`.
    ch_names : list of str
        The channels.
    info : DataFrame or None
        What each column is; it tells the channel where trying leaves several, as for a flat one.

    Returns
    -------
    owners : ndarray of shape (n_units,)
        Number of the channel, or -1 for a unit that comes from several, or from none for sure.

    Examples
    --------
    The sum of two channels comes from neither:

    >>> import numpy as np
    >>> from sklearn_eeg.explain._trial import Trial, find_owners
    >>> parts = np.array([[1.0, 2.0, 3.0]]), np.array([[5.0, 7.0, 12.0]]), np.array([[1.0, 7.0, 8.0]])
    >>> find_owners(Trial(*parts), np.array([[True, False]]), ["C3", "C4"], None)
    array([ 0,  1, -1])
    """
    n_units, n_channels = trial.hybrids.shape[1], len(ch_names)
    if not n_channels:
        return np.full(n_units, MIXED)
    as_first, as_second = (_agree(part, trial.hybrids) for part in (trial.first, trial.second))
    possible = np.array(
        [np.where(chosen[:, [channel]], as_first, as_second).all(axis=0) for channel in range(n_channels)]
    )
    owners = np.where(possible.sum(axis=0) == 1, possible.argmax(axis=0), MIXED)
    named = owners_by_name(info, ch_names, n_units)
    if trial.hybrids.ndim == 3 and n_units == n_channels:  # windows: a flat channel has no name but a place
        named = np.arange(n_channels)
    by_name = (owners == MIXED) & (named != MIXED) & possible[named, np.arange(n_units)]
    owners[by_name] = named[by_name]
    return owners


def owners_by_name(info: pd.DataFrame | None, ch_names: list[str], n_units: int) -> np.ndarray:
    """Return the channel that a name tells; ties between channels belong to none."""
    owners = np.full(n_units, MIXED)
    if info is None:
        return owners
    for index, (unit, family) in enumerate(zip(info["channel"], info["family"], strict=True)):
        if family != "connectivity" and len(split_units(unit, ch_names) or ()) == 1:
            owners[index] = ch_names.index(unit)
    return owners


def transform_quietly(step: Any, parts: Sequence[Any]) -> Trial:
    """Transform without warnings, which are of trial windows and not of the user's."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return Trial(*(step.transform(part) for part in parts))


def as_array(X: Any) -> np.ndarray:
    """Return the array of what a step gives: an array, a DataFrame or a sparse matrix.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_eeg.explain._trial import as_array
    >>> as_array(pd.DataFrame({"a": [1.0]}))
    array([[1.]])
    """
    return np.asarray(X.toarray() if hasattr(X, "toarray") else X)


def mix(first: np.ndarray, second: np.ndarray, chosen: np.ndarray, owners: np.ndarray) -> np.ndarray:
    """Return the units of the chosen channels of the first, the others of the second."""
    taken = chosen[:, owners] & (owners != MIXED)
    return np.where(taken.reshape(*taken.shape, *(1,) * (first.ndim - 2)), first, second)


def _agree(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return which units (n_windows, n_units) are the same but for rounding."""
    times = tuple(range(2, first.ndim))
    with np.errstate(invalid="ignore"):
        size = np.fmax(np.abs(first), np.abs(second))
        largest = np.max(size, axis=(0, *times), keepdims=True, initial=0.0, where=np.isfinite(size))
        near = np.abs(first - second) <= (1e-4 if first.dtype == np.float32 else 1e-8) * largest
    return (near | (first == second) | (np.isnan(first) & np.isnan(second))).all(axis=times)
