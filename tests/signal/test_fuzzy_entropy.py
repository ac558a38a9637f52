"""Fuzzy entropy equals its definition, written out."""

import json
from pathlib import Path

import numpy as np
import pytest

from sklearn_eeg.signal._entropy import entropy_statistics

REFERENCE = json.loads((Path(__file__).parents[1] / "references/entropy_values.json").read_text())
RNG = np.random.default_rng(0)
SIGNALS = {
    "noise": RNG.normal(size=200),
    "walk": RNG.normal(size=150).cumsum(),
    "integers": RNG.integers(-6, 7, 130).astype(float),
    "two values": RNG.integers(0, 2, 120).astype(float),
    "spike": np.append(RNG.normal(size=120), 50.0),
    "short": RNG.normal(size=10),
}


def fuzzy_entropy(x, m=2, share=0.2):
    likeness = []
    for length in (m, m + 1):
        templates = np.lib.stride_tricks.sliding_window_view(x, length)[: x.size - m]
        templates = templates - templates.mean(axis=1, keepdims=True)
        distance = np.abs(templates[:, np.newaxis] - templates).max(axis=-1)
        pairs = np.triu_indices(len(templates), 1)
        likeness.append(np.exp(-((distance[pairs] / (share * x.std())) ** 2)).mean())
    return np.log(likeness[0] / likeness[1])


def compute(x, **parameters):
    return entropy_statistics(np.asarray(x, dtype=float), "fuzzy_entropy", **parameters)["fuzzy_entropy"]


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("m", [1, 2, 3])
def test_definition(name, m):
    x = SIGNALS[name]
    np.testing.assert_allclose(compute(x, embedding=m), fuzzy_entropy(x, m), rtol=1e-9, atol=1e-10)


def test_entropyhub():
    expected = REFERENCE["values"]["EntropyHub"]["fuzzy_entropy"]
    np.testing.assert_allclose(compute(REFERENCE["x"]), expected, rtol=1e-9)


def test_no_likeness_at_all_is_the_logarithm_of_the_pairs():
    x = np.cumsum(3.0 ** np.arange(10))
    assert compute(x, tolerance=1e-9) == pytest.approx(np.log(8 * 7 / 2))


def test_batch_equals_loop():
    x = RNG.normal(size=(3, 2, 90))
    np.testing.assert_array_equal(compute(x), [[compute(channel) for channel in window] for window in x])


@pytest.mark.parametrize("scale", [1e-200, 1e-9, 1e9, 1e200])
def test_scale_does_not_matter(scale):
    x = RNG.normal(size=200)
    np.testing.assert_allclose(compute(scale * x), compute(x), rtol=1e-10)


def test_offset_does_not_matter():
    x = RNG.integers(-50, 50, 200) / 4
    np.testing.assert_allclose(compute(x + 2.0**20), compute(x), rtol=1e-9)


@pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1, 1e300])
@pytest.mark.parametrize("n_times", [2, 3, 4, 5, 100])
def test_constant(level, n_times):
    assert compute(np.full(n_times, level)) == 0


@pytest.mark.parametrize("n_times", [2, 3])
def test_without_two_templates_it_is_0(n_times):
    assert compute(RNG.normal(size=n_times)) == 0
