import numpy as np

from sklearn_eeg.signal._graph import strength


def test_strength_by_definition():
    matrices = np.random.default_rng(0).uniform(-1, 1, (2, 3, 6, 6))
    before = matrices.copy()
    values = strength(matrices)
    for i in range(6):
        expected = np.abs(np.delete(matrices[..., i, :], i, axis=-1)).mean(axis=-1)
        np.testing.assert_allclose(values[..., i], expected, atol=1e-15)
    np.testing.assert_array_equal(matrices, before)


def test_one_channel_has_no_strength():
    np.testing.assert_array_equal(strength(np.ones((3, 1, 1))), np.zeros((3, 1)))
