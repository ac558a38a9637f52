import pickle
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pytest
import torch
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_eeg.neural import CNNClassifier
from sklearn_eeg.neural._cnn_classifier import ARCHITECTURE_NAMES

sys.path.insert(0, str(Path(__file__).parent))
from plain_network import (
    LABELS,
    Plain,
    X,
    network,
    same,
    windows,
    without_batches,
    y,
)


@pytest.mark.parametrize("name", ARCHITECTURE_NAMES)
def test_every_architecture_learns_a_rhythm(name):
    data, labels = windows(80, n_times=256, snr=2.0)
    net = CNNClassifier(name, sfreq=128.0, max_epochs=12, batch_size=16, random_state=0, device="cpu")
    assert net.fit(data, LABELS[labels]).score(data, LABELS[labels]) > 0.9


def test_the_names_are_those_of_the_table():
    from sklearn_eeg.neural._architectures_torch import ARCHITECTURES

    assert sorted(ARCHITECTURES) == list(ARCHITECTURE_NAMES)


# What braindecode's EEGClassifier fails on:


@pytest.mark.parametrize("labels", [LABELS, np.array([1, 2]), np.array([0, 2]), np.array([-1.0, 1.0])])
def test_labels_of_any_kind(labels):
    net = network(max_epochs=8).fit(X, labels[y])
    np.testing.assert_array_equal(net.classes_, labels)
    assert net.predict(X).dtype == labels.dtype
    assert net.score(X, labels[y]) > 0.9
    np.testing.assert_array_equal(net.predict_proba(X), network(max_epochs=8).fit(X, y).predict_proba(X))


def test_two_dimensions_are_one_channel():
    three, two = network().fit(X[:, :1], y), network().fit(X[:, 0], y)
    assert same(three, two)
    np.testing.assert_array_equal(three.predict_proba(X[:, :1]), two.predict_proba(X[:, 0]))


def test_refitting_on_another_shape_and_another_number_of_classes():
    net = network().fit(X, y)
    again, other = windows(45, 5, 80, 3)
    for fitted in (net.fit(again, other), clone(net).fit(again, other)):
        assert fitted.predict_proba(again).shape == (45, 3)
        assert same(fitted, network().fit(again, other))


def test_weights_count_as_repeats():
    weights = np.arange(60) % 3
    full = {"batch_size": None, "validation": None, "precision": "float64", "architecture": without_batches}
    weighted = network(**full).fit(X, y, sample_weight=weights)
    repeated = network(**full).fit(np.repeat(X, weights, axis=0), np.repeat(y, weights))
    np.testing.assert_allclose(weighted.predict_proba(X), repeated.predict_proba(X), rtol=1e-7)
    assert np.abs(weighted.predict_proba(X) - network(**full).fit(X, y).predict_proba(X)).max() > 1e-3


def test_balanced_classes_are_weights():
    rare = np.flatnonzero((y == 0) | (np.arange(60) % 10 == 1))
    weights = np.where(y[rare] == 0, 36 / 2 / 30, 36 / 2 / 6)
    plain = {"validation": None, "architecture": without_batches}
    balanced = network(**plain, class_weight="balanced").fit(X[rare], y[rare])
    by_dict = network(**plain, class_weight={0: 36 / 2 / 30, 1: 36 / 2 / 6}).fit(X[rare], y[rare])
    assert same(balanced, by_dict)
    assert not same(balanced, network(**plain).fit(X[rare], y[rare]))
    assert (
        balanced.predict_proba(X[rare])[:, 1].mean()
        > network(**plain).fit(X[rare], y[rare]).predict_proba(X[rare])[:, 1].mean()
    )
    assert weights.sum() == pytest.approx(36)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_refused(value):
    bad = X.copy()
    bad[3, 2, 17] = value
    with pytest.raises(ValueError, match="in window 3, channel 'ch2'"):
        network().fit(bad, y)
    net = network().fit(X, y)
    with pytest.raises(ValueError, match="in window 3, channel 'ch2'"):
        net.predict(bad)


