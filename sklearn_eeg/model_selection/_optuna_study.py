"""Studies of Optuna: where their trials are kept, what draws them, which of them count."""

import os
import socket
from pathlib import Path
from typing import Any

from .._optional import import_optional

PROCESS, OUT = "process", "out"  # attributes of a trial: who runs it, and why it does not count


def _optuna(module: str = "optuna") -> Any:
    return import_optional(module, extra="tune", needed_by="OptunaSearchCV")


def open_storage(storage: Any) -> Any:
    """Return the storage of an address: None for memory, ``<kind>://`` for a database, else a journal file.

    Parameters
    ----------
    storage : None, str, path-like or optuna storage
        The address, or what it leads to.

    Returns
    -------
    storage : optuna storage

    Examples
    --------
    >>> from sklearn_eeg.model_selection._optuna_study import open_storage
    >>> type(open_storage(None)).__name__
    'InMemoryStorage'
    """
    storages = _optuna("optuna.storages")
    if storage is None:
        return storages.InMemoryStorage()
    if isinstance(storage, str) and "://" in storage:
        return storages.RDBStorage(storage)
    if isinstance(storage, str | os.PathLike):
        path = Path(storage)
        if not path.parent.is_dir():
            raise ValueError(f"`storage` must lie in a folder that exists, got {str(path)!r}: make it first.")
        return storages.JournalStorage(_optuna("optuna.storages.journal").JournalFileBackend(str(path)))
    return storage


def open_study(storage: Any, name: str | None, *, sampler: Any, pruner: Any, seed: int | None) -> Any:
    """Return the study of this name, a new one where there is none.

    Parameters
    ----------
    storage : optuna storage
        Where it is kept.
    name : str or None
        Its name; None for one of its own.
    sampler : optuna sampler or None
        What draws trials; None for the tree-structured Parzen estimator.
    pruner : optuna pruner, "median" or None
        What stops trials early; None stops none.
    seed : int or None
        Seed of the default sampler.

    Returns
    -------
    study : optuna.Study
        It maximises.
    """
    optuna = _optuna()
    if pruner == "median":
        pruner = optuna.pruners.MedianPruner(n_startup_trials=5)
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(max(level, optuna.logging.WARNING))  # no line for each study
    try:
        return optuna.create_study(
            storage=storage,
            study_name=name,
            direction="maximize",
            load_if_exists=True,
            sampler=_SeededByTrial(seed) if sampler is None else sampler,
            pruner=optuna.pruners.NopPruner() if pruner is None else pruner,
        )
    finally:
        optuna.logging.set_verbosity(level)


class _SeededByTrial:
    """Tree-structured Parzen estimators, each seeded by how many trials count before its own.

    So a search that was killed goes on as if it had not been.
    """

    def __init__(self, seed: int | None) -> None:
        self.seed = seed
        self._inner: Any = None

    def before_trial(self, study: Any, trial: Any) -> None:
        """Seed the sampler of the next trial."""
        rank = sum(each.number < trial.number for each in list_trials(study))
        seed = None if self.seed is None else (self.seed + 1_000_003 * (rank + 1)) % 2**32
        self._inner = _optuna("optuna.samplers").TPESampler(seed=seed)
        self._inner.before_trial(study, trial)

    def infer_relative_search_space(self, study: Any, trial: Any) -> Any:
        """Delegate."""
        return self._inner.infer_relative_search_space(study, trial)

    def sample_relative(self, study: Any, trial: Any, search_space: Any) -> Any:
        """Delegate."""
        return self._inner.sample_relative(study, trial, search_space)

    def sample_independent(self, study: Any, trial: Any, name: str, distribution: Any) -> Any:
        """Delegate."""
        return self._inner.sample_independent(study, trial, name, distribution)

    def after_trial(self, study: Any, trial: Any, state: Any, values: Any) -> None:
        """Delegate, where a trial was drawn at all."""
        if self._inner is not None:
            self._inner.after_trial(study, trial, state, values)

    def reseed_rng(self) -> None:
        """Keep the seed, which is each trial's own."""


def list_trials(study: Any) -> list[Any]:
    """Return the trials that count: neither broken off by the end of their process nor surplus."""
    return [each for each in study.get_trials(deepcopy=False) if OUT not in each.user_attrs]


def claim(trial: Any) -> None:
    """Note in a trial which process runs it."""
    trial.set_user_attr(PROCESS, _this_process())


def release_dead(study: Any) -> int:
    """Fail the trials whose process on this machine is no more, and queue their parameters again.

    Returns
    -------
    n_released : int
        How many there were.
    """
    running = [each for each in list_trials(study) if each.state.name == "RUNNING"]
    dead = [each for each in running if _is_dead(each.user_attrs.get(PROCESS))]
    for trial in dead:
        withdraw(study, trial.number, "its process ended")
        study.enqueue_trial(trial.params)
    return len(dead)


def withdraw(study: Any, number: int, reason: str) -> None:
    """End a trial so that it does not count, with the reason."""
    trial_id = study._storage.get_trial_id_from_study_id_trial_number(study._study_id, number)
    study._storage.set_trial_user_attr(trial_id, OUT, reason)
    tell(study, number, state="FAIL", skip_if_finished=True)


def tell(
    study: Any, trial: Any, value: float | None = None, *, state: str | None = None, **options: Any
) -> bool:
    """Tell a study how a trial ended, and say whether its sampler wants no more, as that of a grid does."""
    try:
        named = None if state is None else _optuna("optuna.trial").TrialState[state]
        study.tell(trial, value, state=named, **options)
    except RuntimeError as error:
        if "Study.stop" not in str(error):  # what is told is kept all the same
            raise
        return True
    return False


def check_same(study: Any, identity: dict[str, str]) -> None:
    """Note what a study is of, or refuse it where that is another.

    Raises
    ------
    ValueError
        If its trials are of other windows, folds, estimators, spaces or scores.
    """
    known = study.user_attrs.get("identity")
    begun = any(each.state.name != "WAITING" for each in study.get_trials(deepcopy=False))
    if study.direction.name != "MAXIMIZE" or (known is None and begun):
        raise ValueError(
            f"`storage` must not hold a study {study.study_name!r} that is no search's, got one that "
            "minimises or has trials of something else: choose another `study_name` or storage."
        )
    if known is None:
        study.set_user_attr("identity", identity)
        return
    other = [name for name, value in identity.items() if known.get(name) != value]
    if other:
        raise ValueError(
            f"`storage` must not hold a study {study.study_name!r} of another search, got one with other "
            f"{', '.join(other)}: choose another `study_name` or storage."
        )


def _this_process() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _is_dead(process: str | None) -> bool:
    """Say whether a process of this machine has ended; of other machines nobody knows."""
    host, _, number = (process or "").rpartition(":")
    if host != socket.gethostname() or os.name != "posix":
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
