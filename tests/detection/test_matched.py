import pickle

import numpy as np
import pytest

from sklearn_eeg.datasets import Recording
from sklearn_eeg.detection._matched import fill_lines, match_recording
from sklearn_eeg.signal import resample


def recording(sfreq=256, seconds=100, n_channels=3, **options):
    t = np.arange(round(seconds * sfreq)) / sfreq
    x = np.array([50 * np.sin(2 * np.pi * (3 + k) * t) + 1000 * k for k in range(n_channels)])
    return Recording.from_array(x, sfreq, ["F7", "T7", "Cz"][:n_channels], **options)


def test_a_recording_that_fits_is_returned_as_it_is():
    own = recording()
    assert match_recording(own, ["F7", "T7", "Cz"], 256) is own


def test_channels_are_ordered_and_derived():
    own = recording()
    matched = match_recording(own, ["Cz", "F7-T3"], 256)
    x = own.read()
    np.testing.assert_array_equal(matched.read(), [x[2], x[0] - x[1]])


@pytest.mark.parametrize("new", [128, 200, 300, 100.0])
def test_resampled_as_the_whole_at_once(new):
    own = recording()
    matched = match_recording(own, own.ch_names, new)
    whole = resample(own.read(), 256, new)
    assert matched.n_times == whole.shape[1] == 100 * new
    inside = slice(20, -20)
    np.testing.assert_allclose(matched.read()[:, inside], whole[:, inside], atol=0.2)
    t = np.arange(matched.n_times) / new
    np.testing.assert_allclose(matched.read()[0, inside], 50 * np.sin(2 * np.pi * 3 * t)[inside], atol=0.1)


def test_what_is_read_does_not_depend_on_how():
    matched = match_recording(recording(), ["T7", "F7"], 200)
    whole = matched.read()
    rng = np.random.default_rng(0)
    for _ in range(20):
        first, last = sorted(rng.integers(0, matched.n_times, 2).tolist())
        np.testing.assert_array_equal(matched.read_times(first, last + 1), whole[:, first : last + 1])


def test_gaps_stay_gaps_and_do_not_spread():
    x = recording().read()
    x[:, 256 * 40 : 256 * 50] = np.nan
    matched = match_recording(Recording.from_array(x, 256, ["F7", "T7", "Cz"]), ["F7", "T7", "Cz"], 128)
    missing = np.isnan(matched.read())
    np.testing.assert_array_equal(missing[0], missing[2])
    assert np.flatnonzero(missing[0])[[0, -1]].tolist() == [128 * 40, 128 * 50 - 1]
    assert missing[0].sum() == 128 * 10
    assert matched.gaps == [(40.0, 50.0)]


def test_cuts_move_with_the_rate():
    own = recording()
    own._cuts = (2560, 5121)
    assert match_recording(own, own.ch_names, 128).cuts == [10.0, 2561 / 128]


def test_pickled_without_its_cache():
    matched = match_recording(recording(), ["Cz"], 128)
    before = matched.read(0, 1)
    copy = pickle.loads(pickle.dumps(matched))
    assert copy._source._cache == {}
    np.testing.assert_array_equal(copy.read(0, 1), before)


def test_a_name_and_a_patient_are_kept():
    matched = match_recording(recording(name="night", patient="ann"), ["Cz"], 128)
    assert (matched.name, matched.patient) == ("night", "ann")


def test_other_units_are_refused():
    own = recording()
    own.units[2] = "mmHg"
    assert match_recording(own, ["F7"], 256).n_channels == 1
    with pytest.raises(ValueError, match=r"must be in microvolts, got other units: \{'Cz': 'mmHg'\}"):
        match_recording(own, ["Cz"], 256)


def test_missing_values_lie_on_lines():
    x = np.array([[0.0, np.nan, np.inf, 3.0, np.nan], [1, 1, 1, 1, 1]])
    np.testing.assert_array_equal(fill_lines(x), [[0, 1, 2, 3, 3], [1, 1, 1, 1, 1]])
    assert np.isnan(x[0, 1])


def test_what_is_wrong_with_other_channels_does_no_harm():
    x = recording().read()
    expected = x[:1].copy()
    x[1], x[2, :500] = np.nan, np.inf
    broken = Recording.from_array(x, 256, ["F7", "T7", "Cz"])
    np.testing.assert_array_equal(match_recording(broken, ["F7"], 256).read(), expected)
    np.testing.assert_array_equal(
        match_recording(broken, ["F7"], 128).read(), match_recording(recording(), ["F7"], 128).read()
    )
    mixed = match_recording(broken, ["F7-Cz", "F7"], 256).read()
    assert not np.isfinite(mixed[0, :500]).any()
    assert np.isfinite(mixed[0, 500:]).all()
