import numpy as np
import pytest

from sklearn_eeg.signal._asr_covariance import block_edges, stretch_covariances, weigh

X = np.random.default_rng(0).normal(scale=20, size=(5, 4, 300))


@pytest.mark.parametrize(
    ("frequency", "gain"), [(0.25, 1.0), (0.5, 1.0), (1.75, 0.665), (8.0, 0.33), (14.5, 0.665), (100.0, 1.0)]
)
def test_gain_of_a_sinusoid(frequency, gain):
    x = 30 * np.cos(2 * np.pi * frequency * np.arange(8000) / 250)
    middle = slice(2000, 6000)
    np.testing.assert_allclose(weigh(x, 250.0)[middle], gain * x[middle], rtol=0, atol=0.4)


def test_weighing_is_linear_and_forgets_the_level():
    np.testing.assert_allclose(
        weigh(3 * X[0] - X[1] + 50, 100.0), 3 * weigh(X[0], 100.0) - weigh(X[1], 100.0)
    )
    np.testing.assert_array_equal(weigh(np.full((2, 7), 4.5), 100.0), np.zeros((2, 7)))


@pytest.mark.parametrize("n_times", [1, 2, 50, 51])
def test_weighing_of_short_windows(n_times):
    assert weigh(X[..., :n_times], 100.0).shape == (5, 4, n_times)
    assert np.isfinite(weigh(X[..., :n_times], 100.0)).all()


@pytest.mark.parametrize(
    ("n_times", "sfreq", "n_channels", "n_blocks"),
    [(1000, 250.0, 19, 16), (64, 64.0, 18, 4), (64, 64.0, 64, 1), (128, 128.0, 2, 4), (1, 128.0, 2, 1)],
)
def test_blocks_are_half_a_stretch(n_times, sfreq, n_channels, n_blocks):
    edges = block_edges(n_times, sfreq, n_channels)
    assert len(edges) == n_blocks + 1
    assert (edges[0], edges[-1]) == (0, n_times)
    assert np.ptp(np.diff(edges)) <= 1


@pytest.mark.parametrize("edges", [[0, 300], [0, 150, 300], [0, 71, 143, 220, 300]])
def test_covariances_are_mean_products_of_two_blocks(edges):
    edges = np.array(edges)
    found = stretch_covariances(X, edges)
    stops = edges[2:] if len(edges) > 2 else edges[1:]
    assert found.shape == (5, len(stops), 4, 4)
    for j, (start, stop) in enumerate(zip(edges, stops, strict=False)):
        expected = np.einsum("nit,nkt->nik", X[..., start:stop], X[..., start:stop]) / (stop - start)
        np.testing.assert_allclose(found[:, j], expected, rtol=1e-10)
