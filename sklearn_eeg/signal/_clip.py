"""Robust clipping of amplitudes."""

import numpy as np

from ._flat import restore_type

_MAD_OF_UNIT_NORMAL = 0.6744897501960817


def clip_amplitude(x: np.ndarray, limit: float) -> np.ndarray:
    """Clip amplitudes that lie further from the median than so many robust standard deviations.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal, in microvolts.
    limit : float
        Number of robust standard deviations, positive. Of normal noise, 5 clips one point in two
        million; spikes of a seizure reach more.

    Returns
    -------
    clipped : ndarray of shape (..., n_times)
        Signal, in microvolts, in float32 if `x` is and in float64 otherwise.

    Raises
    ------
    ValueError
        If `limit` is not positive.

    Notes
    -----
    The limits are ``median(x) +- limit * 1.4826 * median(abs(x - median(x)))``, for each window and
    channel alone: EEG of another size, as in another patient or in a seizure, has limits of its own.
    What fills more than half of a window is therefore not clipped. A signal of which more than half is
    constant, and so has no spread, stays as it is.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import clip_amplitude
    >>> clip_amplitude(np.array([-2.0, -1.0, 0.0, 1.0, 2.0, 1000.0, 0.0]), 5.0).round(1).tolist()
    [-2.0, -1.0, 0.0, 1.0, 2.0, 7.4, 0.0]
    """
    if not 0 < limit < np.inf:
        raise ValueError(f"`limit` must be a positive number of standard deviations, got {limit}.")
    middle = np.median(x, axis=-1, keepdims=True)
    spread = np.median(np.abs(x - middle), axis=-1, keepdims=True) / _MAD_OF_UNIT_NORMAL
    reach = np.where(spread > 0, limit * spread, np.inf)
    return restore_type(np.clip(x, middle - reach, middle + reach), x)
