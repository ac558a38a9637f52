import errno
import json
import os

import pytest

from sklearn_eeg.detection._run_folder import RunFolder, read_manifest, stamp

TASK = {"task": "detect", "parameters": {"threshold": 0.5}, "fingerprint": "abc"}


def record(path, status="done", files=()):
    return {"path": str(path), "status": status, "files": list(files), "source": stamp(path)}


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "a.edf"
    path.write_bytes(b"123")
    return path


def test_a_run_is_remembered(tmp_path, recording):
    folder = RunFolder(tmp_path / "out" / "deep", TASK, resume=True)
    assert not folder.is_done(recording)
    folder.add(record(recording))
    again = RunFolder(tmp_path / "out" / "deep", TASK, resume=True)
    assert again.is_done(recording)
    assert again.records == folder.records


def test_a_failure_is_not_done_and_the_last_record_counts(tmp_path, recording):
    folder = RunFolder(tmp_path / "out", TASK, resume=True)
    folder.add(record(recording, "failed"))
    assert not folder.is_done(recording)
    folder.add(record(recording))
    assert RunFolder(tmp_path / "out", TASK, resume=True).is_done(recording)
    assert len((tmp_path / "out" / "manifest.jsonl").read_text().splitlines()) == 1


def test_results_that_are_gone_or_a_file_that_changed_are_done_anew(tmp_path, recording):
    folder = RunFolder(tmp_path / "out", TASK, resume=True)
    (tmp_path / "out" / "x.parquet").write_bytes(b"")
    folder.add(record(recording, files=["x.parquet"]))
    assert folder.is_done(recording)
    (tmp_path / "out" / "x.parquet").unlink()
    assert not folder.is_done(recording)
    folder.add(record(recording))
    recording.write_bytes(b"1234")
    assert not folder.is_done(recording)


@pytest.mark.parametrize("torn", ['{"path": "b", "sta', "\0\0\0\n", '{"path": "b"\n', "[1]\n", '{"a": 1}\n'])
def test_a_torn_line_is_forgotten(tmp_path, recording, torn):
    folder = RunFolder(tmp_path / "out", TASK, resume=True)
    folder.add(record(recording))
    manifest = tmp_path / "out" / "manifest.jsonl"
    with manifest.open("a") as file:
        file.write(torn)
    again = RunFolder(tmp_path / "out", TASK, resume=True)
    assert list(again.records) == [str(recording)]
    again.add(record(recording, "failed"))
    assert read_manifest(tmp_path / "out")[str(recording)]["status"] == "failed"


def test_a_line_is_written_whole_or_not_at_all(tmp_path, recording, monkeypatch):
    folder = RunFolder(tmp_path / "out", TASK, resume=True)
    folder.add(record(recording))
    before = (tmp_path / "out" / "manifest.jsonl").read_bytes()

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        folder.add(record(recording, "failed"))
    assert (tmp_path / "out" / "manifest.jsonl").read_bytes() == before
    assert folder.is_done(recording)


def test_another_run_is_refused(tmp_path):
    RunFolder(tmp_path / "out", TASK, resume=True)
    with pytest.raises(ValueError, match="made with other parameters: name another folder"):
        RunFolder(tmp_path / "out", TASK | {"parameters": {"threshold": 0.6}}, resume=True)
    with pytest.raises(ValueError, match="made with another fitted detector or transformer"):
        RunFolder(tmp_path / "out", TASK | {"fingerprint": "xyz"}, resume=True)
    with pytest.raises(
        ValueError, match=r"`out` must be a new folder with resume=False, got .*/out, which holds"
    ):
        RunFolder(tmp_path / "out", TASK, resume=False)


def test_a_folder_of_other_things_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(ValueError, match=r"an empty one or one with a run .* holds \['thesis.tex'\]"):
        RunFolder(tmp_path, TASK, resume=True)


def test_a_file_is_no_folder(tmp_path, recording):
    for out in (recording, recording / "deep"):
        with pytest.raises(ValueError, match=r"`out` must be a folder, got the file .*a\.edf"):
            RunFolder(out, TASK, resume=True)


def test_a_damaged_description_is_told(tmp_path):
    RunFolder(tmp_path / "out", TASK, resume=True)
    (tmp_path / "out" / "run.json").write_text("{")
    with pytest.raises(ValueError, match=r"run\.json cannot be read .*: name another folder"):
        RunFolder(tmp_path / "out", TASK, resume=True)


def test_what_a_killed_process_left_is_removed(tmp_path):
    RunFolder(tmp_path / "out", TASK, resume=True)
    (tmp_path / "out" / "tables").mkdir()
    (tmp_path / "out" / "tables" / ".writing-x.parquet").write_bytes(b"half")
    RunFolder(tmp_path / "out", TASK, resume=True)
    assert not list((tmp_path / "out" / "tables").iterdir())
    assert json.loads((tmp_path / "out" / "run.json").read_text()) == TASK