# Reproducible, and nobody else's business:


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"mixup": 0.3, "label_smoothing": 0.1, "ema": 0.9},
        {"augmentation": ["noise", "time_shift"], "n_models": 2},
        {"architecture": "eegnet", "max_epochs": 2},
    ],
)
def test_the_same_seed_gives_the_same_network_to_the_bit(params):
    first = network(**params).fit(X, y)
    torch.rand(3)
    assert same(first, network(**params).fit(X, y))
    assert same(first, network(**params | {"random_state": np.random.RandomState(0)}).fit(X, y))
    assert not same(first, network(**params | {"random_state": 1}).fit(X, y))


def test_torchs_global_state_is_left_alone():
    before = torch.get_rng_state(), torch.initial_seed(), torch.get_num_threads(), torch.is_grad_enabled()
    numpy_before = np.random.get_state()[1].copy()  # noqa: NPY002
    net = network(mixup=0.2, augmentation=["noise"]).fit(X, y)
    net.predict(X)
    pickle.loads(pickle.dumps(net)).predict(X)
    after = torch.get_rng_state(), torch.initial_seed(), torch.get_num_threads(), torch.is_grad_enabled()
    assert torch.equal(after[0], before[0])
    assert after[1:] == before[1:]
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_before)  # noqa: NPY002


def test_fits_in_threads_do_not_mix():
    expected = [network(random_state=seed).fit(X, y) for seed in range(3)]
    found = joblib.Parallel(n_jobs=3, backend="threading")(
        joblib.delayed(network(random_state=seed).fit)(X, y) for seed in range(3)
    )
    assert all(same(one, other) for one, other in zip(expected, found, strict=True))


def test_the_windows_are_not_changed_and_any_layout_gives_the_same():
    before = X.copy()
    net = network().fit(X, y)
    np.testing.assert_array_equal(X, before)
    for other in (np.asfortranarray(X), np.repeat(X, 2, axis=2)[:, :, ::2], X.astype(">f8")):
        assert same(net, network().fit(other, y))
    X.setflags(write=False)
    try:
        assert same(net, network().fit(X, y))
        np.testing.assert_array_equal(net.predict_proba(X), net.predict_proba(before))
    finally:
        X.setflags(write=True)


def test_single_precision_windows():
    single = network().fit(X.astype(np.float32), y).predict_proba(X.astype(np.float32))
    np.testing.assert_allclose(single, network().fit(X, y).predict_proba(X), atol=2e-3)


def test_scale_and_offset_of_a_channel_do_not_matter():
    moved = X * [[[1e-2], [1.0], [1e3]]] + [[[1e4], [0.0], [-1e5]]]
    np.testing.assert_allclose(
        network().fit(moved, y).predict_proba(moved), network().fit(X, y).predict_proba(X), atol=1e-3
    )


def test_a_flat_channel_is_legal():
    flat = X.copy()
    flat[:, 1] = -7.7
    net = network().fit(flat, y)
    assert np.isfinite(net.predict_proba(flat)).all()


# In scikit-learn's hands:


def test_grid_search_and_cross_validation_in_processes():
    search = GridSearchCV(
        network(), {"architecture_options": [{"n_filters": 2}, {"n_filters": 4}]}, cv=2, n_jobs=2
    )
    search.fit(X, LABELS[y])
    assert search.best_estimator_.modules_[0].network.filters.out_channels in (2, 4)
    scores = cross_validate(network(), X, y, cv=3, n_jobs=2, return_estimator=True)
    assert len(scores["estimator"]) == 3
    folds = np.concatenate([est.predict(X) for est in scores["estimator"]])
    assert folds.shape == (180,)


def test_groups_are_routed_without_being_asked_for():
    groups = np.repeat(np.arange(6), 10)
    with config_context(enable_metadata_routing=True):
        assert network().get_metadata_routing().fit.requests["groups"] is True
        pipe = make_pipeline(FunctionTransformer(), network())
        found = pipe.fit(X, y, groups=groups)[-1]
        scores = cross_validate(network(), X, y, cv=StratifiedGroupKFold(3), params={"groups": groups})
        assert len(scores["test_score"]) == 3
    assert same(found, network().fit(X, y, groups=groups))
    assert not same(found, network().fit(X, y))


# How training goes on, stops and is shown:


