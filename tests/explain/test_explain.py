"""Shapley values of whole models: they add up, and are those of the game with raw channels replaced."""

import itertools
from math import factorial

import mne
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
)
from sklearn.exceptions import NotFittedError
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from sklearn_eeg.datasets import load_helsinki
from sklearn_eeg.ensemble import GroupCalibratedClassifier, GroupStackingClassifier
from sklearn_eeg.explain import explain
from sklearn_eeg.features import ConnectivityFeatures, FFTFeatures, TimeFeatures
from sklearn_eeg.preprocessing import BandpassFilter, Rereference
from sklearn_eeg.systems import svm_baseline

RNG = np.random.default_rng(0)
NAMES = ["F3", "F4", "O1", "O2"]
N = 60
Y = np.arange(N) % 3
X = RNG.normal(scale=10, size=(N, 4, 64))
X[Y == 1, 1] += 20 * np.sin(2 * np.pi * 6 * np.arange(64) / 64)
X[Y == 2, 3] += 20 * np.sin(2 * np.pi * 10 * np.arange(64) / 64)
Y2 = np.where(Y == 1, "seizure", "rest")
SOME, BACKGROUND = X[:5], X[10:18]


def features():
    fft = FFTFeatures(64, ["log_power", "spectral_entropy"], ch_names=NAMES)
    return make_union(fft, TimeFeatures(["line_length", "kurtosis"], ch_names=NAMES))


def pipeline(classifier):
    return make_pipeline(BandpassFilter(64, high=25.0), features(), StandardScaler(), classifier)


def network(n_channels, n_times, n_classes):
    from torch import nn

    return nn.Sequential(nn.Conv1d(n_channels, n_classes, n_times), nn.Flatten())


def cnn():
    from sklearn_eeg.neural import CNNClassifier

    return CNNClassifier(network, max_epochs=1, validation=None, random_state=0, ch_names=NAMES)


def decisions(model, X):
    values = model.decision_function(X)
    return values if values.ndim == 2 else np.column_stack([-values, values])


def pairwise(model, X):
    """Sums of the one-vs-one margins of the SVC at the end."""
    svc = model[-1].set_params(decision_function_shape="ovo")
    values = model.decision_function(X)
    svc.set_params(decision_function_shape="ovr")
    if values.ndim == 1:
        return np.column_stack([-values, values])
    a, b, c = values.T
    return np.column_stack([a + b, c - a, -b - c])


def probabilities(model, X):
    return model.predict_proba(X)


