import json

import pandas as pd
import pytest

from sklearn_eeg.detection._run_report import RunReport
from sklearn_eeg.evaluation import score_events

MANIFEST = pd.DataFrame(
    {
        "path": ["/a/one.edf", "/a/two.edf", "/a/<three>.edf"],
        "status": ["done", "done", "failed"],
        "reason": ["", "", "it & all else is damaged"],
        "hours": [10.0, 2.0, float("nan")],
        "n_events": [5.0, 1.0, float("nan")],
    }
)
SCORES = score_events([[(600, 660)], []], [[(610, 640)], [(3000, 3030)]], [36000, 7200], groups=["a", "b"])


def test_text_sums_up_and_names_failures():
    text = str(RunReport(MANIFEST))
    assert text.splitlines() == [
        "2 of 3 recordings done, 12.0 h, 6 events (12.0 in 24 h).",
        "Failed:",
        "  /a/<three>.edf: it & all else is damaged",
    ]
    assert RunReport(MANIFEST).n_failed == 1


def test_text_shows_the_scores():
    text = str(RunReport(MANIFEST.iloc[:2], SCORES))
    assert "Failed" not in text
    assert "1 of 1 seizures found, 1 of 2 alarms false" in text
    assert "false_alarms_per_day" in text


def test_nothing_done_is_told():
    assert str(RunReport(MANIFEST.iloc[2:])).startswith("0 of 1 recordings done.")


def test_json_holds_all(tmp_path):
    path = RunReport(MANIFEST, SCORES, "night").to_json(tmp_path / "a.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["title"] == "night"
    assert content["recordings"][2]["hours"] is None
    figures = {row["figure"]: row["estimate"] for row in content["figures"]}
    assert figures["sensitivity"] == 1
    assert figures["false_alarms_per_day"] == pytest.approx(2)
    assert content["seizures"][0]["latency_seconds"] == 10
    assert "figures" not in json.loads(RunReport(MANIFEST).to_json())


def test_page_is_escaped_and_asks_for_nothing():
    page = RunReport(MANIFEST, SCORES, "a & b").to_html()
    assert "/a/&lt;three&gt;.edf" in page
    assert "it &amp; all else" in page
    assert "<h1>a &amp; b</h1>" in page
    assert "sensitivity" in page
    assert "http:" not in page
    assert "<script" not in page
