import pickle
from datetime import datetime

import numpy as np
import pytest

from sklearn_eeg._events import events_to_mask
from sklearn_eeg.datasets import Event, Recording

RATE, N_TIMES = 100.0, 1050


@pytest.fixture
def data():
    return np.random.default_rng(0).normal(scale=30, size=(3, N_TIMES))


@pytest.fixture
def recording(data):
    return Recording.from_array(data, RATE, ["Fp1", "T7", "Cz"], name="night")


class Gapped:
    """A source with two channels, a gap and an annotation that cannot be read."""

    sfreq, n_times, gaps = 10.0, 100, ((20, 50),)

    def __init__(self):
        self.asked = 0

    def read(self, rows, first, last):
        data = np.tile(np.arange(float(first), last), (len(rows), 1)) + 1000 * np.array(rows)[:, None]
        data[:, max(20 - first, 0) : max(50 - first, 0)] = np.nan
        return data

    def annotations(self):
        self.asked += 1
        return [Event(1, 2, "a")], ["one is missing"]


def test_what_is_known(recording):
    assert (recording.n_channels, recording.n_times, recording.sfreq, recording.duration) == (
        3,
        N_TIMES,
        RATE,
        10.5,
    )
    assert (recording.name, recording.patient, recording.start) == ("night", None, None)
    assert (recording.gaps, recording.excluded, recording.annotations) == ([], {}, [])
    assert recording.original_names == recording.ch_names == ["Fp1", "T7", "Cz"]
    assert recording.units == ["uV"] * 3


def test_from_array_keeps_what_it_is_told(data):
    recording = Recording.from_array(
        data, RATE, start=datetime(2020, 1, 1), annotations=[(5, 6, "b"), (1, 2)], patient="p1"
    )
    assert recording.ch_names == ["ch0", "ch1", "ch2"]
    assert recording.annotations == [Event(1, 2), Event(5, 6, "b")]
    assert (recording.start, recording.patient) == (datetime(2020, 1, 1), "p1")


def test_read_by_seconds_and_by_samples(recording, data):
    np.testing.assert_array_equal(recording.read(), data)
    np.testing.assert_array_equal(recording.read(1, 2), data[:, 100:200])
    np.testing.assert_array_equal(recording.read(10), data[:, 1000:])
    np.testing.assert_array_equal(recording.read(start_second=0.014, stop_second=0.026), data[:, 1:3])
    np.testing.assert_array_equal(recording.read_times(3, 4), data[:, 3:4])
    np.testing.assert_array_equal(recording.read_times(np.int64(0), np.int32(N_TIMES)), data)


def test_half_a_sample_is_rounded_up_as_for_events():
    recording = Recording.from_array(np.arange(10.0)[np.newaxis], sfreq=1)
    np.testing.assert_array_equal(recording.read(0.5, 2.5), [[1, 2]])
    assert np.flatnonzero(events_to_mask([(0.5, 2.5)], 1, 10)).tolist() == [1, 2]
    assert [first for first, _ in recording.blocks(2.5)] == [0, 3, 6, 9]


def test_annotations_of_background_are_kept():
    given = [(5, 6, "bckg"), Event(1, 2, "BCKG"), Event(2, 3, confidence=0.5), (0, 1)]
    recording = Recording.from_array(np.zeros((1, 100)), sfreq=10, annotations=given)
    assert recording.annotations == [
        Event(0, 1), Event(1, 2, "BCKG"), Event(2, 3, confidence=0.5), Event(5, 6, "bckg")
    ]  # fmt: skip
    again = Recording.from_array(np.zeros((1, 100)), sfreq=10, annotations=recording.annotations)
    assert again.annotations == recording.annotations
    with pytest.raises(ValueError, match="offset"):
        Recording.from_array(np.zeros((1, 100)), sfreq=10, annotations=[(5, 4, "bckg")])


