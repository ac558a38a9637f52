"""Networks whose explanation is known in closed form, and what stands for a fitted classifier."""

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from torch import nn


class Linear(nn.Module):
    """Logits that are weighted sums of all values of a window, in double precision."""

    def __init__(self, weights):
        super().__init__()
        self.head = nn.Linear(int(np.prod(weights.shape[1:])), len(weights), dtype=torch.float64)
        self.head.weight.data = torch.from_numpy(weights.reshape(len(weights), -1).copy())
        self.head.bias.data = torch.linspace(-0.5, 0.5, len(weights), dtype=torch.float64)

    def forward(self, x):
        return self.head(x.flatten(1))


class PowerOfOne(nn.Module):
    """The second of two logits is the mean power of one channel, the first is 0."""

    def __init__(self, channel):
        super().__init__()
        self.channel = channel
        self.gain = nn.Parameter(torch.ones((), dtype=torch.float64))

    def forward(self, x):
        power = self.gain * x[:, self.channel].square().mean(1)
        return torch.stack([torch.zeros_like(power), power], dim=1)


class Convolved(nn.Module):
    """Filters, ReLU and their means over time: Grad-CAM then is exact."""

    def __init__(self, n_channels, n_filters, n_classes, functional=False):
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        self.filters = nn.Conv1d(n_channels, n_filters, 5, padding=2)
        self.head = nn.Linear(n_filters, n_classes)
        for weights in self.parameters():
            weights.data = torch.randn(weights.shape, generator=generator)
        self.functional = functional

    def forward(self, x):
        if self.functional:
            rows = nn.functional.conv1d(x, self.filters.weight, self.filters.bias, padding=2)
        else:
            rows = self.filters(x)
        return self.head(torch.relu(rows).mean(2))


class Bent(nn.Module):
    """Logits that bend, each value of a window mattering; in double precision."""

    def __init__(self, n_values, n_classes, seed=0):
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.first = nn.Linear(n_values, 6, dtype=torch.float64)
        self.last = nn.Linear(6, n_classes, dtype=torch.float64)
        for weights in self.parameters():
            weights.data = 0.3 * torch.randn(weights.shape, generator=generator, dtype=torch.float64)

    def forward(self, x):
        return self.last(torch.tanh(self.first(x.flatten(1))))


class Fitted(ClassifierMixin, BaseEstimator):
    """A classifier that is given its networks."""

    def fit(self, modules, classes):
        self.modules_, self.classes_ = modules, np.array(classes)
        return self


def fitted(*modules, classes=("a", "b")):
    """Return what looks like a fitted classifier."""
    return Fitted().fit(list(modules), classes)
