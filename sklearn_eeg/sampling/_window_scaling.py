"""Level and spread of each channel over the training windows, and the way there and back."""

from typing import Any, NamedTuple

import numpy as np

_QUARTILES_OF_NORMAL = 1.3489795003921634  # interquartile range of the standard normal distribution
_ROUNDING = 1e-10  # of a constant channel's level
_LOUDEST_CLASS = 10.0  # times the scale: a class that is louder in a channel raises it
_LOUDEST_WINDOW = 1000.0  # the same of a single window
_LARGEST = 1e15  # times the scale: the squares of more do not fit in single precision


class WindowScaling(NamedTuple):
    """What `fit_scaling` learned of each channel.

    Parameters
    ----------
    center, scale : ndarray of shape (n_channels,)
        Median and robust standard deviation, in microvolts; the scale of a constant channel is 1.
    flat : ndarray of bool of shape (n_channels,)
        Whether the channel is constant over all windows.
    """

    center: np.ndarray
    scale: np.ndarray
    flat: np.ndarray


def fit_scaling(X: np.ndarray, codes: np.ndarray | None = None) -> WindowScaling:
    """Learn the median and the robust standard deviation of each channel.

    Parameters
    ----------
    X : ndarray of shape (n_windows, n_channels, n_times)
        Training windows, in microvolts.
    codes : ndarray of int of shape (n_windows,), default=None
        Class of each window; None takes all for one class.

    Returns
    -------
    scaling : WindowScaling
        Of each channel, over all windows and time points.

    Notes
    -----
    The robust standard deviation is the interquartile range divided by that of the standard normal
    distribution, 1.349, so that seizures and artefacts do not shrink everything else. A channel whose
    quartiles are equal, though it is not constant, takes its standard deviation. Where a channel is all but
    silent in most windows, what is alive in the others must not become huge: the scale is at least 1/10 of
    the robust standard deviation in any class, and 1/1000 of that in any window.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._window_scaling import fit_scaling
    >>> X = np.stack([np.arange(101.0), np.full(101, 7.0)])[np.newaxis]
    >>> scaling = fit_scaling(X)
    >>> scaling.center, scaling.scale.round(1), scaling.flat
    (array([50.,  7.]), array([37.1,  1. ]), array([False,  True]))
    """
    codes = np.zeros(len(X), dtype=int) if codes is None else codes
    center, scale = np.empty(X.shape[1]), np.empty(X.shape[1])
    for channel in range(X.shape[1]):
        values = np.asarray(X[:, channel], dtype=np.float64)
        center[channel], scale[channel] = np.percentile(values, 50), _robust_deviation(values)
        if _is_rounding(scale[channel], center[channel]):
            scale[channel] = values.std()
        by_class = [_robust_deviation(values[codes == code]) for code in np.unique(codes)]
        loudest = max(by_class) / _LOUDEST_CLASS, _robust_deviation(values, axis=-1).max() / _LOUDEST_WINDOW
        scale[channel] = max(scale[channel], *loudest)
    flat = _is_rounding(scale, center)
    return WindowScaling(center, np.where(flat, 1.0, scale), flat)


def scale_windows(X: np.ndarray, scaling: WindowScaling) -> np.ndarray:
    """Return windows in units of the scaling, float32; a constant channel becomes 0.

    Parameters
    ----------
    X : ndarray of shape (n_windows, n_channels, n_times)
        Windows, in microvolts.
    scaling : WindowScaling
        What `fit_scaling` learned.

    Returns
    -------
    scaled : ndarray of float32 of shape (n_windows, n_channels, n_times)
        ``(X - center) / scale``, computed in the precision of the scaling.

    Raises
    ------
    ValueError
        If a value is too large for single precision.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._window_scaling import fit_scaling, scale_windows
    >>> X = np.random.default_rng(0).normal(5, 20, (50, 1, 200))
    >>> scale_windows(X, fit_scaling(X)).std().round(1)
    np.float32(1.0)
    """
    with np.errstate(over="ignore"):
        scaled = (X - scaling.center[:, None]) / scaling.scale[:, None]
    largest = np.abs(scaled).max(axis=2)
    if largest.max() > _LARGEST:
        window, channel = np.unravel_index(largest.argmax(), largest.shape)
        raise ValueError(
            f"X must lie within {_LARGEST:g} times the spread of its channel, got a value "
            f"{largest[window, channel]:.2g} times as large in window {window}, channel {channel} (counted "
            "from 0): repair or drop this window."
        )
    return scaled.astype(np.float32)


def unscale_windows(scaled: np.ndarray, scaling: WindowScaling) -> np.ndarray:
    """Return windows in microvolts, float64; a channel that was constant is again.

    Parameters
    ----------
    scaled : ndarray of shape (n_windows, n_channels, n_times)
        Windows in units of the scaling.
    scaling : WindowScaling
        What `fit_scaling` learned.

    Returns
    -------
    X : ndarray of float64 of shape (n_windows, n_channels, n_times)
        ``scaled * scale + center``, and `center` alone on constant channels.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.sampling._window_scaling import fit_scaling, scale_windows, unscale_windows
    >>> X = np.random.default_rng(0).normal(5, 20, (50, 1, 200))
    >>> scaling = fit_scaling(X)
    >>> np.allclose(unscale_windows(scale_windows(X, scaling), scaling), X, atol=1e-4)
    True
    """
    scale = np.where(scaling.flat, 0.0, scaling.scale)
    return scaled.astype(np.float64) * scale[:, None] + scaling.center[:, None]


def _robust_deviation(values: np.ndarray, axis: int | None = None) -> Any:
    low, high = np.percentile(values, (25, 75), axis=axis)
    return (high - low) / _QUARTILES_OF_NORMAL


def _is_rounding(spread: Any, level: Any) -> Any:
    return spread <= _ROUNDING * np.abs(level)
