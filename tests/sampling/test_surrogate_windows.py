import numpy as np
import pytest

from sklearn_eeg.sampling._surrogate_windows import (
    _segment_weights,
    add_noise,
    draw_sources,
    recombine_segments,
    shift_in_time,
)


def rng(seed=0):
    return np.random.default_rng(seed)


def ramps(n_windows=5, n_channels=2, n_times=12):
    """Windows of which each value tells its window, channel and time: 100, 20 and 1 apart."""
    window, channel, time = np.ogrid[:n_windows, :n_channels, :n_times]
    return 100.0 * window + 20.0 * channel + time


@pytest.mark.parametrize("n_windows", [1, 3, 4, 5, 13])
def test_sources_are_used_equally_often(n_windows):
    counts = np.bincount(draw_sources(4, n_windows, rng()), minlength=4)
    assert counts.sum() == n_windows
    assert np.ptp(counts) <= 1


def test_sources_come_in_random_order():
    orders = {tuple(draw_sources(3, 3, rng(seed))) for seed in range(60)}
    assert len(orders) == 6


def test_noise_has_its_share_of_each_channel_s_deviation():
    X = rng().normal(size=(3, 2, 20_000)) * np.array([[1.0], [50.0]]) + 7
    noise = add_noise(X, 0.3, rng(1)) - X
    np.testing.assert_allclose(noise.std(axis=-1), 0.3 * X.std(axis=-1), rtol=0.03)
    np.testing.assert_allclose(noise.mean(axis=-1) / X.std(axis=-1), 0, atol=0.01)
    flat = np.corrcoef(noise.reshape(6, -1))
    np.testing.assert_allclose(flat, np.eye(6), atol=0.03)  # of its own in each channel and window
    same = np.full((1, 1, 9), 4.0)
    np.testing.assert_array_equal(add_noise(same, 0.3, rng()), same)


def test_circular_shifts_are_rolls_of_all_channels():
    X = ramps(n_windows=200)
    made = shift_in_time(X, 0.25, "circular", rng())
    shifts = made[:, 0, 0] - X[:, 0, 0]
    for window, given, shift in zip(made, X, shifts, strict=True):
        np.testing.assert_array_equal(window, np.roll(given, -int(shift), axis=-1))
    assert set(shifts) == {1, 2, 3, 9, 10, 11}  # up to a quarter of 12, to either side, never 0


def test_reflected_shifts_mirror_the_end():
    X = ramps(n_windows=200)
    made = shift_in_time(X, 0.25, "reflect", rng()) - X[:, :, :1]
    patterns = {tuple(window.astype(int)) for window in made[:, 0]}
    assert patterns == {
        (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 11),
        (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 11, 10),
        (3, 4, 5, 6, 7, 8, 9, 10, 11, 11, 10, 9),
        (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        (1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
        (2, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8),
    }
    np.testing.assert_array_equal(made[:, 1], made[:, 0])


@pytest.mark.parametrize("boundary", ["reflect", "circular"])
def test_the_shortest_windows_can_be_shifted(boundary):
    assert sorted(shift_in_time(ramps(1, 1, 2), 0.01, boundary, rng())[0, 0]) in ([0, 0], [0, 1], [1, 1])
    np.testing.assert_array_equal(shift_in_time(ramps(3, 1, 1), 0.5, boundary, rng()), ramps(3, 1, 1))


@pytest.mark.parametrize("n_segments", [2, 3, 5])
def test_segments_stay_at_their_place_and_come_from_different_windows(n_segments):
    X = ramps()
    made = recombine_segments(X, 40, n_segments, rng())
    sources = (made - X[:1]) / 100
    np.testing.assert_array_equal(sources[:, 1], sources[:, 0])
    for source in sources[:, 0]:
        cuts = np.flatnonzero(np.diff(source)) + 1
        assert len(cuts) == n_segments - 1
        lengths = np.diff([0, *cuts, 12])
        assert np.ptp(lengths) <= 1
        assert len(set(source)) == n_segments
    assert set(sources.ravel()) == {0, 1, 2, 3, 4}


def test_more_segments_than_windows_or_time_points():
    X = ramps(n_windows=2, n_times=6)
    for n_segments in (3, 6, 50):
        made = recombine_segments(X, 8, n_segments, rng())
        sources = (made - X[:1]) / 100
        assert set(sources.ravel()) == {0, 1}
    assert recombine_segments(ramps(1), 3, 4, rng()).shape == (3, 2, 12)


@pytest.mark.parametrize("crossfade", [0.0, 0.3, 1.0])
@pytest.mark.parametrize(("n_times", "n_segments"), [(1, 2), (7, 3), (40, 4)])
def test_segments_pass_into_each_other(n_times, n_segments, crossfade):
    weights = _segment_weights(n_times, min(n_segments, n_times), crossfade)
    np.testing.assert_allclose(weights.sum(axis=0), 1)
    assert weights.min() >= -1e-12
    same = np.full((5, 2, n_times), 3.3)
    np.testing.assert_allclose(recombine_segments(same, 4, n_segments, rng(), crossfade=crossfade), 3.3)


def test_a_crossfade_has_its_length_about_the_edge():
    weights = _segment_weights(40, 2, 0.5)  # segments of 20, so 10 about the edge between 19 and 20
    np.testing.assert_array_equal(np.flatnonzero((weights[0] > 0) & (weights[0] < 1)), np.arange(15, 25))
    np.testing.assert_allclose(weights[0], weights[1, ::-1], atol=1e-12)
    assert (np.diff(weights[0]) <= 0).all()
    np.testing.assert_allclose(weights[0, 16], np.cos(np.pi / 2 * 0.15) ** 2)
