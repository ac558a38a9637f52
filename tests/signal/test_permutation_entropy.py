"""Permutation entropy, plain and weighted, equals its definition, written out."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from sklearn_eeg.signal._entropy import entropy_statistics

REFERENCE = json.loads((Path(__file__).parents[1] / "references/entropy_values.json").read_text())
RNG = np.random.default_rng(0)
SIGNALS = {
    "noise": RNG.normal(size=400),
    "integers": RNG.integers(0, 4, 400).astype(float),
    "two values": RNG.integers(0, 2, 300).astype(float),
    "sine": np.sin(0.3 * np.arange(300)),
    "long": RNG.normal(size=70_000),
}
NAMES = ["permutation_entropy", "weighted_permutation_entropy"]


def permutation_entropy(x, order, delay, weighted):
    span = (order - 1) * delay + 1
    stretches = np.lib.stride_tricks.sliding_window_view(x, span)[:, ::delay]
    patterns = np.argsort(stretches, axis=1, kind="stable")
    weights = stretches.var(axis=1) if weighted else np.ones(len(stretches))
    _, number = np.unique(patterns, axis=0, return_inverse=True)
    shares = np.bincount(number.ravel(), weights) / weights.sum()
    shares = shares[shares > 0]
    return -(shares * np.log(shares)).sum() / np.log(math.factorial(order))


def compute(x, name, **parameters):
    return entropy_statistics(np.asarray(x, dtype=float), name, **parameters)[name]


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize(("order", "delay"), [(2, 1), (3, 1), (3, 4), (4, 2), (5, 1), (6, 1), (7, 2)])
@pytest.mark.parametrize("name", NAMES)
def test_definitions(signal, order, delay, name):
    x = SIGNALS[signal]
    value = compute(x, name, permutation_order=order, permutation_delay=delay)
    expected = permutation_entropy(x, order, delay, name.startswith("weighted"))
    np.testing.assert_allclose(value, expected, atol=1e-13)


@pytest.mark.parametrize("tool", ["antropy", "neurokit2"])
def test_other_tools(tool):
    for name in set(NAMES) & set(REFERENCE["values"][tool]):
        expected = REFERENCE["values"][tool][name]
        np.testing.assert_allclose(compute(REFERENCE["x"], name), expected, rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
class TestAll:
    def test_all_patterns_alike_often_give_1(self, name):
        x = np.array([0.0, 1.0] * 50 + [0.0])  # 50 rises, 50 falls
        assert compute(x, name, permutation_order=2) == pytest.approx(1, abs=1e-15)

    @pytest.mark.parametrize("order", [3, 5])
    def test_a_rising_signal_has_one_pattern(self, name, order):
        assert compute(np.arange(50.0) ** 2, name, permutation_order=order) == pytest.approx(0, abs=1e-15)

    def test_batch_equals_loop(self, name):
        x = RNG.normal(size=(3, 2, 90))
        expected = [[compute(channel, name) for channel in window] for window in x]
        np.testing.assert_array_equal(compute(x, name), expected)

    @pytest.mark.parametrize("scale", [1e-200, 1e-9, 1e9, 1e200, 1e307])
    def test_scale_does_not_matter(self, name, scale):
        x = RNG.normal(size=300)
        np.testing.assert_allclose(compute(scale * x, name), compute(x, name), rtol=1e-12)

    def test_offset_does_not_matter(self, name):
        x = RNG.integers(-50, 50, 300) / 4
        np.testing.assert_allclose(compute(x + 2.0**20, name), compute(x, name), rtol=1e-12)

    @pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1, 1e300])
    @pytest.mark.parametrize("n_times", [2, 3, 4, 300])
    def test_constant(self, name, level, n_times):
        assert compute(np.full(n_times, level), name) == 0

    def test_without_a_stretch_it_is_0(self, name):
        assert compute(RNG.normal(size=12), name, permutation_order=7, permutation_delay=2) == 0
        assert compute(RNG.normal(size=2), name) == 0


def test_weights_are_variances():
    x = [0.0, 1.0, 3.0, 2.0]  # one rise of variance 1/4, one of 1, one fall of 1/4
    p = np.array([5, 1]) / 6
    expected = -(p * np.log2(p)).sum()
    assert compute(x, "weighted_permutation_entropy", permutation_order=2) == pytest.approx(expected)
