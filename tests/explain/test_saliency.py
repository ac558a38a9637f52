import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import log_softmax, logsumexp
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from sklearn_eeg.explain import saliency
from sklearn_eeg.neural import CNNClassifier
from sklearn_eeg.preprocessing import ChannelScaler

from .networks import Bent, Convolved, Linear, PowerOfOne, fitted

METHODS = ["integrated_gradients", "gradient", "smoothgrad", "gradcam", "occlusion"]
RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 4, 24))
BASELINE = RNG.normal(size=(3, 4, 24))
WEIGHTS = RNG.normal(size=(3, 4, 24))
LINEAR = fitted(Linear(WEIGHTS), classes=("a", "b", "c"))
BENT = fitted(Bent(4 * 24, 3), classes=("a", "b", "c"))


def log_odds(logits):
    """Of the mean of softmaxes of logits (n_networks, n_windows, n_classes)."""
    p = np.exp(log_softmax(logits, axis=2)).mean(axis=0)
    return np.log(p) - np.log(1 - p)


def logits_of(model, windows):
    with torch.no_grad():
        return np.stack([module(torch.from_numpy(windows)).numpy() for module in model.modules_])


class TestClosedForms:
    @pytest.mark.parametrize("method", ["gradient", "smoothgrad"])
    def test_gradient_of_a_linear_network_is_its_weights(self, method):
        found = saliency(LINEAR, X, method, output="margin", random_state=0)
        assert_allclose(found.values, np.broadcast_to(WEIGHTS, (6, 3, 4, 24)), rtol=1e-12)

    def test_integrated_gradients_of_a_linear_network(self):
        found = saliency(LINEAR, X, baseline=BASELINE, output="margin", n_steps=1)
        expected = WEIGHTS * (X - BASELINE.mean(axis=0))[:, None]
        assert_allclose(found.values, expected, rtol=1e-10, atol=1e-12)
        assert found.n_steps == 1

    def test_occlusion_of_a_linear_network_sums_to_the_same(self):
        found = saliency(LINEAR, X, "occlusion", baseline=BASELINE, output="margin", patch=5)
        exact = WEIGHTS * (X - BASELINE.mean(axis=0))[:, None]
        for start in range(0, 24, 5):
            part = found.values[..., start : start + 5]
            assert_allclose(part.sum(-1), exact[..., start : start + 5].sum(-1), rtol=1e-9, atol=1e-10)
            assert_allclose(np.ptp(part, axis=-1), 0, atol=1e-12)

    @pytest.mark.parametrize("method", ["integrated_gradients", "gradient", "smoothgrad", "occlusion"])
    def test_network_that_sees_one_channel(self, method):
        model = fitted(PowerOfOne(2))
        found = saliency(model, X, method, baseline=BASELINE, random_state=0)
        assert_array_equal(found.values[:, :, [0, 1, 3]], 0)
        assert (np.abs(found.values[:, :, 2]).sum(axis=-1) > 0).all()
        assert found.top_channels("b", 1) == ["ch2"]

    def test_integrated_gradients_of_power(self):
        found = saliency(fitted(PowerOfOne(2)), X, label="b", baseline=np.zeros((1, 4, 24)), n_steps=2)
        assert_allclose(found.values[:, 2], X[:, 2] ** 2 / 24, rtol=1e-10)
        assert_allclose(found.base_values, [0], atol=1e-12)

    def test_gradcam_of_filters_and_means(self):
        model = fitted(Convolved(4, 5, 3), classes=("a", "b", "c"))
        found = saliency(model, X, "gradcam", output="margin")
        module = model.modules_[0]
        with torch.no_grad():
            rows = torch.relu(module.filters(torch.from_numpy(X).float()))
            expected = torch.einsum("nkt,ck->nct", rows, module.head.weight) / 24
        expected = np.maximum(expected.numpy(), 0)
        assert_allclose(found.values, np.repeat(expected[:, :, None], 4, axis=2), rtol=1e-4, atol=1e-6)

    @pytest.mark.parametrize("options", [{"functional": True}, {}])
    def test_gradcam_by_layer(self, options):
        model = fitted(Convolved(4, 5, 2, **options))
        if options:
            with pytest.raises(ValueError, match="Grad-CAM needs an activation .*: name a `layer`"):
                saliency(model, X, "gradcam", layer="filters")
            return
        found = saliency(model, X, "gradcam", output="margin", layer="filters")
        assert found.values.shape == (6, 2, 4, 24)
        other = saliency(model, X, "gradcam", output="margin")
        assert not np.allclose(found.values, other.values)

    def test_gradcam_finds_functional_convolutions(self):
        plain, functional = (fitted(Convolved(4, 5, 2, functional=value)) for value in (False, True))
        assert_array_equal(saliency(plain, X, "gradcam").values, saliency(functional, X, "gradcam").values)


