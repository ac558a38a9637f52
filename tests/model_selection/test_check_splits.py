import numpy as np
import pytest

from sklearn_eeg.model_selection._check_splits import check_splits, stratify_windows

Y = np.array([0, 1, 0, 1])
HALVES = [(np.array([0, 1]), np.array([2, 3])), (np.array([2, 3]), np.array([0, 1]))]


def test_each_window_has_the_fold_that_tests_it():
    assert check_splits(HALVES, Y, repair="").tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("splits", "error"),
    [
        ([(np.arange(4), np.array([0]))], "must keep train and test apart, got 1 windows in both in fold 0"),
        ([(np.array([0, 2]), np.array([1, 3]))], "only 0 in fold 0: pass fewer"),
        (HALVES[:1], "exactly once, got 2 windows never tested and 0 tested more than once"),
        (HALVES * 2, "got 0 windows never tested and 4 tested"),
    ],
)
def test_folds_that_cannot_be_used_are_refused(splits, error):
    with pytest.raises(ValueError, match=error):
        check_splits(splits, Y, repair="pass fewer")


def test_a_class_with_too_few_windows_is_named():
    with pytest.raises(ValueError, match="3 folds need at least 3 windows of each class, got 2 of class 0"):
        stratify_windows(3, Y)
    with pytest.raises(ValueError, match="got 1 of class 7: drop the class"):
        stratify_windows(2, np.array([0, 0, 7]))
    assert stratify_windows(2, Y, shuffle=True, random_state=0).shuffle
