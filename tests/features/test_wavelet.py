import numpy as np
import pytest
import pywt

from sklearn_eeg.features import WaveletFeatures

X = np.random.default_rng(0).normal(scale=20, size=(5, 2, 200))


def test_columns_equal_pywavelets():
    step = WaveletFeatures("db4", level=3).fit(X)
    coefficients = pywt.wavedec(X[:, 1], "db4", level=3)
    energies = [np.square(c).sum(axis=-1) for c in coefficients]
    table = step.set_output(transform="pandas").transform(X)
    for band, c, energy in zip(["a3", "d3", "d2", "d1"], coefficients, energies, strict=True):
        name = f"ch1__wavelet__{band}__"
        share = np.square(c) / energy[:, np.newaxis]
        expected = {
            "energy": energy,
            "relative_energy": energy / sum(energies),
            "mean_absolute_value": np.abs(c).mean(axis=-1),
            "standard_deviation": c.std(axis=-1),
            "entropy": -(share * np.log2(share)).sum(axis=-1),
        }
        for statistic, values in expected.items():
            np.testing.assert_allclose(table[name + statistic], values, rtol=1e-10)


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
    "parameters", [{"wavelet": "morl"}, {"wavelet": "db99"}, {"level": 0}, {"mode": "none"}]
)
def test_bad_parameters(parameters):
    (name,) = parameters
    with pytest.raises(ValueError, match=f"'{name}' parameter of WaveletFeatures must be"):
        WaveletFeatures(**parameters).fit(X)


def test_own_function_of_the_coefficients():
    def largest(coefficients, total):
        return np.abs(coefficients).max(axis=-1)

    table = WaveletFeatures("haar", level=1, features=[largest]).fit_transform(X[:, 0])
    expected = [np.abs(c).max(axis=-1) for c in pywt.wavedec(X[:, 0], "haar", level=1)]
    np.testing.assert_allclose(table, np.transpose(expected))
