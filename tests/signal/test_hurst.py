import json
import math
from pathlib import Path

import numpy as np
import pytest

from sklearn_eeg.signal._hurst import expected_rescaled_range, hurst_exponent, hurst_lengths

REFERENCE = json.loads((Path(__file__).parents[1] / "references/fractal_values.json").read_text())
PINK = np.array(REFERENCE["x"])


def plain_hurst(x):
    lengths = hurst_lengths(x.size)
    values = []
    for n in lengths.tolist():
        boxes = x[: x.size // n * n].reshape(-1, n)
        boxes = boxes[np.ptp(boxes, axis=1) > 0]
        walks = np.cumsum(boxes - boxes.mean(axis=1, keepdims=True), axis=1)
        ranges = np.ptp(walks, axis=1) / boxes.std(axis=1, ddof=1)
        values.append(math.log(ranges.mean() / expected_rescaled_range(n)) + 0.5 * math.log(n))
    return np.polyfit(np.log(lengths), values, 1)[0]


def fractional_noise(hurst, n_times, rng, n_signals=40):
    """Return fractional Gaussian noise by circulant embedding of its autocovariance."""
    k = np.arange(n_times + 1.0)
    covariance = 0.5 * ((k + 1) ** (2 * hurst) - 2 * k ** (2 * hurst) + abs(k - 1) ** (2 * hurst))
    power = np.fft.rfft(np.r_[covariance, covariance[-2:0:-1]]).real.clip(0)
    white = np.fft.rfft(rng.normal(size=(n_signals, 2 * n_times)))
    return np.fft.irfft(white * np.sqrt(power), 2 * n_times)[:, :n_times]


def test_other_tools():
    expected = REFERENCE["values"]["nolds"]
    np.testing.assert_allclose(hurst_exponent(PINK[:680]), expected["hurst_exponent_680_points"], rtol=1e-10)
    for n, value in expected["expected_rescaled_range"].items():
        np.testing.assert_allclose(expected_rescaled_range(int(n)), value, rtol=1e-10)


def test_expectation_of_three_points_by_hand():
    # Gamma(1) / Gamma(3/2) = 2 / sqrt(pi); the sum is sqrt(2) + sqrt(1/2).
    expected = 2.5 / 3 * 2 / math.pi * (math.sqrt(2) + math.sqrt(0.5))
    np.testing.assert_allclose(expected_rescaled_range(3), expected)


def test_lengths():
    lengths = hurst_lengths(1000)
    assert lengths[0] == 16
    assert lengths[-1] == 500
    assert len(lengths) == 20
    assert hurst_lengths(34).tolist() == [16, 17]
    assert hurst_lengths(32).tolist() == [16]
    assert hurst_lengths(31).tolist() == []
    assert all(hurst_lengths(n)[-1] == n // 2 for n in range(32, 3000))


@pytest.mark.parametrize("n_times", [34, 50, 127, 256, 1001])
@pytest.mark.parametrize("kind", ["white", "walk", "smooth", "resting"])
def test_is_its_definition(n_times, kind):
    x = np.random.default_rng(n_times).normal(size=n_times)
    resting = np.where(np.arange(n_times) < n_times // 2, 0.1, x)
    smooth = np.sin(np.arange(n_times) / 300) + 1e-6 * x
    x = {"white": x, "walk": x.cumsum(), "smooth": smooth, "resting": resting}[kind]
    np.testing.assert_allclose(hurst_exponent(x), plain_hurst(x), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("n_times", [250, 1000])
def test_white_noise_has_one_half(n_times):
    x = np.random.default_rng(0).normal(size=(500, n_times))
    np.testing.assert_allclose(hurst_exponent(x).mean(), 0.5, atol=0.02)


@pytest.mark.parametrize("hurst", [0.3, 0.6, 0.8])
def test_fractional_noise_has_its_hurst_exponent(hurst):
    noise = fractional_noise(hurst, 10_000, np.random.default_rng(1))
    np.testing.assert_allclose(hurst_exponent(noise).mean(), hurst, atol=0.05)


@pytest.mark.parametrize("n_times", [2, 16, 33])
def test_too_short_gives_zero(n_times):
    assert hurst_exponent(np.random.default_rng(0).normal(size=n_times)) == 0


def test_shape_is_kept():
    x = np.random.default_rng(7).normal(size=(2, 3, 60))
    assert hurst_exponent(x).shape == (2, 3)
    assert hurst_exponent(x)[1, 2] == hurst_exponent(x[1, 2])
