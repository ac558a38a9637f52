import dataclasses

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC

from sklearn_eeg.evaluation import bootstrap_by_patient, compare, evaluate
from sklearn_eeg.evaluation._report import Prediction


@pytest.fixture(scope="module")
def eeg():
    rng = np.random.default_rng(0)
    patient = np.repeat(np.arange(8), 15)
    y = rng.integers(2, size=len(patient))
    return rng.standard_normal((len(y), 4)) + y[:, np.newaxis], y, patient


@pytest.fixture(scope="module")
def report(eeg):
    return evaluate(LogisticRegression(), *eeg, cv=4, beside={"bayes": GaussianNB()}, name="logistic")


def test_systems_of_a_report(report):
    result = compare(report, n_resamples=100)
    assert result.estimates.index.tolist() == ["logistic", "bayes", "chance"]
    pairs = [("logistic", "bayes"), ("logistic", "chance"), ("bayes", "chance")]
    assert result.to_frame().loc["accuracy"].index.tolist() == pairs
    np.testing.assert_allclose(result.estimates.to_numpy(), report.to_frame().to_numpy(), atol=1e-12)
    table = result.to_frame().loc["roc_auc"]
    area = result.estimates["roc_auc"]
    assert table.loc[("bayes", "chance"), "difference"] == pytest.approx(area["bayes"] - area["chance"])
    assert result.exact
    assert (result.n_units, result.unit) == (8, "patient")
    assert table.loc[("logistic", "chance"), "p_value"] < 0.05


def test_reports_on_the_same_windows_equal_one_report(eeg, report):
    alone = evaluate(GaussianNB(), *eeg, cv=4)
    both = compare({"logistic": report, "bayes": alone}, n_resamples=100).to_frame()
    one = compare(report, n_resamples=100, against="bayes").to_frame()
    row = one.xs(("logistic", "bayes"), level=("system", "against")).drop(columns="p_holm")
    got = both.xs(("logistic", "bayes"), level=("system", "against")).drop(columns="p_holm")
    assert got.equals(row)


def test_predictions_and_labels(eeg, report):
    _, y, patient = eeg
    said = report.predictions["logistic"]
    result = compare({"a": said, "b": y}, y, patient, n_resamples=50)
    assert "roc_auc" not in result.estimates.columns
    assert result.estimates.loc["b"].eq(1).all()
    scored = {"a": said, "b": Prediction(y, np.eye(2)[y])}
    assert "roc_auc" in compare(scored, y, patient, n_resamples=50).estimates.columns
    mixed = compare({"a": report, "b": y}, n_resamples=50)
    assert mixed.to_frame().equals(result.to_frame())


def test_both_systems_meet_the_same_patients():
    # The first system is right in 4 windows of 10 more, in each patient: no draw changes that.
    rng = np.random.default_rng(0)
    patient = np.repeat(np.arange(9), 10)
    n_wrong = np.repeat(rng.integers(0, 6, 9), 10)
    place = np.tile(np.arange(10), 9)
    y = np.zeros(90, dtype=int)
    better, worse = (place < n_wrong).astype(int), (place < n_wrong + 4).astype(int)
    result = compare({"a": better, "b": worse}, y, patient, metrics=["accuracy"], n_resamples=200)
    row = result.to_frame().iloc[0]
    np.testing.assert_allclose(row[["difference", "low", "high"]].to_numpy(), 0.4, atol=1e-12)
    own = bootstrap_by_patient(y, better, patient, metrics=["accuracy"]).figures["accuracy"]
    assert own.high - own.low > 0.1
    assert row["p_value"] == 2 / 2**9


@pytest.mark.parametrize("method", ["percentile", "bca", "expanded"])
def test_against_a_perfect_system_the_interval_mirrors_that_of_the_figure(method, eeg, report):
    _, y, patient = eeg
    said = report.predictions["logistic"].y_pred
    how = {"metrics": ["balanced_accuracy"], "n_resamples": 300, "method": method, "random_state": 3}
    row = compare({"a": said, "truth": y}, y, patient, **how).to_frame().iloc[0]
    own = bootstrap_by_patient(y, said, patient, **how).figures["balanced_accuracy"]
    got = row[["difference", "low", "high"]].to_numpy() + 1
    np.testing.assert_allclose(got, own[:3], rtol=0, atol=1e-9)


