"""Fractal dimensions of a signal as a curve, and the table of fractal and long-range statistics."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from ._correlation_dimension import fill_correlation_dimension
from ._dfa import fill_dfa, slope
from ._hurst import fill_hurst
from ._kernel import as_rows, kernel
from ._sweeps import Plan, Sweep

_ROUNDING = 1e-9  # intervals whose mean step is a smaller share of the largest repeat the signal


@kernel
def _higuchi_weights(n_times: int, kmax: int) -> np.ndarray:
    """Return what the step from point i to i + k adds to the length at interval k: (kmax, n_times)."""
    weights = np.zeros((kmax, n_times))
    for k in range(1, kmax + 1):
        for first in range(k):
            n_steps = (n_times - 1 - first) // k
            for i in range(first, n_times - k, k):
                weights[k - 1, i] = (n_times - 1.0) / (1.0 * n_steps * k * k * k)
    return weights


@kernel
def _higuchi(x: np.ndarray, weights: np.ndarray, out: np.ndarray) -> None:
    """Fill out (n_rows, 1); where n_times is a multiple of k all weights of interval k are equal."""
    n_times, kmax = x.shape[1], weights.shape[0]
    logs, lengths = np.empty(kmax), np.empty(kmax)
    for k in range(1, kmax + 1):
        logs[k - 1] = -math.log(k)
    for r in range(x.shape[0]):
        row = x[r]
        largest = 0.0
        for k in range(1, kmax + 1):
            weight = weights[k - 1]
            length = 0.0
            if weight[0] == weight[k - 1]:
                for i in range(n_times - k):
                    length += abs(row[i + k] - row[i])
                length *= weight[0]
            else:
                for i in range(n_times - k):
                    length += weight[i] * abs(row[i + k] - row[i])
            largest = max(largest, length * k * k)
            lengths[k - 1] = length
        for k in range(1, kmax + 1):
            repeats = lengths[k - 1] * k * k <= _ROUNDING * largest
            lengths[k - 1] = -np.inf if repeats else math.log(lengths[k - 1])
        out[r, 0] = slope(logs, lengths, 1.0)


@kernel
def _katz_petrosian(x: np.ndarray, out: np.ndarray) -> None:
    n = x.shape[1]
    log_n, log_steps = math.log(n), math.log(max(n - 1.0, 1.0))
    for r in range(x.shape[0]):
        row = x[r]
        length = far = turns = 0.0
        for i in range(n - 1):
            length += abs(row[i + 1] - row[i])
        for i in range(n):
            far = max(far, abs(row[i] - row[0]))
        for i in range(n - 2):
            turns += 1.0 if (row[i + 1] < row[i]) != (row[i + 2] < row[i + 1]) else 0.0
        steps_away = far / length * (n - 1.0)
        steps_away = steps_away if steps_away > math.sqrt(2.0) else math.sqrt(2.0)
        out[r, 0] = log_steps / math.log(steps_away) if length > 0.0 and n > 2 else 1.0
        out[r, 1] = log_n / (log_n + math.log(n / (n + 0.4 * turns))) if turns > 0.0 else 1.0


class _Higuchi:
    """Fills out (n_rows, 1) with Higuchi's dimension of rows; unlike a closure it can be pickled."""

    def __init__(self, kmax: int) -> None:
        self.kmax = kmax

    def __call__(self, rows: np.ndarray, out: np.ndarray) -> None:
        n_times = rows.shape[1]
        _higuchi(rows, _higuchi_weights(n_times, min(self.kmax, n_times // 2)), out)


def fractal_sweeps(kmax: int = 10) -> dict[str, Sweep]:
    """Return the table of fractal and long-range statistics.

    Parameters
    ----------
    kmax : int, default=10
        Longest interval of Higuchi's dimension, at least 2.

    Returns
    -------
    table : dict of str to Sweep
        The sweeps by group; each takes rows of shape (n_rows, n_times). The group
        ``"correlation_dimension"`` takes a time that grows with the square of n_times.

    Examples
    --------
    >>> from sklearn_eeg.signal._fractal import fractal_sweeps
    >>> fractal_sweeps()["katz_petrosian"].statistics
    ('katz_fd', 'petrosian_fd')
    """
    return {
        "higuchi": Sweep(("higuchi_fd",), _Higuchi(kmax)),
        "katz_petrosian": Sweep(("katz_fd", "petrosian_fd"), _katz_petrosian),
        "hurst": Sweep(("hurst_exponent",), fill_hurst),
        "dfa": Sweep(("dfa_exponent",), fill_dfa),
        "correlation_dimension": Sweep(("correlation_dimension",), fill_correlation_dimension),
    }


def fractal_statistics(
    x: np.ndarray, features: str | Sequence[str | Callable] = "all", kmax: int = 10
) -> dict[str, np.ndarray]:
    """Compute fractal dimensions and scaling exponents of signals.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signals, in any unit.
    features : "all" or str or sequence of (str or callable), default="all"
        Statistics or groups of statistics of `fractal_sweeps`; the functions `higuchi_fd`, `katz_fd`,
        `petrosian_fd`, `hurst_exponent`, `dfa_exponent` and `correlation_dimension` define them.
    kmax : int, default=10
        Longest interval of Higuchi's dimension, at least 2.

    Returns
    -------
    statistics : dict of str to ndarray of shape (...)
        Each statistic by its name, in float64.

    Raises
    ------
    ValueError
        If a name is not known.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._fractal import fractal_statistics
    >>> values = fractal_statistics(np.arange(100.0), ["katz_fd", "petrosian_fd"])
    >>> {name: round(float(value), 6) for name, value in values.items()}
    {'katz_fd': 1.0, 'petrosian_fd': 1.0}
    """
    plan, rows = Plan(features, fractal_sweeps(kmax)), as_rows(x)
    values = plan.run(rows)
    return {name: values[:, i].reshape(np.shape(x)[:-1]) for i, name in enumerate(plan.names)}


def higuchi_fd(x: np.ndarray, kmax: int = 10) -> np.ndarray:
    r"""Compute Higuchi's fractal dimension of signals.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signals, in any unit.
    kmax : int, default=10
        Longest interval, in time points, at least 2; in signals of fewer than ``2 * kmax`` time points
        half of these.

    Returns
    -------
    dimension : ndarray of shape (...)
        1 for a line, 1.5 for a random walk, 2 for white noise. 1 for a flat signal, and for fewer than
        four time points, where there are no two intervals to compare.

    Raises
    ------
    ValueError
        If `kmax` is smaller than 2.

    Notes
    -----
    For each interval :math:`k` and first point :math:`m < k` there is a curve through every
    :math:`k`-th point, of :math:`N_m = \lfloor (N - 1 - m) / k \rfloor` steps and the length

    .. math:: L_m(k) = \frac{N - 1}{N_m k^2} \sum_{j=1}^{N_m} |x_{m + jk} - x_{m + (j-1)k}|.

    The dimension is the slope of :math:`\log L(k)` against :math:`\log(1/k)` for :math:`k` up to `kmax`,
    :math:`L(k)` being the mean over :math:`m`. Intervals at which the signal repeats itself, where
    :math:`L(k)` is 0 but for rounding, are left out. antropy from 0.2.1 on has the same definition;
    mne-features leaves out the last step of each curve, and other tools begin at :math:`k = 2` or choose
    `kmax` differently.

    References
    ----------
    T. Higuchi, "Approach to an irregular time series on the basis of the fractal theory", Physica D
    31(2), 1988. https://doi.org/10.1016/0167-2789(88)90081-4

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._fractal import higuchi_fd
    >>> round(float(higuchi_fd(np.arange(100.0))), 6)
    1.0
    """
    if kmax < 2:
        raise ValueError(f"`kmax` must be at least 2, got {kmax}.")
    rows = as_rows(x)
    out = np.empty((len(rows), 1))
    _Higuchi(kmax)(rows, out)
    return out[:, 0].reshape(np.shape(x)[:-1])


def katz_fd(x: np.ndarray) -> np.ndarray:
    r"""Compute Katz's fractal dimension of signals.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signals, in any unit.

    Returns
    -------
    dimension : ndarray of shape (...)
        1 for a signal that only rises or only falls, and more the more it goes to and fro; at most
        :math:`2 \log_2 n`. 1 for a flat signal and for two time points.

    Notes
    -----
    With :math:`n = N - 1` steps of total size :math:`L` and mean size :math:`a = L / n`, and :math:`d` the
    largest distance from the first value, it is

    .. math:: \frac{\log n}{\log (d / a)} = \frac{\log n}{\log n + \log (d / L)}.

    This has no bound as :math:`d / a` approaches 1, that is for a signal that leaves its first value by one
    mean step only; :math:`d / a` is therefore taken as at least :math:`\sqrt 2`. Distances are differences
    of values, as in antropy and mne-features, and not distances in the plane of time and value, which
    depend on the units of both.

    References
    ----------
    M. J. Katz, "Fractals and the analysis of waveforms", Computers in Biology and Medicine 18(3), 1988.
    https://doi.org/10.1016/0010-4825(88)90041-8

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._fractal import katz_fd
    >>> round(float(katz_fd(np.array([0.0, 2.0, 0.0, 2.0, 4.0]))), 6)
    2.0
    """
    return _both(x)[0]


def petrosian_fd(x: np.ndarray) -> np.ndarray:
    r"""Compute Petrosian's fractal dimension of signals.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signals, in any unit.

    Returns
    -------
    dimension : ndarray of shape (...)
        1 for a signal that only rises or only falls, a little more the more often it turns. 1 for a flat
        signal and for two time points.

    Notes
    -----
    With :math:`N` time points and :math:`M` changes of sign of their successive differences, it is

    .. math:: \frac{\log N}{\log N + \log (N / (N + 0.4 M))}.

    A difference of 0 counts as positive, as in antropy; tools that count products of differences below 0
    differ where values repeat.

    References
    ----------
    A. Petrosian, "Kolmogorov complexity of finite sequences and recognition of different preictal EEG
    patterns", IEEE Symposium on Computer-Based Medical Systems, 1995.
    https://doi.org/10.1109/CBMS.1995.465426

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.signal._fractal import petrosian_fd
    >>> float(petrosian_fd(np.array([1.0, 2.0, 3.0, 5.0])))
    1.0
    """
    return _both(x)[1]


def _both(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return Katz's and Petrosian's dimensions."""
    rows = as_rows(x)
    out = np.empty((len(rows), 2))
    _katz_petrosian(rows, out)
    return out[:, 0].reshape(np.shape(x)[:-1]), out[:, 1].reshape(np.shape(x)[:-1])
