import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sklearn_eeg.explain._background import Data
from sklearn_eeg.explain._columns import describe_columns
from sklearn_eeg.explain._trial import Trial, as_array, choose_hybrids, find_owners, make_trial, mix

NAMES = ["C3", "Cz", "C4"]
CHOSEN = choose_hybrids(3)


def trial_of(function, windows=None):
    windows = np.random.default_rng(0).normal(size=(20, 3, 16)) if windows is None else windows
    data = Data(windows, windows[::-1], NAMES, None, False)
    return Trial(*(function(part) for part in make_trial(data, np.arange(3), CHOSEN)))


def owners_of(function, info=None, windows=None):
    return find_owners(trial_of(function, windows), CHOSEN, NAMES, info).tolist()


def test_hybrids_consist_of_channels_of_two():
    first, second, hybrids = trial_of(lambda x: x)
    for row, channels in enumerate(CHOSEN):
        assert_array_equal(hybrids[row, channels], first[row, channels])
        assert_array_equal(hybrids[row, ~channels], second[row, ~channels])
    assert len({tuple(codes) for codes in choose_hybrids(128).T}) == 128


def test_some_windows_have_a_bad_channel():
    spread = trial_of(lambda x: x).first.std(axis=2)
    assert (spread < 0.01).sum() == 2
    assert (spread > 10).sum() == 2
    data = Data(np.ones((2, 3, 4)), np.ones((2, 3, 4)), NAMES, None, False)
    assert (make_trial(data, np.arange(3), CHOSEN, bad_channels=False).first == 1).all()


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: x, [0, 1, 2]),
        (lambda x: x[:, ::-1], [2, 1, 0]),
        (lambda x: x[:, [1]], [1]),
        (lambda x: x - x.mean(axis=1, keepdims=True), [-1, -1, -1]),
        (lambda x: x.std(axis=2), [0, 1, 2]),
        (lambda x: np.column_stack([x[:, 0].std(axis=1), (x[:, 1] * x[:, 2]).mean(axis=1)]), [0, -1]),
        (lambda x: x.std(axis=2) + 1e-3 * x[:, :1].mean(axis=2), [0, -1, -1]),
        (lambda x: x.std(axis=2) + 1e-12 * x[:, :1].mean(axis=2), [0, 1, 2]),
        (lambda x: x.std(axis=2).astype(np.float32), [0, 1, 2]),
        (lambda x: np.where(x.std(axis=2) < 0.01, np.nan, x.std(axis=2)), [0, 1, 2]),
    ],
)
def test_owners(function, expected):
    assert owners_of(function) == expected


@pytest.mark.parametrize("bad", [lambda x: x.std(axis=2) < 0.01, lambda x: x.std(axis=2) > 10])
def test_steps_that_mix_channels_only_to_mend_one_are_found_out(bad):
    def mend(x):
        return np.where(bad(x)[:, :, np.newaxis], x.mean(axis=1, keepdims=True), x)

    assert -1 in owners_of(mend)


def test_columns_that_trying_tells_nothing_of_go_by_name():
    windows = np.random.default_rng(0).normal(size=(20, 3, 16))
    windows[:, 1] = 0.0
    names = [f"{name}__time__std" for name in NAMES]
    assert owners_of(lambda x: x.std(axis=2), windows=windows) == [0, -1, 2]
    assert owners_of(lambda x: x.std(axis=2), describe_columns(names), windows) == [0, 1, 2]
    assert owners_of(lambda x: x, windows=windows) == [0, 1, 2]


def test_a_name_does_not_overrule_what_trying_tells():
    names = [f"{name}__time__std" for name in NAMES]
    assert owners_of(lambda x: x.std(axis=2)[:, ::-1], describe_columns(names)) == [2, 1, 0]
    assert owners_of(lambda x: x.std(axis=2).cumsum(axis=1), describe_columns(names)) == [0, -1, -1]


def test_mixed_units_are_those_of_the_second():
    mixed = mix(np.ones((1, 2)), np.zeros((1, 2)), np.array([[True]]), np.array([0, -1]))
    assert mixed.tolist() == [[1.0, 0.0]]


def test_sparse_tables_become_arrays():
    from scipy.sparse import csr_array

    assert as_array(csr_array(np.eye(2))).tolist() == [[1.0, 0.0], [0.0, 1.0]]
