import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.pipeline import make_pipeline

from sklearn_eeg.evaluation._data_card import (
    WindowFacts,
    describe_windows,
    fold_classes,
    fold_table,
    patients_by_class,
    summarise_data,
)


class Rated(BaseEstimator):
    def __init__(self, sfreq=None):
        self.sfreq = sfreq


def test_the_rate_is_what_all_steps_agree_on():
    X = np.zeros((4, 2, 100))
    assert describe_windows(X, make_pipeline(Rated(50), Rated(50.0))) == WindowFacts(2, 100, 50.0, 2.0)
    assert describe_windows(X, make_pipeline(Rated(50), Rated(60))) == WindowFacts(2, 100, None, None)
    assert describe_windows(X, make_pipeline(Rated(50), Rated(60)), [1.0, 3.0]).window_seconds == 2.0
    assert describe_windows(X.tolist(), Rated(50)) == WindowFacts(None, None, 50.0, None)
    assert describe_windows(pd.DataFrame(X[0]), object()) == WindowFacts()


def test_epochs_tell_their_own_rate():
    mne = pytest.importorskip("mne")
    epochs = mne.EpochsArray(np.zeros((4, 2, 100)), mne.create_info(2, 25.0, "eeg"), verbose="error")
    assert describe_windows(epochs, object()) == WindowFacts(2, 100, 25.0, 4.0)


def test_counts(draw_report):
    report = draw_report(n_classes=2, n_patients=3, n_windows=10, facts=WindowFacts(19, 512, 256.0, 360.0))
    facts = summarise_data(report)
    assert facts["windows"] == 30
    assert facts["patients"] == facts["patients_with_several_classes"] == 3
    assert facts["hours"] == pytest.approx(3.0)
    assert (facts["folds"], facts["recordings"], facts["n_channels"]) == (2, None, 19)
    counts = patients_by_class(report)
    assert counts.to_numpy().sum() == 30
    assert counts.loc["class 1", "pat02"] == ((report.y_true == 1) & (report.groups == "pat02")).sum()


def test_unknown_patients_are_unknown(draw_report):
    report = draw_report(groups=None)
    assert summarise_data(report)["patients"] is None
    assert patients_by_class(report) is None
    assert fold_table(report)["patients"].isna().all()


def test_folds(draw_report):
    report = draw_report()
    table = fold_table(report)
    assert table["windows"].tolist() == [120, 120]
    assert table["patients"].tolist() == [4, 4]
    assert table.columns.tolist() == ["windows", "patients"]
    assert fold_classes(report).loc[1, "class 2"] == ((report.fold == 1) & (report.y_true == 2)).sum()


@pytest.mark.parametrize("names", [("patients", "windows", "fold"), ("classes", "index", "class")])
def test_a_class_may_have_the_name_of_a_column(draw_report, names):
    report, plain = draw_report(target_names=names), draw_report()
    assert fold_classes(report).to_numpy().tolist() == fold_classes(plain).to_numpy().tolist()
    assert fold_table(report).equals(fold_table(plain))
    for made in (report.to_html(), report.to_markdown(), report.to_json(), str(report)):
        assert names[0] in made
