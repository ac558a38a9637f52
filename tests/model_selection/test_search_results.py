import numpy as np
import optuna
from sklearn.svm import SVC

from sklearn_eeg.model_selection._optuna_study import withdraw
from sklearn_eeg.model_selection._optuna_trials import ERROR, SCORES
from sklearn_eeg.model_selection._search_results import list_finished, tabulate
from sklearn_eeg.model_selection._search_space import SearchSpace


def record(score):
    return {"test": {"score": score}, "fit_time": 1.0, "score_time": 2.0}


def make_study():
    """One whole trial, a pruned, a failed, a running and a withdrawn one, and a better one."""
    state = optuna.trial.TrialState
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(seed=0))
    space = SearchSpace({"C": [1.0]}, SVC())
    scores = [[0.5, 0.7], [0.1], [0.9], [], [], [0.8, 0.8]]
    trials = [study.ask(space.distributions) for _ in scores]
    for trial, each in zip(trials, scores, strict=True):
        trial.set_user_attr(SCORES, [record(score) for score in each])
    study.tell(trials[0], 0.6)
    study.tell(trials[1], state=state.PRUNED, values=None)
    trials[2].set_user_attr(ERROR, "ValueError: no")
    study.tell(trials[2], state=state.FAIL)
    withdraw(study, trials[4].number, "its process ended")
    study.tell(trials[5], 0.8)
    return study, space


def test_rows_are_what_trials_came_to():
    study, space = make_study()
    assert [each.number for each in list_finished(study)] == [0, 1, 2, 5]
    results = tabulate(study, space, 2, error_score=np.nan, train_scores=False)
    np.testing.assert_array_equal(results["trial"], [0, 1, 2, 5])
    assert results["state"].tolist() == ["complete", "pruned", "failed", "complete"]
    assert results["error"].tolist() == ["", "", "ValueError: no", ""]
    np.testing.assert_array_equal(results["split1_test_score"], [0.7, np.nan, np.nan, 0.8])
    np.testing.assert_allclose(results["mean_test_score"], [0.6, np.nan, np.nan, 0.8])
    np.testing.assert_allclose(results["std_test_score"], [0.1, np.nan, np.nan, 0.0], atol=1e-12)
    assert results["rank_test_score"].tolist() == [2, 3, 3, 1]
    np.testing.assert_array_equal(results["mean_score_time"], [2.0, np.nan, np.nan, 2.0])
    assert results["params"] == [{"C": 1.0}] * 4
    assert results["param_C"].tolist() == [1.0] * 4


def test_a_score_for_failures_fills_the_folds_they_did_not_get_to():
    study, space = make_study()
    results = tabulate(study, space, 2, error_score=0.0, train_scores=False)
    np.testing.assert_array_equal(results["split1_test_score"], [0.7, np.nan, 0.0, 0.8])
    np.testing.assert_array_equal(results["split0_test_score"], [0.5, 0.1, 0.9, 0.8])


def test_no_trials_no_rows():
    study = optuna.create_study(direction="maximize")
    results = tabulate(study, SearchSpace({"C": [1.0]}, SVC()), 2, error_score=np.nan, train_scores=False)
    assert results["params"] == []
    assert results["mean_test_score"].shape == (0,)
