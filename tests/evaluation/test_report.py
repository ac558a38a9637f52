import dataclasses
import pickle
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sklearn_eeg.evaluation import EvaluationReport, bootstrap_by_patient
from sklearn_eeg.evaluation._metrics import TITLES
from sklearn_eeg.evaluation._report import Prediction
from sklearn_eeg.evaluation._timeline import make_timeline


def make_report(**changes):
    """Seven windows of two patients; the model errs once in each class."""
    y_true = np.array(["rest", "rest", "rest", "rest", "seizure", "seizure", "seizure"])
    y_pred = np.array(["rest", "rest", "rest", "seizure", "seizure", "seizure", "rest"])
    score = np.array([0.1, 0.2, 0.3, 0.8, 0.9, 0.7, 0.4])
    values = {
        "name": "tree",
        "classes": np.array(["rest", "seizure"]),
        "target_names": ("rest", "seizure"),
        "y_true": y_true,
        "groups": np.array(["ann", "ann", "bob", "bob", "bob", "bob", "bob"]),
        "fold": np.array([0, 0, 1, 1, 1, 1, 1]),
        "predictions": {
            "tree": Prediction(y_pred, np.column_stack([1 - score, score])),
            "mute": Prediction(y_true, None),
            "chance": Prediction(np.full(7, "rest"), np.full((7, 2), 0.5)),
        },
        "split": "2 folds by patient (StratifiedGroupKFold), 2 patients",
        "patient_wise": True,
        "warnings": (),
        "estimator": "DecisionTreeClassifier()",
        "versions": {"python": "3.11.0", "numpy": "2.0.0"},
        "random_state": 0,
    }
    return EvaluationReport(**{**values, **changes})


def test_to_frame():
    frame = make_report().to_frame()
    assert frame.index.tolist() == ["tree", "mute", "chance"]
    assert frame.columns.tolist() == list(TITLES)
    assert frame.loc["tree", "accuracy"] == 5 / 7
    assert frame.loc["tree", "balanced_accuracy"] == pytest.approx((3 / 4 + 2 / 3) / 2)
    assert frame.loc["tree", "roc_auc"] == pytest.approx(10 / 12)
    assert np.isnan(frame.loc["mute", "roc_auc"])
    assert frame.loc["mute"].drop("roc_auc").eq(1).all()
    assert frame.loc["chance", "cohen_kappa"] == 0


def test_per_class():
    table = make_report().per_class()
    assert table.index.name == "class"
    assert table.columns.tolist() == ["precision", "recall", "f1", "roc_auc", "windows", "patients"]
    np.testing.assert_allclose(table["precision"], [3 / 4, 2 / 3])
    np.testing.assert_allclose(table["recall"], [3 / 4, 2 / 3])
    assert table["windows"].tolist() == [4, 3]
    assert table["patients"].tolist() == [2, 1]
    assert make_report().per_class("chance")["recall"].tolist() == [1, 0]


def test_unknown_patients_are_missing_not_zero():
    report = make_report(groups=None)
    assert report.per_class()["patients"].isna().all()
    assert "<NA>" not in str(report) + report.to_markdown()


def test_confusion():
    counts = make_report().confusion()
    assert counts.index.name == "true"
    assert counts.columns.name == "predicted"
    assert counts.to_numpy().tolist() == [[3, 1], [1, 2]]
    assert make_report().confusion("chance").to_numpy().tolist() == [[4, 0], [3, 0]]


def test_a_class_may_have_another_name_than_its_label():
    report = make_report(target_names=("quiet", "fit"))
    assert report.confusion().loc["fit", "quiet"] == 1
    assert report.per_class().index.tolist() == ["quiet", "fit"]


NAMING = ["per_class", "confusion", "intervals", "per_patient", "events", "event_curve", "choices"]


@pytest.mark.parametrize("method", NAMING)
def test_an_unknown_system_is_refused(method):
    text = "`system` must be one of ['tree', 'mute', 'chance'], got 'oak'."
    with pytest.raises(ValueError, match=re.escape(text)):
        getattr(make_report(), method)("oak")