MODELS = {
    "rbf": (lambda: pipeline(SVC()), "exact", "margin", pairwise),
    "linear svc": (lambda: pipeline(SVC(kernel="linear")), "linear", "margin", pairwise),
    "poly": (lambda: pipeline(SVC(kernel="poly")), "sampling", "margin", pairwise),
    "logistic": (lambda: pipeline(LogisticRegression()), "linear", "log-odds", decisions),
    "lda": (lambda: pipeline(LinearDiscriminantAnalysis()), "linear", "log-odds", decisions),
    "ridge": (lambda: pipeline(RidgeClassifier()), "linear", "margin", decisions),
    "forest": (
        lambda: pipeline(RandomForestClassifier(5, random_state=0)), "tree", "probability", probabilities,
    ),
    "extra trees": (
        lambda: pipeline(ExtraTreesClassifier(5, max_depth=3, random_state=0)), "tree", "probability",
        probabilities,
    ),
    "boosting": (
        lambda: pipeline(HistGradientBoostingClassifier(max_iter=3)), "tree", "log-odds", decisions,
    ),
    "neighbors": (lambda: pipeline(KNeighborsClassifier()), "sampling", "probability", probabilities),
    "calibrated": (
        lambda: GroupCalibratedClassifier(pipeline(SVC()), cv=2), "exact", "margin",
        lambda model, X: pairwise(model.estimator_, X),
    ),
    "calibrated inside": (
        lambda: pipeline(CalibratedClassifierCV(RidgeClassifier(), ensemble=False, cv=2)), "linear", "margin",
        lambda model, X: decisions(
            model[-1].calibrated_classifiers_[0].estimator, model[:-1].transform(X)
        ),
    ),
    "calibrated several": (
        lambda: CalibratedClassifierCV(pipeline(RidgeClassifier()), cv=2), "sampling", "probability",
        probabilities,
    ),
    "stack": (
        lambda: GroupStackingClassifier(
            [("svm", pipeline(SVC())), ("ridge", pipeline(RidgeClassifier()))], cv=2
        ),
        "sampling", "log-odds", decisions,
    ),
    "stack of features": (
        lambda: pipeline(StackingClassifier([("svm", SVC()), ("lda", LinearDiscriminantAnalysis())], cv=2)),
        "sampling", "log-odds", decisions,
    ),
    "baseline": (lambda: svm_baseline(64, mains=None, ch_names=NAMES), "exact", "margin", pairwise),
    "search": (
        lambda: GridSearchCV(pipeline(SVC()), {"svc__C": [1.0]}, cv=2), "exact", "margin",
        lambda model, X: pairwise(model.best_estimator_, X),
    ),
    "threshold": (
        lambda: FixedThresholdClassifier(pipeline(LogisticRegression())), "linear", "log-odds", decisions,
    ),
    "mixed": (lambda: make_pipeline(Rereference(ch_names=NAMES), pipeline(SVC())), "sampling", "margin",
              lambda model, X: pairwise(model[-1], model[0].transform(X))),
    "network": (cnn, "sampling", None, decisions),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "n_classes"),
    [(name, n_classes) for name in MODELS for n_classes in (2, 3) if (name, n_classes) != ("threshold", 3)],
)
def test_values_add_up_to_the_output(name, n_classes):
    make, method, output, reference = MODELS[name]
    model = make().fit(X, Y if n_classes == 3 else Y2)
    found = explain(model, SOME, BACKGROUND, random_state=0)
    assert found.values.shape == (5, 4, n_classes)
    assert (found.method, found.level, found.player_names) == (method, "channel", NAMES)
    assert found.output == (output or ("log-odds" if n_classes == 2 else "log-probability"))
    rounding = 1e-5 if name == "network" else 1e-9
    expected = reference(model, SOME)
    assert_allclose(found.outputs, expected, atol=rounding)
    assert_allclose(found.values.sum(axis=1) + found.base_values, expected, atol=rounding)
    if method != "tree":
        assert_allclose(found.base_values, reference(model, BACKGROUND).mean(axis=0), atol=rounding)
    assert_array_equal(found.predictions, model.predict(SOME))
    assert_array_equal(found.classes, model.classes_)


@pytest.mark.parametrize(
    ("change", "method"),
    [
        (lambda x: x[:, 1:], "exact"),
        (lambda x: x[:, [3, 0]], "exact"),
        (lambda x: x[:, :, ::2], "exact"),
        (lambda x: x[:, 1:] - x[:, :-1], "sampling"),
    ],
    ids=["selected", "reordered", "decimated", "bipolar"],
)
def test_pipelines_that_begin_with_a_step_of_another_package(change, method):
    model = make_pipeline(FunctionTransformer(change), TimeFeatures(["line_length"]), StandardScaler(), SVC())
    model.fit(X, Y)
    found = explain(model, SOME[:1], BACKGROUND, ch_names=NAMES)
    assert (found.method, found.player_names) == (method, NAMES)
    expected = brute_force(lambda x: pairwise(model, x), SOME[:1], BACKGROUND, [[0], [1], [2], [3]])
    assert_allclose(found.values, expected, atol=1e-9)


