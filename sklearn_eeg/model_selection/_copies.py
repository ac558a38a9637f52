"""Find windows that are copies of one another: equal, scaled, or nearly equal."""

import hashlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .._windows import as_3d

_N_PROJECTIONS = 128
_MARGIN = 1.6  # of a squared distance after projection; a pair this near is missed once in 100 000
_BLOCK = 1000
_MOST_CANDIDATES = 50_000
_N_RANDOM_PAIRS = 2000
_MOST_ALIKE = 0.25  # share of pairs drawn at random that may pass for copies

Relevant = Callable[[np.ndarray, np.ndarray], np.ndarray]


class Copies(NamedTuple):
    """Pairs of windows that are nearly copies.

    Parameters
    ----------
    pairs : ndarray of shape (n_pairs, 2)
        The two windows of each pair, the earlier first.
    correlation : ndarray of shape (n_pairs,)
        How alike they are, between `near` and 1.
    complete : bool
        Whether all pairs were looked at; not where there are very many.
    """

    pairs: np.ndarray
    correlation: np.ndarray
    complete: bool


def number_equal(X: np.ndarray) -> np.ndarray:
    """Give windows the same number if all their values are equal.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.model_selection._copies import number_equal
    >>> number_equal(np.array([[0.0, 1.0], [2.0, 1.0], [-0.0, 1.0]])).tolist()
    [0, 1, 0]
    """
    seen: dict[bytes, int] = {}
    numbers = np.empty(len(X), dtype=int)
    for index, x in enumerate(X):
        content = np.ascontiguousarray(x + 0.0)  # -0.0 becomes 0.0
        key = hashlib.blake2b(content.tobytes(), digest_size=16).digest()
        numbers[index] = seen.setdefault(key, len(seen))
    return numbers


def describe_shape(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each window, and its first differences, free of level and scale.

    Parameters
    ----------
    X : ndarray of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
        The windows.

    Returns
    -------
    level, change : ndarray of shape (n_windows, n_values)
        Float32 rows of length 1, whose products are means over the channels of the correlations of
        windows, and of their first differences; a constant channel counts 0, and a constant window
        is a row of zeros.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.model_selection._copies import describe_shape
    >>> level, change = describe_shape(np.array([[0.0, 1.0, 0.0, 1.0], [5.0, 3.0, 5.0, 3.0]]))
    >>> round(float(level[0] @ level[1]), 6)
    -1.0
    """
    X = as_3d(np.asarray(X, dtype=np.float64))
    return _standardise(X), _standardise(np.diff(X, axis=-1))


def find_copies(X: np.ndarray, near: float, relevant: Relevant) -> Copies | None:
    """Find pairs of windows that are nearly copies, up to scale, level and sign.

    Parameters
    ----------
    X : ndarray of shape (n_windows, n_channels, n_times) or (n_windows, n_times)
        The windows, finite.
    near : float
        The least correlation, above 0.5 and below 1: the mean over channels, both of the windows and
        of their first differences, in absolute value.
    relevant : callable
        ``relevant(i, j)`` takes two arrays of indices and says for which pairs a copy matters.

    Returns
    -------
    copies : Copies or None
        The pairs, or None where many windows drawn at random are that much alike.

    Notes
    -----
    Rows of unit length are projected onto 128 random directions [1]_; the pairs that are near there are
    compared in full. First differences keep slow drifts from passing for copies.

    References
    ----------
    .. [1] Johnson WB, Lindenstrauss J (1984). Extensions of Lipschitz mappings into a Hilbert space.
       Contemporary Mathematics 26, 189-206. https://doi.org/10.1090/conm/026/737400

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.model_selection._copies import find_copies
    >>> X = np.random.default_rng(0).normal(size=(5, 2, 64))
    >>> X[4] = -3 * X[1] + 7
    >>> find_copies(X, 0.99, lambda i, j: i != j).pairs.tolist()
    [[1, 4]]
    """
    if _are_alike(X, near):
        return None
    candidates, complete = _list_candidates(_project(X), near, relevant)
    correlation = _correlate(X, candidates)
    chosen = correlation >= near
    return Copies(candidates[chosen], correlation[chosen], complete)


def _standardise(X: np.ndarray) -> np.ndarray:
    level = X.mean(axis=-1, keepdims=True)
    centred = X - level
    size = np.sqrt((centred**2).sum(axis=-1, keepdims=True))
    alive = size > 1e-9 * (np.abs(level) * np.sqrt(X.shape[-1]) + np.finfo(float).tiny)
    rows = np.divide(centred, size, out=np.zeros_like(centred), where=alive).reshape(len(X), -1)
    length = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    return np.divide(rows, length, out=np.zeros_like(rows), where=length > 0).astype(np.float32)


def _are_alike(X: np.ndarray, near: float) -> bool:
    rng = np.random.default_rng(0)
    pairs = rng.integers(len(X), size=(_N_RANDOM_PAIRS, 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return len(pairs) > 0 and bool((_correlate(X, pairs) >= near).mean() > _MOST_ALIKE)


def _project(X: np.ndarray) -> np.ndarray:
    """Return the windows' shapes in few dimensions that nearly keep distances."""
    rng, directions = np.random.default_rng(0), None
    projected = np.empty((len(X), _N_PROJECTIONS), dtype=np.float32)
    for start in range(0, len(X), 256):
        rows = np.hstack(describe_shape(X[start : start + 256])) / np.sqrt(np.float32(2))
        if directions is None:
            directions = rng.standard_normal((rows.shape[1], _N_PROJECTIONS), dtype=np.float32)
            directions /= np.sqrt(np.float32(_N_PROJECTIONS))
        projected[start : start + 256] = rows @ directions
    return projected


def _list_candidates(projected: np.ndarray, near: float, relevant: Relevant) -> tuple[np.ndarray, bool]:
    """Return the relevant pairs that are near after projection, and whether these are all."""
    limit = np.float32(_MARGIN * 2 * (1 - near) + 1e-5)
    squared = (projected**2).sum(axis=1)
    everything, found, n_found = np.arange(len(projected)), [], 0
    alive = squared > 0
    for start in range(0, len(projected), _BLOCK):
        rows = everything[start : start + _BLOCK]
        product = projected[rows] @ projected[start:].T
        distance = squared[rows][:, np.newaxis] + squared[start:] - 2 * np.abs(product)
        i, j = np.nonzero(distance <= limit)
        i, j = i + start, j + start
        kept = (i < j) & alive[i] & alive[j]
        i, j = i[kept], j[kept]
        kept = relevant(i, j)
        found.append(np.column_stack([i[kept], j[kept]]))
        n_found += len(found[-1])
        if n_found > _MOST_CANDIDATES:
            return np.concatenate(found)[:_MOST_CANDIDATES], False
    return np.concatenate(found), True


def _correlate(X: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return the smaller of the correlations of each pair and of its first differences."""
    out = np.empty(len(pairs))
    for start in range(0, len(pairs), 256):
        chosen = pairs[start : start + 256]
        one, two = describe_shape(X[chosen[:, 0]]), describe_shape(X[chosen[:, 1]])
        each = [np.einsum("ij,ij->i", a, b) for a, b in zip(one, two, strict=True)]
        out[start : start + 256] = np.where(each[0] * each[1] > 0, np.abs(each).min(axis=0).clip(max=1), 0.0)
    return out
