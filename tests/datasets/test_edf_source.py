import pickle

import numpy as np
import pytest

from sklearn_eeg.datasets import Event
from sklearn_eeg.datasets import _edf as edf_module
from sklearn_eeg.datasets._edf import open_edf
from sklearn_eeg.datasets._edf_source import EdfSource, find_file_runs
from sklearn_eeg.datasets._tal import Run
from sklearn_eeg.datasets._unreadable import UnreadableError

edfio = pytest.importorskip("edfio")

RATE, N_RECORDS = 100, 6


def write(path, onsets=None, *, kind="EDF+C"):
    """Write 6 s of a ramp and its negative, with the given times of the data records."""
    ramp = np.arange(float(RATE * N_RECORDS))
    signals = [
        edfio.EdfSignal(sign * ramp, RATE, label=label, physical_range=(-32768, 32767))
        for sign, label in ((1, "Cz"), (-1, "Pz"))
    ]
    padding = edfio.EdfAnnotation(0, None, "x" * 60)
    edfio.Edf(signals, annotations=[padding], data_record_duration=1).write(path)
    raw = bytearray(path.read_bytes())
    raw[192:197] = kind.encode().ljust(5)
    file = open_edf(path)
    for record, onset in enumerate(range(N_RECORDS) if onsets is None else onsets):
        place = len(file.header) + record * file.record_bytes + 2 * sum(file.sizes[:2])
        text = b"" if onset is None else f"+{onset}\x14\x14\0+{onset}\x14record {record}\x14\0".encode()
        raw[place : place + 2 * file.sizes[2]] = text.ljust(2 * file.sizes[2], b"\0")
    path.write_bytes(bytes(raw))
    return path


def source_of(path):
    file = open_edf(path)
    runs, notes = find_file_runs(file, file.sizes[0])
    return EdfSource(file, file.sizes[0], runs), notes


@pytest.fixture
def path(tmp_path):
    return tmp_path / "night.edf"


def test_any_slice_is_that_of_the_whole(path):
    source, notes = source_of(write(path))
    assert (source.n_times, source.sfreq, source.gaps, notes) == (600, 100.0, (), [])
    np.testing.assert_array_equal(source.read([1, 0], 0, 600), [-np.arange(600.0), np.arange(600.0)])
    for first, last in [(0, 1), (99, 101), (100, 200), (250, 251), (150, 599), (599, 600)]:
        np.testing.assert_array_equal(source.read([0], first, last), [np.arange(first, last)])


def test_small_blocks_give_the_same(path, monkeypatch):
    source, _ = source_of(write(path, [0, 1, 3, 4, 5, 9], kind="EDF+D"))
    expected = source.read([0, 1], 37, 850)
    monkeypatch.setattr(edf_module, "_BLOCK_BYTES", 1)
    np.testing.assert_array_equal(source.read([0, 1], 37, 850), expected)


def test_gaps_are_nan_and_samples_are_on_the_clock(path):
    source, notes = source_of(write(path, [2, 3, 7.5, 8.5, 9.5, 20], kind="EDF+D"))
    assert notes == []
    assert source.runs == (Run(0, 0, 2), Run(550, 2, 3), Run(1800, 5, 1))
    assert source.gaps == ((200, 550), (850, 1800))
    assert source.n_times == 1900
    (data,) = source.read([0], 0, 1900)
    expected = np.full(1900, np.nan)
    expected[:200], expected[550:850], expected[1800:] = range(200), range(200, 500), range(500, 600)
    np.testing.assert_array_equal(data, expected)
    for first, last in [(150, 560), (200, 550), (300, 400), (849, 1801), (1850, 1900)]:
        np.testing.assert_array_equal(source.read([0], first, last)[0], expected[first:last])


def test_annotations_are_on_the_same_clock(path):
    source, _ = source_of(write(path, [2, 3, 7.5, 8.5, 9.5, 20], kind="EDF+D"))
    events, notes = source.annotations()
    assert notes == []
    assert events == [Event(at, at, f"record {i}") for i, at in enumerate([0, 1, 5.5, 6.5, 7.5, 18])]


def test_unreadable_annotations_are_counted(path):
    source, _ = source_of(write(path, [0, 1, "2x", 3, 4, 5]))
    events, notes = source.annotations()
    assert len(events) == 5
    assert notes == [f"2 annotations of {path} cannot be read: left out."]


def test_discontinuous_without_a_gap(path):
    source, notes = source_of(write(path, kind="EDF+D"))
    assert (source.gaps, notes) == ((), [])


def test_gaps_in_a_file_that_calls_itself_continuous(path):
    source, (note,) = source_of(write(path, [0, 1, 2, 60, 61, 62]))
    assert source.gaps == ((300, 6000),)
    assert "says that it was not interrupted, but by the times" in note


@pytest.mark.parametrize("onsets", [[0] * 6, [5, 4, 3, 2, 1, 0]])
def test_times_that_run_back(path, onsets):
    source, (note,) = source_of(write(path, onsets))
    assert (source.n_times, source.gaps) == (600, ())
    assert "is read as one piece, as its header says, though the times of its data records run back" in note
    with pytest.raises(UnreadableError, match="night.edf is damaged: the times of its data records run back"):
        source_of(write(path, onsets, kind="EDF+D"))


def test_a_small_deviation_in_a_continuous_file_is_none(path):
    source, notes = source_of(write(path, [0, 1, 2, 3, 4, 5.4]))
    assert (source.gaps, notes) == ((), [])


def test_records_without_times(path):
    source, notes = source_of(write(path, [None] * 6, kind="EDF+D"))
    assert (source.gaps, notes) == ((), [])
    edfio.Edf([edfio.EdfSignal(np.arange(200.0), 100, label="Cz")]).write(path)
    raw = bytearray(path.read_bytes())
    raw[192:197] = b"EDF+D"
    path.write_bytes(bytes(raw))
    source, (note,) = source_of(path)
    assert source.gaps == ()
    assert "does not say when: read as one piece" in note


def test_pickled_it_holds_no_samples(path):
    source, _ = source_of(write(path, [0, 1, 3, 4, 5, 9], kind="EDF+D"))
    pickled = pickle.dumps(source)
    assert len(pickled) < len(source.file.header) + 2000
    np.testing.assert_array_equal(pickle.loads(pickled).read([0], 90, 950), source.read([0], 90, 950))


def test_a_file_that_went_away(path):
    source, _ = source_of(write(path))
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"night\.edf"):
        source.read([0], 0, 10)
