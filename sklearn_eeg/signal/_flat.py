"""What keeps the figures of a flat channel finite."""

import numpy as np


def divide(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Divide, giving 0 wherever the denominator is 0.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._flat import divide
    >>> divide(np.array([1.0, 2.0]), np.array([4.0, 0.0])).tolist()
    [0.25, 0.0]
    """
    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    out = np.zeros(numerator.shape, dtype=np.result_type(numerator, denominator))
    return np.divide(numerator, denominator, out=out, where=denominator != 0)


def restore_type(values: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Return values in the type of `like` if that is float32, and in float64 otherwise."""
    return values.astype(np.float32 if like.dtype == np.float32 else np.float64, copy=False)


def is_flat(x: np.ndarray) -> np.ndarray:
    """Return which signals are constant, but for rounding.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal.

    Returns
    -------
    flat : ndarray of bool of shape (...)
        Whether the values of a signal lie within 8 rounding errors of its largest magnitude; signals
        below 1e-150 count as 0.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import is_flat
    >>> is_flat(np.array([[0.1, 0.1, 0.1 + 1e-17], [0.1, 0.2, 0.1]])).tolist()
    [True, False]
    """
    low, high = x.min(axis=-1), x.max(axis=-1)
    magnitude = np.maximum(np.abs(low), np.abs(high))
    return (high - low <= 8 * np.finfo(np.result_type(x, np.float32)).eps * magnitude) | (magnitude < 1e-150)
