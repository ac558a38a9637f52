import json
from pathlib import Path

import numpy as np
import pytest

from sklearn_eeg.signal._bands import CLINICAL_BANDS, band_power
from sklearn_eeg.signal._spectrum import periodogram
from sklearn_eeg.signal._spectrum_statistics import BANDED_GROUPS, spectrum_statistics, spectrum_sweeps

REFERENCE = json.loads((Path(__file__).parents[1] / "references" / "spectrum.json").read_text())
SFREQ = 128.0


def noise(shape=(3, 2, 512), seed=0):
    return np.random.default_rng(seed).normal(scale=20, size=shape)


def statistic(name, freqs, psd, **options):
    return spectrum_statistics(freqs, psd, [name], **options)[name]


def test_names():
    table = spectrum_sweeps(np.arange(65.0), CLINICAL_BANDS)
    groups = ["power", "relative_power", "log_power", "band_ratios", "aperiodic"]
    assert list(table) == [*groups, "disorder", "edges", "peak", "moments"]
    assert set(BANDED_GROUPS) <= set(table)
    assert table["power"].statistics == tuple(f"{band}__power" for band in CLINICAL_BANDS)


def test_powers_of_bands():
    freqs, psd = periodogram(noise(), SFREQ)
    whole = band_power(freqs, psd, 0.5, 45)
    for band, edges in CLINICAL_BANDS.items():
        power = band_power(freqs, psd, *edges)
        np.testing.assert_allclose(statistic(f"{band}__power", freqs, psd), power)
        np.testing.assert_allclose(statistic(f"{band}__relative_power", freqs, psd), power / whole)
        np.testing.assert_allclose(statistic(f"{band}__log_power", freqs, psd), np.log10(power))


