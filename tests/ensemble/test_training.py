import re

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.exceptions import DataConversionWarning

from sklearn_eeg.ensemble._training import check_training


def refuse(text):
    return pytest.raises(ValueError, match=re.escape(text))


def test_everything_is_taken_together():
    training = check_training(np.arange(6.0).reshape(3, 2), ["a", "b", "a"], [7, 8, 9], [0.5, 1, 2]).take(
        [2, 0]
    )
    np.testing.assert_array_equal(training.X, [[4, 5], [0, 1]])
    assert training.y.tolist() == ["a", "a"]
    assert training.groups.tolist() == [9, 7]
    assert training.weight.tolist() == [2, 0.5]


def test_what_is_missing_stays_missing():
    training = check_training([[0.0], [1.0]], [0, 1]).take([1])
    assert (training.X, training.groups, training.weight) == ([[1.0]], None, None)


def test_sparse_tables_that_cannot_be_indexed_become_such_that_can():
    X = np.arange(24.0).reshape(4, 6)
    taken = check_training(sparse.coo_array(X), [0, 1, 0, 1]).take([3, 1])
    np.testing.assert_array_equal(taken.X.toarray(), X[[3, 1]])


def test_epochs_stay_epochs():
    mne = pytest.importorskip("mne")
    data = np.arange(24.0).reshape(4, 2, 3)
    epochs = mne.EpochsArray(data, mne.create_info(2, 100.0, "eeg"), verbose="error")
    taken = check_training(epochs, [0, 1, 0, 1]).take(np.array([3, 1]))
    np.testing.assert_array_equal(taken.X.get_data(), data[[3, 1]])


def test_lengths_must_agree():
    with refuse("must have one entry for each window, got X of length 3, y of length 2."):
        check_training(np.zeros((3, 1)), [0, 1])
    with refuse("got X of length 2, y of length 2, groups of length 3, sample_weight of length 1."):
        check_training(np.zeros((2, 1)), [0, 1], [1, 2, 3], [1.0])


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_missing_labels_and_patients(missing):
    with refuse("`groups` must give the patient of each window, got none (NaN or None) for 1 of 2"):
        check_training(np.zeros((2, 1)), [0, 1], ["p", missing])
    with refuse("`y` must give the label of each window, got none (NaN or None) for 1 of 2"):
        check_training(np.zeros((2, 1)), np.array(["a", missing], dtype=object))


def test_labels_must_be_classes():
    with refuse("Unknown label type: continuous"):
        check_training(np.zeros((3, 1)), [0.1, 0.2, 0.35])
    with refuse("`y` must hold at least 2 classes of positive weight, got 1 class."):
        check_training(np.zeros((2, 1)), ["a", "a"])
    with refuse("`y` must hold at least 2 classes of positive weight, got 1 class."):
        check_training(np.zeros((2, 1)), ["a", "b"], None, [1, 0])
    with refuse("requires y to be passed, but the target y is None"):
        check_training(np.zeros((2, 1)), None)
    with pytest.warns(DataConversionWarning):
        assert check_training(np.zeros((2, 1)), [[0], [1]]).y.shape == (2,)


def test_weights_must_be_weights():
    with refuse("`sample_weight` must have shape (n_windows,), got shape (2, 1)."):
        check_training(np.zeros((2, 1)), [0, 1], None, [[1], [1]])
    for strange in (-1, np.inf):
        with refuse(f"`sample_weight` must be finite and at least 0, got {strange}."):
            check_training(np.zeros((2, 1)), [0, 1], None, [1, strange])
    with refuse("`sample_weight` must be positive for some windows, got weight zero for all."):
        check_training(np.zeros((2, 1)), [0, 1], None, [0, 0])
