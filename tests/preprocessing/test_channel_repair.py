import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from sklearn_eeg._montage import CH_NAMES_1020
from sklearn_eeg.datasets import load_guinea_bissau, make_seizures
from sklearn_eeg.features import TimeFeatures
from sklearn_eeg.preprocessing import ChannelRepair, Rereference
from sklearn_eeg.signal import spherical_spline

NAMES = list(CH_NAMES_1020)
SIMULATED = make_seizures(8, windows_per_patient=20, artefacts=False, random_state=0)
CLEAN = SIMULATED.data
WINDOWS = np.arange(len(CLEAN))


def flat(x, rng):
    return np.full_like(x, rng.normal(scale=50))


def missing(x, rng):
    x = x.copy()
    x[rng.integers(len(x)) :] = np.nan
    return x


def railed(x, rng):
    limit = np.quantile(np.abs(x), 0.2)
    return np.clip(x, -limit, limit)


def noise(x, rng):
    return x + rng.normal(scale=60, size=x.shape)


def hum(x, rng):
    return x + 100 * np.sin(2 * np.pi * 50 * np.arange(len(x)) / 128)


def nothing_but_noise(x, rng):
    return rng.normal(scale=50, size=x.shape)


FAULTS = [flat, missing, railed, noise, hum, nothing_but_noise]


def nothing_but_faint_noise(x, rng):
    return rng.normal(scale=0.3, size=x.shape)


def faint(x, rng):
    return x / 20 + rng.normal(scale=0.3, size=x.shape)


