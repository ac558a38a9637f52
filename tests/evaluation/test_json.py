import json

import numpy as np
import pandas as pd
import pytest

from sklearn_eeg.evaluation._json import as_plain
from sklearn_eeg.model_selection import Finding


def refuse_constant(name):
    raise AssertionError(f"{name} is not JSON")


def load(report):
    return json.loads(report.to_json(), parse_constant=refuse_constant)


def test_figures_come_back_to_the_last_digit(draw_report):
    report = draw_report()
    content = load(report)
    for system in report.predictions:
        table = report.intervals(system).to_frame()
        for name, expected in table.iterrows():
            got = content["systems"][system]["figures"][name]
            assert got["estimate"] == expected["estimate"]
            assert got["low"] == (None if np.isnan(expected["low"]) else expected["low"])
        assert content["systems"][system]["confusion"] == report.confusion(system).to_numpy().tolist()
    assert (
        content["systems"]["model"]["figures"]["accuracy"]["estimate"]
        == report.to_frame().iloc[0]["accuracy"]
    )
    recall = content["systems"]["model"]["classes"]["class 1"]["sensitivity"]["estimate"]
    assert recall == pytest.approx(report.per_class().loc["class 1", "recall"])
    patients = pd.DataFrame(content["systems"]["model"]["patients"]).set_index("patient")
    pd.testing.assert_frame_equal(patients, report.per_patient())


def test_what_is_missing_is_null(draw_report):
    content = load(draw_report(groups=None, scores=False))
    assert content["data"]["patients"] is None
    assert content["systems"]["model"]["patients"] is None
    assert content["systems"]["model"]["calibration"]["log_loss"] is None
    assert content["systems"]["model"]["figures"]["accuracy"]["low"] is None
    assert (content["leakage"], content["events"], content["chosen"]) == (None, None, {})


def test_findings_choices_and_sections(draw_report):
    finding = Finding("duplicate", "error", "Two windows are equal.", np.arange(2), ("ann",))
    report = draw_report(leakage=(finding,), chosen={"model": [{"C": 1.0}, {"gamma": "scale"}]})
    report.add_section("Why", "because")
    content = load(report)
    assert content["leakage"] == [
        {"kind": "duplicate", "severity": "error", "sentence": "Two windows are equal."}
    ]
    assert content["chosen"]["model"] == [
        {"fold": 0, "C": 1.0, "gamma": None},
        {"fold": 1, "C": None, "gamma": "scale"},
    ]
    assert content["sections"] == ["Why"]


def test_it_is_written_to_a_file(draw_report, tmp_path):
    report = draw_report()
    path = report.to_json(tmp_path / "report.json")
    assert path.read_text(encoding="utf-8") == report.to_json()
    with pytest.raises(FileNotFoundError, match="does not exist; create it"):
        report.to_json(tmp_path / "nowhere" / "report.json")


def test_plain_types():
    odd = {"a": np.float32(0.5), 1: np.inf, "b": pd.NA, "c": np.bool_(True), "d": {"e": object}}
    assert as_plain(odd) == {"a": 0.5, "1": None, "b": None, "c": True, "d": {"e": "<class 'object'>"}}
    assert as_plain(pd.DataFrame({"x": [1, 2]})) == [{"x": 1}, {"x": 2}]


def test_windows_of_each_class_are_nested_in_their_fold(draw_report):
    report = draw_report(target_names=("patients", "windows", "fold"))
    for number, row in enumerate(load(report)["folds"]):
        own = report.fold == number
        counts = [int((report.y_true[own] == label).sum()) for label in range(3)]
        assert row == {
            "fold": number,
            "windows": 120,
            "patients": 4,
            "classes": dict(zip(report.target_names, counts, strict=True)),
        }
