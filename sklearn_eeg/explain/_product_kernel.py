"""Exact Shapley and Owen values of machines whose kernel is a product over features.

The RBF kernel ``exp(-gamma |x - s|^2)`` and the Laplacian kernel ``exp(-gamma |x - s|_1)`` are products over
features, hence over any players that share them out. The margin is a sum of such products, one for each
support vector, and so are its Shapley values.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from scipy.spatial.distance import cdist
from sklearn.utils import gen_batches

from ..signal import shapley_of_products
from ._game import check_players, check_tables

_METRICS = {"rbf": "sqeuclidean", "laplacian": "cityblock"}
_TERMS = 256  # support vectors at once, at most: factors of more leave the cache
_MAX_BYTES = 2**26


class _Machine(NamedTuple):
    """Vectors by player, scaled so that the kernel is exp(-distance), and their coefficients."""

    players: list[np.ndarray]
    vectors: list[np.ndarray]
    coefficients: np.ndarray
    scale: np.ndarray
    metric: str
    sizes: tuple[int, ...] | None


def explain_product_kernel(
    rows: Any,
    background: Any,
    vectors: Any,
    coefficients: Any,
    intercept: Any,
    gamma: Any,
    players: Iterable[Any],
    *,
    kernel: str = "rbf",
    max_bytes: int = _MAX_BYTES,
    n_jobs: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Compute the exact interventional Shapley values of the margins of a kernel machine.

    Parameters
    ----------
    rows : array-like of shape (n_windows, n_features)
        Rows to explain, as the machine takes them.
    background : array-like of shape (n_background, n_features)
        Rows that stand in for the features of absent players.
    vectors : array-like of shape (n_vectors, n_features)
        Support vectors.
    coefficients : array-like of shape (n_classes, n_vectors)
        Weight of each support vector in the margin of each class.
    intercept : array-like of shape (n_classes,)
        Constant of each margin.
    gamma : float or array-like of shape (n_features,)
        Width of the kernel, positive, or at least 0 for each feature.
    players : sequence of array-like of int
        Features of each player; each feature is in exactly one.
    kernel : {"rbf", "laplacian"}, default="rbf"
        The kernel.
    max_bytes : int, default=2**26
        Size of the largest work arrays together, in bytes (never below those of one background row and a
        few support vectors).
    n_jobs : int, optional
        Number of threads, as in joblib.

    Returns
    -------
    values : ndarray of shape (n_windows, n_players, n_classes)
        Shapley values; they sum over players to the margins less `base`.
    base : ndarray of shape (n_classes,)
        Mean margins of the background.

    Raises
    ------
    ValueError
        If a shape, the kernel or gamma does not fit, or players overlap or leave a feature out.

    Notes
    -----
    With ``a_ig = k(x_g, s_ig)`` and ``c_mig = k(z_mg, s_ig)`` for background row m, support vector i and
    player g, the value of g is ``mean_m sum_i alpha_i (a_ig - c_mig) J_mig`` with
    ``J_mig = int_0^1 prod_{h != g} (t a_ih + (1 - t) c_mih) dt``, an integral exact to 1e-15 by
    `shapley_of_products`: the values are exact to about 1e-15 times the sum of ``|alpha_i|``. The cost
    grows with the product of windows, background rows, support vectors and players. A player whose
    features equal those of all background rows has the value 0.

    References
    ----------
    .. [1] Lundberg SM, Lee SI. A unified approach to interpreting model predictions. NeurIPS 2017.
       doi:10.48550/arXiv.1705.07874

    Examples
    --------
    Two features take a margin from 1 to exp(-2), and share the loss alike:

    >>> from sklearn_eeg.explain._product_kernel import explain_product_kernel
    >>> values, base = explain_product_kernel([[1, 1]], [[0, 0]], [[0, 0]], [[1]], [0], 1.0, [[0], [1]])
    >>> values[0, :, 0].round(4), base
    (array([-0.4323, -0.4323]), array([1.]))
    """
    rows, background = check_tables(rows, background)
    machine = _prepare(vectors, coefficients, gamma, players, rows.shape[1], kernel)
    values, base = _explain(rows, background, machine, max_bytes, n_jobs)
    return values, base + _check_intercept(intercept, len(base))


