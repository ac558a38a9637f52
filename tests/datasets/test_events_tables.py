import pytest

from sklearn_eeg._events import Event
from sklearn_eeg.datasets._events_tables import read_bids, read_tuh

COLUMNS = "onset\tduration\teventType\tconfidence\tchannels\tdateTime\trecordingDuration\n"
END = "\t2000-01-01 00:00:00\t3600.00\n"
SEIZURES = (
    f"36.50\t200.25\tsz\t1.00\tn/a{END}304.50\t120.00\tsz_foc_ia\tn/a\tF3,C3{END}10.00\t5.00\tsz\t0\tall{END}"
)
CSV_HEAD = """\
# version = csv_v1.0.0
# bname = aaaaaaac_s001_t000
# duration = 301.00 secs
# montage_file = $NEDC_NFC/lib/nedc_eas_default_montage.txt
#
channel,start_time,stop_time,label,confidence
"""
CSV_BI = (
    CSV_HEAD
    + """\
TERM,0.0000,36.8868,bckg,1.0000
TERM,36.8868,183.3055,seiz,1.0000
TERM,183.3055,301.0000,bckg,1.0000
"""
)
CSV = CSV_HEAD + """\
FP1-F7,0.0000,36.8868,bckg,1.0000
FP1-F7,36.8868,183.3055,cpsz,1.0000
F7-T3,36.8868,183.3055,cpsz,0.5000
FP1-F7,200.0000,210.0000,fnsz,1.0000
F7-T3,200.5000,210.0000,fnsz,1.0000
"""  # fmt: skip


@pytest.fixture
def write(tmp_path):
    def write(text, name="a.tsv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_bids(write):
    assert read_bids(write(COLUMNS + SEIZURES)) == [
        Event(36.5, 236.75, "sz", 1.0),
        Event(304.5, 424.5, "sz_foc_ia", None, ("F3", "C3")),
        Event(10, 15, "sz", 0.0),
    ]


def test_bids_with_the_least_columns_in_another_order(write):
    assert read_bids(write("eventType\tduration\tonset\nsz\t2\t1\n\n")) == [Event(1, 3)]


def test_bids_without_a_seizure(write):
    row = f"0.00\t3600.00\tbckg\tn/a\tn/a{END}"
    assert read_bids(write(COLUMNS + row)) == [Event(0, 3600, "bckg")]


def test_bids_with_quotes(write):
    quoted = write('"onset"\tduration\t"eventType"\tchannels\n"1.5"\t2\t" sz"\t"F3,""C3"\n')
    assert read_bids(quoted) == [Event(1.5, 3.5, "sz", None, ("F3", '"C3'))]
    with pytest.raises(ValueError, match=r"line 2, must hold an onset in seconds"):
        read_bids(write('onset\tduration\teventType\n"1.5\t2\tsz\n'))


def test_bids_may_end_with_the_recording_to_within_its_decimals(write):
    assert read_bids(write(f"{COLUMNS}3500.00\t100.01\tsz\tn/a\tn/a{END}"))[0].duration == pytest.approx(
        100.01
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"must hold the columns onset, duration, eventType and a row, got nothing"),
        (COLUMNS, r"line 1, must hold at least one row below it"),
        ("onset\tduration\n1\t2\n", r"line 1, must hold the names of different columns"),
        (
            "onset\tonset\tduration\teventType\n1\t1\t2\tsz\n",
            r"line 1, must hold the names of different columns",
        ),
        ("onset,duration,eventType\n1,2,sz\n", r"line 1, must hold the names of different columns"),
        (f"{COLUMNS}1\t2\tsz\n", r"line 2, must hold 7 cells, as its columns, got"),
        (f"{COLUMNS}1\t2\tn/a\tn/a\tn/a{END}", r"line 2, must hold an eventType such as 'sz' or 'bckg'"),
        (f"{COLUMNS}n/a\t2\tsz\tn/a\tn/a{END}", r"line 2, must hold an onset in seconds as a number"),
        (
            f"{COLUMNS}-1\t2\tsz\tn/a\tn/a{END}",
            r"line 2, must hold an onset in seconds as a number of at least 0",
        ),
        (f"{COLUMNS}nan\t2\tbckg\tn/a\tn/a{END}", r"line 2, must hold an onset in seconds as a number"),
        (
            f"{COLUMNS}1\t-2\tsz\tn/a\tn/a{END}",
            r"line 2, must hold a duration in seconds as a number of at least 0",
        ),
        (f"{COLUMNS}1\t3600\tsz\tn/a\tn/a{END}", r"line 2, must hold an event within the recording of 3600"),
        (f"{COLUMNS}1\t2\tsz\thigh\tn/a{END}", r"line 2, must hold a confidence from 0 to 1 or n/a"),
        (
            f"{COLUMNS}1\t2\tsz\t1.5\tn/a{END}",
            r"line 2, must hold an event \(`confidence` must lie from 0 to 1",
        ),
        (f"{COLUMNS}1\t2\tsz\tn/a\tn/a\tx\tlong\n", r"line 2, must hold a recordingDuration in seconds"),
        (
            f"{COLUMNS}1e308\t1.7e308\tsz\tn/a\tn/a\tx\tn/a\n",
            r"line 2, must hold an event \(`offset` must be finite",
        ),
    ],
)
def test_bids_faults(write, text, message):
    with pytest.raises(ValueError, match=rf"a.tsv.* {message}"):
        read_bids(write(text))


