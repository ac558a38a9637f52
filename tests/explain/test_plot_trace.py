import matplotlib as mpl
import numpy as np
import pytest

from sklearn_eeg.explain._plot_trace import plot_trace

RNG = np.random.default_rng(0)
WINDOW = RNG.normal(scale=30, size=(3, 200))
ATTRIBUTION = RNG.normal(size=(3, 200))


@pytest.fixture(autouse=True)
def pyplot():
    with mpl.rc_context({"backend": "agg"}):
        from matplotlib import pyplot

        yield pyplot
        pyplot.close("all")


def test_each_channel_has_its_trace_in_its_lane():
    ax = plot_trace(WINDOW + 1000, ATTRIBUTION, 100.0, ch_names=["T7", "Cz", "T8"], spacing=50.0)
    assert len(ax.lines) == 3
    assert [text.get_text() for text in ax.get_yticklabels()] == ["T7", "Cz", "T8"]
    for lane, line in enumerate(ax.lines):
        np.testing.assert_allclose(line.get_xdata(), np.arange(200) / 100)
        expected = lane - (WINDOW[lane] - np.median(WINDOW[lane])) / 50  # the axis points down
        np.testing.assert_allclose(line.get_ydata(), expected)
    assert ax.yaxis_inverted()
    assert ax.get_xlabel() == "time (s)"
    assert ax.get_title(loc="right") == "50 µV from lane to lane"


def test_colours_above_zero_in_the_upper_half_below_in_the_lower():
    ax = plot_trace(WINDOW, ATTRIBUTION, 100.0, label="attribution to the margin")
    (image,) = ax.images
    halves = np.asarray(image.get_array())
    assert halves.shape == (6, 200)
    assert (halves[0::2] >= 0).all()
    assert (halves[1::2] <= 0).all()
    np.testing.assert_array_equal(halves[0::2] + halves[1::2], ATTRIBUTION)
    limit = np.abs(ATTRIBUTION).max()
    assert image.get_clim() == (-limit, limit)
    assert image.get_extent() == [-0.005, 1.995, 2.5, -0.5]
    assert ax.figure.axes[1].get_ylabel() == "attribution to the margin"


def test_lanes_are_wide_enough_by_default():
    ax = plot_trace(WINDOW, ATTRIBUTION, 100.0)
    reach = [np.abs(line.get_ydata() - lane).max() for lane, line in enumerate(ax.lines)]
    assert max(reach) == pytest.approx(0.5)


def test_one_attribution_a_channel(pyplot):
    given = pyplot.subplots()[1]
    assert plot_trace(WINDOW, [1.0, -2.0, 0.0], 100.0, ax=given, vmax=4) is given
    assert np.asarray(given.images[0].get_array()).ravel().tolist() == [1, 0, 0, -2, 0, 0]
    assert given.images[0].get_clim() == (-4, 4)
    assert [text.get_text() for text in given.get_yticklabels()] == ["ch0", "ch1", "ch2"]


def test_constant_channels_are_straight_lines():
    ax = plot_trace(np.full((2, 50), 7.0), np.zeros((2, 50)), 50.0)
    assert [set(line.get_ydata()) for line in ax.lines] == [{0.0}, {1.0}]
    assert ax.images[0].get_clim() == (-1, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"window": WINDOW[0]},
            r"`window` must have shape \(n_channels, n_times\), got \(200,\): pass one window",
        ),
        ({"window": WINDOW[np.newaxis]}, r"`window` must have shape .* got \(1, 3, 200\)"),
        ({"attribution": np.zeros(200)}, r"`attribution` must have shape \(3, 200\) or \(3,\), got \(200,\)"),
        ({"sfreq": 0}, "`sfreq` must be positive, got 0"),
        ({"spacing": -1}, "`spacing` must be positive, got -1"),
        ({"spacing": 0}, "`spacing` must be positive, got 0"),
        ({"vmax": 0}, "`vmax` must be positive, got 0"),
        ({"ch_names": ["a"]}, "`ch_names` must name each of the 3 channels"),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        plot_trace(**{"window": WINDOW, "attribution": ATTRIBUTION, "sfreq": 100.0} | arguments)
