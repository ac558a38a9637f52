import numpy as np
import pytest

from sklearn_eeg.preprocessing import NotchFilter
from sklearn_eeg.signal import notch, remove_line

SFREQ = 250.0
TIMES = np.arange(250) / SFREQ
CLEAN = np.random.default_rng(0).normal(size=(20, 3, 250)).cumsum(axis=-1)
HUM = 10 * np.sin(2 * np.pi * 50 * TIMES) + 5 * np.sin(2 * np.pi * 100 * TIMES + 1)


def error(step):
    return np.sqrt(np.square(step.fit_transform(CLEAN + HUM) - CLEAN).mean())


@pytest.mark.parametrize("harmonics", [1, 2])
def test_is_the_functions(harmonics):
    for method, function in (("notch", notch), ("interpolate", remove_line)):
        step = NotchFilter(SFREQ, 60.0, method=method, harmonics=harmonics)
        expected = function(CLEAN, SFREQ, 60.0, harmonics=harmonics)
        np.testing.assert_allclose(step.fit_transform(CLEAN), expected, atol=1e-12)


def test_interpolation_leaves_less_hum_in_short_windows():
    assert error(NotchFilter(SFREQ)) > 3.4  # the harmonic
    filtered = error(NotchFilter(SFREQ, harmonics=2))
    interpolated = error(NotchFilter(SFREQ, harmonics=2, method="interpolate"))
    assert interpolated < 0.25 < 1 < filtered


@pytest.mark.parametrize("method", ["notch", "interpolate"])
def test_constant_channel(method):
    out = NotchFilter(SFREQ, method=method).fit_transform(np.full((2, 3, 250), 7.25))
    np.testing.assert_allclose(out, 7.25, rtol=1e-12)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"frequency": 125.0}, r"`frequency` must lie between 0 and .*\(125 Hz\), got 125 Hz"),
        ({"frequency": -1.0}, "'frequency' parameter of NotchFilter must be"),
        ({"harmonics": 0}, "'harmonics' parameter of NotchFilter must be"),
        ({"method": "zapline"}, "'method' parameter of NotchFilter must be"),
        ({"method": "interpolate", "frequency": 4.0}, "must have at least 313 time points"),
    ],
)
def test_bad_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        NotchFilter(SFREQ, **parameters).fit(CLEAN)
