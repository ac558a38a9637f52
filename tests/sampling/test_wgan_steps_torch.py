import copy

import numpy as np
import pytest
import torch

from sklearn_eeg.sampling import _wgan_steps_torch as steps
from sklearn_eeg.sampling._losses_torch import gradient_penalty
from sklearn_eeg.sampling._wgan_steps_torch import Adversaries, ClassBatches, Recipe

BLUEPRINT = {
    "n_channels": 2, "n_times": 32, "n_classes": 3, "latent": 4, "widths": (4, 4), "kernel": 3, "base": None,
}  # fmt: skip
CODES = np.repeat([0, 1, 2], [20, 8, 2])


def recipe(**changes):
    settings = {
        "batch_size": 6, "n_critic": 1, "generator_lr": 1e-3, "critic_lr": 2e-3, "gp_weight": 10.0,
        "gp_every": 1, "spectral_weight": 1.0, "covariance_weight": 1.0, "augmentation": 0.3, "ema": 0.9,
        "max_steps": 10, "max_seconds": None, "validate_every": 5, "patience": None,
        "critic_widths": (4, 4), "kernel": 3,
    }  # fmt: skip
    return Recipe(**settings | changes)


def windows():
    return np.random.default_rng(0).normal(size=(len(CODES), 2, 32)).astype(np.float32)


def adversaries(seed=0, **changes):
    return Adversaries(BLUEPRINT, recipe(**changes), windows(), CODES, seed)


def weights_of(network):
    return torch.cat([value.detach().flatten() for value in network.parameters()])


def test_batches_hold_all_classes_alike():
    X = torch.arange(len(CODES)).float().reshape(-1, 1, 1)
    batches = ClassBatches(X, CODES, torch.Generator().manual_seed(0))
    drawn, labels = batches.draw(3000)
    assert torch.bincount(labels).tolist() == [1000, 1000, 1000]
    rows = drawn.flatten().long().numpy()
    np.testing.assert_array_equal(CODES[rows], labels.numpy())
    counts = np.bincount(rows)
    assert (counts[CODES == 0] > 20).all()
    assert (counts[CODES == 2] > 400).all()


def test_batches_of_unsorted_codes_and_missing_classes():
    codes = np.array([4, 0, 4, 0, 4])
    batches = ClassBatches(torch.from_numpy(codes).float().reshape(-1, 1, 1), codes, torch.Generator())
    drawn, labels = batches.draw(7)
    assert set(labels.tolist()) == {0, 4}
    assert torch.equal(drawn.flatten().long(), labels)


def test_small_batches_reach_every_class():
    batches = ClassBatches(torch.zeros(len(CODES), 1, 1), CODES, torch.Generator().manual_seed(0))
    seen = torch.cat([batches.draw(2)[1] for _ in range(30)])
    assert torch.bincount(seen).min() > 10


@pytest.mark.parametrize("n_critic", [1, 3])
def test_a_step_gives_the_figures_of_each_network(n_critic):
    networks = adversaries(n_critic=n_critic)
    before = weights_of(networks.generator), weights_of(networks.critic)
    figures = networks.step()
    assert {name: len(values) for name, values in figures.items()} == {
        "critic_loss": n_critic,
        "penalty": n_critic,
        "generator_loss": 1,
    }
    assert not torch.equal(weights_of(networks.generator), before[0])
    assert not torch.equal(weights_of(networks.critic), before[1])
    assert (networks.n_steps, networks.n_critic_steps) == (1, n_critic)


def test_lazy_penalty_is_taken_every_so_many_critic_steps():
    networks = adversaries(gp_every=4, n_critic=3)
    assert [len(networks.step()["penalty"]) for _ in range(4)] == [1, 1, 1, 0]


def test_lazy_penalty_is_so_many_times_as_heavy():
    weights = []
    for changes in ({"gp_weight": 8.0}, {"gp_weight": 2.0, "gp_every": 4}):
        networks = adversaries(**changes)
        networks.step()  # the first critic step has the penalty
        weights.append(weights_of(networks.critic))
    assert torch.equal(*weights)


def test_no_penalty_wanted_none_taken():
    assert adversaries(gp_weight=0.0).step()["penalty"] == []


