import numpy as np
import pytest
import torch

from sklearn_eeg._torch import make_generator
from sklearn_eeg.neural import _batches_torch
from sklearn_eeg.neural._batches_torch import Batches, WindowSet, standardize

X = np.random.default_rng(0).normal(size=(40, 2, 16)) * 30 + 5
CODES = np.arange(40) % 3
WEIGHTS = np.linspace(1, 2, 40)


def made(rows=None, dtype=torch.float32, data=X):
    return WindowSet(
        data,
        np.arange(40) if rows is None else rows,
        center=np.array([5.0, 0.0]),
        scale=np.array([30.0, 10.0]),
        codes=CODES,
        weights=WEIGHTS,
        device=torch.device("cpu"),
        dtype=dtype,
    )


def test_windows_are_standardised_by_channel():
    windows, (labels, weights) = made(dtype=torch.float64).take(torch.tensor([3, 1]))
    np.testing.assert_allclose(windows, (X[[3, 1]] - [[5.0], [0.0]]) / [[30.0], [10.0]])
    np.testing.assert_array_equal(labels, CODES[[3, 1]])
    np.testing.assert_allclose(weights, WEIGHTS[[3, 1]] / 1.5)
    assert standardize(X, np.zeros(2), np.ones(2), torch.float32).dtype == torch.float32


def test_an_offset_costs_no_digits():
    found = standardize(X + 1e8, np.array([1e8, 1e8]), np.ones(2), torch.float32)
    np.testing.assert_allclose(found, X, atol=1e-4)


def test_rows_are_taken_and_their_weights_have_the_mean_1():
    rows = np.array([7, 30, 2])
    some = made(rows)
    assert len(some) == 3
    windows, (labels, _) = some[1]
    np.testing.assert_allclose(windows[0], made().take(torch.tensor([30]))[0][0])
    assert labels.tolist() == [CODES[30]]
    assert some.weights.mean().item() == pytest.approx(1)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_sets_too_large_to_hold_are_standardised_batch_by_batch(monkeypatch, tmp_path, dtype):
    np.save(tmp_path / "X.npy", X.astype(dtype))
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    held = made(data=mapped)
    monkeypatch.setattr(_batches_torch, "_PRELOADED_BYTES", 100)
    lazy = made(data=mapped)
    assert lazy.windows is None
    index = torch.tensor([5, 0, 39])
    assert torch.equal(lazy.take(index)[0], held.take(index)[0])


@pytest.mark.parametrize("size", [1, 3, 7, 16, 39, 40, 100])
def test_batches_hold_each_window_once_and_are_of_about_one_size(size):
    batches = Batches(made(), size, make_generator(0))
    found = list(batches)
    sizes = [len(windows) for windows, _ in found]
    assert len(found) == len(batches) == -(-40 // size)
    assert max(sizes) <= size
    assert max(sizes) - min(sizes) <= 1
    first = torch.cat([windows[:, 0, 0] for windows, _ in found])
    np.testing.assert_allclose(first.sort().values, made().windows[:, 0, 0].sort().values)


def test_order_is_the_generators():
    def order(generator):
        return [labels.tolist() for _, (labels, _) in Batches(made(), 8, generator)]

    assert order(make_generator(0)) == order(make_generator(0))
    assert order(make_generator(0)) != order(make_generator(1))
    assert np.concatenate(order(None)).tolist() == CODES.tolist()
    generator = make_generator(0)
    assert order(generator) != order(generator)


def test_every_third_window():
    batches = Batches(made(), 5, step=3)
    assert len(batches) == 3
    assert np.concatenate([labels for _, (labels, _) in batches]).tolist() == CODES[::3].tolist()
