import errno
import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

from sklearn_eeg import _files
from sklearn_eeg.datasets import read_events
from sklearn_eeg.datasets._write_edf import write_edf
from sklearn_eeg.detection import _batch_run, extract_features, save_model, write_events
from sklearn_eeg.detection._cli import main
from sklearn_eeg.features import TimeFeatures

sys.path.insert(0, str(Path(__file__).parent))
from noisy import NAMES, SFREQ, make

pytest.importorskip("pyarrow")
pytest.importorskip("edfio")


@pytest.fixture(scope="module")
def world(fitted, tmp_path_factory):
    """A model, and two recordings with their annotations."""
    folder, paths = tmp_path_factory.mktemp("cli"), []
    for number in range(2):
        x = make("dan", seizures=((40, 70),), seconds=120, seed=number).read()
        paths.append(
            write_edf(
                folder / f"n{number}.edf", [x], [], ch_names=NAMES, n_times=x.shape[1], sfreq=SFREQ,
                patient="dan", needed_by="a test",
            )
        )  # fmt: skip
        write_events(folder / f"n{number}_events.tsv", [(40, 70)], duration_seconds=120)
    return str(save_model(fitted, folder / "model.joblib")), [str(path) for path in paths]


def test_detect(world, tmp_path, capsys):
    model, paths = world
    out = tmp_path / "out"
    arguments = ["detect", model, *paths, "--out", str(out), "--quiet", "--json", str(tmp_path / "a.json")]
    assert main(arguments) == 0
    said = capsys.readouterr()
    assert said.out.startswith("2 of 2 recordings done, 0.1 h, 2 events")
    assert said.err == ""
    for path in (out / "events").iterdir():
        [event] = read_events(path)
        assert abs(event.onset - 40) < 3
    assert len(json.loads((tmp_path / "a.json").read_text())["recordings"]) == 2
    assert main(arguments) == 0
    assert main([*arguments, "--new"]) == 2
    assert "error: `out` must be a new folder with resume=False" in capsys.readouterr().err


