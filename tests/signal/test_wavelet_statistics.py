import json
from pathlib import Path

import numpy as np
import pytest
import pywt
import scipy.stats

from sklearn_eeg.signal._wavelet import subbands
from sklearn_eeg.signal._wavelet_statistics import WAVELET_SWEEPS, plan_statistics, wavelet_statistics

REFERENCE = json.loads((Path(__file__).parents[1] / "references/feature_values.json").read_text())
NAMES = [name for sweep in WAVELET_SWEEPS.values() for name in sweep.statistics]
LEVELS = [0.1, -3.3, 4000.1, 1e-9, 1e9]


def noise(n_times=300, n_rows=5):
    return np.random.default_rng(0).normal(scale=20, size=(n_rows, n_times))


def plain(c, total):
    """The definitions, written out."""
    square = np.square(c)
    energy = square.sum(axis=-1)
    share = square / energy[..., np.newaxis]
    return {
        "energy": energy,
        "relative_energy": energy / total,
        "log_energy": np.log10(energy),
        "mean_absolute_value": np.abs(c).mean(axis=-1),
        "standard_deviation": np.sqrt(np.square(c - c.mean(axis=-1, keepdims=True)).mean(axis=-1)),
        "entropy": -(share * np.log2(share)).sum(axis=-1),
        "teager_kaiser_energy": (square[..., 1:-1] - c[..., :-2] * c[..., 2:]).mean(axis=-1),
    }


