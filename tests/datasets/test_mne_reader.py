import pickle
from datetime import UTC, datetime

import numpy as np
import pytest

from sklearn_eeg.datasets import Event
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
