import pickle
from datetime import UTC, datetime

import numpy as np
import pytest
from scipy.io import savemat

from sklearn_eeg.datasets import Event, read_recording, sliding_windows
from sklearn_eeg.datasets._mne_reader import MneSource
from sklearn_eeg.datasets._unreadable import UnreadableError

mne = pytest.importorskip("mne")

NAMES, KINDS = ["EEG T3-Ref", "Cz", "ECG", "LA1", "Sat"], ["eeg", "eeg", "eeg", "seeg", "misc"]
START = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture
def data():
    return np.random.default_rng(0).normal(scale=3e-5, size=(5, 1000))


@pytest.fixture
def path(tmp_path, data):
    """Ten seconds whose first sample is number 500, with an annotation and a break from 4 to 6 s."""
    raw = mne.io.RawArray(data, mne.create_info(NAMES, 100.0, KINDS), first_samp=500, verbose="error")
    raw.set_meas_date(START)
    raw.set_annotations(mne.Annotations([1.5, 4.0], [0.25, 2.0], ["seizure", "BAD_ACQ_SKIP"]))
    raw.save(tmp_path / "night_raw.fif", fmt="double", verbose="error")
    return tmp_path / "night_raw.fif"


def test_samples_and_gaps(path, data):
    source = MneSource(path)
    assert (source.sfreq, source.n_times, source.gaps) == (100.0, 1000, ((400, 600),))
    assert source.cuts == ()
    expected = data.copy()
    expected[:, 400:600] = np.nan
    np.testing.assert_allclose(source.read([0, 1, 2, 3, 4], 0, 1000), expected, rtol=1e-12)
    for first, last in [(0, 10), (390, 410), (450, 500), (590, 1000)]:
        np.testing.assert_allclose(source.read([2, 0], first, last), expected[[2, 0], first:last], rtol=1e-12)


def test_times_are_from_the_first_sample(path):
    source = MneSource(path)
    events, notes = source.annotations()
    assert notes == []
    assert events == [Event(1.5, 1.75, "seizure")]
    assert source.start() == datetime(2021, 3, 4, 5, 6, 12)


def test_kinds_by_the_file_and_where_it_says_eeg_by_name(path):
    channels = MneSource(path).channels()
    assert [channel.kind for channel in channels] == ["eeg", "eeg", "ecg", "ieeg", "misc"]
    assert [channel.microvolts for channel in channels] == [1e6, 1e6, 1e6, 1e6, None]
    assert [channel.row for channel in channels] == [0, 1, 2, 3, 4]
    assert [channel.declared for channel in channels] == [True, True, True, False, False]


def test_no_date(tmp_path, data):
    raw = mne.io.RawArray(data, mne.create_info(NAMES, 100.0, KINDS), verbose="error")
    raw.save(tmp_path / "night_raw.fif", verbose="error")
    assert MneSource(tmp_path / "night_raw.fif").start() is None


def test_pickled_it_is_opened_again(path):
    source = MneSource(path)
    pickled = pickle.dumps(source)
    assert len(pickled) < 1000
    np.testing.assert_array_equal(pickle.loads(pickled).read([1], 0, 50), source.read([1], 0, 50))


def test_a_kind_of_file_that_mne_does_not_know(tmp_path):
    (tmp_path / "night.xyz").write_text("no EEG")
    with pytest.raises(UnreadableError, match=r"night\.xyz is no EDF or BDF file, and of no other kind"):
        MneSource(tmp_path / "night.xyz")


@pytest.mark.filterwarnings("ignore:MNE-Python currently only supports")
@pytest.mark.parametrize("suffix", [".set", ".fif", ".lay", ".vhdr", ".gdf", ".cnt"])
def test_damaged_files(tmp_path, suffix):
    broken = tmp_path / f"night_raw{suffix}"
    broken.write_bytes(np.random.default_rng(0).bytes(2000))
    with pytest.raises(UnreadableError, match="night_raw"):
        MneSource(broken)


@pytest.fixture
def brainvision(tmp_path):
    """Twenty seconds, with pauses after 10 and 15 s."""
    (tmp_path / "night.eeg").write_bytes(np.arange(2000, dtype="<i2").tobytes())
    (tmp_path / "night.vhdr").write_text(
        "Brain Vision Data Exchange Header File Version 1.0\n[Common Infos]\nDataFile=night.eeg\n"
        "MarkerFile=night.vmrk\nDataFormat=BINARY\nDataOrientation=MULTIPLEXED\nNumberOfChannels=1\n"
        "SamplingInterval=10000\n[Binary Infos]\nBinaryFormat=INT_16\n[Channel Infos]\nCh1=Cz,,0.1,uV\n"
    )
    (tmp_path / "night.vmrk").write_text(
        "Brain Vision Data Exchange Marker File, Version 1.0\n[Common Infos]\nDataFile=night.eeg\n"
        "[Marker Infos]\nMk1=New Segment,,1,1,0,20200101120000000000\nMk2=Comment,seizure,501,100,0\n"
        "Mk3=New Segment,,1001,1,0,20200101130000000000\nMk4=New Segment,,1501,1,0\n"
    )
    return tmp_path / "night.vhdr"


def test_new_segments_are_cuts(brainvision):
    source = MneSource(brainvision)
    assert (source.cuts, source.gaps) == ((1000, 1500), ())
    assert source.annotations() == ([Event(5, 6, "Comment/seizure")], [])
    assert pickle.loads(pickle.dumps(source)).cuts == (1000, 1500)
    recording = read_recording(brainvision)
    assert recording.cuts == [10.0, 15.0]
    assert sliding_windows(recording, None, 3).start_second.tolist() == [0, 3, 6, 12, 15]


@pytest.mark.filterwarnings("ignore:The data contains 'boundary' events", "ignore:Limited 1 annotation")
def test_boundaries_of_eeglab_are_cuts(tmp_path):
    events = np.array(
        [("boundary", 0.5, 90.0), ("seizure", 101.0, 50.0), ("boundary", 300.5, 77.0)],
        dtype=[("type", object), ("latency", object), ("duration", object)],
    )
    locations = np.array([("Cz",), ("Pz",)], dtype=[("labels", object)])
    content = {
        "data": np.zeros((2, 1000), np.float32), "setname": "night", "nbchan": 2, "pnts": 1000, "trials": 1,
        "srate": 100.0, "xmin": 0.0, "xmax": 9.99, "chanlocs": locations, "event": events, "epoch": [],
    }  # fmt: skip
    savemat(tmp_path / "night.set", {"EEG": content})
    source = MneSource(tmp_path / "night.set")
    assert source.cuts == (300,)
    assert source.annotations() == ([Event(1, 1.5, "seizure")], [])


def test_where_mne_joined_recordings_is_a_cut(tmp_path, data):
    parts = [
        mne.io.RawArray(part, mne.create_info(NAMES, 100.0, KINDS), verbose="error")
        for part in (data[:, :333], data[:, 333:])
    ]
    mne.concatenate_raws(parts, verbose="error").save(tmp_path / "night_raw.fif", verbose="error")
    source = MneSource(tmp_path / "night_raw.fif")
    assert (source.n_times, source.cuts, source.annotations()) == (1000, (333,), ([], []))
