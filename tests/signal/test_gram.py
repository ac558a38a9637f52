import numpy as np
import pytest

from sklearn_eeg.signal._gram import gram, standardise

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("n_rows", [1, 2, 3, 4, 5, 8, 19, 38])
@pytest.mark.parametrize("n_times", [1, 2, 7, 100])
def test_gram_is_the_matrix_product(n_rows, n_times):
    x = RNG.standard_normal((3, n_rows, n_times))
    products = gram(x)
    np.testing.assert_allclose(products, x @ x.swapaxes(1, 2), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(products, products.swapaxes(1, 2))
    np.testing.assert_array_equal(products[1:2], gram(x[1:2]))


@pytest.mark.parametrize("n_times", [2, 3, 100, 1000])
def test_standardise_by_its_definition(n_times):
    x = RNG.standard_normal((2, 5, n_times)) * 20 + 300
    units, deviations = standardise(x)
    centred = x - x.mean(axis=-1, keepdims=True)
    expected = centred / np.linalg.norm(centred, axis=-1, keepdims=True)
    np.testing.assert_allclose(units, expected, rtol=0, atol=1e-13)
    np.testing.assert_allclose(deviations, x.std(axis=-1), rtol=1e-12)


@pytest.mark.parametrize("level", [0.0, 0.1, -3.3, 4000.1, 1e6 + 0.1, 1e300, 1e-300])
@pytest.mark.parametrize("n_times", [1, 2, 3, 19, 1000, 1001])
def test_a_constant_row_is_exactly_nothing(level, n_times):
    units, deviations = standardise(np.full((2, n_times), level))
    assert not units.any()
    assert not deviations.any()


@pytest.mark.parametrize("scale", [1e-280, 1e-9, 1e9, 1e307])
def test_scale_changes_the_deviation_alone(scale):
    x = RNG.standard_normal((3, 50))
    units, deviations = standardise(x)
    scaled_units, scaled_deviations = standardise(scale * x)
    np.testing.assert_allclose(scaled_units, units, rtol=0, atol=1e-13)
    np.testing.assert_allclose(scaled_deviations / scale, deviations, rtol=1e-12)


def test_a_large_offset_costs_no_precision():
    x = RNG.integers(-50, 50, size=(3, 500)) / 4
    np.testing.assert_allclose(standardise(x + 1e6)[0], standardise(x)[0], rtol=0, atol=1e-14)


def test_the_largest_numbers_do_not_overflow():
    x = np.array([[1.7e308, -1.7e308, 1.7e308, -1.7e308]])
    units, deviations = standardise(x)
    np.testing.assert_allclose(units[0, 0], [0.5, -0.5, 0.5, -0.5])
    np.testing.assert_allclose(deviations, 1.7e308)
