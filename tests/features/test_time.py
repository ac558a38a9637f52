import numpy as np
import pytest

from sklearn_eeg.features import TimeFeatures
from sklearn_eeg.signal import TIME_SWEEPS, time_statistics

X = np.random.default_rng(0).normal(loc=2, scale=20, size=(21, 3, 200))


def test_every_column_is_its_statistic():
    table = TimeFeatures().fit_transform(X).reshape(21, 3, -1)
    for column, values in enumerate(time_statistics(X).values()):
        np.testing.assert_array_equal(table[..., column], values)


def test_what_the_toolkit_promises_is_there():
    names = {name for sweep in TIME_SWEEPS.values() for name in sweep.statistics}
    assert names >= {
        "mean", "standard_deviation", "variance", "skewness", "kurtosis", "minimum", "maximum",
        "peak_to_peak", "energy", "rms", "zero_crossing_rate", "line_length", "hjorth_activity",
        "hjorth_mobility", "hjorth_complexity",
    }  # fmt: skip


@pytest.mark.parametrize("wrong", [{"features": 3}, {"n_jobs": "many"}])
def test_bad_parameter_type(wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=f"'{name}' parameter of TimeFeatures must be"):
        TimeFeatures(**wrong).fit(X)


def test_groups_and_names():
    step = TimeFeatures(["extremes", "median"], ch_names=["Fz", "Cz", "Pz"]).fit(X)
    assert list(step.get_feature_names_out()[:4]) == [
        "Fz__time__minimum", "Fz__time__maximum", "Fz__time__peak_to_peak", "Fz__time__median",
    ]  # fmt: skip
