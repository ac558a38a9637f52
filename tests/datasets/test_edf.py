import datetime
import warnings

import numpy as np
import pytest

from sklearn_eeg.datasets import Event
from sklearn_eeg.datasets._edf import edf_kind, open_edf
from sklearn_eeg.datasets._unreadable import UnreadableError

edfio = pytest.importorskip("edfio")

FIELDS = {"header": 184, "reserved": 192, "records": 236, "seconds": 244, "signals": 252}
WAVE = np.tile([-100.0, 0.0, 50.0, 100.0], 256)  # 4 s at 256 Hz


def write(path, *, bdf=False, annotations=None, labels=("Cz", "ECG"), **more):
    kind, signal = (edfio.Bdf, edfio.BdfSignal) if bdf else (edfio.Edf, edfio.EdfSignal)
    signals = [signal(WAVE, 256, label=label, physical_dimension="uV") for label in labels]
    kind(signals, annotations=annotations, data_record_duration=1, **more).write(path)
    return path


def patch(path, **fields):
    """Overwrite fields of the header, by name, and signal fields by (offset of the field, bytes)."""
    raw = bytearray(path.read_bytes())
    for name, value in fields.items():
        width = {"reserved": 44, "signals": 4}.get(name, 8)
        raw[FIELDS[name] : FIELDS[name] + width] = str(value).encode().ljust(width)
    path.write_bytes(bytes(raw))
    return path


def patch_signal(path, field, row, value, *, encoding="ascii"):
    """Overwrite one field of a signal's header."""
    widths = {"label": 16, "transducer": 80, "unit": 8, "pmin": 8, "pmax": 8, "dmin": 8, "dmax": 8,
              "filter": 80, "size": 8}  # fmt: skip
    raw = bytearray(path.read_bytes())
    count, place = int(raw[252:256]), 256
    for name, width in widths.items():
        if name == field:
            place += row * width
            raw[place : place + width] = value.encode(encoding).ljust(width)
            break
        place += count * width
    path.write_bytes(bytes(raw))
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "night.edf"


@pytest.mark.parametrize("bdf", [False, True])
def test_header_and_samples(path, bdf):
    file = open_edf(write(path, bdf=bdf))
    assert (file.kind, file.n_records, file.record_seconds, file.sizes) == (
        ["EDF", "BDF"][bdf],
        4,
        1.0,
        (256, 256),
    )
    assert (file.annotation_rows, file.notes, file.discontinuous) == ((), (), False)
    ecg, cz = file.read([1, 0], 1, 2)
    step = 200 / (2**24 - 1 if bdf else 2**16 - 1)
    np.testing.assert_allclose(cz, WAVE[256:768], atol=step)
    np.testing.assert_array_equal(ecg, cz)


def test_kind_is_told_by_the_first_bytes(path):
    assert edf_kind(write(path)) == "EDF"
    assert edf_kind(write(path, bdf=True)) == "BDF"
    path.write_bytes(b"PNG")
    assert edf_kind(path) is None
    with pytest.raises(UnreadableError, match=r"night.edf is no EDF or BDF file"):
        open_edf(path)


def test_channels(path):
    write(path, labels=("EEG FP1-REF", "ECG"), annotations=[])
    patch_signal(path, "unit", 0, "µV", encoding="latin-1")
    first, second = open_edf(path).channels()
    assert (first.label, first.kind, first.sfreq, first.unit, first.row) == (
        "EEG FP1-REF",
        "eeg",
        256.0,
        "µV",
        0,
    )
    assert (first.problem, first.largest) == ("", 100.0)
    assert (second.kind, second.row) == ("ecg", 1)