def test_intervals_are_those_of_resampled_patients(draw_report):
    report = draw_report(n_resamples=200, confidence_level=0.8, random_state=7)
    said = report.predictions["model"]
    expected = bootstrap_by_patient(
        report.y_true, said.y_pred, report.groups, y_score=said.y_score,
        n_resamples=200, confidence_level=0.8, random_state=7,
    ).to_frame()  # fmt: skip
    pd.testing.assert_frame_equal(report.intervals().to_frame().loc[expected.index], expected)
    assert expected["low"].notna().all()
    assert report.intervals("chance").to_frame()["low"].isna().all()


def test_what_is_drawn_without_a_seed_is_drawn_once(draw_report):
    report = draw_report(random_state=None)
    low, high = report.intervals().figures["macro_f1"][1:3]
    assert f"{low:.3f} to {high:.3f}" in report.to_html()
    assert f'"low": {low!r}' in report.to_json()


def test_per_patient():
    table = make_report().per_patient()
    assert table.index.tolist() == ["ann", "bob"]
    assert table["windows"].tolist() == [2, 5]
    assert table["classes"].tolist() == ["rest 2", "rest 2, seizure 3"]
    np.testing.assert_allclose(table["accuracy"], [1, 3 / 5])
    np.testing.assert_allclose(table["balanced_accuracy"], [1, (1 / 2 + 2 / 3) / 2])
    assert make_report().per_patient("mute")["accuracy"].tolist() == [1, 1]
    narrow, wide = (make_report(confidence_level=level).per_patient() for level in (0.5, 0.95))
    assert (narrow["low"] > wide["low"]).all()
    with pytest.raises(ValueError, match="`groups` must be known for figures of patients, got None"):
        make_report(groups=None).per_patient()


def test_in_the_mean_confusion_each_patient_counts_the_same():
    shares = make_report().confusion(average=True)
    np.testing.assert_allclose(shares, [[3 / 4, 1 / 4], [1 / 3, 2 / 3]])
    assert shares.index.tolist() == ["rest", "seizure"]
    with pytest.raises(ValueError, match="`average` must be False where patients are unknown, got True"):
        make_report(groups=None).confusion(average=True)


def test_calibration():
    figures = make_report().calibration()
    assert figures.index.tolist() == ["tree", "mute", "chance"]
    assert figures.loc["mute"].isna().all()
    np.testing.assert_allclose(figures.loc["chance", ["log_loss", "brier_score"]], [np.log(2), 1 / 4])
    brier = np.mean((np.array([0.1, 0.2, 0.3, 0.8, 0.9, 0.7, 0.4]) - [0, 0, 0, 0, 1, 1, 1]) ** 2)
    assert figures.loc["tree", "brier_score"] == pytest.approx(brier)


def recorded(**changes):
    """The same windows as recordings: each lasts 10 minutes, and follows that before."""
    report = make_report()
    timeline = make_timeline(
        report.groups, [0, 600, 0, 600, 1200, 1800, 2400], 600.0, events=None, background="rest",
        y=report.y_true, groups=report.groups, classes=report.classes, target_names=report.target_names,
    )  # fmt: skip
    return replace(report, timeline=timeline, **changes)


def test_events_and_their_curve_need_recordings():
    assert make_report().events() is None
    assert make_report().event_curve() is None
    report = recorded()
    assert report.events("mute").sensitivity == 1
    assert report.events("chance").n_alarms == 0
    assert report.event_curve("mute") is None
    assert report.event_curve().sensitivity_at(1000) == 1
    assert report.events() is report.events()


def test_events_without_draws_have_no_limits_by_patient():
    limits = recorded(n_resamples=0).events().figures.loc["sensitivity"]
    assert limits[["patient_low", "patient_high"]].isna().all()
    assert 0 < limits["low"] < limits["estimate"]
    table = recorded(n_resamples=0).event_curve().to_frame()
    assert table["sensitivity_low"].isna().all()
    assert table["sensitivity"].notna().all()


