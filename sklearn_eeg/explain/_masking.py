"""Scores of windows some of whose channels are replaced by those of background windows."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ._answers import read_answer
from ._unwrap import unwrap

_BLOCK_VALUES = 2**23  # values of windows scored at once


def make_scorer(model: Any) -> Callable[[Any], np.ndarray]:
    """Return the function that gives a model's scores (n_windows, n_classes): as `explain` takes them."""
    core = unwrap(model)
    answer = read_answer(core.final)

    def score(X: Any) -> np.ndarray:
        for _, step in core.steps:
            X = step.transform(X)
        return answer(X)

    return score


def score_masked(
    score: Callable[[np.ndarray], np.ndarray], X: np.ndarray, background: np.ndarray, masked: np.ndarray
) -> np.ndarray:
    """Return the scores of windows with some channels masked.

    Parameters
    ----------
    score : callable
        Gives scores (n_windows, n_classes) to windows of the shape of `X`.
    X : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts.
    background : ndarray of shape (n_background, n_channels, n_times)
        Windows that lend their channels, each in turn.
    masked : ndarray of bool of shape (n_windows, n_channels)
        Which channels are replaced.

    Returns
    -------
    scores : ndarray of shape (n_background, n_windows, n_classes)
        The scores.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain._masking import score_masked
    >>> X, background = np.ones((1, 2, 3)), np.full((1, 2, 3), 5.0)
    >>> score_masked(lambda windows: windows.sum(axis=2), X, background, np.array([[False, True]]))
    array([[[ 3., 15.]]])
    """
    n_rows, n_windows = len(background) * len(X), len(X)
    size = max(1, _BLOCK_VALUES // X[0].size)
    found = []
    for start in range(0, n_rows, size):
        lender, window = np.divmod(np.arange(start, min(start + size, n_rows)), n_windows)
        mask = masked[window][:, :, np.newaxis]
        found.append(score(np.where(mask, background[lender], X[window])))
    return np.concatenate(found).reshape(len(background), n_windows, -1)


def curve(
    score: Callable[[np.ndarray], np.ndarray],
    X: np.ndarray,
    background: np.ndarray,
    ranks: np.ndarray,
    target: np.ndarray,
    counts: np.ndarray,
    *,
    insert: bool = False,
) -> np.ndarray:
    """Return the score of a class as more and more channels are replaced, or put back.

    Parameters
    ----------
    score, X, background
        As those of `score_masked`.
    ranks : ndarray of int of shape (n_windows, n_channels)
        Place of each channel in the order of its window, from 0.
    target : ndarray of int of shape (n_windows,)
        Column of the score of each window.
    counts : ndarray of int of shape (n_steps,)
        How many channels of the order are replaced; or put back, where all others are replaced.
    insert : bool, default=False
        Whether channels are put back.

    Returns
    -------
    scores : ndarray of shape (n_windows, n_steps)
        The mean over the background.
    """
    columns = []
    for count in counts:
        masked = ranks >= count if insert else ranks < count
        if masked.all():  # no channel of the window is left
            columns.append(score(background).mean(axis=0)[target])
        elif not masked.any():
            columns.append(score(X)[np.arange(len(X)), target])
        else:
            scores = score_masked(score, X, background, masked)
            columns.append(scores[:, np.arange(len(X)), target].mean(axis=0))
    return np.stack(columns, axis=1)
