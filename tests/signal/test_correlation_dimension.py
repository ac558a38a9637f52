import json
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from sklearn_eeg.signal._correlation_dimension import correlation_dimension

REFERENCE = json.loads((Path(__file__).parents[1] / "references/fractal_values.json").read_text())
PINK = np.array(REFERENCE["x"])


def henon(n_times):
    x, y, values = 0.1, 0.1, []
    for _ in range(n_times + 100):
        x, y = 1 - 1.4 * x * x + y, 0.3 * x
        values.append(x)
    return np.array(values[100:])


def lorenz(n_times, step):
    def velocity(t, state):
        x, y, z = state
        return [10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z]

    times = 10 + step * np.arange(n_times)
    return solve_ivp(velocity, (0, times[-1]), [1, 1, 1], t_eval=times, rtol=1e-8, atol=1e-8).y[0]


def plain_dimension(x, embedding, delay, gap):
    points = np.stack([x[d * delay : x.size - (embedding - 1 - d) * delay] for d in range(embedding)], axis=1)
    i, j = np.triu_indices(len(points), gap)
    distances = np.abs(points[i] - points[j]).max(axis=1)
    radii = np.geomspace(0.1, 0.5, 12) * x.std(ddof=1)
    counts = np.array([(distances <= radius).sum() for radius in radii])
    return np.polyfit(np.log(radii[counts > 0]), np.log(counts[counts > 0]), 1)[0]


def test_other_tools():
    expected = REFERENCE["values"]["nolds"]
    np.testing.assert_allclose(
        correlation_dimension(PINK, gap=1), expected["correlation_dimension"], rtol=1e-9
    )
    np.testing.assert_allclose(
        correlation_dimension(PINK, 3, gap=1), expected["correlation_dimension_embedding_3"], rtol=1e-9
    )


@pytest.mark.parametrize(("embedding", "delay", "gap"), [(1, 1, 1), (2, 3, 1), (5, 1, 5), (3, 2, 20)])
def test_is_its_definition(embedding, delay, gap):
    x = np.random.default_rng(0).normal(size=200).cumsum()
    expected = plain_dimension(x, embedding, delay, gap)
    np.testing.assert_allclose(correlation_dimension(x, embedding, delay, gap), expected, rtol=1e-10)


@pytest.mark.parametrize("frequency", [0.0123, 0.05234, 0.2177, 0.4142])
def test_a_sine_has_dimension_one(frequency):
    sine = np.sin(2 * np.pi * frequency * np.arange(1000))
    np.testing.assert_allclose(correlation_dimension(sine), 1, atol=0.1)


def test_attractors():
    np.testing.assert_allclose(correlation_dimension(henon(2000)), 1.22, atol=0.1)
    np.testing.assert_allclose(correlation_dimension(lorenz(2000, 0.05), delay=2), 2.05, atol=0.2)


def test_noise_is_high():
    noise = np.random.default_rng(0).normal(size=(5, 1500))
    assert (correlation_dimension(noise) > 3.5).all()
    np.testing.assert_allclose(correlation_dimension(noise, 2), 2, atol=0.1)


@pytest.mark.parametrize("n_times", [1, 2, 5, 9, 10])
def test_too_short_gives_zero(n_times):
    assert correlation_dimension(np.random.default_rng(0).normal(size=n_times)) == 0


def test_a_cycle_of_few_points_has_dimension_zero():
    np.testing.assert_allclose(correlation_dimension(np.tile([0.0, 1.0, 3.0, 2.0], 100)), 0, atol=1e-12)


@pytest.mark.parametrize("name", ["embedding", "delay", "gap"])
def test_parameters_below_one_are_errors(name):
    with pytest.raises(ValueError, match=f"`{name}` must be at least 1, got 0."):
        correlation_dimension(PINK, **{name: 0})


def test_shape_is_kept():
    x = np.random.default_rng(7).normal(size=(2, 3, 60))
    assert correlation_dimension(x).shape == (2, 3)
    assert correlation_dimension(x)[1, 2] == correlation_dimension(x[1, 2])