def half_dead(x, rng):
    return np.where(np.arange(len(x)) < len(x) // 2, rng.normal(scale=50), x)


def dead_at_times(x, rng):
    x = x.copy()
    for start in rng.permutation(4)[:3] * 128:
        x[start : start + 70] = 0.0
    return x


QUIET = [nothing_but_faint_noise, faint, half_dead, dead_at_times]


def spoil(fault, seed=0, share=1):
    """Return the windows with one channel of each (or of a share) spoilt, and which."""
    rng = np.random.default_rng(seed)
    X, bad = CLEAN.copy(), np.zeros(CLEAN.shape[:2], dtype=bool)
    for window in WINDOWS[:: int(1 / share)]:
        channel = rng.integers(19)
        X[window, channel] = fault(X[window, channel], rng)
        bad[window, channel] = True
    return X, bad


def repair(**parameters):
    return ChannelRepair(**({"ch_names": NAMES} | parameters))


@pytest.mark.parametrize("fault", FAULTS + QUIET, ids=lambda fault: fault.__name__)
def test_bad_channels_are_found_and_good_ones_are_not(fault):
    X, bad = spoil(fault)
    found = repair().fit(X).bad_channels_
    assert found[bad].mean() > 0.96
    assert found[~bad].mean() < 0.001


def test_moderate_hum_of_one_channel_is_mostly_found():
    X, bad = spoil(lambda x, rng: x + 30 * np.sin(2 * np.pi * 50 * np.arange(len(x)) / 128 + rng.normal()))
    found = repair().fit(X).bad_channels_
    assert found[bad].mean() > 0.85
    assert found[~bad].mean() == 0


def test_a_quiet_channel_is_relative_to_the_others():
    X, bad = spoil(faint)
    step = repair(detect=["flat"], flat_microvolts=0.0)
    for scale in (0.1, 30.0):
        np.testing.assert_array_equal(step.fit(scale * X).bad_channels_, bad)
    assert not repair(detect=["flat"], noise_threshold=50.0).fit(X).bad_channels_.any()
    assert not step.fit(X / np.where(bad, 1, 20)[..., np.newaxis]).bad_channels_.any()  # all are as quiet


def test_fit_transform_judges_each_window_once(monkeypatch):
    X, _ = spoil(noise, share=0.25)
    expected, judged = repair().fit(X).transform(X), []
    judge = ChannelRepair._judge
    monkeypatch.setattr(ChannelRepair, "_judge", lambda self, x: judged.append(1) or judge(self, x))
    step = repair()
    out = step.fit_transform(X)
    assert len(judged) == len(X)
    np.testing.assert_array_equal(out, expected)
    assert out.ch_names == NAMES
    with pytest.raises(ValueError, match="window with 1 good channels"):
        repair().fit_transform(np.where(np.arange(19)[:, np.newaxis] > 0, np.nan, X))


def test_fit_transform_of_one_channel_obeys_set_output():
    table = ChannelRepair().set_output(transform="pandas").fit_transform(CLEAN[:, 0])
    assert list(table.columns) == [f"x{index}" for index in range(512)]
    np.testing.assert_array_equal(table, CLEAN[:, 0])


def test_seizures_are_not_bad_channels():
    found = repair().fit(CLEAN).bad_channels_
    for label in range(5):
        assert found[SIMULATED.target == label].mean() == 0


def test_few_good_channels_are_lost_to_artefacts():
    X = make_seizures(8, windows_per_patient=20, random_state=0).data
    assert repair().fit(X).bad_channels_.mean() < 0.002


def test_a_large_spike_that_its_neighbours_share_is_kept():
    X = CLEAN[:5].copy()
    X[:, :2] += 600 * np.exp(-0.5 * ((np.arange(512) - 200) / 30) ** 2)  # a blink at Fp1 and Fp2
    assert not repair().fit(X).bad_channels_.any()


def test_bridged_electrodes_are_found():
    X = CLEAN.copy()
    rng = np.random.default_rng(0)
    X[:, [3, 8]] = X[:, [3, 8]].mean(axis=1, keepdims=True) + rng.normal(scale=0.7, size=(160, 2, 512))
    found = repair().fit(X).bad_channels_
    assert found[:, [3, 8]].mean() > 0.95
    assert np.delete(found, [3, 8], axis=1).mean() < 0.001


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_repaired_channels_are_nearer_to_the_truth(fault):
    X, bad = spoil(fault)
    step = repair().fit(X)
    bad &= step.bad_channels_
    true, out = CLEAN[bad], step.transform(X)[bad]
    left, others = np.nan_to_num(X[bad]), []
    for window, channel in np.argwhere(bad):
        others.append(np.delete(CLEAN[window], channel, axis=0).mean(axis=0))
    error, mean_error = ((np.square(e - true)).mean() for e in (out, np.array(others)))
    assert error < 0.72 * mean_error
    assert error < 0.9 * np.square(left - true).mean()
    correlations = [np.corrcoef(a, b)[0, 1] for a, b in zip(out, true, strict=True)]
    assert np.median(correlations) > 0.7


def test_several_bad_channels_at_once():
    X = CLEAN.copy()
    rng = np.random.default_rng(0)
    for window in WINDOWS:
        X[window, rng.permutation(19)[:4]] = np.nan
    lost = np.isnan(X).any(axis=-1)
    step = repair().fit(X)
    np.testing.assert_array_equal(step.bad_channels_, lost)
    out = step.transform(X)
    correlations = [np.corrcoef(a, b)[0, 1] for a, b in zip(out[lost], CLEAN[lost], strict=True)]
    assert np.median(correlations) > 0.65


def test_good_channels_and_good_windows_are_not_touched():
    X, bad = spoil(noise, share=0.25)
    step = repair().fit(X)
    out = step.transform(X)
    np.testing.assert_array_equal(out[~step.bad_channels_], X[~step.bad_channels_])
    assert not step.bad_channels_[~bad.any(axis=1)].any()


def test_the_interpolation_is_the_spherical_spline():
    X = CLEAN[:3].copy()
    X[1, 9] = np.nan
    step = repair()
    out = step.fit_transform(X)
    others = np.arange(19) != 9
    weights = spherical_spline(step.positions_[others], step.positions_[[9]])
    np.testing.assert_allclose(out[1, 9], weights[0] @ CLEAN[1, others], rtol=0, atol=1e-10)


def test_names_in_any_spelling():
    X, _ = spoil(flat)
    written = [f"EEG {name.upper()}-REF".replace("P7", "T5") for name in NAMES]
    step = repair(ch_names=written)
    np.testing.assert_array_equal(step.fit_transform(X), repair().fit_transform(X))
    assert list(step.get_feature_names_out()) == written


@pytest.mark.parametrize("fault", ["nan", "flat", "railed", "bridged", "noisy"])
def test_each_fault_is_looked_for_only_on_demand(fault):
    X = CLEAN[:6].copy()
    X[0, 2] = 0.0
    X[1, 3] = railed(X[1, 3], None)
    X[2, 4] = X[2, 5]
    X[3, 6] = noise(X[3, 6], np.random.default_rng(0))
    X[4, 7, 100] = np.inf if fault == "nan" else 0.0
    found = np.argwhere(repair(detect=[fault]).fit(X).bad_channels_).tolist()
    expected = {
        "flat": [[0, 2], [1, 3]],  # clipped as low as that, a channel is quiet as well
        "railed": [[0, 2], [1, 3]],  # a flat channel rests as well
        "bridged": [[2, 4], [2, 5]],
        "noisy": [[3, 6]],
        "nan": [[4, 7]],
    }
    assert found == expected[fault]


def test_thresholds_are_obeyed():
    X = CLEAN[:1].copy()
    X[0, 2] = 2 * (np.arange(512) % 2)  # a range of 2
    X[0, 3] = np.clip(X[0, 3], None, np.quantile(X[0, 3], 0.9))
    assert repair(detect=["flat"], flat_microvolts=2.0).fit(X).bad_channels_[0, 2]
    calm = {"detect": ["flat"], "noise_threshold": 50.0}
    assert not repair(flat_microvolts=1.9, **calm).fit(X).bad_channels_.any()
    X[0, 2, 128:] = CLEAN[0, 2, 128:]  # a range of 2 in a quarter of the window
    assert repair(flat_microvolts=2.0, flat_share=0.25, **calm).fit(X).bad_channels_[0, 2]
    assert not repair(flat_microvolts=2.0, flat_share=0.27, **calm).fit(X).bad_channels_.any()
    assert repair(detect=["railed"], railed_share=0.03).fit(X).bad_channels_[0, 3]
    assert not repair(detect=["railed"], railed_share=0.2).fit(X).bad_channels_.any()
    X[0, 4] = X[0, 5] + np.random.default_rng(0).normal(scale=5, size=512)
    assert repair(detect=["bridged"], bridge_ratio=0.5).fit(X).bad_channels_[0, 4:6].all()
    assert not repair(detect=["bridged"], bridge_ratio=0.05).fit(X).bad_channels_.any()
    X[0, 6] = nothing_but_noise(X[0, 6], np.random.default_rng(0))
    assert repair(detect=["noisy"], noise_threshold=5.0).fit(X).bad_channels_[0, 6]
    assert not repair(detect=["noisy"], noise_threshold=50.0).fit(X).bad_channels_.any()


def test_windows_with_too_few_good_channels_are_left_as_they_are():
    X = CLEAN[:4].copy()
    X[1, :10] = 0.0
    X[2] = -3.3
    step = repair().fit(X)
    assert step.bad_channels_[1].sum() == 10
    np.testing.assert_array_equal(step.transform(X), X)
    assert np.ptp(repair(min_good_share=0.4).fit_transform(X)[1, :10], axis=-1).min() > 1
    np.testing.assert_array_equal(step.find_bad_channels(X), step.bad_channels_)


def test_nan_that_cannot_be_repaired_is_refused():
    X = CLEAN[:4].copy()
    X[1, :10, 5] = np.nan
    step = repair().fit(X)
    assert step.bad_channels_.sum() == 10
    with pytest.raises(
        ValueError, match=r"in a window with 9 good channels of 19, too few .*: drop the windows"
    ):
        step.transform(X)
    kept = X[step.find_bad_channels(X).mean(axis=1) < 0.5]
    assert np.isfinite(step.transform(kept)).all()
    assert np.isfinite(repair(min_good_share=0.4).fit_transform(X)).all()


def test_nan_is_refused_where_it_is_not_looked_for():
    X = CLEAN[:4].copy()
    X[2, 9, 5] = np.nan
    step = repair(detect=["flat"])
    with pytest.raises(ValueError, match="contains NaN in window 2, channel 'Cz'"):
        step.fit(X)


def test_one_channel_is_left_as_it_is_and_nan_in_it_refused():
    X = CLEAN[:, 0].copy()
    X[3] = 7.0
    step = ChannelRepair().fit(X)
    np.testing.assert_array_equal(step.transform(X), X)
    assert step.bad_channels_.shape == (160, 1)
    assert not step.bad_channels_.any()
    X[3, 5] = np.nan
    with pytest.raises(ValueError, match="contains NaN in window 3, channel 'ch0'"):
        step.transform(X)
    with pytest.raises(ValueError, match="contains NaN in window 3, channel 'ch0'"):
        ChannelRepair().fit(X)


@pytest.mark.parametrize("n_times", [2, 3, 10])
@pytest.mark.parametrize("n_channels", [2, 3, 4])
def test_small_windows(n_channels, n_times):
    X = np.random.default_rng(0).normal(scale=20, size=(5, n_channels, max(n_times, n_channels)))
    out = ChannelRepair(ch_names=NAMES[:n_channels]).fit_transform(X)
    np.testing.assert_array_equal(out, X)


@pytest.mark.parametrize("scale", [0.05, 20.0])
def test_noise_and_bridges_are_relative(scale):
    X, _ = spoil(noise)
    step = repair(detect=["noisy", "bridged"])
    np.testing.assert_array_equal(step.fit(X * scale).bad_channels_, step.fit(X).bad_channels_)


def test_order_of_channels_does_not_matter():
    X, _ = spoil(noise)
    order = np.random.default_rng(0).permutation(19)
    turned = repair(ch_names=[NAMES[index] for index in order]).fit_transform(X[:, order])
    np.testing.assert_allclose(turned, repair().fit_transform(X)[:, order], rtol=0, atol=1e-9)


def test_batch_equals_loop():
    X, _ = spoil(noise)
    step = repair().fit(X)
    one_by_one = np.concatenate([step.transform(X[[index]]) for index in WINDOWS])
    np.testing.assert_allclose(step.transform(X), one_by_one, rtol=0, atol=1e-10)


def test_single_precision():
    X, _ = spoil(nothing_but_noise)
    single = repair().fit_transform(X.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, repair().fit_transform(X), rtol=0, atol=1e-3)


def test_input_is_not_changed_and_may_be_read_only():
    X, _ = spoil(missing)
    before = X.copy()
    X.setflags(write=False)
    repair().fit_transform(X)
    np.testing.assert_array_equal(X, before)


def test_clone_and_pickle():
    X, _ = spoil(missing)
    fitted = clone(repair(noise_threshold=4.0)).fit(X)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.transform(X), fitted.transform(X))


