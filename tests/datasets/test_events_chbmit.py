import pytest

from sklearn_eeg._events import Event
from sklearn_eeg.datasets._events_chbmit import read_chbmit

HEAD = "Data Sampling Rate: 256 Hz\n*****************\n\nChannels in EDF Files:\n*****************\n"
CHANNELS = "Channel 1: FP1-F7\nChannel 2: F7-T7\n\n"
WITHOUT = """\
File Name: chb01_01.edf
File Start Time: 11:42:54
File End Time: 12:42:54
Number of Seizures in File: 0

"""
ONE = """\
File Name: chb01_03.edf
File Start Time: 13:43:04
File End Time: 14:43:04
Number of Seizures in File: 1
Seizure Start Time: 2996 seconds
Seizure End Time: 3036 seconds

"""
TWO = """\
Channels changed:
Channel 1: FP1-F7
File Name: chb04_28.edf
File Start Time: 23:51:52
File End Time: 25:01:52
Number of Seizures in File: 2
Seizure 1 Start Time:             1679 seconds
Seizure 1 End Time: 	1781 seconds
Seizure 2 Start Time: 3782 seconds
Seizure 2 End Time: 3898 seconds
"""
NO_CLOCK = TWO.replace("File Start Time: 23:51:52\nFile End Time: 25:01:52\n", "")
SUMMARY = HEAD + CHANNELS + WITHOUT + ONE + TWO


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "chb01-summary.txt"
        path.write_text(text)
        return path

    return write


def test_recordings_of_a_summary(write):
    path = write(SUMMARY)
    assert read_chbmit(path, "chb01_01.edf") == []
    assert read_chbmit(path, "chb01_03.edf") == [Event(2996, 3036)]
    assert read_chbmit(path, "chb04_28") == [Event(1679, 1781), Event(3782, 3898)]


def test_a_summary_without_clocks_or_with_one_recording(write):
    assert read_chbmit(write(NO_CLOCK), None) == [Event(1679, 1781), Event(3782, 3898)]
    assert read_chbmit(write(WITHOUT), None) == []


def test_the_recording_must_be_named(write):
    names = r"\['chb01_01.edf', 'chb01_03.edf', 'chb04_28.edf'\]"
    with pytest.raises(
        ValueError, match=rf"`recording` must name one of the 3 recordings of .*summary.txt.*{names}"
    ):
        read_chbmit(write(SUMMARY), None)
    with pytest.raises(ValueError, match=rf"`recording` must be one of {names}.* got 'chb01_02'"):
        read_chbmit(write(SUMMARY), "chb01_02")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "File: 1",
            "File: 2",
            r"line 12, must hold the name of a recording with 2 seizures below.*not 2 times",
        ),
        ("File: 1", "File: 0", r"line 12, must hold the name of a recording with 0 seizures below"),
        ("File: 1", "File: one", r"line 15, must hold the only number of seizures of chb01_03.edf"),
        ("File: 1", "File: -1", r"line 15, must hold the only number"),
        ("Number of Seizures in File: 1\n", "", r"line 12, .* with its 'Number of Seizures in File' below"),
        (
            "Number of Seizures in File: 1\n",
            "Number of Seizures in File: 1\n" * 2,
            r"line 16, .* the only number",
        ),
        ("3036", "2995", r"line 17, must hold an event \(`offset` must be at least `onset`"),
        ("2996", "-2996", r"line 16, must hold the start of a seizure in seconds as a number of at least 0"),
        ("2996", "nan", r"line 16, must hold the start of a seizure in seconds as a number"),
        ("2996 seconds", "soon", r"line 16, must hold the start .* got 'Seizure Start Time: soon'"),
        ("2996 seconds", "2996 minutes", r"line 16, must hold the start of a seizure in seconds"),
        ("2996 seconds", "", r"line 16, must hold the start of a seizure in seconds"),
        ("3036", "3601", r"line 17, must hold an event within the recording of 3600.* not one until 3601 s"),
        ("Seizure End Time: 3036 seconds\n", "", r"line 12, .* 1 seizures below.* \(not 1 times"),
        ("Seizure Start Time: 2996 seconds\n", "", r"line 16, must hold the start of seizure 1 of chb01_03"),
        ("Seizure Start", "Seizure 2 Start", r"line 16, must hold the start of seizure 1 of chb01_03"),
        ("Seizure Start", "Seizure Strat", r"line 16, must hold a line of a CHB-MIT summary"),
        ("Seizure Start Time:", "Seizure Start Time", r"line 16, must hold a line of a CHB-MIT summary"),
        ("14:43:04", "14:63:04", r"line 14, must hold one time by the clock"),
        ("File End", "File Start", r"line 14, must hold no second start time of chb01_03.edf"),
        ("chb01_03.edf", "", r"line 12, must hold the name of a recording"),
        ("File Name: chb01_03", "Fle Nme: chb01_03", r"line 12, must hold a line of a CHB-MIT summary"),
        (
            "File Name: chb01_03",
            "File Name: chb01_01",
            r"line 12, must hold a recording that is not yet.*line 7",
        ),
    ],
)
def test_faults(write, old, new, message):
    assert old in ONE
    path = write("\n" + HEAD + WITHOUT + ONE.replace(old, new))
    with pytest.raises(ValueError, match=rf"chb01-summary.txt, {message}"):
        read_chbmit(path, "chb01_01" if "chb01_01" in new else "chb01_03.edf")


def test_lines_before_the_first_recording(write):
    with pytest.raises(ValueError, match=r"line 1, must hold a line below the 'File Name' of its recording"):
        read_chbmit(write("Number of Seizures in File: 1\n" + ONE), None)


def test_no_recordings(write):
    with pytest.raises(
        ValueError, match=r"summary.txt must list recordings as 'File Name: chb01_03.edf', got none"
    ):
        read_chbmit(write(HEAD), None)


@pytest.mark.parametrize("number", range(1, len(ONE.splitlines())))
def test_any_line_lost_is_noticed_or_harmless(write, number):
    lines = ONE.splitlines()
    gone = lines.pop(number)
    path = write("\n".join(lines))
    if not gone or gone.startswith(("File Start", "File End")):
        assert read_chbmit(path, None) == [Event(2996, 3036)]
    else:
        with pytest.raises(ValueError, match="must hold"):
            read_chbmit(path, None)