def test_annotation_signal_before_the_others(path, tmp_path):
    """As some devices write it: `row` counts it, and samples come from the right place."""
    write(path, annotations=[edfio.EdfAnnotation(1.5, 2, "seizure")])
    written = edfio.read_edf(path, lazy_load_data=False)
    written._signals = (written._signals[2], *written._signals[:2])
    written.write(tmp_path / "other.edf")
    file = open_edf(tmp_path / "other.edf")
    assert file.annotation_rows == (0,)
    assert [channel.row for channel in file.channels()] == [1, 2]
    np.testing.assert_array_equal(*file.read([1], 0, 4), *open_edf(path).read([0], 0, 4))
    assert file.events() == ([Event(1.5, 3.5, "seizure")], 0)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_headers_may_hold_any_letters(path, encoding):
    patch_signal(write(path), "label", 0, "Cz µ", encoding=encoding)
    raw = bytearray(path.read_bytes())
    raw[8:88] = "Müller, Zoë".encode(encoding).ljust(80)
    path.write_bytes(bytes(raw))
    assert open_edf(path).channels()[0].label == "Cz µ"


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("pmin", "100", "its physical minimum and maximum are both 100"),
        ("pmax", "nan", "its physical range is -100.0 to nan"),
        ("pmin", "low", "its physical or digital range is no number"),
        ("pmin", "", "its physical or digital range is no number"),
        ("dmax", "1.5", "its physical or digital range is no number"),
        ("dmax", "-32768", "its digital minimum, -32768, is not below its digital maximum, -32768"),
        ("dmin", "32768", "its digital minimum, 32768, is not below its digital maximum, 32767"),
    ],
)
def test_calibrations_that_are_none(path, field, value, problem):
    patch_signal(write(path), field, 0, value)
    broken, fine = open_edf(path).channels()
    assert broken.problem == problem
    assert fine.problem == ""


def test_a_turned_physical_range_is_negative_polarity(path):
    write(path)
    patch_signal(patch_signal(path, "pmin", 0, "100"), "pmax", 0, "-100")
    file = open_edf(path)
    assert file.channels()[0].problem == ""
    turned, plain = file.read([0, 1], 0, 4)
    np.testing.assert_allclose(turned, -plain, atol=1e-9)


def test_a_channel_without_samples(tmp_path):
    path = tmp_path / "empty.edf"
    raw = write(path, labels=("Cz",)).read_bytes()
    head, data = raw[:512], raw[512:]
    fixed = head[:184] + b"768     " + head[192:252] + b"2   "
    fields, place = b"", 256
    for width in (16, 80, 8, 8, 8, 8, 8, 80, 8, 32):
        own = head[place : place + width]
        fields += own + (b"0".ljust(8) if len(fields) == 2 * 216 else own)
        place += width
    path.write_bytes(fixed + fields + data)
    file = open_edf(path)
    assert file.sizes == (256, 0)
    assert file.channels()[1].problem == "it has no samples"


@pytest.mark.parametrize("bdf", [False, True])
def test_annotations(path, bdf):
    given = [
        edfio.EdfAnnotation(3.25, None, "late"),
        edfio.EdfAnnotation(0.5, 2.0, "Anfall ä"),
        edfio.EdfAnnotation(0.5, None, "same time"),
    ]
    file = open_edf(write(path, bdf=bdf, annotations=given))
    events, n_unreadable = file.events()
    expected = [Event(0.5, 0.5, "same time"), Event(0.5, 2.5, "Anfall ä"), Event(3.25, 3.25, "late")]
    assert (events, n_unreadable) == (expected, 0)
    assert file.onsets(range(4)) == [0, 1, 2, 3]


def test_times_are_from_the_first_sample(path):
    start = datetime.time(23, 59, 59, 750000)
    recording = edfio.Recording(startdate=datetime.date(2020, 2, 28))
    given = [edfio.EdfAnnotation(1.5, 1, "seizure")]
    file = open_edf(write(path, annotations=given, starttime=start, recording=recording))
    assert file.first_onset() == 0.75
    assert file.events()[0] == [Event(1.5, 2.5, "seizure")]
    assert file.start() == datetime.datetime(2020, 2, 28, 23, 59, 59, 750000)


def test_times_stay_decimal(path):
    start, given = datetime.time(1, 2, 3, 100000), [edfio.EdfAnnotation(1.35, 0.2, "seizure")]
    assert open_edf(write(path, annotations=given, starttime=start)).events()[0] == [
        Event(1.35, 1.55, "seizure")
    ]


def test_start_by_the_older_field_and_none_if_hidden_or_wrong(path):
    write(path, starttime=datetime.time(1, 2, 3))
    assert open_edf(path).start() is None
    raw = bytearray(path.read_bytes())
    raw[88:168], raw[168:176] = b"EEG of the night".ljust(80), b"31.12.99"
    path.write_bytes(bytes(raw))
    assert open_edf(path).start() == datetime.datetime(1999, 12, 31, 1, 2, 3)
    raw[168:176] = b"99.99.99"
    path.write_bytes(bytes(raw))
    assert open_edf(path).start() is None


