import optuna
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from sklearn_eeg.model_selection._search_space import SearchSpace, with_params


def ask(space, study):
    """A new trial and its parameters."""
    trial = study.ask(space.distributions)
    return trial, space.read(trial)


def study():
    return optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))


def test_estimators_are_chosen_by_name_and_read_again():
    choices = [SVC(), DecisionTreeClassifier()]
    space, trials = SearchSpace({"svc": choices}, make_pipeline(StandardScaler(), SVC())), study()
    drawn = [ask(space, trials) for _ in range(10)]
    assert {id(params["svc"]) for _, params in drawn} == {id(each) for each in choices}
    for trial, params in drawn:
        trials.tell(trial, 0.0)
        assert space.read(trials.trials[trial.number]) == params
    assert set(trials.trials[0].distributions["svc"].choices) == {"0: SVC()", "1: DecisionTreeClassifier()"}


def test_a_function_is_read_again_from_what_was_drawn():
    space = SearchSpace(lambda trial: {"C": 2 * trial.suggest_float("half", 1, 2)}, SVC())
    trials = study()
    trial, params = ask(space, trials)
    trials.tell(trial, 0.0)
    assert space.read(trials.trials[0]) == params == {"C": 2 * trial.params["half"]}


def test_a_function_must_return_parameters():
    with pytest.raises(TypeError, match="`search_space` must return a dict of parameters, got None"):
        ask(SearchSpace(lambda trial: None, SVC()), study())


def test_parameters_of_a_chosen_step_are_let_pass():
    pipeline = make_pipeline(StandardScaler(), SVC())
    SearchSpace({"svc": [DecisionTreeClassifier()], "svc__max_depth": [1]}, pipeline)
    with pytest.raises(ValueError, match="got 'svc__max_depth'"):
        SearchSpace({"svc__max_depth": [1]}, pipeline)


def test_descriptions_tell_spaces_apart():
    one = SearchSpace({"C": [1.0], "gamma": [1.0]}, SVC()).describe()
    assert one == SearchSpace({"gamma": [1.0], "C": [1.0]}, SVC()).describe()
    assert one != SearchSpace({"C": [2.0], "gamma": [1.0]}, SVC()).describe()
    assert "test_descriptions" in SearchSpace(lambda trial: {}, SVC()).describe()


def test_with_params_clones():
    svm = SVC()
    pipeline = make_pipeline(StandardScaler(), DecisionTreeClassifier())
    changed = with_params(pipeline, {"decisiontreeclassifier": svm})
    assert isinstance(changed[-1], SVC)
    assert changed[-1] is not svm
    assert isinstance(pipeline[-1], DecisionTreeClassifier)