def brute_force(function, X, background, players):
    """Shapley values by their definition, raw channels being replaced by those of the background."""
    n = len(players)

    def worth(coalition, window):
        masked = background.copy()
        for player in coalition:
            masked[:, players[player]] = window[players[player]]
        return function(masked).mean(axis=0)

    values = []
    for window in X:
        worths = {s: worth(s, window) for r in range(n + 1) for s in itertools.combinations(range(n), r)}
        rows = []
        for player in range(n):
            others = [other for other in range(n) if other != player]
            rows.append(
                sum(
                    factorial(r) * factorial(n - r - 1) / factorial(n)
                    * (worths[tuple(sorted((*s, player)))] - worths[s])
                    for r in range(n) for s in itertools.combinations(others, r)
                )
            )  # fmt: skip
        values.append(rows)
    return np.array(values)


@pytest.mark.parametrize("name", ["rbf", "logistic", "baseline", "stack", "mixed", "neighbors", "network"])
def test_replacing_columns_is_replacing_raw_channels(name):
    make, _, _, reference = MODELS[name]
    model = make().fit(X, Y)
    found = explain(model, SOME[:2], BACKGROUND, random_state=0)
    expected = brute_force(lambda x: reference(model, x), SOME[:2], BACKGROUND, [[0], [1], [2], [3]])
    assert_allclose(found.values, expected, atol=1e-5 if name == "network" else 1e-9)


def test_values_of_regions_are_those_of_the_coarser_game():
    model = MODELS["rbf"][0]().fit(X, Y)
    found = explain(model, SOME[:2], BACKGROUND, level="region")
    assert found.player_names == ["frontal", "occipital"]
    expected = brute_force(lambda x: pairwise(model, x), SOME[:2], BACKGROUND, [[0, 1], [2, 3]])
    assert_allclose(found.values, expected, atol=1e-9)
    assert np.abs(found.values - explain(model, SOME[:2], BACKGROUND).by("region").values).max() > 1e-4


@pytest.mark.parametrize("method", ["exact", "sampling"])
@pytest.mark.parametrize(
    ("level", "n_players"),
    [
        ("hemisphere", 2),
        ("band", 6),
        (("channel", "band"), 24),
        ("family", 2),
        ("statistic", 4),
        ("feature", 32),
    ],
)
def test_levels_of_features(level, n_players, method):
    model = MODELS["rbf"][0]().fit(X, Y)
    n_expected = explain(model, SOME[:2], BACKGROUND, level=level, method=method, random_state=0)
    n_bands = len(model[1].transformer_list[0][1].bands_) + 1
    sizes = {"band": n_bands, ("channel", "band"): 4 * n_bands, "feature": 4 * (n_bands + 2)}
    assert n_expected.values.shape == (2, sizes.get(level, n_players), 3)
    assert n_expected.level == level
    assert_allclose(n_expected.values.sum(axis=1), n_expected.outputs - n_expected.base_values, atol=1e-9)


def test_sampling_comes_to_the_exact_values():
    model = MODELS["rbf"][0]().fit(X, Y)
    exact = explain(model, SOME, BACKGROUND, level=("channel", "family"))
    few = explain(model, SOME, BACKGROUND, level=("channel", "family"), method="sampling", random_state=0)
    many = explain(
        model,
        SOME,
        BACKGROUND,
        level=("channel", "family"),
        method="sampling",
        n_permutations=100,
        random_state=0,
    )
    assert exact.errors is None
    size = np.abs(exact.values).max()
    assert np.abs(few.values - exact.values).max() < 0.05 * size
    assert np.abs(many.values - exact.values).mean() < 0.6 * np.abs(few.values - exact.values).mean()
    assert (np.abs(many.values - exact.values) < 5 * many.errors + 1e-9).all()


def test_what_is_behind_the_players_is_run_for_each_coalition():
    model = make_pipeline(features(), StandardScaler(), PCA(5), SVC()).fit(X, Y)
    found = explain(model, SOME[:1], BACKGROUND)
    expected = brute_force(lambda x: pairwise(model, x), SOME[:1], BACKGROUND, [[0], [1], [2], [3]])
    assert found.method == "sampling"
    assert_allclose(found.values, expected, atol=1e-9)
    bands = explain(model, SOME[:1], BACKGROUND, level="band", random_state=0)
    assert_allclose(bands.values.sum(axis=1), found.values.sum(axis=1), atol=1e-9)
    with pytest.raises(ValueError, match="got 'exact': it is for kernel machines .* step 'pca' lies between"):
        explain(model, SOME[:1], BACKGROUND, level="band", method="exact")


