"""Trials of a search: ask for parameters, fit and score them fold by fold, tell."""

import time
import traceback
from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics._scorer import _BaseScorer, _MultimetricScorer, _PassthroughScorer

from ._fit_by_patient import fit_by_patient
from ._optuna_study import claim, list_trials, open_storage, open_study, tell, withdraw
from ._search_space import SearchSpace, with_params
from ._step_cache import Fold, StepCache, join_steps
from ._take import take

SCORES, ERROR, STATE = "scores", "error", "state"  # attributes of a trial


class Work(NamedTuple):
    """All that a trial needs beside its parameters."""

    estimator: Any
    space: SearchSpace
    X: Any
    y: Any
    groups: np.ndarray | None
    weight: np.ndarray | None
    splits: list[tuple[np.ndarray, np.ndarray]]
    scorer: Any
    metric: str
    train_scores: bool
    raises: bool


class Place(NamedTuple):
    """Where the trials of a search are kept, and how they are drawn and stopped."""

    storage: Any
    name: str | None
    sampler: Any
    pruner: Any
    seed: int | None

    def open(self) -> Any:
        """Return the study."""
        return open_study(
            open_storage(self.storage), self.name, sampler=self.sampler, pruner=self.pruner, seed=self.seed
        )


def run_trials(work: Work, study: Any, n_trials: int, deadline: float, cache: StepCache) -> None:
    """Run trials until so many of the study count, or until the deadline, in seconds of `time.monotonic`."""
    over = False
    while not over and time.monotonic() < deadline and count_begun(study) < n_trials:
        trial = None
        try:
            trial = _ask(work, study, n_trials)
            if trial is None:
                return
            over = _run_trial(work, study, trial, cache)
        except KeyboardInterrupt:
            if trial is not None:
                withdraw(study, trial.number, "interrupted")
                study.enqueue_trial(trial.params)
            raise


def run_trials_apart(work: Work, place: Place, n_trials: int, deadline: float) -> None:
    """Run trials as one of several workers, each of which opens the study for itself."""
    run_trials(work, place.open(), n_trials, deadline, StepCache(work.X, work.y, work.splits))


def count_begun(study: Any) -> int:
    """Return how many trials that count are over or running."""
    return sum(each.state.name != "WAITING" for each in list_trials(study))


def _ask(work: Work, study: Any, n_trials: int) -> Any:
    """Return a new trial, or None where other workers have begun the last."""
    trial = study.ask(work.space.distributions)
    claim(trial)
    begun = [each.number for each in list_trials(study) if each.state.name != "WAITING"]
    if sorted(begun).index(trial.number) < n_trials:
        return trial
    withdraw(study, trial.number, "surplus: other workers had begun the last trials")
    return None


def _run_trial(work: Work, study: Any, trial: Any, cache: StepCache) -> bool:
    """Fit and score each fold, until the pruner stops the trial; say whether the sampler wants no more."""
    records: list[dict[str, Any]] = []
    try:
        model = with_params(work.estimator, work.space.read(trial))
        for fold in range(len(work.splits)):
            records.append(score_fold(work, model, fold, cache))
            trial.set_user_attr(SCORES, records)
            mean = float(np.mean([each["test"][work.metric] for each in records]))
            if np.isnan(mean):
                raise ValueError(f"the score {work.metric!r} is not a number (NaN) in fold {fold}")
            trial.report(mean, fold)
            if fold < len(work.splits) - 1 and trial.should_prune():
                return tell(study, trial, state="PRUNED")
    except Exception as error:
        over = _fail(study, trial, error)
        if work.raises:
            raise
        return over
    return tell(study, trial, mean)


def _fail(study: Any, trial: Any, error: Exception) -> bool:
    last = traceback.extract_tb(error.__traceback__)[-1]
    trial.set_user_attr(ERROR, f"{type(error).__name__}: {error} ({last.name})")
    return tell(study, trial, state="FAIL")


def score_fold(work: Work, model: Any, fold: int, cache: StepCache) -> dict[str, Any]:
    """Fit a model on a fold and return its scores and seconds.

    Parameters
    ----------
    work : Work
        The windows and scores.
    model : estimator
        Not fitted; it is not changed.
    fold : int
        Number of the fold.
    cache : StepCache
        What the front steps made of the windows so far.

    Returns
    -------
    record : dict
        ``test`` and ``train``: scores by name (``train`` only where wanted), ``fit_time`` and
        ``score_time`` in seconds.
    """
    train, test = work.splits[fold]
    start = time.perf_counter()
    windows, head, tail = cache.run(model, fold)
    groups = None if work.groups is None else work.groups[train]
    weight = None if work.weight is None else work.weight[train]
    y_train = None if work.y is None else take(work.y, train)
    fitted = fit_by_patient(tail, windows.train, y_train, groups, sample_weight=weight)
    fit_time = time.perf_counter() - start
    if head and not _scores_answers(work.scorer):
        fitted = join_steps(model, head, fitted)
        windows = Fold(take(work.X, train), take(work.X, test))
    start = time.perf_counter()
    record: dict[str, Any] = {
        "test": _score(work.scorer, fitted, windows.test, None if work.y is None else take(work.y, test))
    }
    record |= {"fit_time": fit_time, "score_time": time.perf_counter() - start}
    if work.train_scores:
        record["train"] = _score(work.scorer, fitted, windows.train, y_train)
    return record


def _scores_answers(scorer: Any) -> bool:
    """Say whether a scorer looks at nothing but the answers, so that it may see a table for windows."""
    if isinstance(scorer, _MultimetricScorer):
        return all(_scores_answers(each) for each in scorer._scorers.values())
    return isinstance(scorer, _BaseScorer | _PassthroughScorer)


def _score(scorer: Any, fitted: Any, X: Any, y: Any) -> dict[str, float]:
    answer = scorer(fitted, X) if y is None else scorer(fitted, X, y)
    if not isinstance(answer, dict):
        answer = {"score": answer}
    for name, value in answer.items():
        if not np.isscalar(value):
            raise ValueError(f"scoring must return a number, got {value!r} for {name!r}")
    return {name: float(value) for name, value in answer.items()}
