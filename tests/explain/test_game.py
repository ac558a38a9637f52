import numpy as np
import pytest

from sklearn_eeg.explain._game import both_classes, check_players, check_tables, sum_by_player


def test_players_are_kept_in_their_order():
    players = check_players([np.array([3]), [2, 0], range(1, 2)], 4)
    assert [player.tolist() for player in players] == [[3], [2, 0], [1]]


@pytest.mark.parametrize(
    ("players", "message"),
    [
        ([[0, 1], [1, 2]], "`players` must hold every column once, got column 1 more than once"),
        ([[0, 0], [1, 2]], "got column 0 more than once"),
        ([[0], [2]], "got column 1 in none"),
        ([], "got column 0, 1, 2 in none"),
        ([[0, 1], [2], []], "must each hold a column, got none for player 2: leave it out"),
        ([[0, 1], [2, 3]], "must hold columns from 0 to 2, got 3"),
        ([[0, 1], [-1]], "must hold columns from 0 to 2, got -1"),
        ([[0.0, 1.0], [2.0]], "must hold lists of column numbers"),
        ([[[0, 1]], [2]], "must hold lists of column numbers"),
    ],
)
def test_players_that_do_not_share_out_the_columns_are_refused(players, message):
    with pytest.raises(ValueError, match=message):
        check_players(players, 3)


def test_a_long_list_of_missing_columns_is_cut_short():
    with pytest.raises(ValueError, match=r"column 1, 2, 3, 4, 5, \.\.\. in none"):
        check_players([[0]], 300)


@pytest.mark.parametrize(
    ("rows", "background", "message"),
    [
        ([[1.0, 2.0]], [[1.0]], "`background` must have the 2 columns of `rows`, got 1"),
        ([1.0, 2.0], [[1.0]], r"`rows` must be a table of at least one row and column, got \(2,\)"),
        ([[1.0]], np.empty((0, 1)), r"`background` must be a table of at least one row .* got \(0, 1\)"),
        ([[np.nan]], [[1.0]], "`rows` must be finite, got NaN or infinity"),
        ([[1.0]], [[np.inf]], "`background` must be finite"),
    ],
)
def test_tables_that_do_not_fit_are_refused(rows, background, message):
    with pytest.raises(ValueError, match=message):
        check_tables(rows, background)


def test_sums_keep_further_axes():
    values = np.arange(24.0).reshape(2, 3, 4)
    sums = sum_by_player(values, [np.array([1]), np.array([2, 0])])
    np.testing.assert_array_equal(sums, np.stack([values[:, 1], values[:, 0] + values[:, 2]], axis=1))


def test_two_classes_have_opposite_columns():
    margins = np.array([[1.0, -2.0]])
    np.testing.assert_array_equal(both_classes(margins), [[[-1.0, 1.0], [2.0, -2.0]]])
