from itertools import pairwise

import numpy as np
import pytest
import pywt

from sklearn_eeg.signal._wavelet_kernel import (
    LANES,
    extend,
    filters_of,
    pack,
    plan_steps,
    round_up,
    transform,
    transform_to_packets,
)

WAVELETS = pywt.wavelist(kind="discrete")
MODES = pywt.Modes.modes


def noise(n_times, n_rows=2):
    return np.random.default_rng(n_times).normal(scale=20, size=(n_rows, n_times))


def run(kernel, x, wavelet, level, mode, lengths):
    filters, n_taps = filters_of(wavelet)
    steps = plan_steps(x.shape[1], n_taps, level, mode)
    starts = np.cumsum([0, *(round_up(n) for n in lengths)])
    out = np.full((len(x), starts[-1]), np.nan)
    kernel(x, *pack(steps), filters, starts, out)
    return [out[:, a:b] for a, b in pairwise(starts)], steps


def assert_equal_padded(ours, expected, scale):
    for values, c in zip(ours, expected, strict=True):
        n = c.shape[-1]
        np.testing.assert_allclose(values[:, :n], c, rtol=0, atol=1e-11 * scale)
        assert not values[:, n:].any()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("wavelet", WAVELETS)
def test_every_wavelet_mode_and_length_as_pywavelets(wavelet, mode):
    shortest = 2 if "reflect" in mode else 1
    for n_times in {shortest, 2, 3, 7, 16, 61, 144}:
        x = noise(n_times)
        expected = pywt.dwt(x, wavelet, mode)
        lengths = [c.shape[-1] for c in expected]
        ours, _ = run(transform, x, wavelet, 1, mode, lengths)
        assert_equal_padded(ours, expected, scale=max(np.abs(c).max() for c in expected))


@pytest.mark.filterwarnings("ignore:Level value")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("wavelet", "n_times"), [("haar", 33), ("db4", 200), ("db4", 5), ("sym5", 101), ("bior3.7", 64),
                             ("coif17", 30), ("dmey", 500)]
)  # fmt: skip
def test_several_levels_as_pywavelets(wavelet, n_times, mode):
    x = noise(n_times, 3)
    level = 2 if wavelet == "haar" or n_times == 5 else 4
    expected = pywt.wavedec(x, wavelet, mode, level)
    ours, _ = run(transform, x, wavelet, level, mode, [c.shape[-1] for c in expected])
    assert_equal_padded(ours, expected, scale=max(np.abs(c).max() for c in expected))


@pytest.mark.filterwarnings("ignore:Level value")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("wavelet", "n_times", "level"), [("haar", 32, 4), ("db4", 201, 3), ("db2", 64, 1), ("sym9", 20, 3)]
)
def test_packets_as_pywavelets(wavelet, n_times, level, mode):
    x = noise(n_times)
    nodes = pywt.WaveletPacket(x, wavelet, mode, maxlevel=level, axis=-1).get_level(level, "freq")
    expected = [node.data for node in nodes]
    ours, _ = run(transform_to_packets, x, wavelet, level, mode, [c.shape[-1] for c in expected])
    assert_equal_padded(ours, expected, scale=max(np.abs(c).max() for c in expected))


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "periodization"])
@pytest.mark.parametrize("n", [2, 3, 6])
def test_extension_as_pywt_pad(mode, n):
    x = noise(n, 1)[0]
    outside = np.concatenate([np.arange(-14, 0), np.arange(n, n + 14)])
    source, weights = extend(outside, n, mode)
    padded = pywt.pad(x, 14, mode)
    values = weights @ [0, x[0], x[-1]] + weights[:, 0] * x[source]
    np.testing.assert_allclose(values, np.delete(padded, np.arange(14, 14 + n)), atol=1e-9)


@pytest.mark.parametrize("mode", MODES)
def test_one_point_is_extended_by_itself(mode):
    source, weights = extend(np.array([-3, -2, -1, 1, 2, 3]), 1, mode)
    assert not source.any()
    expected = {"zero": 0, "antisymmetric": [-1, 1, -1, -1, 1, -1]}.get(mode, 1)
    np.testing.assert_array_equal(weights.sum(axis=1), np.broadcast_to(expected, 6))


def test_periodization_repeats_the_last_of_an_odd_number():
    source, _ = extend(np.array([-2, -1, 3, 4, 5]), 3, "periodization")
    assert source.tolist() == [2, 2, 2, 0, 1]


def test_filters_are_padded_to_eights():
    filters, n_taps = filters_of("sym5")
    assert (filters.shape, n_taps) == ((2, 16), 10)
    np.testing.assert_array_equal(filters[:, :10], pywt.Wavelet("sym5").filter_bank[:2])
    assert not filters[:, 10:].any()


def test_room_is_a_multiple():
    assert [round_up(n) for n in (1, LANES, LANES + 1)] == [LANES, LANES, 2 * LANES]


@pytest.mark.parametrize("kernel", [transform, transform_to_packets])
def test_rows_are_worked_on_alone(kernel):
    x = noise(100, 7)
    lengths = [30] * 4 if kernel is transform_to_packets else [30, 30, 53]
    whole, _ = run(kernel, x, "db4", 2, "smooth", lengths)
    for r in range(len(x)):
        one, _ = run(kernel, x[r : r + 1], "db4", 2, "smooth", lengths)
        for a, b in zip(whole, one, strict=True):
            np.testing.assert_array_equal(a[r], b[0])
