import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from sklearn_eeg.sampling import _wgan_loop_torch as loop
from sklearn_eeg.sampling import _wgan_steps_torch as steps
from sklearn_eeg.sampling._wgan_training_torch import train_generator

sys.path.insert(0, str(Path(__file__).parent))
from wgan_settings import OPTIONS, recipe, same, task, train

pytestmark = pytest.mark.usefixtures("few_simulated")


def scripted(monkeypatch, distances):
    """Let the verdicts be these, in turn."""
    script = iter(distances)
    monkeypatch.setattr(
        loop.Judge,
        "judge",
        lambda self, synthetic: loop.Verdict(next(script), np.full(self.n_classes, 0.9)),
    )


def test_rows_of_a_training():
    trained = train()
    assert [row["step"] for row in trained["rows"]] == [0, 3, 6, 9, 12]
    assert trained["n_steps"] == 12
    assert trained["stop_reason"] == "max_steps"
    assert sum(row["best"] for row in trained["rows"]) == 1
    best = min(trained["rows"], key=lambda row: row["distance"])
    assert best["best"]
    assert all(np.isfinite(row["critic_loss"]) for row in trained["rows"][1:])
    seconds = [row["seconds"] for row in trained["rows"]]
    assert seconds == sorted(seconds)


def test_the_best_generator_is_kept(monkeypatch):
    scripted(monkeypatch, [3.0, 1.0, 2.0, 1.5, 1.2])
    trained = train()
    scripted(monkeypatch, [3.0, 1.0])
    shorter = train(max_steps=3)
    assert [row["step"] for row in trained["rows"] if row["best"]] == [3]
    assert same(trained, shorter)


def test_patience(monkeypatch):
    scripted(monkeypatch, [3.0, 1.0, 2.0, 1.5, 0.1])
    trained = train(patience=2)
    assert trained["stop_reason"] == "patience"
    assert trained["n_steps"] == 9


def test_without_a_distance_the_last_generator_is_kept(monkeypatch):
    scripted(monkeypatch, [np.nan] * 5)
    assert train(patience=1)["rows"][-1]["best"]


def test_the_last_steps_are_judged_too():
    assert [row["step"] for row in train(max_steps=5)["rows"]] == [0, 3, 5]


def test_time_ends_a_training(monkeypatch):
    clock = iter(range(1000))
    monkeypatch.setattr(loop.time, "perf_counter", lambda: float(next(clock)))
    trained = train(max_steps=None, max_seconds=7.5)
    assert trained["stop_reason"] == "max_seconds"
    assert trained["n_steps"] == 7
    assert trained["rows"][0]["seconds"] == 1  # what was done before the first step counts
    assert trained["rows"][-1]["seconds"] == 8


def spoilt(monkeypatch, name, when, value):
    """Let a loss be this value in some calls."""
    loss, count = getattr(steps, name), iter(range(1000))

    def spoil(*args, **kwargs):
        right = loss(*args, **kwargs)
        return right * value if next(count) in when else right

    monkeypatch.setattr(steps, name, spoil)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("gradient_penalty", np.nan, "in step 5: its penalty became nan"),
        ("gradient_penalty", np.inf, "in step 5: its penalty became inf"),
        ("gradient_penalty", 1e7, "in step 5: its gradient penalty exploded to"),
        ("spectral_distance", np.nan, "in step 5: its critic loss became nan"),  # spoils the weights first
    ],
)
def test_a_loss_that_fails_takes_the_training_back(monkeypatch, name, value, told):
    spoilt(monkeypatch, name, {4 if name == "gradient_penalty" else 3}, value)
    told += r".*from step 3 with half the learning rates \(generator 5e-05, critic 0.0002\)"
    with pytest.warns(ConvergenceWarning, match=told):
        trained = train()
    faults = [row for row in trained["rows"] if row["fault"]]
    assert len(faults) == 1
    assert trained["stop_reason"] == "max_steps"
    assert trained["rows"][-1]["generator_lr"] == 5e-5
    assert trained["rows"][-1]["step"] == 12
    assert all(np.isfinite(value).all() for value in trained["weights"].values())


def test_an_exploding_critic_is_seen(monkeypatch):
    score, count = steps.Adversaries._score, iter(range(100))

    def explode(networks, windows, labels):
        return score(networks, windows, labels) + (1e5 if next(count) == 12 else 0)

    monkeypatch.setattr(steps.Adversaries, "_score", explode)
    with pytest.warns(ConvergenceWarning, match="in step 5: its critic loss exploded to 1e\\+05"):
        train()


def test_weights_that_fail_in_the_last_step_are_not_kept(monkeypatch):
    spoilt(monkeypatch, "spectral_distance", {11}, np.nan)
    with pytest.warns(ConvergenceWarning, match="in step 12: its weights became NaN"):
        trained = train()
    assert trained["n_steps"] == 12
    assert all(np.isfinite(value).all() for value in trained["weights"].values())


def test_a_training_that_fails_for_ever_ends_with_what_was_good(monkeypatch):
    spoilt(monkeypatch, "gradient_penalty", range(4, 1000), np.nan)
    with pytest.warns(ConvergenceWarning) as told:
        trained = train()
    assert len(told) == 5
    assert "ends after 4 restarts, with the best generator so far (step" in str(told[-1].message)
    assert trained["stop_reason"] == "diverged"
    assert len([row for row in trained["rows"] if row["fault"]]) == 5
    assert all(np.isfinite(value).all() for value in trained["weights"].values())


def test_collapse_takes_the_training_back(monkeypatch):
    draw, count = loop.draw_windows, iter(range(100))

    def collapse(generator, n_windows, code, noise):
        windows = draw(generator, n_windows, code, noise)
        return 0 * windows if next(count) == 5 else windows  # class 1 in the third comparison

    monkeypatch.setattr(loop, "draw_windows", collapse)
    told = r"in step 6: the samples of 'seizure' became alike \(spread 0 of the real one\).* from step 3"
    with pytest.warns(ConvergenceWarning, match=told):
        trained = train()
    assert [row["step"] for row in trained["rows"]] == [0, 3, 6, 6, 9, 12]


def test_samples_that_are_not_finite_take_the_training_back(monkeypatch):
    draw, count = loop.draw_windows, iter(range(100))

    def fail(generator, n_windows, code, noise):
        windows = draw(generator, n_windows, code, noise)
        return windows * np.inf if next(count) == 4 else windows

    monkeypatch.setattr(loop, "draw_windows", fail)
    with (
        pytest.warns(ConvergenceWarning, match="in step 6: its samples became NaN or infinite"),
        np.errstate(invalid="ignore"),
    ):
        train()


def test_a_generator_that_never_spread_is_warned_of():
    options = OPTIONS | {"shaped": False}
    with pytest.warns(ConvergenceWarning, match="nearly alike"):
        train_generator(task(), recipe(max_steps=1), options, seed=0)


def test_a_training_that_cannot_begin_says_so(monkeypatch):
    draw = loop.draw_windows
    monkeypatch.setattr(loop, "draw_windows", lambda *args: draw(*args) * np.inf)
    with (
        pytest.raises(ValueError, match="cannot begin: its samples became NaN or infinite. Look for windows"),
        np.errstate(invalid="ignore"),
    ):
        train()
