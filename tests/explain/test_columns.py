import numpy as np
import pytest
from sklearn.pipeline import make_pipeline, make_union

from sklearn_eeg.explain._columns import collect_features, describe_columns, split_units
from sklearn_eeg.features import ConnectivityFeatures, FFTFeatures, TimeFeatures, WaveletFeatures
from sklearn_eeg.preprocessing import BandpassFilter

X = np.random.default_rng(0).normal(size=(3, 3, 128))
CHANNELS = ["C3", "C4", "Fp1-F7"]


def family(name):
    return {
        "fft": FFTFeatures(64, ch_names=CHANNELS),
        "time": TimeFeatures(ch_names=CHANNELS),
        "wavelet": WaveletFeatures(ch_names=CHANNELS),
        "connectivity": ConnectivityFeatures(64, ["correlation", "eigenvalues"], ch_names=CHANNELS),
    }[name].fit(X)


@pytest.mark.parametrize("name", ["fft", "time", "wavelet", "connectivity"])
@pytest.mark.parametrize("prefix", ["", "fft__", "union__time__"])
@pytest.mark.parametrize("told", [True, False], ids=["told", "read"])
def test_names_of_all_families(name, prefix, told):
    step = family(name)
    info = step.get_feature_info()
    names = [prefix + column for column in info.index]
    if not told and name == "connectivity":
        keep = info["channel"] != ""  # the window's own cannot be told by name
        info, names = info[keep], [column for column, kept in zip(names, keep, strict=True) if kept]
    found = describe_columns(
        names, ch_names=None if told else CHANNELS, features=collect_features([step]) if told else None
    )
    expected = info.replace({"band": {"": "no band"}, "channel": {"": "window"}})
    assert found.to_numpy().tolist() == expected.to_numpy().tolist()


def test_names_without_known_channels():
    names = ["time__C3__time__mean", "C3__fft__alpha__power", "C3__mine__mean", "a__C3__mine__alpha__mean"]
    assert describe_columns(names).to_numpy().tolist() == [
        ["C3", "time", "no band", "mean"],
        ["C3", "fft", "alpha", "power"],
        ["C3", "mine", "no band", "mean"],
        ["C3", "mine", "alpha", "mean"],
    ]


@pytest.mark.parametrize("names", [["age"], ["C3__time__mean", "age__years"], ["x0", "x1"]])
def test_one_name_of_another_kind_spoils_all(names):
    assert describe_columns(names) is None


def test_a_name_must_hold_a_known_channel():
    assert describe_columns(["O1__time__mean"], ch_names=["C3"]) is None


def test_features_are_collected_at_any_depth():
    union = make_union(
        family("time"), make_pipeline(BandpassFilter(64, high=20.0), FFTFeatures(64, ch_names=CHANNELS))
    )
    union.fit(X)
    found = collect_features([union])
    assert found["C3__time__mean"] == ("C3", "time", "", "mean")
    assert {part[1] for part in found.values()} == {"time", "fft"}


def test_units():
    assert split_units("Fp1-F7-F7-T7", ["Fp1-F7", "F7-T7"]) == ("Fp1-F7", "F7-T7")
    assert split_units("left", ["C3"]) is None
    assert split_units("C3-Oz", ["C3"]) is None
