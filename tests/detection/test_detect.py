import os
import pickle
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from sklearn_eeg.datasets import read_events, read_recording
from sklearn_eeg.datasets._write_edf import write_edf
from sklearn_eeg.detection import detect, save_model
from sklearn_eeg.detection._detect import _Detect, describe_detector, fingerprint
from sklearn_eeg.detection._run_folder import read_manifest

sys.path.insert(0, str(Path(__file__).parent))
from noisy import NAMES, SFREQ, make

pytest.importorskip("pyarrow")
pytest.importorskip("edfio")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Recordings of two minutes, of which one is no EDF file and one ends too early."""
    folder, paths = tmp_path_factory.mktemp("edf"), []
    for number in range(6):
        x = make("dan", seizures=((30 + number, 60),), seconds=120, seed=number).read()
        paths.append(
            write_edf(
                folder / f"r{number}.edf", [x], [], ch_names=NAMES, n_times=x.shape[1], sfreq=SFREQ,
                patient="dan", needed_by="a test",
            )
        )  # fmt: skip
    paths[1].write_bytes(paths[1].read_bytes()[:300])
    paths[4].write_bytes(paths[4].read_bytes()[:-5000])
    return paths


@pytest.fixture(scope="module")
def undisturbed(files, fitted, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "undisturbed"
    with pytest.warns(UserWarning, match="1 of 6 recordings failed"):
        return detect(files, fitted, out=out), out


def results(out):
    return {
        p.relative_to(out): p.read_bytes() for kind in ("tables", "events") for p in (out / kind).iterdir()
    }


def test_results_are_those_of_the_detector(files, fitted, undisturbed):
    manifest, out = undisturbed
    assert manifest["status"].tolist() == ["done", "failed", "done", "done", "done", "done"]
    for path, row in zip(files, manifest.itertuples(), strict=True):
        if row.status == "done":
            recording = read_recording(path) if "r4" not in path.name else None
            if recording is not None:
                table, events = fitted.predict(recording)
                pd.testing.assert_frame_equal(pd.read_parquet(out / row.table), table)
                assert read_events(out / "events" / (Path(row.table).stem + "_events.tsv")) == events
                assert (row.n_events, row.n_rows) == (len(events), len(table)) == (1, 117)
                assert row.hours == pytest.approx(120 / 3600)


def test_broken_files_are_told_with_the_reason(undisturbed):
    manifest, _ = undisturbed
    assert "is damaged: it ends within its header" in manifest["reason"][1]
    assert "is cut off" in manifest["warnings"][4][0]
    assert 0 < manifest["hours"][4] < 119 / 3600


@dataclass(frozen=True)
class DieOnce(_Detect):
    """The task, in a process that is killed at the last recording."""

    flag: Path

    def __call__(self, path):
        if path.name == "r5.edf" and not self.flag.exists():
            self.flag.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(path)


@pytest.mark.filterwarnings("ignore:1 of 6 recordings failed")
def test_a_killed_worker_changes_nothing(files, fitted, undisturbed, tmp_path, monkeypatch):
    from sklearn_eeg.detection import _detect

    flag = tmp_path / "died"
    monkeypatch.setattr(_detect, "_Detect", lambda detector: DieOnce(detector, flag))
    manifest = detect(files, fitted, out=tmp_path / "out", n_jobs=2)
    assert flag.exists()
    assert results(tmp_path / "out") == results(undisturbed[1])
    same = ["path", "status", "reason", "table", "n_rows", "n_events"]
    assert manifest[same].equals(undisturbed[0][same])
    lines = (tmp_path / "out" / "manifest.jsonl").read_text().splitlines()
    assert len(lines) == 6  # nothing twice


SLOW = """
import sys, time
from sklearn_eeg.detection import detect, load_model, _batch_run
write = _batch_run.write_table
def slowly(path, table):
    time.sleep(0.3)
    write(path, table)
_batch_run.write_table = slowly
detect(sys.argv[3:], load_model(sys.argv[1]), out=sys.argv[2])
"""


@pytest.mark.filterwarnings("ignore:1 of 6 recordings failed")
def test_a_run_that_was_killed_goes_on(files, fitted, undisturbed, tmp_path):
    model, out = save_model(fitted, tmp_path / "model.joblib"), tmp_path / "out"
    process = subprocess.Popen([sys.executable, "-c", SLOW, str(model), str(out), *map(str, files)])
    deadline = time.monotonic() + 60
    while len(read_manifest(out)) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.wait()
    before = read_manifest(out)
    assert 3 <= len(before) < 6
    manifest = detect(files, fitted, out=out)
    assert results(out) == results(undisturbed[1])
    assert manifest["status"].equals(undisturbed[0]["status"])
    after = read_manifest(out)
    done = [path for path, record in before.items() if record["status"] == "done"]
    assert {path: after[path] for path in done} == {path: before[path] for path in done}  # and not anew


@pytest.mark.filterwarnings("ignore:1 of 6 recordings failed")
def test_on_a_dask_cluster(files, fitted, undisturbed, tmp_path):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        manifest = detect(files, fitted, out=tmp_path / "out", client=client)
    assert manifest["status"].equals(undisturbed[0]["status"])
    assert results(tmp_path / "out") == results(undisturbed[1])


def test_another_detector_is_refused_in_the_same_folder(files, fitted, undisturbed):
    _, out = undisturbed
    other = pickle.loads(pickle.dumps(fitted))
    other.threshold_ = 0.123
    with pytest.raises(ValueError, match="made with other parameters"):
        detect(files, other, out=out)
    trained = clone(fitted).set_params(max_windows=50).fit([make("ann"), make("bob")], [[(60, 90)]] * 2)
    trained.threshold_ = fitted.threshold_
    with pytest.raises(ValueError, match="made with another fitted detector"):
        detect(files, trained, out=out)
    with pytest.raises(ValueError, match="`out` must be a new folder with resume=False"):
        detect(files, fitted, out=out, resume=False)


def test_a_stored_detector_is_the_same(fitted):
    again = pickle.loads(pickle.dumps(fitted))
    assert fingerprint(again.estimator_) == fingerprint(fitted.estimator_)
    assert describe_detector(again) == describe_detector(fitted)
    again.set_params(verbose=True, n_jobs=3, cv=2)
    assert describe_detector(again) == describe_detector(fitted)
    assert describe_detector(again.set_params(release=0.9)) != describe_detector(fitted)


def test_no_recording_gives_an_empty_manifest(fitted, tmp_path):
    manifest = detect([], fitted, out=tmp_path / "out")
    assert len(manifest) == 0
    assert {"path", "status", "reason"} <= set(manifest)


def test_probabilities_are_finite_but_for_what_is_not_judged(undisturbed):
    manifest, out = undisturbed
    table = pd.read_parquet(out / manifest["table"][0])
    assert np.isfinite(table["probability"]).all()
    assert manifest["judged_hours"][0] == pytest.approx(117 / 3600)