def test_names_become_text(data):
    recording = Recording.from_array(data, RATE, np.array([1, 2, 3]))
    assert recording.pick(["2"]).ch_names == ["2"]
    assert [type(name) for name in recording.ch_names] == [str] * 3
    with pytest.raises(ValueError, match="must name each of 3 channels once"):
        Recording.from_array(data, RATE, [1, "1", 2])


def test_what_was_read_is_a_copy_in_float64(data):
    source = data.astype(np.float32)
    recording = Recording.from_array(source, RATE)
    read = recording.read()
    assert read.dtype == np.float64
    read[:] = 0
    np.testing.assert_array_equal(recording.read(), source)


@pytest.mark.parametrize(
    ("times", "match"),
    [
        ((-1, 2), r"`start_second` must lie from 0 to 10.5 s, the length of night, got -1"),
        ((0, 10.52), r"`stop_second` must lie from 0 to 10.5 s, the length of night, got 10.52"),
        ((11, None), r"`start_second` must lie .* got 11"),
        ((float("nan"), 2), r"`start_second` must lie .* got nan"),
        (("1", 2), r"`start_second` must lie .* got '1'"),
        ((3, 3), r"`stop_second` must be at least one sample \(0.01 s\) after `start_second`, 3 s, got 3"),
        ((4, 3), r"`stop_second` must be at least one sample .* got 3"),
        ((10.5, None), r"`stop_second` must be at least one sample .* 10.5 s, got 10.5"),
    ],
)
def test_times_outside(recording, times, match):
    with pytest.raises(ValueError, match=match):
        recording.read(*times)


@pytest.mark.parametrize("samples", [(-1, 5), (0, N_TIMES + 1), (5, 5), (6, 5), (0.0, 5), (None, 5)])
def test_samples_outside(recording, samples):
    with pytest.raises(ValueError, match="must be samples of night, 0 <= first < last <= 1050, got"):
        recording.read_times(*samples)


def test_the_end_bears_rounding(recording, data):
    np.testing.assert_array_equal(recording.read(10, 10.504), data[:, 1000:])


@pytest.mark.parametrize("seconds", [0.01, 1, 3.33, 10.5, 100])
def test_blocks_make_the_whole(recording, data, seconds):
    blocks = list(recording.blocks(seconds))
    assert [first for first, _ in blocks] == list(range(0, N_TIMES, round(seconds * RATE)))
    np.testing.assert_array_equal(np.concatenate([block for _, block in blocks], axis=1), data)


@pytest.mark.parametrize("seconds", [0, -1, 0.001, float("nan"), float("inf"), "1"])
def test_blocks_of_no_length_are_refused_at_once(recording, seconds):
    with pytest.raises(ValueError, match=r"`seconds` must be at least one sample, 0.01 s, got"):
        recording.blocks(seconds)


def test_pick(recording, data):
    picked = recording.pick(["Cz", "T3"])
    assert picked.ch_names == ["Cz", "T7"]
    np.testing.assert_array_equal(picked.read(1, 2), data[[2, 1], 100:200])
    np.testing.assert_array_equal(picked.pick(["T7"]).read(1, 2), data[[1], 100:200])
    assert recording.ch_names == ["Fp1", "T7", "Cz"]
    with pytest.raises(ValueError, match=r"night has no channel 'O1': it has \['Fp1', 'T7', 'Cz'\]"):
        recording.pick(["O1"])


def test_pick_takes_scales_units_and_names_along():
    recording = Recording(
        Gapped(),
        ["Cz", "SpO2"],
        rows=[4, 2],
        original_names=["EEG Cz", "Sat"],
        scales=[1000.0, 1.0],
        units=["uV", "%"],
        excluded={"ECG": "ecg, not eeg"},
    )
    np.testing.assert_array_equal(recording.read_times(5, 7), [[4005e3, 4006e3], [2005, 2006]])
    picked = recording.pick(["Sat"])
    assert (picked.ch_names, picked.original_names, picked.units) == (["SpO2"], ["Sat"], ["%"])
    assert picked.excluded == {"ECG": "ecg, not eeg"}
    np.testing.assert_array_equal(picked.read_times(5, 7), [[2005, 2006]])


