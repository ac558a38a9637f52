import itertools
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_selection import SelectKBest
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from sklearn_eeg.datasets import load_helsinki
from sklearn_eeg.explain import Saliency, explain, faithfulness
from sklearn_eeg.features import TimeFeatures
from sklearn_eeg.systems import svm_baseline

RNG = np.random.default_rng(0)
WEIGHTS = np.array([4.0, 0.0, -2.0, 1.0, 0.5, -1.0])


class Sums(ClassifierMixin, BaseEstimator):
    """Scores are weighted sums of the means of the channels; the mean of three classes is 0."""

    def __init__(self, weights=None):
        self.weights = weights

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def decision_function(self, X):
        return X.mean(axis=2) @ self.weights.T


MODEL = Sums(WEIGHTS).fit(None, ["rest", "seizure"])
X = RNG.normal(size=(8, 6, 7)) + 3
BACKGROUND = RNG.normal(size=(3, 6, 7)) - 1
GIVEN = {"background": BACKGROUND, "random_state": 0}


def exact(X):
    """What each channel adds to the decision over the mean of the background."""
    return WEIGHTS * (X.mean(axis=2) - BACKGROUND.mean(axis=(0, 2)))


def explained(X):
    """The same for both classes."""
    return np.stack([-exact(X), exact(X)], axis=2)


class TestLinear:
    found = faithfulness(MODEL, X, explained(X), **GIVEN)

    def test_curves_are_sums(self):
        predicted = np.sign(MODEL.decision_function(X))[:, None]
        values = np.sort(predicted * exact(X), axis=1)[:, ::-1]
        whole = np.abs(MODEL.decision_function(X))
        down = whole[:, None] - np.cumsum(np.insert(values, 0, 0, axis=1), axis=1)
        assert_allclose(self.found.deletion, down.mean(axis=0))
        up = down[:, -1:] + np.cumsum(np.insert(values, 0, 0, axis=1), axis=1)
        assert_allclose(self.found.insertion, up.mean(axis=0))
        areas = [np.trapezoid(each, np.linspace(0, 1, 7), axis=1) for each in (down, up)]
        assert_allclose(self.found.window_areas, np.transpose(areas))
        assert_allclose(
            self.found.window_areas.mean(axis=0), [self.found.deletion_area, self.found.insertion_area]
        )

    def test_right_order_is_best_of_all(self):
        assert self.found.deletion_area < self.found.random_areas.min()
        assert self.found.reverse_area > self.found.random_areas.max()
        assert self.found.p_value == 1 / 21
        assert self.found.better_than_random
        assert self.found.reverse_area == pytest.approx(self.found.insertion_area)

    def test_reverse_order_is_worst(self):
        against = faithfulness(MODEL, X, -explained(X), **GIVEN)
        assert_allclose(against.deletion, self.found.reverse)
        assert against.p_value == 1
        assert not against.better_than_random

    def test_ends(self):
        whole = np.abs(MODEL.decision_function(X)).mean()
        assert self.found.deletion[0] == pytest.approx(whole)
        assert self.found.insertion[-1] == pytest.approx(whole)
        assert_allclose(self.found.random[:, 0], whole)
        assert_allclose(self.found.random[:, -1], self.found.deletion[-1])
        assert_allclose(self.found.insertion[0], self.found.deletion[-1])

    def test_table(self):
        frame = self.found.to_frame()
        assert frame.index.tolist() == list(range(7))
        assert_allclose(frame["deletion"], self.found.deletion)
        assert_allclose(frame["reverse"], self.found.insertion[::-1])
        assert (frame["random_low"] <= frame["random"] + 1e-12).all()
        assert (frame["random"] <= frame["random_high"] + 1e-12).all()


def test_p_value_is_uniform_over_the_orders_of_names():
    """Of all orders that renaming can give, as many are better as the p-value tells."""
    values = np.tile([3.0, 2.0, 1.0], (4, 1))
    windows, background = X[:4, :3], BACKGROUND[:, :3]
    model = Sums(np.array([1.0, 0.3, -0.5])).fit(None, [0, 1])
    areas = {
        order: faithfulness(model, windows, values[:, order], background=background, n_random=1).deletion_area
        for order in itertools.permutations(range(3))
    }
    found = faithfulness(model, windows, values, background=background, n_random=2000, random_state=0)
    share = np.mean([each <= found.deletion_area + 1e-12 for each in areas.values()])
    assert found.p_value == pytest.approx(share, abs=0.04)


