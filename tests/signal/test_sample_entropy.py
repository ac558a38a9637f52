"""Sample, approximate and multiscale entropy equal their definitions, written out."""

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
    "integers": RNG.integers(-6, 7, 200).astype(float),
    "two values": RNG.integers(0, 2, 150).astype(float),
    "sine": np.sin(0.3 * np.arange(180)),
    "spike": np.append(RNG.normal(size=120), 1e6),
    "longer than a word": RNG.normal(size=1100),
}


def matching(x, m, n, tolerance):
    """Return which of the n first templates of m points match: (n, n)."""
    templates = np.lib.stride_tricks.sliding_window_view(x, m)[:n]
    return (np.abs(templates[:, np.newaxis] - templates) <= tolerance).all(axis=-1)


def sample_entropy(x, m=2, tolerance=None):
    tolerance = 0.2 * x.std() if tolerance is None else tolerance
    n = x.size - m
    pairs = np.triu_indices(n, 1)
    b, a = (matching(x, length, n, tolerance)[pairs].sum() for length in (m, m + 1))
    return -np.log(a / b) if a and b else np.log(len(pairs[0]))


def approximate_entropy(x, m=2):
    phi = []
    for length in (m, m + 1):
        shares = matching(x, length, x.size - length + 1, 0.2 * x.std()).mean(axis=1)
        phi.append(np.log(shares).mean())
    return phi[0] - phi[1]


def compute(x, name, **parameters):
    return entropy_statistics(np.asarray(x, dtype=float), name, **parameters)[name]


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("m", [1, 2, 3, 4])
def test_definitions(name, m):
    x = SIGNALS[name]
    np.testing.assert_allclose(compute(x, "sample_entropy", embedding=m), sample_entropy(x, m), rtol=1e-12)
    expected = approximate_entropy(x, m)
    np.testing.assert_allclose(compute(x, "approximate_entropy", embedding=m), expected, atol=1e-12)


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("scale", [2, 3, 5])
def test_multiscale_is_sample_entropy_of_means_by_the_tolerance_of_the_signal(name, scale):
    x = SIGNALS[name]
    coarse = x[: x.size // scale * scale].reshape(-1, scale).mean(axis=1)
    statistic = f"multiscale_sample_entropy_{scale}"
    expected = sample_entropy(coarse, 2, 0.2 * x.std())
    np.testing.assert_allclose(compute(x, statistic), expected, rtol=1e-12)


@pytest.mark.parametrize("tool", ["antropy", "neurokit2", "EntropyHub"])
def test_other_tools(tool):
    x = np.array(REFERENCE["x"])
    names = {"sample_entropy", "approximate_entropy", "multiscale_sample_entropy_2"}
    for name in names & set(REFERENCE["values"][tool]):
        np.testing.assert_allclose(compute(x, name), REFERENCE["values"][tool][name], rtol=1e-10)


def test_period_of_two_is_told_without_doubt():
    x = np.tile([1.0, -1.0], 50)
    assert compute(x, "sample_entropy") == 0
    assert abs(compute(x, "approximate_entropy")) < 2e-4  # ln of 49 and 50 templates of either kind


def test_without_a_match_it_is_the_logarithm_of_the_pairs():
    x = 3.0 ** np.arange(10)
    assert compute(x, "sample_entropy", tolerance=1e-9) == pytest.approx(np.log(8 * 7 / 2))


def test_a_distance_of_the_tolerance_matches():
    x = np.array([-5.0, 5.0] * 10 + [-4.0, 4.0, 5.0, -5.0])
    x = np.append(x, [-5.0, 5.0] * 3)
    np.testing.assert_allclose(
        compute(x, "sample_entropy", tolerance=1.0 / x.std()), sample_entropy(x, 2, 1.0)
    )


@pytest.mark.parametrize("name", ["sample_entropy", "approximate_entropy", "multiscale_sample_entropy_2"])
class TestAll:
    def test_batch_equals_loop(self, name):
        x = RNG.normal(size=(3, 2, 90))
        expected = [[compute(channel, name) for channel in window] for window in x]
        np.testing.assert_array_equal(compute(x, name), expected)

    @pytest.mark.parametrize("scale", [1e-200, 1e-9, 1e9, 1e200])
    def test_scale_does_not_matter(self, name, scale):
        x = RNG.normal(size=300)
        np.testing.assert_allclose(compute(scale * x, name), compute(x, name), rtol=1e-12)

    def test_offset_does_not_matter(self, name):
        x = RNG.integers(-50, 50, 300) / 4
        np.testing.assert_allclose(compute(x + 2.0**20, name), compute(x, name), rtol=1e-12)

    @pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1, 1e300])
    @pytest.mark.parametrize("n_times", [2, 3, 4, 5, 300])
    def test_constant(self, name, level, n_times):
        assert compute(np.full(n_times, level), name) == 0

    @pytest.mark.parametrize("n_times", [2, 3, 4, 5, 6, 7])
    @pytest.mark.parametrize("embedding", [1, 2, 5, 70])
    def test_short(self, name, n_times, embedding):
        value = compute(RNG.normal(size=n_times), name, embedding=embedding)
        assert np.isfinite(value)
        if n_times <= embedding:
            assert value == 0