def assert_close(ours, expected):
    for band, values in expected.items():
        for name, value in values.items():
            np.testing.assert_allclose(ours[band][name], value, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("packet", [False, True])
@pytest.mark.parametrize("mode", pywt.Modes.modes)
@pytest.mark.parametrize(("wavelet", "n_times", "level"), [("db4", 300, 4), ("haar", 33, 3), ("sym9", 80, 2)])
def test_definitions(wavelet, n_times, level, mode, packet):
    x = noise(n_times)
    bands = subbands(x, wavelet, level, mode=mode, packet=packet)
    total = sum(np.square(c).sum(axis=-1) for c in bands.values())
    ours = wavelet_statistics(x, wavelet, level, mode=mode, packet=packet)
    assert_close(ours, {band: plain(c, total) for band, c in bands.items()})


def test_other_tool():
    expected = REFERENCE["values"]["mne-features"]["wavelet_energy_db4"]
    bands = wavelet_statistics(np.array(REFERENCE["x"]), "db4", len(expected), "energy")
    energies = [bands[f"d{i + 1}"]["energy"] for i in range(len(expected))]
    np.testing.assert_allclose(energies, expected, rtol=1e-10)


def test_entropy_as_scipy():
    x = noise()
    for band, c in subbands(x, "db4", 3).items():
        ours = wavelet_statistics(x, "db4", 3, ["entropy"])[band]["entropy"]
        np.testing.assert_allclose(ours, scipy.stats.entropy(c**2, base=2, axis=-1), rtol=1e-12)


def test_closed_forms():
    x = np.zeros(16)
    x[4:6] = [3.0, -3.0]  # one coefficient of the finest details of haar
    ours = wavelet_statistics(x, "haar", 1)
    assert {name: float(v) for name, v in ours["a1"].items()} == {
        **dict.fromkeys(NAMES, 0),
        "log_energy": -12,
    }
    c = 3 * np.sqrt(2)
    expected = {
        "energy": 18, "relative_energy": 1, "log_energy": np.log10(18), "mean_absolute_value": c / 8,
        "standard_deviation": c * np.sqrt(7) / 8, "entropy": 0, "teager_kaiser_energy": 18 / 6,
    }  # fmt: skip
    assert_close(ours, {"d1": expected})


def test_relative_energies_add_up_to_one():
    ours = wavelet_statistics(noise(), "sym4", 3, "relative_energy").values()
    np.testing.assert_allclose(sum(band["relative_energy"] for band in ours), 1, rtol=1e-12)


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_scale(scale):
    x = noise()
    powers = {"energy": 2, "teager_kaiser_energy": 2, "mean_absolute_value": 1, "standard_deviation": 1}
    scaled = wavelet_statistics(scale * x, "db4", 3)
    for band, values in wavelet_statistics(x, "db4", 3).items():
        for name in set(NAMES) - {"log_energy"}:
            expected = values[name] * scale ** powers.get(name, 0)
            np.testing.assert_allclose(scaled[band][name], expected, rtol=1e-10)


def test_offset_leaves_the_details():
    x = noise()
    raised = wavelet_statistics(x + 1e6, "db4", 3)
    for band, values in wavelet_statistics(x, "db4", 3).items():
        for name in ["standard_deviation", "entropy"] if band != "a3" else ["standard_deviation"]:
            np.testing.assert_allclose(raised[band][name], values[name], rtol=1e-7)


def test_batch_equals_loop_and_order_of_rows():
    x = noise(n_rows=700)  # more than a block
    whole = wavelet_statistics(x.reshape(7, 100, -1), "db4", 3)
    turned = wavelet_statistics(x[::-1], "db4", 3)
    for band, values in wavelet_statistics(x[650], "db4", 3).items():
        for name, value in values.items():
            assert whole[band][name].shape == (7, 100)
            assert value.shape == ()
            np.testing.assert_array_equal(whole[band][name][6, 50], value)
            np.testing.assert_array_equal(turned[band][name][49], value)


@pytest.mark.parametrize("packet", [False, True])
@pytest.mark.parametrize("n_times", [14, 101, 1000])
def test_constant(n_times, packet):
    x = np.repeat(LEVELS, n_times).reshape(-1, n_times)
    first, *others = wavelet_statistics(x, "db4", 1, packet=packet).values()
    for band in others:
        for name, values in band.items():
            np.testing.assert_array_equal(values, -12.0 if name == "log_energy" else 0.0)
    n = pywt.dwt_coeff_len(n_times, 8, "symmetric")
    energy = 2.0 * n * np.square(LEVELS)
    np.testing.assert_allclose(first["energy"], energy, rtol=1e-10)
    np.testing.assert_allclose(first["log_energy"], np.log10(np.maximum(energy, 1e-12)), rtol=1e-10)
    np.testing.assert_allclose(first["mean_absolute_value"], np.abs(LEVELS) * np.sqrt(2), rtol=1e-10)
    np.testing.assert_array_equal(first["relative_energy"], 1.0)
    np.testing.assert_array_equal(first["standard_deviation"], 0.0)
    np.testing.assert_array_equal(first["teager_kaiser_energy"], 0.0)
    np.testing.assert_array_equal(first["entropy"], first["entropy"][0])
    np.testing.assert_allclose(first["entropy"], np.log2(n), rtol=1e-12)


def test_zero_throughout():
    for band in wavelet_statistics(np.zeros((3, 50)), "db4", 2).values():
        for name, values in band.items():
            np.testing.assert_array_equal(values, -12.0 if name == "log_energy" else 0.0)


@pytest.mark.parametrize("mode", ["zero", "antisymmetric"])
def test_constant_with_edges_does_not_depend_on_its_level(mode):
    x = np.repeat(LEVELS, 100).reshape(-1, 100)
    for band in wavelet_statistics(x, "db4", 3, mode=mode).values():
        assert (band["energy"] > 0).all()
        for name in ("relative_energy", "entropy"):
            assert (band[name] > 0).all()
            np.testing.assert_array_equal(band[name], band[name][0])


@pytest.mark.parametrize("level", [0.1, -3.3, 4000.1, 1e6])
def test_rounding_error_counts_as_nothing(level):
    x = np.full(500, level)
    x[200] = np.nextafter(level, np.inf)
    details = list(wavelet_statistics(x, "db4", 4).values())[1:]
    assert all(band["energy"] == band["entropy"] == band["standard_deviation"] == 0 for band in details)


@pytest.mark.parametrize("n_times", [1, 2, 3])
@pytest.mark.parametrize("mode", pywt.Modes.modes)
def test_shortest(mode, n_times):
    for packet in (False, True):
        for wavelet in ("haar", "db4", "dmey"):
            ours = wavelet_statistics(noise(n_times), wavelet, 2, mode=mode, packet=packet)
            assert all(np.isfinite(v).all() for band in ours.values() for v in band.values())


def test_two_coefficients_have_no_teager_kaiser_energy():
    ours = wavelet_statistics(noise(4), "haar", 1, "teager_kaiser")
    assert not ours["d1"]["teager_kaiser_energy"].any()


def test_groups_order_and_functions():
    def largest(coefficients, total):
        return np.abs(coefficients).max(axis=-1) / np.sqrt(total)

    x = noise()
    ours = wavelet_statistics(x, "db2", 2, ["entropy", largest, "energy"])
    assert list(ours) == ["a2", "d2", "d1"]
    assert list(ours["d1"]) == ["entropy", "largest", "energy"]
    bands = subbands(x, "db2", 2)
    total = sum(np.square(c).sum(axis=-1) for c in bands.values())
    for band, c in bands.items():
        np.testing.assert_allclose(ours[band]["largest"], largest(c, total), rtol=1e-12)
    alone = wavelet_statistics(x, "db2", 2, largest)
    np.testing.assert_array_equal(alone["d1"]["largest"], ours["d1"]["largest"])
    assert plan_statistics("all").names == NAMES
    assert plan_statistics(["teager_kaiser", "basic"]).names == [NAMES[-1], *NAMES[:5]]


def test_unknown_name():
    with pytest.raises(ValueError, match=r"`features` must name features among .* got 'power'"):
        wavelet_statistics(noise(), "db4", 2, "power")
