import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from sklearn_eeg.preprocessing import Denoiser

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
