import numpy as np
import pytest
import torch

from sklearn_eeg.sampling._base_statistics import fit_base
from sklearn_eeg.sampling._base_torch import ShapedNoise, draw_base


@pytest.fixture(scope="module")
def base():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], [40, 10])
    windows = rng.normal(size=(50, 3, 64)) * np.array([1.0, 8.0])[labels][:, np.newaxis, np.newaxis]
    return fit_base(windows, labels, 2)


def draws(shaped, n, seed=0):
    return torch.randn(n, shaped.noise_size, generator=torch.Generator().manual_seed(seed))


def test_it_has_no_weights_and_its_state_goes_round(base):
    a = ShapedNoise(base)
    assert not list(a.parameters())
    b = ShapedNoise({name: np.zeros_like(array) for name, array in base.items()})
    b.load_state_dict(a.state_dict())
    noise, labels = draws(a, 6), torch.tensor([0, 1, 0, 1, 1, 0])
    assert torch.equal(a(noise, labels), b(noise, labels))


def test_a_window_depends_on_its_own_noise_and_label_alone(base):
    shaped, labels = ShapedNoise(base), torch.tensor([0, 1, 0, 1, 1, 0])
    noise = draws(shaped, 6)
    torch.testing.assert_close(
        shaped(noise, labels)[2:4], shaped(noise[2:4], labels[2:4]), rtol=1e-4, atol=1e-4
    )
    assert shaped(noise, 1 - labels).std(-1)[0, 0] > 3 * shaped(noise, labels).std(-1)[0, 0]


def test_scores_keep_the_spread_that_they_were_found_with(base):
    shaped = ShapedNoise(base | {"gain": np.ones_like(base["gain"])})
    scores, _, _ = shaped._draw(draws(shaped, 4000), torch.zeros(4000, dtype=torch.int64))
    h = float(base["bandwidth"][0])
    own, all_classes = base["scores"][:40], base["spread"]
    expected = np.sqrt((1 - h**2) * own.var(0) + h**2 * all_classes**2)
    np.testing.assert_allclose(scores.std(0), expected, rtol=0.08)


def test_each_class_draws_on_its_own_windows_alone(base):
    narrow = {**base, "bandwidth": np.zeros(2, dtype=np.float32), "gain": np.ones_like(base["gain"])}
    shaped = ShapedNoise(narrow)
    for label, rows in ((0, slice(0, 40)), (1, slice(40, 50))):
        scores, _, _ = shaped._draw(draws(shaped, 500), torch.full((500,), label))
        found = {tuple(row) for row in scores.numpy().round(4).tolist()}
        assert found == {tuple(row) for row in base["scores"][rows].round(4).tolist()}


def test_extreme_draws_are_finite(base):
    shaped = ShapedNoise(base)
    for value in (-40.0, 40.0):
        noise = draws(shaped, 2)
        noise[:, 0] = value
        assert torch.isfinite(shaped(noise, torch.tensor([0, 1]))).all()


def test_draw_base_does_not_touch_the_global_generator(base):
    before = torch.get_rng_state()
    labels = np.array([0, 1, 1])
    first, second = draw_base(base, labels, seed=4)[0], draw_base(base, labels, seed=4)[0]
    assert torch.equal(before, torch.get_rng_state())
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, draw_base(base, labels, seed=5)[0])