def test_ratios_of_bands():
    freqs, psd = periodogram(noise(), SFREQ)
    delta, theta, alpha, beta, _ = (band_power(freqs, psd, *edges) for edges in CLINICAL_BANDS.values())
    values = spectrum_statistics(freqs, psd, "band_ratios")
    expected = {
        "theta_alpha_ratio": theta / alpha,
        "theta_beta_ratio": theta / beta,
        "delta_alpha_ratio": delta / alpha,
        "slow_fast_ratio": (delta + theta) / (alpha + beta),
    }
    assert set(values) == set(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(values[name], value)


def test_ratios_of_the_bands_there_are():
    freqs, psd = periodogram(noise(), SFREQ)
    bands = {"theta": (4, 8), "beta": (12, 30)}
    values = spectrum_statistics(freqs, psd, "band_ratios", bands=bands)
    theta, beta = band_power(freqs, psd, 4, 8), band_power(freqs, psd, 12, 30)
    assert list(values) == ["theta_beta_ratio"]
    np.testing.assert_allclose(values["theta_beta_ratio"], theta / beta)
    assert "band_ratios" not in spectrum_sweeps(freqs, {"slow": (1, 8)})


def test_ratio_to_a_band_without_power():
    t = np.arange(512) / SFREQ
    freqs, psd = periodogram(np.sin(2 * np.pi * 6 * t), SFREQ)
    assert statistic("theta_alpha_ratio", freqs, psd) == 0


@pytest.mark.parametrize("exponent", [0.0, -1.0, -2.5, 1.0])
@pytest.mark.parametrize("level", [1e-9, 1.0, 300.0])
def test_aperiodic_line_of_a_power_law(exponent, level):
    freqs = np.arange(129) / 2
    psd = np.r_[7.0, level * freqs[1:] ** exponent]
    values = spectrum_statistics(freqs, psd, "aperiodic")
    np.testing.assert_allclose(values["aperiodic_slope"], exponent, atol=1e-12)
    np.testing.assert_allclose(values["aperiodic_offset"], np.log10(level), atol=1e-12)


def test_aperiodic_line_is_the_least_squares_line_in_the_range_of_the_bands():
    freqs, psd = periodogram(noise((4, 512)), SFREQ)
    inside = (freqs >= 2) & (freqs < 30)
    bands = {"theta": (4, 8), "low": (2, 3), "beta": (14, 30)}
    values = spectrum_statistics(freqs, psd, "aperiodic", bands=bands)
    expected = np.polyfit(np.log10(freqs[inside]), np.log10(psd[:, inside]).T, 1)
    np.testing.assert_allclose([values["aperiodic_slope"], values["aperiodic_offset"]], expected, rtol=1e-10)


def test_aperiodic_line_through_one_or_no_frequency():
    freqs, psd = np.arange(9.0), np.full(9, 100.0)
    assert statistic("aperiodic_slope", freqs, psd, bands={"one": (2, 3)}) == 0
    np.testing.assert_allclose(statistic("aperiodic_offset", freqs, psd, bands={"one": (2, 3)}), 2)
    assert statistic("aperiodic_slope", freqs, psd, bands={"dc": (0, 1)}) == 0
    assert statistic("aperiodic_offset", freqs, psd, bands={"dc": (0, 1)}) == -12


def test_entropy_of_antropy():
    freqs, psd = periodogram(np.array(REFERENCE["x"]), REFERENCE["sfreq"], window="boxcar")
    expected = REFERENCE["values"]["antropy"]["bits_above_dc"] / np.log2(500)
    np.testing.assert_allclose(statistic("spectral_entropy", freqs, psd), expected, rtol=1e-12)


def test_two_equal_lines_have_entropy_log_2():
    freqs, psd = np.arange(65.0), np.zeros(65)
    psd[[5, 40]] = 3.0
    np.testing.assert_allclose(statistic("spectral_entropy", freqs, psd), np.log(2) / np.log(64))


def test_dc_counts_for_nothing_but_a_band_from_0():
    freqs, psd = periodogram(noise(), SFREQ)
    loaded = psd.copy()
    loaded[..., 0] = 1e9
    before, after = spectrum_statistics(freqs, psd), spectrum_statistics(freqs, loaded)
    for name in before:
        np.testing.assert_array_equal(before[name], after[name], err_msg=name)


def test_scale():
    freqs, psd = periodogram(noise(), SFREQ)
    before, after = spectrum_statistics(freqs, psd), spectrum_statistics(freqs, 100 * psd)
    for name in before:
        if name.endswith(("log_power", "offset")):
            np.testing.assert_allclose(after[name], before[name] + 2, rtol=1e-10, err_msg=name)
        else:
            powers = name.endswith("__power") or name == "total_power"
            np.testing.assert_allclose(after[name], before[name] * (100 if powers else 1), err_msg=name)


@pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1])
def test_constant(level):
    values = spectrum_statistics(*periodogram(np.full((2, 512), level), SFREQ))
    for name, value in values.items():
        expected = -12 if name.endswith(("log_power", "aperiodic_offset")) else 0
        np.testing.assert_array_equal(value, expected, err_msg=name)


@pytest.mark.parametrize("x", [1e6 + 1e-10 * np.arange(512), np.r_[np.zeros(511), 5e-324], np.eye(1, 512)[0]])
def test_near_constant(x):
    for name, value in spectrum_statistics(*periodogram(x, SFREQ)).items():
        assert np.isfinite(value), name
        assert -13 <= value < 1e6, name


def test_own_function():
    def largest_density(freqs, psd):
        assert psd.shape == (6, len(freqs))
        return psd.max(axis=-1)

    freqs, psd = periodogram(noise(), SFREQ)
    values = spectrum_statistics(freqs, psd, [largest_density, "peak"])
    np.testing.assert_array_equal(values["largest_density"], psd.max(axis=-1))


def test_shapes_that_do_not_fit():
    message = r"`freqs` must be as many as the last axis of `psd` has, .* got shapes \(4,\) and \(2, 5\)"
    with pytest.raises(ValueError, match=message):
        spectrum_statistics(np.arange(4), np.ones((2, 5)))
    with pytest.raises(ValueError, match="at least two, got shapes"):
        spectrum_statistics(np.arange(1), np.ones((2, 1)))


def test_unknown_name():
    with pytest.raises(ValueError, match="`features` must .*'entropie'"):
        spectrum_statistics(np.arange(4), np.ones(4), "entropie")


def test_malformed_bands():
    with pytest.raises(ValueError, match="`bands` must give each name a pair"):
        spectrum_statistics(np.arange(4), np.ones(4), bands={"a": 1})
