"""What all engines share: players that hold every column once, and sums and columns of values."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np


def check_players(players: Iterable[Any], n_columns: int, name: str = "players") -> list[np.ndarray]:
    """Return players as arrays of column numbers, after checking that they share out all columns.

    Parameters
    ----------
    players : sequence of array-like of int
        Columns (features or channels) of each player.
    n_columns : int
        Number of columns.
    name : str, default="players"
        What to call them in an error.

    Returns
    -------
    players : list of ndarray of int
        The same.

    Raises
    ------
    ValueError
        If a player has no column, or a column is not in exactly one player.

    Examples
    --------
    >>> from sklearn_eeg.explain._game import check_players
    >>> check_players([[0, 2], [1]], 3)
    [array([0, 2]), array([1])]
    """
    groups = [np.atleast_1d(np.asarray(player)) for player in players]
    for number, group in enumerate(groups):
        if group.size == 0:
            raise ValueError(f"`{name}` must each hold a column, got none for player {number}: leave it out.")
        if group.dtype.kind not in "iu" or group.ndim != 1:
            raise ValueError(f"`{name}` must hold lists of column numbers, got {group!r}.")
        if group.min() < 0 or group.max() >= n_columns:
            worst = group.min() if group.min() < 0 else group.max()
            raise ValueError(f"`{name}` must hold columns from 0 to {n_columns - 1}, got {worst}.")
    counts = np.bincount(np.concatenate([*groups, np.empty(0, dtype=np.intp)]), minlength=n_columns)
    for problem, found in (("more than once", counts > 1), ("in none", counts == 0)):
        if found.any():
            columns = np.flatnonzero(found)
            shown = ", ".join(map(str, columns[:5])) + (", ..." if columns.size > 5 else "")
            raise ValueError(f"`{name}` must hold every column once, got column {shown} {problem}.")
    return [group.astype(np.intp) for group in groups]


def check_tables(rows: Any, background: Any, *, nan: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to explain and the background as float64 tables, after checking that they fit.

    Raises
    ------
    ValueError
        If one is no table, holds infinity, or NaN unless `nan`, or they differ in their number of columns.

    Examples
    --------
    >>> from sklearn_eeg.explain._game import check_tables
    >>> check_tables([[1, 2]], [[0, 0]])[0]
    array([[1., 2.]])
    """
    tables = []
    for name, given in (("rows", rows), ("background", background)):
        table = np.asarray(given, dtype=np.float64)
        if table.ndim != 2 or 0 in table.shape:
            raise ValueError(f"`{name}` must be a table of at least one row and column, got {table.shape}.")
        if not (np.isfinite(table) | (np.isnan(table) & nan)).all():
            found = "infinity" if nan else "NaN or infinity"
            raise ValueError(f"`{name}` must be finite, got {found}: repair or drop these rows.")
        tables.append(table)
    if tables[0].shape[1] != tables[1].shape[1]:
        raise ValueError(
            f"`background` must have the {tables[0].shape[1]} columns of `rows`, got {tables[1].shape[1]}."
        )
    return tables[0], tables[1]


def sum_by_player(values: np.ndarray, players: Sequence[np.ndarray]) -> np.ndarray:
    """Return sums over the columns of each player: (n, n_columns, ...) to (n, n_players, ...).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain._game import sum_by_player
    >>> sum_by_player(np.array([[1.0, 2.0, 4.0]]), [np.array([0, 2]), np.array([1])])
    array([[5., 2.]])
    """
    return np.stack([values[:, player].sum(axis=1) for player in players], axis=1)


def both_classes(margins: np.ndarray) -> np.ndarray:
    """Return the margins (...,) of the second of two classes as one column a class, its negative first.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain._game import both_classes
    >>> both_classes(np.array([2.0]))
    array([[-2.,  2.]])
    """
    return np.stack([-margins, margins], axis=-1)
