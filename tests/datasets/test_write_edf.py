import sys
from pathlib import Path

import numpy as np
import pytest

from sklearn_eeg._events import Event
from sklearn_eeg.datasets._write_edf import write_edf

edfio = pytest.importorskip("edfio")

KEYS = {"ch_names": ["C3", "C4", "O2"], "sfreq": 100, "patient": "p1", "needed_by": "make_recording"}
EVENTS = [Event(1.25, 3.5, "sz_foc"), Event(5.0, 6.0, "sz")]


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(scale=300.0, size=(3, 700))


def write(path, x, cuts=(200, 500), events=EVENTS):
    return write_edf(path, np.split(x, cuts, axis=1), events, n_times=x.shape[1], **KEYS)


def test_what_comes_back_is_what_went_in(tmp_path, x):
    path = write(tmp_path / "a.edf", x)
    edf = edfio.read_edf(path)
    assert [signal.label for signal in edf.signals] == ["EEG C3", "EEG C4", "EEG O2"]
    for signal, row in zip(edf.signals, x, strict=True):
        assert (signal.sampling_frequency, signal.physical_dimension) == (100, "uV")
        np.testing.assert_array_equal(signal.digital, np.rint(row / 0.1))
        np.testing.assert_allclose(signal.data, row, atol=0.05 + 1e-9)
    found = [(note.onset, note.duration, note.text) for note in edf.annotations]
    assert found == [(1.25, 2.25, "sz_foc"), (5.0, 1.0, "sz")]
    assert (edf.patient.code, edf.duration) == ("p1", 7)


def test_mne_reads_the_same(tmp_path, x):
    mne = pytest.importorskip("mne")
    raw = mne.io.read_raw_edf(write(tmp_path / "a.edf", x), verbose="error")
    np.testing.assert_allclose(raw.get_data() * 1e6, x, atol=0.05 + 1e-6)
    assert raw.annotations.onset.tolist() == [1.25, 5.0]
    assert raw.annotations.description.tolist() == ["sz_foc", "sz"]


def test_pieces_do_not_show(tmp_path, x):
    whole = write(tmp_path / "a.edf", x, cuts=())
    cut = write(tmp_path / "b.edf", x, cuts=(100, 200, 600))
    assert whole.read_bytes() == cut.read_bytes()


def test_large_values_are_clipped(tmp_path):
    x = np.tile([[-1e6], [1e6], [3276.7]], 100)
    signals = edfio.read_edf(write(tmp_path / "a.edf", x, cuts=(), events=[])).signals
    assert [signal.data[0].round(6) for signal in signals] == [-3276.8, 3276.7, 3276.7]


@pytest.mark.parametrize(
    ("pieces", "message"),
    [
        ([200], "must make up 7 whole seconds, got 2"),
        ([200, 450, 50], "must make up 7 whole seconds, got others"),
        ([700, 100], "must make up 7 whole seconds, got others"),
    ],
)
def test_pieces_that_do_not_fit_leave_nothing(tmp_path, pieces, message):
    with pytest.raises(ValueError, match=message):
        write_edf(tmp_path / "a.edf", [np.zeros((3, n)) for n in pieces], [], n_times=700, **KEYS)
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_leaves_the_old_file_alone(tmp_path, x):
    def pieces():
        yield x[:, :200]
        raise KeyboardInterrupt

    (tmp_path / "a.edf").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write_edf(tmp_path / "a.edf", pieces(), [], n_times=700, **KEYS)
    assert [path.name for path in tmp_path.iterdir()] == ["a.edf"]
    assert Path(tmp_path, "a.edf").read_text() == "old"


def test_without_edfio(monkeypatch, tmp_path, x):
    monkeypatch.setitem(sys.modules, "edfio", None)
    with pytest.raises(ImportError, match=r"make_recording needs edfio; install it with .*\[io\]"):
        write(tmp_path / "a.edf", x)
    assert list(tmp_path.iterdir()) == []
