import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from sklearn_eeg._torch import to_arrays
from sklearn_eeg.neural._modules_torch import Standardized, build_module, load_module, predict_log_proba

sys.path.insert(0, str(Path(__file__).parent))
from plain_network import Plain, X, network, y

SHAPE = {"n_channels": 3, "n_times": 64, "n_classes": 2}


def test_options_and_the_rate_reach_the_architecture():
    module = build_module(Plain, {"n_filters": 5}, **SHAPE, sfreq=128.0)
    assert module.filters.out_channels == 5
    assert module.sfreq == 128.0
    assert isinstance(build_module("shallow", {}, **SHAPE | {"n_times": 256}, sfreq=128.0), nn.Module)


def test_functions_that_take_no_rate():
    def make(n_channels, n_times, n_classes):
        return nn.Sequential(nn.Flatten(), nn.Linear(n_channels * n_times, n_classes))

    assert build_module(make, None, **SHAPE, sfreq=128.0)[1].out_features == 2


def test_weights_come_back_in_their_precision():
    for dtype in (torch.float32, torch.float64):
        source = Plain(**SHAPE).to(dtype)
        member = {"weights": to_arrays(source.state_dict()), "center": np.zeros(3), "scale": np.ones(3)}
        module = load_module(lambda: Plain(**SHAPE), member, "cpu")
        assert not module.training
        assert module.filters.weight.dtype == dtype
        assert torch.equal(module.filters.weight, source.filters.weight)


def test_blocks_of_windows_give_what_all_at_once_give(monkeypatch):
    from sklearn_eeg.neural import _modules_torch

    member = {
        "weights": to_arrays(Plain(**SHAPE).state_dict()),
        "center": np.ones(3),
        "scale": np.full(3, 20.0),
    }
    module = load_module(lambda: Plain(**SHAPE), member, "cpu")
    whole = predict_log_proba(module, member, X)
    monkeypatch.setattr(_modules_torch, "_BLOCK_VALUES", 7 * 3 * 64)
    np.testing.assert_allclose(predict_log_proba(module, member, X), whole, atol=1e-6)
    np.testing.assert_allclose(np.exp(whole).sum(axis=1), 1)


def test_standardised_modules_take_microvolts_and_have_gradients():
    net = network().fit(X, y)
    windows = torch.tensor(X, dtype=torch.float32, requires_grad=True)
    logits = net.modules_[0](windows)
    expected = net.decision_function(X)
    np.testing.assert_allclose((logits[:, 1] - logits[:, 0]).detach(), expected, atol=1e-4)
    logits.sum().backward()
    assert torch.isfinite(windows.grad).all()
    assert (windows.grad != 0).any()


def test_standardising_is_the_formula():
    module = Standardized(nn.Identity(), np.array([1.0, 2.0]), np.array([2.0, 4.0]))
    found = module(torch.tensor([[[3.0], [2.0]]]))
    np.testing.assert_array_equal(found, [[[1.0], [0.0]]])


@pytest.mark.parametrize("architecture", [Plain(**SHAPE)])
def test_modules_are_refused(architecture):
    with pytest.raises(ValueError, match="got a module of Plain: give the class"):
        build_module(architecture, None, **SHAPE, sfreq=None)
