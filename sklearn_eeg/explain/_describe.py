"""A picture of attributions in words, for those who cannot see it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ._canvas import name_output


def describe(
    maps: np.ndarray,
    names: Sequence[str],
    classes: Sequence[Any],
    *,
    output: str = "margin",
    n_largest: int = 3,
) -> str:
    """Say which players count most for each class.

    Parameters
    ----------
    maps : ndarray of shape (n_classes, n_players)
        Mean attribution of each player to each class; NaN for a class without windows.
    names : sequence of str, of length n_players
        Names of the players.
    classes : sequence of length n_classes
        Names of the classes.
    output : str, default="margin"
        What the attributions add up to.
    n_largest : int, default=3
        How many players to name for each class, at least 1.

    Returns
    -------
    text : str
        One sentence on what is shown and one on each class, players by size, with their signs.

    Raises
    ------
    ValueError
        If shapes do not fit or `n_largest` is below 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain._describe import describe
    >>> maps = np.array([[0.5, -2.0, 0.0], [np.nan, np.nan, np.nan]])
    >>> describe(maps, ["T7", "Cz", "O1"], ["focal", "tonic"], n_largest=2)
    'Mean attributions to the margin. focal: most by Cz (-2) and T7 (+0.5). tonic: no windows.'
    """
    maps = np.asarray(maps, dtype=float)
    if maps.shape != (len(classes), len(names)):
        raise ValueError(f"`maps` must have shape ({len(classes)}, {len(names)}), got {maps.shape}.")
    if n_largest < 1:
        raise ValueError(f"`n_largest` must be at least 1, got {n_largest}.")
    sentences = [f"Mean attributions to {name_output(output)}."]
    for name, row in zip(classes, maps, strict=True):
        sentences.append(f"{name}: {_say(row, names, n_largest)}.")
    return " ".join(sentences)


def _say(row: np.ndarray, names: Sequence[str], n_largest: int) -> str:
    known = np.flatnonzero(np.isfinite(row))
    if not len(known):
        return "no windows"
    order = known[np.argsort(-np.abs(row[known]), kind="stable")][:n_largest]
    parts = [f"{names[index]} ({row[index]:+.2g})" for index in order if row[index] != 0]
    if not parts:
        return "all 0"
    return "most by " + (" and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0])
