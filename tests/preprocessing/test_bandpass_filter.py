import numpy as np
import pytest

from sklearn_eeg.preprocessing import BandpassFilter
from sklearn_eeg.signal import bandpass

X = np.random.default_rng(0).normal(loc=3, scale=20, size=(20, 3, 256))


@pytest.mark.parametrize("parameters", [{}, {"low": None}, {"high": None}, {"order": 2}, {"method": "fir"}])
def test_is_the_function(parameters):
    expected = bandpass(X, 200.0, **({"low": 0.5, "high": 45.0} | parameters))
    np.testing.assert_allclose(BandpassFilter(200.0, **parameters).fit_transform(X), expected, atol=1e-12)


def test_open_on_both_sides_changes_nothing():
    np.testing.assert_array_equal(BandpassFilter(200.0, None, None).fit_transform(X), X)


def test_names_go_on():
    out = BandpassFilter(200.0, ch_names=["Fz", "Cz", "Pz"]).fit_transform(X)
    assert out.ch_names == ["Fz", "Cz", "Pz"]


@pytest.mark.parametrize("method", ["iir", "fir"])
def test_windows_come_nearer_to_the_filtered_record_than_with_zeros(method):
    spectrum = np.fft.rfft(np.random.default_rng(0).standard_normal((30, 60 * 128)))
    record = np.fft.irfft(spectrum / np.maximum(np.arange(spectrum.shape[1]), 1) ** 0.75)
    step = BandpassFilter(128.0, 0.5, 40.0, method=method)
    whole = step.fit_transform(record)
    zeros = step.fit_transform(np.pad(record[:, 3840:4352], ((0, 0), (1000, 1000))))[:, 1000:-1000]
    ours = step.fit_transform(record[:, 3840:4352])
    expected = whole[:, 3840:4352]
    assert np.square(ours - expected).mean() < 0.5 * np.square(zeros - expected).mean()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"high": 100.0}, r"`low` 0.5 and `high` 100.0 cannot be passed. .*\(100 Hz\), got 100 Hz"),
        ({"low": 50.0}, "The lower edge must lie below the upper, got 50 and 45 Hz"),
        ({"low": 0.0}, "'low' parameter of BandpassFilter must be"),
        ({"order": 0}, "'order' parameter of BandpassFilter must be"),
        ({"method": "fft"}, "'method' parameter of BandpassFilter must be"),
    ],
)
def test_bad_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        BandpassFilter(200.0, **parameters).fit(X)
