import re

import numpy as np
import pytest

from sklearn_eeg.evaluation._panels_scores import (
    render_calibration,
    render_checklist,
    render_choices,
    render_curves,
    render_events,
    render_sections,
)
from sklearn_eeg.evaluation._prediction import Prediction
from sklearn_eeg.evaluation._timeline import make_timeline


def labels(html):
    return re.findall(r'<svg [^>]*aria-label="([^"]+)"', html)


@pytest.mark.parametrize(("n_classes", "n_figures"), [(2, 2), (3, 6), (10, 20)])
def test_each_class_has_its_curves_in_words(draw_report, n_classes, n_figures):
    report = draw_report(n_classes=n_classes)
    text = render_curves(report)
    assert text.count("<svg") == len(labels(text)) == n_figures
    area = report.per_class()["roc_auc"].iloc[-1]
    assert f"ROC curve of class {n_classes - 1}: area {area:.3f}; sensitivity" in text
    assert ("more classes</summary>" in text) is (n_classes > 4)


def test_without_scores_there_are_no_curves(draw_report):
    assert render_curves(draw_report(scores=False)) == ""
    assert "no probabilities" in render_calibration(draw_report(scores=False))
    assert render_events(draw_report()) == ""
    assert render_choices(draw_report()) == ""
    assert render_sections(draw_report()) == ""


def test_before_and_after_calibration(draw_report):
    report = draw_report(n_classes=2)
    score = report.predictions["model"].y_score
    sharp = score**3 / (score**3).sum(axis=1, keepdims=True)
    both = {"model": Prediction(sharp.argmax(axis=1), sharp), "calibrated": report.predictions["model"]}
    report = draw_report(n_classes=2, predictions=both | {"chance": report.predictions["chance"]})
    text = render_calibration(report)
    [words] = labels(text)
    assert "model, predicted and observed: " in words
    assert "calibrated, predicted and observed: " in words
    assert text.count('<path class="band') == 1
    rows = re.findall(r'<th scope="row">(\w+)</th><td>([\d.]+)</td>', text)
    losses = report.calibration()["log_loss"]
    assert rows == [(name, f"{value:.3f}") for name, value in losses.items()]
    assert losses["calibrated"] < losses["model"]


def test_events(draw_report):
    report = draw_report(n_classes=3, n_patients=4, n_windows=60)
    start, recording = np.tile(np.arange(60) * 30.0, 4), report.groups
    timeline = make_timeline(
        recording, start, 30.0, events=None, background=0, y=report.y_true, groups=report.groups,
        classes=report.classes, target_names=report.target_names,
    )  # fmt: skip
    report = draw_report(n_classes=3, n_patients=4, n_windows=60, timeline=timeline)
    text, scores = render_events(report), report.events()
    pieces = f"scored as {scores.n_events} pieces of at most 300 s (where windows are labelled so)"
    assert f"{len(scores.seizures)} seizures, {pieces}, {scores.n_alarms} alarms" in text
    assert len(scores.seizures) < scores.n_events
    assert f"<td>{scores.false_alarms_per_day:.3f}</td>" in text
    assert f"{scores.latency_median:.1f} s (" in text
    assert "By type of seizure, with intervals as if pieces were independent." in text
    [words] = labels(text)
    assert f"{report.event_curve().sensitivity_at(24):.3f} at 24 false alarms" in words
    assert report.events("chance").n_alarms == 0


def test_choices_of_each_fold(draw_report):
    text = render_choices(draw_report(chosen={"model": [{"C": 1.0}, {"C": "<b>"}]}))
    assert re.findall(r"<td>(.*?)</td>", text) == ["1.0", "&lt;b&gt;"]


def test_added_sections_keep_their_order(draw_report):
    report = draw_report()
    report.add_section("First <1>", "a < b")
    report.add_section("Second", "<em>x</em>", safe=True)
    assert re.findall(r"<h2>(.*?)</h2>", render_sections(report)) == ["First &lt;1&gt;", "Second"]
    assert "<em>x</em>" in report.to_html()


def test_the_checklist_counts_its_items(draw_report):
    text = render_checklist(draw_report())
    counts = [int(each) for each in re.findall(r": (\d+) items", text)]
    assert sum(counts) == text.count('<th scope="row">') > 30
