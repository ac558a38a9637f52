import numpy as np
import pytest

from sklearn_eeg.signal._coherence import coherence
from sklearn_eeg.signal._connectivity import BAND_MEASURES, PAIR_MEASURES, connectivity_matrices
from sklearn_eeg.signal._correlation import correlation, rank_correlation
from sklearn_eeg.signal._cross_correlation import maximal_cross_correlation
from sklearn_eeg.signal._phase import (
    analytic_signal,
    phase_locking_value,
    weighted_phase_lag_index,
)
from sklearn_eeg.signal._tangent import log_covariance

X = 20 * np.random.default_rng(0).standard_normal((3, 4, 300))
SFREQ, BANDS = 100.0, {"theta": (4.0, 8.0), "alpha": (8.0, 13.0)}


def test_each_measure_is_its_function():
    largest, lags = maximal_cross_correlation(X, 20)
    squares, imaginary = coherence(X, SFREQ, list(BANDS.values()), 0.5)
    parts = [analytic_signal(X, SFREQ, band) for band in BANDS.values()]
    expected = {
        "correlation": correlation(X)[:, None],
        "rank_correlation": rank_correlation(X)[:, None],
        "phase_locking_value": phase_locking_value(analytic_signal(X))[:, None],
        "maximal_cross_correlation": largest[:, None],
        "cross_correlation_lag": lags[:, None] / SFREQ,
        "log_covariance": log_covariance(X)[:, None],
        "band_phase_locking_value": np.stack([phase_locking_value(z) for z in parts], axis=1),
        "weighted_phase_lag_index": np.stack([weighted_phase_lag_index(z) for z in parts], axis=1),
        "coherence": squares,
        "imaginary_coherence": imaginary,
    }
    settings = {"max_lag_seconds": 0.2, "segment_seconds": 0.5}
    together = connectivity_matrices(X, SFREQ, list(expected), BANDS, **settings)
    assert list(together) == list(expected)
    for name, values in expected.items():
        np.testing.assert_array_equal(together[name], values)
        alone = connectivity_matrices(X, SFREQ, [name], BANDS, **settings)
        assert list(alone) == [name]
        np.testing.assert_array_equal(alone[name], values)


def test_names():
    assert set(BAND_MEASURES) < set(PAIR_MEASURES)
    assert len(PAIR_MEASURES) == len(set(PAIR_MEASURES)) == 9


def test_unknown_measure():
    with pytest.raises(ValueError, match=r"`measures` must be among \[.*\], got 'coherense'."):
        connectivity_matrices(X, SFREQ, ["coherense"], BANDS)
