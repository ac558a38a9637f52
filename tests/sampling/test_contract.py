"""What every sampler of the room keeps: imbalanced-learn's checks, and the house's own in 3-D.

scikit-learn's checks are run with those of all estimators, in ``tests/house``.
"""

import pickle
import re

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline
from imblearn.utils.estimator_checks import estimator_checks_generator
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score

from sklearn_eeg.preprocessing import ChannelScaler
from sklearn_eeg.sampling import SurrogateOversampler, WGANOversampler, WindowSMOTE

pytestmark = pytest.mark.usefixtures("few_simulated")

SURROGATES = ("fourier", "iaaft", "noise", "time_shift", "segments", "gaussian")
INSTANCES = [
    *(SurrogateOversampler(method, max_iterations=10, random_state=0) for method in SURROGATES),
    *(WindowSMOTE(kind, random_state=0) for kind in ("smote", "borderline", "adasyn")),
    WGANOversampler(
        latent=4, generator_widths=(4, 4), critic_widths=(4, 4), kernel=3, batch_size=8, max_steps=2,
        random_state=0,
    ),
]  # fmt: skip
SPARSE = {"check_samplers_pandas_sparse": "windows are dense"}
each = pytest.mark.parametrize("sampler", INSTANCES, ids=str)


@pytest.mark.parametrize(
    ("estimator", "check"),
    [
        pair
        for sampler in INSTANCES
        for pair in estimator_checks_generator(sampler, expected_failed_checks=SPARSE, mark="skip")
    ],
    ids=lambda part: re.sub(" at 0x[0-9a-f]+", "", str(part)),  # the same in every process
)
def test_imbalanced_learn_contract(estimator, check):
    check(estimator)


@each
def test_the_suite_is_not_vacuous(sampler):
    names = {check.func.__name__ for _, check in estimator_checks_generator(sampler)}
    assert len(names) >= 14
    assert "check_samplers_sparse" not in names


