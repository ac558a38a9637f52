import os
import socket
import subprocess
import sys

import optuna
import pytest

from sklearn_eeg.model_selection._optuna_study import (
    PROCESS,
    check_same,
    claim,
    list_trials,
    open_storage,
    open_study,
    release_dead,
    tell,
)

SPACE = {"a": optuna.distributions.FloatDistribution(0, 1)}


def new_study(storage=None, seed=0):
    return open_study(open_storage(storage), "study", sampler=None, pruner=None, seed=seed)


def dead_process():
    done = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True
    )
    return f"{socket.gethostname()}:{done.stdout.strip()}"


@pytest.mark.parametrize("kind", ["journal", "sqlite", "object", "memory"])
def test_storages_keep_trials(tmp_path, kind):
    storage = {
        "journal": tmp_path / "journal",
        "sqlite": f"sqlite:///{tmp_path}/study.db",
        "object": optuna.storages.InMemoryStorage(),
        "memory": None,
    }[kind]
    study = new_study(storage)
    tell(study, study.ask(SPACE), 0.5)
    again = new_study(storage)
    assert len(again.trials) == (0 if kind == "memory" else 1)
    assert study.direction.name == "MAXIMIZE"


def test_trials_are_seeded_by_how_many_count_before():
    study = new_study()
    for _ in range(3):
        tell(study, study.ask(SPACE), 0.5)
    other = new_study()
    tell(other, other.ask(SPACE), 0.5)
    lost = other.ask(SPACE)
    lost.set_user_attr(PROCESS, dead_process())
    assert release_dead(other) == 1
    assert release_dead(other) == 0
    for _ in range(2):
        tell(other, other.ask(SPACE), 0.5)
    assert [each.params for each in list_trials(other)] == [each.params for each in list_trials(study)]
    assert len(other.trials) == 4


def test_trials_of_processes_that_live_are_left():
    study = new_study()
    claim(study.ask(SPACE))
    study.ask(SPACE)  # not yet claimed
    study.ask(SPACE).set_user_attr(PROCESS, f"another-machine:{os.getpid()}")
    assert release_dead(study) == 0


def test_a_study_of_another_search_is_refused():
    study = new_study()
    check_same(study, {"windows": "1", "folds": "2"})
    check_same(study, {"windows": "1", "folds": "2"})
    with pytest.raises(
        ValueError, match="a study 'study' of another search, got one with other folds: choose"
    ):
        check_same(study, {"windows": "1", "folds": "3"})


def test_a_grid_says_when_it_is_over():
    sampler = optuna.samplers.GridSampler({"a": [0.0, 1.0]})
    study = open_study(open_storage(None), None, sampler=sampler, pruner=None, seed=None)
    assert [tell(study, study.ask(SPACE), 0.0) for _ in range(2)] == [False, True]
    assert [each.state.name for each in study.trials] == ["COMPLETE"] * 2


def test_other_errors_are_not_swallowed():
    study = new_study()
    trial = study.ask()
    tell(study, trial, 0.0)
    with pytest.raises(ValueError, match="Cannot tell"):
        tell(study, trial, 0.0)