def test_ties_between_channels():
    ties = ConnectivityFeatures(64, ["correlation"], ch_names=NAMES)
    model = make_pipeline(make_union(features(), ties), StandardScaler(), LogisticRegression()).fit(X, Y)
    found = explain(model, SOME[:1], BACKGROUND)
    expected = brute_force(lambda x: decisions(model, x), SOME[:1], BACKGROUND, [[0], [1], [2], [3]])
    assert found.method == "sampling"
    assert_allclose(found.values, expected, atol=1e-9)
    families = explain(model, SOME[:1], BACKGROUND, level="family")
    assert families.method == "linear"
    assert families.player_names == ["fft", "time", "connectivity"]
    with pytest.raises(ValueError, match=r"got \('channel', 'band'\): step 'featureunion' mixes channels"):
        explain(model, SOME, BACKGROUND, level=("channel", "band"))


def test_players_within_channels_add_up_to_exact_values_of_channels():
    model = MODELS["rbf"][0]().fit(X, Y)
    nested = explain(model, SOME, BACKGROUND, level="feature", within="channel")
    channels = explain(model, SOME, BACKGROUND)
    assert nested.within == "channel"
    assert_allclose(nested.by("channel").values, channels.values, atol=1e-12)
    assert nested.by("channel").method == "exact"
    plain = explain(model, SOME, BACKGROUND, level="feature")
    assert np.abs(plain.by("channel").values - channels.values).max() > 1e-4
    assert plain.by("channel").method == "exact, summed"
    with pytest.raises(
        ValueError, match="`within` must be None for method 'sampling', taken for this KNeigh"
    ):
        explain(MODELS["neighbors"][0]().fit(X, Y), SOME, BACKGROUND, level="feature", within="channel")
    with pytest.raises(
        ValueError, match=r"`within` must be one of \['channel', .*\] for players of this level"
    ):
        explain(model, SOME, BACKGROUND, level=("channel", "family"), within="band")


@pytest.mark.parametrize("name", ["logistic", "forest"])
def test_sums_of_linear_and_tree_values_are_the_coarser_values(name):
    model = MODELS[name][0]().fit(X, Y)
    fine = explain(model, SOME, BACKGROUND, level="feature")
    for level in ("channel", "band", "region"):
        coarse = explain(model, SOME, BACKGROUND, level=level)
        assert_allclose(fine.by(level).values, coarse.values, atol=1e-12)
        assert fine.by(level).method == coarse.method
        assert fine.by(level).player_names == coarse.player_names
        pd.testing.assert_frame_equal(fine.by(level).players, coarse.players, check_dtype=False)


def test_calibrated_probabilities():
    model = GroupCalibratedClassifier(pipeline(SVC()), cv=2).fit(X, Y)
    found = explain(model, SOME[:2], BACKGROUND, output="probability")
    assert (found.output, found.method) == ("probability", "sampling")
    assert_allclose(found.outputs, model.predict_proba(SOME[:2]), rtol=1e-10)
    expected = brute_force(model.predict_proba, SOME[:2], BACKGROUND, [[0], [1], [2], [3]])
    assert_allclose(found.values, expected, atol=1e-10)
    bands = explain(model, SOME[:2], BACKGROUND, output="probability", level="band", random_state=0)
    assert_allclose(bands.values.sum(axis=1), found.values.sum(axis=1), atol=1e-10)
    forest = explain(MODELS["forest"][0]().fit(X, Y), SOME, BACKGROUND, output="probability")
    assert (forest.output, forest.method) == ("probability", "tree")
    boosting = explain(MODELS["boosting"][0]().fit(X, Y), SOME, BACKGROUND, output="probability")
    assert (boosting.output, boosting.method) == ("probability", "sampling")


