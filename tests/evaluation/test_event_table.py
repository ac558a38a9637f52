import json
import re

import numpy as np
import pytest

from sklearn_eeg.evaluation import score_events
from sklearn_eeg.evaluation._event_table import NO_SPREAD, count_seizures, event_table
from sklearn_eeg.evaluation._prediction import Prediction
from sklearn_eeg.evaluation._timeline import make_timeline

N_WINDOWS = 120  # of 10 s: 20 minutes a patient, two hours of six


@pytest.fixture
def make(draw_report):
    """Function that makes a report of six patients with one seizure of `length` windows each."""

    def make(length=6, missed=0, groups=True, keep=None, **changes):
        patients = np.repeat([f"pat{number}" for number in range(6)], N_WINDOWS)
        start = np.tile(np.arange(N_WINDOWS) * 10.0, 6)
        y = ((start >= 300) & (start < 300 + 10 * length)).astype(int)
        said = np.where(np.isin(patients, [f"pat{number}" for number in range(missed)]), 0, y)
        chosen = slice(None) if keep is None else keep(start)
        y, said, patients, start = (each[chosen] for each in (y, said, patients, start))
        known = patients if groups else None
        timeline = make_timeline(
            patients, start, 10.0, events=None, background=0, y=y, groups=known,
            classes=np.arange(2), target_names=("rest", "fit"),
        )  # fmt: skip
        chance = Prediction(np.zeros_like(y), np.full((len(y), 2), 0.5))
        predictions = {"model": Prediction(said, None), "chance": chance}
        values = {"y_true": y, "groups": known, "fold": np.zeros(len(y), dtype=int), "timeline": timeline}
        values |= {"predictions": predictions, "target_names": ("rest", "fit")}
        return draw_report(n_classes=2, **{**values, **changes})

    return make


def cells(html, name):
    events = html.split("<h2>Events</h2>")[1].split("</section>")[0]
    return re.findall(r"<td>(.*?)</td>", re.search(rf">{re.escape(name)}</th>(.*?)</tr>", events)[1])


def test_a_perfect_detector_is_not_certain_to_be_perfect(make):
    report = make()
    rate, found = "False alarms in 24 hours", "Sensitivity: pieces of seizures found"
    table = event_table(report).table
    assert table.loc[rate].tolist() == ["0.000", "0.000 to 44.267", NO_SPREAD]
    assert table.loc[found].tolist() == ["1.000", "0.610 to 1.000", NO_SPREAD]
    assert cells(report.to_html(), rate) == table.loc[rate].tolist()
    assert "0.000 to 0.000" not in report.to_html().split("<h2>Events</h2>")[1].split("</section>")[0]


def test_page_markdown_and_text_show_the_same_intervals_by_the_same_names(make):
    report = make(missed=2)
    found = event_table(report)
    scores = report.events().figures.loc["sensitivity"]
    [low, high] = scores[["patient_low", "patient_high"]]
    assert found.table["Over patients"].iloc[0] == f"{low:.3f} to {high:.3f}" != NO_SPREAD
    page, markdown, text = report.to_html(), report.to_markdown(), str(report)
    for name, *values in found.table.itertuples(name=None):
        assert cells(page, name) == values
        assert f"| {name} | {' | '.join(values)} |" in markdown
        assert re.search(r" +".join(map(re.escape, [name, *values])), text)
    for made in (page.replace("&#x27;", "'"), markdown, text):
        assert found.caption in made
        assert found.lead in made


@pytest.mark.parametrize("changes", [{"groups": False}, {"n_resamples": 0}])
def test_without_draws_of_patients_there_is_no_column_of_them(make, changes):
    report = make(missed=2, **changes)
    found = event_table(report)
    assert found.table.columns.tolist() == ["Estimate", "As if independent"]
    assert "Over patients" not in found.caption
    assert report.events().figures[["patient_low", "patient_high"]].isna().all(axis=None)


def test_coverage_stands_beside_the_rate(make):
    report = make(keep=lambda start: (start < 700) | (start >= 1190))
    found = event_table(report)
    place = found.table.index.get_loc("False alarms in 24 hours")
    assert found.table.iloc[place + 1].tolist() == [f"{71 / 120:.3f}", "–", "–"]
    assert "Windows cover 59% of the recorded time" in found.lead
    events = json.loads(report.to_json())["events"]
    assert events["covered"] == pytest.approx(71 / 120)
    assert events["hours"] == pytest.approx(6 * 710 / 3600)


def test_pieces_are_not_called_seizures(make):
    report = make(length=72)  # of 720 s: three pieces each
    assert event_table(report).lead.startswith("6 seizures, scored as 18 pieces of at most 300 s (where")
    events = json.loads(report.to_json())["events"]
    assert (events["seizures"], events["pieces"], events["pieces_found"]) == (6, 18, 18)
    assert events["rules"]["max_event_seconds"] == 300
    assert events["types"][0]["seizures"] == 6
    assert count_seizures(score_events([(100, 160)], [], duration=3600)) == "1 seizures"


def test_without_recordings_there_is_nothing(draw_report):
    assert event_table(draw_report()) is None
