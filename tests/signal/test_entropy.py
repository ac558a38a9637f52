"""Spectral entropy equals its definition, and the table holds all entropies."""

import json
from pathlib import Path

import numpy as np
import pytest

from sklearn_eeg.signal._entropy import entropy_statistics, entropy_sweeps

REFERENCE = json.loads((Path(__file__).parents[1] / "references/entropy_values.json").read_text())
RNG = np.random.default_rng(0)


def spectral_entropy(x):
    power = np.abs(np.fft.rfft(x - x.mean()))[1:] ** 2
    if x.size % 2 == 0:
        power[-1] /= 2
    share = power[power > 0] / power.sum()
    return -(share * np.log(share)).sum() / np.log(power.size)


def compute(x):
    return entropy_statistics(np.asarray(x, dtype=float), "spectral_entropy")["spectral_entropy"]


@pytest.mark.parametrize("n_times", [4, 5, 6, 7, 100, 101, 1000])
def test_definition(n_times):
    x = RNG.normal(size=(100, n_times)).cumsum(axis=1)
    np.testing.assert_allclose(compute(x), [spectral_entropy(row) for row in x], rtol=1e-11, atol=1e-14)


def test_antropy_but_for_units():
    bits = compute(REFERENCE["x"]) * np.log2(len(REFERENCE["x"]) // 2)
    np.testing.assert_allclose(bits, REFERENCE["values"]["antropy"]["spectral_entropy_bits"], rtol=1e-11)


def test_sine_and_impulse():
    assert compute(np.sin(2 * np.pi * 8 * np.arange(256) / 256)) == pytest.approx(0, abs=1e-12)
    impulse = np.zeros(255)
    impulse[3] = 1
    assert compute(impulse) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("scale", [1e-200, 1e-9, 1e9, 1e200, 1e307])
def test_scale_does_not_matter(scale):
    x = RNG.normal(size=300)
    np.testing.assert_allclose(compute(scale * x), compute(x), rtol=1e-12)


def test_offset_does_not_matter():
    x = RNG.integers(-50, 50, 300) / 4
    np.testing.assert_allclose(compute(x + 2.0**20), compute(x), rtol=1e-9)


@pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1, 1e300])
@pytest.mark.parametrize("n_times", [2, 3, 4, 5, 300])
def test_constant(level, n_times):
    assert compute(np.full(n_times, level)) == 0


def test_the_table():
    names = {name for sweep in entropy_sweeps(scales=(2, 7)).values() for name in sweep.statistics}
    assert names == {
        "sample_entropy", "approximate_entropy", "fuzzy_entropy", "multiscale_sample_entropy_2",
        "multiscale_sample_entropy_7", "permutation_entropy", "weighted_permutation_entropy",
        "svd_entropy", "fisher_information", "spectral_entropy", "lempel_ziv",
    }  # fmt: skip


def test_white_noise_is_more_complex_than_a_walk():
    white = RNG.normal(size=(20, 500))
    noise, walk = entropy_statistics(white), entropy_statistics(white.cumsum(axis=1))
    for name in set(noise) - {"fisher_information"}:
        assert noise[name].mean() > walk[name].mean(), name


def test_unknown_names():
    with pytest.raises(ValueError, match="`features` must name features among"):
        entropy_statistics(np.zeros(10), "entropy")
