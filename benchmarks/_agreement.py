"""How far our values are from a peer's that has the same definition, on a few windows."""

from collections.abc import Callable

import numpy as np
from _peers import Table
from sklearn.base import BaseEstimator

Convert = Callable[[object, int], np.ndarray]


def _columns(values: object, n_rows: int) -> np.ndarray:
    """Return a peer's arrays, one a statistic, as the columns of our table: (n_rows, n_statistics)."""
    arrays = values if isinstance(values, tuple | list) else [values]
    return np.stack([np.asarray(array).reshape(n_rows) for array in arrays], axis=-1)


def _last_axis(values: object, n_rows: int) -> np.ndarray:
    return np.asarray(values).reshape(n_rows, -1)


def _windows(values: object, n_rows: int) -> np.ndarray:  # noqa: ARG001
    return np.asarray(values)


def _bits_over_log2_of_10(values: object, n_rows: int) -> np.ndarray:
    return _last_axis(values, n_rows) / np.log2(10)


# Row of the table -> peer of the same definition, and how its values become ours.
SAME: dict[str, tuple[str, Convert]] = {
    "time": ("numpy + scipy.stats", _columns),
    "periodogram": ("scipy.signal.periodogram", _last_axis),
    "welch": ("scipy.signal.welch", _last_axis),
    "wavelet": ("pywt + numpy", _columns),
    "spectral entropy": ("scipy.signal.periodogram", _last_axis),
    "sample entropy": ("antropy", _last_axis),
    "permutation entropy 3": ("antropy", _last_axis),
    "permutation entropy 5": ("antropy", _last_axis),
    "Higuchi": ("antropy", _last_axis),
    "Katz, Petrosian": ("antropy", _columns),
    "Hurst": ("numpy", _last_axis),
    "DFA": ("antropy", _last_axis),
    "SVD entropy": ("antropy", _bits_over_log2_of_10),
    "Lempel-Ziv": ("antropy", _last_axis),
    "correlation": ("numpy.corrcoef", _windows),
    "phase-locking value": ("scipy.signal.hilbert", _windows),
    "cross-correlation": ("numpy.correlate", _windows),
    "catch22": ("pycatch22", _last_axis),
}


def agreement(row: str, transformer: BaseEstimator, peers: Table, X: np.ndarray) -> str:
    """Return the peer and the largest difference from it, relative to the largest value of the column.

    catch22's values are compared in order of size, since pycatch22 lists them in another order.
    """
    if row not in SAME or SAME[row][0] not in peers.get(row, {}):
        return ""
    name, convert = SAME[row]
    n_rows = X.shape[0] * X.shape[1]
    theirs = convert(peers[row][name](X), n_rows)
    ours = transformer.fit(X).transform(X).reshape(len(theirs), -1)
    if row == "catch22":
        ours, theirs = np.sort(ours, axis=1), np.sort(theirs, axis=1)
    scale = np.abs(theirs).max(axis=0)
    return f"{name}, {(np.abs(ours - theirs).max(axis=0) / scale).max():.0e}"
