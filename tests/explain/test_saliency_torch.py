import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from sklearn_eeg.explain._saliency_torch import Networks, differentiate, integrate, locate

from .networks import Bent, Convolved, Linear

RNG = np.random.default_rng(0)
X, BASELINES = RNG.normal(size=(4, 2, 10)), RNG.normal(size=(3, 2, 10))


def test_integrals_of_polynomials_are_exact():
    class Cubic(torch.nn.Module):
        def forward(self, x):
            return (x**3).sum((1, 2))[:, None]

    networks = Networks([Cubic().double()], "margin")
    networks.dtype = torch.float64
    found = integrate(networks, X, BASELINES, [0], n_steps=2)
    b = BASELINES[:, None]
    assert_allclose(found[:, 0], (X**3 - b**3).mean(axis=0), rtol=1e-9, atol=1e-12)


def test_integration_is_the_mean_over_baselines():
    networks = Networks([Bent(20, 2)], "log-odds")
    whole = integrate(networks, X, BASELINES, [0, 1], 16)
    each = [integrate(networks, X, BASELINES[i : i + 1], [0, 1], 16) for i in range(3)]
    assert_allclose(whole, np.mean(each, axis=0), rtol=1e-9, atol=1e-12)


def test_targets_in_any_order():
    networks = Networks([Bent(20, 2)], "log-odds")
    noise = np.zeros((1, 2, 10))
    a, b = (differentiate(networks, X, targets, noise) for targets in ([0, 1], [1, 0]))
    assert_allclose(a, b[:, ::-1])


def test_noise_is_in_units_of_each_channel():
    scale = np.array([1.0, 10.0])[:, None]
    weights = RNG.normal(size=(2, 2, 10))
    noise = 0.1 * RNG.normal(size=(50, 2, 10))
    found = differentiate(Networks([Bent(20, 2)], "margin"), X * scale, [0], noise)
    step = X[0] * scale + noise * X[0].std(axis=1, keepdims=True) * scale
    plain = differentiate(Networks([Bent(20, 2)], "margin"), step, [0], np.zeros((1, 2, 10)))
    assert_allclose(found[0], plain.mean(axis=0), rtol=1e-9, atol=1e-14)
    assert_allclose(
        differentiate(Networks([Linear(weights)], "margin"), X, [1], noise)[:, 0],
        np.broadcast_to(weights[1], (4, 2, 10)),
    )


def test_several_networks_locate_together():
    one, two = Convolved(2, 3, 2), Convolved(2, 3, 2, functional=True)
    alone = locate(Networks([one], "margin"), X, [0, 1], None)
    assert_allclose(locate(Networks([one, two], "margin"), X, [0, 1], None), alone / 2, rtol=1e-5, atol=1e-8)
    assert alone.shape == (4, 2, 10)
    assert (alone >= 0).all()


def test_coarse_activations_are_stretched_to_the_window():
    class Halved(Convolved):
        def forward(self, x):
            rows = torch.nn.functional.avg_pool1d(torch.relu(self.filters(x)), 2)
            return self.head(rows.mean(2))

    module = Halved(2, 3, 2)
    found = locate(Networks([module], "margin"), X, [0, 1], None)
    with torch.no_grad():
        rows = torch.nn.functional.avg_pool1d(torch.relu(module.filters(torch.from_numpy(X).float())), 2)
        coarse = torch.einsum("nkt,ck->nct", rows, module.head.weight).numpy() / 5
    middles = np.arange(5) * 2 + 0.5
    expected = [[np.interp(np.arange(10), middles, each) for each in window] for window in coarse]
    assert_allclose(found, np.maximum(expected, 0), rtol=1e-4, atol=1e-6)
    assert found.any()


@pytest.mark.parametrize("size", [None, 1, 3])
def test_batches_cover_all_windows_once(size):
    slices = list(Networks([Linear(np.ones((1, 2, 10)))], "margin", size).batches(7, (2, 10)))
    assert np.concatenate([np.arange(7)[rows] for rows in slices]).tolist() == list(range(7))
    assert max(rows.stop - rows.start for rows in slices) <= (size or 7)


def test_branch_that_leads_nowhere_is_passed_over():
    class Branched(Convolved):
        def forward(self, x):
            logits = super().forward(x)
            torch.tanh(self.filters(x))
            return logits

    plain, branched = (kind(2, 3, 2) for kind in (Convolved, Branched))
    found = [locate(Networks([each], "margin"), X, [0], None) for each in (plain, branched)]
    assert_allclose(*found)