def windows(dtype=np.float64, n_seizure=12, n_rest=30, n_channels=3, n_times=100):
    """Windows of two classes that overlap, in a random order."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_seizure + n_rest, n_channels, n_times)).cumsum(axis=-1)
    X[:n_seizure] += 1
    y = np.array(["seizure"] * n_seizure + ["rest"] * n_rest)
    order = rng.permutation(len(X))
    return X[order].astype(dtype), y[order]


@each
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_synthetic_windows_come_after_the_real_ones(sampler, dtype):
    X, y = windows(dtype)
    sampler = clone(sampler)
    X_resampled, y_resampled = sampler.fit_resample(X, y)
    assert X_resampled.shape == (60, 3, 100)
    assert X_resampled.dtype == dtype
    np.testing.assert_array_equal(X_resampled[:42], X)
    np.testing.assert_array_equal(y_resampled, np.concatenate([y, ["seizure"] * 18]))
    np.testing.assert_array_equal(sampler.is_synthetic_, np.arange(60) >= 42)
    assert np.isfinite(X_resampled).all()
    made = X_resampled[42:].reshape(18, -1)
    assert len(np.unique(made, axis=0)) == 18
    assert not any((X.reshape(42, -1) == one).all(axis=1).any() for one in made)


@each
def test_attributes_of_the_fit(sampler):
    X, y = windows()
    sampler = clone(sampler).fit(X, y)
    assert (sampler.n_features_in_, sampler.n_channels_in_, sampler.n_times_in_) == (3, 3, 100)
    assert sampler.ch_names_in_ == ["ch0", "ch1", "ch2"]
    assert sampler.classes_.tolist() == ["rest", "seizure"]
    assert dict(sampler.sampling_strategy_) == {"seizure": 18}
    assert sampler.get_feature_names_out().tolist() == sampler.ch_names_in_
    assert not hasattr(sampler, "is_synthetic_")


@each
def test_one_channel_in_two_or_three_dimensions(sampler):
    X, y = windows(n_channels=1)
    three, two = clone(sampler), clone(sampler)
    X_three, _ = three.fit_resample(X, y)
    X_two, _ = two.fit_resample(X[:, 0], y)
    np.testing.assert_array_equal(X_two, X_three[:, 0])
    np.testing.assert_array_equal(two.sample(2, "seizure"), three.sample(2, "seizure")[:, 0])


@each
def test_a_number_as_random_state_gives_the_same_windows_again(sampler):
    X, y = windows()
    sampler = clone(sampler)
    first, _ = sampler.fit_resample(X, y)
    second, _ = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(first, second)
    other, _ = sampler.set_params(random_state=1).fit_resample(X, y)
    assert not (other[42:] == first[42:]).all(axis=(1, 2)).any()


@each
def test_a_random_state_of_one_s_own_goes_on(sampler):
    X, y = windows()
    first, second = (
        clone(sampler).set_params(random_state=state).fit_resample(X, y)[0]
        for state in [np.random.RandomState(0)] * 2
    )
    assert not (first[42:] == second[42:]).all()


@each
def test_more_windows_of_a_class(sampler):
    X, y = windows(np.float32)
    sampler = clone(sampler)
    resampled, _ = sampler.fit_resample(X, y)
    first, second = sampler.sample(3, "seizure"), sampler.sample(3, "seizure")
    assert first.shape == (3, 3, 100)
    assert first.dtype == np.float32
    assert np.isfinite(first).all()
    for other in (second, resampled[42:45]):
        assert not (first == other).all(axis=(1, 2)).any()
    sampler.fit_resample(X, y)
    np.testing.assert_array_equal(sampler.sample(3, "seizure"), first)
    np.testing.assert_array_equal(sampler.sample(3, "seizure"), second)
    assert sampler.sample(1, "rest").shape == (1, 3, 100)
    assert sampler.fit(X, y).sample(2, "seizure").shape == (2, 3, 100)


@each
def test_errors_of_sample(sampler):
    X, y = windows()
    sampler = clone(sampler)
    with pytest.raises(NotFittedError):
        sampler.sample(1, "seizure")
    sampler.fit(X, y)
    with pytest.raises(ValueError, match=r"`label` must be one of .*\['rest', 'seizure'\], got 'sleep'"):
        sampler.sample(1, "sleep")
    for number in (0, 2.5):
        with pytest.raises(
            ValueError, match=f"`n_windows` must be a whole number of at least 1, got {number}"
        ):
            sampler.sample(number, "seizure")


@each
def test_strategies(sampler):
    X, y = windows()

    def made(strategy):
        fitted = clone(sampler).set_params(sampling_strategy=strategy)
        labels = fitted.fit_resample(X, y)[1][fitted.is_synthetic_]
        return {str(label): int((labels == label).sum()) for label in np.unique(labels)}

    assert made({"seizure": 13}) == {"seizure": 1}
    assert made({"rest": 33, "seizure": 14}) == {"rest": 3, "seizure": 2}
    assert made({"rest": 30, "seizure": 12}) == {}
    assert made(lambda labels: {"seizure": 2 * int((labels == "seizure").sum())}) == {"seizure": 12}
    assert made(0.5) == {"seizure": 3}
    for name in ("auto", "minority", "not majority", "all"):
        assert made(name) == {"seizure": 18}


@each
def test_labels_of_other_kinds(sampler):
    X, y = windows()
    expected, _ = clone(sampler).fit_resample(X, y)
    for labels in (
        (y == "seizure").astype(int),
        (y == "seizure").astype(float),
        y == "seizure",
        y.astype(object),
        y.tolist(),
        pd.Series(y, dtype="category"),
    ):
        X_resampled, labels_resampled = clone(sampler).fit_resample(X, labels)
        np.testing.assert_array_equal(X_resampled, expected)
        assert type(labels_resampled) is type(labels)
        values = np.asarray(labels_resampled)
        assert values[-1] == values[:42][y == "seizure"][0] != values[:42][y == "rest"][0]


@each
def test_containers(sampler):
    X, y = windows(n_channels=1)
    expected, _ = clone(sampler).fit_resample(X, y)
    frame, labels = clone(sampler).fit_resample(
        pd.DataFrame(X[:, 0]).add_prefix("t"), pd.Series(y, name="label")
    )
    np.testing.assert_array_equal(frame, expected[:, 0])
    assert frame.columns[0] == "t0"
    assert labels.name == "label"
    nested, _ = clone(sampler).fit_resample(X.tolist(), y.tolist())
    assert isinstance(nested, list)
    np.testing.assert_array_equal(nested, expected)


@each
def test_epochs_and_the_names_of_channels(sampler):
    mne = pytest.importorskip("mne")
    X, y = windows()
    names = ["F3", "C3", "P3"]
    epochs = mne.EpochsArray(X * 1e-6, mne.create_info(names, 100.0, "eeg"), verbose="error")
    sampler = clone(sampler)
    X_resampled, _ = sampler.fit_resample(epochs, y)
    np.testing.assert_allclose(X_resampled[:42], X)
    assert X_resampled.shape == (60, 3, 100)
    assert sampler.ch_names_in_ == X_resampled.ch_names == names
    plain, _ = sampler.fit_resample(X, y)
    assert type(plain) is np.ndarray


@each
def test_windows_are_not_changed_nor_need_be_writeable(sampler, tmp_path):
    X, y = windows()
    expected, _ = clone(sampler).fit_resample(X.copy(), y)
    before = X.copy()
    X.setflags(write=False)
    np.testing.assert_array_equal(clone(sampler).fit_resample(X, y)[0], expected)
    np.testing.assert_array_equal(X, before)
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    np.testing.assert_array_equal(clone(sampler).fit_resample(mapped, y)[0], expected)


@each
def test_what_is_learned_does_not_hang_on_the_array(sampler):
    X, y = windows()
    a, b = clone(sampler).fit(X, y), clone(sampler).fit(X.copy(), y)
    X[:] = 0
    np.testing.assert_array_equal(a.sample(3, "seizure"), b.sample(3, "seizure"))


@each
def test_pickle(sampler):
    X, y = windows()
    fitted = clone(sampler).fit(X, y)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.sample(3, "seizure"), fitted.sample(3, "seizure"))


@each
def test_a_constant_channel_is_finite(sampler):
    X, y = windows()
    X[:, 1] = 7.0
    X_resampled, _ = clone(sampler).fit_resample(X, y)
    np.testing.assert_allclose(X_resampled[:, 1], 7.0, rtol=1e-12)
    assert np.isfinite(X_resampled).all()


@each
def test_errors_of_fit(sampler):
    X, y = windows()
    bad = X.copy()
    bad[3, 2, 17] = np.nan
    with pytest.raises(ValueError, match="contains NaN in window 3, channel 'ch2'"):
        clone(sampler).fit_resample(bad, y)
    with pytest.raises(ValueError, match="more than 1 class"):
        clone(sampler).fit(X, ["rest"] * len(X))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        clone(sampler).fit(X, y[:-1])
    with pytest.raises(ValueError, match=r"\(n_windows, n_channels, n_times\)"):
        clone(sampler).fit(X[np.newaxis], y)
    with pytest.raises(ValueError, match="Input y contains NaN"):
        clone(sampler).fit(X, np.where(y == "rest", np.nan, 1.0))
    with pytest.raises(ValueError, match="Unknown label type"):
        clone(sampler).fit(X, np.linspace(0, 1, len(X)))


class Witness(ClassifierMixin, BaseEstimator):
    """Writes down the windows that it is fitted on and those that it predicts."""

    fitted_on, predicted = [], []

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.fitted_on.append(np.array(X))
        return self

    def predict(self, X):
        self.predicted.append(np.array(X))
        return np.repeat(self.classes_[0], len(X))


@each
def test_a_pipeline_resamples_training_windows_only(sampler, monkeypatch):
    X, y = windows()
    groups = np.arange(len(X)) % 7
    learned_from = []
    learn = type(sampler)._fit_windows

    def watch(self, given, codes):
        learned_from.append(given.copy())
        learn(self, given, codes)

    monkeypatch.setattr(type(sampler), "_fit_windows", watch)
    monkeypatch.setattr(Witness, "fitted_on", [])
    monkeypatch.setattr(Witness, "predicted", [])
    cv = GroupKFold(3)
    cross_val_score(make_pipeline(sampler, Witness()), X, y, groups=groups, cv=cv, error_score="raise")
    splits = list(cv.split(X, y, groups))
    assert len(splits) == len(learned_from) == len(Witness.predicted)
    for (train, test), learned, fitted, predicted in zip(
        splits, learned_from, Witness.fitted_on, Witness.predicted, strict=True
    ):
        np.testing.assert_array_equal(learned, X[train])
        np.testing.assert_array_equal(predicted, X[test])
        np.testing.assert_array_equal(fitted[: len(train)], X[train])
        n_rest = (y[train] == "rest").sum()
        assert len(fitted) == 2 * n_rest > len(train)


@each
def test_a_search_tunes_it_between_other_steps(sampler):
    X, y = windows()
    name = type(sampler).__name__.lower()
    pipeline = make_pipeline(ChannelScaler(), sampler, DummyClassifier(strategy="prior"))
    grid = {f"{name}__sampling_strategy": ["auto", {"seizure": 13}]}
    search = GridSearchCV(pipeline, grid, cv=3, error_score="raise", scoring="neg_log_loss")
    search.fit(X, y)
    # even classes are a worse guess of the probability than nearly those of the test windows
    assert search.best_params_ == {f"{name}__sampling_strategy": {"seizure": 13}}
