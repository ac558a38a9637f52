import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import scipy.stats

from sklearn_eeg.signal import TIME_SWEEPS, time_statistics

REFERENCE = json.loads((Path(__file__).parents[1] / "references/feature_values.json").read_text())
NAMES = [name for sweep in TIME_SWEEPS.values() for name in sweep.statistics]

AMPLITUDE, CYCLES, N = 10.0, 8, 1024
SINE = AMPLITUDE * np.sin(2 * np.pi * CYCLES * (np.arange(N) + 0.5) / N)
STEP = 2 * np.pi * CYCLES / N


def value(name, x):
    return time_statistics(x, [name])[name]


def turning_points(x):
    """Return where the signal changes direction: the ends of its extreme points or plateaus."""
    steps = [i for i in range(1, x.size) if x[i] != x[i - 1]]
    return [j - 1 for i, j in itertools.pairwise(steps) if (x[i] - x[i - 1]) * (x[j] - x[j - 1]) < 0]


def falls_to(x, level):
    centred = x - x.mean()
    correlation = np.correlate(centred, centred, "full")[x.size - 1 :]
    below = np.flatnonzero(correlation <= level * correlation[0])
    if not below.size:
        return x.size
    i = below[0]
    before, after = correlation[i - 1], correlation[i]
    return i - 1 + (before - level * correlation[0]) / (before - after)


def teager(x):
    return x[1:-1] ** 2 - x[:-2] * x[2:]


def mobility(x):
    return np.diff(x).std() / x.std()


PLAIN = {
    "mean": np.mean,
    "standard_deviation": np.std,
    "variance": np.var,
    "skewness": scipy.stats.skew,
    "kurtosis": scipy.stats.kurtosis,
    "energy": lambda x: (x**2).sum(),
    "rms": lambda x: np.sqrt((x**2).mean()),
    "zero_crossing_rate": lambda x: (np.diff(np.signbit(x).astype(int)) != 0).mean(),
    "line_length": lambda x: np.abs(np.diff(x)).mean(),
    "hjorth_activity": np.var,
    "hjorth_mobility": mobility,
    "hjorth_complexity": lambda x: mobility(np.diff(x)) / mobility(x),
    "minimum": np.min,
    "maximum": np.max,
    "peak_to_peak": np.ptp,
    "quantile_5": lambda x: np.quantile(x, 0.05),
    "lower_quartile": lambda x: np.quantile(x, 0.25),
    "median": np.median,
    "upper_quartile": lambda x: np.quantile(x, 0.75),
    "quantile_95": lambda x: np.quantile(x, 0.95),
    "interquartile_range": lambda x: np.subtract(*np.quantile(x, [0.75, 0.25])),
    "teager_kaiser_mean": lambda x: teager(x).mean(),
    "teager_kaiser_sd": lambda x: teager(x).std(),
    "n_extrema": lambda x: len(turning_points(x)),
    "extrema_interval": lambda x: np.diff(turning_points(x)).mean(),
    "autocorrelation_width": lambda x: 2 * falls_to(x, 0.5),
    "decorrelation_time": lambda x: falls_to(x, 0.0),
}


def signals():
    rng = np.random.default_rng(0)
    noise = rng.normal(scale=20, size=301)
    return {
        "noise": noise,
        "skewed": rng.exponential(scale=5, size=200) - 2,
        "walk": noise.cumsum(),
        "offset": noise + 1e5,
        "drift": np.linspace(0, 4000, 301) + noise,
        "whole numbers": np.round(noise / 15) + 0.25,
        "odd first point": np.r_[5000.0, noise],
        "short": noise[:6],
    }


def test_every_statistic_has_a_plain_definition():
    assert sorted(PLAIN) == sorted(NAMES)


@pytest.mark.parametrize("signal", signals())
@pytest.mark.parametrize("name", NAMES)
def test_equals_the_plain_definition(name, signal):
    x = signals()[signal]
    np.testing.assert_allclose(value(name, x), PLAIN[name](x), rtol=1e-8, atol=1e-12)


CLOSED_FORMS = {
    "mean": 0.0,
    "standard_deviation": AMPLITUDE / np.sqrt(2),
    "skewness": 0.0,
    "kurtosis": -1.5,
    "maximum": AMPLITUDE * np.cos(STEP / 2),
    "energy": N * AMPLITUDE**2 / 2,
    "zero_crossing_rate": (2 * CYCLES - 1) / (N - 1),
    "teager_kaiser_mean": (AMPLITUDE * np.sin(STEP)) ** 2,
    "teager_kaiser_sd": 0.0,
    "n_extrema": 2 * CYCLES,
}


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_sine(name):
    np.testing.assert_allclose(value(name, SINE), CLOSED_FORMS[name], rtol=1e-3, atol=1e-9)


def test_sine_line_length_is_four_amplitudes_a_cycle():
    np.testing.assert_allclose(value("line_length", SINE), 4 * CYCLES * AMPLITUDE / N, rtol=2e-3)


