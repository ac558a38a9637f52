import itertools

import numpy as np
import pytest

from sklearn_eeg.signal._bands import CLINICAL_BANDS, band_bins, band_power, check_bands, span


def test_power_is_the_density_times_the_step():
    psd = np.arange(12.0).reshape(2, 6)
    np.testing.assert_array_equal(band_power(np.arange(6) / 2, psd, 0.5, 2), [3.0, 12.0])


@pytest.mark.parametrize("n_times", [250, 251, 999, 1000, 1024, 17])
@pytest.mark.parametrize("sfreq", [128.0, 173.61, 200.0, 250.0, 256.0, 0.3, 1000 / 3])
def test_neighbouring_bands_share_nothing_and_miss_nothing(sfreq, n_times):
    freqs = np.fft.rfftfreq(n_times, 1 / sfreq)
    edges = np.linspace(0, sfreq / 2, 6)
    bins = [band_bins(freqs, *pair) for pair in itertools.pairwise(edges)]
    assert bins[0][0] == 0
    assert bins[-1][1] == len(freqs)
    assert all(left[1] == right[0] for left, right in itertools.pairwise(bins))


@pytest.mark.parametrize("sfreq", [100.0, 128.0, 200.0, 250.0, 256.0, 400.0, 500.0, 512.0])
def test_edges_on_a_frequency_do_not_depend_on_rounding(sfreq):
    for n_times in range(int(sfreq), 11 * int(sfreq), int(sfreq)):
        seconds = n_times // int(sfreq)
        freqs = np.fft.rfftfreq(n_times, 1 / sfreq)
        for low, high in [(0.1 * 10, 4), (4, 8), (8, 13), (13, 30), (0.7 + 0.1 + 0.2, 3)]:
            assert band_bins(freqs, low, high) == (round(low * seconds), high * seconds)


def test_one_step_of_rounding_of_the_rate_changes_nothing():
    for n_times in range(100, 1100, 100):
        expected = [band_bins(np.fft.rfftfreq(n_times, 1 / 100.0), *e) for e in CLINICAL_BANDS.values()]
        for sfreq in [np.nextafter(100.0, 0), np.nextafter(100.0, 200)]:
            freqs = np.fft.rfftfreq(n_times, 1 / sfreq)
            assert [band_bins(freqs, *e) for e in CLINICAL_BANDS.values()] == expected


def test_a_band_up_to_half_the_rate_has_the_last_frequency():
    freqs = np.fft.rfftfreq(256, 1 / 64.0)
    assert freqs[-1] == 32
    assert band_bins(freqs, 30, 32) == (120, 129)
    assert band_bins(freqs, 30, np.inf) == (120, 129)
    assert band_bins(freqs, 30, 31.75) == (120, 127)
    assert band_power(freqs, np.ones(129), 0, 32) == 129 * 0.25


def test_bands_beside_the_spectrum_are_empty():
    freqs = np.arange(1.0, 11)
    assert band_power(freqs, np.ones(10), 20, 30) == 0
    assert band_power(freqs, np.ones(10), 0.2, 0.9) == 0
    assert band_power(freqs, np.ones(10), 2.2, 2.9) == 0


def test_span():
    assert span(np.array([[3, 5], [1, 2], [4, 9]])) == (1, 9)


def test_bands_become_floats():
    assert check_bands({"a": (1, 2), "b": [np.int64(3), np.float32(4)]}) == {"a": (1.0, 2.0), "b": (3.0, 4.0)}


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        ({}, "must name at least one band, got none"),
        ({"": (1, 2)}, "names that are not empty, .* got ''"),
        ({"a__b": (1, 2)}, "no double underscore .* got 'a__b'"),
        ({"a_": (1, 2)}, "none at either end, got 'a_'"),
        ({"_a": (1, 2)}, "none at either end, got '_a'"),
        ({3: (1, 2)}, "names that are not empty, .* got 3"),
        ({"a": 1}, r"a pair of edges \(low, high\) in Hz, got \{'a': 1\}"),
        ({"a": (1, 2, 3)}, r"a pair of edges .* got \{'a': \(1, 2, 3\)\}"),
        ({"a": ("1", "2")}, "a pair of edges .* got"),
        ({"a": "12"}, "a pair of edges .* got"),
        ({"a": np.array(1)}, "a pair of edges .* got"),
        ({"a": None}, "a pair of edges .* got"),
        ({"a": (1, None)}, "a pair of edges .* got"),
        ({"a": ((1, 2), 3)}, "a pair of edges .* got"),
        ({"a": {"low": 1, "high": 2}}, "a pair of edges .* got"),
        ({"a": (2, 1)}, r"edges 0 <= low < high, got 'a' \(2 to 1 Hz\)"),
        ({"a": (-1, 1)}, "edges 0 <= low < high"),
        ({"a": (np.nan, 1)}, "edges 0 <= low < high"),
        ({"a": (1, np.inf)}, "edges 0 <= low < high"),
    ],
)
def test_malformed_bands(bands, message):
    with pytest.raises(ValueError, match=message):
        check_bands(bands)
