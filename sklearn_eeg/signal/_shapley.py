"""Shapley and Owen values of games that are products, one factor for each player.

A term of the game is ``v(S) = prod_{g in S} a_g prod_{g not in S} c_g`` with factors between 0 and 1. By its
multilinear extension the Shapley value of player g is an integral over one polynomial in t,
``(a_g - c_g) int_0^1 prod_{h != g} (t a_h + (1 - t) c_h) dt``, and an Owen value (players inside groups) is
such an integral over the players of the group times one over the other groups. Gauss-Legendre nodes,
half as many as players, integrate the polynomial exactly; fewer where the factors differ little.

All factors lie in [0, 1], so the products of all others are formed from the left and from the right without
a division: a factor of exactly 0 does no harm, and a product that underflows is one that adds nothing.
"""

import math
from functools import lru_cache

import numpy as np
from scipy.special import roots_legendre

from ._shapley_kernel import LANES, Rules, owen_values

_ACCURACY = 1e-15  # of an integral, which lies between 0 and 1


def shapley_of_products(
    present: np.ndarray, absent: np.ndarray, sizes: tuple[int, ...] | None = None
) -> np.ndarray:
    """Compute Shapley or Owen values of products, averaged over what takes the place of absent players.

    Parameters
    ----------
    present : ndarray of shape (n_windows, n_players, n_terms)
        Factor of each player where it is present, from 0 to 1.
    absent : ndarray of shape (n_background, n_players, n_terms)
        Factor of each player where it is absent, from 0 to 1.
    sizes : tuple of int, optional
        Number of players in each group, for Owen values: players of a group enter together. The groups lie
        one after the other. None for Shapley values.

    Returns
    -------
    values : ndarray of shape (n_windows, n_players, n_terms)
        Mean over the background of the values of each term; they sum over players to the product of
        the present factors less the mean product of the absent ones.

    Raises
    ------
    ValueError
        If the shapes differ, there is no background, a factor is not between 0 and 1, or the sizes of the
        groups do not sum to the number of players.

    Notes
    -----
    The integrals are exact in at most ``ceil(n_players / 2)`` nodes. Fewer are taken where Bernstein's
    ellipse shows them to err by less than 1e-15: for a function that is at most M within the ellipse of
    parameter rho, n nodes err by at most ``32 M rho^(-2 n) / (15 (1 - rho^-2))`` on [0, 1] [2]_, and here
    ``M <= exp(sum_g |a_g - c_g| (rho - 1 / rho) / 4)``. A player whose factors are equal has the value 0.

    References
    ----------
    .. [1] Owen G. Multilinear extensions of games. Management Science 1972;18(5):64-79.
       doi:10.1287/mnsc.18.5.64
    .. [2] Trefethen LN. Is Gauss quadrature better than Clenshaw-Curtis? SIAM Review 2008;50(1):67-87.
       doi:10.1137/060659831

    Examples
    --------
    Of ``v({1}) = 0.5, v({2}) = 1, v({1, 2}) = 0.5`` and ``v({}) = 1`` the whole loss is the first's:

    >>> import numpy as np
    >>> from sklearn_eeg.signal import shapley_of_products
    >>> shapley_of_products(np.array([[[0.5], [1.0]]]), np.ones((1, 2, 1)))[0, :, 0]
    array([-0.5,  0. ])
    """
    present, absent = np.asarray(present, dtype=np.float64), np.asarray(absent, dtype=np.float64)
    _check_factors(present, absent)
    n_windows, n_players, n_terms = present.shape
    sizes = (n_players,) if sizes is None else tuple(sizes)
    if sum(sizes) != n_players or min(sizes) < 1:
        raise ValueError(f"`sizes` must be positive and sum to the {n_players} players, got {sizes}.")
    room = -(-n_terms // LANES) * LANES
    padding = ((0, 0), (0, 0), (0, room - n_terms))
    a, c = np.pad(present, padding), np.pad(absent, padding)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    out = np.empty((n_windows, n_players, room))
    owen_values(a, c, starts, quadrature(max(sizes)), quadrature(len(sizes)), out)
    return out[..., :n_terms]


def _check_factors(present: np.ndarray, absent: np.ndarray) -> None:
    for name, factors in (("present", present), ("absent", absent)):
        if factors.ndim != 3 or 0 in factors.shape[:2]:
            raise ValueError(f"`{name}` must be of shape (n, n_players, n_terms), got {factors.shape}.")
        if factors.size and not (factors.min() >= 0 and factors.max() <= 1):
            raise ValueError(
                f"`{name}` must lie between 0 and 1, got values from {factors.min():g} to {factors.max():g}."
            )
    if absent.shape[1:] != present.shape[1:]:
        raise ValueError(
            f"`absent` must have the players and terms of `present`, {present.shape[1:]}, got "
            f"{absent.shape[1:]}."
        )


@lru_cache(maxsize=16)
def quadrature(n_players: int) -> Rules:
    """Return the rules that games of `n_players` players may need.

    Examples
    --------
    >>> from sklearn_eeg.signal._shapley import quadrature
    >>> quadrature(5).counts
    array([1, 2, 3])
    """
    enough, n, counts = max(1, -(-n_players // 2)), 1, []
    while n < enough and _reach(n) < n_players:
        counts.append(n)
        n = n + 1 if n < 16 else n * 5 // 4
    counts.append(min(n, enough))
    reach = np.array([_reach(n) for n in counts])
    reach[-1] = np.inf
    nodes, weights = np.zeros((2, len(counts), counts[-1]))
    for row, n in enumerate(counts):
        t, w = roots_legendre(n)
        nodes[row, :n], weights[row, :n] = (t + 1.0) / 2.0, w / 2.0
    return Rules(reach, np.array(counts), nodes, weights)


def _reach(n_nodes: int) -> float:
    """Return the sum of |a_g - c_g| up to which so many nodes are accurate, at the best ellipse."""
    rho = np.exp(np.linspace(0.01, 8.0, 800))
    gain = 2 * n_nodes * np.log(rho) + math.log(_ACCURACY * 15 / 32) + np.log1p(-(rho**-2))
    return float(np.max(4.0 * gain / (rho - 1.0 / rho)))
