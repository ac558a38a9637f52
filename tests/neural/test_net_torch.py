import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from sklearn_eeg.neural._batches_torch import WindowSet
from sklearn_eeg.neural._net_torch import Recipe, TrainingNet

sys.path.insert(0, str(Path(__file__).parent))
from plain_network import X, without_batches, y

WEIGHTS = np.linspace(0.5, 1.5, 60)


def made(**recipe):
    data = WindowSet(
        X,
        np.arange(60),
        center=np.zeros(3),
        scale=np.full(3, 20.0),
        codes=y.astype(np.int64),
        weights=WEIGHTS,
        device=torch.device("cpu"),
        dtype=torch.float64,
    )
    recipe = Recipe(**{"batch_size": 20, "dtype": torch.float64, "lr": 0.01} | recipe)
    net = TrainingNet(
        lambda: without_batches(3, 64, 2).double(),
        recipe=recipe,
        seed=[1, 0],
        n_steps=9,
        criterion=torch.nn.CrossEntropyLoss,
        train_split=None,
        callbacks__valid_acc=None,
        callbacks__print_log=None,
        device="cpu",
        verbose=0,
    )
    return net.initialize(), data


def step(net, data):
    return float(net.train_step(data.take(torch.arange(60)))["loss"])


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_loss_is_the_weighted_cross_entropy(smoothing):
    net, data = made(label_smoothing=smoothing)
    windows, (labels, weights) = data.take(torch.arange(60))
    p = net.module_(windows).softmax(dim=1).detach().numpy()
    soft = (1 - smoothing) * np.eye(2)[y] + smoothing / 2
    expected = np.mean(-(soft * np.log(p)).sum(axis=1) * WEIGHTS)
    assert step(net, data) == pytest.approx(expected)
    net.module_.eval()
    plain = np.mean(-np.log(net.module_(windows).softmax(dim=1).detach().numpy()[np.arange(60), y]) * WEIGHTS)
    assert float(net.validation_step((windows, (labels, weights)))["loss"]) == pytest.approx(plain)


def test_one_step_is_that_of_adamw():
    net, data = made(weight_decay=0.1)
    windows, (labels, weights) = data.take(torch.arange(60))
    twin = without_batches(3, 64, 2).double()
    twin.load_state_dict(net.module_.state_dict())
    (functional.cross_entropy(twin(windows), labels, reduction="none") * weights).mean().backward()
    weights_, biases = ([p for p in twin.parameters() if (p.ndim > 1) == many] for many in (True, False))
    torch.optim.AdamW(
        [{"params": weights_, "weight_decay": 0.1}, {"params": biases, "weight_decay": 0}], lr=0.01
    ).step()
    step(net, data)
    for own, other in zip(net.module_.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(own, other)


def test_gradients_are_clipped():
    net, data = made(clip_norm=1e-3)
    step(net, data)
    norm = torch.stack([p.grad.norm() for p in net.module_.parameters()]).norm()
    assert norm.item() == pytest.approx(1e-3, rel=1e-3)


def test_the_rate_follows_the_schedule():
    net, data = made(schedule="cosine")
    rates = []
    for _ in range(9):
        step(net, data)
        rates.append(net.optimizer_.param_groups[0]["lr"])
    np.testing.assert_allclose(rates, 0.01 * (1 + np.cos(np.pi * np.arange(9) / 9)) / 2)


def test_mixup_mixes_windows_and_loss_alike(monkeypatch):
    net, data = made(mixup=0.5)
    monkeypatch.setattr(net, "_draw_share", lambda: 0.3)
    seen = []
    forward = net._forward
    monkeypatch.setattr(net, "_forward", lambda windows: seen.append(windows) or forward(windows))
    loss = step(net, data)
    windows, (labels, weights) = data.take(torch.arange(60))
    others = [
        int(i) for i in torch.cdist((seen[0] - 0.3 * windows).flatten(1), 0.7 * windows.flatten(1)).argmin(1)
    ]
    assert sorted(others) == list(range(60))
    torch.testing.assert_close(seen[0], 0.3 * windows + 0.7 * windows[others])
    again, _ = made()
    losses = [
        (
            functional.cross_entropy(again.module_(seen[0]), labels[rows], reduction="none") * weights[rows]
        ).mean()
        for rows in (list(range(60)), others)
    ]
    assert loss == pytest.approx((0.3 * losses[0] + 0.7 * losses[1]).item())


def test_shares_of_mixup_are_beta():
    net, _ = made(mixup=0.5)
    with net.stream:
        shares = np.array([net._draw_share() for _ in range(2000)])
    assert abs(shares.mean() - 0.5) < 0.03
    assert abs(shares.var() - 1 / 8) < 0.01  # of Beta(a, a): 1 / (4 (2 a + 1))


def test_augmentations_are_called_in_order_on_the_training_windows_only():
    called = []

    def first(windows, generator):
        called.append("first")
        return windows + 1

    def second(windows, generator):
        called.append("second")
        return windows * 0

    net, data = made(augmentations=(first, second))
    batch = data.take(torch.arange(60))
    logits = net.train_step(batch)["y_pred"]
    assert called == ["first", "second"]
    assert torch.equal(logits, logits[:1].expand_as(logits))
    logits = net.validation_step(batch)["y_pred"]
    assert called == ["first", "second"]
    assert not torch.equal(logits, logits[:1].expand_as(logits))


def test_the_final_weights_are_the_averages():
    net, data = made(ema=0.9)
    for _ in range(5):
        step(net, data)
    state = net.final_state()
    name = next(iter(net.average.weights))
    assert torch.equal(state[name], net.average.weights[name])
    assert not torch.equal(state[name], net.module_.state_dict()[name])
    with net.as_predicting():
        assert torch.equal(net.module_.state_dict()[name], state[name])


def test_a_loss_that_is_no_number_is_an_error():
    net, data = made()
    with torch.no_grad():
        next(net.module_.parameters()).fill_(np.inf)
    with pytest.raises(
        ValueError, match="loss became nan in step 0: lower `lr`, got 0.01, or set `clip_norm`"
    ):
        step(net, data)