class TestOutputs:
    PAIR = fitted(Bent(96, 3), Bent(96, 3, seed=1), classes=("a", "b", "c"))

    def test_outputs_of_several_networks(self):
        logits = logits_of(self.PAIR, X)
        p = np.exp(log_softmax(logits, axis=2)).mean(axis=0)
        for output, expected in [
            ("margin", logits.mean(axis=0)),
            ("probability", p),
            ("log-odds", log_odds(logits)),
        ]:
            assert_allclose(saliency(self.PAIR, X, "gradient", output=output).outputs, expected, rtol=1e-10)

    @pytest.mark.parametrize("output", ["log-odds", "margin", "probability"])
    def test_gradient_is_that_of_finite_differences(self, output):
        found = saliency(self.PAIR, X[:1], "gradient", output=output).values[0]
        step = np.zeros((2 * 96, 4, 24))
        step.reshape(2, 96, 96)[:] = 1e-5 * np.stack([np.eye(96), -np.eye(96)])
        at = saliency(self.PAIR, X[:1] + step, "gradient", output=output).outputs
        differences = (at[:96] - at[96:]) / 2e-5
        assert_allclose(found.reshape(3, 96), differences.T, rtol=1e-5, atol=1e-8)

    @pytest.mark.parametrize("output", ["log-odds", "margin", "probability"])
    @pytest.mark.parametrize("method", ["gradient", "integrated_gradients"])
    def test_two_classes_mirror_each_other_only_where_they_must(self, output, method):
        model = fitted(Bent(96, 2), Bent(96, 2, seed=1))
        given = {"output": output, "baseline": BASELINE, "n_steps": 32}
        both = saliency(model, X, method, **given).values
        for place, label in enumerate("ab"):
            one = saliency(model, X, method, label=label, **given).values
            assert_allclose(both[:, place], one, rtol=1e-9, atol=1e-12)
        assert np.allclose(both[:, 0], -both[:, 1]) == (output != "margin")

    def test_log_odds_stay_finite_where_probabilities_do_not(self):
        model = fitted(Linear(1000 * WEIGHTS), classes=("a", "b", "c"))
        found = saliency(model, X, "gradient")
        logits = logits_of(model, X)[0]
        expected = [
            [row[c] - logsumexp(np.delete(row, c)) for c in range(3)] for row in logits
        ]  # fmt: skip
        assert_allclose(found.outputs, expected, rtol=1e-10)
        assert np.isfinite(found.values).all()


class TestIntegration:
    @pytest.mark.parametrize("output", ["log-odds", "margin", "probability"])
    def test_complete(self, output):
        found = saliency(BENT, X, baseline=BASELINE, output=output, n_steps=64)
        sums = found.values.sum(axis=(2, 3))
        assert_allclose(sums, found.outputs - found.base_values, atol=1e-5)
        assert_allclose(found.completeness, np.abs(sums - (found.outputs - found.base_values)), atol=1e-12)

    def test_steps_double_until_complete(self):
        sharp = fitted(Bent(96, 2))
        sharp.modules_[0].first.weight.data *= 3
        found = saliency(sharp, X, baseline=BASELINE, n_steps=1)
        scale = np.abs(found.by_channel()).sum(axis=1)
        assert 1 < found.n_steps <= 32
        assert (found.completeness <= 0.01 * scale + 1e-6).all()

    def test_warns_where_the_steps_do_not_suffice(self):
        class Step(torch.nn.Module):
            def forward(self, x):
                rise = torch.tanh(1e5 * (x[:, 0, 0] - 0.12345))
                return torch.stack([torch.zeros_like(rise), rise], dim=1)

        with pytest.warns(UserWarning, match="gradients of 1 of 1 windows do not sum to within 1 %"):
            saliency(fitted(Step()), np.ones((1, 1, 3)), baseline=np.zeros((1, 1, 3)), n_steps=1)

    def test_window_that_is_its_baseline_gets_nothing(self):
        assert_array_equal(saliency(BENT, X[:1], baseline=X[:1]).values, 0)


