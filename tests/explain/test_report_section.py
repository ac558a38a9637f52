import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier

from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.explain import Explanation, Faithfulness, Saliency
from sklearn_eeg.explain._report_section import add_explanation, largest_players

CHANNELS = ["Fp1", "T7", "Cz", "O2"]
PREDICTED = np.array(["rest", "seizure", "rest", "seizure"])
VALUES = np.zeros((4, 4, 2))
VALUES[PREDICTED == "seizure", :, 1] = [0.5, 4.0, -1.0, 0.0]
VALUES[PREDICTED == "rest", :, 0] = [-0.25, 0.0, -2.0, -1.0]


class Recorder:
    """Stands for a report: keeps what it is given."""

    def __init__(self):
        self.sections = {}

    def add_section(self, title, content, *, alt=None):
        assert title not in self.sections
        self.sections[title] = (content, alt)


def explanation(channels=CHANNELS, bands=None):
    players = pd.DataFrame({"channel": channels} if bands is None else {"channel": channels, "band": bands})
    return Explanation(
        values=VALUES, base_values=np.zeros(2), outputs=np.zeros((4, 2)), predictions=PREDICTED,
        players=players,
        player_names=["-".join(row) for row in players.to_numpy()], classes=np.array(["rest", "seizure"]),
        level="channel" if bands is None else ("channel", "band"), output="margin", method="exact",
    )  # fmt: skip


def faithful():
    down, random = np.array([4.0, 1.0, 0.0]), np.array([[4.0, 3.0, 0.0]] * 30)
    table = pd.DataFrame(
        {"channels": [["T7", "Fp1"], []], "score_masked": [0.5, 0.5]}, index=["seizure", "mean"]
    )
    return Faithfulness(np.arange(3), down, np.array([0.0, 3.0, 4.0]), random, np.zeros((1, 2)), table)


def test_words_maps_bars_and_table():
    report = Recorder()
    add_explanation(report, explanation())
    assert list(report.sections) == [
        "Explanation", "Explanation: scalp maps", "Explanation: size of the attributions",
        "Explanation: what counts most",
    ]  # fmt: skip
    text, _ = report.sections["Explanation"]
    assert text.startswith("4 windows, explained by channel (4 in all); method: exact.")
    assert "in the units of the margin" in text
    maps, alt = report.sections["Explanation: scalp maps"]
    assert [ax.get_title() for ax in maps.axes[:2]] == ["rest", "seizure"]
    assert alt.endswith("rest: most by Cz (-2), O2 (-1) and Fp1 (-0.25). "
                        "seizure: most by T7 (+4), Cz (-1) and Fp1 (+0.5).")  # fmt: skip
    bars, alt = report.sections["Explanation: size of the attributions"]
    assert [text.get_text() for text in bars.axes[0].get_yticklabels()] == ["T7", "Cz", "O2", "Fp1"]
    assert alt == "Mean size of the attribution to the margin, the largest first: T7, Cz, O2"


def test_table():
    table = largest_players(explanation(), n_largest=2)
    assert table.loc["seizure"].tolist() == [2, "T7 (+4), Fp1 (+0.5)", "Cz (-1)"]
    assert table.loc["rest"].tolist() == [2, "", "Cz (-2), O2 (-1)"]
    by_truth = largest_players(explanation(), y=["rest"] * 4)
    assert by_truth["windows"].tolist() == [4, 0]
    assert by_truth.loc["seizure", ["for", "against"]].tolist() == ["", ""]


@pytest.mark.parametrize(
    ("known", "expected"),
    [(["seizure", "rest"], ["Ruhe", "Anfall"]), (["seizure", "other"], ["rest", "seizure"])],
)
def test_classes_have_the_names_of_the_report(known, expected):
    report = Recorder()
    report.classes, report.target_names = np.array(known), ("Anfall", "Ruhe")
    add_explanation(report, explanation(), faithful())
    maps, alt = report.sections["Explanation: scalp maps"]
    assert [ax.get_title() for ax in maps.axes[:2]] == expected
    assert f"{expected[1]}: most by T7" in alt
    assert list(report.sections["Explanation: what counts most"][0].index) == expected
    table, _ = report.sections["Explanation: scores without the channels that count most"]
    assert list(table.index) == [expected[1], "mean"]


def test_true_labels_are_said():
    report = Recorder()
    add_explanation(report, explanation(), y=PREDICTED, title="Why")
    assert "means over the windows of the class" in report.sections["Why"][0]


def test_no_map_without_places():
    report = Recorder()
    add_explanation(report, explanation(["ch0", "ch1", "ch2", "ch3"]))
    assert "Explanation: scalp maps" not in report.sections
    assert len(report.sections) == 3


def test_channels_by_bands():
    report = Recorder()
    add_explanation(report, explanation(["T7", "T7", "Cz", "Cz"], ["delta", "theta"] * 2))
    figure, alt = report.sections["Explanation: channels by bands, seizure"]
    assert [ax.get_title() for ax in figure.axes if ax.images] == ["seizure"]
    assert alt.endswith("the margin. seizure: most by T7-theta (+4), Cz-delta (-1) and T7-delta (+0.5).")
    figure, _ = report.sections["Explanation: channels by bands, rest"]
    assert figure.axes[0].images[0].get_clim() == (-4, 4)
    assert "explained by channel x band (4 in all)" in report.sections["Explanation"][0]
    assert report.sections["Explanation: scalp maps"][1].startswith("One map of the scalp for each class")


def test_faithfulness():
    report = Recorder()
    add_explanation(report, explanation(), faithful())
    figure, alt = report.sections["Explanation: how far it can be trusted"]
    assert len(figure.axes[0].lines) == 3
    assert "area 1.5, below that of random orders, 2.5 (p = 0.032)" in alt
    table, _ = report.sections["Explanation: scores without the channels that count most"]
    assert table["channels"].to_dict() == {"seizure": "T7, Fp1", "mean": ""}
    assert list(table.columns) == ["channels", "score masked"]


def test_saliency():
    report = Recorder()
    values = np.moveaxis(VALUES, 1, 2)[..., np.newaxis]
    add_explanation(
        report,
        Saliency(values, np.array(["rest", "seizure"]), CHANNELS, "occlusion", "margin", VALUES.sum(axis=1)),
    )
    assert "Explanation: scalp maps" in report.sections
    assert "method: occlusion" in report.sections["Explanation"][0]


def test_no_figure_is_left_open():
    from matplotlib import pyplot

    before = pyplot.get_fignums()
    add_explanation(Recorder(), explanation(), faithful())
    assert pyplot.get_fignums() == before


def test_in_an_evaluation_report():
    y = np.tile(["rest", "seizure"], 8)
    report = evaluate(
        DummyClassifier(), np.zeros((16, 5)), y, np.repeat([0, 1, 2, 3], 4), cv=2, n_resamples=0
    )
    add_explanation(report, explanation(), faithful(), title="Which channels")
    page, text = report.to_html(), report.to_markdown()
    assert page.count("data:image/png;base64,") >= 3
    assert "Which channels: scalp maps" in page
    assert "seizure: most by T7 (+4), Cz (-1) and Fp1 (+0.5)." in page
    assert "Which channels: scalp maps" in text


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"add_to_report needs matplotlib; .*sklearn-eeg\[plot\]"):
        add_explanation(Recorder(), explanation())
