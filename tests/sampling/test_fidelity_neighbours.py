"""Precision, recall, density and coverage, held against their definitions."""

import numpy as np
import pytest

from sklearn_eeg.sampling._fidelity_neighbours import neighbour_scores


@pytest.fixture
def table():
    return np.random.default_rng(0).normal(size=(80, 4))


def by_definition(real, synthetic, k):
    mean, deviation = real.mean(axis=0), real.std(axis=0)
    real, synthetic = (real - mean) / deviation, (synthetic - mean) / deviation

    def radius(points, i):
        return sorted(np.linalg.norm(points[i] - other) for other in np.delete(points, i, axis=0))[k - 1]

    real_radii = [radius(real, i) for i in range(len(real))]
    synthetic_radii = [radius(synthetic, i) for i in range(len(synthetic))]
    distance = np.array([[np.linalg.norm(r - s) for s in synthetic] for r in real])
    held = [[distance[i, j] < real_radii[i] for j in range(len(synthetic))] for i in range(len(real))]
    holds = [[distance[i, j] < synthetic_radii[j] for j in range(len(synthetic))] for i in range(len(real))]
    return {
        "precision": np.mean([any(column) for column in zip(*held, strict=True)]),
        "recall": np.mean([any(row) for row in holds]),
        "density": np.sum(held) / k / len(synthetic),
        "coverage": np.mean([any(row) for row in held]),
    }


@pytest.mark.parametrize("k", [1, 3])
def test_the_definitions(table, k):
    synthetic = 0.8 * np.random.default_rng(1).normal(size=(30, 4)) + 0.3
    assert neighbour_scores(table, synthetic, n_neighbors=k) == pytest.approx(
        by_definition(table, synthetic, k)
    )


def test_a_set_beside_itself(table):
    assert neighbour_scores(table, table[::-1]) == {
        "precision": 1, "recall": 1, "density": 1, "coverage": 1,
    }  # fmt: skip


def test_a_set_far_away(table):
    assert set(neighbour_scores(table, table + 100).values()) == {0.0}


def test_a_collapsed_set_is_precise_and_covers_nothing(table):
    centre = np.argmin(np.linalg.norm(table - table.mean(axis=0), axis=1))
    found = neighbour_scores(table, np.repeat(table[centre : centre + 1], 80, axis=0))
    assert found["precision"] == 1
    assert found["recall"] == 0
    assert found["coverage"] < 0.3


def test_a_column_is_scaled_and_a_constant_one_allowed(table):
    synthetic = np.random.default_rng(1).normal(size=(60, 4))
    expected = neighbour_scores(table, synthetic)
    scale = [1, 100, 0.01, 5]
    assert neighbour_scores(table * scale, synthetic * scale) == pytest.approx(expected)
    constant = [np.column_stack([each, np.ones(len(each))]) for each in (table, synthetic)]
    assert neighbour_scores(*constant) == pytest.approx(expected)


def test_neighbours_must_be_fewer_than_windows(table):
    with pytest.raises(ValueError, match=r"less than the number of windows \(5\), got 5"):
        neighbour_scores(table, table[:5])
    with pytest.raises(ValueError, match="`n_neighbors` must be at least 1 and .* got 0"):
        neighbour_scores(table, table, n_neighbors=0)
