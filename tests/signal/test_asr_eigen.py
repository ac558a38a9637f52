import numpy as np
import pytest

from sklearn_eeg.signal._asr_eigen import eigenvectors


def symmetric(n, seed=0, n_matrices=20):
    x = np.random.default_rng(seed).normal(size=(n_matrices, n, n))
    return x + x.swapaxes(1, 2)


def graded(n):
    """Return matrices whose eigenvalues lie ten powers of ten apart."""
    turns = np.linalg.qr(symmetric(n))[0]
    return (turns * np.logspace(0, -10, n)) @ turns.swapaxes(1, 2)


def clustered(n):
    """Return matrices of two eigenvalues, one many times over."""
    turns = np.linalg.qr(symmetric(n))[0]
    return 3 * np.eye(n) + 5 * turns[:, :, :2] @ turns[:, :, :2].swapaxes(1, 2)


def of_low_rank(n):
    x = np.random.default_rng(1).normal(size=(20, n, 2))
    return x @ x.swapaxes(1, 2)


@pytest.mark.parametrize("make", [symmetric, graded, clustered, of_low_rank])
@pytest.mark.parametrize("n", [2, 3, 8, 19, 40])
def test_equal_to_lapack(make, n):
    matrices = make(n)
    values, vectors = eigenvectors(matrices)
    size = np.abs(matrices).max()
    np.testing.assert_allclose(values, np.linalg.eigvalsh(matrices), rtol=0, atol=2e-14 * n * size)
    np.testing.assert_allclose(vectors @ vectors.swapaxes(1, 2), np.tile(np.eye(n), (20, 1, 1)), atol=1e-13)
    restored = vectors.swapaxes(1, 2) * values[:, np.newaxis] @ vectors
    np.testing.assert_allclose(restored, matrices, rtol=0, atol=2e-14 * n * size)
    assert (np.diff(values, axis=1) >= 0).all()


def test_closed_form():
    """A path of n points: the eigenvalues of its second difference are 2 - 2 cos(k pi / (n + 1))."""
    n = 12
    matrix = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
    values, vectors = eigenvectors(matrix[np.newaxis])
    k = np.arange(1, n + 1)
    np.testing.assert_allclose(values[0], 2 - 2 * np.cos(k * np.pi / (n + 1)), rtol=1e-12)
    expected = np.sqrt(2 / (n + 1)) * np.sin(np.outer(k, k) * np.pi / (n + 1))
    np.testing.assert_allclose(np.abs(vectors[0]), np.abs(expected), atol=1e-12)


@pytest.mark.parametrize("diagonal", [[0.0, 0, 0], [5.0, 5, 5], [3.0, -1, 2], [1e200, 1, 1e-200]])
def test_diagonal_matrices(diagonal):
    values, vectors = eigenvectors(np.diag(diagonal)[np.newaxis])
    np.testing.assert_array_equal(values[0], np.sort(diagonal))
    np.testing.assert_array_equal(np.abs(vectors[0]), np.eye(3)[np.argsort(diagonal, kind="stable")])


def test_one_row_and_no_matrix():
    values, vectors = eigenvectors(np.full((2, 1, 1), -4.0))
    assert values.tolist() == [[-4.0], [-4.0]]
    assert vectors.tolist() == [[[1.0]], [[1.0]]]
    assert eigenvectors(np.empty((0, 3, 3)))[1].shape == (0, 3, 3)


@pytest.mark.parametrize("scale", [1e-100, 1e100])
def test_scale(scale):
    matrices = symmetric(7)
    values, vectors = eigenvectors(matrices)
    scaled, same = eigenvectors(scale * matrices)
    np.testing.assert_allclose(scaled, scale * values, rtol=1e-10)
    np.testing.assert_allclose(np.abs(same), np.abs(vectors), atol=1e-10)


def test_batch_equals_loop_and_the_input_is_kept():
    matrices = symmetric(9)
    before = matrices.copy()
    values, vectors = eigenvectors(matrices)
    np.testing.assert_array_equal(matrices, before)
    for k in range(20):
        one_value, one_vector = eigenvectors(matrices[k : k + 1])
        np.testing.assert_array_equal(one_value[0], values[k])
        np.testing.assert_array_equal(one_vector[0], vectors[k])
