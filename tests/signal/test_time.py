import json
from pathlib import Path

import numpy as np
import pytest
import scipy.stats

from sklearn_eeg.signal import TIME_STATISTICS

REFERENCE = json.loads((Path(__file__).parents[1] / "references/feature_values.json").read_text())

AMPLITUDE, CYCLES, N = 10.0, 8, 1024
SINE = AMPLITUDE * np.sin(2 * np.pi * CYCLES * (np.arange(N) + 0.5) / N)
STEP = 2 * np.pi * CYCLES / N

CLOSED_FORMS = {
    "mean": 0.0,
    "standard_deviation": AMPLITUDE / np.sqrt(2),
    "variance": AMPLITUDE**2 / 2,
    "skewness": 0.0,
    "kurtosis": -1.5,
    "minimum": -AMPLITUDE * np.cos(STEP / 2),
    "maximum": AMPLITUDE * np.cos(STEP / 2),
    "peak_to_peak": 2 * AMPLITUDE * np.cos(STEP / 2),
    "energy": N * AMPLITUDE**2 / 2,
    "rms": AMPLITUDE / np.sqrt(2),
    "zero_crossing_rate": (2 * CYCLES - 1) / (N - 1),
    "hjorth_activity": AMPLITUDE**2 / 2,
}


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_sine(name):
    np.testing.assert_allclose(TIME_STATISTICS[name](SINE), CLOSED_FORMS[name], atol=1e-2 * 0.01)


def test_sine_line_length_is_four_amplitudes_a_cycle():
    expected = 4 * CYCLES * AMPLITUDE / N
    np.testing.assert_allclose(TIME_STATISTICS["line_length"](SINE), expected, rtol=2e-3)


def test_sine_has_hjorth_mobility_of_its_angular_step_and_complexity_1():
    long = np.sin(2 * np.pi * 100 * np.arange(100_000) / 100_000)
    mobility = 2 * np.sin(np.pi * 100 / 100_000)
    np.testing.assert_allclose(TIME_STATISTICS["hjorth_mobility"](long), mobility, rtol=1e-4)
    np.testing.assert_allclose(TIME_STATISTICS["hjorth_complexity"](long), 1, rtol=1e-4)


@pytest.mark.parametrize("tool", ["scipy", "antropy", "mne-features"])
def test_other_tools(tool):
    x = np.array(REFERENCE["x"])
    for name, expected in REFERENCE["values"][tool].items():
        if name in TIME_STATISTICS:
            np.testing.assert_allclose(TIME_STATISTICS[name](x), expected, rtol=1e-10)


def test_moments_equal_scipy_on_skewed_noise():
    x = np.random.default_rng(0).exponential(size=(3, 500))
    np.testing.assert_allclose(TIME_STATISTICS["skewness"](x), scipy.stats.skew(x, axis=-1))
    np.testing.assert_allclose(TIME_STATISTICS["kurtosis"](x), scipy.stats.kurtosis(x, axis=-1))


@pytest.mark.parametrize(
    ("x", "crossings"),
    [([1, -1, 1, -1], 3), ([1, 0, -1], 1), ([-1, 0, -1], 2), ([1, 0, 1], 0), ([0, 0, 0], 0)],
)
def test_zero_counts_as_positive(x, crossings):
    x = np.array(x, dtype=float)
    assert TIME_STATISTICS["zero_crossing_rate"](x) == crossings / (x.size - 1)


@pytest.mark.parametrize("name", TIME_STATISTICS)
def test_batch_equals_loop(name):
    x = np.random.default_rng(1).normal(size=(4, 3, 200))
    expected = [[TIME_STATISTICS[name](channel) for channel in window] for window in x]
    np.testing.assert_allclose(TIME_STATISTICS[name](x), expected, rtol=0, atol=1e-12)


SCALING = {
    1: ["mean", "standard_deviation", "minimum", "maximum", "peak_to_peak", "rms", "line_length"],
    2: ["variance", "energy", "hjorth_activity"],
    0: ["skewness", "kurtosis", "zero_crossing_rate", "hjorth_mobility", "hjorth_complexity"],
}


def test_every_statistic_has_its_power_of_the_amplitude():
    assert sorted(n for names in SCALING.values() for n in names) == sorted(TIME_STATISTICS)
    x = np.random.default_rng(2).normal(size=300)
    for power, names in SCALING.items():
        for name in names:
            statistic = TIME_STATISTICS[name]
            np.testing.assert_allclose(statistic(7 * x), 7.0**power * statistic(x), rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("n_times", [2, 250, 868, 1000])
@pytest.mark.parametrize(
    "name",
    ["skewness", "kurtosis", "zero_crossing_rate", "hjorth_mobility", "hjorth_complexity"],
)
def test_constant_gives_zero(name, n_times, dtype):
    levels = np.random.default_rng(0).normal(scale=1000, size=50).astype(dtype)
    assert not TIME_STATISTICS[name](np.repeat(levels[:, np.newaxis], n_times, axis=1)).any()


def test_moments_of_a_single_step_on_a_large_offset():
    x = np.full(512, 4000.0)
    x[100] += 1e-6
    share = 1 / 512
    np.testing.assert_allclose(
        TIME_STATISTICS["kurtosis"](x), (1 - 3 * share + 3 * share**2) / (share * (1 - share)) - 3, rtol=1e-3
    )


@pytest.mark.parametrize("name", TIME_STATISTICS)
def test_two_points_are_enough(name):
    assert np.isfinite(TIME_STATISTICS[name](np.array([1.0, 3.0])))


@pytest.mark.parametrize("name", TIME_STATISTICS)
def test_float32_is_kept(name):
    assert TIME_STATISTICS[name](SINE.astype(np.float32)).dtype == np.float32