def test_warm_start_goes_on():
    net = network(warm_start=True, validation=None, schedule=None, max_epochs=3)
    first = net.fit(X, y).history_["train_loss"].iloc[-1]
    scale = net._members[0]["scale"]
    net.fit(2 * X, y)
    assert net.history_["epoch"].tolist() == [1, 2, 3, 4, 5, 6]
    assert net.history_["train_loss"].iloc[-1] < first
    np.testing.assert_array_equal(net._members[0]["scale"], scale)
    with pytest.raises(ValueError, match=r"labels of the classes \[0, 1\] only, got \[2\]"):
        net.fit(X, y + 1)
    with pytest.raises(ValueError, match="fitted on 3 channels"):
        net.fit(X[:, :2], y)
    with pytest.raises(ValueError, match="`n_models` must stay 1 where training goes on, got 2"):
        net.set_params(n_models=2).fit(X, y)


def test_a_fit_that_fails_leaves_no_half_fitted_network():
    net = network().fit(X, y)
    with pytest.raises(ValueError, match="lower `lr`"):
        net.set_params(lr=1e30, clip_norm=None).fit(*windows(n_channels=2))
    with pytest.raises(NotFittedError):
        net.predict(X)


def test_partial_fit_learns_batch_by_batch():
    net = network(lr=0.02)
    for epoch in range(8):
        for start in range(0, 60, 20):
            part = slice(start, start + 20)
            net.partial_fit(X[part], LABELS[y][part], classes=LABELS if (epoch, start) == (0, 0) else None)
    assert net.score(X, LABELS[y]) > 0.9
    assert len(net.history_) == net.n_iter_ == 24
    with pytest.raises(ValueError, match="only, got"):
        net.partial_fit(X[:2], ["rest", "sleep"])


def test_partial_fit_may_be_pickled_in_between():
    whole, broken = network(), network()
    for start in range(0, 60, 20):
        part = slice(start, start + 20)
        whole.partial_fit(X[part], y[part])
        broken = pickle.loads(pickle.dumps(broken)).partial_fit(X[part], y[part])
    assert same(whole, broken)


def test_partial_fit_of_one_class_at_first():
    net = network().partial_fit(X[y == 0], y[y == 0], classes=[0, 1])
    assert net.predict_proba(X).shape == (60, 2)


def test_names_of_channels_make_the_symmetry_flip():
    names = ["T7", "Cz", "T8"]
    network(augmentation=["symmetry_flip"], ch_names=names).fit(X, y)
    with pytest.raises(ValueError, match="10-10 system"):
        network(augmentation=["symmetry_flip"]).fit(X, y)


def test_epochs_of_mne():
    mne = pytest.importorskip("mne")
    info = mne.create_info(["T7", "Cz", "T8"], 64.0, "eeg")
    epochs = mne.EpochsArray(X * 1e-6, info, verbose="error")
    net = network(sfreq=64.0).fit(epochs, y)
    assert net.ch_names_in_ == ["T7", "Cz", "T8"]
    np.testing.assert_allclose(
        net.predict_proba(epochs), network(sfreq=64.0).fit(X, y).predict_proba(X), atol=1e-3
    )
    with pytest.raises(ValueError, match="sampled at 64.0 Hz"):
        network(sfreq=128.0).fit(epochs, y)


# What is refused, and how:


def test_errors():
    with pytest.raises(ValueError, match="'architecture' parameter of CNNClassifier must be"):
        network(architecture="resnet").fit(X, y)
    with pytest.raises(ValueError, match="a class or a function that builds a module, got a module of Plain"):
        network(architecture=Plain(3, 64, 2)).fit(X, y)
    with pytest.raises(ValueError, match=r"must give logits of shape \(n_windows, 2\), got \(2, 3\)"):
        network(architecture=lambda n_channels, n_times, n_classes: Plain(n_channels, n_times, 3)).fit(X, y)
    with pytest.raises(ValueError, match="The loss became nan in step .* lower `lr`, got 1e\\+30"):
        network(lr=1e30, clip_norm=None).fit(X, y)
    with pytest.raises(ValueError, match="at least two classes"):
        network().fit(X, np.zeros(60))
    with pytest.raises(ValueError, match="requires y to be passed"):
        network().fit(X, None)
    with pytest.raises(ValueError, match="`device` must be"):
        network(device="abacus").fit(X, y)
    with pytest.raises(ValueError, match="`validation` must be None where there is one patient"):
        network().fit(X, y, groups=np.zeros(60))


def test_importing_the_room_imports_no_torch():
    code = (
        "import sys, sklearn_eeg.neural as n; n.CNNClassifier(); "
        "print(sorted({'torch', 'skorch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