def test_in_a_pipeline_before_the_montage():
    X, _ = spoil(missing)
    pipeline = make_pipeline(repair(), Rereference("double_banana"), TimeFeatures())
    table = pipeline.set_output(transform="pandas").fit_transform(X)
    assert np.isfinite(table.to_numpy()).all()
    assert table.columns[0].startswith("Fp1-F7__")


def test_other_shapes_than_fitted_are_refused():
    step = repair().fit(CLEAN)
    with pytest.raises(ValueError, match=r"3 channels x 512 .* fitted on 19 channels x 512"):
        step.transform(CLEAN[:, :3])
    with pytest.raises(ValueError, match=r"3 channels x 512 .* fitted on 19 channels x 512"):
        step.find_bad_channels(CLEAN[:, :3])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"ch_names": None}, r"must know where the channels lie: pass `ch_names`.* got \['ch0', "),
        ({"ch_names": [*NAMES[:18], "ECG"]}, r"got \['ECG'\]: rename or drop"),
        ({"ch_names": [*NAMES[:18], "T3"]}, "different places, got 'T7' and 'T3'"),
        ({"ch_names": [*NAMES[:18], "Fp1-F7"]}, "share one reference, got pairs among .*before pairs are"),
        ({"detect": ["flat", "dull"]}, r"`detect` must hold words of \['nan', .*\], got \['dull'\]"),
        ({"detect": "flat"}, "'detect' parameter of ChannelRepair must be"),
        ({"flat_share": 0.0}, "'flat_share' parameter of ChannelRepair must be"),
        ({"railed_share": 0.0}, "'railed_share' parameter of ChannelRepair must be"),
        ({"noise_threshold": 0.0}, "'noise_threshold' parameter of ChannelRepair must be"),
        ({"bridge_ratio": 1.0}, "'bridge_ratio' parameter of ChannelRepair must be"),
        ({"flat_microvolts": -1}, "'flat_microvolts' parameter of ChannelRepair must be"),
        ({"min_good_share": 1.1}, "'min_good_share' parameter of ChannelRepair must be"),
    ],
)
def test_bad_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        repair(**parameters).fit(CLEAN[:3])


