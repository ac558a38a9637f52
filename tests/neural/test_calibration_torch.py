import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from sklearn_eeg._torch import make_generator
from sklearn_eeg.neural import CNNClassifier
from sklearn_eeg.neural._calibration_torch import calibrate_norms

sys.path.insert(0, str(Path(__file__).parent))
from plain_network import windows

DATA = torch.randn(40, 3, 50, generator=make_generator(0)) * 4 + 2
BATCHES = [(part, None) for part in DATA.split(10)]


def test_statistics_are_the_means_over_batches():
    norm = nn.BatchNorm1d(3)
    calibrate_norms(norm, BATCHES, norm)
    means = torch.stack([part.mean(dim=(0, 2)) for part, _ in BATCHES]).mean(dim=0)
    variances = torch.stack([part.transpose(0, 1).flatten(1).var(dim=1) for part, _ in BATCHES]).mean(dim=0)
    torch.testing.assert_close(norm.running_mean, means)
    torch.testing.assert_close(norm.running_var, variances)
    assert norm.momentum == 0.1
    assert norm.num_batches_tracked == 0
    assert not norm.training


def test_what_was_there_before_is_forgotten():
    one, other = nn.BatchNorm1d(3), nn.BatchNorm1d(3)
    other.running_mean.fill_(1e6)
    for norm in (one, other):
        calibrate_norms(norm, BATCHES, norm)
    torch.testing.assert_close(one.running_mean, other.running_mean)


class Rate(nn.Module):
    """A batch norm after dropout by a layer, or by a rate."""

    def __init__(self, kind):
        super().__init__()
        self.dropout = 0.5 if kind == "rate" else 0.0
        self.layer = nn.Dropout(0.5 if kind == "layer" else 0.0)
        self.norm = nn.BatchNorm1d(3)

    def forward(self, x):
        return self.norm(self.layer(nn.functional.dropout(x, self.dropout, self.training)))


@pytest.mark.parametrize("kind", ["rate", "layer"])
def test_dropout_is_left_out_and_put_back(kind):
    module, norm = Rate(kind), nn.BatchNorm1d(3)
    calibrate_norms(module, BATCHES, module)
    calibrate_norms(norm, BATCHES, norm)
    torch.testing.assert_close(module.norm.running_var, norm.running_var)
    assert module.dropout == (0.5 if kind == "rate" else 0.0)
    module.train()
    assert (module.layer(torch.ones(100)) == 0).any() == (kind == "layer")


def test_networks_without_norms_and_norms_without_statistics_are_left_alone():
    for module in (nn.Linear(50, 2), nn.BatchNorm1d(3, track_running_stats=False)):
        before = {name: value.clone() for name, value in module.state_dict().items()}
        calibrate_norms(module, BATCHES, module)
        assert all(torch.equal(before[name], value) for name, value in module.state_dict().items())


@pytest.mark.parametrize("name", ["deep", "shallow"])
def test_short_trainings_predict_as_well_as_they_train(name):
    """Without calibration these are near chance on their own training windows."""
    X, y = windows(80, n_times=256, snr=2.0)
    net = CNNClassifier(name, sfreq=128.0, max_epochs=20, random_state=0, validation=None, device="cpu")
    net.fit(X, y)
    assert net.history_["train_loss"].iloc[-1] < 0.05
    assert net.score(X, y) == 1.0
    assert np.isfinite(net.predict_log_proba(X)).all()
