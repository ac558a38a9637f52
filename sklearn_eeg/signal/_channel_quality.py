"""Signs of a bad channel: clipped amplitudes, bridged electrodes, noise, silence."""

import numpy as np
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from ._flat import divide

_MAD_TO_SD = 1.4826
_SMALLEST_SPREAD = 0.2  # of logarithms of amplitudes, between good channels
_TINY = 1e-300
_SHORTEST_SILENCE = 8  # time points


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


def silent_share(x: np.ndarray, largest_range: float) -> np.ndarray:
    """Return the share of the time in which a signal is silent: stays within a range for a while.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signal, in any unit.
    largest_range : float
        Largest difference between the highest and the lowest value of a silent part, at least 0, in the
        unit of the signal.

    Returns
    -------
    share : ndarray of shape (...)
        Share, from 0 to 1, of the time points in silent parts that are a tenth of the signal long, and
        at least 8 points; 1 for a constant signal.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import silent_share
    >>> x = np.sin(np.arange(1000))
    >>> x[333:733] = 9.0
    >>> float(silent_share(x, 0.0))
    0.4
    """
    n_times = x.shape[-1]
    length = min(max(n_times // 10, _SHORTEST_SILENCE), n_times)
    rows, share = x.reshape(-1, n_times), np.zeros(x[..., 0].size)
    half = max(length // 2, 1)
    pieces = rows[:, : n_times // half * half].reshape(len(rows), -1, half)
    may = (np.ptp(pieces, axis=-1) <= largest_range).any(axis=-1)  # any silent part has a whole piece in it
    ranges = maximum_filter1d(rows[may], length) - minimum_filter1d(rows[may], length)
    whole = ranges[:, length // 2 : length // 2 + n_times - length + 1]
    begun = np.pad(whole <= largest_range, ((0, 0), (length, length - 1))).cumsum(axis=-1)
    share[may] = (begun[:, length:] > begun[:, :-length]).mean(axis=-1)
    return share.reshape(x.shape[:-1])


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
    """Return how far the amplitude of each channel is from that of the others, in robust deviations.

    Parameters
    ----------
    x : ndarray of shape (..., n_channels, n_times)
        Windows, in any unit.

    Returns
    -------
    loudness : ndarray of shape (..., n_channels)
        Robust z of the logarithm of the standard deviation: positive for a loud channel, negative for a
        quiet one.

    See Also
    --------
    roughness : The same of what is fast.

    Notes
    -----
    The robust z is the difference to the channels' median over 1.4826 times their median absolute
    deviation, but at least over 0.2: channels that are all alike are no reason to call one of them loud.
    It is the deviation criterion of PREP [1]_, but of logarithms. A constant channel is far below -5.

    References
    ----------
    .. [1] Bigdely-Shamlo N, Mullen T, Kothe C, Su KM, Robbins KA (2015) The PREP pipeline: standardized
       preprocessing for large-scale EEG analysis. Front. Neuroinform. 9:16.
       https://doi.org/10.3389/fninf.2015.00016

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import loudness
    >>> x = np.random.default_rng(0).normal(size=(6, 1000))
    >>> x[4] *= 10
    >>> x[1] /= 10
    >>> (loudness(x) > 5).tolist(), (loudness(x) < -5).tolist()
    ([False, False, False, False, True, False], [False, True, False, False, False, False])
    """
    return _robust_z(x.std(axis=-1))


def roughness(x: np.ndarray) -> np.ndarray:
    """Return how far the fast activity of each channel is from that of the others, in robust deviations.

    Parameters
    ----------
    x : ndarray of shape (..., n_channels, n_times)
        Windows, in any unit; at least 3 time points.

    Returns
    -------
    roughness : ndarray of shape (..., n_channels)
        Robust z, as of :func:`loudness`, of the logarithm of the root mean square of the second
        difference, which weighs high frequencies: noise of the mains, of muscles, of a loose contact.

    See Also
    --------
    loudness : The same of the amplitude.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal import roughness
    >>> times = np.arange(1000) / 250
    >>> x = np.sin(2 * np.pi * (8 * times + np.arange(6)[:, np.newaxis] / 6))
    >>> x[4] += 0.5 * np.sin(2 * np.pi * 50 * times)
    >>> (roughness(x) > 5).tolist()
    [False, False, False, False, True, False]
    """
    return _robust_z(np.sqrt(np.square(np.diff(x, n=2, axis=-1)).mean(axis=-1)))


def _robust_z(values: np.ndarray) -> np.ndarray:
    logs = np.log(np.maximum(values, _TINY))
    off = logs - np.median(logs, axis=-1, keepdims=True)
    spread = _MAD_TO_SD * np.median(np.abs(off), axis=-1, keepdims=True)
    return off / np.maximum(spread, _SMALLEST_SPREAD)