def test_a_real_recording_keeps_its_channels(eeg_data):
    edfio = pytest.importorskip("edfio", reason="needs edfio")
    path = eeg_data / "edf_clinical" / "test_edf_overlapping_annotations.edf"
    if not path.exists():
        pytest.skip(f"real data wanted: no {path}")
    signals = edfio.read_edf(path).signals
    X = np.array([signal.data[: 60 * 256] for signal in signals]).reshape(64, 60, -1).transpose(1, 0, 2)
    step = ChannelRepair(ch_names=[signal.label for signal in signals]).fit(X)
    assert step.bad_channels_.mean() < 0.01


def test_in_real_windows_flat_channels_are_found_and_few_others(eeg_data):
    if not (eeg_data / "guinea_bissau").is_dir():
        pytest.skip(f"real data wanted: no {eeg_data / 'guinea_bissau'}")
    bunch = load_guinea_bissau(eeg_data, subjects=[12, 15, 21])
    calm = np.ptp(bunch.data, axis=-1).max(axis=1) < 1000
    assert calm.mean() > 0.5
    X, step = bunch.data[calm], repair(ch_names=bunch.ch_names)
    assert step.fit(X).bad_channels_.mean() < 0.03
    assert step.set_params(detect=["flat"]).fit(X).bad_channels_.mean() < 0.002
    X = X.copy()
    X[:, 4] = np.random.default_rng(0).normal(scale=0.3, size=X[:, 4].shape)
    X[:, 9, :320] = X[:, 9, [320]]
    found = step.fit(X).bad_channels_.mean(axis=0)
    assert found[4] > 0.8
    assert found[9] == 1
    assert np.delete(found, [4, 9]).max() < 0.02