def test_tuh_of_the_whole_recording(write):
    assert read_tuh(write(CSV_BI)) == [
        Event(0, 36.8868, "bckg", 1.0),
        Event(36.8868, 183.3055, "seiz", 1.0),
        Event(183.3055, 301, "bckg", 1.0),
    ]


def test_tuh_by_channel(write):
    assert read_tuh(write(CSV)) == [
        Event(0, 36.8868, "bckg", 1.0, ("FP1-F7",)),
        Event(36.8868, 183.3055, "cpsz", 0.5, ("FP1-F7", "F7-T3")),
        Event(200, 210, "fnsz", 1.0, ("FP1-F7",)),
        Event(200.5, 210, "fnsz", 1.0, ("F7-T3",)),
    ]
    mixed = CSV_HEAD + "TERM,1,2,seiz,1\nF7-T3,1,2,seiz,1\n"
    assert read_tuh(write(mixed)) == [Event(1, 2, "seiz", 1.0)]


def test_tuh_without_a_seizure_or_comments(write):
    background = write(CSV_HEAD + "TERM,0.0000,301.0000,bckg,1.0000\n")
    assert read_tuh(background) == [Event(0, 301, "bckg", 1.0)]
    assert (
        read_tuh(write("channel, start_time, stop_time, label, confidence\nTERM,1,999,seiz,1\n"))[0].offset
        == 999
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("183.3055,seiz", "18.3055,seiz", r"line 8, must hold an event \(`offset` must be at least `onset`"),
        (
            "36.8868,183",
            "-36.8868,183",
            r"line 8, must hold a start_time in seconds as a number of at least 0",
        ),
        ("183.3055,seiz", "nan,seiz", r"line 8, must hold a stop_time in seconds as a number"),
        ("183.3055,seiz", "302.0000,seiz", r"line 8, must hold an event within the recording of 301.02 s"),
        ("seiz,1.0000", "seiz,2.0000", r"line 8, must hold an event \(`confidence` must lie"),
        ("seiz,1.0000", "seiz", r"line 8, must hold channel,start_time,stop_time,label,confidence, got"),
        ("seiz,1.0000", ",1.0000", r"line 8, must hold channel,start_time,stop_time,label,confidence, got"),
        ("seiz,1.0000", "seiz,sure", r"line 8, must hold a confidence from 0 to 1"),
        ("301.00 secs", "long", r"line 3, must hold a duration in seconds as a number"),
        ("301.00 secs", "5 minutes", r"line 3, must hold the only '# duration = <number> secs'"),
        (
            "# bname = aaa",
            "# duration = 301.00 secs ",
            r"line 3, must hold the only '# duration = <number> secs'",
        ),
        ("start_time", "begin", r"line 6, must hold the columns channel,start_time"),
    ],
)
def test_tuh_faults(write, old, new, message):
    assert old in CSV_BI
    with pytest.raises(ValueError, match=rf"a.csv_bi, {message}"):
        read_tuh(write(CSV_BI.replace(old, new), "a.csv_bi"))


def test_tuh_without_rows(write):
    with pytest.raises(ValueError, match=r"a.csv must hold the columns .* and a row, got nothing"):
        read_tuh(write("# version = csv_v1.0.0\n", "a.csv"))
    with pytest.raises(ValueError, match=r"a.csv, line 6, must hold at least one row below it"):
        read_tuh(write(CSV_HEAD, "a.csv"))
