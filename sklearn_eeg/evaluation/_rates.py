"""Confidence intervals of a share and of a rate of events."""

import numpy as np
from scipy.special import ndtri
from scipy.stats import chi2


def wilson_interval(
    n_found: np.ndarray | float, n_all: np.ndarray | float, confidence_level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's interval of a share, such as of seizures found.

    Parameters
    ----------
    n_found, n_all : array-like
        How many were found, and of how many; 0 <= n_found <= n_all.
    confidence_level : float, default=0.95
        Between 0 and 1.

    Returns
    -------
    low, high : ndarray
        The limits, between 0 and 1; NaN where `n_all` is 0.

    References
    ----------
    .. [1] E. B. Wilson (1927). Probable inference, the law of succession, and statistical inference.
       Journal of the American Statistical Association 22(158), 209-212.
       https://doi.org/10.1080/01621459.1927.10502953

    Examples
    --------
    >>> from sklearn_eeg.evaluation._rates import wilson_interval
    >>> [limit.round(4).tolist() for limit in wilson_interval(8, 10)]
    [0.4902, 0.9433]
    """
    found, total = np.asarray(n_found, dtype=np.float64), np.asarray(n_all, dtype=np.float64)
    square = ndtri((1 + confidence_level) / 2) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = (found + square / 2) / (total + square)
        reach = np.sqrt(square * (found * (total - found) / total + square / 4)) / (total + square)
    low = np.where(found == 0, 0.0, np.maximum(centre - reach, 0))
    high = np.where(found == total, 1.0, np.minimum(centre + reach, 1))
    return np.where(total > 0, low, np.nan), np.where(total > 0, high, np.nan)


def poisson_interval(
    count: np.ndarray | float, exposure: np.ndarray | float, confidence_level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Return the exact interval of a rate of independent events, such as of false alarms a day.

    Parameters
    ----------
    count : array-like
        How many events there were.
    exposure : array-like
        In how much time, in the unit that the rate shall have below the bar; positive.
    confidence_level : float, default=0.95
        Between 0 and 1.

    Returns
    -------
    low, high : ndarray
        The limits, in events per unit of exposure; `low` is 0 where `count` is.

    References
    ----------
    .. [1] F. Garwood (1936). Fiducial limits for the Poisson distribution. Biometrika 28(3/4), 437-442.
       https://doi.org/10.1093/biomet/28.3-4.437

    Examples
    --------
    No false alarm in three days: the rate may still be above one a day.

    >>> from sklearn_eeg.evaluation._rates import poisson_interval
    >>> [limit.round(4).tolist() for limit in poisson_interval(0, 3)]
    [0.0, 1.2296]
    """
    seen, time = np.asarray(count, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    half = (1 - confidence_level) / 2
    low = np.where(seen > 0, chi2.ppf(half, 2 * np.maximum(seen, 1)) / 2, 0.0)
    return low / time, chi2.isf(half, 2 * seen + 2) / 2 / time
