import re

import numpy as np
import pytest

from sklearn_eeg.evaluation._panels import (
    describe_intervals,
    forest_mark,
    render_classes,
    render_confusion,
    render_data,
    render_figures,
    render_leaks,
    render_leaks_box,
    render_patients,
    with_interval,
)
from sklearn_eeg.model_selection import Finding


def words(html):
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_figures_stand_above_their_limits():
    assert with_interval(0.5, 0.25, 0.75) == "0.500<small>0.250 to 0.750</small>"
    assert with_interval(0.5, np.nan, np.nan) == "0.500"
    assert with_interval(np.nan, np.nan, np.nan) == "–"


def test_all_figures_of_all_systems(draw_report):
    report = draw_report()
    text = words(render_figures(report))
    for title in ("PR AUC", "Log loss (lower is better)", "Brier score (lower is better)"):
        assert title in text
    chance = report.intervals("chance").figures
    assert text.count(f"{chance['log_loss'].estimate:.3f}") >= 1
    assert "100 draws with replacement of the 8 patients" in describe_intervals(report)
    assert "Patients are unknown" in render_figures(draw_report(groups=None))
    silent = words(render_figures(draw_report(scores=False)))
    assert "ROC AUC – 0.500" in silent


def test_classes_have_what_clinicians_ask_for(draw_report):
    report = draw_report(n_classes=2)
    text = render_classes(report)
    found = report.intervals().class_figures
    for name in ("sensitivity", "specificity", "ppv", "npv", "f1", "roc_auc"):
        each = found[1, name]
        assert f"{each.estimate:.3f}<small>{each.low:.3f} to {each.high:.3f}</small>" in text
    assert "class 1 120 8" in words(text)


def test_the_worst_patients_are_named_and_all_are_there(draw_report):
    report = draw_report(n_patients=30)
    text = render_patients(report)
    table = report.per_patient().sort_values("accuracy", kind="stable")
    assert "The 6 patients with the lowest accuracy: " + ", ".join(
        f"{name} ({value:.3f})" for name, value in table["accuracy"].head(6).items()
    ) in words(text)
    assert "<summary>All 30 patients</summary>" in text
    whole = text[text.index("<details>") :]
    assert re.findall(r'<th scope="row">(\w+)</th>', whole) == table.index.tolist()
    assert "<details>" not in render_patients(draw_report())
    assert render_patients(draw_report(groups=None)) == ""


def test_marks_of_the_forest_stand_at_their_figures():
    mark = forest_mark(0.5, 0.25, 0.75, 0.6)
    assert re.findall(r'class="(\w+)" style="left:([\d.]+)%', mark) == [
        ("line", "60.0"),
        ("span", "25.0"),
        ("dot", "50.0"),
    ]
    assert "width:50.0%" in mark
    assert 'aria-hidden="true"' in mark  # the figures stand beside it
    assert "span" not in forest_mark(0.5, np.nan, np.nan, 0.6)


def test_folds_and_mixed_patients(draw_report):
    text = words(render_data(draw_report()))
    assert "Fold 0 120 4 40 40 40" in text
    assert "8 of 8 patients have windows of more than one class." in text
    report = draw_report(n_classes=2)
    alone = draw_report(n_classes=2, fold=(report.y_true == 1).astype(int))
    text = words(render_data(alone))
    assert "Fold 1 has no class 0; fold 0 has no class 1" in text


def test_confusion_by_patient_follows_the_pooled_one(draw_report):
    report = draw_report()
    text = render_confusion(report)
    shares = [f"{each:.0%}" for each in report.confusion(average=True).to_numpy().ravel()]
    assert re.findall(r"<td style=[^>]*><b>(\d+%)</b></td>", text) == shares
    assert "Averaged over patients" not in render_confusion(draw_report(groups=None))


def test_a_class_that_no_window_has(draw_report):
    report = draw_report(n_classes=2)
    more = draw_report(
        n_classes=2,
        classes=np.arange(3),
        target_names=("a", "b", "c"),
        predictions={name: type(each)(each.y_pred, None) for name, each in report.predictions.items()},
    )
    assert "<td>–</td>" in render_confusion(more)


@pytest.mark.parametrize(
    ("severity", "mark", "boxed"),
    [("error", "Leak", True), ("warning", "Warning", False), ("note", "Note", False)],
)
def test_findings(draw_report, severity, mark, boxed):
    report = draw_report(leakage=(Finding("x", severity, "Some < windows."),))
    assert f"{mark}: Some &lt; windows." in words(render_leaks(report))
    assert ("Some &lt; windows." in render_leaks_box(report)) is boxed


def test_a_clean_bill(draw_report):
    assert "Nothing was found." in render_leaks(draw_report(leakage=()))
    assert render_leaks(draw_report()) == ""  # not looked for
    assert render_leaks_box(draw_report()) == ""


def test_classes_of_a_patient_may_wrap(draw_report):
    report = draw_report()
    assert render_patients(report).count('<span class="names">class 0 10, class 1 10, class 2 10</span>') == 8


def test_the_number_of_draws_is_told_for_each_figure(draw_report):
    assert "600 draws (500 for PR AUC) with replacement" in describe_intervals(draw_report(n_resamples=600))
    assert "100 draws with replacement" in describe_intervals(draw_report())
