import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_eeg.explain import Saliency

RNG = np.random.default_rng(0)
VALUES = RNG.normal(size=(5, 2, 3, 8)).astype(np.float32)


def make(method, values=VALUES, classes=("rest", "seizure")):
    outputs = np.zeros((5, len(classes)))
    return Saliency(values, np.array(classes), ["C3", "Cz", "C4"], method, "log-odds", outputs)


@pytest.mark.parametrize("method", ["integrated_gradients", "occlusion"])
def test_additive_values_are_summed(method):
    found = make(method).by_channel()
    assert found.shape == (5, 3, 2)
    assert found.dtype == np.float64
    assert_allclose(found, VALUES.sum(axis=3).transpose(0, 2, 1), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("method", ["gradient", "smoothgrad"])
def test_sizes_of_slopes_are_averaged(method):
    assert_allclose(make(method).by_channel(), np.abs(VALUES).mean(axis=3).transpose(0, 2, 1), rtol=1e-5)


def test_one_class():
    found = make("occlusion", VALUES[:, 0], ("rest",))
    assert_allclose(found.by_channel(), make("occlusion").by_channel()[:, :, :1])
    assert_allclose(found.of_class("rest"), VALUES[:, 0])
    with pytest.raises(ValueError, match=r"`label` must be one of \['rest'\], got 'seizure'"):
        found.of_class("seizure")


def test_top_channels_are_those_of_the_mean():
    values = np.zeros((2, 2, 3, 4))
    values[0, 1, 0] = 3
    values[:, 1, 2] = 2
    found = make("occlusion", values)
    assert found.top_channels("seizure", 2) == ["C4", "C3"]
    assert found.top_channels("rest", 1) == ["C3"]


def test_gradcam_tells_no_channels():
    with pytest.raises(ValueError, match='no values by channel, .*: use method="integrated_gradients"'):
        make("gradcam").by_channel()
