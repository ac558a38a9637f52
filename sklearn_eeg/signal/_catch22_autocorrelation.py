"""Canonical features of the signal against itself some lags later."""

import math

import numpy as np

from ._kernel import kernel

_LAGS = 4  # computed at once: the values read serve several products
_LEVEL = math.exp(-1.0)
_GAUSSIAN_LAGS = 40  # at most, in search of a minimum of the mutual information


@kernel
def lagged_products(row: np.ndarray, lag: int, products: np.ndarray) -> None:
    """Fill products[:4] with the sums of products at a lag and the three after it."""
    n = row.size
    common = max(n - lag - _LAGS + 1, 0)
    b0, b1, b2, b3 = row[lag:], row[lag + 1 :], row[lag + 2 :], row[lag + 3 :]
    s0 = s1 = s2 = s3 = 0.0
    for i in range(common):
        a = row[i]
        s0 += a * b0[i]
        s1 += a * b1[i]
        s2 += a * b2[i]
        s3 += a * b3[i]
    products[0], products[1], products[2], products[3] = s0, s1, s2, s3
    for k in range(_LAGS - 1):
        for i in range(common, n - lag - k):
            products[k] += row[i] * row[i + lag + k]


@kernel
def lag_marks(z: np.ndarray, out: np.ndarray) -> None:
    """Fill out with five lags.

    These are where the autocorrelation falls to 1/e, its first minimum, that of the mutual information,
    and where the autocorrelation first is not positive, interpolated and as a whole lag. Lags are tried
    until all are found; what is not found is the number of points.
    """
    n = z.shape[1]
    products = np.empty(_LAGS)
    sums = np.empty(5)
    for r in range(z.shape[0]):
        found = out[r]
        for k in range(5):
            found[k] = n
        found[2] = min(_GAUSSIAN_LAGS, (n + 1) // 2)
        _begin(z[r], sums)
        power = sums[2]
        left = n - 1 if power > 0.0 else 0
        previous, current = np.inf, power
        open_lag, open_minimum, open_information, open_zero = True, True, True, True
        earlier = information = np.nan
        for lag in range(1, left + 1):
            if lag % _LAGS == 1:
                lagged_products(z[r], lag, products)
            product = products[(lag - 1) % _LAGS]
            if open_lag and product < _LEVEL * power:
                found[0] = lag - 1 + (current - _LEVEL * power) / (current - product)
                open_lag = False
            if open_zero and product <= 0.0:
                found[3] = lag - 1 + current / (current - product)
                found[4] = lag
                open_zero = False
            if open_minimum and lag > 1 and current < previous and current < product:
                found[1] = lag - 1
                open_minimum = False
            if open_information:
                newest = _squared_correlation(z[r], lag, product, sums)
                open_information = lag < min(_GAUSSIAN_LAGS, (n + 1) // 2)
                if information < earlier and information < newest:
                    found[2] = lag - 1
                    open_information = False
                earlier, information = information, newest
            if not (open_lag or open_zero or open_minimum or open_information):
                break
            previous, current = current, product


@kernel
def _begin(row: np.ndarray, sums: np.ndarray) -> None:
    """Write the sums, and sums of squares, of the values without the last and without the first lags."""
    total = square = 0.0
    for i in range(row.size):
        total += row[i]
        square += row[i] * row[i]
    sums[0] = sums[1] = total
    sums[2] = square
    sums[3] = sums[4] = square


@kernel
def _squared_correlation(row: np.ndarray, lag: int, product: float, sums: np.ndarray) -> float:
    """Return Pearson's correlation of values a lag apart, squared: the mutual information rises with it.

    Lags come in order, each once. NaN, which is no minimum, where one of the two is constant.
    """
    n = row.size - lag
    gone, first = row[n], row[lag - 1]
    sums[0] -= gone
    sums[3] -= gone * gone
    sums[1] -= first
    sums[4] -= first * first
    power = (sums[3] - sums[0] * sums[0] / n) * (sums[4] - sums[1] * sums[1] / n)
    shared = product - sums[0] * sums[1] / n
    return min(shared * shared / power, 1.0 - 1e-12) if power > 1e-12 else np.nan


@kernel
def whitening(z: np.ndarray, zeros: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the first zero of the autocorrelation of the differences over that of the signal."""
    n = z.shape[1] - 1
    steps = np.empty(n)
    products = np.empty(_LAGS)
    for r in range(z.shape[0]):
        mean = (z[r, n] - z[r, 0]) / n
        power = 0.0
        for i in range(n):
            steps[i] = (z[r, i + 1] - z[r, i]) - mean
            power += steps[i] * steps[i]
        out[r, 0] = 0.0
        if power > 1e-20 * n:
            out[r, 0] = _first_zero(steps, power, products) / zeros[r]


@kernel
def _first_zero(row: np.ndarray, power: float, products: np.ndarray) -> float:
    """Return where the autocorrelation first falls to 0, interpolated; the length where it does not."""
    current = power
    for lag in range(1, row.size):
        if lag % _LAGS == 1:
            lagged_products(row, lag, products)
        product = products[(lag - 1) % _LAGS]
        if product <= 0.0:
            return lag - 1 + current / (current - product)
        current = product
    return float(row.size)


@kernel
def periodicity(z: np.ndarray, splines: np.ndarray, out: np.ndarray) -> None:
    """Fill out with the first lag at which the detrended autocovariance has a peak that counts.

    A peak counts if it is not negative and rises 0.01 or more above the trough before it. splines are
    the orthonormal rows that span the trends.
    """
    n = z.shape[1]
    detrended = np.empty(n)
    products = np.empty(_LAGS)
    for r in range(z.shape[0]):
        for i in range(n):
            detrended[i] = z[r, i]
        for k in range(splines.shape[0]):
            share = 0.0
            for i in range(n):
                share += splines[k, i] * z[r, i]
            for i in range(n):
                detrended[i] -= share * splines[k, i]
        out[r, 0] = _first_peak(detrended, products)


@kernel
def _first_peak(row: np.ndarray, products: np.ndarray) -> float:
    """Return the lag of the first peak that counts, up to a third of the length, or 0."""
    n = row.size
    earlier = before = np.nan
    trough = np.inf
    for lag in range(1, (n + 2) // 3 + 1):
        if lag % _LAGS == 1:
            lagged_products(row, lag, products)
        value = products[(lag - 1) % _LAGS] / (n - lag)
        if before < earlier and before < value:
            trough = before
        if before > earlier and before > value and before - trough >= 0.01 and before >= 0.0:
            return float(lag - 1)
        earlier, before = before, value
    return 0.0
