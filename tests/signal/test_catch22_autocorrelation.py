import numpy as np
import pytest

from sklearn_eeg.signal._catch22 import canonical_statistics
from sklearn_eeg.signal._catch22_autocorrelation import lagged_products

KINDS = {
    "white": lambda rng, n: rng.normal(size=n),
    "walk": lambda rng, n: np.cumsum(rng.normal(size=n)),
    "smooth": lambda rng, n: np.convolve(rng.normal(size=n + 20), np.hanning(21), "valid"),
    "integers": lambda rng, n: np.round(3 * rng.normal(size=n)),
    "trend": lambda rng, n: 0.1 * np.arange(n) + rng.normal(size=n),
    "sine": lambda rng, n: np.sin(np.arange(n) / 3.3) + 0.1 * rng.normal(size=n),
}
each = pytest.mark.parametrize("kind", KINDS)
lengths = pytest.mark.parametrize("n", [12, 61, 300, 1001])


def case(kind, n):
    x = KINDS[kind](np.random.default_rng(n), n)
    return (x - x.mean()) / x.std(ddof=1), {k: float(v) for k, v in canonical_statistics(x).items()}


def autocorrelation(x):
    x = x - x.mean()
    return np.correlate(x, x, "full")[x.size - 1 :] / (x @ x)


def crossing(r, level):
    """Where r falls to a level, interpolated."""
    i = np.flatnonzero(r <= level)[0]
    return i - 1 + (r[i - 1] - level) / (r[i - 1] - r[i])


def first_minimum(values, otherwise):
    for i in range(1, len(values) - 1):
        if values[i] < values[i - 1] and values[i] < values[i + 1]:
            return i
    return otherwise


@pytest.mark.parametrize("n", [2, 3, 4, 5, 30])
def test_lagged_products(n):
    x = np.random.default_rng(n).normal(size=n)
    for lag in range(1, n):
        products = np.empty(4)
        lagged_products(x, lag, products)
        for k in range(min(4, n - lag)):
            np.testing.assert_allclose(products[k], x[: n - lag - k] @ x[lag + k :], atol=1e-12)


@each
@lengths
def test_timescales(kind, n):
    z, values = case(kind, n)
    r = autocorrelation(z)
    assert values["CO_FirstCrossing_acf_1e_pointOfCrossing"] == pytest.approx(crossing(r, np.exp(-1)))
    assert values["CO_FirstMin_ac"] == first_minimum(r, n)
    ratio = crossing(autocorrelation(np.diff(z)), 0) / crossing(r, 0)
    assert values["FC_LocalSimple_mean1_taurat"] == pytest.approx(ratio)


@each
@lengths
def test_gaussian_information(kind, n):
    z, values = case(kind, n)
    last = min(40, -(-n // 2))
    r = np.array([np.corrcoef(z[:-lag], z[lag:])[0, 1] for lag in range(1, last + 1)])
    expected = first_minimum(-0.5 * np.log(1 - r**2), last - 1) + 1
    assert values["IN_AutoMutualInfoStats_40_gaussian_fmmi"] == expected


@each
@lengths
def test_periodicity(kind, n):
    z, values = case(kind, n)
    t = np.arange(n) / n
    knot = (n // 2 - 1) / n
    trends = np.stack([t**0, t, t**2, t**3, np.maximum(t - knot, 0) ** 3], axis=1)
    rest = z - trends @ np.linalg.lstsq(trends, z, rcond=None)[0]
    c = [rest[:-lag] @ rest[lag:] / (n - lag) for lag in range(1, -(-n // 3) + 1)]
    expected, trough = 0, None
    for i in range(1, len(c) - 1):
        if c[i] < c[i - 1] and c[i] < c[i + 1]:
            trough = c[i]
        peak = c[i] > c[i - 1] and c[i] > c[i + 1] and c[i] >= 0
        if peak and trough is not None and c[i] - trough >= 0.01:
            expected = i + 1
            break
    assert values["PD_PeriodicityWang_th0_01"] == expected


def test_a_sine_has_its_period():
    values = canonical_statistics(np.sin(2 * np.pi * np.arange(1000) / 25 + 0.3), ["periodicity"])
    assert values["PD_PeriodicityWang_th0_01"] == 25


def test_an_oscillation_has_its_first_minimum_at_half_its_period():
    values = canonical_statistics(np.sin(2 * np.pi * np.arange(1000) / 24 + 0.3), "autocorrelation")
    assert values["CO_FirstMin_ac"] == 12
    # |r| of a sine falls to 0 at a quarter of the period, where information on it is least
    assert values["IN_AutoMutualInfoStats_40_gaussian_fmmi"] == 6
