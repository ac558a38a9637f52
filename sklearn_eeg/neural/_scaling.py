"""The mean and the standard deviation of each channel over the training windows."""

import numpy as np

_BLOCK = 256  # windows held in double precision at once


def channel_statistics(X: np.ndarray, rows: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and the standard deviation of each channel over some windows.

    Parameters
    ----------
    X : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts.
    rows : ndarray of int
        The windows to look at.
    weights : ndarray of shape (n_windows,)
        Weight of each window of `X`; a weight of 2 counts as the window twice.

    Returns
    -------
    center, scale : ndarray of shape (n_channels,)
        In microvolts; the scale of a constant channel is 1.

    Notes
    -----
    Computed in double precision, in two passes, so that a large offset costs no digits.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.neural._scaling import channel_statistics
    >>> X = np.array([[[1.0, 3.0], [5.0, 5.0]], [[9.0, 9.0], [9.0, 9.0]]])
    >>> channel_statistics(X, np.array([0]), np.ones(2))
    (array([2., 5.]), array([1., 1.]))
    """
    share = weights[rows] / weights[rows].sum()
    blocks = [slice(start, start + _BLOCK) for start in range(0, len(rows), _BLOCK)]
    center = np.zeros(X.shape[1])
    for block in blocks:
        center += share[block] @ X[rows[block]].mean(axis=2, dtype=np.float64)
    variance = np.zeros(X.shape[1])
    for block in blocks:
        departure = X[rows[block]] - center[:, None]
        variance += share[block] @ np.square(departure, out=departure).mean(axis=2)
    scale = np.sqrt(variance)
    flat = scale <= 1e-10 * np.abs(center)  # rounding of a constant
    return center, np.where(flat, 1.0, scale)
