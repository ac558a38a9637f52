"""What a model loses when a patch of one channel is replaced by background."""

import math
from collections.abc import Callable, Sequence

import numpy as np

_BLOCK_VALUES = 2**21  # values of windows that are answered at once


def occlude(
    answer: Callable[[np.ndarray], np.ndarray],
    X: np.ndarray,
    background: np.ndarray,
    patch: int,
    *,
    columns: Sequence[int] | None = None,
    batch_size: int | None = None,
) -> np.ndarray:
    """Return by how much answers fall when a patch of a channel is replaced by background.

    Parameters
    ----------
    answer : callable
        Gives the answers (n_windows, n_answers) to windows (n_windows, n_channels, n_times).
    X : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts.
    background : ndarray of shape (n_background, n_channels, n_times)
        Windows that lend their patch, each in turn.
    patch : int
        Number of time points of a patch; the last one of a window may be shorter.
    columns : sequence of int, default=None
        The answers that matter; None for all.
    batch_size : int, default=None
        Number of windows answered at once; None for as many as hold 2 million values.

    Returns
    -------
    falls : ndarray of shape (n_windows, n_answers, n_channels, n_patches)
        Answer to the window less the mean, over the background, of that to the window with the patch
        replaced; a positive fall is a patch that speaks for the answer.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.explain._occlusion import occlude
    >>> X, background = np.ones((1, 2, 4)), np.zeros((1, 2, 4))
    >>> occlude(lambda windows: windows[:, 1].sum(axis=1, keepdims=True), X, background, 2)[0, 0]
    array([[0., 0.],
           [2., 2.]])
    """
    whole = answer(X)
    columns = range(whole.shape[1]) if columns is None else columns
    patch_of = np.arange(X.shape[2]) // patch
    shape = (len(X), X.shape[1], int(patch_of[-1]) + 1, len(background))
    left = np.empty((math.prod(shape), len(columns)))
    size = batch_size or max(1, _BLOCK_VALUES // math.prod(X.shape[1:]))
    for start in range(0, len(left), size):
        stop = min(start + size, len(left))
        window, channel, here, lender = np.unravel_index(np.arange(start, stop), shape)
        of_channel = np.arange(X.shape[1]) == channel[:, None]
        hidden = of_channel[:, :, None] & (patch_of == here[:, None])[:, None]
        left[start:stop] = answer(np.where(hidden, background[lender], X[window]))[:, columns]
    mean_left = left.reshape(*shape, -1).mean(axis=3)
    return whole[:, columns, None, None] - np.moveaxis(mean_left, -1, 1)
