import json
from pathlib import Path

import numpy as np
import pytest
import pywt

from sklearn_eeg.signal import WAVELET_STATISTICS, max_level, subband_names, subbands

REFERENCE = json.loads((Path(__file__).parents[1] / "references/feature_values.json").read_text())


def noise(n_times=300):
    return np.random.default_rng(0).normal(scale=20, size=(4, 3, n_times))


def test_names():
    assert subband_names(3) == ["a3", "d3", "d2", "d1"]


@pytest.mark.parametrize("mode", ["symmetric", "periodization", "zero"])
def test_subbands_equal_pywavelets(mode):
    x = noise()
    ours = subbands(x, "db4", 4, mode=mode)
    for values, expected in zip(ours.values(), pywt.wavedec(x, "db4", mode, 4), strict=True):
        np.testing.assert_allclose(values, expected, rtol=1e-12)


def test_periodic_transform_keeps_the_energy():
    x = noise(256)
    parts = subbands(x, "db4", 3, mode="periodization").values()
    energy = sum(WAVELET_STATISTICS["energy"](c, None) for c in parts)
    np.testing.assert_allclose(energy, np.square(x).sum(axis=-1), rtol=1e-12)


def test_other_tool():
    x = np.array(REFERENCE["x"])
    expected = REFERENCE["values"]["mne-features"]["wavelet_energy_db4"]
    bands = subbands(x, "db4", len(expected))
    energies = [WAVELET_STATISTICS["energy"](bands[f"d{i + 1}"], None) for i in range(len(expected))]
    np.testing.assert_allclose(energies, expected, rtol=1e-10)


def test_relative_energies_add_up_to_one():
    bands = subbands(noise(), "sym4", 3).values()
    total = sum(np.square(c).sum(axis=-1) for c in bands)
    shares = [WAVELET_STATISTICS["relative_energy"](c, total) for c in bands]
    np.testing.assert_allclose(sum(shares), 1, rtol=1e-12)


def test_closed_forms():
    c = np.array([[3.0, -3.0, 3.0, -3.0], [0.0, 0.0, 5.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    values = {name: f(c, np.array([100.0, 50.0, 0.0])) for name, f in WAVELET_STATISTICS.items()}
    np.testing.assert_allclose(values["energy"], [36, 25, 0])
    np.testing.assert_allclose(values["relative_energy"], [0.36, 0.5, 0])
    np.testing.assert_allclose(values["mean_absolute_value"], [3, 1.25, 0])
    np.testing.assert_allclose(values["standard_deviation"], [3, np.sqrt(25 * 3 / 16), 0])
    np.testing.assert_allclose(values["entropy"], [2, 0, 0])


@pytest.mark.parametrize("level", [0.0, 0.1, -3.3])
def test_constant_has_details_of_exactly_zero(level):
    bands = subbands(np.full((2, 100), level), "db4", 3)
    assert all(not values.any() for name, values in bands.items() if name != "a3")


def test_max_level_is_the_deepest_free_of_the_boundary():
    assert [max_level(n, "db4") for n in (13, 14, 27, 28, 1000)] == [0, 1, 1, 2, 7]
