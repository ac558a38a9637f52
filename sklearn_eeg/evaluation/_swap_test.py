"""Test whether two systems differ, by swapping their predictions patient by patient."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.stats import rankdata

from ._coded import Coded
from ._figures import PatientSums, figures, losses_by_patient

_ROUNDING = 1e-12  # differences that close to the observed one count as equal to it


def swap_test(
    one: Coded, other: Coded, names: Sequence[str], *, n_permutations: int, random_state: int
) -> tuple[np.ndarray, bool]:
    """Return the p-values of the differences between two systems on the same windows.

    Parameters
    ----------
    one, other : Coded
        The predictions of the systems, with the same truth, patients and classes.
    names : sequence of str
        Names of the figures to compare.
    n_permutations : int
        How many swaps to draw at most; all are taken where they are no more than that.
    random_state : int
        Seed of the swaps.

    Returns
    -------
    p_values : ndarray of shape (n_names,)
        Two-sided p-values; NaN where a figure has no value.
    exact : bool
        Whether all swaps were taken.

    Notes
    -----
    If it made no difference which system is which, then in any patient the two could be swapped. The
    p-value is the share of such swaps whose difference is at least as far from 0 as the observed one;
    where they are drawn at random, the observed one is counted among them [2]_.

    The patients of both systems stand side by side as twice as many; a swap chooses one of each two, so
    a figure of swapped predictions is a figure of weighted patients. In areas, scores count by their
    ranks within the system, so that the scales of systems may differ [1]_.

    References
    ----------
    .. [1] A. I. Bandos, H. E. Rockette, D. Gur (2005). A permutation test sensitive to differences in
       areas for comparing ROC curves from a paired design. Statistics in Medicine 24(18), 2873-2893.
       https://doi.org/10.1002/sim.2149
    .. [2] B. Phipson, G. K. Smyth (2010). Permutation p-values should never be zero. Statistical
       Applications in Genetics and Molecular Biology 9, 39. https://doi.org/10.2202/1544-6115.1585

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._coded import code_predictions
    >>> from sklearn_eeg.evaluation._swap_test import swap_test
    >>> truth, patients = [0, 1] * 4, [1, 1, 2, 2, 3, 3, 4, 4]
    >>> right = code_predictions(truth, truth, patients, None, [0, 1])
    >>> wrong = code_predictions(truth, [1, 0] * 4, patients, None, [0, 1])
    >>> swap_test(right, wrong, ["accuracy"], n_permutations=100, random_state=0)
    (array([0.125]), True)
    """
    sums, n_units = _side_by_side(one, other, names), one.n_units
    exact = bool(n_units - 1 <= np.log2(n_permutations))
    swaps = (
        _every_swap(n_units, sums.rows_per_block)
        if exact
        else _some_swaps(n_units, n_permutations, random_state, sums.rows_per_block)
    )
    observed = _differences(sums, names, np.zeros((1, n_units)))[0]
    beyond, n_swaps = np.zeros(len(names)), 0
    for block in swaps:
        nearer = np.abs(_differences(sums, names, block)) < np.abs(observed) - _ROUNDING
        beyond += (~nearer).sum(axis=0)
        n_swaps += len(block)
    p_values = beyond / n_swaps if exact else (beyond + 1) / (n_swaps + 1)
    return np.where(np.isnan(observed), np.nan, p_values), exact


def holm(p_values: np.ndarray) -> np.ndarray:
    """Correct p-values for their number, so that any false discovery is as rare as each claims to be.

    Parameters
    ----------
    p_values : ndarray of shape (n_tests,)
        The p-values; NaN is not counted.

    Returns
    -------
    corrected : ndarray of shape (n_tests,)
        At least the p-values, at most 1.

    References
    ----------
    .. [1] S. Holm (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal
       of Statistics 6(2), 65-70. https://www.jstor.org/stable/4615733

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._swap_test import holm
    >>> holm(np.array([0.04, 0.01, 0.03])).tolist()
    [0.06, 0.03, 0.06]
    """
    order = np.argsort(p_values)[: np.count_nonzero(~np.isnan(p_values))]
    corrected = np.full(len(p_values), np.nan)
    scaled = p_values[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    return corrected


def _side_by_side(one: Coded, other: Coded, names: Sequence[str]) -> PatientSums:
    """Return the sums of the patients of both, those of the second after those of the first."""
    score = None
    if one.score is not None and other.score is not None:
        score = np.concatenate([rankdata(each.score, axis=0) for each in (one, other)])
    both = Coded(
        truth=np.concatenate([one.truth, other.truth]),
        said=np.concatenate([one.said, other.said]),
        score=score,
        unit=np.concatenate([one.unit, other.unit + one.n_units]),
        classes=one.classes,
        n_units=2 * one.n_units,
    )
    sums = PatientSums(both, names)
    sums.losses = np.concatenate([losses_by_patient(one), losses_by_patient(other)])
    return sums


def _differences(sums: PatientSums, names: Sequence[str], swapped: np.ndarray) -> np.ndarray:
    """Return figure of the first less that of the second, for rows that say which patients to swap."""
    first = figures(sums.weigh(np.hstack([1 - swapped, swapped])), names)
    return first - figures(sums.weigh(np.hstack([swapped, 1 - swapped])), names)


def _every_swap(n_units: int, rows: int) -> Iterator[np.ndarray]:
    """Yield all swaps that leave the last patient alone: the others only turn the sign."""
    for first in range(0, 2 ** (n_units - 1), rows):
        number = np.arange(first, min(first + rows, 2 ** (n_units - 1)))[:, np.newaxis]
        yield (number >> np.arange(n_units) & 1).astype(np.float64)


def _some_swaps(n_units: int, n_permutations: int, random_state: int, rows: int) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(random_state)
    for first in range(0, n_permutations, rows):
        drawn = rng.integers(2, size=(min(rows, n_permutations - first), n_units), dtype=np.int8)
        yield drawn.astype(np.float64)
