"""The figures of a report: what every set has beside halves of patients and beside training windows."""

import numpy as np
import pytest

from sklearn_eeg.sampling._fidelity_compute import compute_figures
from sklearn_eeg.sampling._fidelity_inputs import REAL, read_inputs
from sklearn_eeg.sampling._fidelity_scores import METRICS

NEEDS_TRAINING = ["nearer_to_training", "gain"]


def make_eeg(n, seed, n_patients=4):
    """Windows of two channels with a falling spectrum, a rhythm in class 1 and a gain of the patient."""
    rng = np.random.default_rng(seed)
    y, patients = np.tile([0, 1], n // 2), np.repeat(np.arange(n_patients), n // n_patients)
    x = 300 * np.fft.irfft(np.fft.rfft(rng.normal(size=(n, 2, 128))) / (2 + np.arange(65)), 128)
    x += (10 * y[:, None] * np.sin(np.arange(128) / 3 + rng.uniform(0, 6.3, (n, 1))))[:, np.newaxis]
    return x * rng.uniform(0.9, 1.1, n_patients)[patients][:, None, None], y, patients


def compute(sets, train=None, n_halvings=2, **options):
    inputs = read_inputs(make_eeg(120, 0), sets, train, sfreq=128)
    options = {"n_neighbors": 5, "n_directions": 30, "confidence_level": 0.95} | options
    return compute_figures(inputs, n_halvings=n_halvings, **options)


@pytest.fixture(scope="module")
def computed():
    train, good = make_eeg(80, 1), make_eeg(80, 2)
    rng = np.random.default_rng(3)
    rolled = np.stack([np.roll(x, rng.integers(128), axis=-1) for x in train[0]])
    sets = {
        "good": good[:2],
        "copied": (train[0], train[1]),
        "rolled": (rolled, train[1]),
        "loud": (good[0] * 10**2.5, good[1]),
        "collapsed": (good[0][good[1]], good[1]),
        "white": (rng.normal(0, good[0].std(), good[0].shape), good[1]),
    }
    return compute(sets, train[:2], n_halvings=1)


def test_each_metric_and_set_has_its_place(computed):
    assert list(computed.figures.index) == list(METRICS)
    assert list(computed.figures) == ["good", "copied", "rolled", "loud", "collapsed", "white", REAL]
    assert np.isfinite(computed.figures.to_numpy()).all()
    assert computed.n_matched <= 60


def test_copies_are_memorised_and_nothing_else(computed):
    assert [name for name, found in computed.memorised.items() if found] == ["copied", "rolled"]
    figures = computed.figures
    assert figures.loc["copies", "copied"] == 1
    assert figures.loc["nearest_ratio", "copied"] == pytest.approx(0, abs=1e-6)
    assert figures.loc["lagged_copies", "rolled"] == 1
    assert figures.loc["nearer_to_training", "copied"] > figures.loc["nearer_to_training", "good"] + 0.2
    assert figures.loc["lagged_ratio", "white"] > 1
    assert figures.loc["nearest_ratio", REAL] == figures.loc["lagged_ratio", REAL] == 1


def test_a_good_set_is_close_to_the_reference(computed):
    good, real = computed.figures["good"], computed.figures[REAL]
    assert good["log_spectrum_distance"] < real["log_spectrum_distance"] + 1
    for name in ("precision", "recall", "coverage", "trained_on", "tested_on"):
        assert good[name] == pytest.approx(real[name], abs=0.25)
    assert computed.intervals["good"][0] < good["two_sample_auc"] < computed.intervals["good"][1]
    assert good["two_sample_auc"] < 0.75


def test_bad_sets_are_told_by_their_figures(computed):
    figures = computed.figures
    assert figures.loc["log_spectrum_distance", "loud"] == pytest.approx(50, abs=2)
    assert figures.loc["covariance_distance", "loud"] == pytest.approx(50, abs=2)
    assert figures.loc["standard_deviation", "loud"] == pytest.approx(10**2.5, rel=0.2)
    assert (figures.loc["two_sample_auc", ["loud", "white"]] > 0.99).all()
    assert computed.intervals["white"][0] > 0.99
    assert figures.loc["coverage", "collapsed"] < figures.loc["coverage", "good"] / 2
    assert figures.loc["recall", "collapsed"] == 0
    assert figures.loc["log_spectrum_distance", "white"] > 5


def test_bands_and_classes(computed):
    by_band = computed.by_band
    assert list(by_band.index.get_level_values("system").unique()) == list(computed.figures)
    assert by_band.loc["loud"].to_numpy() == pytest.approx(by_band.loc["good"].to_numpy() + 50)
    assert (by_band.loc[REAL] >= 0).all(axis=None)
    assert (by_band.loc[("white", 0, "gamma")] > 5).all()
    assert computed.by_class.loc[[0, 1], "loud"].to_numpy() == pytest.approx([50, 50], abs=2)


def test_the_same_seed_gives_the_same_figures():
    sets = {"good": make_eeg(40, 2)[:2]}
    first, again = (compute(sets, n_halvings=1) for _ in range(2))
    assert first.figures.equals(again.figures)
    assert first.intervals == again.intervals


def test_rivals_do_not_change_the_halves():
    good, rival = make_eeg(60, 2)[:2], make_eeg(60, 5)[:2]
    alone, beside = (
        compute({"good": good}, n_halvings=1),
        compute({"good": good, "rival": rival}, n_halvings=1),
    )
    assert beside.by_band.loc["good"].equals(alone.by_band.loc["good"])
    assert beside.n_matched == alone.n_matched


def test_without_training_windows_copies_of_real_ones_are_found():
    x, y, _ = make_eeg(120, 0)
    found = compute({"copied": (x[:60], y[:60]), "good": make_eeg(60, 2)[:2]}, n_halvings=1)
    assert found.memorised == {"copied": True, "good": False}
    assert found.figures.loc[NEEDS_TRAINING].isna().all(axis=None)
    assert found.figures.drop(NEEDS_TRAINING).notna().all(axis=None)


def test_the_gain_is_beside_the_training_windows_alone():
    """Training windows with the wrong labels teach the opposite, which twice as many right ones repair."""
    x, y, _ = make_eeg(40, 1)
    good, again = make_eeg(120, 2)[:2], (x, 1 - y)
    found = compute({"good": good, "again": again}, (x, 1 - y), n_halvings=1).figures.loc["gain"]
    assert found["good"] > 0.1
    assert found["again"] == pytest.approx(0, abs=0.05)


def test_training_windows_without_labels_have_no_gain():
    found = compute({"good": make_eeg(60, 2)[:2]}, (make_eeg(40, 1)[0], None), n_halvings=1)
    assert found.figures.loc["gain"].isna().all()
    assert found.figures.loc["nearer_to_training"].between(0, 1).all()


def test_the_spread_is_that_of_the_halvings():
    good = {"good": make_eeg(40, 2)[:2]}
    assert compute(good, n_halvings=1).spread.isna().all(axis=None)
    spread = compute(good, n_halvings=2).spread
    assert spread.loc["log_spectrum_distance", "good"] > 0
    assert spread.loc["nearest_ratio", "good"] == 0


def test_too_few_windows():
    good = {"good": make_eeg(8, 2)[:2]}
    with pytest.raises(
        ValueError, match="must have at least 10 windows of the same classes, got 8: give more"
    ):
        compute(good)
    with pytest.raises(ValueError, match="must have at least 71 windows"):
        compute({"good": make_eeg(120, 2)[:2]}, n_neighbors=70)