def test_order_of_systems_turns_the_sign(eeg, report):
    _, y, patient = eeg
    a, b = report.predictions["logistic"], report.predictions["bayes"]
    one, other = (
        compare(systems, y, patient, n_resamples=200).to_frame()
        for systems in ({"a": a, "b": b}, {"b": b, "a": a})
    )
    for name, turned in (("difference", "difference"), ("low", "high"), ("high", "low")):
        np.testing.assert_allclose(one[name], -other[turned].to_numpy(), atol=1e-12)
    np.testing.assert_array_equal(one["p_value"], other["p_value"].to_numpy())


def test_p_values_are_corrected_over_pairs(report):
    table = compare(report, metrics=["accuracy"], n_resamples=20).to_frame()
    p = np.sort(table["p_value"])
    expected = np.minimum(np.maximum.accumulate(p * [3, 2, 1]), 1)
    np.testing.assert_allclose(np.sort(table["p_holm"]), expected)
    against = compare(report, metrics=["accuracy"], n_resamples=20, against="chance").to_frame()
    assert against.index.get_level_values("against").unique().tolist() == ["chance"]
    assert len(against) == 2


def test_windows_as_units_are_warned_of(eeg, report):
    _, y, _ = eeg
    with pytest.warns(UserWarning, match="`groups` is missing: windows are resampled"):
        result = compare({"a": y, "b": 1 - y}, y, n_resamples=20, n_permutations=50)
    assert result.unit == "window"
    assert not result.exact
    assert "random swaps of 120 windows" in str(result)


def test_result_is_frozen_and_reads_well(report):
    result = compare(report, metrics=["accuracy", "log_loss"], n_resamples=20)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.exact = False
    text = str(result)
    assert text == repr(result)
    assert text.startswith(
        "Differences with 95% intervals (expanded) and p-values from all swaps of 8 patients"
    )
    table = result.to_frame()
    table["low"] = 0
    assert (result.to_frame()["low"] != 0).any()


def test_other_windows_are_refused_by_name(eeg, report):
    X, y, patient = eeg
    other = evaluate(DummyClassifier(), X, 1 - y, patient, cv=4)
    with pytest.raises(ValueError, match="on the same windows, but the true labels of 'dummy' are not those"):
        compare({"logistic": report, "dummy": other})
    fewer = evaluate(DummyClassifier(), X[:60], y[:60], patient[:60], cv=4)
    with pytest.raises(ValueError, match="the true labels of 'dummy' are not those of the others"):
        compare({"logistic": report, "dummy": fewer})
    shifted = evaluate(DummyClassifier(), X, y, (patient + 1) % 8, cv=4)
    with pytest.raises(ValueError, match="the patients of 'dummy' are not those of the others"):
        compare({"logistic": report, "dummy": shifted})
    with pytest.warns(UserWarning, match="`groups`"):
        unknown = evaluate(DummyClassifier(), X, y, cv=4)
    with pytest.raises(ValueError, match="the patients of 'logistic' are not those of the others"):
        compare({"dummy": unknown, "logistic": report})
    with pytest.raises(ValueError, match="the true labels of 'logistic' are not those"):
        compare({"logistic": report, "labels": y}, 1 - y)
    with pytest.raises(ValueError, match="System 'short' cannot be compared: .*inconsistent numbers"):
        compare({"logistic": report, "short": y[:5]})


def test_patients_may_be_given_where_reports_do_not_know_them(eeg):
    X, y, patient = eeg
    with pytest.warns(UserWarning, match="`groups`"):
        unknown = evaluate(DummyClassifier(), X, y, cv=4)
    assert compare({"dummy": unknown, "truth": y}, groups=patient, n_resamples=20).unit == "patient"


def test_refused(eeg, report):
    X, y, patient = eeg
    with pytest.raises(
        TypeError, match="`systems` must be an EvaluationReport or a dict of systems, got list"
    ):
        compare([report])
    with pytest.raises(ValueError, match=r"at least two systems to compare, got \['a'\]"):
        compare({"a": y}, y)
    with pytest.raises(ValueError, match="`y_true` must be given"):
        compare({"a": y, "b": y})
    with pytest.raises(
        ValueError, match=r"`against` must be one of \['logistic', 'bayes', 'chance'\], got 'svm'"
    ):
        compare(report, against="svm")
    with pytest.raises(ValueError, match="`n_permutations` must be at least 1, got 0"):
        compare(report, n_permutations=0)
    margins = evaluate(SVC(), X, y, patient, cv=4)
    with pytest.raises(ValueError, match="`y_score` of 'svm' must hold probabilities"):
        compare({"svm": margins, "logistic": report}, metrics=["log_loss"])
    with pytest.raises(ValueError, match="must do without 'roc_auc' where `y_score` of 'labels' is None"):
        compare({"svm": margins, "labels": y}, metrics=["roc_auc"])
