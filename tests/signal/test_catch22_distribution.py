import numpy as np
import pytest

from sklearn_eeg.signal._catch22 import canonical_statistics

KINDS = {
    "white": lambda rng, n: rng.normal(size=n),
    "walk": lambda rng, n: np.cumsum(rng.normal(size=n)),
    "integers": lambda rng, n: np.round(2 * rng.normal(size=n)),
    "spiky": lambda rng, n: rng.normal(size=n) ** 5,
    "skewed": lambda rng, n: np.exp(2 * rng.normal(size=n)),
}
each = pytest.mark.parametrize("kind", KINDS)
lengths = pytest.mark.parametrize("n", [11, 60, 500, 1200])


def case(kind, n):
    x = KINDS[kind](np.random.default_rng(n), n)
    return (x - x.mean()) / x.std(ddof=1), {k: float(v) for k, v in canonical_statistics(x).items()}


def edges_of(low, high, n_bins):
    width = (high - low) / n_bins
    edges = low + np.arange(n_bins + 1) * width - 1e-6 * width
    edges[-1] = high + 1e-6 * width
    return edges


@each
@lengths
def test_histogram_modes(kind, n):
    z, values = case(kind, n)
    for n_bins in (5, 10):
        edges = edges_of(z.min(), z.max(), n_bins)
        counts = np.histogram(z, edges)[0]
        expected = ((edges[1:] + edges[:-1]) / 2)[counts == counts.max()].mean()
        assert values[f"DN_HistogramMode_{n_bins}"] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_the_mode_of_two_levels_is_between_them_and_of_three_the_fullest():
    modes = canonical_statistics(np.array([[0.0, 1.0, 0.0, 1.0], [0.0, 10.0, 10.0, 5.0]]), "histogram")
    np.testing.assert_allclose(modes["DN_HistogramMode_10"][0], 0.0, atol=1e-6)
    x = np.array([0.0, 10.0, 10.0, 5.0])
    np.testing.assert_allclose(modes["DN_HistogramMode_5"][1], (9.0 - x.mean()) / x.std(ddof=1), atol=1e-6)


@each
@lengths
def test_outlier_timing(kind, n):
    z, values = case(kind, n)
    for name, y in [("p", z), ("n", -z)]:
        medians = []
        for threshold in np.arange(0, int(y.max() * 100) + 1) * 0.01:
            times = np.flatnonzero(y >= threshold) + 1
            if medians and (times.size - 1) * 100 <= 2 * (y >= 0).sum():
                break
            medians.append(np.median(times) / (n / 2) - 1)
        expected = np.median(medians)
        assert values[f"DN_OutlierInclude_{name}_001_mdrmd"] == pytest.approx(expected, abs=1e-12)


def test_late_outliers_have_late_times():
    x = np.r_[np.tile([1.0, -1.0], 50), np.tile([9.0, -1.0], 10)]
    values = canonical_statistics(x, "outliers")
    assert values["DN_OutlierInclude_p_001_mdrmd"] > 0.8
    back = canonical_statistics(x[::-1], "outliers")
    assert back["DN_OutlierInclude_p_001_mdrmd"] < -0.8


@each
@lengths
def test_embedding_distances(kind, n):
    z, values = case(kind, n)
    products = np.correlate(z, z, "full")[n - 1 :]
    delay = min(np.flatnonzero(products <= 0)[0], n // 10)
    steps = np.sqrt(np.diff(z)[: n - 1 - delay] ** 2 + np.diff(z)[delay:] ** 2)
    spread = np.subtract(*np.quantile(steps, [0.75, 0.25], method="hazen"))
    wanted = np.ptp(steps) * steps.size ** (1 / 3) / (2 * spread) if spread > 1e-9 else 0
    n_bins = int(min(max(np.ceil(wanted), np.ceil(1 + np.log2(steps.size))), steps.size))
    edges = edges_of(steps.min(), steps.max(), n_bins)
    density = np.histogram(steps, edges, density=True)[0]
    middle = (edges[1:] + edges[:-1]) / 2
    expected = np.abs(density - np.exp(-middle / steps.mean()) / steps.mean()).mean()
    assert values["CO_Embed2_Dist_tau_d_expfit_meandiff"] == pytest.approx(expected, rel=1e-8)
