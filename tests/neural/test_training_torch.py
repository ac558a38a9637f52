import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))
from plain_network import (
    KilledError,
    Plain,
    X,
    kill_at,
    largest_difference,
    network,
    same,
    y,
)


def test_patients_are_kept_apart(monkeypatch):
    from sklearn_eeg.neural import _training_torch

    seen = []
    real = _training_torch._window_set
    monkeypatch.setattr(
        _training_torch, "_window_set", lambda task, rows, *rest: seen.append(rows) or real(task, rows, *rest)
    )
    groups = np.repeat([f"patient {i}" for i in range(6)], 10)
    network(n_models=2).fit(X, y, groups=groups)
    for train, valid in (seen[:2], seen[2:]):
        assert not set(groups[train]) & set(groups[valid])
        assert len(train) + len(valid) == 60


def test_scaling_is_learned_from_the_windows_trained_on():
    groups = np.repeat(np.arange(6), 10)
    moved = X * (1 + 9 * (groups == 4))[:, None, None]
    nets = [network(random_state=seed, max_epochs=1).fit(moved, y, groups=groups) for seed in range(12)]
    scales = [net._members[0]["scale"] for net in nets]
    held_out = np.array([scale.max() < 50 for scale in scales])
    assert held_out.any()
    assert not held_out.all()


def test_the_best_weights_are_restored():
    net = network(max_epochs=30, lr=0.3, schedule=None, patience=None).fit(X, y)
    best = int(net.history_["valid_loss"].argmin())
    assert best < 29
    short = network(max_epochs=best + 1, lr=0.3, schedule=None, patience=None).fit(X, y)
    assert same(net, short)


def test_training_stops_when_the_validation_loss_no_longer_falls():
    rng = np.random.default_rng(0)
    net = network(max_epochs=200, lr=0.1, schedule=None, patience=3).fit(rng.normal(size=X.shape), y)
    history = net.history_
    assert len(history) == history["valid_loss"].argmin() + 1 + 3 < 200


@pytest.mark.parametrize("n_models", [1, 2])
def test_a_killed_fit_goes_on_where_it_stopped(n_models, tmp_path, monkeypatch):
    params = {"max_epochs": 5, "mixup": 0.2, "ema": 0.9, "n_models": n_models, "augmentation": ["noise"]}
    params |= {"checkpoint": tmp_path / "new" / "folder", "validation": None}
    undisturbed = network(**params).fit(X, y)
    assert list((tmp_path / "new" / "folder").iterdir()) == []
    batches = kill_at(monkeypatch, 5 * 4 * (n_models - 1) + 4 * 3 + 2)
    with pytest.raises(KilledError):
        network(**params).fit(X, y)
    assert len(list((tmp_path / "new" / "folder").iterdir())) == n_models
    done = len(batches)
    resumed = network(**params).fit(X, y)
    assert sum(batches[done:]) == 2 * 4  # two epochs of four batches were left
    assert largest_difference(resumed, undisturbed) <= 1e-6
    columns = ["model", "epoch", "train_loss", "lr", "best"]
    assert resumed.history_[columns].equals(undisturbed.history_[columns])
    assert list((tmp_path / "new" / "folder").iterdir()) == []


def test_other_data_or_settings_do_not_go_on_from_a_checkpoint(tmp_path, monkeypatch):
    kill_at(monkeypatch, 2 * 3 + 2)
    with pytest.raises(KilledError):
        network(checkpoint=tmp_path).fit(X, y)
    monkeypatch.undo()
    (file,) = tmp_path.iterdir()
    other = network(checkpoint=tmp_path).fit(X, 1 - y)
    assert same(other, network().fit(X, 1 - y))
    other = network(checkpoint=tmp_path, lr=0.01).fit(X, y)
    assert same(other, network(lr=0.01).fit(X, y))
    assert list(tmp_path.iterdir()) == [file]


def test_a_damaged_checkpoint_is_replaced(tmp_path, monkeypatch):
    kill_at(monkeypatch, 2 * 3 + 2)
    with pytest.raises(KilledError):
        network(checkpoint=tmp_path).fit(X, y)
    monkeypatch.undo()
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.warns(UserWarning, match=r"cannot be read \(.*\): the training begins anew"):
        assert same(network(checkpoint=tmp_path).fit(X, y), network().fit(X, y))
    assert list(tmp_path.iterdir()) == []


SCRIPT = """
import os, signal, sys
sys.path[:0] = {paths!r}
import torch
from plain_network import Plain, X, network, y
real, steps = Plain.forward, []
def mortal(self, x):
    steps.append(torch.is_grad_enabled())
    if sum(steps) == 11:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, x)
Plain.forward = mortal
network(checkpoint={folder!r}, max_epochs=5).fit(X, y)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_process_killed_outright_leaves_a_checkpoint_that_works(tmp_path, request):
    folder = tmp_path / "run"
    paths = [str(Path(__file__).parent), str(request.config.rootpath)]
    code = SCRIPT.format(paths=paths, folder=str(folder))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    (file,) = folder.iterdir()
    assert len(torch.load(file, weights_only=True)["rows"]) == 3
    resumed = network(checkpoint=folder, max_epochs=5).fit(X, y)
    assert not file.exists()
    assert largest_difference(resumed, network(max_epochs=5).fit(X, y)) <= 1e-6


@pytest.mark.parametrize("precision", ["bfloat16", "float16", "auto", "float64"])
def test_precisions_learn(precision):
    net = network(precision=precision, max_epochs=8).fit(X, y)
    assert net.score(X, y) > 0.9
    kind = np.float64 if precision == "float64" else np.float32
    assert net._members[0]["weights"]["filters.weight"].dtype == kind


def test_a_bar_is_shown_on_request(capsys):
    network(max_epochs=2).fit(X, y)
    assert capsys.readouterr() == ("", "")
    network(max_epochs=2, verbose=1, n_models=2).fit(X, y)
    out, err = capsys.readouterr()
    assert out == ""
    assert "network 2 of 2" in err
    assert "valid_loss" in err


def test_an_interrupt_is_passed_on(monkeypatch):
    def interrupted(self, x):
        raise KeyboardInterrupt

    monkeypatch.setattr(Plain, "forward", interrupted)
    with pytest.raises(KeyboardInterrupt):
        network(architecture=Plain).fit(X, y)
