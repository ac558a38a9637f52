"""SVD entropy and Fisher information equal their definitions, written out."""

import json
from pathlib import Path

import numpy as np
import pytest

from sklearn_eeg.signal._entropy import entropy_statistics

REFERENCE = json.loads((Path(__file__).parents[1] / "references/entropy_values.json").read_text())
RNG = np.random.default_rng(0)
SIGNALS = {
    "noise": RNG.normal(size=400),
    "walk": RNG.normal(size=300).cumsum(),
    "integers": RNG.integers(0, 4, 100).astype(float),
    "short": RNG.normal(size=20),
}
NAMES = ["svd_entropy", "fisher_information"]


def definitions(x, order, delay):
    span = (order - 1) * delay + 1
    embedding = np.lib.stride_tricks.sliding_window_view(x, span)[:, ::delay]
    s = np.linalg.svd(embedding, compute_uv=False)
    s = np.append(s, np.zeros(order - s.size)) / s.sum()
    s = s[s > 1e-7]
    entropy = -(s * np.log(s)).sum() / np.log(order)
    return entropy, (np.diff(np.append(s, 0)[:order]) ** 2 / s[: order - 1]).sum()


def compute(x, order=10, delay=2):
    values = entropy_statistics(
        np.asarray(x, dtype=float), "singular_values", svd_order=order, svd_delay=delay
    )
    return np.stack([values[name] for name in NAMES], axis=-1)


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize(("order", "delay"), [(2, 1), (3, 1), (10, 2), (4, 5)])
def test_definitions(name, order, delay):
    x = SIGNALS[name]
    np.testing.assert_allclose(compute(x, order, delay), definitions(x, order, delay), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("tool", ["antropy", "neurokit2"])
def test_other_tools(tool):
    values = dict(zip(NAMES, compute(REFERENCE["x"]), strict=True))
    for name in set(NAMES) & set(REFERENCE["values"][tool]):
        np.testing.assert_allclose(values[name], REFERENCE["values"][tool][name], rtol=1e-9)


def test_two_equal_singular_values():
    x = np.array([1.0, 0.0, 0.0, 0.0, 1.0])  # columns (1, 0, 0, 0) and (0, 0, 0, 1)
    np.testing.assert_allclose(compute(x, 2, 1), [1, 0], atol=1e-12)


def test_a_sine_has_two_singular_values():
    x = np.sin(0.2 * np.arange(500))
    entropy, _ = compute(x)
    assert 0 < entropy < np.log(2) / np.log(10)


def test_batch_equals_loop():
    x = RNG.normal(size=(30, 6, 90))
    expected = [[compute(channel) for channel in window] for window in x]
    np.testing.assert_allclose(compute(x), expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("scale", [1e-200, 1e-9, 1e9, 1e200, 1e307])
def test_scale_does_not_matter(scale):
    x = RNG.normal(size=300)
    np.testing.assert_allclose(compute(scale * x), compute(x), rtol=1e-10)


def test_a_huge_offset_leaves_one_singular_value():
    np.testing.assert_allclose(compute(RNG.normal(size=300) + 1e6), [0, 1], atol=1e-4)


@pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1, 1e300])
@pytest.mark.parametrize("n_times", [2, 3, 19, 300])
def test_constant(level, n_times):
    np.testing.assert_array_equal(compute(np.full(n_times, level)), [0, 1])


def test_too_short_for_the_embedding():
    np.testing.assert_array_equal(compute(RNG.normal(size=18)), [0, 1])
    assert np.isfinite(compute(RNG.normal(size=19))).all()
