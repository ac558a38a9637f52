import numpy as np
import pytest
from sklearn.preprocessing import FunctionTransformer

from sklearn_eeg.explain._background import Data
from sklearn_eeg.explain._cut import find_stages
from sklearn_eeg.explain._players import (
    LEVELS,
    check_level,
    group_rows,
    locate,
    make_players,
    rename_channels,
)
from sklearn_eeg.features import ConnectivityFeatures, FFTFeatures

NAMES = ["EEG O1-Ref", "EEG F3-Ref", "EEG O2-Ref", "EEG Cz-Ref"]
X = np.random.default_rng(0).normal(size=(6, 4, 128))


def stage_of(step, names=NAMES):
    return find_stages(Data(X, X, names, None, False), [("step", step.fit(X))])[-1]


WINDOWS = stage_of(FunctionTransformer())
TABLE = stage_of(FFTFeatures(128, ["power", "spectral_entropy"], ch_names=NAMES))


def names_of(stage, *level):
    return make_players(stage, level).names


def test_channels():
    players = make_players(WINDOWS, ["channel"])
    assert players.names == NAMES
    assert [units.tolist() for units in players.units] == [[0], [1], [2], [3]]
    assert players.table["region"].tolist() == ["occipital", "frontal", "occipital", "central"]
    assert players.table["hemisphere"].tolist() == ["left", "left", "right", "midline"]
    assert players.table[["band", "family", "statistic"]].isna().all(axis=None)


def test_parts_of_the_head():
    assert names_of(WINDOWS, "region") == ["occipital", "frontal", "central"]
    assert names_of(WINDOWS, "hemisphere") == ["left", "right", "midline"]
    assert names_of(WINDOWS, "hemisphere", "region") == [
        "left occipital", "left frontal", "right occipital", "midline central",
    ]  # fmt: skip
    table = make_players(WINDOWS, ["region"]).table
    assert table["region"].tolist() == ["occipital", "frontal", "central"]
    assert table["channel"].isna().tolist() == [True, False, False]


def test_bands_and_channels():
    bands = names_of(TABLE, "band")
    assert bands[:2] == ["delta", "theta"]
    assert bands[-1] == "no band"
    assert names_of(TABLE, "channel", "band") == [f"{name} {band}" for name in NAMES for band in bands]
    assert names_of(TABLE, "band", "channel")[0] == f"delta {NAMES[0]}"
    assert names_of(TABLE, "family") == ["fft"]
    assert names_of(TABLE, "statistic") == ["power", "spectral_entropy"]
    assert names_of(TABLE, "feature") == TABLE.names


@pytest.mark.parametrize("level", [*LEVELS, ("channel", "band"), ("band", "statistic")])
def test_players_share_out_all_units(level):
    players = make_players(TABLE, check_level(level))
    assert sorted(np.concatenate(players.units)) == list(range(len(TABLE.owners)))
    assert len(set(players.names)) == len(players.names) == len(players.table)


def test_pairs_of_channels_lie_in_no_region():
    stage = stage_of(ConnectivityFeatures(128, ["correlation"], ch_names=NAMES))
    table = make_players(stage, ["feature"]).table
    pair = table.index[table["channel"] == "EEG O1-Ref-EEG F3-Ref"]
    assert len(pair) > 0
    assert table.loc[pair, "region"].isna().all()


def test_unknown_channels():
    stage = stage_of(FunctionTransformer(), ["O1", "F3", "X1", "X2"])
    assert names_of(stage, "channel") == ["O1", "F3", "X1", "X2"]
    with pytest.raises(ValueError, match=r"must not be 'region' unless .*got \['X1', 'X2'\]: name them by"):
        make_players(stage, ["region"])


def test_a_shared_reference_is_no_part_of_the_place():
    assert locate(["F7-CS2", "O2-CS2"])["O2-CS2"] == {"region": "occipital", "hemisphere": "right"}


@pytest.mark.parametrize("level", ["lobe", ("channel", "lobe"), (), ("band", "band")])
def test_unknown_levels(level):
    with pytest.raises(ValueError, match=r"`level` must be one of \['channel', 'region', .*, or a tuple"):
        check_level(level)


def test_rows_are_grouped_by_first_appearance():
    table = make_players(TABLE, ["channel", "band"]).table
    assert group_rows(table, ["channel"])[1].tolist() == list(range(6, 12))


def test_channels_may_have_other_names():
    others = ["T7", "T8", "Pz", "Fp1"]
    assert names_of(rename_channels(WINDOWS, others), "channel") == others
    assert names_of(rename_channels(TABLE, others), "channel", "band")[0] == "T7 delta"
    ties = stage_of(ConnectivityFeatures(128, ["correlation", "eigenvalues"], ch_names=NAMES))
    channels = rename_channels(ties, others).info["channel"]
    assert set(channels) >= {"T7-T8", "Pz-Fp1", "window"}
    assert not any("EEG" in name for name in channels)
    with pytest.raises(ValueError, match="`ch_names` must name each of the 4 channels"):
        rename_channels(WINDOWS, ["C3"])
    [table] = find_stages(Data(X[:, 0], X[:, 0], None, None, False), [])
    with pytest.raises(
        ValueError, match=r"`ch_names` must be None for columns without channels, got \['C3'\]"
    ):
        rename_channels(table, ["C3"])
