import numpy as np
import pytest
import pywt

from sklearn_eeg.signal._wavelet import Decomposition, max_level, subband_names, subbands

CONSTANTS = [0.0, 0.1, -3.3, 4000.1, 1e-9, -1e9]
STEPPED = ["zero", "antisymmetric"]
SMOOTH = [mode for mode in pywt.Modes.modes if mode not in STEPPED]


def noise(n_times=300):
    return np.random.default_rng(0).normal(scale=20, size=(4, 3, n_times))


def test_names():
    assert subband_names(3) == ["a3", "d3", "d2", "d1"]
    assert subband_names(2, packet=True) == ["p0", "p1", "p2", "p3"]


def test_names_with_frequencies():
    expected = ["a3_0-15.6Hz", "d3_15.6-31.2Hz", "d2_31.2-62.5Hz", "d1_62.5-125Hz"]
    assert subband_names(3, sfreq=250) == expected
    assert subband_names(1, packet=True, sfreq=5000.0) == ["p0_0-1250Hz", "p1_1250-2500Hz"]
    assert subband_names(1, sfreq=0.01) == ["a1_0-0.0025Hz", "d1_0.0025-0.005Hz"]


@pytest.mark.parametrize("mode", pywt.Modes.modes)
def test_subbands_equal_pywavelets(mode):
    x = noise(301)
    ours = subbands(x, "db4", 4, mode=mode)
    for values, expected in zip(ours.values(), pywt.wavedec(x, "db4", mode, 4), strict=True):
        np.testing.assert_allclose(values, expected, rtol=1e-12, atol=1e-11)


def test_packets_equal_pywavelets():
    x = noise(200)
    ours = subbands(x, "sym5", 3, packet=True)
    nodes = pywt.WaveletPacket(x, "sym5", "symmetric", 3, axis=-1).get_level(3, "freq")
    for values, node in zip(ours.values(), nodes, strict=True):
        np.testing.assert_allclose(values, node.data, rtol=0, atol=1e-11)


def test_packets_are_in_the_order_of_their_frequencies():
    n, n_bands = 4096, 8
    for band in range(n_bands):
        frequency = (band + 0.5) / n_bands / 2
        tone = np.sin(2 * np.pi * frequency * np.arange(n))
        energies = [np.square(c).sum() for c in subbands(tone, "db20", 3, packet=True).values()]
        assert np.argmax(energies) == band


@pytest.mark.parametrize("packet", [False, True])
def test_periodic_transform_keeps_the_energy(packet):
    x = noise(256)
    parts = subbands(x, "db4", 3, mode="periodization", packet=packet).values()
    energy = sum(np.square(c).sum(axis=-1) for c in parts)
    np.testing.assert_allclose(energy, np.square(x).sum(axis=-1), rtol=1e-12)


def test_one_signal_single_precision_and_read_only():
    x = noise(64)[0, 0].astype(np.float32)
    x.setflags(write=False)
    ours = subbands(x, "haar", 1)
    assert ours["d1"].dtype == np.float64
    np.testing.assert_allclose(ours["d1"], pywt.dwt(x.astype(float), "haar")[1])
    double = noise(64)
    double.setflags(write=False)
    np.testing.assert_array_equal(subbands(double, "haar", 1)["d1"], subbands(noise(64), "haar", 1)["d1"])


@pytest.mark.parametrize("packet", [False, True])
@pytest.mark.parametrize("mode", SMOOTH)
@pytest.mark.parametrize("wavelet", ["haar", "db4", "sym7", "dmey"])
def test_constant_has_details_of_exactly_zero(wavelet, mode, packet):
    x = np.repeat(CONSTANTS, 100).reshape(-1, 100)
    first, *others = subbands(x, wavelet, 3, mode=mode, packet=packet).values()
    assert not any(c.any() for c in others)
    np.testing.assert_array_equal(first, np.repeat(first[:, :1], first.shape[1], axis=1))
    np.testing.assert_allclose(first[:, 0], np.multiply(CONSTANTS, 2**1.5), rtol=1e-10)


@pytest.mark.parametrize("mode", STEPPED)
def test_constant_has_edges_in_modes_that_make_a_step(mode):
    ours = subbands(np.full((2, 100), -3.3), "db4", 3, mode=mode)
    for values, expected in zip(
        ours.values(), pywt.wavedec(np.full((2, 100), -3.3), "db4", mode, 3), strict=True
    ):
        np.testing.assert_allclose(values, expected, rtol=0, atol=1e-11)
        assert values.any()


def test_equal_ends_alone_do_not_make_a_signal_flat():
    x = noise(100)
    x[..., -1] = x[..., 0]
    np.testing.assert_allclose(subbands(x, "db2", 1)["d1"], pywt.dwt(x, "db2")[1], atol=1e-11)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"level": 0}, "`level` must be at least 1, got 0"),
        ({"mode": "none"}, r"`mode` must be one of \['antireflect', .*\], got 'none'"),
        ({"wavelet": "db99"}, "db99"),
    ],
)
def test_bad_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        subbands(noise(), **({"wavelet": "db4", "level": 2} | parameters))


def test_max_level_is_the_deepest_free_of_the_boundary():
    assert [max_level(n, "db4") for n in (13, 14, 27, 28, 1000)] == [0, 1, 1, 2, 7]


def test_decomposition_says_which_signals_are_flat():
    x = noise(32)[0]
    x[1] = 5.0
    decomposition = Decomposition(32, "haar", 2, "symmetric", packet=False)
    out = np.empty((3, decomposition.unit.shape[1]))
    assert decomposition.run(x, out).tolist() == [1]
    assert decomposition.bounds.tolist() == [[0, 8], [16, 24], [32, 48]]
    np.testing.assert_allclose(out[1, :8], 10.0)