class TestExplanations:
    def test_of_the_predicted_class(self):
        own = exact(X) * np.sign(MODEL.decision_function(X))[:, None]
        both = faithfulness(MODEL, X, explained(X), **GIVEN)
        assert_allclose(faithfulness(MODEL, X, own, **GIVEN).deletion, both.deletion)

    def test_of_one_class(self):
        maps = np.repeat(exact(X)[:, :, None] / 7, 7, axis=2)
        label = np.array(["seizure"])
        found = Saliency(maps, label, [f"ch{i}" for i in range(6)], "occlusion", "margin", np.zeros((8, 1)))
        curves = faithfulness(MODEL, X, found, **GIVEN)
        assert curves.deletion[0] == pytest.approx(MODEL.decision_function(X).mean())
        assert curves.top_channels.index.tolist() == ["seizure", "mean"]

    def test_of_three_classes(self):
        weights = RNG.normal(size=(3, 6))
        model = Sums(weights).fit(None, [1, 2, 3])
        change = X.mean(axis=2) - BACKGROUND.mean(axis=(0, 2))
        values = change[:, :, None] * weights.T
        found = faithfulness(model, X, values, **GIVEN)
        assert found.deletion[0] == pytest.approx(model.decision_function(X).max(axis=1).mean())
        assert found.deletion_area < found.random_areas.min()


class TestTopChannels:
    weights = np.zeros((2, 6))
    weights[0, [0, 1]] = weights[1, [4, 5]] = 1.0
    model = Sums(weights).fit(None, ["rest", "seizure"])
    y = np.repeat(["rest", "seizure"], 4)
    windows = RNG.normal(size=(8, 6, 7))
    windows[:4, :2] += 10
    windows[4:, 4:] += 10
    values = windows.mean(axis=2)[:, :, None] * weights.T

    def test_masked_classes_are_lost(self):
        background = np.zeros((1, 6, 7))
        found = faithfulness(
            self.model, self.windows, self.values, y=self.y, background=background, n_top=2, random_state=0
        )
        table = found.top_channels
        assert [sorted(each) for each in table["channels"]] == [["ch0", "ch1"], ["ch4", "ch5"], []]
        assert table["n_windows"].tolist() == [4, 4, 8]
        assert_allclose(table["recognised"].astype(float), 1)
        assert_allclose(table["score_masked"].astype(float), 0, atol=1e-12)
        assert (table["score_random"] > table["score_masked"]).all()
        assert table.loc["seizure", "recognised_masked"] < table.loc["seizure", "recognised_random"]
        assert (table["recognised_random_low"] <= table["recognised_random"]).all()
        mean = table.loc[["rest", "seizure"], "score"].mean()
        assert table.loc["mean", "score"] == pytest.approx(mean)

    def test_labels_part_the_windows(self):
        swapped = self.y[::-1]
        given = {"background": np.zeros((1, 6, 7)), "random_state": 0, "n_random": 2}
        found = faithfulness(self.model, self.windows, self.values, y=swapped, **given)
        assert_array_equal(found.top_channels["recognised"].astype(float), 0)
        with pytest.raises(ValueError, match=r"`y` must hold labels of the model, .*, got \['spike'\]"):
            faithfulness(self.model, self.windows, self.values, y=["spike"] * 8, **given)


