import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import SelectKBest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sklearn_eeg.explain import Explanation, explain
from sklearn_eeg.explain._silent import add_silent
from sklearn_eeg.features import TimeFeatures

NAMES = ["F3", "F4", "O1", "O2"]
RNG = np.random.default_rng(0)
Y = np.arange(60) % 3
X = RNG.normal(scale=10, size=(60, 4, 32))
X[Y == 1, 1] *= 3
X[Y == 2, 3] *= 3


@pytest.mark.parametrize("classifier", [SVC(), SVC(kernel="poly"), RandomForestClassifier(5, random_state=0)])
def test_a_selection_leaves_no_channel_out(classifier):
    times = TimeFeatures(["line_length"], ch_names=NAMES)
    model = make_pipeline(times, StandardScaler(), SelectKBest(k=2), classifier).fit(X, Y)
    found = explain(model, X[:5], X[10:18], random_state=0)
    assert found.player_names == found.players["channel"].tolist() == NAMES
    assert found.players["hemisphere"].tolist() == ["left", "right"] * 2
    assert_array_equal(model[2].get_support(), [False, True, False, True])
    assert not found.values[:, ::2].any()
    assert found.values[:, 1::2].any()
    assert_array_equal(np.isnan(found.data), np.tile([True, False, True, False], (5, 1)))
    assert_allclose(found.values.sum(axis=1) + found.base_values, found.outputs, atol=1e-9)
    masked = X[:5].copy()
    masked[:, ::2] = X[10:15, ::2]  # channels without a column
    assert_array_equal(explain(model, masked, X[10:18], random_state=0).values, found.values)


def players(names, errors=None):
    values = RNG.normal(size=(3, len(names), 2))
    table = pd.DataFrame({"channel": names, "region": ["frontal"] * len(names)})
    return Explanation(
        values, np.zeros(2), table, names, "channel", np.array([0, 1]), "margin", "sampling",
        values.sum(axis=1), errors=errors,
    )  # fmt: skip


def test_channels_are_put_in_order():
    errors = np.ones((3, 2, 2))
    given = players(["F4", "F3"], errors)
    found = add_silent(given, ["F3", "Cz", "F4", "x"])
    assert_array_equal(found.values[:, [2, 0]], given.values)
    assert_array_equal(found.errors[0, :, 0], [1, 0, 1, 0])
    assert found.players["region"].tolist()[:3] == ["frontal", "central", "frontal"]
    assert pd.isna(found.players["region"].iloc[3])
    assert found.data is None


def test_nothing_to_add():
    given = players(["F4", "F3"])
    assert add_silent(given, ["F3", "F4"]) is given
