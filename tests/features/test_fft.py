import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from sklearn_eeg.features._fft import FFTFeatures
from sklearn_eeg.signal._bands import CLINICAL_BANDS, band_power
from sklearn_eeg.signal._spectrum import multitaper, periodogram, welch
from sklearn_eeg.signal._spectrum_statistics import spectrum_statistics

SFREQ = 128.0
X = np.random.default_rng(0).normal(scale=20, size=(9, 2, 256))
METHODS = {
    "periodogram": ({}, periodogram),
    "welch": ({"segment_seconds": 0.8}, welch),
    "multitaper": ({"bandwidth": 3.0}, multitaper),
}
each_method = pytest.mark.parametrize("method", METHODS)


def column(step, X, name):
    return step.fit(X).transform(X)[:, list(step.get_feature_names_out()).index(name)]


def step_and_spectrum(method, features="all", X=X):
    options, estimate = METHODS[method]
    return FFTFeatures(SFREQ, features, method=method, **options), estimate(X, SFREQ, **options)


@each_method
def test_columns_are_the_statistics(method):
    bands = {"slow": (0.5, 7.3), "theta": (4.0, 8.0), "alpha": (8.0, 13.0), "end": (40.0, 64.0)}
    step, (freqs, psd) = step_and_spectrum(method)
    step.set_params(bands=bands).fit(X)
    expected = spectrum_statistics(freqs, psd, bands=bands)
    table = step.transform(X).reshape(9, 2, -1)
    assert [feature.name for feature in step.features_[: len(expected)]] == [
        f"ch0__fft__{n}" for n in expected
    ]
    for i, (name, values) in enumerate(expected.items()):
        np.testing.assert_allclose(table[..., i], values, rtol=1e-9, atol=1e-12, err_msg=name)


@each_method
@pytest.mark.parametrize("features", ["power", "band_ratios", "aperiodic", ["log_power", "beta__power"]])
def test_statistics_of_bands_do_not_need_the_rest_of_the_spectrum(method, features):
    step, (freqs, psd) = step_and_spectrum(method, features)
    expected = spectrum_statistics(freqs, psd, features)
    table = step.fit_transform(X).reshape(9, 2, -1)
    np.testing.assert_allclose(table, np.stack(list(expected.values()), axis=-1), rtol=1e-12)


def test_parts_of_names():
    step = FFTFeatures(SFREQ, ["alpha__power", "relative_power", "theta_beta_ratio", "peak"]).fit(X[:, :1])
    bands = [*CLINICAL_BANDS]
    assert [feature[1:] for feature in step.features_] == [
        ("fft", "alpha", "power"),
        *[("fft", band, "relative_power") for band in bands],
        ("fft", "", "theta_beta_ratio"),
        ("fft", "", "peak_frequency"),
    ]


def test_what_the_toolkit_promises_is_there():
    names = FFTFeatures(SFREQ).fit(X[:, 0]).get_feature_names_out()
    assert {name.split("__", 2)[2] for name in names} >= {
        "delta__power", "gamma__log_power", "beta__relative_power", "theta_alpha_ratio", "theta_beta_ratio",
        "delta_alpha_ratio", "slow_fast_ratio", "spectral_entropy", "spectral_edge_frequency",
        "spectral_edge_frequency_85", "median_frequency", "peak_frequency", "spectral_centroid",
        "spectral_spread", "spectral_flatness", "aperiodic_slope", "aperiodic_offset", "total_power",
    }  # fmt: skip


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
    step = FFTFeatures(sfreq=64.0, features="gamma__power", taper="boxcar").fit(X)
    assert step.bands_["gamma"] == (30.0, 32.0)
    assert "gamma" not in FFTFeatures(sfreq=50.0).fit(X).bands_
    fastest = 10.0 * (-1.0) ** np.arange(256)
    np.testing.assert_allclose(step.fit_transform(fastest[np.newaxis]), 100)


@pytest.mark.parametrize("sfreq", [100.0, 256.0, 1000 / 3, 173.61])
@pytest.mark.parametrize("n_times", [400, 401])
def test_bands_up_to_half_the_rate_hold_everything(sfreq, n_times):
    x = np.random.default_rng(0).normal(size=(3, n_times))
    bands = {"low": (0, sfreq / 4), "high": (sfreq / 4, sfreq / 2)}
    powers = FFTFeatures(sfreq, ["power"], bands=bands, taper="boxcar").fit_transform(x)
    np.testing.assert_allclose(powers.sum(axis=1), x.var(axis=1))


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        ({"gamma": (30, 80)}, r"at or below half .* \(64 Hz\), got 'gamma' \(30 to 80 Hz\)"),
        ({"slow": (0.1, 0.4)}, r"windows of 2 s have no frequency .*steps of 0.5 Hz"),
        ({"odd": (8, 8)}, "edges 0 <= low < high, got 'odd'"),
        ({"odd": (-1, 8)}, "edges 0 <= low < high"),
        ({}, "at least one band, got none"),
        ({"a": 1}, r"a pair of edges \(low, high\) in Hz, got \{'a': 1\}"),
        ({"a": (1, 2, 3)}, "a pair of edges"),
        ({"a": ("1", "2")}, "a pair of edges"),
        ({"": (1, 2)}, "names that are not empty"),
        ({"a__b": (1, 2)}, "no double underscore"),
    ],
)
def test_bands_that_cannot_be_represented(bands, message):
    with pytest.raises(ValueError, match=message):
        FFTFeatures(SFREQ, bands=bands).fit(X)


