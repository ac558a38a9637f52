"""Signs of a bad channel: clipped amplitudes, bridged electrodes, noise."""

import numpy as np

from ._flat import divide

_MAD_TO_SD = 1.4826
_SMALLEST_SPREAD = 0.2  # of logarithms of amplitudes, between good channels
_TINY = 1e-300


def clipped_share(x: np.ndarray) -> np.ndarray:
    """Return the share of time points at which a signal rests at its largest or smallest value.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal, in any unit; at least 3 time points.

    Returns
    -------
    share : ndarray of shape (...)
        Share, from 0 to 1, of the inner time points that have the same extreme value as both of their
        neighbours; 1 for a constant signal.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import clipped_share
    >>> x = np.sin(2 * np.pi * np.arange(1000) / 100)
    >>> float(clipped_share(x)), round(float(clipped_share(np.clip(x, -0.5, 0.5))), 2)
    (0.0, 0.62)
    """
    inner = x[..., 1:-1]
    resting = (inner == x[..., :-2]) & (inner == x[..., 2:])
    extreme = (inner == x.max(axis=-1, keepdims=True)) | (inner == x.min(axis=-1, keepdims=True))
    return (resting & extreme).mean(axis=-1)


def nearest_channel_distance(x: np.ndarray) -> np.ndarray:
    """Return how near each channel comes to the channel most like it, relative to the other channels.

    Parameters
    ----------
    x : ndarray of shape (..., n_channels, n_times)
        Windows, in any unit.

    Returns
    -------
    distances : ndarray of shape (..., n_channels)
        Standard deviation of the difference to the nearest channel, over the median of these of all
        channels: near 0 for two electrodes joined by a bridge of gel, about 1 otherwise. 1 throughout
        where the median is 0 or there are fewer than 3 channels.

    Notes
    -----
    The distances are those of electrical distance [1]_. Only nearest ones are compared, since a large
    artefact far away makes whole groups of channels alike in comparison with all others.

    References
    ----------
    .. [1] Alschuler DM, Tenke CE, Bruder GE, Kayser J (2014) Identifying electrode bridging from
       electrical distance distributions. Clin. Neurophysiol. 125, 484-490.
       https://doi.org/10.1016/j.clinph.2013.08.024

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import nearest_channel_distance
    >>> x = np.random.default_rng(0).normal(size=(5, 1000))
    >>> x[3] = x[1] + 3
    >>> nearest_channel_distance(x).round(1).tolist()
    [1.0, 0.0, 1.0, 0.0, 1.0]
    """
    n_channels, n_times = x.shape[-2:]
    if n_channels < 3:
        return np.ones(x.shape[:-1])
    centred = x - x.mean(axis=-1, keepdims=True)
    nearest = np.empty(x.shape[:-1])
    for channel in range(n_channels):
        square = np.square(centred - centred[..., channel : channel + 1, :]).sum(axis=-1)
        square[..., channel] = np.inf
        nearest[..., channel] = np.sqrt(square.min(axis=-1) / n_times)
    median = np.broadcast_to(np.median(nearest, axis=-1, keepdims=True), nearest.shape)
    return np.where(median > 0, divide(nearest, median), 1.0)


def loudness(x: np.ndarray) -> np.ndarray:
    """Return how far each channel is louder or rougher than the others, in robust deviations.

    Parameters
    ----------
    x : ndarray of shape (..., n_channels, n_times)
        Windows, in any unit; at least 3 time points.

    Returns
    -------
    loudness : ndarray of shape (..., n_channels)
        The larger of the robust z of the logarithm of the standard deviation, and of that of the root
        mean square of the second difference, which weighs high frequencies.

    Notes
    -----
    The robust z is the difference to the channels' median over 1.4826 times their median absolute
    deviation, but at least over 0.2: channels that are all alike are no reason to call one of them loud.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import loudness
    >>> x = np.random.default_rng(0).normal(size=(6, 1000))
    >>> x[4] *= 10
    >>> (loudness(x) > 5).tolist()
    [False, False, False, False, True, False]
    """
    deviation = x.std(axis=-1)
    roughness = np.sqrt(np.square(np.diff(x, n=2, axis=-1)).mean(axis=-1))
    return np.maximum(_robust_z(deviation), _robust_z(roughness))


def _robust_z(values: np.ndarray) -> np.ndarray:
    logs = np.log(np.maximum(values, _TINY))
    off = logs - np.median(logs, axis=-1, keepdims=True)
    spread = _MAD_TO_SD * np.median(np.abs(off), axis=-1, keepdims=True)
    return off / np.maximum(spread, _SMALLEST_SPREAD)
