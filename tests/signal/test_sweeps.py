import numpy as np
import pytest

from sklearn_eeg.signal._sweeps import Plan, Sweep


def fill_sums(x, out):
    out[:, 0] = x.sum(axis=-1)
    out[:, 1] = np.abs(x).sum(axis=-1)


def fill_ends(x, out):
    out[:, 0] = x[:, 0]


TABLE = {"sums": Sweep(("sum", "absolute_sum"), fill_sums), "ends": Sweep(("first",), fill_ends)}
X = np.random.default_rng(0).normal(size=(5, 7))


def spread(x):
    return np.ptp(x, axis=-1)


def test_all_takes_the_table_in_its_order():
    assert Plan("all", TABLE).names == ["sum", "absolute_sum", "first"]


def test_columns_follow_the_choice():
    plan = Plan(["first", spread, "sum"], TABLE)
    assert plan.names == ["first", "spread", "sum"]
    np.testing.assert_array_equal(plan.run(X), np.column_stack([X[:, 0], spread(X), X.sum(axis=-1)]))


@pytest.mark.parametrize("choice", ["sums", ["sums"], ["sum", "absolute_sum"]])
def test_groups(choice):
    np.testing.assert_array_equal(Plan(choice, TABLE).run(X)[:, 1], np.abs(X).sum(axis=-1))


def test_each_sweep_runs_once():
    calls = []
    table = {"sums": Sweep(("sum", "absolute_sum"), lambda x, out: calls.append(fill_sums(x, out)))}
    Plan(["absolute_sum", "sum"], table).run(X)
    assert len(calls) == 1


class Nameless:
    def __call__(self, x):
        return x[:, 0]


def first(x):
    return x[:, 0]


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (["sum", "median"], r"among \['absolute_sum', 'first', 'sum'\] or groups among \['ends', 'sums'\]"),
        (["sum", 3], "or be callables, got 3"),
        (["sum", "sum"], "must not name a feature twice, got 'sum' twice"),
        (["sums", "sum"], "must not name a feature twice, got 'sum' twice"),
        ([spread, spread], "must not name a feature twice, got 'spread' twice"),
        ([Nameless()], "callables with names of their own"),
        ([lambda x: x[:, 0]], "callables with names of their own"),
        ([first], "callables with names of their own"),
        ([], "at least one feature, got none"),
    ],
)
def test_bad_features(features, message):
    with pytest.raises(ValueError, match=message):
        Plan(features, TABLE)


def whole(x):
    return np.ptp(x)


def wide(x):
    return x


def bad(x):
    return np.full(len(x), np.nan)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (whole, r"whole in `features` must .* one value for each of the 5 signals, got shape \(\)"),
        (wide, r"got shape \(5, 7\)"),
        (bad, "bad in `features` must return finite values"),
    ],
)
def test_callables_that_do_not_reduce_the_last_axis(function, message):
    with pytest.raises(ValueError, match=message):
        Plan([function], TABLE).run(X)
