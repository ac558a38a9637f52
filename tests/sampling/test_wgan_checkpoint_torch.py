import pytest
import torch

from sklearn_eeg.sampling._wgan_checkpoint_torch import load, save


def test_what_is_saved_is_loaded(tmp_path):
    path = tmp_path / "a.pt"
    assert load(None) is None
    assert load(path) is None
    save(path, {"weights": {"a": torch.arange(3.0)}, "step": 4, "rows": [{"fault": "", "distance": 0.5}]})
    found = load(path)
    assert torch.equal(found["weights"]["a"], torch.arange(3.0))
    assert (found["step"], found["rows"]) == (4, [{"fault": "", "distance": 0.5}])


def test_a_file_is_whole_or_absent(tmp_path, monkeypatch):
    path = tmp_path / "a.pt"
    save(path, {"step": 1})

    def fail(state, file):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", fail)
    with pytest.raises(KeyboardInterrupt):
        save(path, {"step": 2})
    assert load(path) == {"step": 1}
    assert list(tmp_path.iterdir()) == [path]
