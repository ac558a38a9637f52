import json
import pickle

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.model_selection import cross_val_score

from sklearn_eeg._windows import as_3d, check_windows, name_windows
from sklearn_eeg.features import FFTFeatures, TimeFeatures
from sklearn_eeg.preprocessing import Denoiser
from sklearn_eeg.systems import svm_baseline

mne = pytest.importorskip("mne", reason="needs mne")

NAMES = ["Fz", "Cz", "Pz"]
X = np.random.default_rng(0).normal(scale=20, size=(6, 3, 256))


def epochs(types="eeg", names=NAMES, sfreq=128.0):
    return mne.EpochsArray(X * 1e-6, mne.create_info(names, sfreq, types), verbose="error")


def test_two_dimensions_are_one_channel():
    assert as_3d(X[:, 0]).shape == (6, 1, 256)
    assert as_3d(X) is X


def test_windows_are_not_copied():
    assert np.shares_memory(check_windows(BaseEstimator(), X, reset=True), X)


def test_lists_are_windows():
    assert check_windows(BaseEstimator(), X.tolist(), reset=True).shape == X.shape


@pytest.mark.parametrize("shape", [(0, 3, 10), (2, 0, 10), (2, 3, 0)])
def test_empty_windows(shape):
    with pytest.raises(ValueError, match=r"at least one window, channel and time point|0 sample"):
        check_windows(BaseEstimator(), np.zeros(shape), reset=True)


def test_huge_values_are_not_taken_for_infinity():
    check_windows(BaseEstimator(), np.full((2, 3, 4), 1e308), reset=True)


def test_epochs_come_out_in_microvolts_with_their_names():
    table = TimeFeatures(["rms"]).set_output(transform="pandas").fit_transform(epochs())
    assert list(table.columns) == [f"{name}__time__rms" for name in NAMES]
    np.testing.assert_allclose(table.to_numpy(), np.sqrt(np.square(X).mean(axis=-1)))


def test_names_of_epochs_reach_the_features_through_the_denoiser():
    pipeline = svm_baseline(sfreq=128.0).fit(epochs(), [0, 1] * 3)
    names = pipeline[:-1].get_feature_names_out()
    assert names[0] == "Fz__fft__delta__log_power"
    assert {name.split("__")[0] for name in names} == set(NAMES)
    assert pipeline.predict(epochs()).shape == (6,)


def test_epochs_of_another_rate():
    with pytest.raises(ValueError, match=r"`sfreq` is 128.0 Hz but .* sampled at 100.0 Hz: set"):
        FFTFeatures(sfreq=128.0).fit(epochs(sfreq=100.0))


def test_epochs_with_other_channels_than_named():
    with pytest.raises(ValueError, match=r"channels of X are \['Fz', 'Cz', 'Pz'\], but Denoiser expects"):
        Denoiser(sfreq=128.0, ch_names=["a", "b", "c"]).fit(epochs())
    step = Denoiser(sfreq=128.0, band=None).fit(epochs())
    with pytest.raises(ValueError, match="reorder or rename them"):
        step.transform(epochs(names=["Cz", "Fz", "Pz"]))


def test_epochs_with_channels_that_are_no_eeg():
    with pytest.raises(ValueError, match=r"type \['ecg'\]: pick the EEG first"):
        TimeFeatures().fit(epochs(types=["eeg", "eeg", "ecg"]))


def test_epochs_in_the_hands_of_scikit_learn():
    scores = cross_val_score(svm_baseline(sfreq=128.0), epochs(), [0, 1] * 3, cv=3, error_score="raise")
    assert len(scores) == 3


def test_epochs_of_different_channels_in_one_list():
    mixed = [epochs(), epochs(names=["Cz", "Fz", "Pz"])]
    with pytest.raises(ValueError, match="epochs must have the same channels"):
        TimeFeatures().fit(mixed)


def test_continuous_recordings_are_refused():
    raw = mne.io.RawArray(X[0] * 1e-6, mne.create_info(NAMES, 128.0, "eeg"), verbose="error")
    with pytest.raises(ValueError, match="or mne.Epochs, got RawArray: cut it into epochs first"):
        TimeFeatures().fit(raw)


def test_an_array_made_from_named_windows_has_no_names():
    named = name_windows(X, NAMES)
    assert named.ch_names == NAMES
    assert pickle.loads(pickle.dumps(named)).ch_names == NAMES
    assert named[:, ::-1].ch_names is None
    assert np.take(named, [1, 0, 2], axis=1).ch_names is None


def test_numbers_computed_from_named_windows_are_plain_numbers():
    named = name_windows(X, NAMES)
    for name in ("max", "min", "sum", "mean", "std"):
        number = getattr(named, name)()
        assert type(number) is np.float64
        assert number == getattr(X, name)()
    assert json.loads(json.dumps({"largest": named.max()})) == {"largest": X.max()}
    assert {named.max(): 1}[X.max()] == 1
    assert type((named == X).all()) is np.bool_
    assert type(name_windows(X.astype(np.float32), NAMES).max()) is np.float32


def test_arrays_computed_from_named_windows_are_plain_arrays():
    named = name_windows(X.copy(), NAMES)
    for array in (named + 1, np.abs(named), named.mean(axis=-1), named.sum(keepdims=True), named > 0):
        assert type(array) is np.ndarray
    np.testing.assert_array_equal(named + 1, X + 1)
    same = named
    named += 1
    assert named is same
    assert named.ch_names == NAMES
    np.testing.assert_array_equal(named, X + 1)


def test_volts_are_warned_of():
    with pytest.warns(UserWarning, match="if they are in volts, multiply by 1e6"):
        check_windows(BaseEstimator(), X * 1e-6, reset=True)
    fitted = TimeFeatures().fit(X)
    with pytest.warns(UserWarning, match="should be in microvolts"):
        fitted.transform(X * 1e-6)


def test_turned_axes_are_warned_of():
    with pytest.warns(UserWarning, match=r"more channels \(256\) than time points \(3\)"):
        check_windows(BaseEstimator(), X.transpose(0, 2, 1), reset=True)
