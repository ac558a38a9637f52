"""Fuzzy entropy of a signal: sample entropy with degrees of likeness instead of matches."""

import math
from functools import partial

import numpy as np

from ._kernel import _float_of, inline_kernel, kernel
from ._sample_entropy import set_tolerances
from ._sweeps import Sweep

_LANES = 16  # to a multiple of which the templates are padded
_FAR = 1e100  # where the padding lies
_LEAST = -1000.0  # a likeness of 2**-1000 is none
_NOTHING = 1e-290  # more than the sum of any number of those


@inline_kernel
def _exp2(x: float) -> float:
    """Return 2**x for x in [-1022, 0], within 2e-14, in vector registers.

    The whole part makes the exponent; of the rest, from -1/2 to 1/2, a polynomial through the zeros of
    Chebyshev's takes the power.
    """
    whole = np.int32(x - 0.5)
    y = x - whole
    series = 1.0212097549811005e-07
    series = series * y + 1.3259945262689143e-06
    series = series * y + 1.5252640059770786e-05
    series = series * y + 0.00015403432339553542
    series = series * y + 0.001333355825801874
    series = series * y + 0.009618129195951041
    series = series * y + 0.05550410866428854
    series = series * y + 0.24022650695631514
    series = series * y + 0.6931471805599526
    series = series * y + 1.000000000000014
    return series * _float_of((np.int64(whole) + 1023) << 52)  # type: ignore[call-arg]


@kernel
def _centre_templates(row: np.ndarray, unit: float, out: np.ndarray) -> None:
    """Fill out[k, i] with point k of template i less the template's mean, in units."""
    length, n = out.shape
    for i in range(n):
        total = 0.0
        for k in range(1, length):
            total += (row[i + k] - row[i]) / unit
        out[0, i] = -total / length
    for k in range(1, length):
        for i in range(n):
            out[k, i] = out[0, i] + (row[i + k] - row[i]) / unit


@kernel
def _sum_likeness(templates: np.ndarray, i: int, n_later: int, distances: np.ndarray) -> float:
    """Return the sum of the likenesses of template i and the later ones, whose distances are scratch."""
    last = templates.shape[0] - 1
    width = (n_later + _LANES - 1) // _LANES * _LANES
    for k in range(last):
        point, later = templates[k, i], templates[k, i + 1 :]
        for j in range(width):
            distances[j] = max(distances[j] if k > 0 else 0.0, abs(later[j] - point))
    point, later = templates[last, i], templates[last, i + 1 :]
    total = 0.0
    for j in range(width):
        distance = max(distances[j], abs(later[j] - point))
        total += _exp2(max(-distance * distance, _LEAST))
    return total


@kernel
def _fuzzy_entropy(x: np.ndarray, tolerances: np.ndarray, m: int, out: np.ndarray) -> None:
    n = x.shape[1] - m
    # Templates of two points less their mean are (d, -d): one of the points tells all.
    shorter = 1 if m == 2 else m
    short, long = np.full((m, n + _LANES), _FAR), np.full((m + 1, n + _LANES), _FAR)
    zeros, distances = np.zeros(n + _LANES), np.zeros(n + _LANES)
    for r in range(x.shape[0]):
        out[r, 0] = 0.0
        if tolerances[r] == 0.0:
            continue
        # exp(-(d / r)**2) is a power of 2 once distances come in these units.
        unit = tolerances[r] * math.sqrt(math.log(2.0))
        _centre_templates(x[r], unit, short[:, :n])
        _centre_templates(x[r], unit, long[:, :n])
        a = b = 0.0
        for i in range(n - 1):
            b += _sum_likeness(short[:shorter], i, n - 1 - i, zeros if shorter == 1 else distances)
            a += _sum_likeness(long, i, n - 1 - i, distances)
        out[r, 0] = math.log(b / a if min(a, b) > _NOTHING else 0.5 * n * (n - 1))


def _run_fuzzy(m: int, share: float, x: np.ndarray, out: np.ndarray) -> None:
    """Fill out with fuzzy entropy; 0 where there are no two templates."""
    if x.shape[1] < m + 2:
        out[:] = 0.0
        return
    tolerances = np.empty(len(x))
    set_tolerances(x, share, tolerances)
    _fuzzy_entropy(x, tolerances, m, out)


def fuzzy_entropy_sweeps(m: int = 2, tolerance: float = 0.2) -> dict[str, Sweep]:
    """Return the table of fuzzy entropy.

    Parameters
    ----------
    m : int, default=2
        Number of points of a template.
    tolerance : float, default=0.2
        Width of the membership function, in standard deviations of the signal.

    Returns
    -------
    table : dict of str to Sweep
        The group ``fuzzy``.
    """
    return {"fuzzy": Sweep(("fuzzy_entropy",), partial(_run_fuzzy, m, tolerance))}
