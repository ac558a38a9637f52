import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from sklearn_eeg.features import FFTFeatures
from sklearn_eeg.signal import band_power, periodogram

SFREQ = 128.0
X = np.random.default_rng(0).normal(scale=20, size=(9, 2, 256))


def column(step, X, name):
    return step.fit(X).transform(X)[:, list(step.get_feature_names_out()).index(name)]


def test_columns_equal_the_functions():
    freqs, psd = periodogram(X[:, 1], SFREQ)
    alpha, whole = band_power(freqs, psd, 8, 13), band_power(freqs, psd, 0.5, 45)
    step = FFTFeatures(SFREQ)
    np.testing.assert_allclose(column(step, X, "ch1__fft__alpha__power"), alpha)
    np.testing.assert_allclose(column(step, X, "ch1__fft__alpha__relative_power"), alpha / whole)
    np.testing.assert_allclose(column(step, X, "ch1__fft__alpha__log_power"), np.log10(alpha))


def test_relative_powers_of_adjoining_bands_add_up_to_one():
    step = FFTFeatures(SFREQ, ["relative_power"]).fit(X)
    shares = step.transform(X).reshape(9, 2, 5)
    np.testing.assert_allclose(shares.sum(axis=-1), 1)


def test_relative_power_counts_what_lies_between_bands():
    t = np.arange(256) / SFREQ
    x = np.sin(2 * np.pi * 5 * t) + np.sin(2 * np.pi * 20 * t) + np.sin(2 * np.pi * 40 * t)
    bands = {"theta": (4, 8), "gamma": (30, 45)}
    step = FFTFeatures(SFREQ, ["relative_power"], bands=bands)
    np.testing.assert_allclose(step.fit_transform(x[np.newaxis]), [[1 / 3, 1 / 3]], rtol=1e-6)


def test_clinical_bands_end_at_the_nyquist_frequency():
    step = FFTFeatures(sfreq=64.0).fit(X)
    assert step.bands_["gamma"] == (30.0, 32.0)
    assert "gamma" not in FFTFeatures(sfreq=50.0).fit(X).bands_


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        ({"gamma": (30, 80)}, r"at or below half .* \(64 Hz\), got 'gamma' \(30 to 80 Hz\)"),
        ({"slow": (0.1, 0.4)}, r"windows of 2 s have no frequency .*steps of 0.5 Hz"),
        ({"odd": (8, 8)}, "edges 0 <= low < high, got 'odd'"),
        ({"odd": (-1, 8)}, "edges 0 <= low < high"),
        ({}, "at least one band, got none"),
    ],
)
def test_bands_that_cannot_be_represented(bands, message):
    with pytest.raises(ValueError, match=message):
        FFTFeatures(SFREQ, bands=bands).fit(X)


def test_windows_too_short_for_the_clinical_bands():
    with pytest.raises(ValueError, match="'delta' .* windows of 0.125 s"):
        FFTFeatures(SFREQ).fit(X[..., :16])


@pytest.mark.parametrize("sfreq", [0, -1, None, "fast"])
def test_bad_rate(sfreq):
    with pytest.raises(ValueError, match="'sfreq' parameter of FFTFeatures must be a float"):
        FFTFeatures(sfreq).fit(X)


def test_rate_is_required():
    with pytest.raises(TypeError, match="sfreq"):
        FFTFeatures()


def test_own_function_of_the_spectrum():
    def mean_density(freqs, psd):
        return psd.mean(axis=-1)

    values = column(FFTFeatures(SFREQ, ["power", mean_density]), X, "ch1__fft__mean_density")
    np.testing.assert_allclose(values, periodogram(X[:, 1], SFREQ)[1].mean(axis=-1))


def test_grid_search_over_its_parameters():
    y = np.arange(9) % 2
    search = GridSearchCV(
        make_pipeline(FFTFeatures(SFREQ, ["log_power"]), SVC()),
        {"fftfeatures__taper": ["hann", "boxcar"], "fftfeatures__features": [["power"], "all"]},
        cv=2,
        error_score="raise",
    )
    assert set(search.fit(X, y).best_params_) == {"fftfeatures__taper", "fftfeatures__features"}
