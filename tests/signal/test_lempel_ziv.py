"""Lempel-Ziv complexity equals a parsing of strings."""

import json
from pathlib import Path

import numpy as np
import pytest

from sklearn_eeg.signal._entropy import entropy_statistics

REFERENCE = json.loads((Path(__file__).parents[1] / "references/entropy_values.json").read_text())
RNG = np.random.default_rng(0)
SIGNALS = {
    "noise": RNG.normal(size=301),
    "walk": RNG.normal(size=500).cumsum(),
    "integers": RNG.integers(0, 3, 400).astype(float),
    "two values": RNG.integers(0, 2, 200).astype(float),
    "period": np.tile([0.0, 1.0, 1.0], 100),
    "one word": RNG.normal(size=64),
    "one more": RNG.normal(size=65),
    "long": RNG.normal(size=3000),
}


def phrases(text):
    start = count = 0
    while start < len(text):
        length = 1
        while start + length <= len(text) and text[start : start + length] in text[: start + length - 1]:
            length += 1
        count += 1
        start += length
    return count


def lempel_ziv(x):
    text = "".join("01"[int(above)] for above in x > np.median(x))
    return phrases(text) * np.log2(x.size) / x.size


def compute(x):
    return entropy_statistics(np.asarray(x, dtype=float), "lempel_ziv")["lempel_ziv"]


@pytest.mark.parametrize("name", SIGNALS)
def test_definition(name):
    np.testing.assert_allclose(compute(SIGNALS[name]), lempel_ziv(SIGNALS[name]), rtol=1e-14)


@pytest.mark.parametrize("n_times", range(2, 20))
def test_short(n_times):
    for _ in range(20):
        x = RNG.integers(0, 2, n_times).astype(float)
        np.testing.assert_allclose(compute(x), lempel_ziv(x), rtol=1e-14)


def test_the_example_of_lempel_and_ziv():
    text = "0001101001000101"  # 0 . 001 . 10 . 100 . 1000 . 101
    assert phrases(text) == 6
    x = np.array([float(c) for c in text])
    assert compute(x) == pytest.approx(6 * 4 / 16)


def test_antropy():
    expected = REFERENCE["values"]["antropy"]["lempel_ziv"]
    np.testing.assert_allclose(compute(REFERENCE["x"]), expected, rtol=1e-14)


def test_batch_equals_loop():
    x = RNG.normal(size=(30, 6, 90))
    np.testing.assert_array_equal(compute(x), [[compute(channel) for channel in window] for window in x])


@pytest.mark.parametrize("scale", [1e-300, 1e-9, 1e9, 1e300])
def test_scale_does_not_matter(scale):
    x = RNG.normal(size=300)
    assert compute(scale * x) == compute(x)


@pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1, 1e300])
@pytest.mark.parametrize("n_times", [2, 3, 4, 300])
def test_constant(level, n_times):
    assert compute(np.full(n_times, level)) == pytest.approx(2 * np.log2(n_times) / n_times)
    assert compute(np.full(n_times, level)) == compute(np.zeros(n_times))