@pytest.mark.parametrize("bdf", [False, True])
def test_a_file_of_annotations_only(path, bdf):
    kind = edfio.Bdf if bdf else edfio.Edf
    kind([], annotations=[edfio.EdfAnnotation(1, 2, "seizure")]).write(path)
    with pytest.raises(UnreadableError, match=r"night.edf holds annotations only, no signals: `read_events`"):
        open_edf(path)
    assert open_edf(path, annotations_only=True).events() == ([Event(1, 3, "seizure")], 0)


def test_cut_off(path):
    whole = write(path).read_bytes()
    path.write_bytes(whole[: 768 + 1024 * 2 + 700])
    file = open_edf(path)
    assert (file.n_records, file.notes) == (2, (f"{path} is cut off: 2 of 4 s are missing at its end.",))
    np.testing.assert_allclose(*file.read([0], 0, 2), WAVE[:512], atol=0.01)
    path.write_bytes(whole[: 768 + 1000])
    with pytest.raises(
        UnreadableError, match="no whole data record: after the header there are 1000 bytes, .* 1024"
    ):
        open_edf(path)


@pytest.mark.parametrize("said", [-1, 0])
def test_not_closed(path, said):
    file = open_edf(patch(write(path), records=said))
    assert file.n_records == 4
    assert "does not say how long it is" in file.notes[0]
    assert "the 4 s that are there" in file.notes[0]


def test_something_behind_the_end(path):
    path.write_bytes(write(path).read_bytes() + b"x" * 5000)
    file = open_edf(path)
    assert (file.n_records, file.notes) == (
        4,
        (f"{path} goes on for 5000 bytes behind its last data record: left out.",),
    )


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"signals": 0}, "number of signals is 0"),
        ({"signals": "2.5"}, "number of signals is 2.5"),
        ({"signals": "abc"}, r"number of signals must be a number, got b'abc '"),
        ({"signals": 9999}, r"9999 signals, so that its header is 2560000 bytes long, but it says 768"),
        ({"signals": 9999, "header": 2560000}, "ends within its header, after 4864 bytes"),
        ({"header": 1024}, "2 signals, so that its header is 768 bytes long, but it says 1024"),
        ({"seconds": 0}, "data records last 0 s"),
        ({"seconds": -1}, "data records last -1 s"),
        ({"seconds": "1e-9"}, "256 samples in data records of 1e-09 s cannot be EEG"),
        ({"seconds": "inf"}, "duration of a data record must be a number, got b'inf "),
        ({"records": "many"}, "number of data records must be a number"),
    ],
)
def test_damaged_headers(path, fields, match):
    with pytest.raises(UnreadableError, match=match):
        open_edf(patch(write(path), **fields))


@pytest.mark.parametrize(("sizes", "match"), [("-5", "hold"), ("2.5", "hold"), ("", "must be a number")])
def test_damaged_sizes(path, sizes, match):
    with pytest.raises(UnreadableError, match=match):
        open_edf(patch_signal(write(path), "size", 1, sizes))


def test_a_header_of_a_hundred_million_records_costs_nothing(path):
    file = open_edf(patch(write(path), records=99999999))
    assert file.n_records == 4
    assert "cut off: 1e+08 of 1e+08 s" in file.notes[0]


def test_ends_within_the_fixed_header(path):
    path.write_bytes(write(path).read_bytes()[:200])
    with pytest.raises(UnreadableError, match="ends within its header, after 200 bytes"):
        open_edf(path)


def test_a_file_that_shrank_after_it_was_opened(path):
    file = open_edf(write(path))
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(UnreadableError, match="has become shorter since it was opened"):
        file.read([0], 2, 2)


def test_edfio_is_quiet(path):
    """Of what is wrong with a file only our own warnings tell."""
    write(path, annotations=[])
    path.write_bytes(path.read_bytes()[:-1500])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        file = open_edf(path)
        file.channels(), file.start(), file.events(), list(file.read([0], 0, 1))
