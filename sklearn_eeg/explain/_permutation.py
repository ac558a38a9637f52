"""Shapley values of any function by antithetic permutations, with standard errors."""

from collections.abc import Callable, Iterable
from math import comb
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import check_random_state, gen_batches
from tqdm import tqdm

from ._game import check_players

_MAX_BYTES = 2**26
_Function = Callable[[np.ndarray], Any]


class _Game(NamedTuple):
    """A function, what stands in for absent players, and the player of each column."""

    function: _Function
    background: np.ndarray
    player_of: np.ndarray
    rows_at_once: int
    base: np.ndarray


def explain_by_sampling(
    function: _Function,
    rows: Any,
    background: Any,
    players: Iterable[Any],
    *,
    n_permutations: int = 20,
    random_state: int | np.random.RandomState | None = None,
    verbose: bool = False,
    max_bytes: int = _MAX_BYTES,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Estimate the interventional Shapley values of a function by pairs of opposite permutations.

    Parameters
    ----------
    function : callable
        Takes rows as given and returns values of shape (n_rows, n_classes) or (n_rows,).
    rows : array-like of shape (n_windows, n_columns) or (n_windows, n_channels, n_times)
        Rows of a table, or windows, to explain.
    background : array-like of shape (n_background, n_columns) or (n_background, n_channels, n_times)
        What stands in for the columns or channels of absent players.
    players : sequence of array-like of int
        Columns or channels of each player; each is in exactly one.
    n_permutations : int, default=20
        Orders in which the players of a window enter, even and at least 4: each second one is the reverse
        of the one before.
    random_state : int, RandomState or None, default=None
        Seed of the orders.
    verbose : bool, default=False
        Whether to show a progress bar over windows.
    max_bytes : int, default=2**26
        Size of the masked rows given to `function` at once, in bytes (never less than one background).

    Returns
    -------
    values : ndarray of shape (n_windows, n_players, n_classes)
        Estimates; they sum over players to the function's values less `base`, without error.
    base : ndarray of shape (n_classes,)
        Mean value of the background.
    errors : ndarray of shape (n_windows, n_players, n_classes)
        Standard errors, from the spread of the pairs; 0 where all coalitions were tried.

    Raises
    ------
    ValueError
        If shapes do not fit, players overlap or leave a column out, `n_permutations` is odd or below 4, or
        the function gives another shape than one value for each row and class, NaN or infinity.

    Notes
    -----
    A coalition's value is the mean of the function over the background, with the columns of its members
    taken from the window. A window costs ``n_permutations (n_players - 1) n_background + 1`` rows. Where
    all ``2**n_players`` coalitions are no more than that, they are tried instead and the values are exact.
    A pair is exact for functions whose players interact by twos only [1]_. The estimates do not depend
    on `max_bytes`.

    References
    ----------
    .. [1] Mitchell R, Cooper J, Frank E, Holmes G. Sampling permutations for Shapley value estimation.
       Journal of Machine Learning Research 2022;23(43):1-46. doi:10.48550/arXiv.2104.12199

    Examples
    --------
    The product of two features from 0 to 3 times 2, shared alike:

    >>> import numpy as np
    >>> from sklearn_eeg.explain._permutation import explain_by_sampling
    >>> values, base, errors = explain_by_sampling(lambda x: x.prod(axis=1), [[3, 2]], [[0, 0]], [[0], [1]])
    >>> values[0, :, 0], base, errors.max()
    (array([3., 3.]), array([0.]), np.float64(0.0))
    """
    rows, background = np.asarray(rows), np.asarray(background)
    _check_windows(rows, background, n_permutations)
    groups = check_players(players, rows.shape[1])
    game = _make_game(function, background, groups, max_bytes)
    n_players, n_pairs = len(groups), n_permutations // 2
    outputs = _evaluate(game, rows)
    values = np.empty((len(rows), n_players, len(game.base)))
    errors = np.zeros_like(values)
    exact = 2**n_players <= n_permutations * (n_players - 1) + 2
    per_window = (2**n_players if exact else n_permutations * (n_players - 1)) * len(background)
    random = check_random_state(random_state)
    with tqdm(total=len(rows), desc="Explaining", unit="window", disable=not verbose) as bar:
        for block in gen_batches(len(rows), max(1, game.rows_at_once // per_window)):
            if exact:
                values[block] = _try_all(game, rows[block], n_players)
            else:
                orders = random.random_sample((len(rows[block]), n_pairs, n_players)).argsort(axis=-1)
                values[block], errors[block] = _follow(game, rows[block], outputs[block], orders)
            bar.update(len(rows[block]))
    return values, game.base, errors


def _check_windows(rows: np.ndarray, background: np.ndarray, n_permutations: int) -> None:
    if rows.ndim not in (2, 3) or 0 in rows.shape:
        raise ValueError(f"`rows` must be a table or windows, (n, n_channels, n_times), got {rows.shape}.")
    if len(background) == 0 or background.shape[1:] != rows.shape[1:]:
        raise ValueError(
            f"`background` must hold rows of the shape of `rows`, {rows.shape[1:]}, got {background.shape}."
        )
    if n_permutations < 4 or n_permutations % 2:
        raise ValueError(
            f"`n_permutations` must be even and at least 4, got {n_permutations}: they come in pairs."
        )


def _make_game(
    function: _Function, background: np.ndarray, groups: list[np.ndarray], max_bytes: int
) -> _Game:
    player_of = np.empty(background.shape[1], dtype=np.intp)
    for player, columns in enumerate(groups):
        player_of[columns] = player
    at_once = max(1, max_bytes // max(1, background[0].nbytes))
    game = _Game(function, background, player_of, at_once, np.empty(0))
    return game._replace(base=_evaluate(game, background).mean(axis=0))


def _evaluate(game: _Game, rows: np.ndarray) -> np.ndarray:
    """Return the function's values (n_rows, n_classes), for as many rows at a time as memory allows."""
    return np.concatenate([_call(game, rows[block]) for block in gen_batches(len(rows), game.rows_at_once)])


def _call(game: _Game, rows: np.ndarray) -> np.ndarray:
    values = np.asarray(game.function(rows), dtype=np.float64)
    values = values[:, np.newaxis] if values.ndim == 1 else values
    n_classes = game.base.size or values.shape[-1]
    if values.shape != (len(rows), n_classes):
        raise ValueError(
            f"`function` must return one value for each row and class, got {values.shape} for {len(rows)} "
            "rows."
        )
    if not np.isfinite(values).all():
        raise ValueError("`function` must return finite values, got NaN or infinity.")
    return values


def _try(game: _Game, windows: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Return values of coalitions: masks (n_windows, n_masks, n_players)."""
    n_windows, n_masks, n_players = masks.shape
    flat, owner = masks.reshape(-1, n_players), np.repeat(np.arange(n_windows), n_masks)
    n_background, tail = len(game.background), windows.ndim - 2
    values = np.empty((len(flat), game.base.size))
    for block in gen_batches(len(flat), max(1, game.rows_at_once // n_background)):
        present = flat[block][:, game.player_of].reshape(-1, 1, game.player_of.size, *(1,) * tail)
        masked = np.where(present, windows[owner[block], np.newaxis], game.background)
        answers = _call(game, masked.reshape(-1, *windows.shape[1:]))
        values[block] = answers.reshape(-1, n_background, game.base.size).mean(axis=1)
    return values.reshape(n_windows, n_masks, game.base.size)


def _try_all(game: _Game, windows: np.ndarray, n_players: int) -> np.ndarray:
    """Return exact values from all coalitions."""
    members = (np.arange(2**n_players)[:, np.newaxis] >> np.arange(n_players)) & 1
    sizes = members.sum(axis=1)
    weights = np.array([_weight(size, n_players) for size in range(n_players + 1)])
    # A coalition counts for its members, who completed it, and against the others, who could join it.
    shares = np.where(members == 1, weights[sizes - 1, np.newaxis], -weights[sizes, np.newaxis])
    masks = np.broadcast_to(members.astype(bool), (len(windows), *members.shape))
    return np.einsum("mp,nmk->npk", shares, _try(game, windows, masks))


def _weight(size: int, n_players: int) -> float:
    """Return the share of the orders in which a player finds just this coalition of others."""
    if size == n_players:
        return 0.0
    return 1.0 / (n_players * comb(n_players - 1, size))


def _follow(
    game: _Game, windows: np.ndarray, outputs: np.ndarray, orders: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return estimates and standard errors from orders (n_windows, n_pairs, n_players) and their reverses."""
    n_windows, n_pairs, n_players = orders.shape
    first = orders.argsort(axis=-1)
    places = np.stack([first, n_players - 1 - first], axis=2)
    masks = places[:, :, :, np.newaxis] < np.arange(1, n_players)[:, np.newaxis]
    inner = _try(game, windows, masks.reshape(n_windows, -1, n_players))
    path = np.empty((n_windows, n_pairs, 2, n_players + 1, game.base.size))
    path[:, :, :, 0] = game.base
    path[:, :, :, 1:-1] = inner.reshape(n_windows, n_pairs, 2, n_players - 1, -1)
    path[:, :, :, -1] = outputs[:, np.newaxis, np.newaxis]
    gains = np.take_along_axis(np.diff(path, axis=3), places[..., np.newaxis], axis=3)
    pairs = gains.mean(axis=2)
    return pairs.mean(axis=1), pairs.std(axis=1, ddof=1) / np.sqrt(n_pairs)
