"""Statistics of a signal in time: each takes `x` of shape (..., n_times) and reduces its last axis.

``TIME_STATISTICS`` is the table that :class:`sklearn_eeg.features.TimeFeatures` reads.
"""

from collections.abc import Callable

import numpy as np

from ._flat import divide, is_flat


def mean(x: np.ndarray) -> np.ndarray:
    """Return the mean, in microvolts."""
    return x.mean(axis=-1)


def variance(x: np.ndarray) -> np.ndarray:
    """Return the variance (divided by n_times), in square microvolts."""
    return x.var(axis=-1)


def standard_deviation(x: np.ndarray) -> np.ndarray:
    """Return the standard deviation (divided by n_times), in microvolts."""
    return x.std(axis=-1)


def skewness(x: np.ndarray) -> np.ndarray:
    """Return the skewness, the third standardised moment; 0 for a constant signal."""
    return _standardised_moment(x, 3)


def kurtosis(x: np.ndarray) -> np.ndarray:
    """Return the excess kurtosis, the fourth standardised moment less 3; 0 for a constant signal."""
    return np.where(is_flat(x), 0, _standardised_moment(x, 4) - 3)


def minimum(x: np.ndarray) -> np.ndarray:
    """Return the smallest value, in microvolts."""
    return x.min(axis=-1)


def maximum(x: np.ndarray) -> np.ndarray:
    """Return the largest value, in microvolts."""
    return x.max(axis=-1)


def peak_to_peak(x: np.ndarray) -> np.ndarray:
    """Return the largest value less the smallest, in microvolts."""
    return np.ptp(x, axis=-1)


def energy(x: np.ndarray) -> np.ndarray:
    """Return the sum of squares, in square microvolts."""
    return np.square(x).sum(axis=-1)


def rms(x: np.ndarray) -> np.ndarray:
    """Return the root mean square, in microvolts."""
    return np.sqrt(np.square(x).mean(axis=-1))


def zero_crossing_rate(x: np.ndarray) -> np.ndarray:
    """Return the share of successive pairs of time points that differ in sign, from 0 to 1.

    Zero counts as positive, so a signal that touches zero from below crosses it twice.
    """
    sign = np.signbit(x)
    return (sign[..., 1:] != sign[..., :-1]).mean(axis=-1, dtype=x.dtype)


def line_length(x: np.ndarray) -> np.ndarray:
    """Return the mean absolute difference of successive time points, in microvolts [1]_.

    References
    ----------
    .. [1] Esteller R, Echauz J, Tcheng T, Litt B, Pless B (2001) Line length: an efficient feature
       for seizure onset detection. Proc. 23rd IEEE EMBS, 1707-1710.
       https://doi.org/10.1109/IEMBS.2001.1020545
    """
    return np.abs(np.diff(x, axis=-1)).mean(axis=-1)


def hjorth_activity(x: np.ndarray) -> np.ndarray:
    """Return Hjorth's activity, the variance, in square microvolts [1]_.

    References
    ----------
    .. [1] Hjorth B (1970) EEG analysis based on time domain properties. Electroencephalogr. Clin.
       Neurophysiol. 29, 306-310. https://doi.org/10.1016/0013-4694(70)90143-4
    """
    return variance(x)


def hjorth_mobility(x: np.ndarray) -> np.ndarray:
    """Return Hjorth's mobility per time point, sd(dx) / sd(x); 0 for a constant signal [1]_.

    References
    ----------
    .. [1] Hjorth B (1970) EEG analysis based on time domain properties. Electroencephalogr. Clin.
       Neurophysiol. 29, 306-310. https://doi.org/10.1016/0013-4694(70)90143-4
    """
    slope = np.diff(x, axis=-1).std(axis=-1)
    return divide(slope, np.where(is_flat(x), 0, x.std(axis=-1)))


def hjorth_complexity(x: np.ndarray) -> np.ndarray:
    """Return Hjorth's complexity, mobility(dx) / mobility(x); 0 where either is not defined [1]_.

    References
    ----------
    .. [1] Hjorth B (1970) EEG analysis based on time domain properties. Electroencephalogr. Clin.
       Neurophysiol. 29, 306-310. https://doi.org/10.1016/0013-4694(70)90143-4
    """
    if x.shape[-1] < 3:
        return np.zeros(x.shape[:-1], dtype=x.dtype)
    return divide(hjorth_mobility(np.diff(x, axis=-1)), hjorth_mobility(x))


def _standardised_moment(x: np.ndarray, order: int) -> np.ndarray:
    deviation = x - x.mean(axis=-1, keepdims=True)
    deviation -= deviation.mean(axis=-1, keepdims=True)  # once more: the mean itself was rounded
    scale = np.where(is_flat(x), 0, deviation.std(axis=-1))
    return np.power(divide(deviation, scale[..., np.newaxis]), order).mean(axis=-1)


TIME_STATISTICS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "mean": mean,
    "standard_deviation": standard_deviation,
    "variance": variance,
    "skewness": skewness,
    "kurtosis": kurtosis,
    "minimum": minimum,
    "maximum": maximum,
    "peak_to_peak": peak_to_peak,
    "energy": energy,
    "rms": rms,
    "zero_crossing_rate": zero_crossing_rate,
    "line_length": line_length,
    "hjorth_activity": hjorth_activity,
    "hjorth_mobility": hjorth_mobility,
    "hjorth_complexity": hjorth_complexity,
}
