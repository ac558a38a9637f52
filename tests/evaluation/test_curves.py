import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from sklearn_eeg.evaluation._curves import precision_recall_points, roc_points


def draw(seed=0):
    rng = np.random.default_rng(seed)
    hit = rng.random(200) < 0.3
    return hit, rng.integers(-8, 8, size=200) + 5.0 * hit


def test_areas_equal_scikit_learn_and_the_curves():
    hit, score = draw()
    roc, recall = roc_points(hit, score), precision_recall_points(hit, score)
    assert roc.area == roc_auc_score(hit, score)
    assert np.trapezoid(roc.y, roc.x) == pytest.approx(roc.area)
    assert recall.area == average_precision_score(hit, score)
    assert recall.chance == hit.mean()


def test_curves_run_from_end_to_end():
    roc, recall = roc_points(*draw()), precision_recall_points(*draw())
    assert (roc.x[0], roc.y[0], roc.x[-1], roc.y[-1]) == (0, 0, 1, 1)
    assert (np.diff(recall.x) >= 0).all()
    assert (recall.x[-1], recall.y[-1]) == (1, recall.chance)


def test_any_monotone_scale_gives_the_same_curve():
    hit, score = draw()
    np.testing.assert_array_equal(roc_points(hit, score).y, roc_points(hit, np.exp(score)).y)


def test_the_height_at_a_rate():
    curve = roc_points(np.array([True, False, True, False]), np.array([4.0, 3.0, 2.0, 1.0]))
    assert [curve.y_at(x) for x in (0.0, 0.4, 0.5, 1.0)] == [0.5, 0.5, 1.0, 1.0]
    assert np.isnan(curve.y_at(-1))


@pytest.mark.parametrize("value", [True, False])
def test_one_sort_of_windows_has_no_curve(value):
    assert roc_points(np.full(5, value), np.arange(5.0)) is None
    assert precision_recall_points(np.full(5, value), np.arange(5.0)) is None
