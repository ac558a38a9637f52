from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from sklearn_eeg.preprocessing import Denoiser
from sklearn_eeg.preprocessing._base import WindowsTransformer

X = np.random.default_rng(0).normal(size=(20, 3, 128))


def test_names_out_are_those_of_the_channels():
    step = Denoiser(sfreq=200.0, ch_names=["Fz", "Cz", "Pz"]).fit(X)
    assert list(step.get_feature_names_out()) == ["Fz", "Cz", "Pz"]
    with pytest.raises(ValueError, match="channels seen in fit"):
        step.get_feature_names_out(["a", "b", "c"])


def test_names_out_of_one_channel_are_those_of_the_time_points():
    table = pd.DataFrame(X[:, 0], columns=[f"t{i}" for i in range(128)])
    step = Denoiser(sfreq=200.0).set_output(transform="pandas")
    assert list(step.fit_transform(table).columns) == list(table.columns)


def test_not_fitted():
    with pytest.raises(NotFittedError):
        Denoiser(sfreq=200.0).transform(X)
    with pytest.raises(NotFittedError):
        Denoiser(sfreq=200.0).get_feature_names_out()


def test_pandas_output_asked_for_globally_leaves_three_dimensions_alone():
    from sklearn import config_context

    with config_context(transform_output="pandas"):
        assert isinstance(Denoiser(sfreq=200.0).fit_transform(X), np.ndarray)


class Halve(WindowsTransformer):
    """Keeps the first channel and every second time point; NaN becomes 0."""

    _parameter_constraints: ClassVar = {"ch_names": ["array-like", None]}

    def __init__(self, ch_names=None):
        self.ch_names = ch_names

    def _takes_nan(self):
        return True

    def _list_channels_out(self):
        return [f"{self.ch_names_in_[0]}/2"]

    def _count_times_out(self):
        return self.n_times_in_ // 2

    def _transform(self, X):
        return np.nan_to_num(X[:, :1, 1::2])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_step_may_change_the_channels_and_the_length(dtype):
    step = Halve(ch_names=["Fz", "Cz", "Pz"])
    out = step.fit_transform(X.astype(dtype))
    assert out.dtype == dtype
    assert out.ch_names == list(step.get_feature_names_out()) == ["Fz/2"]
    np.testing.assert_array_equal(out, X.astype(dtype)[:, :1, 1::2])


def test_table_of_a_changed_length():
    step = Halve().set_output(transform="pandas")
    table = step.fit_transform(X[:, 0])
    assert list(table.columns) == [f"t{i}" for i in range(64)]
    np.testing.assert_array_equal(table, X[:, 0, 1::2])
    with pytest.raises(ValueError, match="input_features should have length equal"):
        step.get_feature_names_out(["a"])


def test_only_a_step_that_takes_nan_is_handed_nan():
    broken = X.copy()
    broken[3, 0, 1] = np.nan
    assert Halve().fit_transform(broken)[3, 0, 0] == 0
    with pytest.raises(ValueError, match="contains NaN in window 3"):
        Denoiser(sfreq=200.0).fit(broken)