def test_sine_has_hjorth_mobility_of_its_angular_step_and_complexity_1():
    long = np.sin(2 * np.pi * 100 * np.arange(100_000) / 100_000)
    np.testing.assert_allclose(value("hjorth_mobility", long), 2 * np.sin(np.pi / 1000), rtol=1e-4)
    np.testing.assert_allclose(value("hjorth_complexity", long), 1, rtol=1e-4)


def test_cosine_loses_its_correlation_after_a_quarter_of_its_period():
    long = np.cos(2 * np.pi * np.arange(20_000) / 200)
    np.testing.assert_allclose(value("decorrelation_time", long), 50, rtol=1e-2)
    np.testing.assert_allclose(value("autocorrelation_width", long), 2 * 200 / 6, rtol=1e-2)


@pytest.mark.parametrize("tool", ["scipy", "antropy", "mne-features"])
def test_other_tools(tool):
    x = np.array(REFERENCE["x"])
    for name, expected in REFERENCE["values"][tool].items():
        if name in NAMES:
            np.testing.assert_allclose(value(name, x), expected, rtol=1e-10)


@pytest.mark.parametrize(
    ("x", "crossings"),
    [([1, -1, 1, -1], 3), ([1, 0, -1], 1), ([-1, 0, -1], 2), ([1, 0, 1], 0), ([0, 0, 0], 0)],
)
def test_zero_counts_as_positive(x, crossings):
    assert value("zero_crossing_rate", np.array(x, float)) == crossings / (len(x) - 1)


@pytest.mark.parametrize(
    ("x", "count", "interval"),
    [
        ([0, 1, 0, 1, 0], 3, 1.0),
        ([0, 1, 1, 1, 0], 1, 0.0),
        ([0, 1, 1, 2, 2], 0, 0.0),
        ([0, 2, 2, 1, 1, 3, 3, 0], 3, 2.0),
        ([3, 1], 0, 0.0),
    ],
)
def test_a_plateau_is_one_extremum(x, count, interval):
    values = time_statistics(np.array(x, float), "turning_points")
    assert values["n_extrema"] == count
    assert values["extrema_interval"] == interval


@pytest.mark.parametrize("name", NAMES)
def test_batch_equals_loop(name):
    x = np.random.default_rng(1).normal(size=(4, 3, 200))
    expected = [[value(name, channel) for channel in window] for window in x]
    np.testing.assert_array_equal(value(name, x), expected)


SCALING = {
    1: [
        "mean", "standard_deviation", "minimum", "maximum", "peak_to_peak", "rms", "line_length",
        "quantile_5", "lower_quartile", "median", "upper_quartile", "quantile_95", "interquartile_range",
    ],
    2: ["variance", "energy", "hjorth_activity", "teager_kaiser_mean", "teager_kaiser_sd"],
    0: [
        "skewness", "kurtosis", "zero_crossing_rate", "hjorth_mobility", "hjorth_complexity",
        "n_extrema", "extrema_interval", "autocorrelation_width", "decorrelation_time",
    ],
}  # fmt: skip


@pytest.mark.parametrize("factor", [7.0, 1e-9, 1e9])
def test_every_statistic_has_its_power_of_the_amplitude(factor):
    assert sorted(name for names in SCALING.values() for name in names) == sorted(NAMES)
    x = np.random.default_rng(2).normal(size=300)
    for power, names in SCALING.items():
        for name in names:
            np.testing.assert_allclose(value(name, factor * x), factor**power * value(name, x), rtol=1e-9)


@pytest.mark.parametrize("n_times", [2, 3, 250, 868, 1000])
@pytest.mark.parametrize("name", NAMES)
def test_constant(name, n_times):
    levels = np.random.default_rng(0).normal(scale=1000, size=50)
    values = value(name, np.repeat(levels[:, np.newaxis], n_times, axis=1))
    kept = {"mean", "minimum", "maximum", "median"} | {n for n in NAMES if "quartile" in n or "tile_" in n}
    if name in ("energy", "rms"):
        np.testing.assert_allclose(values, n_times * levels**2 if name == "energy" else np.abs(levels))
    elif name in kept - {"interquartile_range"}:
        np.testing.assert_allclose(values, levels)
    else:
        assert not values.any()


@pytest.mark.parametrize("n_times", [2, 3, 4])
@pytest.mark.parametrize("name", NAMES)
def test_shortest_signals(name, n_times):
    assert np.isfinite(value(name, np.array([1.0, 3.0, -2.0, 5.0])[:n_times]))


def test_moments_of_a_single_step_on_a_large_offset():
    x = np.full(512, 4000.0)
    x[100] += 1e-6
    share = 1 / 512
    expected = (1 - 3 * share + 3 * share**2) / (share * (1 - share)) - 3
    np.testing.assert_allclose(value("kurtosis", x), expected, rtol=1e-6)


def test_unknown_name():
    with pytest.raises(ValueError, match=r"or groups among \['autocorrelation', 'basic', .*got 'mode'"):
        time_statistics(SINE, ["mode"])
