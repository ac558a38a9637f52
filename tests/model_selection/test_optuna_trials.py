import time

import numpy as np
import pytest
from sklearn.metrics import check_scoring
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sklearn_eeg.model_selection._optuna_study import list_trials
from sklearn_eeg.model_selection._optuna_trials import Place, Work, count_begun, run_trials, score_fold
from sklearn_eeg.model_selection._search_space import SearchSpace
from sklearn_eeg.model_selection._step_cache import StepCache

X = np.random.default_rng(0).normal(size=(40, 3)) + np.tile([0, 1], 20)[:, np.newaxis]
Y = np.tile([0, 1], 20)
SPLITS = [(np.arange(30), np.arange(30, 40)), (np.arange(10, 40), np.arange(10))]
SCALED = make_pipeline(StandardScaler(), SVC())


def work(scoring="accuracy", space=None, *, train_scores=True, raises=False):
    scorer = check_scoring(SCALED, scoring)
    space = SearchSpace(space or {"svc__C": [0.5, 1.0, 2.0]}, SCALED)
    return Work(SCALED, space, X, Y, None, None, SPLITS, scorer, "score", train_scores, raises)


def run(job, study, n_trials, deadline):
    run_trials(job, study, n_trials, deadline, StepCache(job.X, job.y, job.splits))


def test_a_fold_is_scored_as_by_hand():
    record = score_fold(work(), SCALED, 1, StepCache(X, Y, SPLITS))
    train, test = SPLITS[1]
    fitted = SCALED.fit(X[train], Y[train])
    assert record["test"] == {"score": fitted.score(X[test], Y[test])}
    assert record["train"] == {"score": fitted.score(X[train], Y[train])}
    assert record["fit_time"] > 0


def test_scores_must_be_numbers():
    of_two = work(lambda model, X, y: np.array([1.0, 2.0]))
    with pytest.raises(ValueError, match="scoring must return a number"):
        score_fold(of_two, SCALED, 0, StepCache(X, Y, SPLITS))


def test_no_score_is_a_failure():
    study = Place(None, None, None, None, 0).open()
    run(work(lambda model, X, y: np.nan), study, 2, np.inf)
    assert [each.state.name for each in study.trials] == ["FAIL", "FAIL"]
    assert "is not a number (NaN) in fold 0" in study.trials[0].user_attrs["error"]


def test_as_many_trials_are_run_as_are_missing():
    study = Place(None, None, None, None, 0).open()
    run(work(), study, 2, np.inf)
    assert count_begun(study) == 2
    run(work(), study, 2, np.inf)
    run(work(), study, 9, time.monotonic() - 1)
    assert count_begun(study) == 2
    run(work(), study, 3, np.inf)
    assert len(list_trials(study)) == 3


def test_a_trial_beyond_the_last_is_withdrawn(monkeypatch):
    study = Place(None, None, None, None, 0).open()
    ask = study.ask

    def ask_late(distributions):
        ask()  # another worker begins the last trial at this moment
        return ask(distributions)

    monkeypatch.setattr(study, "ask", ask_late)
    run(work(), study, 1, np.inf)
    assert len(study.trials) == 2
    assert count_begun(study) == 1
    assert study.trials[1].user_attrs["out"].startswith("surplus")
