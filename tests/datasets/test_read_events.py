import warnings
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from sklearn_eeg._events import Event
from sklearn_eeg.datasets import read_events, read_recording

edfio = pytest.importorskip("edfio")

CHBMIT = (
    "Data Sampling Rate: 256 Hz\n\nFile Name: a.edf\nFile Start Time: 11:42:54\nFile End Time: 12:42:54\n"
    "Number of Seizures in File: 1\nSeizure 1 Start Time: 2996 seconds\nSeizure 1 End Time: 3036 seconds\n"
)
SIENA = (
    "PN00\n\nSeizure n 1\nFile name: a.edf\nRegistration start time: 19.39.33\n"
    "Registration end time: 20.22.58\nSeizure start time: 19.58.36\nSeizure end time: 19.59.46\n"
)
BIDS = (
    "onset\tduration\teventType\tconfidence\tchannels\tdateTime\trecordingDuration\n"
    "36.5\t200.25\tsz_foc_ia\t1.00\tn/a\t2000-01-01 00:00:00\t3600.00\n"
    "10.0\t5.0\tsz\tn/a\tF3,C3\t2000-01-01 00:00:00\t3600.00\n"
)
TUH = (
    "# version = csv_v1.0.0\n# bname = aaaaaaac_s001_t000\n# duration = 301.00 secs\n#\n"
    "channel,start_time,stop_time,label,confidence\nTERM,0.0,36.8868,bckg,1.0\n"
    "TERM,36.8868,183.3055,seiz,1.0\n"
)
TEXTS = {"chbmit": CHBMIT, "siena": SIENA, "bids": BIDS, "tuh": TUH}
EVENTS = {
    "chbmit": [Event(2996, 3036)],
    "siena": [Event(1143, 1213)],
    "bids": [Event(10, 15, "sz", None, ("F3", "C3")), Event(36.5, 236.75, "sz_foc_ia", 1.0)],
    "tuh": [Event(36.8868, 183.3055, "seiz", 1.0)],
}
NAMES = {
    "chbmit": "chb01-summary.txt",
    "siena": "Seizures-list-PN00.txt",
    "bids": "sub-01_ses-01_task-szMonitoring_run-00_events.tsv",
    "tuh": "aaaaaaac_s001_t000.csv_bi",
}


@pytest.fixture
def write(tmp_path):
    def write(name, data):
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    return write


def write_edf(path, annotations, kind="Edf", seconds=30):
    rng = np.random.default_rng(0)
    signal = {"Edf": edfio.EdfSignal, "Bdf": edfio.BdfSignal}[kind]
    signals = [signal(rng.normal(scale=20, size=seconds * 64), 64, label=name) for name in ("Fp1", "C3")]
    getattr(edfio, kind)(signals, annotations=annotations).write(path)
    return path


@pytest.mark.parametrize("kind", TEXTS)
def test_formats_by_name(write, kind):
    assert read_events(write(NAMES[kind], TEXTS[kind])) == EVENTS[kind]


@pytest.mark.parametrize("kind", TEXTS)
def test_formats_by_content_or_by_the_users_word(write, kind):
    path = write("annotations", TEXTS[kind])
    assert read_events(path) == EVENTS[kind]
    assert read_events(str(path), format=kind) == EVENTS[kind]


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
def test_encodings(write, kind, newline, encoding):
    text = TEXTS[kind]
    text = text + "Channel é: Fp1\n" if kind in ("chbmit", "siena") else text
    data = text.replace("\n", newline).encode(encoding)
    assert read_events(write(NAMES[kind], data)) == EVENTS[kind]


@pytest.mark.parametrize(("kind", "name"), [("Edf", "a.edf"), ("Bdf", "a.bdf"), ("Edf", "night.rec")])
def test_annotations_of_edf_and_bdf(tmp_path, kind, name):
    annotations = [
        edfio.EdfAnnotation(12.5, 4.25, "seizure"),
        edfio.EdfAnnotation(3, None, "eyes closed"),
        edfio.EdfAnnotation(3, 0, "étoile"),
        edfio.EdfAnnotation(20, 1, "bckg"),
    ]
    path = write_edf(tmp_path / name, annotations, kind)
    expected = [Event(3, 3, "eyes closed"), Event(3, 3, "étoile"), Event(12.5, 16.75, "seizure")]
    assert read_events(path) == expected
    assert read_events(path, labels={"Seizure": "sz"}) == [Event(12.5, 16.75, "sz")]