def test_choices():
    report = make_report(chosen={"mute": [{"C": 1, "kernel": None}, {"C": "auto"}]})
    table = report.choices("mute")
    assert table["C"].tolist() == [1, "auto"]  # a number stays whole beside a word
    assert table["kernel"].isna().all()
    assert (table.index.name, table.index.tolist()) == ("fold", [0, 1])
    assert report.choices().shape == (0, 0)


def test_copies_do_not_share_what_is_added():
    first = make_report()
    first.add_section("Why", "because")
    second = replace(first, name="mute")
    second.add_section("How", "so")
    assert [title for title, *_ in first.sections] == ["Why"]
    assert [title for title, *_ in second.sections] == ["Why", "How"]
    assert make_report().sections == []


def test_the_report_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_report().name = "better"
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_report().predictions["tree"].y_pred = None


def test_text():
    text = str(make_report(warnings=("Mind the gap.",)))
    assert text.startswith("Evaluation of tree: 2 folds by patient (StratifiedGroupKFold), 2 pat")
    assert "7 windows, 2 classes." in text
    assert "Warning: Mind the gap." in text
    assert re.search(r"^Balanced accuracy +0\.708 +1\.000 +0\.500$", text, re.M)
    assert re.search(r"^ROC AUC +0\.833 +– +0\.500$", text, re.M)
    assert re.search(r"^seizure +0\.667 +0\.667 +0\.667 +0\.833 +3 +1$", text, re.M)
    assert repr(make_report()) == str(make_report())


def test_markdown():
    lines = make_report(warnings=("Mind the gap.",)).to_markdown().splitlines()
    assert lines[0] == "# Evaluation of tree"
    assert "> **Warning:** Mind the gap." in lines
    assert "| tree | 0.714 | 0.708 | 0.708 | 0.833 | 0.417 | 0.417 |" in lines
    assert "| chance | 0.571 | 0.500 | 0.364 | 0.500 | 0.000 | 0.000 |" in lines
    assert "| seizure | 0.667 | 0.667 | 0.667 | 0.833 | 3 | 1 |" in lines
    assert "| true \\\\ predicted | rest | seizure |" in lines
    assert "| seizure | 1 | 2 |" in lines
    assert "Warning" not in make_report().to_markdown()


def test_markdown_tables_survive_any_name():
    report = make_report(target_names=("a|b", "<script>\n#x"))
    text = report.to_markdown()
    assert "| a\\|b | 3 | 1 |" in text
    assert "<script>" not in text
    tables = re.findall(r"(?:^\|.*\n)+", text, re.M)
    widths = [{len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()} for table in tables]
    assert len(tables) > 5
    assert all(len(each) == 1 for each in widths)


def test_html_is_returned_or_written(tmp_path):
    report = make_report()
    page = report.to_html()
    assert isinstance(page, str)
    path = report.to_html(tmp_path / "report.html")
    assert path == tmp_path / "report.html"
    assert path.read_text(encoding="utf-8") == page
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]
    with pytest.raises(FileNotFoundError, match="does not exist; create it"):
        report.to_html(tmp_path / "nowhere" / "report.html")


def test_notebooks_get_a_part_of_the_page():
    part = make_report()._repr_html_()
    assert "<html" not in part
    assert part in make_report().to_html()


def test_pickle():
    report = pickle.loads(pickle.dumps(make_report()))
    pd.testing.assert_frame_equal(report.to_frame(), make_report().to_frame())


def test_description_of_the_data_is_in_the_report():
    report = replace(make_report(), description="Simulated.\nScores say nothing about <patients>.")
    assert "> Simulated.\n" in report.to_markdown()
    assert "Scores say nothing about &lt;patients&gt;." in report.to_html()
    assert "About the data" not in make_report().to_html()