@pytest.mark.parametrize("classifier", [SVC(), LogisticRegression(), KNeighborsClassifier()], ids=str)
def test_one_channel(classifier):
    model = make_pipeline(TimeFeatures(), StandardScaler(), classifier).fit(X[:, 1], Y)
    found = explain(model, SOME[:, 1], BACKGROUND[:, 1])
    assert found.values.shape == (5, 1, 3)
    assert_allclose(found.values[:, 0], found.outputs - found.base_values, atol=1e-12)
    three = make_pipeline(TimeFeatures(), StandardScaler(), classifier).fit(X[:, [1]], Y)
    assert_array_equal(explain(three, SOME[:, [1]], BACKGROUND[:, [1]]).values, found.values)


def test_a_channel_that_is_the_same_everywhere_has_the_value_0():
    windows = X.copy()
    windows[:, 2] = 0.0
    model = make_pipeline(features(), StandardScaler(), SVC()).fit(windows, Y)
    found = explain(model, windows[:5], windows[10:18])
    assert found.method == "exact"
    assert_array_equal(found.values[:, 2], 0.0)


def test_order_of_windows_and_channels_does_not_matter():
    model = MODELS["rbf"][0]().fit(X, Y)
    found = explain(model, SOME, BACKGROUND)
    assert_allclose(explain(model, SOME[::-1], BACKGROUND[::-1]).values, found.values[::-1], atol=1e-12)
    other = make_pipeline(TimeFeatures(), StandardScaler(), SVC())
    values = explain(other.fit(X, Y), SOME, BACKGROUND).values
    turned = explain(other.fit(X[:, ::-1], Y), SOME[:, ::-1], BACKGROUND[:, ::-1]).values
    assert_allclose(turned[:, ::-1], values, atol=1e-9)


def test_names_of_channels_may_be_given():
    model = make_pipeline(features().set_params(fftfeatures__ch_names=None, timefeatures__ch_names=None),
                          StandardScaler(), SVC()).fit(X, Y)  # fmt: skip
    assert explain(model, SOME, BACKGROUND).player_names == ["ch0", "ch1", "ch2", "ch3"]
    found = explain(model, SOME, BACKGROUND, level=("channel", "family"), ch_names=NAMES)
    assert found.player_names[0] == "F3 fft"
    assert explain(model, SOME, BACKGROUND, level="region", ch_names=NAMES).player_names == [
        "frontal",
        "occipital",
    ]


def test_epochs_are_windows():
    model = MODELS["baseline"][0]().fit(X, Y)
    info = mne.create_info(NAMES, 64.0, "eeg")
    epochs, others = (mne.EpochsArray(part * 1e-6, info, verbose=False) for part in (SOME, BACKGROUND))
    assert_allclose(explain(model, epochs, others).values, explain(model, SOME, BACKGROUND).values, atol=1e-9)


def test_single_precision():
    model = MODELS["rbf"][0]().fit(X, Y)
    found = explain(model, SOME.astype(np.float32), BACKGROUND.astype(np.float32))
    assert found.method == "exact"
    assert_allclose(found.values, explain(model, SOME, BACKGROUND).values, atol=1e-4)


def test_tables_of_features():
    union = features().fit(X)
    frame = pd.DataFrame(union.transform(X), columns=union.get_feature_names_out())
    model = make_pipeline(StandardScaler(), SelectKBest(k=10), SVC()).fit(frame, Y)
    found = explain(model, frame[:5], frame[10:18])
    whole = explain(make_pipeline(union.set_output(transform="pandas"), model), SOME, BACKGROUND)
    kept = set(found.player_names)
    assert kept == set(whole.player_names)
    assert_allclose(found.values, whole.values[:, [whole.player_names.index(n) for n in found.player_names]])
    assert explain(model, frame[:5], 8, level="family", random_state=0).player_names == ["fft", "time"]
    plain = SVC().fit(frame.to_numpy(), Y)
    assert explain(plain, frame.to_numpy()[:5], level="feature").player_names[:2] == ["x0", "x1"]
    with pytest.raises(ValueError, match="`level` must be of features for this table, got 'channel'"):
        explain(plain, frame.to_numpy())


