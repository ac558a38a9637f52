import re

import numpy as np
import pandas as pd

from sklearn_eeg.evaluation._markdown import markdown_table, quote, show_any
from sklearn_eeg.model_selection import Finding


def test_cells():
    assert [show_any(each) for each in (0.12345, np.nan, pd.NA, None, 3, "x")] == [
        "0.123",
        "–",
        "–",
        "–",
        "3",
        "x",
    ]
    text = markdown_table(pd.DataFrame({"a|b": [1]}, index=pd.Index(["c\nd"], name="i")))
    assert text == "| i | a\\|b |\n| --- | ---: |\n| c d | 1 |"


def test_tables_are_whole(draw_report):
    finding = Finding("duplicate", "error", "Two | windows are <equal>.")
    report = draw_report(leakage=(finding,), chosen={"model": [{"C": 1.0}, {"C": None}]})
    report.add_section("Why", pd.DataFrame({"weight": [0.5]}))
    text = report.to_markdown()
    width = 0
    for line in text.splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not (width and cells) or cells == width
        width = cells
    headings = re.findall(r"^## (.*)$", text, re.M)
    assert headings == [
        "Intervals by patient (model)",
        "Classes (model)",
        "Confusion (model)",
        "Checks for leaks",
        "Patients with the lowest accuracy",
        "Calibration",
        "Chosen in each fold (model)",
        "Why",
    ]
    assert "> **Leak:** Two \\| windows are &lt;equal>." in text


def test_intervals_stand_beside_the_figures(draw_report):
    report = draw_report()
    auc = report.intervals().figures["roc_auc"]
    assert f"| ROC AUC | {auc.estimate:.3f} | {auc.low:.3f} to {auc.high:.3f} |" in report.to_markdown()
    assert "Patients are unknown" in draw_report(groups=None).to_markdown()


def test_an_index_without_a_name_has_an_empty_heading():
    assert markdown_table(pd.DataFrame({"x": [1]})).startswith("|  | x |\n")


def test_names_make_no_links_and_no_images():
    assert quote("![a](http://b) [c]") == "!\\[a\\](http://b) \\[c\\]"
