from datetime import datetime

import numpy as np
import pytest

from sklearn_eeg.datasets import Event, read_events
from sklearn_eeg.detection import write_events

EVENTS = [
    Event(0.0, 7.5),
    Event(12.345, 80.001, "sz_foc_ia", 0.75, ("Fp1-F7", "C3")),
    Event(90.0, 100.0, "sz", 1.0),
]


def test_a_table_is_read_back_as_it_was(tmp_path):
    path = write_events(tmp_path / "a_events.tsv", EVENTS, duration_seconds=100)
    assert read_events(path) == EVENTS


def test_random_times_are_read_back(tmp_path):
    rng = np.random.default_rng(0)
    onset = np.sort(rng.uniform(0, 80000, 300)).round(3)
    events = [Event(a, round(a + b, 3)) for a, b in zip(onset.tolist(), rng.uniform(0, 90, 300), strict=True)]
    path = write_events(tmp_path / "a.tsv", events, duration_seconds=86400)
    assert read_events(path) == sorted(events)
    pytest.importorskip("edfio")
    assert read_events(write_events(tmp_path / "a.edf", events, duration_seconds=86400)) == sorted(events)


def test_annotations_lack_confidence_and_channels(tmp_path):
    pytest.importorskip("edfio")
    path = write_events(tmp_path / "a.edf", EVENTS, duration_seconds=100, start=datetime(2024, 2, 3, 4, 5, 6))
    assert read_events(path) == [Event(event.onset, event.offset, event.label) for event in EVENTS]
    assert b"Startdate 03-FEB-2024" in path.read_bytes()[:256]
    assert b"04.05.06" in path.read_bytes()[:256]


@pytest.mark.parametrize("suffix", [".tsv", ".edf"])
def test_no_event_is_background(tmp_path, suffix):
    if suffix == ".edf":
        pytest.importorskip("edfio")
    path = write_events(tmp_path / f"a{suffix}", [], duration_seconds=60)
    assert read_events(path) == []
    assert b"bckg" in path.read_bytes()


def test_columns_are_those_of_szcore(tmp_path):
    path = write_events(
        tmp_path / "a.tsv", EVENTS[:1], duration_seconds=60, start=datetime(2024, 2, 3, 4, 5, 6)
    )
    head, row = path.read_text().splitlines()
    assert head.split("\t") == [
        "onset", "duration", "eventType", "confidence", "channels", "dateTime", "recordingDuration",
    ]  # fmt: skip
    assert row.split("\t") == ["0.0", "7.5", "sz", "n/a", "all", "2024-02-03 04:05:06", "60.0"]


@pytest.mark.parametrize(
    ("events", "match"),
    [
        ([(50, 61)], "must lie within the recording, 0 to 60 s, got one from 50 to 61 s"),
        ([(-1, 5)], "got one from -1 to 5 s"),
        ([Event(1, 2, "a\tb")], "labels and channels of plain text"),
        ([Event(1, 2, " ")], "labels and channels of plain text"),
        ([Event(1, 2, "n/a")], "labels and channels of plain text"),
        ([Event(1, 2, "sz", None, ("C3,C4",))], "channels without a comma"),
    ],
)
def test_what_could_not_be_read_back_is_refused(tmp_path, events, match):
    with pytest.raises(ValueError, match=match):
        write_events(tmp_path / "a.tsv", events, duration_seconds=60)
    assert not list(tmp_path.iterdir())


def test_other_endings_and_durations_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"`path` must end in .tsv or .edf, got .*a.csv"):
        write_events(tmp_path / "a.csv", [], duration_seconds=60)
    with pytest.raises(ValueError, match="`duration_seconds` must be a positive number of seconds, got 0"):
        write_events(tmp_path / "a.tsv", [], duration_seconds=0)
