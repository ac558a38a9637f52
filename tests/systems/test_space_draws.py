import numpy as np
import optuna
import pytest

from sklearn_eeg.systems._space_draws import among, real, whole


def draw(distribution, n_draws=400):
    """Values that a search draws."""
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    return np.array([study.ask({"x": distribution}).params["x"] for _ in range(n_draws)])


def test_half_of_a_logarithmic_range_is_below_its_geometric_mean():
    assert np.mean(draw(real(0.01, 100.0, log=True)) < 1.0) == pytest.approx(0.5, abs=0.1)
    assert np.mean(draw(real(0.01, 100.0)) < 50.0) == pytest.approx(0.5, abs=0.1)


def test_whole_numbers_hold_both_ends_and_go_in_steps():
    assert set(draw(whole(2, 4))) == {2, 3, 4}
    assert set(draw(whole(100, 300, step=100))) == {100, 200, 300}


def test_choices_begin_with_the_present_one_and_are_there_once():
    assert among("b", "a", "b", None).choices == ("b", "a", None)


def test_numbers_that_are_equal_but_of_another_type_are_other_choices():
    assert among(1, True, 1.0, 1).choices == (1, True, 1.0)


@pytest.mark.parametrize("other", [(0.5, 45.0), ["log_power"], {"alpha": (8, 13)}])
def test_what_optuna_cannot_store_makes_a_list(other):
    assert among(None, other, None, other) == [None, other]
