import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from sklearn_eeg.signal._correlation_dimension import correlation_dimension
from sklearn_eeg.signal._dfa import dfa_exponent
from sklearn_eeg.signal._fractal import fractal_statistics, fractal_sweeps, higuchi_fd, katz_fd, petrosian_fd
from sklearn_eeg.signal._hurst import hurst_exponent
from sklearn_eeg.signal._sweeps import Plan

REFERENCE = json.loads((Path(__file__).parents[1] / "references/fractal_values.json").read_text())
PINK = np.array(REFERENCE["x"])
DIMENSIONS = [higuchi_fd, katz_fd, petrosian_fd]
STATISTICS = [name for sweep in fractal_sweeps().values() for name in sweep.statistics]
OF_FLAT = {"higuchi_fd": 1, "katz_fd": 1, "petrosian_fd": 1, "hurst_exponent": 0, "dfa_exponent": 0,
           "correlation_dimension": 0}  # fmt: skip


def plain_higuchi(x, kmax):
    lengths = []
    for k in range(1, kmax + 1):
        curves = [x[m::k] for m in range(k)]
        steps = [np.abs(np.diff(curve)) for curve in curves]
        lengths.append(np.mean([s.sum() * (x.size - 1) / (s.size * k * k) for s in steps]))
    return np.polyfit(-np.log(np.arange(1, kmax + 1)), np.log(lengths), 1)[0]


def every_statistic(x):
    return Plan("all", fractal_sweeps()).run(np.ascontiguousarray(np.atleast_2d(x), dtype=float))


def test_other_tools():
    expected = REFERENCE["values"]["antropy"]
    np.testing.assert_allclose(higuchi_fd(PINK), expected["higuchi_fd"], rtol=1e-9)
    np.testing.assert_allclose(higuchi_fd(PINK, 5), expected["higuchi_fd_kmax_5"], rtol=1e-9)
    np.testing.assert_allclose(higuchi_fd(PINK[:997]), expected["higuchi_fd_997_points"], rtol=1e-9)
    np.testing.assert_allclose(katz_fd(PINK), expected["katz_fd"], rtol=1e-12)
    np.testing.assert_allclose(petrosian_fd(PINK), expected["petrosian_fd"], rtol=1e-12)


@pytest.mark.parametrize("n_times", [20, 21, 37, 256, 1000])
@pytest.mark.parametrize("kmax", [2, 7, 10])
def test_higuchi_is_its_definition(n_times, kmax):
    x = np.random.default_rng(n_times).normal(size=n_times)
    np.testing.assert_allclose(higuchi_fd(x, kmax), plain_higuchi(x, kmax), rtol=1e-10)


def test_higuchi_of_noise_is_two_and_of_a_random_walk_one_and_a_half():
    noise = np.random.default_rng(0).normal(size=(20, 5000))
    np.testing.assert_allclose(higuchi_fd(noise).mean(), 2, atol=0.01)
    np.testing.assert_allclose(higuchi_fd(np.cumsum(noise, axis=1)).mean(), 1.5, atol=0.02)


@pytest.mark.parametrize("dimension", DIMENSIONS)
@pytest.mark.parametrize("line", [np.arange(500.0), np.linspace(3.0, -7.0, 77)])
def test_a_line_has_dimension_one(dimension, line):
    np.testing.assert_allclose(dimension(line), 1, rtol=1e-9)


def test_higuchi_leaves_out_intervals_at_which_the_signal_repeats():
    np.testing.assert_allclose(higuchi_fd(np.tile([1.0, -1.0], 50)), 2, rtol=1e-9)
    sine = 20 * np.sin(2 * np.pi * np.arange(1000) / 10)
    lags = np.arange(1, 10)
    lengths = [np.abs(sine[k:] - sine[:-k]).mean() * 999 / k**2 for k in lags]
    np.testing.assert_allclose(higuchi_fd(sine), np.polyfit(-np.log(lags), np.log(lengths), 1)[0], atol=0.01)


def test_higuchi_shortens_its_intervals_in_short_signals():
    x = np.random.default_rng(1).normal(size=9)
    np.testing.assert_allclose(higuchi_fd(x, 10), plain_higuchi(x, 4), rtol=1e-10)


def test_katz_by_hand():
    # Steps of 2, 2, 2, 2, of mean 2; the last value is 4 away from the first: log 4 / log 2.
    np.testing.assert_allclose(katz_fd(np.array([0.0, 2.0, 0.0, 2.0, 4.0])), np.log(4) / np.log(2))


def test_katz_is_bounded():
    zigzag = np.tile([0.0, 1.0], 50)
    np.testing.assert_allclose(katz_fd(zigzag), 2 * np.log2(99))
    np.testing.assert_allclose(katz_fd(np.tile([0.0, 1.0, 0.0, -1.0], 25)), 2 * np.log2(99))


def test_petrosian_by_hand():
    x = np.array([0.0, 1.0, 0.0, 0.0, 1.0, 2.0, 1.0])  # differences + - 0 + + -: three changes of sign
    np.testing.assert_allclose(petrosian_fd(x), np.log(7) / (np.log(7) + np.log(7 / (7 + 0.4 * 3))))


def test_too_short_an_interval_is_an_error():
    with pytest.raises(ValueError, match="`kmax` must be at least 2, got 1."):
        higuchi_fd(PINK, 1)


