import numpy as np
import pytest
import pywt

from sklearn_eeg.features._wavelet import WaveletFeatures
from sklearn_eeg.signal._wavelet_statistics import wavelet_statistics

X = np.random.default_rng(0).normal(scale=20, size=(5, 2, 200))


@pytest.mark.parametrize("packet", [False, True])
def test_columns_hold_what_their_names_say(packet):
    step = WaveletFeatures("db4", level=3, mode="periodic", packet=packet).fit(X)
    table = step.set_output(transform="pandas").transform(X)
    expected = wavelet_statistics(X, "db4", 3, mode="periodic", packet=packet)
    assert table.shape[1] == 2 * sum(len(band) for band in expected.values())
    for band, values in expected.items():
        for name, value in values.items():
            for c, channel in enumerate(("ch0", "ch1")):
                np.testing.assert_array_equal(table[f"{channel}__wavelet__{band}__{name}"], value[:, c])


def test_energies_equal_pywavelets():
    table = WaveletFeatures("sym4", level=2, features=["energy"]).fit_transform(X[:, 0])
    expected = [np.square(c).sum(axis=-1) for c in pywt.wavedec(X[:, 0], "sym4", level=2)]
    np.testing.assert_allclose(table, np.transpose(expected), rtol=1e-10)


def test_frequencies_in_names():
    names = WaveletFeatures(level=3, features=["energy"], sfreq=250).fit(X).get_feature_names_out()
    assert names[1] == "ch0__wavelet__d3_15.6-31.2Hz__energy"
    step = WaveletFeatures(level=2, features=["energy"], sfreq=250, packet=True).fit(X)
    assert step.get_feature_names_out()[-1] == "ch1__wavelet__p3_93.8-125Hz__energy"
    info = step.get_feature_info()
    assert list(info["band"][:2]) == ["p0_0-31.2Hz", "p1_31.2-62.5Hz"]
    assert set(info["family"]) == {"wavelet"}


@pytest.mark.parametrize(("n_times", "level"), [(14, 1), (27, 1), (28, 2), (200, 4), (10_000, 5)])
def test_level_follows_the_length_of_the_windows(n_times, level):
    step = WaveletFeatures("db4").fit(np.zeros((2, n_times)))
    assert step.level_ == level


@pytest.mark.parametrize(
    ("level", "n_times", "needed"), [(None, 13, 14), (1, 13, 14), (3, 55, 56), (5, 200, 224)]
)
def test_windows_too_short(level, n_times, needed):
    step = WaveletFeatures("db4", level=level)
    with pytest.raises(ValueError, match=f"Windows of {n_times} .*: at least {needed} are needed"):
        step.fit(np.zeros((2, n_times)))
    assert step.fit(np.zeros((2, needed))).level_ == (level or 1)


@pytest.mark.parametrize(
    "parameters",
    [
        {"wavelet": "morl"},
        {"wavelet": "db99"},
        {"level": 0},
        {"mode": "none"},
        {"packet": "yes"},
        {"sfreq": 0},
    ],
)
def test_bad_parameters(parameters):
    (name,) = parameters
    with pytest.raises(ValueError, match=f"'{name}' parameter of WaveletFeatures must be"):
        WaveletFeatures(**parameters).fit(X)


def test_bad_features():
    with pytest.raises(ValueError, match=r"got 'power'"):
        WaveletFeatures(features=["power"]).fit(X)


def test_own_function_of_the_coefficients():
    def largest(coefficients, total):
        return np.abs(coefficients).max(axis=-1)

    table = WaveletFeatures("haar", level=1, features=[largest]).fit_transform(X[:, 0])
    expected = [np.abs(c).max(axis=-1) for c in pywt.wavedec(X[:, 0], "haar", level=1)]
    np.testing.assert_allclose(table, np.transpose(expected))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_flat_channel_whatever_its_level(dtype):
    levels = [0.1, -3.3, 4000.1]
    windows = np.repeat(np.array(levels, dtype), 100).reshape(3, 1, 100)
    step = WaveletFeatures("db4", features=["relative_energy", "entropy", "standard_deviation"])
    table = step.fit_transform(windows)
    assert table.dtype == dtype
    np.testing.assert_array_equal(table, table[[0, 0, 0]])
    n = pywt.wavedec(windows[0, 0], "db4", level=step.level_)[0].size
    np.testing.assert_allclose(table[0], [1, np.log2(n), *[0] * (table.shape[1] - 2)], rtol=1e-6)


@pytest.mark.parametrize("packet", [False, True])
def test_threads_change_nothing(packet):
    windows = np.random.default_rng(1).normal(size=(40, 3, 256))
    one = WaveletFeatures(packet=packet).fit_transform(windows)
    np.testing.assert_array_equal(WaveletFeatures(packet=packet, n_jobs=4).fit_transform(windows), one)


def test_shortest_window():
    table = WaveletFeatures("haar").fit_transform(X[..., :2])
    assert np.isfinite(table).all()
    np.testing.assert_allclose(table[:, 0], np.square(X[:, 0, :2].sum(axis=-1)) / 2)


def test_read_only_windows():
    frozen = X.copy()
    frozen.setflags(write=False)
    np.testing.assert_array_equal(WaveletFeatures().fit_transform(frozen), WaveletFeatures().fit_transform(X))
