"""Copies of training windows: exact, shifted, scaled, turned, mixed; and what is no copy."""

import numpy as np
import pytest

from sklearn_eeg.sampling._fidelity_copies import (
    compare_nearness,
    lagged_distances,
    nearest_distances,
    relative_distances,
)

N_TIMES = 200


def make_eeg(n_windows, seed, n_channels=3, n_times=N_TIMES):
    """Windows with the falling spectrum of EEG."""
    rng = np.random.default_rng(seed)
    white = rng.normal(size=(n_windows, n_channels, n_times))
    frequencies = np.fft.rfftfreq(n_times, 1 / 200)
    return np.fft.irfft(np.fft.rfft(white) / np.maximum(frequencies, 2.0), n_times)


@pytest.fixture(scope="module")
def train():
    return make_eeg(150, 0)


@pytest.fixture(scope="module")
def held_out():
    return make_eeg(100, 1)


def judge(synthetic, train, held_out, distances):
    return compare_nearness(distances(synthetic, train), distances(held_out, train))


both = pytest.mark.parametrize("distances", [nearest_distances, lagged_distances])


@both
def test_other_windows_are_no_copies(train, held_out, distances):
    found = judge(make_eeg(100, 2), train, held_out, distances)
    assert found.ratio == pytest.approx(1, abs=0.03)
    assert found.copies < 0.05
    assert not found.memorised


@both
@pytest.mark.parametrize("noise", [0, 0.1])
def test_copies_are_memorised(train, held_out, distances, noise):
    synthetic = train[:50] + noise * train.std() * np.random.default_rng(3).normal(size=(50, 3, N_TIMES))
    found = judge(synthetic, train, held_out, distances)
    assert found.copies == 1
    assert found.memorised
    assert found.ratio < 0.2


@both
def test_a_tenth_of_copies_is_memorised(train, held_out, distances):
    synthetic = np.concatenate([make_eeg(90, 2), train[:10]])
    found = judge(synthetic, train, held_out, distances)
    assert found.memorised
    assert found.copies == pytest.approx(0.1, abs=0.02)


@both
def test_mixtures_of_near_windows_are_memorised(train, held_out, distances):
    rng = np.random.default_rng(4)
    mates = train[np.argsort(relative_distances(train, train), axis=1)[:, 1]]
    mixed = train + rng.uniform(0, 1, (150, 1, 1)) * (mates - train)
    assert judge(mixed, train, held_out, distances).memorised


def shift(windows, points):
    """Windows cut later from recordings that go on."""
    return np.concatenate([windows[..., points:], make_eeg(len(windows), 9)[..., :points]], axis=-1)


CHANGES = {
    "rolled": lambda x: np.roll(x, 70, axis=-1),
    "rolled by half": lambda x: np.roll(x, N_TIMES // 2, axis=-1),
    "cut elsewhere": lambda x: shift(x, 50),
    "upside down": lambda x: -x,
    "all of it": lambda x: -0.3 * shift(x, 30) + 20,
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_lagged_distance_sees_changed_copies_that_the_plain_one_does_not(train, held_out, change):
    synthetic = CHANGES[change](train[:60])
    assert not judge(synthetic, train, held_out, nearest_distances).memorised
    assert judge(synthetic, train, held_out, lagged_distances).memorised


def test_relative_distances_by_definition(train):
    a, b = train[:3], train[3:7]
    found = relative_distances(a + 7, b)
    for i in range(3):
        for j in range(4):
            x, y = (w - w.mean(axis=-1, keepdims=True) for w in (a[i], b[j]))
            expected = np.linalg.norm(x - y) / np.sqrt(np.linalg.norm(x) ** 2 + np.linalg.norm(y) ** 2)
            assert found[i, j] == pytest.approx(expected)
    assert relative_distances(a, 2 * a)[0, 0] == pytest.approx(1 / np.sqrt(5))
    assert relative_distances(np.zeros((1, 1, 9)), np.zeros((2, 1, 9))).tolist() == [[1.0, 1.0]]


def by_every_lag(x, y):
    """The largest absolute correlation over lags, of windows less the mean of each channel."""
    x, y = (w - w.mean(axis=-1, keepdims=True) for w in (x, y))
    n, largest = x.shape[-1], 0.0
    for lag in range(-(n // 2), n // 2 + 1):
        a, b = (x[:, : n - lag], y[:, lag:]) if lag >= 0 else (x[:, -lag:], y[:, : n + lag])
        largest = max(largest, abs(np.sum(a * b)) / np.sqrt(np.sum(a**2) * np.sum(b**2)))
    return largest


@pytest.mark.parametrize("n_times", [31, 40])
def test_lagged_distances_by_brute_force(n_times):
    x, y = make_eeg(70, 5, 2, n_times), make_eeg(12, 6, 2, n_times)
    expected = [np.sqrt(1 - max(by_every_lag(a, b) for b in y)) for a in x]
    np.testing.assert_allclose(lagged_distances(x, y), expected, atol=1e-5)


def test_pairs_that_are_apart_are_no_neighbours(train):
    apart = np.zeros((10, len(train)), bool)
    apart[:, :10] = np.eye(10)
    for distances in (nearest_distances, lagged_distances):
        assert distances(train[:10], train).max() < 1e-3
        expected = [float(distances(train[i : i + 1], np.delete(train, i, axis=0))[0]) for i in range(10)]
        np.testing.assert_allclose(distances(train[:10], train, apart=apart), expected, atol=1e-5)
    everything = np.ones((2, len(train)), bool)
    assert lagged_distances(train[:2], train, apart=everything).tolist() == [1, 1]


def test_constant_windows_resemble_nothing(train):
    flat = np.full((2, 3, N_TIMES), 4.0)
    assert lagged_distances(flat, train).tolist() == [1, 1]
    assert lagged_distances(flat, flat).tolist() == [1, 1]
    assert nearest_distances(flat, train).tolist() == [1, 1]


def test_nearness_at_the_edges():
    assert compare_nearness(np.ones(10), np.zeros(10)) == pytest.approx((np.nan, 0, False), nan_ok=True)
    held_out = np.linspace(0.5, 1, 101)
    assert compare_nearness(np.r_[np.ones(17), 0.1, 0.1, 0.1], held_out).memorised
    assert not compare_nearness(np.r_[np.ones(19), 0.1], held_out).memorised
    assert not compare_nearness(np.r_[np.ones(960), np.full(40, 0.1)], held_out).memorised
    near_but_not_copied = np.full(100, 0.45)  # nearer than any held-out window, but not by half
    assert not compare_nearness(near_but_not_copied, held_out).memorised
