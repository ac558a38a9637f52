"""Entropy and Fisher information of the singular values of a signal's delay embedding.

The squares of the singular values are the eigenvalues of the embedding's Gram matrix.
"""

import math

import numpy as np

from ._kernel import kernel
from ._sweeps import Sweep

_BLOCK = 76  # rows whose matrices are kept at once
_EPSILON = 2.220446049250313e-16


@kernel
def _gram(x: np.ndarray, order: int, delay: int, out: np.ndarray, flat: np.ndarray) -> None:
    """Fill out[r] with the products of row r, delayed, with itself, scaled to a largest value of 1.

    A constant row is told by `flat`, and gives ones.

    Each diagonal follows from its first element by the products that leave and enter.
    """
    n = x.shape[1] - (order - 1) * delay
    row = np.empty(x.shape[1])
    for r in range(x.shape[0]):
        low = high = x[r, 0]
        for i in range(row.size):
            low = min(low, x[r, i])
            high = max(high, x[r, i])
        flat[r] = low == high
        if flat[r]:
            out[r] = 1.0
            continue
        scale = 1.0 / max(-low, high, 1e-300)
        for i in range(row.size):
            row[i] = x[r, i] * scale
        gram = out[r]
        for a in range(order):
            later = row[a * delay :]
            total = 0.0
            for i in range(n):
                total += row[i] * later[i]
            gram[0, a] = gram[a, 0] = total
        for a in range(1, order):
            for b in range(a, order):
                total = gram[a - 1, b - 1]
                apart = (b - a) * delay
                for t in range((a - 1) * delay, a * delay):
                    total += row[t + n] * row[t + n + apart] - row[t] * row[t + apart]
                gram[a, b] = gram[b, a] = total


@kernel
def _describe(eigenvalues: np.ndarray, out: np.ndarray) -> None:
    """Fill out with entropy and Fisher information, given the squares of singular values in ascending order.

    What cannot be told from rounding counts as zero.
    """
    order = eigenvalues.shape[1]
    values = np.empty(order)
    for r in range(eigenvalues.shape[0]):
        floor = 4.0 * order * _EPSILON * eigenvalues[r, order - 1]
        total = 0.0
        for i in range(order):
            values[i] = math.sqrt(eigenvalues[r, i]) if eigenvalues[r, i] > floor else 0.0
            total += values[i]
        entropy = information = 0.0
        for i in range(order - 1, -1, -1):
            share = values[i] / total
            if share > 0.0:
                entropy -= share * math.log(share)
                if i > 0:
                    drop = values[i - 1] / total - share
                    information += drop * drop / share
        out[r, 0] = min(max(entropy / math.log(order), 0.0), 1.0)
        out[r, 1] = information


def _run(order: int, delay: int, x: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the two statistics of each row; (0, 1), one singular value, where it is constant."""
    grams = np.empty((_BLOCK, order, order))
    for start in range(0, len(x), _BLOCK):
        rows = x[start : start + _BLOCK]
        block = grams[: len(rows)]
        flat = np.empty(len(rows), np.bool_)
        _gram(rows, order, delay, block, flat)
        values = out[start : start + _BLOCK]
        _describe(np.linalg.eigvalsh(block), values)
        values[flat] = (0.0, 1.0)


def svd_entropy_sweeps(order: int = 10, delay: int = 2) -> dict[str, Sweep]:
    """Return the table of statistics of singular values.

    Parameters
    ----------
    order : int, default=10
        Number of delayed copies, at least 2.
    delay : int, default=2
        Distance between them, in time points.

    Returns
    -------
    table : dict of str to Sweep
        The group ``singular_values``; rows too short for the embedding give 0 and 1, as constant ones.
    """

    def run(x: np.ndarray, out: np.ndarray) -> None:
        if x.shape[1] <= (order - 1) * delay:
            out[:] = (0.0, 1.0)
        else:
            _run(order, delay, x, out)

    return {"singular_values": Sweep(("svd_entropy", "fisher_information"), run)}
