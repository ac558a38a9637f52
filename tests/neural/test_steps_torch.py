import numpy as np
import pytest
import torch

from sklearn_eeg.neural._steps_torch import AveragedWeights, schedule_factor


@pytest.mark.parametrize("n_steps", [10, 101, 1000])
def test_one_cycle_is_torchs(n_steps):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    torchs = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=n_steps, cycle_momentum=False)
    expected = []
    for _ in range(n_steps):
        expected.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        torchs.step() if len(expected) < n_steps else None
    found = [schedule_factor("onecycle", step, n_steps) for step in range(n_steps)]
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_cosine_is_torchs():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    torchs = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 50)
    for step in range(50):
        assert schedule_factor("cosine", step, 50) == pytest.approx(optimizer.param_groups[0]["lr"], abs=1e-9)
        optimizer.step()
        torchs.step()


@pytest.mark.parametrize("schedule", ["onecycle", "cosine", None])
@pytest.mark.parametrize("n_steps", [1, 2, 3, 4, 5])
def test_short_trainings_have_a_rate_above_0(schedule, n_steps):
    factors = [schedule_factor(schedule, step, n_steps) for step in range(n_steps)]
    assert all(0 < factor <= 1 for factor in factors)


def test_averages_are_the_recursion():
    module = torch.nn.Linear(1, 1, bias=False)
    average = AveragedWeights(module, 0.5)
    expected = module.weight.item()
    for step in range(1, 30):
        with torch.no_grad():
            module.weight.fill_(step)
        average.update(module)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * step
    assert average.weights["weight"].item() == pytest.approx(expected, rel=1e-6)


def test_averages_are_lent_and_given_back_even_after_an_error():
    module = torch.nn.Linear(1, 1, bias=False)
    average = AveragedWeights(module, 0.5)
    own, mean = module.weight.item(), 7.0
    average.weights["weight"].fill_(mean)
    with average.applied(module):
        assert module.weight.item() == mean
    with pytest.raises(ZeroDivisionError), average.applied(module):
        1 / 0  # noqa: B018
    assert module.weight.item() == own
    assert average.weights["weight"].item() == mean
