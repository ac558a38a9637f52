import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline

from sklearn_eeg.datasets import make_seizures
from sklearn_eeg.explain import explain
from sklearn_eeg.features import RandomKernelFeatures
from sklearn_eeg.signal._convolution_kernels import shares_above

X = np.random.default_rng(0).normal(size=(6, 3, 128))


def test_columns_are_shares_of_their_channel():
    features = RandomKernelFeatures(84 * 6, random_state=0, ch_names=["C3", "Cz", "C4"])
    table = features.fit_transform(X)
    assert table.shape == (6, 84 * 6)
    names = features.get_feature_names_out()
    assert len(set(names)) == len(names) == 84 * 6
    middle = np.flatnonzero([name.startswith("Cz__kernel__") for name in names])
    expected = shares_above(X[:, 1], features.dilations_, features.thresholds_[1])
    np.testing.assert_array_equal(table[:, middle], expected)
    info = features.get_feature_info()
    assert set(info["channel"]) == {"C3", "Cz", "C4"}
    assert set(info["family"]) == {"kernel"}


def test_other_channels_do_not_matter():
    features = RandomKernelFeatures(84 * 3, random_state=0, ch_names=["C3", "Cz", "C4"]).fit(X)
    changed = X.copy()
    changed[:, 0] = 0
    same = np.all(features.transform(changed) == features.transform(X), axis=0)
    of_first = features.get_feature_info()["channel"] == "C3"
    assert same[~of_first].all()
    assert not same[of_first].all()


def test_thresholds_come_from_the_windows_of_fit_alone():
    features = RandomKernelFeatures(84 * 3, random_state=0)
    first = features.fit(X[:3]).thresholds_
    loud = features.fit(100 * X[:3]).thresholds_
    np.testing.assert_allclose(loud, 100 * first, rtol=1e-5)
    np.testing.assert_array_equal(features.fit(X[:3]).thresholds_, first)
    before = features.thresholds_.copy()
    features.transform(X)
    np.testing.assert_array_equal(features.thresholds_, before)


def test_threads_change_nothing():
    long = np.random.default_rng(0).normal(size=(40, 19, 2000))
    one = RandomKernelFeatures(random_state=0).fit(long)
    two = RandomKernelFeatures(random_state=0, n_jobs=2).fit(long)
    np.testing.assert_array_equal(one.transform(long[:30]), two.transform(long[:30]))


def test_the_number_of_features_is_checked():
    with pytest.raises(
        ValueError, match=r"The 'n_features' parameter of RandomKernelFeatures must be an int"
    ):
        RandomKernelFeatures(83).fit(X)
    assert RandomKernelFeatures(84, random_state=0).fit_transform(X).shape == (6, 84 * 3)


def test_they_tell_seizures_apart_and_are_explained_by_channel():
    eeg = make_seizures(
        n_patients=6, windows_per_patient=20, window_seconds=2, difficulty=0.5, random_state=0
    )
    y = (eeg.target > 0).astype(int)
    first = eeg.groups < 4
    model = make_pipeline(
        RandomKernelFeatures(84 * 19 * 2, random_state=0, ch_names=eeg.ch_names), RidgeClassifier(100)
    )
    model.fit(eeg.data[first], y[first])
    assert model.score(eeg.data[~first], y[~first]) > 0.75
    explained = explain(model, eeg.data[~first][:3], eeg.data[first][:40], level="channel")
    assert explained.player_names == list(eeg.ch_names)
