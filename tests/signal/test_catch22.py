import json
from pathlib import Path

import numpy as np
import pytest

from sklearn_eeg.signal._catch22 import CANONICAL_SWEEPS, canonical_statistics

GOLD = json.loads((Path(__file__).parents[1] / "references" / "catch22_values.json").read_text())
NAMES = [name for sweep in CANONICAL_SWEEPS.values() for name in sweep.statistics]
MOMENTS = {"DN_mean", "DN_Spread_std"}


def values_of(x, features="all"):
    return {name: float(value) for name, value in canonical_statistics(np.asarray(x), features).items()}


def pink(n_rows, n_times, seed=0):
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal((n_rows, n_times)))
    return 20 * np.fft.irfft(spectrum / np.sqrt(np.arange(spectrum.shape[1]) + 1), n_times)


@pytest.mark.parametrize("case", GOLD["cases"], ids=lambda case: f"{case['kind']}-{len(case['x'])}")
def test_values_are_those_of_pycatch22(case):
    ours = values_of(np.array(case["x"], dtype=float))
    assert set(ours) == set(case["values"])
    for name, value in case["values"].items():
        assert ours[name] == pytest.approx(value, rel=1e-8, abs=1e-8), name


def test_there_are_24_names():
    assert len(set(NAMES)) == len(NAMES) == 24
    assert set(NAMES) == set(GOLD["cases"][0]["values"])


@pytest.mark.parametrize("scale", [1e-200, 1e-9, -1.0, 3.7, 1e9, 1e200])
def test_scale_does_not_matter(scale):
    x = pink(3, 300)
    plain, scaled = canonical_statistics(np.sign(scale) * x), canonical_statistics(scale * x)
    for name in set(NAMES) - MOMENTS:
        np.testing.assert_allclose(scaled[name], plain[name], rtol=1e-7, atol=1e-9, err_msg=name)
    for name in MOMENTS:
        np.testing.assert_allclose(scaled[name], abs(scale) * plain[name], rtol=1e-9)


def test_a_huge_offset_does_not_matter():
    x = np.round(pink(3, 300) * 2**20) / 2**20
    plain, shifted = canonical_statistics(x), canonical_statistics(x + 2.0**20)
    for name in set(NAMES) - {"DN_mean"}:
        np.testing.assert_allclose(shifted[name], plain[name], rtol=1e-9, err_msg=name)


def test_batch_equals_loop_whatever_the_order_and_shape():
    x = pink(70, 250)
    whole = canonical_statistics(x)
    order = np.random.default_rng(1).permutation(70)
    turned = canonical_statistics(x[order].reshape(7, 10, 250))
    for name in NAMES:
        assert turned[name].shape == (7, 10)
        np.testing.assert_array_equal(turned[name].ravel(), whole[name][order])
    for i in (0, 33, 69):
        alone = canonical_statistics(x[i])
        np.testing.assert_array_equal([alone[name] for name in NAMES], [whole[name][i] for name in NAMES])


@pytest.mark.parametrize("n_times", [2, 3, 7, 50, 257])
@pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1, 1e300, 5e-324])
def test_a_constant_signal_gives_zeros_and_its_level(level, n_times):
    values = values_of(np.full(n_times, level))
    assert values.pop("DN_mean") == level
    assert set(values.values()) == {0.0}


@pytest.mark.parametrize("n_times", [*range(2, 21), 39, 40, 49, 78])
@pytest.mark.parametrize("kind", ["noise", "one step", "ramp", "spike", "integers", "one ulp", "range"])
def test_short_and_odd_signals_give_finite_values(kind, n_times):
    rng = np.random.default_rng(n_times)
    x = {
        "noise": rng.normal(size=n_times),
        "one step": np.r_[np.zeros(n_times - 1), 1.0],
        "ramp": np.arange(float(n_times)),
        "spike": np.eye(n_times)[n_times // 2],
        "integers": rng.integers(0, 2, n_times) + 0.1,
        "one ulp": np.where(np.arange(n_times) == n_times // 3, np.nextafter(0.1, 1), 0.1),
        "range": np.resize([-1.7e308, 1.7e308], n_times),
    }[kind]
    values = values_of(x)
    assert np.isfinite(list(values.values())).all()
    assert max(abs(v) for name, v in values.items() if name not in MOMENTS) < 1e4


def test_a_ramp_has_equal_steps_and_distances():
    values = values_of(np.linspace(-7.3, 11.9, 200))
    assert values["FC_LocalSimple_mean1_taurat"] == 0.0
    assert values["CO_Embed2_Dist_tau_d_expfit_meandiff"] == 0.0
    assert values["IN_AutoMutualInfoStats_40_gaussian_fmmi"] == 40.0
    assert values["SB_BinaryStats_mean_longstretch1"] == 100.0
    assert values["SB_BinaryStats_diff_longstretch0"] == 0.0


def test_names_groups_and_functions():
    def median(x):
        return np.median(x, axis=-1)

    x = pink(4, 100)
    values = canonical_statistics(x, ["spectrum", median, "DN_mean"])
    assert list(values) == ["SP_Summaries_fft_area_5_1", "SP_Summaries_fft_wq_50", "median", "DN_mean"]
    np.testing.assert_array_equal(values["median"], np.median(x, axis=-1))
    assert list(canonical_statistics(x, median)) == ["median"]
    for name in NAMES:
        np.testing.assert_array_equal(canonical_statistics(x, name)[name], canonical_statistics(x)[name])


def test_unknown_names():
    with pytest.raises(ValueError, match=r"`features` must name features among .*, got 'CO_f1ecac'\."):
        canonical_statistics(pink(1, 50), ["CO_f1ecac"])
