import numpy as np
import pytest

from sklearn_eeg.signal._catch22 import canonical_statistics
from sklearn_eeg.signal._catch22_simple import standardise


def signal(n):
    return np.random.default_rng(n).normal(loc=3, scale=20, size=n)


def standardised(x):
    z, moments = np.empty_like(x), np.empty((len(x), 3))
    standardise(x, z, moments)
    return z, moments


@pytest.mark.parametrize("n", [2, 3, 50, 1000])
def test_z_scores(n):
    x = signal(n)[np.newaxis]
    z, moments = standardised(x)
    np.testing.assert_allclose(z, (x - x.mean()) / x.std(ddof=1), atol=1e-12)
    np.testing.assert_allclose(moments, [[x.mean(), x.std(ddof=1), 0.0]], rtol=1e-12)


@pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1, 1.7e308, 1e-300])
def test_a_constant_has_z_scores_0(level):
    z, moments = standardised(np.full((1, 37), level))
    assert (z == 0).all()
    assert moments.tolist() == [[level, 0.0, 1.0]]


def test_the_smallest_differences_count_in_full():
    x = np.full((1, 100), 0.1)
    x[0, ::2] = np.nextafter(0.1, 1)
    z, moments = standardised(x)
    np.testing.assert_allclose(np.abs(z), np.sqrt(99 / 100), rtol=1e-12)
    assert moments[0, 1] == pytest.approx(np.spacing(0.1) / 2 * np.sqrt(100 / 99), rel=1e-9)


def test_the_largest_numbers_stay_finite():
    z, moments = standardised(np.array([[1.7e308, -1.7e308, 1.7e308, -1.7e308]]))
    np.testing.assert_allclose(np.abs(z), np.sqrt(3) / 2)
    assert np.isfinite(moments).all()


@pytest.mark.parametrize("n", [5, 60, 1001])
def test_differences(n):
    x = signal(n)
    values = canonical_statistics(x, "differences")
    z = (x - x.mean()) / x.std(ddof=1)
    errors = [z[i] - z[i - 3 : i].mean() for i in range(3, n)]
    assert values["FC_LocalSimple_mean3_stde"] == pytest.approx(np.std(errors, ddof=1))
    assert values["MD_pNN_pnn40"] == (np.abs(np.diff(z)) > 0.04).mean()
    assert values["CO_trev_1_num"] == pytest.approx((np.diff(z) ** 3).mean())


def test_too_short_for_a_forecast_error():
    values = canonical_statistics(np.array([1.0, 2.0, 1.0, 4.0]), "differences")
    assert values["FC_LocalSimple_mean3_stde"] == 0.0


@pytest.mark.parametrize("n", [5, 64, 65, 1000])
def test_spectrum(n):
    x = signal(n)
    values = canonical_statistics(x, "spectrum")
    z = (x - x.mean()) / x.std(ddof=1)
    n_fft = 2 ** int(np.ceil(np.log2(n)))
    power = 2 * np.abs(np.fft.rfft(z, n_fft)) ** 2 / (n * n_fft)
    assert values["SP_Summaries_fft_area_5_1"] == pytest.approx(power[: -(-power.size // 5)].sum())
    median = np.flatnonzero(np.cumsum(power) > power.sum() / 2)[0]
    assert values["SP_Summaries_fft_wq_50"] == pytest.approx(2 * np.pi * median / n_fft)


def test_a_sine_has_its_frequency_as_the_median():
    x = np.sin(2 * np.pi * np.arange(512) * 30 / 512)
    values = canonical_statistics(x, "spectrum")
    assert values["SP_Summaries_fft_wq_50"] == pytest.approx(2 * np.pi * 30 / 512)
    assert values["SP_Summaries_fft_area_5_1"] == pytest.approx(511 / 512)