def test_a_recording_that_fails_is_told(world, tmp_path, capsys):
    model, paths = world
    bad = tmp_path / "bad.edf"
    bad.write_bytes(b"")
    assert main(["detect", model, paths[0], str(bad), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr()
    assert "1 of 2 recordings done" in said.out
    assert f"{bad}: UnreadableError: {bad} is empty." in said.out
    assert "2/2" in said.err  # the progress


def test_evaluate(world, tmp_path, capsys):
    model, paths = world
    page = tmp_path / "a.html"
    assert main(["evaluate", model, *paths, "--quiet", "--patients", "a", "b", "--html", str(page)]) == 0
    assert "2 of 2 seizures found, 0 of 2 alarms false" in capsys.readouterr().out
    assert "Evaluation of seizure detection" in page.read_text(encoding="utf-8")
    other = tmp_path / "other.tsv"
    write_events(other, [], duration_seconds=120)
    events = [str(Path(paths[0]).with_name("n0_events.tsv")), str(other)]
    assert (
        main(["evaluate", model, *paths, "--quiet", "--events", *events, "--out", str(tmp_path / "kept")])
        == 0
    )
    assert "1 of 1 seizures found, 1 of 2 alarms false" in capsys.readouterr().out
    assert (tmp_path / "kept" / "manifest.jsonl").exists()


def test_evaluate_leaves_out_what_failed(world, tmp_path, capsys):
    model, paths = world
    bad = tmp_path / "bad.edf"
    bad.write_bytes(b"")
    write_events(tmp_path / "bad_events.tsv", [], duration_seconds=120)
    assert main(["evaluate", model, paths[0], str(bad), "--quiet"]) == 1
    assert "1 of 1 seizures found, 0 of 1 alarms false" in capsys.readouterr().out
    assert main(["evaluate", model, str(bad), "--quiet"]) == 1
    assert "0 of 1 recordings done." in capsys.readouterr().out


def test_evaluate_a_recording_that_cannot_be_judged(world, tmp_path, capsys):
    model, paths = world
    flat = write_edf(
        tmp_path / "flat.edf", [np.zeros((3, 60 * SFREQ))], [], ch_names=NAMES, n_times=60 * SFREQ,
        sfreq=SFREQ, patient="dan", needed_by="a test",
    )  # fmt: skip
    write_events(tmp_path / "flat_events.tsv", [(20, 30)], duration_seconds=60)
    assert main(["evaluate", model, paths[0], str(flat), "--quiet"]) == 0
    assert "1 of 2 seizures found, 0 of 1 alarms false" in capsys.readouterr().out


def test_report(world, tmp_path, capsys):
    model, paths = world
    main(["detect", model, *paths, "--out", str(tmp_path / "out"), "--quiet"])
    capsys.readouterr()
    assert main(["report", str(tmp_path / "out"), "--html", str(tmp_path / "a.html")]) == 0
    assert capsys.readouterr().out.startswith("2 of 2 recordings done")
    assert "Seizure detection: out" in (tmp_path / "a.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (["detect", "none.joblib", "a.edf"], "none.joblib does not exist"),
        (["detect", "none.pkl", "a.edf"], "`path` must end in .skops or .joblib"),
        (["detect", "BAD", "EDF"], "bad.joblib cannot be read as a model"),
        (["detect", "MODEL", "EDF", "--out", "EDF"], "`out` must be a folder, got the file"),
        (["report", "none"], "none holds no results: there is no manifest.jsonl"),
        (["report", "FEATURES"], "FEATURES must be a folder that detect wrote"),
        (
            ["evaluate", "MODEL", "EDF", "--events", "a.tsv", "b.tsv"],
            "--events must name a file for each of the 1",
        ),
        (["evaluate", "MODEL", "EDF", "--events", "a.tsv"], "a.tsv is no file"),
        (["evaluate", "MODEL", "EDF", "--patients", "a", "b"], "--patients must name one for each of the 1"),
        (["detect", "MODEL", "EDF", "EDF", "--out", "OUT"], "must name each recording once"),
    ],
)
def test_what_is_asked_in_vain(world, tmp_path, capsys, arguments, match):
    model, paths = world
    there = {"MODEL": model, "EDF": paths[0], "OUT": str(tmp_path / "out")}
    there |= {"BAD": str(tmp_path / "bad.joblib"), "FEATURES": str(tmp_path / "FEATURES")}
    (tmp_path / "bad.joblib").write_bytes(b"half")
    extract_features(
        paths[:1], TimeFeatures(["variance"]), out=there["FEATURES"], sfreq=SFREQ, window_seconds=4
    )
    assert main([there.get(each, each) for each in arguments]) == 2
    assert match in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--html", "--json"])
def test_a_report_that_cannot_be_written_is_told_before_the_work(world, tmp_path, capsys, option):
    model, paths = world
    out = tmp_path / "out"
    target = str(tmp_path / "none" / "a")
    assert main(["detect", model, *paths, "--out", str(out), option, target]) == 2
    assert "error: Cannot write a: the folder" in capsys.readouterr().err
    assert not out.exists()


def test_a_report_on_a_full_disk(world, tmp_path, capsys, monkeypatch):
    def full(path, text):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(_files, "write_text", full)
    model, paths = world
    (tmp_path / "out").mkdir()
    arguments = ["detect", model, *paths, "--quiet", "--json", str(tmp_path / "a.json")]
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert said.out.startswith("2 of 2 recordings done")
    assert "error: [Errno 28] No space left on device" in said.err


def test_a_full_disk_is_no_fault_of_usage(world, tmp_path, capsys, monkeypatch):
    def full(path, table):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(_batch_run, "write_table", full)
    model, paths = world
    assert main(["detect", model, *paths, "--out", str(tmp_path / "out"), "--quiet"]) == 1
    assert "The disk is full" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["detect", "evaluate", "report"])
def test_help_names_every_option(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    said = capsys.readouterr().out
    assert "--html FILE" in said
    assert "Exit status: 0" in said


def test_wrong_usage_is_told_by_the_program_itself(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["sklearn_eeg", "detect"])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_module("sklearn_eeg", run_name="__main__")
    assert stopped.value.code == 2
    assert "usage: python -m sklearn_eeg detect" in capsys.readouterr().err
