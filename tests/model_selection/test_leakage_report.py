import numpy as np
import pytest

from sklearn_eeg.model_selection import Finding, LeakageReport
from sklearn_eeg.model_selection._leakage_report import list_names, write_names, write_number

NOTE = Finding("confounded", "note", "Only scores by patient mean anything.")
WARNING = Finding("no_patients", "warning", "The patients are unknown.")
ERROR = Finding("patient", "error", "Two patients on both sides.", np.array([0, 3]), ("ann", "bob"))


def test_errors_come_first_and_it_is_a_sequence():
    report = LeakageReport([NOTE, ERROR, WARNING])
    assert list(report) == [ERROR, WARNING, NOTE]
    assert (report[0], report[-1], len(report)) == (ERROR, NOTE, 3)
    assert isinstance(report[1:], LeakageReport)
    assert list(report[1:]) == [WARNING, NOTE]
    assert repr(report) == "LeakageReport(1 errors, 1 warnings, 1 notes)"


def test_it_is_true_if_there_is_more_than_notes():
    assert LeakageReport([ERROR])
    assert LeakageReport([WARNING])
    assert not LeakageReport([NOTE])
    assert not LeakageReport([])


def test_raise_if_any():
    report = LeakageReport([WARNING, NOTE])
    report.raise_if_any()
    with pytest.raises(ValueError, match=r"leak.\nWARNING \(no_patients\): The patients are unknown\.$"):
        report.raise_if_any("warning")
    with pytest.raises(ValueError, match="Only scores by patient"):
        report.raise_if_any("note")
    with pytest.raises(ValueError, match="Two patients"):
        LeakageReport([ERROR]).raise_if_any()
    with pytest.raises(ValueError, match="`severity` must be one of error, warning, note, got 'bad'"):
        report.raise_if_any("bad")


def test_table_and_text():
    report = LeakageReport([NOTE, ERROR])
    table = report.to_frame()
    assert table.columns.tolist() == ["severity", "kind", "windows", "patients", "sentence"]
    assert table.iloc[0].tolist() == ["error", "patient", 2, ("ann", "bob"), "Two patients on both sides."]
    assert str(report).splitlines() == [
        "ERROR (patient): Two patients on both sides.",
        "NOTE (confounded): Only scores by patient mean anything.",
    ]
    assert str(LeakageReport([NOTE])).startswith("No leak found.\nNOTE")
    assert LeakageReport([]).to_frame().shape == (0, 5)


def test_words():
    assert list_names(None) == ()
    assert list_names(np.array(["b", "a", "b"])) == ("a", "b")
    assert write_names((1, 2)) == "1, 2"
    assert write_number(0, "window") == "0 windows"
