import json
from pathlib import Path

import numpy as np
import pytest

from sklearn_eeg.signal._dfa import dfa_exponent, dfa_lengths, slope

REFERENCE = json.loads((Path(__file__).parents[1] / "references/fractal_values.json").read_text())
PINK = np.array(REFERENCE["x"])


def plain_dfa(x):
    profile = np.cumsum(x - x.mean())
    fluctuations = []
    for n in dfa_lengths(x.size):
        boxes = profile[: x.size // n * n].reshape(-1, n).T
        t = np.arange(n) - (n - 1) / 2
        left = boxes - boxes.mean(axis=0) - np.outer(t, t @ boxes / (t @ t))
        fluctuations.append(np.sqrt(np.mean(left**2)))
    return np.polyfit(np.log(dfa_lengths(x.size)), np.log(fluctuations), 1)[0]


def fractional_noise(hurst, n_times, rng, n_signals=20):
    """Return fractional Gaussian noise by circulant embedding of its autocovariance."""
    k = np.arange(n_times + 1.0)
    covariance = 0.5 * ((k + 1) ** (2 * hurst) - 2 * k ** (2 * hurst) + abs(k - 1) ** (2 * hurst))
    power = np.fft.rfft(np.r_[covariance, covariance[-2:0:-1]]).real.clip(0)
    white = np.fft.rfft(rng.normal(size=(n_signals, 2 * n_times)))
    return np.fft.irfft(white * np.sqrt(power), 2 * n_times)[:, :n_times]


def test_other_tools():
    expected = REFERENCE["values"]["antropy"]
    np.testing.assert_allclose(dfa_exponent(PINK), expected["dfa_exponent"], rtol=1e-8)
    np.testing.assert_allclose(dfa_exponent(PINK[:997]), expected["dfa_exponent_997_points"], rtol=1e-8)
    expected = REFERENCE["values"]["nolds"]
    np.testing.assert_allclose(dfa_exponent(PINK), expected["dfa_exponent"], rtol=1e-8)


def test_lengths():
    assert dfa_lengths(1000).tolist() == [4, 5, 6, 8, 9, 11, 14, 17, 20, 24, 29, 35, 42, 51, 61, 73, 88]
    assert dfa_lengths(58).tolist() == [4, 5]
    assert dfa_lengths(57).tolist() == [4]
    assert dfa_lengths(2).tolist() == dfa_lengths(0).tolist() == []


@pytest.mark.parametrize("n_times", [58, 61, 250, 1001])
@pytest.mark.parametrize("kind", ["white", "walk", "smooth"])
def test_is_its_definition(n_times, kind):
    x = np.random.default_rng(n_times).normal(size=n_times)
    x = {"white": x, "walk": x.cumsum(), "smooth": np.sin(np.arange(n_times) / 300) + 1e-6 * x}[kind]
    np.testing.assert_allclose(dfa_exponent(x), plain_dfa(x), rtol=1e-6)


@pytest.mark.parametrize("n_times", [300, 1000, 20_000])
def test_line(n_times):
    # Its profile is t**2 / 2: a line leaves (n**2 - 1)(n**2 - 4) / 720 of its square on average.
    n = dfa_lengths(n_times).astype(float)
    left = 0.5 * np.log((n**2 - 1) * (n**2 - 4) / 720)
    expected = np.polyfit(np.log(n), left, 1)[0]
    np.testing.assert_allclose(dfa_exponent(3 - 0.7 * np.arange(n_times)), expected, rtol=1e-7)


@pytest.mark.parametrize("hurst", [0.3, 0.5, 0.7, 0.9])
def test_fractional_noise_has_its_hurst_exponent(hurst):
    noise = fractional_noise(hurst, 10_000, np.random.default_rng(0))
    np.testing.assert_allclose(dfa_exponent(noise).mean(), hurst, atol=0.04)
    np.testing.assert_allclose(dfa_exponent(noise.cumsum(axis=1)).mean(), 1 + hurst, atol=0.06)


def test_slope_takes_finite_points_only():
    x, y = np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, -np.inf, 5.0, np.nan])
    assert slope(x, y, -7.0) == 2
    assert slope(x, np.array([1.0, -np.inf, np.inf, np.nan]), -7.0) == -7


@pytest.mark.parametrize("n_times", [2, 10, 57])
def test_too_short_gives_zero(n_times):
    assert dfa_exponent(np.random.default_rng(0).normal(size=n_times)) == 0


def test_shape_is_kept():
    x = np.random.default_rng(7).normal(size=(2, 3, 60))
    assert dfa_exponent(x).shape == (2, 3)
    assert dfa_exponent(x)[1, 2] == dfa_exponent(x[1, 2])
