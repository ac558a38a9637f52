import mne
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from sklearn_eeg.ensemble import GroupStackingClassifier
from sklearn_eeg.explain._background import iterate_fitted, read_data
from sklearn_eeg.features import FFTFeatures, TimeFeatures
from sklearn_eeg.preprocessing import BandpassFilter

RNG = np.random.default_rng(0)
X = RNG.normal(scale=20, size=(80, 2, 32))
Y = np.arange(80) % 2
MODEL = make_pipeline(TimeFeatures(ch_names=["C3", "C4"]), StandardScaler(), SVC()).fit(X, Y)
TABLE = SVC().fit(X[:, 0], Y)


def test_a_background_is_drawn_from_the_windows():
    data = read_data(MODEL, X, random_state=0)
    assert data.background.shape == (50, 2, 32)
    rows = [int(np.flatnonzero((row == X).all(axis=(1, 2)))[0]) for row in data.background]
    assert len(set(rows)) == 50
    assert rows == sorted(rows)
    assert_array_equal(data.background, read_data(MODEL, X, random_state=0).background)
    assert len(read_data(MODEL, X, 7).background) == 7
    assert len(read_data(MODEL, X[:3]).background) == 3


def test_a_background_is_given():
    data = read_data(MODEL, X[:1], X[1:4])
    assert_array_equal(data.background, X[1:4])
    assert data.ch_names == ["C3", "C4"]


def test_names_may_come_from_a_later_step():
    model = make_pipeline(BandpassFilter(32, high=10.0), TimeFeatures(ch_names=["C3", "C4"]), SVC()).fit(X, Y)
    assert read_data(model, X).ch_names == ["C3", "C4"]


def test_windows_for_steps_of_other_packages():
    flat = make_pipeline(FunctionTransformer(lambda x: x.std(axis=2)), SVC()).fit(X, Y)
    assert read_data(flat, X).ch_names == ["ch0", "ch1"]


def test_epochs():
    info = mne.create_info(["C3", "C4"], 32.0, "eeg")
    epochs = mne.EpochsArray(X * 1e-6, info, verbose=False)
    assert_allclose(read_data(MODEL, epochs, 3).X, X)
    info = mne.create_info(["C4", "C3"], 32.0, "eeg")
    with pytest.raises(ValueError, match=r"The channels of X are \['C4', 'C3'\]"):
        read_data(MODEL, mne.EpochsArray(X * 1e-6, info, verbose=False))


def test_windows_of_one_channel():
    model = make_pipeline(TimeFeatures(), SVC()).fit(X[:, 0], Y)
    data = read_data(model, X[:, 0])
    assert data.X.shape == (80, 32)
    assert data.ch_names == ["ch0"]


@pytest.mark.parametrize(
    ("change", "shape"),
    [
        (lambda x: x[:, 1:], (80, 2, 32)),
        (lambda x: x[:, :, ::2], (80, 2, 32)),
        (lambda x: x[:, 1:] - x[:, :1], (80, 2, 32)),
    ],
)
def test_a_first_step_that_changes_the_shape(change, shape):
    """Windows are held against the first step only, not against a later one that gets other windows."""
    model = make_pipeline(FunctionTransformer(change), TimeFeatures(), SVC()).fit(X, Y)
    data = read_data(model, X, 3)
    assert data.X.shape == shape
    assert data.ch_names == ["ch0", "ch1"]
    stack = GroupStackingClassifier([("one", model), ("all", MODEL)], cv=2).fit(X, Y)
    assert read_data(stack, X).ch_names == ["C3", "C4"]


def test_names_of_epochs_go_before_those_of_later_steps():
    model = make_pipeline(
        FunctionTransformer(lambda x: x[:, ::-1]), TimeFeatures(ch_names=["C4", "C3"]), SVC()
    )
    info = mne.create_info(["C3", "C4"], 32.0, "eeg")
    epochs = mne.EpochsArray(X * 1e-6, info, verbose=False)
    assert read_data(model.fit(X, Y), epochs).ch_names == ["C3", "C4"]


def test_windows_of_one_channel_behind_a_foreign_step():
    model = make_pipeline(FunctionTransformer(lambda x: x[:, ::2]), TimeFeatures(), SVC()).fit(X[:, 0], Y)
    assert read_data(model, X[:, 0]).ch_names == ["ch0"]


def test_the_background_must_have_the_columns_in_their_order():
    frame = pd.DataFrame(X[:, 0]).add_prefix("t")
    model = SVC().fit(frame, Y)
    turned = frame.iloc[:4, ::-1]
    with pytest.raises(
        ValueError, match=r"order, \['t0', 't1', 't2'\]..., got \['t31', .*background\[X.columns\]"
    ):
        read_data(model, frame, turned)
    assert_array_equal(read_data(model, frame, turned[frame.columns]).background, frame[:4])


def test_tables():
    frame = pd.DataFrame(X[:, 0]).add_prefix("t")
    model = SVC().fit(frame, Y)
    assert read_data(model, frame).columns == [f"t{i}" for i in range(32)]
    assert read_data(model, frame).frame
    plain = read_data(model, X[:, 0])
    assert plain.columns == [f"t{i}" for i in range(32)]
    assert not plain.frame
    assert read_data(TABLE, X[:, 0]).columns is None


def test_parts_are_found_in_stacks_and_unions():
    union = make_union(TimeFeatures(), FFTFeatures(32))
    members = [("svm", make_pipeline(union, SVC())), ("other", make_pipeline(TimeFeatures(), SVC()))]
    stack = GroupStackingClassifier(members, cv=2).fit(X, Y)
    names = [type(part).__name__ for part in iterate_fitted(stack)]
    assert names.count("TimeFeatures") == 2
    assert read_data(stack, X).ch_names == ["ch0", "ch1"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((MODEL, X[:, :1]), "X has windows of 1 channels x 32 time points, but TimeFeatures was fitted on 2"),
        ((MODEL, X, X[:, :, :9]), "X has windows of 2 channels x 9"),
        ((MODEL, X, 0), "`background` must be windows or a number of at least 1, got 0"),
        ((MODEL, X[:1]), "`background` must hold windows where X holds only one"),
        ((TABLE, X[:, 0, :5]), "X must have the 32 columns that the model was fitted on, got 5"),
        (
            (TABLE, X[:, 0], X[:, 0, :5]),
            r"`background` must have shape \(n_background, 32\), as X, got \(80, 5\)",
        ),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        read_data(*arguments)
