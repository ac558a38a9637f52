import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import spearmanr
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.pipeline import make_pipeline

from sklearn_eeg.explain import saliency, sanity_checks
from sklearn_eeg.explain._sanity import find_modules, randomised_model, rank_correlations
from sklearn_eeg.neural import CNNClassifier
from sklearn_eeg.preprocessing import ChannelScaler

RNG = np.random.default_rng(0)
Y = np.tile([0, 1], 100)
X = RNG.normal(size=(200, 12)) + np.outer(Y, np.linspace(-1, 1, 12))
LINEAR = LogisticRegression().fit(X, Y)


def by_weights(model, X):
    return model.coef_ * X


class TestRankCorrelation:
    def test_equals_scipy(self):
        a, b = RNG.normal(size=(2, 6, 9))
        b[0, :4] = b[0, 4]  # ties
        expected = [spearmanr(*pair).statistic for pair in zip(a, b, strict=True)]
        assert_allclose(rank_correlations(a, b), expected)

    def test_constant_rows(self):
        assert_array_equal(rank_correlations(np.ones((2, 3)), RNG.normal(size=(2, 3))), 0)


class TestAnyModel:
    def test_table(self):
        found = sanity_checks(LINEAR, X, Y, by_weights, n_windows=30, random_state=0)
        frame = found.to_frame()
        assert frame["check"].tolist() == ["seeds", "labels"]
        assert found.passed
        seeds, labels = frame["correlation"]
        assert seeds > 0.9
        assert labels <= 0.5 * seeds
        assert (frame["low"] <= frame["correlation"]).all()
        assert (frame["correlation"] <= frame["high"]).all()

    def test_explanation_without_a_model_fails(self):
        found = sanity_checks(LINEAR, X, Y, lambda model, X: X**2, random_state=0)
        assert_allclose(found.to_frame()["correlation"], 1)
        assert not found.passed

    def test_noise_fails_too(self):
        rng = np.random.default_rng(0)
        found = sanity_checks(LINEAR, X, Y, lambda model, X: rng.normal(size=X.shape), random_state=0)
        assert found.to_frame()["correlation"].abs().max() < 0.1
        assert not found.passed

    def test_threshold(self):
        strict = sanity_checks(LINEAR, X, Y, by_weights, threshold=1e-6, random_state=0)
        labels = strict.to_frame().set_index("check").loc["labels"]
        assert labels["passed"] == (labels["correlation"] <= 1e-6)

    def test_models_with_a_seed_get_others(self):
        model = SGDClassifier(random_state=0).fit(X, Y)
        seeds = []

        def attribute(model, X):
            seeds.append(model.random_state)
            return by_weights(model, X)

        sanity_checks(model, X, Y, attribute, n_repeats=3, random_state=0)
        assert seeds[0] == 0
        assert len(set(seeds)) == 7

    def test_seeds_and_the_model_stay(self):
        before = LINEAR.coef_.copy()
        a, b = (sanity_checks(LINEAR, X, Y, by_weights, random_state=0).to_frame() for _ in range(2))
        assert a.equals(b)
        assert_array_equal(LINEAR.coef_, before)

    def test_refit_needs_windows(self):
        with pytest.raises(ValueError, match="must be given for LogisticRegression, which has no weights"):
            randomised_model(LINEAR)

    @pytest.mark.parametrize(
        ("attribute", "message"),
        [
            (lambda model, X: X[:3], r"shape \(40, ...\) for these windows, got \(3, 12\)"),
            (lambda model, X: X[:, 0], r"for these windows, got \(40,\)"),
            (lambda model, X: X * np.nan, "must give finite values"),
        ],
    )
    def test_what_does_not_fit(self, attribute, message):
        with pytest.raises(ValueError, match=message):
            sanity_checks(LINEAR, X, Y, attribute)

    def test_parameters(self):
        with pytest.raises(ValueError, match="'threshold' parameter of sanity_checks must be"):
            sanity_checks(LINEAR, X, Y, by_weights, threshold=1.0)


class TestNetworks:
    @pytest.fixture(scope="class")
    @staticmethod
    def network():
        y = np.tile([0, 1], 30)
        windows = RNG.normal(scale=10, size=(60, 5, 64))
        windows[1::2, 3] += 40 * np.sin(np.arange(64) / 3)
        settings = {"max_epochs": 6, "batch_size": 16, "random_state": 0, "device": "cpu"}
        model = CNNClassifier("shallow", sfreq=64, **settings)
        return model.fit(windows, y), windows, y

    @pytest.mark.parametrize("wrap", [False, True])
    def test_weights_are_drawn_anew(self, network, wrap):
        model, windows, y = network
        if wrap:
            model = make_pipeline(ChannelScaler(), clone(model)).fit(windows, y)
        before = model.predict_proba(windows)
        spoilt = randomised_model(model, random_state=0)
        assert np.abs(spoilt.predict_proba(windows) - before).mean() > 0.05
        assert_array_equal(model.predict_proba(windows), before)
        assert_array_equal(randomised_model(model, depth=0.0).predict_proba(windows), before)
        again = randomised_model(model, random_state=0)
        assert_array_equal(again.predict_proba(windows), spoilt.predict_proba(windows))
        assert find_modules(spoilt) is not None

    def test_shuffled_labels_are_no_better_than_chance(self, network):
        model, windows, y = network
        assert model.score(windows, y) > 0.9
        spoilt = randomised_model(model, windows, y, refit=True, random_state=0)
        assert spoilt.random_state != 0
        assert spoilt.score(windows, y) < 0.8

    def test_checks(self, network):
        model, windows, y = network

        def attribute(model, X):
            return saliency(model, X, label=1, baseline=windows[:8:2]).by_channel()

        found = sanity_checks(model, windows, y, attribute, n_windows=12, n_repeats=1, random_state=0)
        frame = found.to_frame()
        assert frame["check"].tolist() == ["seeds", "weights", "weights", "labels"]
        assert frame["depth"].tolist() == [0, 0.5, 1, 1]
        assert frame["passed"].isna().tolist() == [True, True, False, False]