class TestContract:
    def test_seeds(self):
        a, b, c = (faithfulness(MODEL, X, exact(X), random_state=seed) for seed in (0, 0, 1))
        assert_array_equal(a.random, b.random)
        assert_array_equal(a.deletion, b.deletion)
        assert not np.allclose(a.random, c.random)

    def test_steps(self):
        found = faithfulness(MODEL, X, exact(X), n_steps=2, **GIVEN)
        whole = faithfulness(MODEL, X, exact(X), **GIVEN)
        assert found.n_masked.tolist() == [0, 3, 6]
        assert_allclose(found.deletion, whole.deletion[[0, 3, 6]])
        assert_allclose(found.insertion, whole.insertion[[0, 3, 6]])
        assert faithfulness(MODEL, X, exact(X), n_steps=99, **GIVEN).n_masked.tolist() == list(range(7))

    def test_background_is_drawn_up_to_a_number(self):
        one = faithfulness(MODEL, X, exact(X), background=BACKGROUND, n_background=1, random_state=0)
        ends = [np.abs(MODEL.decision_function(each[np.newaxis])).item() for each in BACKGROUND]
        assert np.isclose(np.abs(one.deletion[-1]), ends).any()

    def test_constant_channels_change_nothing(self):
        windows, background = X.copy(), BACKGROUND.copy()
        windows[:, :3] = background[:, :3] = 7.0
        values = np.tile([6.0, 5, 4, 3, 2, 1], (8, 1))
        found = faithfulness(MODEL, windows, values, background=background, random_state=0)
        assert_allclose(found.deletion[:4], found.deletion[0])
        assert not np.isclose(found.deletion[-1], found.deletion[0])

    def test_windows_of_one_channel(self):
        y = np.repeat([0, 1], 10)
        windows = RNG.normal(scale=10, size=(20, 128))
        windows[10:] += 50 * np.sin(np.arange(128) / 8)
        model = svm_baseline(128, denoise=False).fit(windows, y)
        found = faithfulness(model, windows[10:], np.ones((10, 1)), background=windows[:3], random_state=0)
        assert found.n_masked.tolist() == [0, 1]
        assert found.p_value == 1

    def test_background_of_another_shape(self):
        with pytest.raises(ValueError, match="4 channels x 7 time points, but .* fitted on 6 channels x 7"):
            faithfulness(MODEL, X, exact(X), background=BACKGROUND[:, :4])

    def test_names_put_players_in_order(self):
        """Of a pipeline whose first step knows the names."""
        names = ["C3", "Cz", "C4"]
        y = np.tile([0, 1], 10)
        windows = RNG.normal(scale=10, size=(20, 3, 128))
        windows[1::2, 2] += 50 * np.sin(np.arange(128) / 8)
        model = svm_baseline(128, denoise=False, ch_names=names).fit(windows, y)
        turned = windows.var(axis=2)[:, ::-1]
        told = SimpleNamespace(
            values=np.stack([-turned, turned], axis=2),
            players=pd.DataFrame({"channel": names[::-1]}),
            classes=np.array([0, 1]),
            level="channel",
        )
        given = {"background": windows[::2], "random_state": 0, "n_random": 2}
        found = faithfulness(model, windows, told, **given)
        plain = np.stack([-windows.var(axis=2), windows.var(axis=2)], axis=2)
        assert_array_equal(found.deletion, faithfulness(model, windows, plain, **given).deletion)
        assert found.top_channels.loc[1, "channels"][0] == "C4"

    def test_explanation(self):
        y = np.tile([0, 1], 15)
        windows = RNG.normal(scale=10, size=(30, 4, 128))
        windows[1::2, 2] += 40 * np.sin(np.arange(128) / 8)
        model = svm_baseline(128, denoise=False).fit(windows, y)
        told = explain(model, windows, windows[::4], level=("channel", "family"))
        given = {"background": windows[::4], "random_state": 0, "n_random": 19}
        found = faithfulness(model, windows, told, y=y, **given)
        assert found.deletion[0] == pytest.approx(told.outputs.max(axis=1).mean())
        assert found.deletion_area < found.random_areas.mean() < found.reverse_area
        assert found.top_channels.loc[1, "channels"][0] == "ch2"
        again = faithfulness(model, windows, told.by("channel"), y=y, **given)
        assert_array_equal(again.deletion, found.deletion)

    def test_names_given_to_the_explanation(self):
        y, windows = np.tile([0, 1], 10), RNG.normal(scale=10, size=(20, 3, 64))
        windows[1::2, 2] += 40 * np.sin(np.arange(64) / 4)
        model, names = svm_baseline(64, mains=None, denoise=False).fit(windows, y), ["C3", "Cz", "C4"]
        given = {"background": windows[::4], "random_state": 0, "n_random": 2}
        plain = faithfulness(model, windows, explain(model, windows, windows[::4]), **given)
        told = explain(model, windows, windows[::4], ch_names=names)
        found = faithfulness(model, windows, told, ch_names=names, **given)
        assert_array_equal(found.deletion, plain.deletion)
        assert found.top_channels.loc[1, "channels"][0] == "C4"
        with pytest.raises(ValueError, match="or pass the `ch_names` of the explanation"):
            faithfulness(model, windows, told, **given)

    def test_channels_that_a_selection_dropped(self):
        y, windows = np.tile([0, 1], 10), RNG.normal(scale=10, size=(20, 3, 64))
        windows[1::2, 2] += 40 * np.sin(np.arange(64) / 4)
        model = make_pipeline(TimeFeatures(["line_length"]), SelectKBest(k=1), SVC()).fit(windows, y)
        found = faithfulness(model, windows, explain(model, windows, 5, random_state=0), n_random=2)
        assert found.deletion.shape == (4,)
        assert found.deletion[1] == pytest.approx(
            found.deletion[2]
        )  # the channel that is used comes first or last

    def test_tables_are_refused(self):
        model = SVC().fit(X[:, :, 0], np.tile([0, 1], 4))
        with pytest.raises(ValueError, match="`model` must take windows, .* hand over the whole pipeline"):
            faithfulness(model, X[:, :, 0], X[:, :, 0])

    def test_parameters(self):
        with pytest.raises(ValueError, match="'n_random' parameter of faithfulness must be"):
            faithfulness(MODEL, X, exact(X), n_random=0)


def test_on_real_windows(eeg_data):
    eeg = load_helsinki(eeg_data)
    rows = np.random.default_rng(0).permutation(len(eeg.data))[:120]
    windows, y = eeg.data[rows], eeg.target[rows]
    model = svm_baseline(eeg.sfreq, denoise=False).fit(windows, y)
    size = np.log(windows[:10].var(axis=2) + 1)
    found = faithfulness(model, windows[:10], size, n_random=2, n_steps=3, n_background=2, random_state=0)
    assert np.isfinite(found.to_frame().to_numpy()).all()
    assert found.n_masked[-1] == windows.shape[1]
