import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from sklearn_eeg.sampling import WGANOversampler
from sklearn_eeg.sampling import _wgan_steps_torch as steps
from sklearn_eeg.sampling import _wgan_training_torch as training

sys.path.insert(0, str(Path(__file__).parent))
from wgan_settings import same, train, without_seconds

pytestmark = pytest.mark.usefixtures("few_simulated")


def test_a_training_is_its_seed():
    first, again, other = train(), train(), train(seed=1)
    assert same(first, again)
    assert without_seconds(first) == without_seconds(again)
    assert not same(first, other)


def test_a_killed_training_goes_on_as_if_nothing_had_been(tmp_path, monkeypatch):
    path = tmp_path / "a.pt"
    step, count = steps.Adversaries.step, iter(range(100))

    def killed(networks):
        if next(count) == 7:  # between two comparisons
            raise KeyboardInterrupt
        return step(networks)

    undisturbed = train()
    monkeypatch.setattr(steps.Adversaries, "step", killed)
    with pytest.raises(KeyboardInterrupt):
        train(checkpoint=path)
    monkeypatch.setattr(steps.Adversaries, "step", step)
    assert path.exists()
    resumed = train(seed=99, checkpoint=path)  # the seed is that of the file
    assert same(resumed, undisturbed)
    assert without_seconds(resumed) == without_seconds(undisturbed)


def test_a_training_that_had_ended_is_not_prolonged(tmp_path):
    path = tmp_path / "a.pt"
    first, again = train(checkpoint=path), train(checkpoint=path)
    assert same(first, again)
    assert repr(first["rows"]) == repr(again["rows"])


def test_everything_is_trained_on_without_validation():
    trained = train(validation=None)
    assert np.isfinite(trained["rows"][-1]["distance"])
    assert not same(trained, train())


def test_a_bar_shows_the_figures(capsys):
    train(label="WGAN")
    shown = capsys.readouterr().err
    assert "WGAN: 100%" in shown
    assert "distance=" in shown


def test_half_precision_is_not_for_the_penalty(monkeypatch):
    monkeypatch.setattr(training, "choose_precision", lambda *_: (torch.float32, torch.float16))
    made = training.make_recipe(WGANOversampler(precision="auto", device="cpu").get_params())
    assert made.mixed is None


@pytest.mark.parametrize(
    ("changes", "rate"), [({}, 2e-5), ({"noise": "white"}, 1e-4), ({"generator_lr": 3e-3}, 3e-3)]
)
def test_learning_rate_of_the_generator(changes, rate):
    params = WGANOversampler(device="cpu", **changes).get_params()
    assert training.make_recipe(params).generator_lr == rate


@pytest.mark.parametrize("spoil", ["cut", "empty", "text", "other"])
def test_a_checkpoint_that_cannot_be_read_is_replaced(tmp_path, spoil):
    path = tmp_path / "a.pt"
    undisturbed = train(checkpoint=path)
    content = path.read_bytes()
    spoilt = {"cut": content[: len(content) // 2], "empty": b"", "text": b"no checkpoint"}
    if spoil == "other":
        torch.save({"step": 3}, path)
    else:
        path.write_bytes(spoilt[spoil])
    with pytest.warns(UserWarning, match=r"a.pt cannot be read \(.*\): the training begins anew"):
        assert same(train(checkpoint=path), undisturbed)
    assert same(train(seed=99, checkpoint=path), undisturbed)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_the_mode_of_the_caller_does_not_matter(mode):
    with mode():
        found = train()
    assert same(found, train())
