import pytest

from sklearn_eeg._events import Event
from sklearn_eeg.datasets._events_siena import read_siena

HEAD = "PN00\n\nData Sampling Rate: 512 Hz\n\nChannels in EDF files:\nChannel 1: Fp1      \nChannel 5: 1\n\n"
FIRST = """\
Seizure n 1
File name: PN00-1.edf
Registration start time: 19.39.33
Registration end time:  20.22.58
Seizure start time: 19.58.36
Seizure end time: 19.59.46

"""
MIDNIGHT = """\
Seizure n 2 (in sleep):
File name: PN00-2.edf 
Registration start time:23:18:17
Registration end time: 02.56.19
Start time: 00.38.37 
End time:00.39.31 (end of clonic phase)

"""  # noqa: W291
BEYOND = """\
Seizure n3
File name: PN00-3.edf
Registration start time: 18.15.44
Registration end time: 18.57.13
Seizure start time: 18.28.29
Seizure end time: 19.29.29
"""
SHARED = """\
File name: PN01.edf
Registration start time: 19.00.44
Registration end time: 08.14.29
Seizure n 1
Seizure start time: 21.51.02
Seizure end time: 21.51.56
Seizure n 2
File name: PN01.edf
Seizure start time: 07.53.17
Seizure end time: 07.54.31
"""


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "Seizures-list-PN00.txt"
        path.write_text(text)
        return path

    return write


def test_times_from_the_start_of_the_registration(write):
    path = write(HEAD + FIRST + MIDNIGHT + BEYOND)
    assert read_siena(path, "PN00-1.edf") == [Event(1143, 1213)]
    assert read_siena(path, "PN00-2") == [Event(4820, 4874)]


def test_a_recording_with_several_seizures(write):
    day = 24 * 3600
    start = 19 * 3600 + 44
    second = day + 7 * 3600 + 53 * 60 + 17 - start
    assert read_siena(write(SHARED), None) == [Event(10218, 10272), Event(second, second + 74)]
    again = SHARED.replace("Seizure n 2\nFile name: PN01.edf\n", "Seizure n 2\n")
    assert read_siena(write(again), "PN01") == [Event(10218, 10272), Event(second, second + 74)]


def test_a_blank_inside_a_time(write):
    path = write(FIRST.replace("19.39.33", "1 9.39.33"))
    assert read_siena(path, None) == [Event(1143, 1213)]


def test_another_recording_may_be_faulty(write):
    path = write(FIRST + MIDNIGHT + BEYOND)
    with pytest.raises(ValueError, match=r"line 20, must hold a time within the registration of PN00-3.edf"):
        read_siena(path, "PN00-3.edf")
    with pytest.raises(ValueError, match=r"`recording` must name one of the 3 recordings"):
        read_siena(path, None)
    with pytest.raises(ValueError, match=r"must be one of \['PN00-1.edf', .*\], .* got 'PN01-1'"):
        read_siena(path, "PN01-1")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("19.58.36", "19.38.36", r"line 5, must hold a time within the registration of PN00-1.edf"),
        ("19.59.46", "19.57.46", r"line 6, must hold an event \(`offset` must be at least `onset`"),
        ("19.59.46", "20.22.59", r"line 6, must hold a time within the registration"),
        ("19.59.46", "19.59.46 opure 19.59.25", r"line 6, must hold one time by the clock"),
        ("19.58.36", "19.58.36 (CLINICAL); 19.58.42 (ELECTRIC)", r"line 5, must hold one time by the clock"),
        ("19.58.36", "24.58.36", r"line 5, must hold a time of day"),
        ("19.58.36", "later", r"line 5, must hold one time by the clock, .* got 'Seizure start time: later'"),
        ("20.22.58", "", r"line 4, must hold one time by the clock"),
        ("Registration start time: 19.39.33\n", "", r"line 2, .* 'Registration start time' below"),
        ("Registration end time:  20.22.58\n", "", r"line 2, .* 'Registration end time' below"),
        ("Seizure end time: 19.59.46\n", "", r"line 1, .* 'Seizure end time' below"),
        ("Seizure start time", "Seizure strt time", r"line 5, must hold a line of a Siena seizure list"),
        ("Seizure start time: ", "Seizure start time ", r"line 5, must hold a line of a Siena seizure list"),
        ("Seizure end", "Seizure start", r"line 6, must hold no second start time beside that of line 5"),
        ("Seizure n 1\n", "", r"line 4, must hold a time below the 'Seizure n 1' of its seizure"),
        ("Seizure n 1", "Seizure n one", r"line 1, must hold a line of a Siena seizure list"),
        ("File name: PN00-1.edf\n", "", r"line 2, must hold a time below the 'File name' of its recording"),
        ("File name: PN00-1.edf", "File name:", r"line 2, must hold the name of a recording"),
    ],
)
def test_faults(write, old, new, message):
    assert old in FIRST
    with pytest.raises(ValueError, match=rf"Seizures-list-PN00.txt, {message}"):
        read_siena(write(FIRST.replace(old, new)), None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (FIRST + MIDNIGHT.replace("n 2", "n 1"), r"line 8, must hold the number of a seizure above 1"),
        (
            FIRST + MIDNIGHT.replace("Seizure n 2 (in sleep):\n", ""),
            r"line 11, must hold a time of a seizure of PN00-2",
        ),
        (
            FIRST + MIDNIGHT.replace("File name: PN00-2.edf \n", ""),
            r"line 9, must hold no second start time .* line 3",
        ),
        (FIRST + "Seizure n 4\n", r"line 8, must hold the number of a seizure with its start and end"),
    ],
)
def test_faults_between_seizures(write, text, message):
    with pytest.raises(ValueError, match=rf"Seizures-list-PN00.txt, {message}"):
        read_siena(write(text), "PN00-1")


def test_a_recording_without_a_seizure(write):
    with pytest.raises(ValueError, match=r"line 8, must hold the name of a recording with a seizure below"):
        read_siena(write(FIRST + "File name: PN00-2.edf\n"), "PN00-2")


def test_no_seizures(write):
    with pytest.raises(
        ValueError, match=r"Seizures-list-PN00.txt must list seizures as 'Seizure n 1', got none"
    ):
        read_siena(write(HEAD), None)