def test_gaps():
    recording = Recording(Gapped(), ["Cz", "Pz"])
    assert recording.gaps == [(2.0, 5.0)]
    assert repr(recording) == "<Recording recording: 2 channels, 10 Hz, 10 s, 1 gap>"
    assert np.isnan(recording.read(2, 5)).all()
    assert np.isnan(recording.read(1.5, 5.5)).sum() == 2 * 30


def test_a_recording_without_cuts_has_none(recording):
    assert recording.cuts == []
    assert not recording.is_broken([0, 500], [N_TIMES, 501]).any()


def test_stretches_that_touch_a_gap_or_lie_across_a_cut():
    source = Gapped()
    source.cuts = (70, 80)
    recording = Recording(source, ["Cz"])
    assert recording.cuts == [7.0, 8.0]
    assert repr(recording) == "<Recording recording: 1 channel, 10 Hz, 10 s, 1 gap, 2 cuts>"
    first, last = np.triu_indices(100, k=1)
    expected = [
        bool(set(range(a, b)) & set(range(20, 50))) or a < 70 < b or a < 80 < b
        for a, b in zip(first, last, strict=True)
    ]
    np.testing.assert_array_equal(recording.is_broken(first, last), expected)
    assert pickle.loads(pickle.dumps(recording.pick(["Cz"]))).cuts == [7.0, 8.0]


def test_annotations_are_read_when_asked_for_and_once():
    source = Gapped()
    recording = Recording(source, ["Cz"])
    assert source.asked == 0
    with pytest.warns(UserWarning, match="one is missing"):
        assert recording.annotations == [Event(1, 2, "a")]
    recording.annotations.clear()
    assert recording.annotations == [Event(1, 2, "a")]
    assert source.asked == 1


def test_repr(recording, data):
    assert repr(recording) == "<Recording night: 3 channels, 100 Hz, 10.5 s>"
    one = Recording.from_array(data[:1], 173.61, patient="7")
    assert repr(one) == "<Recording recording: 1 channel, 173.61 Hz, 6.04804 s, patient 7>"


def test_pickled(recording, data):
    again = pickle.loads(pickle.dumps(recording.pick(["Cz", "Fp1"])))
    assert repr(again) == "<Recording night: 2 channels, 100 Hz, 10.5 s>"
    np.testing.assert_array_equal(again.read(), data[[2, 0]])


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"data": np.zeros(5)}, r"`data` must be .* \(n_channels, n_times\), got one of shape \(5,\)"),
        ({"data": np.zeros((0, 5))}, r"got one of shape \(0, 5\)"),
        ({"data": np.zeros((2, 5), dtype=complex)}, "type complex128"),
        ({"sfreq": 0}, "`sfreq` must be a positive number of Hz, got 0"),
        ({"sfreq": float("nan")}, "`sfreq` must be a positive number of Hz, got nan"),
        ({"sfreq": "256"}, "`sfreq` must be a positive number of Hz, got '256'"),
        ({"ch_names": ["a"]}, r"`ch_names` must name each of 2 channels once, got \['a'\]"),
        ({"ch_names": ["a", "a"]}, r"`ch_names` must name each of 2 channels once, got \['a', 'a'\]"),
    ],
)
def test_from_array_refuses(arguments, match):
    with pytest.raises(ValueError, match=match):
        Recording.from_array(**{"data": np.zeros((2, 5)), "sfreq": 100, **arguments})


def test_an_array_has_gaps_where_every_channel_is_nan():
    data = np.ones((2, 100))
    data[:, 20:35] = data[:, 90:] = data[0, 50:60] = np.nan
    assert Recording.from_array(data, sfreq=10).gaps == [(2.0, 3.5), (9.0, 10.0)]
    assert Recording.from_array(np.ones((2, 10), dtype=int), sfreq=10).gaps == []
