"""Every public estimator keeps scikit-learn's contract in 2-D and the house's own in 3-D."""

import importlib
import inspect
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.utils.estimator_checks import _yield_all_checks, parametrize_with_checks

import sklearn_eeg

sys.path.insert(0, str(Path(__file__).parent))
from estimators import EXCUSED, instances

INSTANCES = instances()
# A stack of classifiers has `transform`, too, but is no step from windows to a table.
TRANSFORMERS = [est for est in INSTANCES if hasattr(est, "transform") and not is_classifier(est)]


def by_name(estimator):
    return type(estimator).__name__


@parametrize_with_checks(
    INSTANCES, expected_failed_checks=lambda estimator: EXCUSED.get(by_name(estimator), {})
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("estimator", INSTANCES, ids=by_name)
def test_the_suite_is_not_vacuous(estimator):
    fewest = 40 if hasattr(estimator, "fit_resample") else 45  # a sampler neither predicts nor transforms
    assert len(list(_yield_all_checks(estimator, legacy=True))) >= fewest


def test_no_public_estimator_is_missing():
    public = set()
    for room in sklearn_eeg.__all__:
        module = importlib.import_module(f"sklearn_eeg.{room}")
        public |= {
            name
            for name in module.__all__
            if inspect.isclass(cls := getattr(module, name)) and issubclass(cls, BaseEstimator)
        }
    takes_recordings = {"SeizureDetector"}  # and no windows
    assert public <= {by_name(estimator) for estimator in INSTANCES} | takes_recordings


def windows(dtype=np.float64, n_windows=11, n_channels=4, n_times=256):
    X = np.random.default_rng(0).normal(scale=20, size=(n_windows, n_channels, n_times))
    X[2, -1] = 7.0  # a flat channel is legal
    return X.astype(dtype)


NAMED = {"ChannelRepair"}  # which need the names of electrodes: held to the same in their own tests


def settings():
    """The transformers as used on real windows, with their defaults."""
    needed = {"sfreq": 200.0, "new_sfreq": 128.0}
    return [
        cls(**{k: v for k, v in needed.items() if k in inspect.signature(cls).parameters})
        for cls in {type(estimator): None for estimator in TRANSFORMERS if by_name(estimator) not in NAMED}
    ]


TIED = {"ConnectivityFeatures", "Rereference"}  # whose columns are of several channels
OWN_SCALE = {"ChannelScaler", "RandomKernelFeatures"}  # whose channels each learn a scale of their own
each_by_channel = pytest.mark.parametrize(
    "transformer", [t for t in settings() if by_name(t) not in TIED], ids=by_name
)
each = pytest.mark.parametrize("transformer", settings(), ids=by_name)


@each
def test_batch_equals_loop(transformer):
    X = windows()
    whole = transformer.fit_transform(X)
    one_by_one = np.concatenate([transformer.transform(X[i : i + 1]) for i in range(len(X))])
    np.testing.assert_allclose(whole, one_by_one, rtol=0, atol=1e-12)


@each_by_channel
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_flat_channel_is_finite_whatever_its_level(transformer, dtype):
    X = windows(dtype)
    X[0] = 0.0
    X[1] = -3.3
    out = transformer.fit_transform(X).reshape(len(X), X.shape[1], -1)
    assert np.isfinite(out).all()
    if by_name(transformer) not in OWN_SCALE:
        np.testing.assert_array_equal(out[1, 0], out[1, 1])


@each_by_channel
def test_channels_are_worked_on_alone_and_in_order(transformer):
    X = windows()
    order = [2, 0, 3, 1]
    out = transformer.fit_transform(X).reshape(len(X), X.shape[1], -1)
    turned = transformer.fit_transform(X[:, order]).reshape(out.shape)
    np.testing.assert_allclose(turned, out[:, order], rtol=0, atol=1e-12)


@each
def test_one_channel_in_two_or_three_dimensions(transformer):
    X = windows(n_channels=1)
    three = clone(transformer).fit_transform(X)
    two = clone(transformer).fit_transform(X[:, 0])
    np.testing.assert_array_equal(three.reshape(two.shape), two)


@each
def test_float32_is_kept_and_near_float64(transformer):
    single = clone(transformer).fit_transform(windows(np.float32))
    double = clone(transformer).fit_transform(windows(np.float32).astype(np.float64))
    assert single.dtype == np.float32
    assert double.dtype == np.float64
    scale = np.abs(double).max(axis=0)
    assert (np.abs(single - double) <= 1e-3 * scale + 1e-3).all()


@each
def test_integers_become_float64(transformer):
    assert clone(transformer).fit_transform(windows().astype(np.int16)).dtype == np.float64


@each
def test_read_only_and_memory_mapped_windows(transformer, tmp_path):
    X = windows()
    expected = clone(transformer).fit_transform(X)
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    # Where windows lie in memory decides how LAPACK groups its sums, and so their last digits.
    np.testing.assert_allclose(clone(transformer).fit_transform(mapped), expected, rtol=1e-12, atol=1e-12)
    X.setflags(write=False)
    np.testing.assert_array_equal(clone(transformer).fit_transform(X), expected)


@each
def test_windows_are_not_changed(transformer):
    X = windows()
    before = X.copy()
    transformer.fit_transform(X)
    np.testing.assert_array_equal(X, before)


@each
def test_pickle_and_clone(transformer):
    X = windows()
    fitted = clone(transformer).fit(X)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.transform(X), fitted.transform(X))


@each
def test_names_fit_the_columns(transformer):
    X = windows()
    names = transformer.fit(X).get_feature_names_out()
    assert len(set(names)) == len(names) == transformer.transform(X).shape[1]
    assert names[0].split("__")[0] == "ch0"


@each
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_are_named(transformer, value):
    X = windows()
    X[3, 2, 17] = value
    kind = "NaN" if np.isnan(value) else "infinity"
    with pytest.raises(ValueError, match=f"contains {kind} in window 3, channel 'ch2'"):
        transformer.fit(X)
    transformer.fit(windows())
    with pytest.raises(ValueError, match="1 of 11 windows"):
        transformer.transform(X)


@each
def test_other_shapes_than_fitted_are_refused(transformer):
    transformer.fit(windows())
    with pytest.raises(ValueError, match=r"3 channels x 256 .* fitted on 4 channels x 256"):
        transformer.transform(windows(n_channels=3))
    with pytest.raises(ValueError, match=r"4 channels x 200 time points"):
        transformer.transform(windows(n_times=200))
    with pytest.raises(ValueError, match="2 dimensions, but .* fitted on windows of 3"):
        transformer.transform(windows()[:, 0])


@each
def test_four_dimensions_are_refused(transformer):
    with pytest.raises(ValueError, match=r"\(n_windows, n_channels, n_times\)"):
        transformer.fit(windows()[np.newaxis])


@each
def test_set_output_in_three_dimensions(transformer):
    X = windows()
    expected = clone(transformer).fit_transform(X)
    out = clone(transformer).set_output(transform="pandas").fit_transform(X)
    np.testing.assert_array_equal(np.asarray(out), expected)
    assert hasattr(out, "columns") == (expected.ndim == 2)
