import numpy as np
import pytest

from sklearn_eeg.detection._smoothing import Smoother, count_reach, smooth


def by_loop(values, reach):
    """Average by a plain loop."""
    out = np.full(len(values), np.nan)
    for k in range(len(values)):
        if not np.isnan(values[k]):
            out[k] = np.nanmean(values[max(0, k - reach) : k + reach + 1])
    return out


@pytest.mark.parametrize("reach", [0, 1, 4, 30])
def test_equals_the_plain_loop_in_any_pieces(reach):
    rng = np.random.default_rng(reach)
    values = rng.random(200)
    values[rng.random(200) < 0.1] = np.nan
    values[50:70] = np.nan
    smoother = Smoother(reach)
    parts = [smoother.push(piece) for piece in np.split(values, np.sort(rng.integers(0, 201, 40)))]
    whole = np.concatenate([*parts, smoother.finish()])
    np.testing.assert_allclose(whole, by_loop(values, reach), rtol=1e-14)
    np.testing.assert_array_equal(whole, smooth(values, reach))


def test_a_step_comes_out_when_its_last_neighbour_goes_in():
    smoother = Smoother(2)
    assert [len(smoother.push(np.ones(1))) for _ in range(5)] == [0, 0, 1, 1, 1]
    assert len(smoother.finish()) == 2


def test_a_constant_stays_and_nothing_makes_nothing():
    smoother = Smoother(3)
    assert smoother.push(np.full(10, 0.25)).tolist() == [0.25] * 7
    assert Smoother(3).finish().size == 0


@pytest.mark.parametrize(("seconds", "reach"), [(0, 0), (1, 0), (2.9, 1), (3, 1), (9, 4), (10, 4)])
def test_reach(seconds, reach):
    assert count_reach(seconds, 1) == reach
