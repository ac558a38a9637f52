import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import RobustScaler, StandardScaler

from sklearn_eeg.preprocessing import ChannelScaler

X = np.random.default_rng(0).normal(size=(20, 3, 128)) * [[[10], [20], [40]]] + [[[1], [-5], [100]]]


@pytest.mark.parametrize(
    ("scaling", "reference"),
    [("standard", StandardScaler()), ("robust", RobustScaler(unit_variance=True))],
)
def test_is_scikit_learns_scaler_of_channels(scaling, reference):
    rows = X.transpose(0, 2, 1).reshape(-1, 3)
    expected = reference.fit_transform(rows).reshape(20, 128, 3).transpose(0, 2, 1)
    np.testing.assert_allclose(ChannelScaler(scaling).fit_transform(X), expected, atol=1e-12)


def test_what_is_learned_comes_from_the_training_windows_alone():
    step = ChannelScaler("standard").fit(X[:10])
    np.testing.assert_allclose(step.center_, X[:10].mean(axis=(0, 2)))
    np.testing.assert_allclose(step.scale_, X[:10].std(axis=(0, 2)))
    np.testing.assert_allclose(
        step.transform(10 * X)[15], (10 * X[15] - step.center_[:, None]) / step.scale_[:, None]
    )


def test_a_tenth_of_artefacts_hardly_moves_the_robust_scale():
    dirty = X.copy()
    dirty[:2] = 1e5
    clean, moved = (ChannelScaler().fit(windows).scale_ for windows in (X, dirty))
    np.testing.assert_allclose(moved, clean, rtol=0.2)
    assert (ChannelScaler("standard").fit(dirty).scale_ > 100 * clean).all()


@pytest.mark.parametrize("scaling", ["robust", "standard"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_inverse_transform(scaling, dtype):
    step = ChannelScaler(scaling, ch_names=["Fz", "Cz", "Pz"]).fit(X.astype(dtype))
    back = step.inverse_transform(step.transform(X.astype(dtype)))
    assert back.dtype == dtype
    assert back.ch_names == ["Fz", "Cz", "Pz"]
    np.testing.assert_allclose(back, X.astype(dtype), rtol=1e-5 if dtype == np.float32 else 1e-12, atol=1e-5)
    one = ChannelScaler(scaling).fit(X[:, 0])
    np.testing.assert_allclose(one.inverse_transform(one.transform(X[:, 0])), X[:, 0], rtol=1e-12)


@pytest.mark.parametrize("scaling", ["robust", "standard"])
@pytest.mark.parametrize("level", [0.0, 0.1, -1e6])
def test_constant_channel_becomes_0(scaling, level):
    windows = X.copy()
    windows[:, 1] = level
    step = ChannelScaler(scaling).fit(windows)
    assert step.scale_[1] == 1
    np.testing.assert_array_equal(step.transform(windows)[:, 1], 0)


def test_parts_can_be_switched_off():
    step = ChannelScaler("standard", with_centering=False).fit(X)
    np.testing.assert_array_equal(step.center_, 0)
    np.testing.assert_allclose(step.transform(X), X / X.std(axis=(0, 2))[:, None])
    step = ChannelScaler("standard", with_scaling=False).fit(X)
    np.testing.assert_array_equal(step.scale_, 1)
    np.testing.assert_allclose(step.transform(X), X - X.mean(axis=(0, 2))[:, None], atol=1e-12)


def test_not_fitted_and_bad_parameters():
    with pytest.raises(NotFittedError):
        ChannelScaler().inverse_transform(X)
    with pytest.raises(ValueError, match="'scaling' parameter of ChannelScaler must be"):
        ChannelScaler("minmax").fit(X)
