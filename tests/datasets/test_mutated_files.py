"""Damaged files: each read gives a result or one of our errors; nothing hangs, nothing is lost unsaid."""

import datetime
import re
import signal
import warnings
from contextlib import contextmanager

import edfio
import numpy as np
import pytest
import scipy.io

from sklearn_eeg.datasets import read_events, read_recording

N_MUTANTS = 400  # of each kind of file
SECONDS = 5
LABELS = ("EEG Fp1-Ref", "EEG F7-Ref", "EEG T3-Ref", "ECG", "SpO2")


class TooSlowError(BaseException):
    """Not an Exception, so that no guard on the way takes it for damage."""


@contextmanager
def time_limit(seconds):
    def stop(*_):
        raise TooSlowError(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def edf(kind="edf"):
    rng = np.random.default_rng(0)
    signal_of, whole = {
        "edf": (edfio.EdfSignal, edfio.Edf), "bdf": (edfio.BdfSignal, edfio.Bdf)
    }[kind]  # fmt: skip
    signals = [
        signal_of(rng.normal(scale=20, size=320), 32, label=label, physical_dimension="uV")
        for label in LABELS
    ]
    annotations = [edfio.EdfAnnotation(1.5, 2, "sz_foc_ia"), edfio.EdfAnnotation(6, None, "eyes open")]
    return whole(signals, annotations=annotations, starttime=datetime.time(12, 0, 1)).to_bytes()


def interrupted():
    """EDF+D whose second half is five seconds late."""
    content = edf().replace(b"EDF+C", b"EDF+D")
    head = int(content[184:192])
    size = (len(content) - head) // 10
    records = [content[i : i + size] for i in range(head, len(content), size)]
    for second in range(5, 10):
        late = records[second].replace(b"+%d\x14\x14" % second, b"+%d\x14\x14" % (second + 5))
        records[second] = late[:size]
    return content[:head] + b"".join(records)


BIDS = (
    "onset\tduration\teventType\tconfidence\tchannels\tdateTime\trecordingDuration\n"
    "12.5\t30\tsz_foc_ia\t1\tfp1,f7\t2020-01-01 12:00:00\t3600\n"
    "100\t42.25\tsz\tn/a\tall\t2020-01-01 12:00:00\t3600\n"
    "900\t61\tsz_gen_m_tonic\t0.5\tall\t2020-01-01 12:00:00\t3600\n"
)
TUH = (
    "# version = csv_v1.0.0\n# bname = aaaaaaac_s001_t000\n# duration = 301.00 secs\n#\n"
    "channel,start_time,stop_time,label,confidence\n"
    "TERM,0.0000,36.8868,bckg,1.0000\nTERM,36.8868,183.3055,seiz,1.0000\n"
    "TERM,183.3055,301.0000,bckg,1.0000\n"
)
CHBMIT = (
    "Data Sampling Rate: 256 Hz\n\nFile Name: chb01_03.edf\nFile Start Time: 13:43:04\n"
    "File End Time: 14:43:04\nNumber of Seizures in File: 2\n"
    "Seizure 1 Start Time: 2996 seconds\nSeizure 1 End Time: 3036 seconds\n"
    "Seizure 2 Start Time: 3100 seconds\nSeizure 2 End Time: 3141 seconds\n"
)
SIENA = (
    "PN00\n\nSampling rate 512 Hz\n\nSeizure n 1\nFile name: PN00-1.edf\n"
    "Registration start time: 19.39.33\nRegistration end time: 20.22.58\n"
    "Seizure start time: 19.58.36\nSeizure end time: 19.59.46\n"
)


def helsinki(folder):
    cells = np.empty((1, 3), dtype=object)
    for i in range(3):
        cells[0, i] = np.zeros((3, 60), dtype=np.uint8)
        cells[0, i][:, 10 + i : 30] = 1
    path = folder / "whole.mat"
    scipy.io.savemat(path, {"annotat_new": cells})
    return path.read_bytes()


def mutants(content, other, seed):
    """Yield damaged forms of a file's content; `other` gives foreign parts."""
    rng = np.random.default_rng(seed)
    ways = (flip, cut_off, leave_out, repeat, swap_fields, graft, change_digits)
    for number in range(N_MUTANTS):
        yield ways[number % len(ways)](content, other, rng)


def flip(content, other, rng):
    data = bytearray(content)
    for place in rng.integers(0, len(data), size=rng.choice([1, 4, 32])):
        data[place] = rng.integers(256)
    return bytes(data)


def cut_off(content, other, rng):
    return content[: rng.integers(len(content))]


def leave_out(content, other, rng):
    first = rng.integers(len(content))
    return content[:first] + content[first + rng.integers(1, 300) :]


def repeat(content, other, rng):
    first = rng.integers(len(content))
    last = first + rng.integers(1, 300)
    return content[:last] + content[first:]


def swap_fields(content, other, rng):
    data = bytearray(content)
    end = min(len(data), 256 * 7) // 8
    a, b = (8 * rng.integers(end, size=2)).tolist()
    data[a : a + 8], data[b : b + 8] = data[b : b + 8], data[a : a + 8]
    return bytes(data)


def graft(content, other, rng):
    first = rng.integers(min(len(content), 2000))
    return content[:first] + other[first : first + rng.integers(1, 2000)] + content[first:]


def change_digits(content, other, rng):
    data = bytearray(content)
    places = [i for i, byte in enumerate(data[: 256 * 7]) if 48 <= byte < 58]
    for place in rng.choice(places, size=rng.integers(1, 4)):
        data[place] = rng.choice(list(b"0123456789-. "))
    return bytes(data)


def outcome(read, path):
    """Return what the reader makes of a file, or None where it refuses with an error of ours."""
    with warnings.catch_warnings(), time_limit(SECONDS):
        warnings.simplefilter("ignore")
        try:
            return read(path)
        except ValueError as raised:
            error = raised
    assert path.name in str(error)
    return None


def damage(folder, name, content, other, seed, read, check):
    """Read every mutant; return how many were taken and how many refused."""
    path = folder / name
    taken = 0
    for mutant in mutants(content, other, seed):
        path.write_bytes(mutant)
        result = outcome(read, path)
        if result is not None:
            check(result, mutant)
            taken += 1
    return taken, N_MUTANTS - taken


def read_all(path):
    recording = read_recording(path, channels="all")
    return recording, recording.read(), recording.annotations


def check_recording(result, content):
    """All signals of the header are there or excluded by name; values are missing in gaps alone."""
    recording, values, annotations = result
    header = content[256 : 256 + 16 * int(content[252:256])]
    labels = [header[i : i + 16] for i in range(0, len(header), 16)]
    n_signals = sum(not label.strip().endswith(b"DF Annotations") for label in labels)
    assert len(recording.ch_names) + len(recording.excluded) >= n_signals
    assert values.shape == (len(recording.ch_names), recording.n_times)
    assert recording.gaps or np.isfinite(values).all()
    assert all(event.offset >= event.onset for event in annotations)


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="the time limit needs SIGALRM")
class TestMutants:
    @pytest.mark.parametrize("name", ["a.edf", "b.bdf", "interrupted.edf"])
    def test_recordings(self, name, tmp_path):
        content = interrupted() if "interrupted" in name else edf(name[-3:])
        other = edf("edf" if name.endswith("bdf") else "bdf")
        taken, refused = 0, 0
        for seed in range(3):
            counts = damage(tmp_path, name, content, other, seed, read_all, check_recording)
            taken, refused = taken + counts[0], refused + counts[1]
        assert min(taken, refused) > 30  # both ways are trodden

    def test_annotations(self, tmp_path):
        content, other = edf(), edf("bdf")
        counts = damage(tmp_path, "a.edf", content, other, 9, read_events, lambda *_: None)
        assert min(counts) > 10

    @pytest.mark.parametrize(
        ("name", "text", "recording"),
        [
            ("a_events.tsv", BIDS, None),
            ("a.csv_bi", TUH, None),
            ("chb01-summary.txt", CHBMIT, "chb01_03.edf"),
            ("Seizures-list-PN00.txt", SIENA, None),
        ],
    )
    def test_events(self, name, text, recording, tmp_path):
        def read(path):
            return read_events(path, recording=recording)

        def check(events, content):
            if name.endswith((".tsv", ".csv_bi")):
                rows = list_seizures(content)
                assert len(events) == len(rows if name.endswith(".tsv") else set(rows))

        other = (TUH if name != "a.csv_bi" else BIDS).encode()
        counts = damage(tmp_path, name, text.encode(), other, 5, read, check)
        assert min(counts) > 10

    def test_matlab(self, tmp_path):
        def read(path):
            return read_events(path, recording=2)

        content = helsinki(tmp_path)
        counts = damage(tmp_path, "a.mat", content, BIDS.encode(), 7, read, lambda *_: None)
        assert min(counts) > 10


def list_seizures(content):
    """Return the rows of a table that are not background."""
    lines = [line for line in re.split(rb"\r\n|\n|\r", content) if line.strip()]
    rows = [line for line in lines if not line.startswith(b"#")][1:]
    return [row for row in rows if b"bckg" not in row.lower()]


def test_whole_files_are_read(tmp_path):
    path = tmp_path / "interrupted.edf"
    path.write_bytes(interrupted())
    recording = read_recording(path, channels="all")
    assert recording.gaps == [(5.0, 10.0)]
    assert [event.label for event in read_events(path)] == ["sz_foc_ia", "eyes open"]
    for name, text, n_events in (("a.tsv", BIDS, 3), ("a.csv_bi", TUH, 1), ("s.txt", SIENA, 1)):
        (tmp_path / name).write_text(text)
        assert len(read_events(tmp_path / name)) == n_events
    (tmp_path / "a.mat").write_bytes(helsinki(tmp_path))
    assert [(e.onset, e.offset) for e in read_events(tmp_path / "a.mat", recording=2)] == [(11.0, 30.0)]