class TestContract:
    @pytest.mark.parametrize("method", METHODS)
    def test_batch_equals_loop(self, method):
        model = fitted(Convolved(4, 5, 3), Convolved(4, 5, 3), classes=("a", "b", "c"))
        options = {"baseline": BASELINE, "random_state": 0}
        whole = saliency(model, X, method, **options)
        for size in (7, 100):
            again = saliency(model, X, method, batch_size=size, **options)
            assert_allclose(again.values, whole.values, rtol=1e-4, atol=1e-6)
        loop = [saliency(model, X[i : i + 1], method, **options).values[0] for i in range(len(X))]
        assert_allclose(loop, whole.values, rtol=1e-4, atol=1e-6)

    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_shape_and_type(self, method, dtype):
        model = fitted(Convolved(4, 5, 3), classes=(3, 5, 7))
        many = {"n_steps": 32, "random_state": 0}
        found = saliency(model, X.astype(dtype), method, **many)
        assert found.values.shape == (6, 3, 4, 24)
        assert found.values.dtype == dtype
        assert found.classes.tolist() == [3, 5, 7]
        one = saliency(model, X.astype(dtype), method, label=5, **many)
        assert one.values.shape == (6, 4, 24)
        assert one.classes.tolist() == [5]
        assert_allclose(one.values, found.of_class(5), rtol=1e-4, atol=1e-5)

    @pytest.mark.parametrize("method", METHODS)
    def test_constant_channel_is_finite(self, method):
        flat = X.copy()
        flat[:, 1] = 3.0
        found = saliency(fitted(Convolved(4, 5, 2)), flat, method, random_state=0)
        assert np.isfinite(found.values).all()
        if method in ("integrated_gradients", "occlusion"):
            assert_array_equal(found.values[:, :, 1], 0)

    @pytest.mark.parametrize("method", METHODS)
    def test_leaves_torch_and_the_networks_alone(self, method):
        model = fitted(Convolved(4, 5, 2).train())
        before, weights = torch.get_rng_state(), model.modules_[0].filters.weight.clone()
        saliency(model, X, method, random_state=0)
        assert torch.equal(before, torch.get_rng_state())
        assert torch.equal(weights, model.modules_[0].filters.weight)
        assert model.modules_[0].training
        assert all(each.grad is None and each.requires_grad for each in model.modules_[0].parameters())

    def test_seeds(self):
        for method in ("smoothgrad", "integrated_gradients"):
            a, b, c = (
                saliency(BENT, X, method, n_baselines=2, random_state=seed).values for seed in (0, 0, 1)
            )
            assert_array_equal(a, b)
            assert not np.allclose(a, c)

    def test_under_no_grad(self):
        with torch.no_grad():
            found = saliency(LINEAR, X, "gradient", output="margin")
        assert_allclose(found.values[0], WEIGHTS, rtol=1e-12)


class TestModels:
    @pytest.fixture(scope="class")
    @staticmethod
    def data():
        rng = np.random.default_rng(0)
        y = np.repeat([0, 1], 20)
        X = rng.normal(scale=10, size=(40, 3, 64))
        X[20:, 1] += 30 * np.sin(np.arange(64) / 2)
        return X, y

    @pytest.mark.parametrize("architecture", ["eegnet", "shallow", "deep", "inception", "tcn"])
    def test_every_architecture(self, data, architecture):
        X, y = data
        model = CNNClassifier(architecture, sfreq=64, max_epochs=3, n_models=2, random_state=0, device="cpu")
        model.fit(X, y)
        given = {"label": 1, "baseline": X[:2], "random_state": 0}
        found = saliency(model, X[19:21], **given)
        assert_allclose(found.outputs[:, 0], model.decision_function(X[19:21]), rtol=1e-4, atol=1e-5)
        assert (found.completeness[:, 0] <= 0.011 * np.abs(found.by_channel()[..., 0]).sum(axis=1)).all()
        times = saliency(model, X[19:21], "gradcam", **given)
        assert (times.values >= 0).all()
        assert_array_equal(times.values[:, 0], times.values[:, 2])

    def test_fast_eegnet_has_the_slopes_of_the_plain_one(self, data):
        X, y = data
        options = {"sfreq": 64, "max_epochs": 2, "random_state": 0, "device": "cpu", "precision": "float64"}
        found = []
        for engine in ("fast", "plain"):
            model = CNNClassifier("eegnet", architecture_options={"engine": engine}, **options).fit(X, y)
            if found:
                model.modules_[0].network.load_state_dict(found[0][0])
            state = model.modules_[0].network.state_dict()
            found.append((state, saliency(model, X[:3], "gradient").values))
        assert_allclose(found[0][1], found[1][1], rtol=1e-6, atol=1e-9)

    def test_pipelines_and_searches(self, data):
        X, y = data
        network = CNNClassifier("shallow", sfreq=64, max_epochs=2, random_state=0, device="cpu")
        pipeline = make_pipeline(ChannelScaler(), network)
        search = GridSearchCV(pipeline, {"cnnclassifier__lr": [0.01]}, cv=2).fit(X, y)
        best = search.best_estimator_
        scaled = best[0].transform(X)
        expected = saliency(best[-1], scaled[20:23], baseline=scaled[:4])
        for model in (search, best):
            found = saliency(model, X[20:23], baseline=X[:4])
            assert_array_equal(found.values, expected.values)
            assert found.ch_names == ["ch0", "ch1", "ch2"]

    def test_explains_the_network_below_a_calibration(self, data):
        X, y = data
        network = CNNClassifier("shallow", sfreq=64, max_epochs=1, random_state=0, device="cpu").fit(X, y)
        calibrated = CalibratedClassifierCV(FrozenEstimator(network), cv=2).fit(X, y)
        expected = saliency(network, X[:2], baseline=X[:2]).values
        assert_array_equal(saliency(calibrated, X[:2], baseline=X[:2]).values, expected)

    def test_refuses_a_network_that_is_not_fitted(self, data):
        with pytest.raises(NotFittedError):
            saliency(CNNClassifier(), data[0])

    def test_windows_of_one_channel(self, data):
        X, y = data
        model = CNNClassifier("shallow", sfreq=64, max_epochs=1, random_state=0, device="cpu")
        model.fit(X[:, 1], y)
        found = saliency(model, X[:3, 1], baseline=X[:2, 1])
        assert found.values.shape == (3, 2, 1, 64)
        with pytest.raises(ValueError, match="was fitted on"):
            saliency(model, X[:3])

    def test_other_models_are_sent_to_explain(self, data):
        X, y = data
        with pytest.raises(TypeError, match="in one, got SVC: `explain` takes any model"):
            saliency(SVC().fit(X[:, 0], y), X)


