"""Statistics of a signal in time.

``TIME_SWEEPS`` is the table that :class:`sklearn_eeg.features.TimeFeatures` reads; definitions stand
there.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from ._kernel import as_rows, kernel
from ._sweeps import Plan, Sweep

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@kernel
def _moments_and_changes(x: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the 12 statistics of the group "basic", in one pass.

    Powers are summed about a value of the signal (the median of its first, middle and last) instead of
    0, so that an offset costs no precision; central moments follow from these sums.
    """
    n = x.shape[1]
    for r in range(x.shape[0]):
        row = x[r]
        first, middle, last = row[0], row[n // 2], row[n - 1]
        centre = max(min(first, middle), min(max(first, middle), last))
        s1 = s2 = s3 = s4 = length = q1 = q2 = crossings = 0.0
        for i in range(n - 2):
            a, b, c = row[i], row[i + 1], row[i + 2]
            v = a - centre
            v2 = v * v
            s1 += v
            s2 += v2
            s3 += v2 * v
            s4 += v2 * v2
            d = b - a
            bend = (c - b) - d
            length += abs(d)
            q1 += d * d
            q2 += bend * bend
            crossings += 1.0 if (a < 0.0) != (b < 0.0) else 0.0
        for i in range(n - 2, n):
            v = row[i] - centre
            s1 += v
            s2 += v * v
            s3 += v * v * v
            s4 += v * v * v * v
        d = last - row[n - 2]
        length += abs(d)
        q1 += d * d
        crossings += 1.0 if (row[n - 2] < 0.0) != (last < 0.0) else 0.0
        _derive(n, centre, s1 / n, s2 / n, s3 / n, s4 / n, out[r])
        _derive_changes(row, n, length, q1, q2, crossings, out[r])


@kernel
def _derive(n: int, centre: float, a1: float, a2: float, a3: float, a4: float, out: np.ndarray) -> None:
    """Fill out[:7] from the mean powers about the centre."""
    m2 = max(a2 - a1 * a1, 0.0)
    m3 = a3 - 3.0 * a1 * a2 + 2.0 * a1 * a1 * a1
    m4 = a4 - 4.0 * a1 * a3 + 6.0 * a1 * a1 * a2 - 3.0 * a1 * a1 * a1 * a1
    mean = centre + a1
    square = m2 + mean * mean
    out[0] = mean
    out[1] = math.sqrt(m2)
    out[2] = m2
    out[3] = m3 / (m2 * math.sqrt(m2)) if m2 > 0.0 else 0.0
    out[4] = m4 / (m2 * m2) - 3.0 if m2 > 0.0 else 0.0
    out[5] = square * n
    out[6] = math.sqrt(square)


@kernel
def _derive_changes(
    row: np.ndarray, n: int, length: float, q1: float, q2: float, crossings: float, out: np.ndarray
) -> None:
    """Fill out[7:12] from the sums of differences."""
    variance = out[2]
    mean_slope = (row[n - 1] - row[0]) / (n - 1)
    slope = max(q1 / (n - 1) - mean_slope * mean_slope, 0.0)
    bend = 0.0
    if n > 2:
        mean_bend = ((row[n - 1] - row[n - 2]) - (row[1] - row[0])) / (n - 2)
        bend = max(q2 / (n - 2) - mean_bend * mean_bend, 0.0)
    mobility = math.sqrt(slope / variance) if variance > 0.0 else 0.0
    out[7] = crossings / (n - 1)
    out[8] = length / (n - 1)
    out[9] = variance
    out[10] = mobility
    out[11] = math.sqrt(bend / slope) / mobility if slope > 0.0 and mobility > 0.0 else 0.0


@kernel
def _extremes(x: np.ndarray, out: np.ndarray) -> None:
    n = x.shape[1]
    for r in range(x.shape[0]):
        low = high = x[r, 0]
        for i in range(n):
            value = x[r, i]
            low = value if value < low else low
            high = value if value > high else high
        out[r, 0] = low
        out[r, 1] = high
        out[r, 2] = high - low


@kernel
def _teager_kaiser(x: np.ndarray, out: np.ndarray) -> None:
    """Fill out with mean and sd of b**2 - a * c, by differences: exact 0 for a constant."""
    n = x.shape[1]
    for r in range(x.shape[0]):
        row = x[r]
        total = 0.0
        for i in range(1, n - 1):
            before, after = row[i] - row[i - 1], row[i + 1] - row[i]
            total += row[i] * (before - after) + before * after
        mean = total / (n - 2) if n > 2 else 0.0
        square = 0.0
        for i in range(1, n - 1):
            before, after = row[i] - row[i - 1], row[i + 1] - row[i]
            deviation = row[i] * (before - after) + before * after - mean
            square += deviation * deviation
        out[r, 0] = mean
        out[r, 1] = math.sqrt(square / (n - 2)) if n > 2 else 0.0


@kernel
def _turning_points(x: np.ndarray, out: np.ndarray) -> None:
    """Count the changes of direction; a plateau between a rise and a fall is one extremum."""
    n = x.shape[1]
    for r in range(x.shape[0]):
        row = x[r]
        turns = pauses = 0.0
        for i in range(1, n - 1):
            before, after = row[i] - row[i - 1], row[i + 1] - row[i]
            turns += 1.0 if before * after < 0.0 else 0.0
            pauses += 1.0 if before * after == 0.0 else 0.0
        if pauses > 0.0:
            turns, first, last = _turns_with_plateaus(row)
        else:
            first, last = 1, n - 2
            while first < last and (row[first] - row[first - 1]) * (row[first + 1] - row[first]) >= 0.0:
                first += 1
            while last > first and (row[last] - row[last - 1]) * (row[last + 1] - row[last]) >= 0.0:
                last -= 1
        out[r, 0] = turns
        out[r, 1] = (last - first) / (turns - 1.0) if turns > 1.0 else 0.0


@kernel
def _turns_with_plateaus(row: np.ndarray) -> tuple[float, int, int]:
    """Return the number of extrema, and where the first and the last plateau or point of one ends."""
    direction, turns, first, last = 0.0, 0.0, 0, 0
    for i in range(1, row.size):
        d = row[i] - row[i - 1]
        if d != 0.0:
            if d * direction < 0.0:
                turns += 1.0
                last = i - 1
                first = last if turns == 1.0 else first
            direction = d
    return turns, first, last


def _quantiles(x: np.ndarray, out: np.ndarray) -> None:
    ordered = np.sort(x, axis=-1)
    position = np.array(_QUANTILES) * (x.shape[1] - 1)
    below = position.astype(int)
    above = np.minimum(below + 1, x.shape[1] - 1)
    share = position - below
    with np.errstate(invalid="ignore"):  # infinity is looked for later
        out[:, :5] = ordered[:, below] * (1 - share) + ordered[:, above] * share
        out[:, 5] = out[:, 3] - out[:, 1]


@kernel
def _autocorrelation(x: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the lags at which the autocorrelation falls to 1/2 (twice it) and to 0.

    Lags are tried from 1 on until 0 is reached, most often a few dozen.
    """
    n = x.shape[1]
    centred = np.empty(n)
    for r in range(x.shape[0]):
        total = 0.0
        for i in range(n):
            total += x[r, i] - x[r, 0]
        power = 0.0
        for i in range(n):
            centred[i] = (x[r, i] - x[r, 0]) - total / n
            power += centred[i] * centred[i]
        half = zero = n if power > 0.0 else 0.0
        before = power
        for lag in range(1, n if power > 0.0 else 1):
            product = 0.0
            for i in range(n - lag):
                product += centred[i] * centred[i + lag]
            if half == n and product <= 0.5 * power:
                half = lag - 1 + (before - 0.5 * power) / (before - product)
            if product <= 0.0:
                zero = lag - 1 + before / (before - product)
                break
            before = product
        out[r, 0] = 2.0 * half
        out[r, 1] = zero


TIME_SWEEPS: dict[str, Sweep] = {
    "basic": Sweep(
        (
            "mean", "standard_deviation", "variance", "skewness", "kurtosis", "energy", "rms",
            "zero_crossing_rate", "line_length", "hjorth_activity", "hjorth_mobility",
            "hjorth_complexity",
        ),
        _moments_and_changes,
    ),
    "extremes": Sweep(("minimum", "maximum", "peak_to_peak"), _extremes),
    "quantiles": Sweep(
        (
            "quantile_5", "lower_quartile", "median", "upper_quartile", "quantile_95",
            "interquartile_range",
        ),
        _quantiles,
    ),
    "teager_kaiser": Sweep(("teager_kaiser_mean", "teager_kaiser_sd"), _teager_kaiser),
    "turning_points": Sweep(("n_extrema", "extrema_interval"), _turning_points),
    "autocorrelation": Sweep(("autocorrelation_width", "decorrelation_time"), _autocorrelation),
}  # fmt: skip


def time_statistics(x: np.ndarray, features: str | Sequence[str | Callable] = "all") -> dict[str, np.ndarray]:
    """Compute statistics of signals in time.

    Parameters
    ----------
    x : ndarray of shape (..., n_times)
        Signals, in microvolts, of at least two time points.
    features : "all" or str or sequence of (str or callable), default="all"
        Statistics or groups of statistics; :class:`sklearn_eeg.features.TimeFeatures` lists and
        defines them.

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
    >>> from sklearn_eeg.signal import time_statistics
    >>> values = time_statistics(np.array([3.0, -3.0, 3.0, -3.0]), ["rms", "line_length"])
    >>> {name: float(value) for name, value in values.items()}
    {'rms': 3.0, 'line_length': 6.0}
    """
    plan, rows = Plan(features, TIME_SWEEPS), as_rows(x)
    values = plan.run(rows)
    return {name: values[:, i].reshape(np.shape(x)[:-1]) for i, name in enumerate(plan.names)}