def test_marks_in_edf(tmp_path):
    annotations = [
        edfio.EdfAnnotation(t, None, text) for t, text in [(5, "seizure start"), (9, "Seizure end")]
    ]
    path = write_edf(tmp_path / "a.edf", annotations)
    assert len(read_events(path)) == 2
    assert read_events(path, labels={("seizure start", "seizure end"): "sz"}) == [Event(5, 9)]


def test_edf_without_annotations(tmp_path):
    assert read_events(write_edf(tmp_path / "a.edf", ())) == []


@pytest.mark.parametrize(
    "name", ["chtypes_edf.edf", "test_edf_overlapping_annotations.edf", "preterm_demo.edf"]
)
def test_edf_agrees_with_mne_and_with_the_recording(eeg_data, name):
    mne = pytest.importorskip("mne")
    if not (path := eeg_data / "edf_clinical" / name).exists():
        pytest.skip(f"real data wanted: {path} does not exist")
    events = read_events(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert events == read_recording(path).annotations
        expected = mne.read_annotations(path)
    np.testing.assert_allclose([e.onset for e in events], np.sort(expected.onset), atol=1e-6)
    rows = zip(expected.onset, expected.duration, expected.description, strict=True)
    wanted = sorted((round(onset, 4), round(duration, 4), str(text)) for onset, duration, text in rows)
    assert sorted((round(e.onset, 4), round(e.duration, 4), e.label) for e in events) == wanted


def test_helsinki(tmp_path):
    cells = np.empty((1, 1), dtype=object)
    cells[0, 0] = np.array([[0, 1, 1, 0], [0, 0, 1, 1], [0, 1, 1, 1]], dtype=np.uint8)
    path = tmp_path / "annotations_2017.mat"
    savemat(path, {"annotat_new": cells})
    assert read_events(path, recording=1) == [Event(2, 3)]
    assert read_events(path.rename(tmp_path / "cells"), recording="eeg1", annotator="C") == [Event(1, 4)]
    with pytest.raises(ValueError, match=r"`recording` must be the number of an infant .* got None"):
        read_events(tmp_path / "cells")


def test_labels_of_any_format(write):
    path = write(NAMES["bids"], BIDS)
    assert [event.label for event in read_events(path, labels={"sz_foc_ia": "focal"})] == ["focal"]


@pytest.mark.parametrize("labels", [["fnsz"], {("on", "off"): "sz"}, []])
def test_labels_that_match_nothing(write, labels):
    path = write(NAMES["bids"], BIDS)
    with pytest.warns(
        UserWarning, match=r"it has events labelled \['sz', 'sz_foc_ia'\], and none is kept"
    ) as found:
        assert read_events(path, labels=labels) == []
    assert found[0].filename == __file__


def test_labels_of_a_file_without_a_seizure(write):
    background = write(NAMES["tuh"], TUH.replace("seiz", "BCKG"))
    assert read_events(background) == read_events(background, labels=["seiz"]) == []


@pytest.mark.parametrize("kind", ["bids", "tuh"])
def test_background_in_any_letters(write, kind):
    text = TEXTS[kind].replace("sz_foc_ia", "BCKG").replace("bckg", "Bckg")
    wanted = [event for event in EVENTS[kind] if event.label != "sz_foc_ia"]
    assert read_events(write(NAMES[kind], text)) == wanted


def test_quotes_in_a_table(write):
    text = BIDS.replace("F3,C3", '"F3,C3"').replace("sz_foc_ia", '"sz_foc_ia"')
    assert read_events(write(NAMES["bids"], text)) == EVENTS["bids"]


def test_no_file(tmp_path):
    for path in (tmp_path / "none.tsv", tmp_path):
        with pytest.raises(
            FileNotFoundError, match=r"is no file: give the path of the file with the annotations"
        ):
            read_events(path)


@pytest.mark.parametrize("data", ["", "hello\n", b"\xff\xfe\0\1" * 9, "Channel 1: Fp1\n"])
def test_unknown_format(write, data):
    with pytest.raises(
        ValueError, match=r"notes.txt must be .* one of: EDF.* BIDS .*; CHB-MIT .*; TUH .*; Siena"
    ):
        read_events(write("notes.txt", data))


def test_choices_that_do_not_fit(write):
    path = write(NAMES["tuh"], TUH)
    with pytest.raises(ValueError, match=r"`format` must be one of \['edf', .*\] or None, got 'csv'"):
        read_events(path, format="csv")
    with pytest.raises(ValueError, match=r"`annotator` must be None for .*csv_bi, which has one, got 'A'"):
        read_events(path, annotator="A")
    with pytest.raises(
        ValueError, match=r"`recording` must be None for .*csv_bi, which is of one recording, got 'a'"
    ):
        read_events(path, recording="a")


def mutate(data, rng):
    """Return a file with some of its bytes changed, lost, repeated or moved."""
    data = bytearray(data)
    for _ in range(rng.integers(1, 5)):
        if not data:
            return b""
        first = int(rng.integers(len(data)))
        last = min(len(data), first + int(rng.integers(1, 12)))
        piece = bytes(data[first:last])
        choice = rng.integers(5)
        if choice == 0:
            data[first:last] = rng.integers(0, 256, last - first, dtype=np.uint8).tobytes()
        elif choice == 1:
            del data[first:last]
        elif choice == 2:
            data[first:first] = piece * int(rng.integers(1, 30))
        elif choice == 3:
            data[first:last] = rng.choice(
                [b"nan", b"-", b"1e999", b"\n", b"\t", b",", b":", b"9" * 40, b"\0"]
            )
        else:
            del data[first:]
    return bytes(data)


@pytest.mark.parametrize("kind", [*TEXTS, "edf", "helsinki"])
def test_broken_files_raise_nothing_but_value_errors(write, tmp_path, kind):
    if kind == "edf":
        annotations = [edfio.EdfAnnotation(5, 2, "seizure"), edfio.EdfAnnotation(9, None, "blink")]
        data = write_edf(tmp_path / "whole.edf", annotations, seconds=12).read_bytes()
    elif kind == "helsinki":
        cells = np.empty((1, 2), dtype=object)
        cells[0, :] = [np.eye(3, 9, dtype=np.uint8), np.zeros((3, 4), dtype=np.uint8)]
        savemat(tmp_path / "whole.mat", {"annotat_new": cells})
        data = (tmp_path / "whole.mat").read_bytes()
    else:
        data = TEXTS[kind].encode()
    rng, refused = np.random.default_rng(0), 0
    for _ in range(150):
        path = write("broken.file", mutate(data, rng))
        for name in (None, kind):
            try:
                events = read_events(path, format=name, recording=1 if kind == "helsinki" else None)
            except ValueError:
                refused += 1
            else:
                assert all(isinstance(event, Event) for event in events)
                assert events == sorted(events)
    assert refused >= (10 if kind == "edf" else 100)


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("filler", ["seizure ", "a:", "9", "x ", "("])
def test_a_long_line_takes_no_time(write, kind, filler):
    text = TEXTS[kind].replace("TERM,36", "TERM," + filler * 200_000).replace("36.5", filler * 200_000)
    text = text.replace("Seizure", "Seizure " + filler * 200_000)
    with pytest.raises(ValueError, match="must") as caught:
        read_events(write(NAMES[kind], text))
    assert len(str(caught.value)) < 1000


def test_paths_with_a_home(monkeypatch, write, tmp_path):
    write(NAMES["tuh"], TUH)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read_events(Path("~") / NAMES["tuh"]) == EVENTS["tuh"]
