"""The complexity transformer: columns, parameters, edges."""

import numpy as np
import pytest

from sklearn_eeg.features._complexity import ComplexityFeatures
from sklearn_eeg.signal._entropy import entropy_statistics

# Windows of odd scale and of fewer points than channels are meant here.
pytestmark = pytest.mark.filterwarnings("ignore:.*(microvolts|more channels):UserWarning")

RNG = np.random.default_rng(0)
ALL = {
    "sample_entropy", "approximate_entropy", "fuzzy_entropy", "permutation_entropy",
    "weighted_permutation_entropy", "svd_entropy", "fisher_information", "spectral_entropy",
    "multiscale_sample_entropy_2", "multiscale_sample_entropy_3", "multiscale_sample_entropy_4",
    "multiscale_sample_entropy_5", "lempel_ziv", "higuchi_fd", "katz_fd", "petrosian_fd",
    "hurst_exponent", "dfa_exponent",
}  # fmt: skip


def statistics_of(step):
    return [feature.statistic for feature in step.features_]


def test_all_leaves_out_what_is_slow():
    step = ComplexityFeatures().fit(RNG.normal(size=(2, 3, 64)))
    assert set(statistics_of(step)) == ALL
    assert len(step.features_) == 3 * len(ALL)


def test_correlation_dimension_by_name():
    step = ComplexityFeatures("correlation_dimension")
    assert step.fit_transform(RNG.normal(size=(2, 3, 64))).shape == (2, 3)


def test_columns_are_named_by_channel():
    step = ComplexityFeatures(["lempel_ziv", "katz_fd"], ch_names=["Fz", "Cz"])
    step.fit(RNG.normal(size=(2, 2, 64)))
    assert list(step.get_feature_names_out()) == [
        "Fz__complexity__lempel_ziv", "Fz__complexity__katz_fd",
        "Cz__complexity__lempel_ziv", "Cz__complexity__katz_fd",
    ]  # fmt: skip


def test_values_are_those_of_signal():
    X = RNG.normal(size=(5, 3, 120))
    names = ["sample_entropy", "svd_entropy", "multiscale_sample_entropy_3"]
    table = ComplexityFeatures(names, embedding=1, svd_order=4, n_jobs=2).fit_transform(X)
    expected = entropy_statistics(X, names, embedding=1, svd_order=4)
    np.testing.assert_array_equal(
        table.reshape(5, 3, 3), np.stack([expected[name] for name in names], axis=-1)
    )


def test_scales_name_the_columns():
    step = ComplexityFeatures("multiscale", scales=[3, 10]).fit(RNG.normal(size=(2, 1, 64)))
    assert statistics_of(step) == ["multiscale_sample_entropy_3", "multiscale_sample_entropy_10"]
    step = ComplexityFeatures(scales=()).fit(RNG.normal(size=(2, 1, 64)))
    assert not any(name.startswith("multiscale") for name in statistics_of(step))


@pytest.mark.parametrize("scales", [(1, 2), (2, 2), (2.5,), (-3,)])
def test_scales_are_checked(scales):
    with pytest.raises(ValueError, match="`scales` must be different whole numbers of at least 2, got"):
        ComplexityFeatures(scales=scales).fit(np.zeros((2, 1, 64)))


@pytest.mark.parametrize(
    "parameters",
    [
        {"embedding": 0}, {"tolerance": 0.0}, {"permutation_order": 8}, {"permutation_order": 1},
        {"permutation_delay": 0}, {"svd_order": 1}, {"svd_delay": 0}, {"higuchi_kmax": 1},
        {"scales": 3}, {"features": 1},
    ],
)  # fmt: skip
def test_parameters_are_checked(parameters):
    with pytest.raises(ValueError, match=f"The '{next(iter(parameters))}' parameter"):
        ComplexityFeatures(**parameters).fit(np.zeros((2, 1, 64)))


def test_unknown_features():
    with pytest.raises(ValueError, match="`features` must name features among .*got 'entropy'"):
        ComplexityFeatures(["entropy"]).fit(np.zeros((2, 1, 64)))


@pytest.mark.parametrize("n_times", [2, 3, 4, 5, 10, 20, 300])
def test_flat_channels_are_alike(n_times):
    X = np.repeat([[0.0], [0.1], [-3.3], [4000.1], [1e-9], [1e9]], n_times, axis=1)
    table = ComplexityFeatures().fit_transform(X)
    assert np.isfinite(table).all()
    np.testing.assert_array_equal(table, np.tile(table[0], (len(X), 1)))


@pytest.mark.parametrize("n_times", [2, 3, 4, 5, 6, 7, 8, 16, 20, 33])
@pytest.mark.parametrize("scale", [1e-310, 1e-200, 1e-9, 1.0, 1e9, 1e200, 1e307])
def test_finite_whatever_the_window(n_times, scale):
    noise = RNG.normal(size=(3, n_times))
    levels = RNG.integers(0, 2, (3, n_times)).astype(float)
    nearly_flat = np.zeros((1, n_times))
    nearly_flat[0, -1] = 1.0
    X = np.concatenate([noise, levels, nearly_flat]) * scale
    assert np.isfinite(ComplexityFeatures().fit_transform(X)).all()
    assert np.isfinite(ComplexityFeatures().fit_transform(X + 1e6)).all()
