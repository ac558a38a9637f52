import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from sklearn_eeg.model_selection._take import take

X = np.arange(24.0).reshape(4, 3, 2)
INDICES = np.array([3, 1])


def test_arrays_lists_frames_and_sparse_tables():
    np.testing.assert_array_equal(take(X, INDICES), X[[3, 1]])
    assert take(["a", "b", "c", "d"], INDICES) == ["d", "b"]
    frame = pd.DataFrame({"a": [0, 1, 2, 3]}, index=[9, 8, 7, 6])
    assert take(frame, INDICES)["a"].tolist() == [3, 1]
    table = sparse.csr_array(X.reshape(4, 6))
    np.testing.assert_array_equal(take(table, INDICES).toarray(), X.reshape(4, 6)[[3, 1]])


def test_epochs_stay_epochs():
    mne = pytest.importorskip("mne")
    epochs = mne.EpochsArray(X, mne.create_info(3, 100.0, "eeg"), verbose="error")
    np.testing.assert_array_equal(take(epochs, INDICES).get_data(), X[[3, 1]])
