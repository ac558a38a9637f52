import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_eeg.explain._occlusion import occlude

RNG = np.random.default_rng(0)
X, BACKGROUND = RNG.normal(size=(4, 3, 10)), RNG.normal(size=(2, 3, 10))
WEIGHTS = RNG.normal(size=(3, 10))


def answer(windows):
    bent = np.tanh((windows * WEIGHTS).sum(axis=(1, 2)))
    return np.stack([bent, windows[:, 1].max(axis=1), -bent], axis=1)


@pytest.mark.parametrize("batch_size", [None, 1, 7])
def test_is_a_loop_over_patches(batch_size):
    found = occlude(answer, X, BACKGROUND, 4, batch_size=batch_size)
    assert found.shape == (4, 3, 3, 3)
    for window in range(4):
        for channel in range(3):
            for patch in range(3):
                falls = []
                for lender in BACKGROUND:
                    hidden = X[window].copy()
                    place = (channel, slice(4 * patch, 4 * patch + 4))
                    hidden[place] = lender[place]
                    falls.append((answer(X[[window]]) - answer(hidden[np.newaxis]))[0])
                assert_allclose(found[window, :, channel, patch], np.mean(falls, axis=0), atol=1e-14)


def test_some_answers_only():
    whole = occlude(answer, X, BACKGROUND, 5)
    assert_allclose(occlude(answer, X, BACKGROUND, 5, columns=[2]), whole[:, [2]])
    assert_allclose(whole[:, 0], -whole[:, 2])


def test_patch_longer_than_the_window_is_a_channel():
    found = occlude(answer, X, BACKGROUND, 99)
    assert found.shape == (4, 3, 3, 1)
    assert_allclose(found[:, 1, [0, 2]], 0)


def test_same_in_window_and_background_loses_nothing():
    same = np.full((2, 3, 10), 5.0)
    assert_allclose(occlude(answer, same, same[:1], 5), 0)
