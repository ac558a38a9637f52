"""Probabilities smoothed over time, step by step as they come."""

import numpy as np


class Smoother:
    """Centred running mean of a series that comes piece by piece; what is missing (NaN) is left out.

    Parameters
    ----------
    reach : int
        Steps on either side that are averaged with each; 0 changes nothing.

    Notes
    -----
    Step k becomes the mean of those of the steps k - reach to k + reach that there are; it is NaN where
    step k itself is. It comes out when step k + reach goes in, or at the end.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.detection._smoothing import Smoother
    >>> smoother = Smoother(1)
    >>> smoother.push(np.array([0.0, 3.0, 0.0])).tolist(), smoother.finish().tolist()
    ([1.5, 1.0], [1.5])
    """

    def __init__(self, reach: int) -> None:
        self.reach = reach
        self._tail = np.full(reach, np.nan)  # what lies before the next step to come out, and it
        self._n_waiting = 0

    def push(self, values: np.ndarray) -> np.ndarray:
        """Take the next steps and return those that are settled, smoothed."""
        series = np.concatenate([self._tail, values])
        n_out = max(0, self._n_waiting + len(values) - self.reach)
        smoothed = self._average(series, n_out)
        self._n_waiting += len(values) - n_out
        self._tail = series[n_out:]
        return smoothed

    def finish(self) -> np.ndarray:
        """Return the last steps, smoothed."""
        return self.push(np.full(self.reach, np.nan))

    def _average(self, series: np.ndarray, n_out: int) -> np.ndarray:
        total, count = np.zeros(n_out), np.zeros(n_out)
        for shift in range(2 * self.reach + 1):  # in this order whatever the pieces, so that sums are equal
            part = series[shift : shift + n_out]
            known = ~np.isnan(part)
            total += np.where(known, part, 0.0)
            count += known
        own = series[self.reach : self.reach + n_out]
        return np.where(np.isnan(own), np.nan, total / np.maximum(count, 1))


def smooth(values: np.ndarray, reach: int) -> np.ndarray:
    """Return a whole series, smoothed.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.detection._smoothing import smooth
    >>> smooth(np.array([0.0, 3.0, 0.0, np.nan]), 1).tolist()
    [1.5, 1.0, 1.5, nan]
    """
    smoother = Smoother(reach)
    return np.concatenate([smoother.push(values), smoother.finish()])


def count_reach(smoothing_seconds: float, step_seconds: float) -> int:
    """Return the steps on either side that make up a length of smoothing, to the nearest.

    Examples
    --------
    >>> from sklearn_eeg.detection._smoothing import count_reach
    >>> count_reach(5, 1), count_reach(0, 1), count_reach(4.5, 1.5)
    (2, 0, 1)
    """
    return max(0, round((smoothing_seconds / step_seconds - 1) / 2))
