"""What every network must do, and what braindecode's networks of the same definition give."""

import copy
import inspect
import io
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from sklearn_eeg.neural._architectures_torch import ARCHITECTURES

REFERENCE = json.loads((Path(__file__).parents[1] / "references" / "neural.json").read_text())
each_network = pytest.mark.parametrize("name", ARCHITECTURES)
# EEGNet's first half is computed in two ways.
CASES = [
    (case, options)
    for case in REFERENCE["cases"]
    for options in ([{"engine": "plain"}, {"engine": "fast"}] if case["architecture"] == "eegnet" else [{}])
]
each_case = pytest.mark.parametrize(
    ("case", "options"),
    CASES,
    ids=[
        "-".join(map(str, [case["architecture"], *case["sizes"], *options.values()]))
        for case, options in CASES
    ],
)


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def windows(n_windows, n_channels, n_times, dtype=torch.float32):
    rng = np.random.default_rng(1)
    return torch.from_numpy(rng.standard_normal((n_windows, n_channels, n_times)) + 0.3).to(dtype)


def without_dropout(net):
    for module in net.modules():
        if hasattr(module, "dropout"):
            module.dropout = 0.0
    return net


def uneven_norms(net):
    """Give norms the gains and offsets of a network that was trained, of both signs."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm1d):
            nn.init.normal_(module.weight)
            nn.init.normal_(module.bias)
    return net


def gradients(net, x, y):
    net.zero_grad()
    cross_entropy(net(x), y).backward()
    return {name: parameter.grad.clone() for name, parameter in net.named_parameters()}


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-5)])
@each_case
def test_equals_braindecode(case, options, dtype, tolerance):
    net, x = as_braindecode(case, options, dtype)
    check_outputs(net.eval()(x), case["evaluated"], tolerance)
    trained = copy.deepcopy(net).train()(x)
    check_outputs(trained, case["trained"], tolerance)
    net.train()
    got = gradients(net, x, torch.arange(len(x)) % case["sizes"][2])
    largest = max(norm for norm, _ in case["gradients"].values())
    for name, (norm, product) in case["gradients"].items():
        flat = got[name].flatten().double().numpy()
        atol = 10 * tolerance * largest
        np.testing.assert_allclose(np.linalg.norm(flat), norm, rtol=10 * tolerance, atol=atol, err_msg=name)
        np.testing.assert_allclose(
            flat @ np.cos(np.arange(flat.size)), product, rtol=0, atol=3 * atol, err_msg=name
        )
    state = net.state_dict()
    for name, values in case["running"].items():
        np.testing.assert_allclose(state[name].numpy(), values, rtol=tolerance, atol=tolerance, err_msg=name)


def check_outputs(outputs, expected, tolerance):
    atol = tolerance * np.abs(expected).max()
    np.testing.assert_allclose(outputs.detach(), expected, rtol=0, atol=atol)


def as_braindecode(case, options, dtype):
    """Return the network and the windows of a case, drawn as `make_neural.py` draws them."""
    name, (n_channels, n_times, n_classes) = case["architecture"], case["sizes"]
    if name == "eegnet" and not case.get("limited"):
        options = options | {"dense_max_norm": None}
    net = without_dropout(ARCHITECTURES[name](n_channels, n_times, n_classes, **options))
    state, rng = net.state_dict(), np.random.default_rng(REFERENCE["seed"])
    for key in sorted(case["counts"]):
        values = rng.standard_normal(case["counts"][key])
        scale = 1.0 if "norm" in key else 0.2
        drawn = 0.5 + np.abs(values) if key.endswith("running_var") else scale * values
        state[key] = torch.from_numpy(np.float32(drawn)).reshape(state[key].shape)
    net.load_state_dict(state)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.momentum = REFERENCE["momentum"][name]
    shape = REFERENCE["n_windows"], n_channels, n_times
    x = np.float32(rng.standard_normal(np.prod(shape)) + 0.3).reshape(shape)
    return net.to(dtype), torch.from_numpy(x).to(dtype)


@pytest.mark.parametrize("name", REFERENCE["n_weights"])
def test_has_the_published_number_of_weights(name):
    net = ARCHITECTURES[name](*REFERENCE["sizes"])
    assert sum(parameter.numel() for parameter in net.parameters()) == REFERENCE["n_weights"][name]


@pytest.mark.parametrize(("n_channels", "n_times"), [(1, 64), (8, 90), (64, 70), (19, 170)])
@each_network
def test_gradients_in_single_precision_are_those_in_double(name, n_channels, n_times):
    check_gradients(name, n_channels, n_times)


@pytest.mark.parametrize("n_channels", [*range(14, 24)])
@pytest.mark.parametrize("name", ["eegnet", "shallow", "deep"])
def test_gradients_are_right_for_each_number_of_channels(name, n_channels):
    """A 2-D convolution as wide as 14 to 19 channels gives wrong ones on some processors."""
    check_gradients(name, n_channels, 100)


def check_gradients(name, n_channels, n_times):
    net = uneven_norms(without_dropout(ARCHITECTURES[name](n_channels, n_times, 3)))
    exact, y = copy.deepcopy(net).double(), torch.arange(6) % 3
    x = windows(6, n_channels, n_times, torch.float64)
    got, expected = gradients(net, x.float(), y), gradients(exact, x, y)
    largest = max(float(gradient.norm()) for gradient in expected.values())
    for key, gradient in expected.items():
        error = float((got[key] - gradient).norm())
        assert error <= 1e-3 * max(float(gradient.norm()), 1e-2 * largest), key


@each_network
def test_gradient_at_the_windows_is_that_of_finite_differences(name):
    net = uneven_norms(ARCHITECTURES[name](3, 80, 2)).double().eval()
    x = windows(2, 3, 80, torch.float64).requires_grad_()
    (gradient,) = torch.autograd.grad(net(x)[:, 0].sum(), x)
    step = 1e-6 * torch.randn(x.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        change = float((net(x + step) - net(x - step))[:, 0].sum())
    assert float((gradient * step).sum()) == pytest.approx(change / 2, rel=1e-5)


@each_network
def test_a_window_is_evaluated_alone_as_in_a_batch(name):
    net, x = ARCHITECTURES[name](5, 130, 3).eval(), windows(4, 5, 130)
    together = net(x)
    assert together.shape == (4, 3)
    torch.testing.assert_close(
        torch.cat([net(x[i : i + 1]) for i in range(4)]), together, rtol=1e-4, atol=1e-5
    )


@each_network
def test_order_of_windows_does_not_matter_to_training(name):
    net = without_dropout(ARCHITECTURES[name](5, 130, 3))
    x, order = windows(6, 5, 130), torch.tensor([3, 1, 5, 0, 2, 4])
    torch.testing.assert_close(net(x[order]), net(x)[order], rtol=1e-4, atol=1e-5)


@each_network
def test_memory_layout_does_not_matter(name):
    net, x = ARCHITECTURES[name](5, 130, 3).eval(), windows(4, 5, 130)
    turned = x.transpose(1, 2).contiguous().transpose(1, 2)
    torch.testing.assert_close(net(turned), net(x), rtol=1e-4, atol=1e-5)
    given = x.clone()
    net.train()(given)
    assert torch.equal(given, x)


@pytest.mark.parametrize(("n_channels", "n_times"), [(1, 64), (1, 4097), (128, 64), (2, 1), (3, 5), (1, 20)])
@pytest.mark.parametrize("sfreq", [None, 64.0, 173.61, 512.0])
@each_network
def test_takes_windows_of_any_size(name, n_channels, n_times, sfreq):
    net = ARCHITECTURES[name](n_channels, n_times, 2, sfreq=sfreq)
    x, y = windows(2, n_channels, n_times), torch.tensor([0, 1])
    got = gradients(net, x, y)
    assert all(bool(torch.isfinite(gradient).all()) for gradient in got.values())
    assert bool(torch.isfinite(net.eval()(x)).all())
    assert type(net).shortest(n_channels, sfreq=sfreq) == 1


@each_network
def test_flat_windows_give_finite_values_and_gradients(name):
    net, x = ARCHITECTURES[name](4, 128, 2), torch.zeros(4, 4, 128)
    x[1] = 7.0
    got = gradients(net, x, torch.tensor([0, 1, 0, 1]))
    assert all(bool(torch.isfinite(gradient).all()) for gradient in got.values())
    assert bool(torch.isfinite(net.eval()(x)).all())


@each_network
def test_learns_a_rhythm(name):
    """Noise against noise with a rhythm of 10 Hz on one channel, at 128 Hz."""
    times, y = torch.arange(128) / 128, torch.arange(32) % 2
    generator = torch.Generator().manual_seed(2)
    phases = 6.28 * torch.rand(32, 1, generator=generator)
    x = torch.randn(32, 4, 128, generator=generator)
    x[:, 2] += 1.5 * y[:, None] * torch.sin(2 * torch.pi * 10 * times + phases)
    net = without_dropout(ARCHITECTURES[name](4, 128, 2, sfreq=128.0))
    optimiser = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(40):
        loss = cross_entropy(net(x), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert bool((net.eval()(x).argmax(1) == y).all())


@each_network
def test_norms_may_be_frozen_in_training(name):
    net, x = uneven_norms(without_dropout(ARCHITECTURES[name](4, 128, 2))), windows(4, 4, 128)
    net(x)
    expected = net.eval()(x)
    net.train()
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm1d)]
    for norm in norms:
        norm.eval()
    before = {key: value.clone() for key, value in net.named_buffers()}
    torch.testing.assert_close(net(x), expected)
    assert all(torch.equal(value, before[key]) for key, value in net.named_buffers())
    norms[0].train()
    net(x)
    assert not torch.equal(norms[0].running_mean, before[dict(names_of(net))[norms[0]] + ".running_mean"])
    for norm in norms[1:]:
        assert torch.equal(norm.running_mean, before[dict(names_of(net))[norm] + ".running_mean"])


def names_of(net):
    return ((module, name) for name, module in net.named_modules())


def test_no_network_has_a_convolution_of_two_dimensions():
    """Their weight gradients are wrong on some processors at 14 to 19 channels."""
    for path in Path(inspect.getfile(ARCHITECTURES["eegnet"])).parent.glob("*_torch.py"):
        assert "conv2d" not in path.read_text(encoding="utf-8").lower(), path.name


@each_network
def test_copies_pickles_and_saves(name):
    net, x = ARCHITECTURES[name](3, 64, 2), windows(2, 3, 64)
    net(x)
    net.eval()
    expected = net(x)
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert torch.equal(other(x), expected)
    file = io.BytesIO()
    torch.save(net.state_dict(), file)
    file.seek(0)
    fresh = ARCHITECTURES[name](3, 64, 2).eval()
    assert not torch.equal(fresh(x), expected)
    fresh.load_state_dict(torch.load(file, weights_only=True))
    assert torch.equal(fresh(x), expected)


@each_network
def test_same_seed_same_network(name):
    outputs, x = [], windows(4, 3, 100)
    for _ in range(2):
        torch.manual_seed(5)
        outputs.append(ARCHITECTURES[name](3, 100, 2)(x))
    assert torch.equal(*outputs)


@each_network
def test_trains_in_half_precision(name):
    net, x, y = without_dropout(ARCHITECTURES[name](6, 128, 2)), windows(8, 6, 128), torch.arange(8) % 2
    expected = gradients(net, x, y)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = cross_entropy(net(x).float(), y)
    net.zero_grad()
    loss.backward()
    flat = torch.cat([parameter.grad.flatten() for parameter in net.parameters()])
    whole = torch.cat([gradient.flatten() for gradient in expected.values()])
    assert float((flat - whole).norm() / whole.norm()) < 0.2
    assert all(parameter.grad.dtype == torch.float32 for parameter in net.parameters())


@each_network
def test_gradients_can_be_taken_twice(name):
    net, x, y = without_dropout(ARCHITECTURES[name](4, 100, 2)), windows(4, 4, 100), torch.arange(4) % 2
    loss, parameters = cross_entropy(net(x), y), list(net.parameters())
    first = torch.autograd.grad(loss, parameters, retain_graph=True)
    for one, other in zip(first, torch.autograd.grad(loss, parameters), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


@each_network
def test_gradients_at_the_windows_are_right_in_training(name):
    net = uneven_norms(without_dropout(ARCHITECTURES[name](3, 70, 2))).double()
    x, weights = windows(3, 3, 70, torch.float64).requires_grad_(), torch.randn(3, 2, dtype=torch.float64)
    (gradient,) = torch.autograd.grad((net(x) * weights).sum(), x)
    step = 1e-6 * torch.randn(x.shape, dtype=torch.float64)
    with torch.no_grad():
        change = float(((net(x + step) - net(x - step)) * weights).sum())
    assert float((gradient * step).sum()) == pytest.approx(change / 2, rel=1e-5)


@each_network
@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ((0, 100, 2), "`n_channels` must be at least 1, got 0"),
        ((3, 0, 2), "`n_times` must be at least 1, got 0"),
        ((3, 100, 0), "`n_classes` must be at least 1, got 0"),
    ],
)
def test_refuses_sizes_that_are_none(name, sizes, message):
    with pytest.raises(ValueError, match=message):
        ARCHITECTURES[name](*sizes)


@each_network
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sfreq": 0.0}, "`sfreq` must be positive, got 0"),
        ({"sfreq": float("nan")}, "`sfreq` must be positive, got nan"),
        ({"dropout": 1.0}, "`dropout` must be at least 0 and below 1, got 1"),
    ],
)
def test_refuses_options_out_of_range(name, options, message):
    with pytest.raises(ValueError, match=message):
        ARCHITECTURES[name](3, 100, 2, **options)


SHORT = [
    ("eegnet", {"pool_1": 4, "pool_2": 8, "kernel_length": 33, "separable_kernel_length": 15}, 32),
    ("eegnet", {"pool_1": 10}, 10),
    ("shallow", {"kernel_length": 25, "pool_length": 75, "pool_stride": 15}, 99),
    ("deep", {"kernel_length": 10, "pool_length": 3}, 441),
    ("inception", {"pool_length": 7}, 7),
    ("tcn", {"pool_length": 9}, 9),
]


@pytest.mark.parametrize(("name", "options", "shortest"), SHORT)
def test_says_the_shortest_length_that_given_options_take(name, options, shortest):
    assert ARCHITECTURES[name].shortest(3, **options) == shortest
    ARCHITECTURES[name](3, shortest, 2, **options)(torch.zeros(2, 3, shortest))
    message = (
        f"`n_times` must be at least {shortest} for .* with these options, got {shortest - 1}: take longer"
    )
    with pytest.raises(ValueError, match=message):
        ARCHITECTURES[name](3, shortest - 1, 2, **options)