def test_the_critic_learns_to_tell_and_the_penalty_holds_its_slope():
    penalties = []
    for gp_weight in (10.0, 0.0):
        networks = adversaries(n_critic=5, augmentation=0.0, generator_lr=1e-9, gp_weight=gp_weight)
        networks.batches.windows += 3
        losses = [np.mean(networks.step()["critic_loss"]) for _ in range(40)]
        assert losses[-1] < losses[0] - 5
        real, labels = networks.batches.draw(30)
        penalty = gradient_penalty(
            networks.critic, real, 0 * real, labels, generator=torch.Generator().manual_seed(0)
        )
        penalties.append(penalty.item())
    assert penalties[0] < 1 < 5 < penalties[1]


def test_the_generator_follows_the_level_of_the_windows():
    networks = adversaries(generator_lr=3e-3, critic_lr=5e-3, n_critic=3, augmentation=0.0)
    networks.batches.windows += 3
    for _ in range(80):
        networks.step()
    noise = torch.randn(60, networks.generator.noise_size, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        made = networks.average.module(noise, torch.arange(60) % 3)
    assert made.mean() == pytest.approx(3, abs=1.5)


def test_the_generator_step_leaves_the_critic_and_its_gradients_alone():
    networks = adversaries()
    networks.step()
    before = weights_of(networks.critic)
    networks._step_generator({"generator_loss": []})
    assert torch.equal(weights_of(networks.critic), before)
    assert all(parameter.requires_grad for parameter in networks.critic.parameters())


def test_matching_terms_have_their_weights(monkeypatch):
    for name in ("spectral_distance", "covariance_distance"):
        monkeypatch.setattr(steps, name, lambda real, fake: fake.sum() * float("nan"))
    adversaries(spectral_weight=0.0, covariance_weight=0.0).step()
    for weight in ("spectral_weight", "covariance_weight"):
        others = {"spectral_weight": 0.0, "covariance_weight": 0.0} | {weight: 1.0}
        networks = adversaries(**others)
        networks.step()
        assert weights_of(networks.generator).isnan().any()


def test_the_average_forgets_its_start():
    networks = adversaries(ema=0.9)
    expected = None
    for k in range(12):
        networks.step()
        present = weights_of(networks.generator)
        decay = min(0.9, (1 + k) / (10 + k))
        expected = present if k == 0 else decay * expected + (1 - decay) * present
    torch.testing.assert_close(weights_of(networks.average.module), expected)


def test_a_training_is_its_seed():
    first, again, other = (adversaries(seed) for seed in (0, 0, 1))
    before = torch.get_rng_state()
    figures = [networks.step() for networks in (first, again, other)]
    assert figures[0] == figures[1] != figures[2]
    assert torch.equal(weights_of(first.generator), weights_of(again.generator))
    assert torch.equal(torch.get_rng_state(), before)


def test_capture_and_restore_to_the_bit():
    first = adversaries()
    first.step()
    state = first.capture()
    kept = copy.deepcopy(state)
    going_on = [first.step() for _ in range(3)]
    other = adversaries(seed=5)
    other.restore(state, with_random=True)
    assert [other.step() for _ in range(3)] == going_on
    for name in ("generator", "critic", "average"):
        assert torch.equal(weights_of(getattr(first, name)), weights_of(getattr(other, name)))
    for name, tensor in kept["networks"]["generator"].items():
        assert torch.equal(tensor, state["networks"]["generator"][name])


def test_restored_networks_may_draw_other_numbers():
    networks = adversaries()
    state = networks.capture()
    first = networks.step()
    networks.restore(state, with_random=False)
    assert networks.step() != first


def test_learning_rates():
    networks = adversaries()
    assert networks.learning_rates == {"generator": 1e-3, "critic": 2e-3}
    networks.set_learning_rates({"generator": 1e-5, "critic": 1e-4})
    assert networks.learning_rates == {"generator": 1e-5, "critic": 1e-4}
    assert networks.optimizers["critic"].param_groups[0]["betas"] == (0.0, 0.9)


@pytest.mark.parametrize("changes", [{"dtype": torch.float64}, {"mixed": torch.bfloat16}])
def test_other_precisions_train_alike(changes):
    wanted, found = adversaries(augmentation=0.0), adversaries(augmentation=0.0, **changes)
    for networks in (wanted, found):
        networks.step()
    assert found.generator.last.weight.dtype is changes.get("dtype", torch.float32)
    # other random numbers in double precision, so that the scale of the weights alone is comparable
    ratio = weights_of(found.generator).norm() / weights_of(wanted.generator).norm()
    assert ratio == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("n_times", [1, 3, 5])
def test_shortest_windows(n_times):
    X = windows()[:, :, :n_times]
    networks = Adversaries(BLUEPRINT | {"n_times": n_times}, recipe(), X, CODES, 0)
    assert np.isfinite(networks.step()["generator_loss"]).all()