def test_windows_too_short_for_the_clinical_bands():
    with pytest.raises(ValueError, match="'delta' .* windows of 0.125 s"):
        FFTFeatures(SFREQ).fit(X[..., :16])


def test_segments_too_short_for_the_clinical_bands():
    with pytest.raises(ValueError, match="'delta' .* segments of 0.125 s .* use longer segments"):
        FFTFeatures(SFREQ, method="welch", segment_seconds=0.125).fit(X)


@pytest.mark.parametrize("taper", ["hannn", "kaiser", ""])
@each_method
def test_bad_taper(taper, method):
    with pytest.raises(ValueError, match=rf"`taper` must be a name that .*get_window knows.*, got '{taper}'"):
        FFTFeatures(SFREQ, taper=taper, method=method).fit(X)


@pytest.mark.parametrize("sfreq", [0, -1, None, "fast"])
def test_bad_rate(sfreq):
    with pytest.raises(ValueError, match="'sfreq' parameter of FFTFeatures must be a float"):
        FFTFeatures(sfreq).fit(X)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "burg"}, "'method' parameter of FFTFeatures must be a str among"),
        ({"segment_seconds": 0}, "'segment_seconds' parameter of FFTFeatures must be a float"),
        ({"bandwidth": -1}, "'bandwidth' parameter of FFTFeatures must be a float"),
        ({"method": "welch", "segment_seconds": 0.01}, "`segment_seconds` must hold at least two"),
        ({"method": "multitaper", "bandwidth": 0.1}, "`bandwidth` must be at least 0.5 Hz"),
        ({"features": "powers"}, "`features` must .*, got 'powers'"),
        ({"features": ["power", "alpha__power"]}, "twice"),
        ({"features": [lambda freqs, psd: psd[:, 0]]}, "callables with names of their own"),
        ({"features": [3]}, "`features` must .*, got 3"),
    ],
)
def test_bad_parameters(options, message):
    with pytest.raises(ValueError, match=message):
        FFTFeatures(SFREQ, **options).fit(X)


def test_rate_is_required():
    with pytest.raises(TypeError, match="sfreq"):
        FFTFeatures()


@each_method
def test_own_function_of_the_spectrum(method):
    def mean_density(freqs, psd):
        assert psd.shape[1:] == freqs.shape
        return psd.mean(axis=-1)

    step, (_, psd) = step_and_spectrum(method, ["power", mean_density])
    np.testing.assert_allclose(column(step, X, "ch1__fft__mean_density"), psd[:, 1].mean(axis=-1))


def test_own_function_may_be_named_after_a_group_but_not_after_a_feature():
    def power(freqs, psd):
        return psd.sum(axis=-1)

    def peak_frequency(freqs, psd):
        return psd.sum(axis=-1)

    values = column(FFTFeatures(SFREQ, [power]), X, "ch1__fft__power")
    np.testing.assert_allclose(values, periodogram(X[:, 1], SFREQ)[1].sum(axis=-1))
    with pytest.raises(ValueError, match="callables with names of their own"):
        FFTFeatures(SFREQ, [peak_frequency]).fit(X)


@each_method
@pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1])
@pytest.mark.parametrize("n_times", [256, 301])
def test_constant_channel(method, level, n_times):
    step = FFTFeatures(SFREQ, method=method)
    table = step.fit_transform(np.full((1, n_times), level))[0]
    logs = [name.endswith(("log_power", "offset")) for name in step.get_feature_names_out()]
    np.testing.assert_array_equal(table, np.where(logs, -12, 0))


@each_method
@pytest.mark.parametrize("n_times", [2, 3, 4, 5])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_shortest_windows(method, n_times, dtype):
    x = np.array([[1.0, -3.0, 2.0, 2.0, 7.0][:n_times]], dtype)
    table = FFTFeatures(SFREQ, method=method, bands={"all": (0, 64)}).fit_transform(x)
    assert np.isfinite(table).all()
    assert table.dtype == dtype


@each_method
def test_nearly_constant_channels_are_finite_even_in_float32(method):
    t = np.arange(256) / SFREQ
    windows = [np.sin(2 * np.pi * 6 * t), 1e6 + 1e-10 * t, np.eye(1, 256)[0], 1e-9 * X[0, 0], 1e9 * X[0, 0]]
    for dtype in [np.float64, np.float32]:
        assert np.isfinite(FFTFeatures(SFREQ, method=method).fit_transform(np.array(windows, dtype))).all()


@each_method
def test_threads_give_the_same(method):
    many = np.random.default_rng(1).normal(size=(300, 4, 256))
    step, _ = step_and_spectrum(method, X=many)
    expected = step.fit_transform(many)
    np.testing.assert_allclose(step.set_params(n_jobs=3).fit_transform(many), expected, rtol=1e-12)


def test_band_power_and_columns_agree_on_edges():
    freqs, psd = periodogram(X[:, 1], SFREQ)
    for band, edges in CLINICAL_BANDS.items():
        values = column(FFTFeatures(SFREQ, ["power"]), X, f"ch1__fft__{band}__power")
        np.testing.assert_allclose(values, band_power(freqs, psd, *edges))


def test_grid_search_over_its_parameters():
    y = np.arange(9) % 2
    search = GridSearchCV(
        make_pipeline(FFTFeatures(SFREQ, ["log_power"]), SVC()),
        {"fftfeatures__method": [*METHODS], "fftfeatures__features": [["power"], "all"]},
        cv=2,
        error_score="raise",
    )
    assert set(search.fit(X, y).best_params_) == {"fftfeatures__method", "fftfeatures__features"}
