import pytest
import torch

from sklearn_eeg.explain._sanity_torch import draw_weights


def network():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(60, 50), torch.nn.Linear(50, 40), torch.nn.BatchNorm1d(40))


@pytest.mark.parametrize(("depth", "kept"), [(0.0, 6), (1 / 3, 4), (2 / 3, 2), (1.0, 0)])
def test_the_last_layers_go_first(depth, kept):
    module, old = network(), network()
    draw_weights(module, depth, seed=0)
    same = [torch.equal(a, b) for a, b in zip(module.parameters(), old.parameters(), strict=True)]
    assert all(same[:kept])
    assert not any(same[kept:4])  # the norm has equal weights, which stay
    assert all(same[4:])


def test_mean_and_spread_are_kept():
    module, old = network(), network()
    module[0].weight.data += 0.5
    draw_weights(module, 1.0, seed=0)
    assert module[0].weight.mean().item() == pytest.approx(0.5, abs=0.01)
    assert module[0].weight.std().item() == pytest.approx(old[0].weight.std().item(), rel=0.05)


def test_seeds():
    a, b, c = network(), network(), network()
    before = torch.get_rng_state()
    for module, seed in ((a, 0), (b, 0), (c, 1)):
        draw_weights(module, 1.0, seed)
    assert torch.equal(before, torch.get_rng_state())
    assert torch.equal(a[0].weight, b[0].weight)
    assert not torch.equal(a[0].weight, c[0].weight)
