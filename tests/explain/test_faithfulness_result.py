import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from sklearn_eeg.explain import Faithfulness
from sklearn_eeg.explain._faithfulness_result import area


def make(deletion, insertion, random, counts=(0, 1, 2, 4)):
    arrays = [np.asarray(each, dtype=float) for each in (deletion, insertion, random)]
    return Faithfulness(np.array(counts), *arrays, np.zeros((1, 2)), pd.DataFrame())


FOUND = make([8, 4, 0, 0], [0, 6, 8, 8], [[8, 6, 4, 0], [8, 4, 0, 0], [8, 2, 0, 0]])


def test_areas_are_over_the_share_of_channels():
    assert area(np.array([1.0, 1.0, 1.0]), np.array([0, 1, 4])) == 1
    assert FOUND.deletion_area == pytest.approx((6 + 2 + 0) / 4)
    assert FOUND.insertion_area == pytest.approx((3 + 7 + 16) / 4)
    assert FOUND.reverse_area == pytest.approx(FOUND.insertion_area)
    assert_allclose(FOUND.random_areas, [(7 + 5 + 4) / 4, 2, (5 + 1) / 4])


def test_ties_count_against_the_explanation():
    assert FOUND.p_value == 3 / 4
    assert not FOUND.better_than_random


def test_the_least_p_value_is_that_of_the_number_of_orders():
    found = make([1, 0], [0, 1], np.ones((19, 2)), counts=(0, 1))
    assert found.p_value == 1 / 20
    assert found.better_than_random
    assert not make([1, 0], [0, 1], np.ones((18, 2)), counts=(0, 1)).better_than_random


def test_plot():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    figure, ax = pyplot.subplots()
    assert FOUND.plot(ax) is ax
    lines = {line.get_label(): line.get_ydata() for line in ax.lines}
    assert_allclose(lines["most important first"], FOUND.deletion)
    assert_allclose(lines["least important first"], FOUND.insertion[::-1])
    assert_allclose(lines["random order"], FOUND.random.mean(axis=0))
    assert ax.get_xlabel() == "channels replaced by background"
    pyplot.close(figure)
    own = FOUND.plot()
    assert own is not ax
    pyplot.close(own.figure)
