import numpy as np
import pytest

from sklearn_eeg.features import TimeFeatures
from sklearn_eeg.signal import TIME_STATISTICS

X = np.random.default_rng(0).normal(loc=2, scale=20, size=(21, 3, 200))


def test_every_column_is_its_statistic():
    table = TimeFeatures().fit_transform(X).reshape(21, 3, -1)
    for column, statistic in enumerate(TIME_STATISTICS.values()):
        np.testing.assert_allclose(table[..., column], statistic(X), rtol=1e-12)


def test_what_the_toolkit_promises_is_there():
    assert set(TIME_STATISTICS) >= {
        "mean", "standard_deviation", "variance", "skewness", "kurtosis", "minimum", "maximum",
        "peak_to_peak", "energy", "rms", "zero_crossing_rate", "line_length", "hjorth_activity",
        "hjorth_mobility", "hjorth_complexity",
    }  # fmt: skip


def test_bad_parameter_type():
    with pytest.raises(ValueError, match="'features' parameter of TimeFeatures must be"):
        TimeFeatures(features=3).fit(X)
