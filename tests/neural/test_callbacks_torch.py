import numpy as np
import pytest
import torch
from sklearn.metrics import balanced_accuracy_score

from sklearn_eeg.neural import _callbacks_torch
from sklearn_eeg.neural._callbacks_torch import _SAVED, KeepBest, StopTraining, balanced_accuracy, load


class Net:
    """What a callback sees of a net."""

    def __init__(self):
        self.rows = []

    def final_state(self):
        return {"weight": torch.tensor(float(len(self.rows)))}


def run(best, losses):
    net = Net()
    for epoch, loss in enumerate(losses, start=1):
        net.rows.append({"epoch": epoch} | ({} if loss is None else {"valid_loss": loss}))
        best.on_epoch_end(net)
    return net


def test_balanced_accuracy_is_scikit_learns():
    rng = np.random.default_rng(0)
    truth, found = rng.integers(0, 3, 50), rng.integers(0, 3, 50)
    counts = np.zeros((4, 4), int)
    np.add.at(counts, (truth, found), 1)
    assert balanced_accuracy(counts) == pytest.approx(balanced_accuracy_score(truth, found))


def test_the_best_epoch_is_kept():
    best = KeepBest(patience=None)
    run(best, [0.9, 0.5, 0.7, 0.5, 0.6])
    assert best.epoch == 2
    assert best.state["weight"] == 2


def test_patience_counts_epochs_since_the_best():
    best = KeepBest(patience=3)
    with pytest.raises(StopTraining):
        run(best, [0.9, 0.5, 0.7, 0.5, 0.6, 0.1])
    assert best.epoch == 2
    run(KeepBest(patience=3), [0.9, 0.5, 0.7, 0.6, 0.4, 0.5, 0.5])


def test_without_validation_the_last_epoch_counts():
    best = KeepBest(patience=1)
    run(best, [None, None, None])
    assert best.epoch == 3
    assert best.state is None


def test_a_checkpoint_is_whole_or_absent(tmp_path, monkeypatch):
    path = tmp_path / "a.pt"
    assert load(path, torch.device("cpu")) is None
    saved = dict.fromkeys(_SAVED) | {
        "average": [3, {"weight": torch.ones(2)}],
        "rows": [{"epoch": 1, "train_loss": 0.5}],
    }
    monkeypatch.setattr(_callbacks_torch, "capture", lambda *_: saved)
    checkpoint = _callbacks_torch.Checkpoint(path, best=None)
    checkpoint.on_epoch_end(net=None)
    again = load(path, torch.device("cpu"))
    assert again["rows"] == saved["rows"]
    assert torch.equal(again["average"][1]["weight"], torch.ones(2))

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(torch, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        checkpoint.on_epoch_end(net=None)
    assert list(tmp_path.iterdir()) == [path]
    assert load(path, torch.device("cpu"))["rows"] == saved["rows"]