def test_table():
    assert list(fractal_sweeps()) == ["higuchi", "katz_petrosian", "hurst", "dfa", "correlation_dimension"]
    values = Plan(["katz_fd", "higuchi_fd"], fractal_sweeps(kmax=5)).run(PINK[np.newaxis])
    np.testing.assert_array_equal(values[0], [katz_fd(PINK), higuchi_fd(PINK, 5)])


@pytest.mark.parametrize("n_times", [1, 2, 3, 5, 34, 50, 257])
@pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1, 1e15])
def test_flat_signals_have_one_value_whatever_the_level(n_times, level):
    expected = [OF_FLAT[name] for name in STATISTICS]
    np.testing.assert_array_equal(every_statistic(np.full(n_times, level)), [expected])


@pytest.mark.parametrize("n_times", [2, 3, 4, 5, 6, 16, 20, 31, 33, 34, 35, 57, 58, 100, 303])
def test_every_length_gives_finite_values(n_times):
    x = np.random.default_rng(n_times).normal(size=(3, n_times))
    assert np.isfinite(every_statistic(x)).all()


def hard_signals():
    rng = np.random.default_rng(3)
    noise = rng.normal(size=400)
    spike, step, blip = np.zeros(400), np.repeat([0.0, 1.0], 200), np.full(400, 0.1)
    spike[200] = 1
    blip[-1] = np.nextafter(0.1, 1)
    return {
        "spike": spike, "step": step, "one unit in the last place": blip, "line": np.arange(400) * 0.1,
        "last point only": np.eye(1, 400, 399)[0], "flat then noise": np.r_[np.full(300, 7.7), noise[:100]],
        "clipped": np.clip(noise, -0.3, 0.3), "two levels": np.tile([1.0, -1.0], 200),
        "rounding of an offset": 4000.1 + 1e-12 * noise, "large offset": 1e6 + noise,
        "sine": np.sin(2 * np.pi * np.arange(400) / 10), "parabola": np.arange(400.0) ** 2,
        "drift": 1e6 * np.cos(np.arange(400) / 400) + noise,
    }  # fmt: skip


@pytest.mark.parametrize("name", hard_signals())
def test_hard_signals_give_nothing_absurd(name):
    values = dict(zip(STATISTICS, every_statistic(hard_signals()[name])[0], strict=True))
    assert 0.8 <= values["higuchi_fd"] <= 3
    assert 1 <= values["katz_fd"] <= 2 * np.log2(399)
    assert 1 <= values["petrosian_fd"] <= 1.1
    assert -0.5 <= values["hurst_exponent"] <= 1.5
    assert -0.5 <= values["dfa_exponent"] <= 3.5
    assert -0.1 <= values["correlation_dimension"] <= 10


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e307])
def test_values_beyond_all_measure_stay_finite(scale):
    assert np.isfinite(every_statistic(PINK / np.abs(PINK).max() * scale)).all()


@pytest.mark.parametrize("scale", [-1.0, 1e-9, 1e9, 7.0])
def test_no_statistic_depends_on_the_unit(scale):
    signals = np.random.default_rng(4).normal(size=(3, 500)).cumsum(axis=1)
    np.testing.assert_allclose(every_statistic(scale * signals)[:, [0, 1, 3, 4, 5]],
                               every_statistic(signals)[:, [0, 1, 3, 4, 5]], rtol=1e-7)  # fmt: skip


def test_an_offset_changes_nothing():
    np.testing.assert_allclose(every_statistic(PINK + 1e6), every_statistic(PINK), rtol=1e-5)


def test_batch_equals_loop_in_any_order():
    x = np.random.default_rng(5).normal(size=(131, 120)).cumsum(axis=1)
    together = every_statistic(x)
    alone = np.concatenate([every_statistic(row) for row in x])
    np.testing.assert_allclose(together, alone, rtol=1e-9)
    order = np.random.default_rng(6).permutation(len(x))
    np.testing.assert_allclose(every_statistic(x[order]), together[order], rtol=1e-9)


def test_all_statistics_at_once_are_the_functions():
    x = np.random.default_rng(8).normal(size=(2, 3, 200))
    functions = [*DIMENSIONS, hurst_exponent, dfa_exponent, correlation_dimension]
    statistics = fractal_statistics(x)
    assert list(statistics) == [function.__name__ for function in functions]
    for function in functions:
        np.testing.assert_allclose(statistics[function.__name__], function(x), rtol=1e-12)


def test_unknown_names_are_errors():
    with pytest.raises(ValueError, match="`features` must name features among"):
        fractal_statistics(PINK, "hausdorff")


def test_table_pickles():
    sweep = pickle.loads(pickle.dumps(fractal_sweeps(kmax=5)))["higuchi"]
    out = np.empty((1, 1))
    sweep.run(PINK[np.newaxis], out)
    assert out[0, 0] == higuchi_fd(PINK, 5)


def test_threads_do_not_disturb_one_another():
    blocks = np.random.default_rng(9).normal(size=(8, 70, 150))
    alone = [every_statistic(block) for block in blocks]
    with ThreadPoolExecutor(4) as pool:
        np.testing.assert_array_equal(list(pool.map(every_statistic, blocks)), alone)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_shape_is_kept(dimension):
    x = np.random.default_rng(7).normal(size=(2, 3, 60)).astype(np.float32)
    assert dimension(x).shape == (2, 3)
    assert dimension(x[0, 0]).shape == ()
