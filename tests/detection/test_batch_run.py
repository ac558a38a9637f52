import errno
import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from sklearn_eeg.detection import _batch_run
from sklearn_eeg.detection._batch_run import check_paths, name_results, run_over, write_table

pytest.importorskip("pyarrow")
DESCRIPTION = {"task": "test", "fingerprint": "x"}


@dataclass(frozen=True)
class Count:
    """A task that makes a table of the bytes of a file."""

    def __call__(self, path):
        data = path.read_bytes()
        if data == b"bad":
            raise ValueError("no such number")
        return pd.DataFrame({"byte": list(data)}), {"hours": 1.0}, {"texts": lambda to: to.write_bytes(data)}


@pytest.fixture
def files(tmp_path):
    paths = [tmp_path / f"{name}.edf" for name in "abcde"]
    for path in paths:
        path.write_bytes(path.stem.encode() * 7)
    return paths


def run(files, out, **options):
    return run_over(Count(), files, DESCRIPTION, out=out, kinds=["texts"], **options)


def results(out):
    return {path.relative_to(out): path.read_bytes() for path in sorted(out.rglob("*_texts.tsv"))} | {
        path.relative_to(out): path.read_bytes() for path in sorted(out.rglob("*.parquet"))
    }


def test_each_recording_has_its_table_and_its_row(files, tmp_path):
    manifest = run(files, tmp_path / "out")
    assert manifest["path"].tolist() == [str(path) for path in files]
    assert set(manifest["status"]) == {"done"}
    assert manifest["n_rows"].tolist() == [7] * 5
    assert pd.read_parquet(tmp_path / "out" / manifest["table"][1])["byte"].tolist() == [98] * 7
    assert len(results(tmp_path / "out")) == 10


def test_a_second_call_does_nothing_again(files, tmp_path):
    run(files[:3], tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "tables").iterdir()}
    manifest = run(files, tmp_path / "out")
    assert set(manifest["status"]) == {"done"}
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "tables").iterdir()}
    assert {path: after[path] for path in before} == before
    assert len(after) == 5


def test_a_broken_recording_stops_no_other_and_is_tried_again(files, tmp_path):
    files[1].write_bytes(b"bad")
    with pytest.warns(
        UserWarning, match=r"1 of 5 recordings failed.*b.edf \(ValueError: no such number\)"
    ) as caught:
        manifest = run(files, tmp_path / "out")
    assert manifest["status"].tolist() == ["done", "failed", "done", "done", "done"]
    assert manifest["reason"][1] == "ValueError: no such number"
    assert manifest["table"][1] == ""
    assert len(caught) == 1
    files[1].write_bytes(b"good")
    assert set(run(files, tmp_path / "out")["status"]) == {"done"}


def test_after_a_full_disk_a_run_goes_on(files, tmp_path, monkeypatch):
    run(files, tmp_path / "undisturbed")
    written, write = [], _batch_run.write_table

    def until_full(path, table):
        if len(written) == 2:
            path.with_name(".writing-x.parquet").write_bytes(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written.append(path)
        write(path, table)

    with monkeypatch.context() as patch:
        patch.setattr(_batch_run, "write_table", until_full)
        with pytest.raises(
            OSError, match=r"The disk is full.* 2 of 5 recordings are done: mend this"
        ) as error:
            run(files, tmp_path / "out")
    assert error.value.errno == errno.ENOSPC
    assert len(list((tmp_path / "out").rglob("*.parquet"))) == 3
    manifest = run(files, tmp_path / "out")
    assert set(manifest["status"]) == {"done"}
    assert results(tmp_path / "out") == results(tmp_path / "undisturbed")
    assert not list((tmp_path / "out").rglob(".writing-*"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is wanted")
def test_the_manifest_on_a_full_disk(files, tmp_path, monkeypatch):
    """A disk that is full in earnest, for the line of the manifest."""
    from sklearn_eeg.detection._run_folder import RunFolder

    def fill(folder, record):
        with open("/dev/full", "ab", buffering=0) as file:  # noqa: PTH123
            file.write(b"line")

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "add", fill)
        with pytest.raises(OSError, match="The disk is full"):
            run(files, tmp_path / "out")
    run(files, tmp_path / "undisturbed")
    run(files, tmp_path / "out")
    assert results(tmp_path / "out") == results(tmp_path / "undisturbed")


def test_the_same_table_gives_the_same_bytes(tmp_path):
    table = pd.DataFrame({"a": [1.0, 2.0], "b": [0.5, float("nan")]})
    for name in ("x", "y"):
        write_table(tmp_path / f"{name}.parquet", table)
    assert (tmp_path / "x.parquet").read_bytes() == (tmp_path / "y.parquet").read_bytes()
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "x.parquet"), table)


def test_names_tell_files_of_one_name_apart():
    assert name_results(Path("/a/n.edf")) != name_results(Path("/b/n.edf"))


def test_a_name_that_is_no_text_is_refused(files):
    """Neither tables nor reports could hold it."""
    with pytest.raises(ValueError, match=r"`paths` must be names in UTF-8, got '/a/Pr.udcfcfung.edf'"):
        check_paths([files[0], os.fsdecode(b"/a/Pr\xfcfung.edf")])


def test_a_path_named_twice_or_no_list_is_refused(tmp_path):
    with pytest.raises(ValueError, match="`paths` must name each recording once, got .*a.edf more than once"):
        check_paths([tmp_path / "a.edf", str(tmp_path / "a.edf")])
    with pytest.raises(TypeError, match="`paths` must be a list of paths, got one"):
        check_paths("a.edf")


def test_progress_is_shown_when_asked_for(files, tmp_path, capsys):
    run(files[:2], tmp_path / "out")
    assert capsys.readouterr().err == ""
    run(files, tmp_path / "out", verbose=True)
    assert "5/5" in capsys.readouterr().err


def test_results_are_named_by_the_link_that_was_given(files, tmp_path):
    link = tmp_path / "sub-01_eeg.edf"
    link.symlink_to(files[0])
    assert check_paths([link]) == [link]
    assert name_results(link).startswith("sub-01_eeg-")
