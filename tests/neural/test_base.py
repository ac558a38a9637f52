import pickle
import sys
from pathlib import Path

import joblib
import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError
from torch import nn

from sklearn_eeg.neural._cnn_classifier import ARCHITECTURE_NAMES

sys.path.insert(0, str(Path(__file__).parent))
from plain_network import (
    Plain,
    X,
    network,
    windows,
    y,
)


@pytest.mark.parametrize("n_models", [1, 2])
@pytest.mark.parametrize("name", ["plain", *ARCHITECTURE_NAMES])
def test_pickle_and_joblib(name, n_models, tmp_path):
    data, labels = windows(30, n_times=128)
    architecture = Plain if name == "plain" else name
    net = network(architecture=architecture, sfreq=64.0, n_models=n_models, max_epochs=1).fit(data, labels)
    expected = net.predict_proba(data)
    joblib.dump(net, tmp_path / "net.joblib")
    mapped = joblib.load(tmp_path / "net.joblib", mmap_mode="r")
    for again in (pickle.loads(pickle.dumps(net)), mapped):
        np.testing.assert_array_equal(again.predict_proba(data), expected)
        assert again.history_.equals(net.history_)
        assert isinstance(again.modules_[0], nn.Module)


def test_the_fitted_state_is_arrays_and_plain_values():
    """What other picklers than pickle, such as skops, can store without torch."""
    kinds = set()

    def walk(value):
        kinds.add(type(value))
        if isinstance(value, dict):
            list(map(walk, value.values()))
        elif isinstance(value, list | tuple):
            list(map(walk, value))

    state = network(n_models=2).fit(X, y).__getstate__()
    walk({k: v for k, v in state.items() if k not in network().get_params() and k != "_blueprint"})
    assert kinds <= {dict, list, tuple, str, int, float, bool, type(None), np.ndarray, np.int64, np.float64}


@pytest.mark.parametrize("name", ["eegnet", "tcn"])
def test_skops_needs_to_trust_the_class_only(name):
    from skops import io

    data, labels = windows(30, n_times=128)
    net = network(architecture=name, sfreq=64.0, max_epochs=1, class_weight="balanced").fit(data, labels)
    stored = io.dumps(net)
    trusted = io.get_untrusted_types(data=stored)
    assert trusted == ["sklearn_eeg.neural._cnn_classifier.CNNClassifier"]
    again = io.loads(stored, trusted=trusted)
    np.testing.assert_array_equal(again.predict_proba(data), net.predict_proba(data))
    assert again.history_.equals(net.history_)


def test_predicting_before_fitting():
    for name in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
        with pytest.raises(NotFittedError):
            getattr(network(), name)(X)
    for name in ("history_", "modules_", "n_iter_"):
        assert not hasattr(network(), name)


def test_batch_equals_loop():
    net = network().fit(X, y)
    alone = np.concatenate([net.predict_proba(X[i : i + 1]) for i in range(10)])
    np.testing.assert_allclose(alone, net.predict_proba(X)[:10], atol=1e-6)


def test_probabilities_logarithms_and_decisions_agree():
    for n_classes in (2, 3):
        data, labels = windows(60, n_classes=n_classes)
        net = network(n_models=2).fit(data, labels)
        p = net.predict_proba(data)
        np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)
        np.testing.assert_allclose(np.log(p), net.predict_log_proba(data))
        np.testing.assert_array_equal(net.predict(data), p.argmax(axis=1))
        decision = net.decision_function(data)
        if n_classes == 2:
            np.testing.assert_allclose(decision, np.log(p[:, 1] / p[:, 0]), atol=1e-9)
        else:
            np.testing.assert_allclose(decision, np.log(p))


def test_several_networks_are_averaged():
    net = network(n_models=3).fit(X, y)
    logits = [module(torch.tensor(X, dtype=torch.float32)) for module in net.modules_]
    mean = torch.stack([one.softmax(dim=1) for one in logits]).mean(dim=0)
    np.testing.assert_allclose(net.predict_proba(X), mean.detach().numpy(), atol=1e-5)
    assert not torch.equal(logits[0], logits[1])
    assert net.history_["model"].nunique() == 3


def test_history_tells_the_epochs():
    net = network(max_epochs=6, n_models=2, patience=None).fit(X, y)
    history = net.history_
    assert history["epoch"].tolist() == [1, 2, 3, 4, 5, 6] * 2
    assert {"train_loss", "valid_loss", "valid_balanced_accuracy", "lr", "seconds"} <= set(history)
    best = history.loc[history.groupby("model")["valid_loss"].idxmin()]
    assert best["best"].all()
    assert history["best"].sum() == 2
    assert net.n_iter_ == 6
    without = network(validation=None).fit(X, y).history_
    assert "valid_loss" not in without
    assert without["best"].tolist() == [False, False, False, True]


def test_plot_of_the_history():
    import matplotlib as mpl

    with mpl.rc_context({"backend": "agg"}):
        ax = network(max_epochs=3).fit(X, y).plot_history()
        assert len(ax.lines) == 3
        mpl.pyplot.close(ax.figure)
