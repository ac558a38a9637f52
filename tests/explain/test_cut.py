import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, RobustScaler, StandardScaler

from sklearn_eeg._montage import CH_NAMES_1020
from sklearn_eeg.explain._background import Data
from sklearn_eeg.explain._cut import choose_stage, find_stages, run
from sklearn_eeg.features import ConnectivityFeatures, FFTFeatures, TimeFeatures
from sklearn_eeg.preprocessing import (
    BandpassFilter,
    ChannelRepair,
    ChannelScaler,
    Denoiser,
    NotchFilter,
    Rereference,
    Resampler,
)

RNG = np.random.default_rng(0)
NAMES = list(CH_NAMES_1020[:6])
X = RNG.normal(scale=20, size=(40, 6, 128)) * RNG.uniform(0.5, 2, size=(40, 6, 1))
Y = np.arange(40) % 2
TIME = TimeFeatures(["standard_deviation", "line_length"], ch_names=NAMES)


def stages_of(*steps, windows=X, ch_names=NAMES, columns=None, frame=False):
    model = make_pipeline(*steps).fit(pd.DataFrame(windows, columns=columns) if frame else windows, Y)
    return find_stages(Data(windows, windows[:20], ch_names, columns, frame), model.steps)


def apart(*steps, windows=X, ch_names=NAMES):
    return [stage.is_apart for stage in stages_of(*steps, windows=windows, ch_names=ch_names)]


@pytest.mark.parametrize(
    "step",
    [
        BandpassFilter(128),
        NotchFilter(128),
        ChannelScaler(),
        Resampler(128, new_sfreq=64),
        Denoiser(128, clip=8.0, mains=None),
        FunctionTransformer(np.diff, kw_args={"axis": 2}),
    ],
    ids=lambda step: type(step).__name__,
)
def test_steps_that_keep_channels_apart(step):
    stages = stages_of(step, TIME, RobustScaler())
    assert [stage.is_apart for stage in stages] == [True] * 4
    assert [stage.ndim for stage in stages] == [3, 3, 2, 2]
    assert [stage.info is not None for stage in stages] == [False, False, True, True]
    assert_array_equal(stages[-1].owners, np.repeat(np.arange(6), 2))


@pytest.mark.parametrize(
    "step",
    [
        Rereference(ch_names=NAMES),
        ChannelRepair(ch_names=NAMES),
        Denoiser(128, mains=None, asr=5.0),
        FunctionTransformer(lambda x: x - x[:, :1]),
    ],
    ids=lambda step: type(step).__name__,
)
def test_steps_that_mix_channels(step):
    assert apart(step, TIME, StandardScaler()) == [True, False, False, False]


def test_a_mixing_step_behind_the_features():
    assert apart(TIME, StandardScaler(), PCA()) == [True, True, True, False]


def test_unions_and_column_transformers_prefix_names():
    union = make_union(TIME, FFTFeatures(128, ["log_power"], ch_names=NAMES))
    stages = stages_of(
        union, make_column_transformer((StandardScaler(), slice(0, 30)), remainder="passthrough")
    )
    assert all(stage.is_apart for stage in stages)
    assert stages[2].names[0] == "standardscaler__timefeatures__Fp1__time__standard_deviation"
    assert stages[2].info.iloc[0].tolist() == ["Fp1", "time", "no band", "standard_deviation"]


def test_ties_between_channels_belong_to_two_until_they_are_left_out():
    ties = ConnectivityFeatures(128, ["correlation"], ch_names=NAMES)
    assert apart(make_union(TIME, ties)) == [True, False]
    first = FunctionTransformer(lambda x: x[:, :12])
    assert apart(make_union(TIME, ties), first) == [True, False, True]


def test_selected_columns_keep_names_and_channels():
    stages = stages_of(TIME, SelectKBest(k=5))
    assert stages[-1].is_apart
    assert [NAMES[owner] for owner in stages[-1].owners] == stages[-1].info["channel"].tolist()


def test_frames_stay_frames():
    step = make_pipeline(TIME).set_output(transform="pandas")
    stages = stages_of(step, StandardScaler().set_output(transform="pandas"))
    table = stages[1].form(np.zeros((2, 12)))
    assert isinstance(table, pd.DataFrame)
    assert table.columns[0] == "Fp1__time__standard_deviation"


def test_windows_of_one_channel_all_belong_to_it():
    stages = stages_of(BandpassFilter(128), TimeFeatures(), windows=X[:, 0], ch_names=["ch0"])
    assert [stage.is_apart for stage in stages] == [True] * 3
    assert [stage.ndim for stage in stages] == [2, 2, 2]
    assert stages[-1].info["channel"].unique().tolist() == ["ch0"]


def test_steps_that_refuse_bad_channels_are_tried_without():
    def refuse(x):
        if (x.std(axis=2) < 0.1).any():
            raise ValueError("flat")
        return x

    assert apart(FunctionTransformer(refuse), TIME) == [True, True, True]


def test_tables():
    table = RNG.normal(size=(40, 3))
    columns = ["C3__time__mean", "C3__fft__alpha__power", "Cz__time__mean"]
    stages = stages_of(StandardScaler(), PCA(), windows=table, ch_names=None, columns=columns, frame=True)
    assert [stage.owners.tolist() for stage in stages] == [[0, 0, 1], [0, 0, 1], [-1, -1, -1]]
    assert stages[0].ch_names == ["C3", "Cz"]
    assert isinstance(stages[0].form(table), pd.DataFrame)
    stages = stages_of(StandardScaler(), windows=table, ch_names=None)
    assert not any(stage.is_apart for stage in stages)
    columns = ["C3__time__mean", "C3-Cz__connectivity__alpha__coherence", "C3__connectivity__strength"]
    [stage] = find_stages(Data(table, table, None, columns, False), [])
    assert stage.owners.tolist() == [0, -1, -1]


def test_a_stage_is_chosen_by_what_players_need():
    names = [["channel"], ["band"], ["feature"], ["channel", "family"], ["region", "hemisphere"]]
    clean = stages_of(BandpassFilter(128), TIME, StandardScaler(), PCA())
    assert [choose_stage(clean, level).n_done for level in names] == [3, 3, 3, 3, 3]
    mixed = stages_of(Rereference(ch_names=NAMES), TIME)
    assert [choose_stage(mixed, level).n_done for level in names[:3]] == [0, 2, 2]
    unnamed = stages_of(FunctionTransformer(lambda x: x.std(axis=2)))
    assert [choose_stage(unnamed, [level]).n_done for level in ("channel", "feature")] == [1, 1]


def test_levels_that_a_model_does_not_have():
    mixed = stages_of(Rereference(ch_names=NAMES), TIME)
    with pytest.raises(ValueError, match=r"got \('channel', 'band'\): step 'rereference' mixes channels"):
        choose_stage(mixed, ["channel", "band"])
    with pytest.raises(
        ValueError, match=r"`level` must be of channels for this model, got 'band': none of its"
    ):
        choose_stage(stages_of(BandpassFilter(128)), ["band"])
    [table] = find_stages(Data(X[:, 0], X[:, 0], None, None, False), [])
    with pytest.raises(ValueError, match="`level` must be of features for this table, got 'channel'"):
        choose_stage([table], ["channel"])
    assert choose_stage([table], ["feature"]) is table


def test_steps_are_run_in_order():
    steps = [("twice", FunctionTransformer(lambda x: 2 * x)), ("next", FunctionTransformer(lambda x: x + 1))]
    assert run(steps, 3) == 7
