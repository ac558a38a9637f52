"""Halves of patients, and equally many windows of each class."""

import numpy as np
import pytest

from sklearn_eeg.sampling._fidelity_halves import halve, match_classes


@pytest.mark.parametrize("n_patients", [2, 5, 8])
def test_a_patient_lies_in_one_half(n_patients):
    rng = np.random.default_rng(0)
    units, labels = rng.permutation(np.arange(100) % n_patients), rng.integers(0, 2, 100)
    a, b = halve(labels, units, rng)
    assert sorted([*a, *b]) == list(range(100))
    assert not set(units[a]) & set(units[b])
    assert len(set(units[a])) == n_patients // 2


def test_halves_have_each_class_where_they_can():
    """Two of ten patients have seizures: at random they fall into one half four times in nine."""
    units, labels = np.repeat(np.arange(10), 10), np.zeros(100, int)
    labels[[0, 1, 15]] = 1
    for seed in range(20):
        a, b = halve(labels, units, np.random.default_rng(seed))
        assert labels[a].any()
        assert labels[b].any()


def test_halves_differ_from_draw_to_draw():
    units, labels = np.arange(40), np.tile([0, 1], 20)
    rng = np.random.default_rng(0)
    first, second = (halve(labels, units, rng)[0] for _ in range(2))
    assert first.tolist() != second.tolist()


def test_few_patients_are_not_halved_in_the_same_way_twice():
    units, labels = np.repeat([0, 1, 2, 3], [5, 9, 6, 8]), np.zeros(28, int)  # one way leaves most windows
    rng, tried = np.random.default_rng(0), set()
    found = [frozenset(np.unique(units[halve(labels, units, rng, tried)[0]]).tolist()) for _ in range(3)]
    ways = {frozenset({each, frozenset({0, 1, 2, 3}) - each}) for each in found}
    assert len(ways) == 3
    assert len(halve(labels, units, rng, tried)[0])  # all are used up


def test_matched_sets_have_the_fewest_of_each_class():
    rng = np.random.default_rng(0)
    labels = [np.repeat([0, 1, 2], counts) for counts in ([5, 9, 3], [7, 2, 4], [6, 6, 0])]
    found = match_classes(labels, rng)
    for mine, places in zip(labels, found, strict=True):
        assert np.bincount(mine[places], minlength=3).tolist() == [5, 2, 0]
        assert len(set(places)) == len(places)


def test_matched_sets_are_drawn_evenly():
    rng, seen = np.random.default_rng(0), np.zeros(10)
    for _ in range(300):
        seen[match_classes([np.zeros(10, int), np.zeros(3, int)], rng)[0]] += 1
    assert seen.min() > 60  # 90 expected, with a deviation of 8
    assert seen.max() < 120