def test_frames_between_steps():
    model = make_pipeline(features(), StandardScaler(), KNeighborsClassifier())
    values = explain(model.fit(X, Y), SOME, BACKGROUND).values
    framed = model.set_output(transform="pandas").fit(X, Y)
    assert_allclose(explain(framed, SOME, BACKGROUND).values, values, atol=1e-12)


def test_single_features_bring_their_values():
    model = MODELS["rbf"][0]().fit(X, Y)
    found = explain(model, SOME, BACKGROUND, level="feature")
    assert_allclose(found.data, model[:-1].transform(SOME), atol=1e-12)
    assert explain(model, SOME, BACKGROUND).data is None


def test_a_seed_gives_the_same_values():
    model = MODELS["poly"][0]().fit(X, Y)
    first, again, other = (
        explain(model, SOME, 5, level="feature", random_state=seed).values for seed in (0, 0, 1)
    )
    assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_bar_of_progress(capsys):
    model = MODELS["neighbors"][0]().fit(X, Y)
    explain(model, SOME, BACKGROUND, verbose=1)
    assert "5/5" in capsys.readouterr().err
    explain(model, SOME, BACKGROUND)
    assert capsys.readouterr().err == ""


def test_the_model_and_the_windows_stay_as_they_are():
    model = MODELS["baseline"][0]().fit(X, Y)
    windows, background, before = SOME.copy(), BACKGROUND.copy(), model.decision_function(SOME)
    explain(model, windows, background)
    assert_array_equal(windows, SOME)
    assert_array_equal(background, BACKGROUND)
    assert_array_equal(model.decision_function(SOME), before)


def test_errors():
    model = MODELS["rbf"][0]().fit(X, Y)
    with pytest.raises(NotFittedError):
        explain(pipeline(SVC()), X)
    with pytest.raises(ValueError, match="X has windows of 3 channels x 64 time points, but .* fitted on 4"):
        explain(model, X[:, :3])
    with pytest.raises(ValueError, match="`level` must be one of"):
        explain(model, X, level="lobe")
    with pytest.raises(ValueError, match="The 'method' parameter of explain must be a str among"):
        explain(model, X, method="kernel")
    with pytest.raises(
        ValueError, match=r"`method` must be 'auto' or one of \['exact', 'sampling'\] for this SVC"
    ):
        explain(model, SOME, BACKGROUND, method="tree")
    with pytest.raises(ValueError, match=r"got 'linear': it is for linear models and output='auto'"):
        explain(MODELS["logistic"][0]().fit(X, Y), SOME, BACKGROUND, method="linear", output="probability")
    with pytest.raises(ValueError, match="`n_permutations` must be even and at least 4, got 5"):
        explain(MODELS["poly"][0]().fit(X, Y), SOME, BACKGROUND, n_permutations=5)
    flat = make_pipeline(FunctionTransformer(lambda x: x.std(axis=2)), SVC()).fit(X, Y)
    with pytest.raises(ValueError, match="`level` must be of channels for this model, got 'band'"):
        explain(flat, SOME, BACKGROUND, level="band")


def test_recorded_windows(eeg_data):
    eeg = load_helsinki(data_home=eeg_data)
    learnt = np.isin(eeg.groups, np.unique(eeg.groups)[:12])
    model = svm_baseline(eeg.sfreq, ch_names=eeg.ch_names).fit(eeg.data[learnt], eeg.target[learnt])
    windows = eeg.data[~learnt][:10]
    found = explain(model, windows, eeg.data[learnt][::10])
    assert found.method == "exact"
    assert found.player_names == list(eeg.ch_names)
    values = found.values[:, :, 1].sum(axis=1) + found.base_values[1]
    assert_allclose(values, model.decision_function(windows), atol=1e-9)
    assert explain(model, windows, 5, level="hemisphere", random_state=0).player_names == [
        "right",
        "left",
        "midline",
    ]
