"""Classifiers as judges: the two-sample test and its interval, and training on one set to test on another."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from sklearn_eeg.sampling._fidelity_classifiers import (
    Judged,
    bootstrap_auc,
    transfer_score,
    two_sample_auc,
    two_sample_scores,
)


def judged(a, b, folds=None):
    return Judged(a, b, *(np.zeros(len(a)), np.zeros(len(b))) if folds is None else folds)


def draw(n, seed, n_columns=6):
    return np.random.default_rng(seed).normal(size=(n, n_columns))


def test_two_samples_of_one_distribution_are_not_told_apart():
    areas = [
        two_sample_auc(two_sample_scores(draw(100, seed), draw(100, 50 + seed), random_state=seed))
        for seed in range(4)
    ]
    assert np.mean(areas) == pytest.approx(0.5, abs=0.06)  # three standard errors of four areas


def test_patients_without_a_difference_are_not_told_apart():
    areas = []
    for seed in range(4):
        patients = np.repeat(np.arange(5), 20)
        units = {"real_units": patients, "synthetic_units": 5 + patients}
        found = two_sample_scores(draw(100, seed, 30), draw(100, 50 + seed, 30), random_state=seed, **units)
        areas.append(two_sample_auc(found))
    assert np.mean(areas) == pytest.approx(0.5, abs=0.09)


def test_windows_are_compared_within_their_folds():
    scores = np.array([0.1, 0.9]), np.array([0.2, 0.8])
    assert two_sample_auc(judged(*scores)) == 0.5
    assert two_sample_auc(judged(*scores, folds=(np.array([0, 1]), np.array([0, 0])))) == 1
    assert np.isnan(two_sample_auc(judged(*scores, folds=(np.array([0, 0]), np.array([1, 1])))))
    apart = judged(*scores, folds=(np.zeros(2), np.ones(2)))
    assert np.isnan(bootstrap_auc([(apart, np.arange(2), 2 + np.arange(2))], random_state=0)).all()


def test_samples_of_another_spread_are_told_apart():
    assert two_sample_auc(two_sample_scores(draw(150, 0), 3 * draw(150, 1), random_state=0)) > 0.95


def test_scores_come_in_the_order_of_the_windows():
    real, synthetic = draw(50, 0), draw(70, 1)
    synthetic[::2] += 10
    a, b, *_ = two_sample_scores(real, synthetic, random_state=0)
    assert a.shape == (50,)
    assert b.shape == (70,)
    assert b[::2].min() > b[1::2].mean()


@pytest.mark.parametrize(("n_patients", "expected"), [(2, 0.25), (20, 0.5)])
def test_a_perfect_set_beside_few_patients(n_patients, expected):
    """Patients have one of two levels: that of the one who is left out has synthetic windows alone."""
    levels, patients = np.tile([-9.0, 9.0], 40)[:, None], np.arange(80) % n_patients
    areas = []
    for seed in range(4):
        real, perfect = levels + draw(80, seed), levels + draw(80, 100 + seed)
        judged = two_sample_scores(real, perfect, real_units=patients, random_state=seed)
        areas.append(two_sample_auc(judged))
    assert np.mean(areas) == pytest.approx(expected, abs=0.07)


def test_patients_do_not_lie_on_both_sides():
    """Patients differ, real and synthetic do not: windows of known patients would give the set away."""
    patients = np.repeat(np.arange(20), 10)
    real, synthetic = patients < 10, patients >= 10
    units = {"real_units": patients[real], "synthetic_units": patients[synthetic]}
    apart, together = [], []
    for seed in range(3):
        table = 5 * draw(20, seed)[patients] + 0.1 * draw(200, 100 + seed)
        parts = table[real], table[synthetic]
        apart.append(two_sample_auc(two_sample_scores(*parts, random_state=0)))
        together.append(two_sample_auc(two_sample_scores(*parts, random_state=0, **units)))
    assert min(apart) > 0.97
    assert np.mean(together) < 0.75


def test_copies_in_the_units_of_their_sources_are_not_told_apart():
    real = draw(100, 0)
    copies = real + 1e-6 * draw(100, 1)
    blind = two_sample_auc(two_sample_scores(real, copies, random_state=0))
    units = {"real_units": np.arange(100), "synthetic_units": np.arange(100)}
    assert blind < 0.4  # the twin of each window, on the other side, has the opposite label
    assert two_sample_auc(two_sample_scores(real, copies, random_state=0, **units)) == pytest.approx(
        0.5, abs=0.1
    )


def test_a_single_unit_cannot_be_judged():
    a, b, *_ = two_sample_scores(draw(20, 0), draw(20, 1) + 9, real_units=np.zeros(20, int), random_state=0)
    assert set(a) == set(b) == {0.5}


def test_folds_from_one_set_alone_say_nothing():
    units = np.repeat([0, 1], [30, 10])
    a, b, *_ = two_sample_scores(
        draw(40, 0),
        draw(40, 1) + 9,
        real_units=units,
        synthetic_units=np.repeat([0, 2], [39, 1]),
        random_state=0,
    )
    assert np.isfinite(a).all()
    assert np.isfinite(b).all()


def test_scores_depend_on_the_seed_alone():
    real, synthetic = draw(40, 0), draw(40, 1)
    first, again, other = (two_sample_scores(real, synthetic, random_state=seed)[0] for seed in (0, 0, 1))
    assert (first == again).all()
    assert (first != other).any()


def test_the_area_is_that_of_sklearn_with_weights():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 5, 30), rng.integers(2, 7, 20)
    truth = np.repeat([0, 1], [30, 20])
    assert two_sample_auc(judged(a, b)) == pytest.approx(roc_auc_score(truth, np.r_[a, b]))
    v, w = rng.integers(0, 4, 30), rng.integers(0, 4, 20)
    expected = roc_auc_score(truth, np.r_[a, b], sample_weight=np.r_[v, w])
    assert two_sample_auc(judged(a, b), v, w) == pytest.approx(expected)
    assert np.isnan(two_sample_auc(judged(a, b), np.zeros(30)))


def test_the_interval_covers_the_truth():
    """Scores that differ by one deviation have the area Phi(1 / sqrt 2)."""
    truth, covered, rng = 0.7602499, 0, np.random.default_rng(0)
    units = np.arange(60)
    for trial in range(100):
        part = judged(rng.normal(0, 1, 60), rng.normal(1, 1, 60)), units, 60 + units
        low, high = bootstrap_auc([part], n_resamples=200, random_state=trial)
        covered += low < truth < high
    assert 86 <= covered <= 100  # 95 expected; 86 is four deviations less


def test_windows_of_one_patient_widen_the_interval():
    rng = np.random.default_rng(0)
    patients = np.repeat(np.arange(10), 20)
    scores = rng.normal(size=10)[patients]
    other = rng.normal(1, 1, 200)
    far = 1000 + np.arange(200)
    single = bootstrap_auc([(judged(scores, other), np.arange(200), far)], random_state=0)
    grouped = bootstrap_auc([(judged(scores, other), patients, far)], random_state=0)
    assert np.ptp(grouped) > 1.5 * np.ptp(single)


def test_a_split_that_is_repeated_adds_no_certainty():
    rng = np.random.default_rng(0)
    part = judged(rng.normal(size=40), rng.normal(1, 1, 40)), np.arange(40), 40 + np.arange(40)
    once, twice = (bootstrap_auc([part] * n, random_state=0) for n in (1, 2))
    assert once == pytest.approx(twice)


def test_the_level_sets_the_width():
    rng = np.random.default_rng(0)
    part = judged(rng.normal(size=40), rng.normal(1, 1, 40)), np.arange(40), 40 + np.arange(40)
    wide, narrow = (bootstrap_auc([part], random_state=0, confidence_level=level) for level in (0.95, 0.5))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_training_on_what_has_no_signal_is_chance():
    rng = np.random.default_rng(0)
    y = np.tile([0, 1], 100)
    signal = draw(200, 0) + 2 * y[:, np.newaxis]
    assert transfer_score(signal, y, signal, y) > 0.99
    assert transfer_score(signal, rng.permutation(y), signal, y) < 0.9
    assert transfer_score(draw(200, 1), y, draw(200, 2), y) == pytest.approx(0.5, abs=0.12)


def test_collapsed_windows_test_well_and_train_badly():
    y = np.tile(["rest", "seizure"], 100)
    table = draw(200, 0)
    table[y == "seizure", 0] += 1.5
    collapsed = np.where((y == "seizure")[:, np.newaxis], table[1], table[0])
    assert transfer_score(table, y, table, y) > transfer_score(collapsed, y, table, y) + 0.1


def test_several_classes_count_alike():
    y = np.repeat(["a", "b", "c"], [80, 40, 10])
    table = np.eye(3)[np.repeat([0, 1, 2], [80, 40, 10])] * 9 + draw(130, 0, 3)
    assert transfer_score(table, y, table, y) > 0.99


def test_other_classes_have_no_score():
    table = draw(4, 0)
    assert np.isnan(transfer_score(table, np.array([0, 0, 1, 1]), table, np.array([0, 0, 2, 2])))
    assert np.isnan(transfer_score(table, np.zeros(4), table, np.zeros(4)))


def test_a_test_set_far_off_has_a_score():
    y = np.tile([0, 1], 20)
    table = draw(40, 0) + y[:, np.newaxis]
    assert 0 <= transfer_score(table, y, 1e4 * table, y) <= 1
