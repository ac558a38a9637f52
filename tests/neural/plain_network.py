"""A small network, windows to try it on, and what the tests of this folder ask of both."""

import numpy as np
import torch
from torch import nn

from sklearn_eeg.neural import CNNClassifier


class Plain(nn.Module):
    """A small network with the layers that make training random or dependent on the batch."""

    def __init__(self, n_channels, n_times, n_classes, *, n_filters=6, sfreq=None):
        super().__init__()
        self.sfreq = sfreq
        self.filters = nn.Conv1d(n_channels, n_filters, 9, padding=4)
        self.norm = nn.BatchNorm1d(n_filters)
        self.drop = nn.Dropout(0.25)
        self.classify = nn.Linear(n_filters, n_classes)

    def forward(self, x):
        return self.classify(self.drop(torch.log(self.norm(self.filters(x)).square().mean(dim=2) + 1e-3)))


def windows(n_windows=60, n_channels=3, n_times=64, n_classes=2, seed=0, snr=1.5):
    rng = np.random.default_rng(seed)
    y = np.arange(n_windows) % n_classes
    X = rng.normal(scale=20, size=(n_windows, n_channels, n_times))
    wave = np.sin(2 * np.pi * np.outer(4 * np.arange(n_classes), np.arange(n_times)) / n_times)
    return X + snr * 20 * wave[y][:, None, :], y


def network(**params):
    defaults = {"max_epochs": 4, "lr": 0.02, "batch_size": 16, "random_state": 0, "device": "cpu"}
    return CNNClassifier(**{"architecture": Plain} | defaults | params)


X, y = windows()
LABELS = np.array(["rest", "seizure"])


def same(a, b):
    """Whether two classifiers hold the same networks, to the bit."""
    assert len(a._members) == len(b._members)
    return all(
        np.array_equal(one["weights"][name], two["weights"][name])
        for one, two in zip(a._members, b._members, strict=True)
        for name in one["weights"]
    )


def largest_difference(a, b):
    return max(
        float(np.abs(one["weights"][name] - two["weights"][name]).max())
        for one, two in zip(a._members, b._members, strict=True)
        for name in one["weights"]
    )


def without_batches(n_channels, n_times, n_classes):
    """A network of which a window's output does not depend on the batch."""
    return nn.Sequential(nn.Conv1d(n_channels, 4, n_times), nn.Tanh(), nn.Flatten(), nn.Linear(4, n_classes))


class KilledError(Exception):
    """What a network raises that is told to."""


def kill_at(monkeypatch, n_batches):
    """Let the network raise in the given batch of training; return what it was called for."""
    real, calls = Plain.forward, []

    def mortal(self, x):
        calls.append(
            torch.is_grad_enabled()
        )  # in a step, unlike where norms are calibrated or windows predicted
        if calls[-1] and sum(calls) == n_batches:
            raise KilledError
        return real(self, x)

    monkeypatch.setattr(Plain, "forward", mortal)
    return calls
