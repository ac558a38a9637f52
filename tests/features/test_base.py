import numpy as np
import pytest

from sklearn_eeg.features import FFTFeatures, TimeFeatures, WaveletFeatures
from sklearn_eeg.features._base import Feature, choose_statistics

X = np.random.default_rng(0).normal(size=(5, 3, 128))
TABLE = {"mean": np.mean, "sd": np.std}


def test_feature_name_leaves_out_an_absent_band():
    assert Feature("fft", "alpha", "power").name("O1") == "O1__fft__alpha__power"
    assert Feature("time", "", "rms").name("O1") == "O1__time__rms"


def test_all_takes_the_table_in_its_order():
    assert choose_statistics("all", TABLE) == TABLE


def test_a_single_name_and_an_order():
    assert list(choose_statistics("sd", TABLE)) == ["sd"]
    assert list(choose_statistics(("sd", "mean"), TABLE)) == ["sd", "mean"]


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (["mean", "median"], r"among \['mean', 'sd'\] or be callables, got 'median'"),
        (["mean", "mean"], "must not name a feature twice, got 'mean' twice"),
        ([np.std, np.std], "got 'std' twice"),
        ([], "at least one feature, got none"),
    ],
)
def test_bad_features(features, message):
    with pytest.raises(ValueError, match=message):
        choose_statistics(features, TABLE)


def test_columns_are_ordered_by_channel():
    step = TimeFeatures(["mean", "rms"], ch_names=["Fz", "Cz", "Pz"]).fit(X)
    assert list(step.get_feature_names_out()) == [
        f"{channel}__time__{statistic}" for channel in ("Fz", "Cz", "Pz") for statistic in ("mean", "rms")
    ]
    table = step.transform(X)
    np.testing.assert_allclose(table[:, 2], X[:, 1].mean(axis=-1))
    np.testing.assert_allclose(table[:, 5], np.sqrt(np.square(X[:, 2]).mean(axis=-1)))


def test_info_says_what_each_column_is():
    step = FFTFeatures(128, features=["power", "peak_frequency"], ch_names=["Fz", "Cz", "Pz"]).fit(X)
    info = step.get_feature_info()
    assert list(info.index) == list(step.get_feature_names_out())
    assert list(info.columns) == ["channel", "family", "band", "statistic"]
    assert tuple(info.loc["Cz__fft__alpha__power"]) == ("Cz", "fft", "alpha", "power")
    assert tuple(info.loc["Pz__fft__peak_frequency"]) == ("Pz", "fft", "", "peak_frequency")


def test_names_of_a_step_before_serve_where_none_are_given():
    names = ["Fz", "Cz", "Pz"]
    assert TimeFeatures(["rms"]).fit(X).get_feature_names_out(names)[1] == "Cz__time__rms"
    own = TimeFeatures(["rms"], ch_names=["a", "b", "c"]).fit(X)
    assert own.get_feature_names_out(names)[1] == "b__time__rms"
    with pytest.raises(ValueError, match="each of the 3 channels of X, got 2 names"):
        own.get_feature_names_out(names[:2])


@pytest.mark.parametrize(
    ("ch_names", "message"),
    [
        (["Fz"], "must name each of the 3 channels of X, got 1 names"),
        (["Fz", "Cz", "Fz"], r"must not repeat a name, got \['Fz'\] more than once"),
    ],
)
def test_bad_channel_names(ch_names, message):
    with pytest.raises(ValueError, match=message):
        TimeFeatures(ch_names=ch_names).fit(X)


@pytest.mark.parametrize("step", [TimeFeatures(), FFTFeatures(128), WaveletFeatures("haar")])
def test_one_time_point_is_too_short(step):
    with pytest.raises(ValueError, match="at least 2 time points, got 1"):
        step.fit(X[..., :1])


def test_callables_join_the_table():
    def interquartile_range(x):
        return np.subtract(*np.percentile(x, [75, 25], axis=-1))

    step = TimeFeatures(["mean", interquartile_range]).fit(X)
    assert step.get_feature_names_out()[1] == "ch0__time__interquartile_range"
    np.testing.assert_allclose(step.transform(X)[:, 1], interquartile_range(X[:, 0]))
