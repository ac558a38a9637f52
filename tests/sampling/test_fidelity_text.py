"""A fidelity report as text, Markdown and JSON."""

import json

import numpy as np
import pytest

from sklearn_eeg.sampling import fidelity_report
from sklearn_eeg.sampling._fidelity_text import figures_as_text, render_text, show, verdicts


@pytest.fixture(scope="module")
def report():
    x, y = np.random.default_rng(0).normal(size=(80, 64)), np.tile(["a|b", "<c>"], 40)
    patients = np.repeat(np.arange(4), 20)
    return fidelity_report(
        x,
        y,
        x[:40],
        y[:40],
        sfreq=64,
        groups=patients,
        beside={"*new*": (5 * x[::-1], y[::-1])},
        n_halvings=1,
    )


def test_figures_have_titles_and_what_is_better(report):
    table = figures_as_text(report)
    assert list(table) == ["better", "synthetic", "*new*", "real against real"]
    assert table.loc["Log-spectrum distance (dB)", "better"] == "smaller"
    assert table.loc["Copies", "synthetic"] == "1.000"
    low, high = report.intervals["*new*"]
    expected = f"{show(report.figures.loc['two_sample_auc', '*new*'])} ({show(low)} to {show(high)})"
    assert table.loc["Told apart: ROC AUC", "*new*"] == expected


def test_figures_that_are_not_known_are_left_out(report):
    assert "Gain from adding it to the training windows" not in figures_as_text(report).index
    assert "Correlation distance" not in figures_as_text(report).index  # one channel
    assert "nan" not in render_text(report)


def test_verdicts_name_what_was_copied(report):
    assert verdicts(report) == [
        "synthetic: holds copies of real windows.",
        "*new*: holds copies of real windows.",  # louder ones, which alignment finds
    ]


def test_the_text_says_how_the_figures_were_obtained(report):
    text = str(report)
    assert "Means over 1 halving of the real patients" in text
    assert "a|b" in text
    assert repr(report) == text


def test_markdown_is_a_table_that_labels_cannot_break(report):
    text = report.to_markdown()
    rows = [line for line in text.splitlines() if line.startswith("|")]
    columns = {line.replace("\\|", "").count("|") for line in rows}
    assert columns == {6}
    assert r"\*new\*" in text
    assert r"a\|b" in text
    assert "<c>" not in text.replace(r"\<c\>", "")


def test_json_has_every_figure_and_null_for_none(report, tmp_path):
    content = json.loads(report.to_json())
    assert content["figures"]["synthetic"]["log_spectrum_distance"] == pytest.approx(
        report.figures.loc["log_spectrum_distance", "synthetic"]
    )
    assert content["figures"]["synthetic"]["gain"] is None
    assert content["memorised"]["synthetic"] is True
    assert content["by_band"][0]["system"] == "synthetic"
    assert {row["class"] for row in content["by_class"]} == {"a|b", "<c>"}
    assert content["two_sample_auc_interval"]["synthetic"] == pytest.approx(report.intervals["synthetic"])
    path = report.to_json(tmp_path / "figures.json")
    assert json.loads(path.read_text(encoding="utf-8")) == content


def test_numbers_of_any_size():
    assert [show(each) for each in (1.0, -12.345, 123456.0, np.nan)] == ["1.000", "-12.3", "1.23e+05", "–"]