def explain_nested(
    rows: Any,
    background: Any,
    vectors: Any,
    coefficients: Any,
    intercept: Any,
    gamma: Any,
    players: Iterable[Any],
    outer: Iterable[Any],
    *,
    kernel: str = "rbf",
    max_bytes: int = _MAX_BYTES,
    n_jobs: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Compute the exact Owen values of players inside groups, as of features inside channels.

    Parameters
    ----------
    rows, background, vectors, coefficients, intercept, gamma, players
        As in `explain_product_kernel`.
    outer : sequence of array-like of int
        Players of each group; each player is in exactly one.
    kernel, max_bytes, n_jobs
        As in `explain_product_kernel`.

    Returns
    -------
    values : ndarray of shape (n_windows, n_players, n_classes)
        Owen values, in the order of `players`; those of a group sum to the Shapley value of the group as one
        player.
    base : ndarray of shape (n_classes,)
        Mean margins of the background.

    Raises
    ------
    ValueError
        As `explain_product_kernel`, or if groups overlap or leave a player out.

    Notes
    -----
    The value of player j in group G is that of `explain_product_kernel` with the product over the other
    players of G inside the integral, times the same integral over the other groups.

    References
    ----------
    .. [1] Owen G. Values of games with a priori unions. Mathematical Economics and Game Theory 1977:76-88.
       doi:10.1007/978-3-642-45494-3_7

    Examples
    --------
    >>> from sklearn_eeg.explain._product_kernel import explain_nested
    >>> values, _ = explain_nested(
    ...     [[1, 1, 1]], [[0, 0, 0]], [[0, 0, 0]], [[1]], [0], 1.0, [[0], [1], [2]], [[0], [1, 2]]
    ... )
    >>> values[0, :, 0].round(4)
    array([-0.3588, -0.2957, -0.2957])
    """
    rows, background = check_tables(rows, background)
    players = check_players(players, rows.shape[1])
    groups = check_players(outer, len(players), "outer")
    order = np.concatenate(groups)
    machine = _prepare(
        vectors, coefficients, gamma, [players[player] for player in order], rows.shape[1], kernel
    )._replace(sizes=tuple(len(group) for group in groups))
    ordered, base = _explain(rows, background, machine, max_bytes, n_jobs)
    values = np.empty_like(ordered)
    values[:, order] = ordered
    return values, base + _check_intercept(intercept, len(base))


def product_kernel_margins(
    rows: Any, vectors: Any, coefficients: Any, intercept: Any, gamma: Any, *, kernel: str = "rbf"
) -> np.ndarray:
    """Compute the margins of a kernel machine, (n_windows, n_classes); parameters as above.

    Examples
    --------
    >>> from sklearn_eeg.explain._product_kernel import product_kernel_margins
    >>> product_kernel_margins([[1, 1]], [[0, 0]], [[1]], [0], 1.0).round(4)
    array([[0.1353]])
    """
    rows = np.asarray(rows, dtype=np.float64)
    machine = _prepare(vectors, coefficients, gamma, [range(rows.shape[1])], rows.shape[1], kernel)
    constant = _check_intercept(intercept, len(machine.coefficients))
    margins = np.empty((len(rows), len(constant)))
    step = max(1, _MAX_BYTES // (16 * len(machine.vectors[0])))
    for block in gen_batches(len(rows), step):
        factors = _factors(_split(rows[block], machine), machine, slice(None))
        margins[block] = factors[:, 0] @ machine.coefficients.T
    return margins + constant


def _prepare(
    vectors: Any, coefficients: Any, gamma: Any, players: Iterable[Any], n_features: int, kernel: str
) -> _Machine:
    """Check a machine and split its vectors by player."""
    if kernel not in _METRICS:
        raise ValueError(f"`kernel` must be one of {sorted(_METRICS)}, got {kernel!r}.")
    vectors, coefficients = np.asarray(vectors, dtype=np.float64), np.asarray(coefficients, dtype=np.float64)
    if vectors.ndim != 2 or vectors.shape[1] != n_features:
        raise ValueError(f"`vectors` must have the {n_features} columns of `rows`, got {vectors.shape}.")
    if coefficients.ndim != 2 or coefficients.shape[1] != len(vectors):
        raise ValueError(
            f"`coefficients` must have shape (n_classes, {len(vectors)}), got {coefficients.shape}."
        )
    if len(vectors) == 0:  # as regression with a wide margin may leave it: one vector that counts for nothing
        vectors, coefficients = np.zeros((1, n_features)), np.zeros((len(coefficients), 1))
    width = _check_gamma(gamma, n_features)
    scale = np.sqrt(width) if kernel == "rbf" else width
    groups = check_players(players, n_features)
    machine = _Machine(groups, [], coefficients, scale, _METRICS[kernel], None)
    return machine._replace(vectors=_split(vectors, machine))


def _check_gamma(gamma: Any, n_features: int) -> np.ndarray:
    width = np.asarray(gamma, dtype=np.float64)
    if width.shape not in ((), (n_features,)):
        raise ValueError(
            f"`gamma` must be a number or one for each of {n_features} columns, got shape {width.shape}."
        )
    if not (np.isfinite(width).all() and width.min() >= 0):
        raise ValueError(f"`gamma` must be finite and at least 0, got {width.min():g}.")
    return np.broadcast_to(width, n_features)


def _check_intercept(intercept: Any, n_classes: int) -> np.ndarray:
    constant = np.asarray(intercept, dtype=np.float64)
    if constant.shape != (n_classes,):
        raise ValueError(f"`intercept` must have shape ({n_classes},), got {constant.shape}.")
    return constant


def _split(table: np.ndarray, machine: _Machine) -> list[np.ndarray]:
    """Return the scaled columns of each player."""
    return [table[:, player] * machine.scale[player] for player in machine.players]


def _factors(rows: Sequence[np.ndarray], machine: _Machine, terms: slice) -> np.ndarray:
    """Return the kernel of each player between rows and some of the vectors, (n_rows, n_players, n_terms)."""
    distances = [
        cdist(part, vectors[terms], machine.metric)
        for part, vectors in zip(rows, machine.vectors, strict=True)
    ]
    return np.exp(-np.stack(distances, axis=1))


def _explain(
    rows: np.ndarray, background: np.ndarray, machine: _Machine, max_bytes: int, n_jobs: int | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return values and base (without the intercept), by threads over blocks of windows."""
    others = _split(background, machine)
    n_threads = min(effective_n_jobs(n_jobs), len(rows))
    share = max(1, max_bytes // n_threads)
    parts = Parallel(n_jobs=n_threads, prefer="threads")(
        delayed(_explain_block)(_split(part, machine), others, machine, share)
        for part in np.array_split(rows, n_threads)
    )
    return np.concatenate([values for values, _ in parts]), parts[0][1]


def _explain_block(
    rows: list[np.ndarray], background: list[np.ndarray], machine: _Machine, max_bytes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Sum the values over blocks of vectors, background rows and windows that keep within max_bytes."""
    n_windows, n_background, n_players = len(rows[0]), len(background[0]), len(machine.players)
    n_classes, n_vectors = machine.coefficients.shape
    values, base = np.zeros((n_windows, n_players, n_classes)), np.zeros(n_classes)
    n_terms = min(_TERMS, n_vectors)
    room = max(1, max_bytes // (48 * n_players * n_terms))  # six arrays of float64 at the worst
    for terms in gen_batches(n_vectors, n_terms):
        weights = machine.coefficients[:, terms].T / n_background
        for some in gen_batches(n_background, room):
            absent = _factors([part[some] for part in background], machine, terms)
            base += absent.prod(axis=1).sum(axis=0) @ weights
            for block in gen_batches(n_windows, room):
                present = _factors([part[block] for part in rows], machine, terms)
                products = shapley_of_products(present, absent, machine.sizes)
                values[block] += len(absent) * (products @ weights)
    return values, base
