from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from sklearn_eeg.explain import Saliency
from sklearn_eeg.explain._channel_values import values_by_channel

RNG = np.random.default_rng(0)
LABELS = np.array(["rest", "focal", "tonic"])
NAMES = ["C3", "Cz", "C4"]
VALUES = RNG.normal(size=(5, 3, 3))


def explanation(values, names, classes=LABELS, level="channel"):
    players = pd.DataFrame({"channel": names})
    found = SimpleNamespace(values=values, players=players, classes=classes, level=level)
    found.by = lambda wanted: explanation(values, names, classes, wanted)
    return found


def test_arrays():
    values, codes = values_by_channel(VALUES, (5, 3), NAMES, LABELS)
    assert_array_equal(values, VALUES)
    assert codes == [0, 1, 2]
    values, codes = values_by_channel(VALUES[:, :, 0].tolist(), (5, 3), NAMES, LABELS)
    assert_array_equal(values, VALUES[:, :, :1])
    assert codes == [0, 1, 2]


def test_saliency():
    maps = RNG.normal(size=(5, 1, 3, 8))
    found = Saliency(maps, LABELS[1:2], NAMES, "occlusion", "log-odds", np.zeros((5, 1)))
    values, codes = values_by_channel(found, (5, 3), NAMES, LABELS)
    assert_array_equal(values[:, :, 0], maps.sum(axis=3)[:, 0])
    assert codes == [1]


@pytest.mark.parametrize("level", ["channel", "feature"])
def test_players_are_put_in_the_order_of_the_channels(level):
    found = explanation(VALUES, ["C4", "C3", "Cz"], level=level)
    values, codes = values_by_channel(found, (5, 3), NAMES, LABELS)
    assert_array_equal(values, VALUES[:, [1, 2, 0]])
    assert codes == [0, 1, 2]


def test_two_classes_of_one_value():
    found = explanation(VALUES[:, :, :1], NAMES, np.array([0, 1]))
    values, codes = values_by_channel(found, (5, 3), NAMES, np.array([0, 1]))
    assert_array_equal(values, np.concatenate([-VALUES[:, :, :1], VALUES[:, :, :1]], axis=2))
    assert codes == [0, 1]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (VALUES[:, :2], r"for 5 windows and 3 channels, got \(5, 2, 3\): explain the same windows"),
        (VALUES[:4], r"for 5 windows and 3 channels, got \(4, 3, 3\)"),
        (VALUES[0, 0], r"for 5 windows and 3 channels, got \(3,\)"),
        (VALUES[:, :, :2], "values for 3 classes, got 2"),
        (np.full((5, 3), np.nan), "must be finite, got NaN or infinity"),
        (explanation(VALUES, ["C3", "Cz", "P4"]), r"must name the channels of X, \['C3', 'Cz', 'C4'\], got"),
        (
            explanation(VALUES[:, :, :2], NAMES, LABELS[:2]),
            "must explain one or all .* got .'rest', 'focal'.",
        ),
        (explanation(VALUES, NAMES, np.array(["a", "b", "c"])), "must explain one or all of the model's"),
    ],
)
def test_what_does_not_fit(given, message):
    with pytest.raises(ValueError, match=message):
        values_by_channel(given, (5, 3), NAMES, LABELS)