class TestErrors:
    def test_label(self):
        with pytest.raises(ValueError, match=r"`label` must be one of \['a', 'b', 'c'\], got 'd'"):
            saliency(LINEAR, X, label="d")

    @pytest.mark.parametrize(
        ("options", "name"),
        [({"method": "lrp"}, "method"), ({"n_steps": 0}, "n_steps"), ({"patch": 0}, "patch"),
         ({"output": "logit"}, "output"), ({"noise": 0}, "noise"), ({"batch_size": 0}, "batch_size")],
    )  # fmt: skip
    def test_parameters(self, options, name):
        with pytest.raises(ValueError, match=f"'{name}' parameter of saliency must be"):
            saliency(LINEAR, X, **options)

    @pytest.mark.parametrize("method", ["integrated_gradients", "occlusion"])
    def test_one_window_has_no_baseline_to_draw(self, method):
        with pytest.raises(ValueError, match="`baseline` must hold windows where X holds only one"):
            saliency(BENT, X[:1], method)
        assert saliency(BENT, X[:1], "gradient").values.shape == (1, 3, 4, 24)

    def test_names_of_channels(self):
        found = saliency(BENT, X, "gradient", ch_names=["C3", "Cz", "C4", "Pz"])
        assert found.ch_names == ["C3", "Cz", "C4", "Pz"]
        with pytest.raises(ValueError, match="`ch_names` must"):
            saliency(BENT, X, "gradient", ch_names=["C3"])

    def test_unknown_layer(self):
        with pytest.raises(ValueError, match=r"`layer` must be a part .* \['filters', 'head'\], got 'first'"):
            saliency(fitted(Convolved(4, 5, 2)), X, "gradcam", layer="first")

    def test_no_convolution(self):
        with pytest.raises(ValueError, match="Grad-CAM needs an activation .* found none"):
            saliency(LINEAR, X, "gradcam")

    def test_no_gradient(self):
        class Blind(torch.nn.Module):
            def forward(self, x):
                with torch.no_grad():
                    return x.mean(2)[:, :2]

        with pytest.raises(ValueError, match='gives no gradient .*: use method="occlusion"'):
            saliency(fitted(Blind()), X, "gradient")
        assert saliency(fitted(Blind()), X, "occlusion", random_state=0).values.any()

    def test_windows_and_baselines_of_another_shape(self):
        with pytest.raises(ValueError, match="3 channels x 24 time points, but .* fitted on 4 channels"):
            saliency(LINEAR, X, baseline=BASELINE[:, :3])

    def test_gaps_in_the_windows(self):
        broken = X.copy()
        broken[1, 2, 3] = np.nan
        with pytest.raises(ValueError, match="NaN in window 1, channel 'ch2'"):
            saliency(LINEAR, broken)
