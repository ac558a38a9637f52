import numpy as np
import pytest

from sklearn_eeg.signal._asr_kernel import fill_factors, fill_medians, subtract


@pytest.mark.parametrize("n_times", [1, 2, 3, 64, 65, 1000])
def test_medians(n_times):
    x = np.random.default_rng(n_times).normal(scale=30, size=(4, 3, n_times))
    x[0, 0] = 7.0
    out = np.full((4, 3), -1.0)
    fill_medians(x, np.array([0, 2, 3]), out)
    np.testing.assert_allclose(out[[0, 2, 3]], np.median(x[[0, 2, 3]], axis=-1), rtol=1e-13)
    np.testing.assert_array_equal(out[1], -1.0)


def test_factors_equal_the_formula():
    vectors = np.linalg.qr(np.random.default_rng(0).normal(size=(30, 5, 5)))[0].swapaxes(1, 2).copy()
    removed = np.random.default_rng(1).random((30, 5)) < 0.5
    root = np.random.default_rng(2).normal(size=(5, 5))
    precision = root @ root.T + np.eye(5)
    out, factors = np.empty((30, 5, 5)), np.empty((30, 5, 5))
    fill_factors(vectors, removed, precision, out, factors)
    assert set(removed.sum(axis=1)) == {0, 1, 2, 3, 4, 5}
    for k in range(30):
        rows, count = vectors[k, removed[k]], removed[k].sum()
        expected = rows.T @ np.linalg.solve(rows @ precision @ rows.T, rows @ precision)
        np.testing.assert_allclose(out[k, :count].T @ factors[k, :count], expected, atol=1e-12)
        np.testing.assert_array_equal(out[k, :count], rows)


@pytest.mark.parametrize("edges", [[0, 40], [0, 20, 40], [0, 33, 65, 98, 130]])
def test_subtraction_equals_numpy(edges):
    rng = np.random.default_rng(0)
    edges, n_stretches = np.array(edges), max(len(edges) - 2, 1)
    x, centre = rng.normal(size=(3, 5, edges[-1])), rng.normal(size=(3, 5))
    struck = np.array([[window, stretch] for window in (0, 2) for stretch in range(n_stretches)])
    counts = rng.integers(0, 6, size=len(struck))
    out, factors = rng.normal(size=(2, len(struck), 5, 5))
    weights = rng.random((n_stretches, 2 * np.diff(edges).max()))
    cleaned, expected = x.copy(), x.copy()
    for (window, stretch), count, a, b in zip(struck, counts, out, factors, strict=True):
        part = slice(edges[stretch], edges[min(stretch + 2, len(edges) - 1)])
        given = x[window, :, part] - centre[window, :, np.newaxis]
        weight = weights[stretch, : given.shape[1]]
        expected[window, :, part] -= weight * (a[:count].T @ b[:count] @ given)
    subtract(x, centre, struck, counts, out, factors, edges, weights, cleaned)
    np.testing.assert_allclose(cleaned, expected, atol=1e-12)
    np.testing.assert_array_equal(cleaned[1], x[1])
