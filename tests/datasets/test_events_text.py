from pathlib import Path

import pytest

from sklearn_eeg._events import Event
from sklearn_eeg.datasets._events_text import Line, Listed, pick_recording, read_lines


def line(text):
    return Line(Path("a.txt"), 7, text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_in_the_usual_encodings(tmp_path, encoding, newline):
    path = tmp_path / "a.txt"
    path.write_bytes(newline.join(["  one é", "", " \t", "three\t ", ""]).encode(encoding))
    assert [(each.number, each.text) for each in read_lines(path)] == [(1, "one é"), (4, "three")]


def test_key_and_value():
    said = line("Seizure 1  Start\tTime :  2996 seconds: more")
    assert (said.key, said.value) == ("seizure1starttime", "2996 seconds: more")
    assert (line("Channel changed").key, line("Channel changed").value) == ("", "")


@pytest.mark.parametrize(
    ("text", "matters"),
    [
        ("Channel 5: 1", False),
        ("Data Sampling Rate: 512 Hz", False),
        ("Channels in EDF Files:", False),
        ("*****", False),
        ("Seizur start tme 19.58.36", True),
        ("SEIZURE", True),
        ("Fle nme: PN00-1.edf", True),
    ],
)
def test_lines_that_may_matter(text, matters):
    assert line(text).may_matter is matters


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("2996", 2996), (" 1.25 ", 1.25), (".5", 0.5), ("3.", 3), ("+1e2", 100), ("-0", 0)],
)
def test_numbers(text, seconds):
    assert line("x").number_of(text, "a time") == seconds


@pytest.mark.parametrize("text", ["", "-1", "nan", "inf", "1e999", "1_000", "0x10", "1,5", "٣", "1 2", "n/a"])
def test_no_numbers(text):
    with pytest.raises(
        ValueError, match=r"a.txt, line 7, must hold a time as a number of at least 0, got 'x'"
    ):
        line("x").number_of(text, "a time")


@pytest.mark.parametrize("text", ["19.58.36", "19:58:36", " 1 9.58 :36", "19:58.36"])
def test_clocks(text):
    assert line("x").clock_of(text) == 19 * 3600 + 58 * 60 + 36
    assert line("x").clock_of("7:00:05") == 7 * 3600 + 5


@pytest.mark.parametrize("text", ["", "19.58", "19.60.00", "19.00.60", "19.58.36 20.00.00", "19.5.36", "a"])
def test_no_clocks(text):
    with pytest.raises(ValueError, match=r"line 7, must hold one time by the clock, such as 19:58:36"):
        line("x").clock_of(text)


def test_events():
    assert line("x").event(1, 2, "fnsz", 0.5, ("F3",), duration=2) == Event(1, 2, "fnsz", 0.5, ("F3",))
    with pytest.raises(
        ValueError, match=r"an event within the recording of 1.9 s, not one until 2 s, got 'x'"
    ):
        line("x").event(1, 2, duration=1.9)
    with pytest.raises(
        ValueError, match=r"line 7, must hold an event \(`offset` must be at least `onset`, 2.0"
    ):
        line("x").event(2, 1)
    with pytest.raises(ValueError, match=r"must hold an event \(`confidence` must lie from 0 to 1, got 3"):
        line("x").event(1, 2, "sz", 3)


def test_a_long_line_is_cut_in_the_message():
    with pytest.raises(ValueError, match=r"got 'x{120}\.\.\.': correct the file"):
        line("x" * 10_000).fail("less")


def listed(*names):
    return [Listed(name, line(name), list) for name in names]


def test_picking_a_recording():
    sections = listed("chb01_01.edf", "chb01_03.edf")
    for name in [
        "chb01_03.edf",
        "chb01_03",
        "CHB01_03.EDF",
        "data/chb01/chb01_03.edf",
        Path("x/chb01_03.edf"),
    ]:
        assert pick_recording(sections, name, Path("s.txt")) is sections[1]
    assert pick_recording(sections[:1], None, Path("s.txt")) is sections[0]


def test_recordings_that_cannot_be_picked():
    names = r"\['chb01_01.edf', 'chb01_03.edf'\]"
    with pytest.raises(
        ValueError, match=rf"`recording` must name one of the 2 recordings of s.txt, got None.*{names}"
    ):
        pick_recording(listed("chb01_01.edf", "chb01_03.edf"), None, Path("s.txt"))
    with pytest.raises(
        ValueError, match=rf"`recording` must be one of {names}, which s.txt lists, got 'chb01_02'"
    ):
        pick_recording(listed("chb01_01.edf", "chb01_03.edf"), "chb01_02", Path("s.txt"))
    with pytest.raises(
        ValueError, match=r"must hold a recording that is not yet listed \(line 7\), got 'a.edf'"
    ):
        pick_recording(listed("a.edf", "b.edf", "a.edf"), "a", Path("s.txt"))
