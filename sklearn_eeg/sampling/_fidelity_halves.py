"""Halves of patients, and sets of equally many windows of each class."""

from collections.abc import Sequence

import numpy as np

_DRAWS = 30  # of which the most balanced halves are taken


def halve(
    labels: np.ndarray, units: np.ndarray, rng: np.random.Generator, tried: set[bytes] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the windows of two halves of the patients, drawn so that both have windows of each class.

    Parameters
    ----------
    labels : ndarray of int of shape (n_windows,)
        Classes.
    units : ndarray of int of shape (n_windows,)
        Patients, at least two.
    rng : Generator
        Source of the draws.
    tried : set of bytes, default=None
        Halves of earlier calls, to which this one is added.

    Returns
    -------
    first, second : ndarray of int
        Places of the windows of either half.

    Notes
    -----
    Of 30 random halves of the patients that is taken which leaves most windows once each class has equally
    many in both; where some leave no class out, one of these; and of these, one that was not tried before.
    Without the last rule, few patients would be halved in one way alone.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_halves import halve
    >>> a, b = halve(np.tile([0, 1], 4), np.repeat([7, 8], 4), np.random.default_rng(0))
    >>> sorted([a.tolist(), b.tolist()])
    [[0, 1, 2, 3], [4, 5, 6, 7]]
    """
    patients, places = np.unique(units, return_inverse=True)
    counts = np.zeros((len(patients), labels.max() + 1))
    np.add.at(counts, (places, labels), 1)
    tried = set() if tried is None else tried
    best, chosen = (-1.0, -1.0, -1.0), np.zeros(len(patients), bool)
    for _ in range(_DRAWS):
        first = rng.permutation(len(patients)) < len(patients) // 2
        common = np.minimum(counts[first].sum(axis=0), counts[~first].sum(axis=0))
        worth = float(np.sum(common > 0)), float(first.tobytes() not in tried), float(common.sum())
        if worth > best:
            best, chosen = worth, first
    tried |= {chosen.tobytes(), (~chosen).tobytes()}
    return np.flatnonzero(chosen[places]), np.flatnonzero(~chosen[places])


def match_classes(labels: Sequence[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Return places of windows such that each class has equally many in every set.

    Parameters
    ----------
    labels : sequence of ndarray of int of shape (n_windows,)
        Classes of the windows of each set.
    rng : Generator
        Source of the draws.

    Returns
    -------
    places : list of ndarray of int
        As many of each class as the set has that has fewest, drawn without replacement, in rising order.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._fidelity_halves import match_classes
    >>> a, b = np.array([0, 0, 1, 1, 1]), np.array([1, 0, 1, 2])
    >>> [len(each) for each in match_classes([a, b], np.random.default_rng(0))]
    [3, 3]
    """
    chosen: list[list[np.ndarray]] = [[] for _ in labels]
    for label in np.unique(labels[0]):
        places = [np.flatnonzero(each == label) for each in labels]
        fewest = min(len(each) for each in places)
        for mine, each in zip(chosen, places, strict=True):
            mine.append(rng.choice(each, fewest, replace=False))
    return [np.sort(np.concatenate(each)) for each in chosen]
