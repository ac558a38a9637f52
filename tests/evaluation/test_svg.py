import re
from xml.etree import ElementTree

import numpy as np
import pytest

from sklearn_eeg.evaluation._svg import Line, kind_of, line_plot, thin

ENDS = np.array([0.0, 1.0])


def plot(*lines, **options):
    words = {"x_label": "x", "y_label": "y", "description": "a line"}
    return ElementTree.fromstring(line_plot(lines, **{**words, **options}))


def points(svg, kind="model"):
    """Return the points of the path of a kind, in the units of the drawing."""
    [path] = [each for each in svg.iter("path") if each.get("class") == kind and "h24" not in each.get("d")]
    return np.array(re.findall(r"-?[\d.]+", path.get("d")), dtype=float).reshape(-1, 2)


def test_it_is_an_image_with_a_description():
    svg = plot(Line(ENDS, ENDS), description='area 0.5 < "chance" & more')
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == 'area 0.5 < "chance" & more'
    with pytest.raises(ValueError, match="`description` must say what the plot shows"):
        plot(Line(ENDS, ENDS), description=" ")


def test_the_diagonal_runs_from_corner_to_corner():
    (left, bottom), (right, top) = points(plot(Line(ENDS, ENDS)))
    frame = plot(Line(ENDS, ENDS)).find("path[@class='grid-line']").get("d")
    assert frame == f"M{left:.1f} {top:.0f} V{bottom:.0f} M{left:.0f} {bottom:.1f} H{right:.0f}"


def test_axes_scale_the_points():
    half = points(plot(Line(np.array([12.0, 24.0]), np.array([1.0, 2.0])), x_range=(0, 24), y_range=(0, 2)))
    whole = points(plot(Line(np.array([0.5, 1.0]), np.array([0.5, 1.0]))))
    np.testing.assert_array_equal(half, whole)


def test_lines_end_at_the_axes_and_skip_what_is_not_known():
    line = Line(np.array([-1.0, 0.5, 2.0]), np.array([0.0, np.nan, 1.0]))
    np.testing.assert_array_equal(points(plot(line)), points(plot(Line(ENDS, ENDS))))
    assert [
        each for each in plot(Line(ENDS, ENDS * np.nan)).iter("path") if each.get("class") == "model"
    ] == []


def test_a_band_goes_there_and_back():
    svg = plot(Line(ENDS, ENDS, low=ENDS / 2, high=ENDS))
    band = points(svg, "band model")
    line = points(svg)
    np.testing.assert_array_equal(band[:2], line)
    assert band[2, 1] == pytest.approx((line[0, 1] + line[1, 1]) / 2)
    assert len(list(plot(Line(ENDS, ENDS, low=ENDS * np.nan, high=ENDS * np.nan)).iter("path"))) == 6


def test_legend_and_dots():
    svg = plot(Line(ENDS, ENDS, "<me>", dots=True), Line(ENDS, ENDS, "a" * 50, kind="beside"))
    texts = [each.text for each in svg.iter("text")]
    assert "<me>" in texts
    assert "a" * 39 + "…" in texts
    assert len(list(svg.iter("circle"))) == 2
    assert [kind_of(place) for place in range(5)] == ["model", "beside", "beside2", "beside3", "beside3"]


def test_thinning_keeps_the_shape():
    x = np.linspace(0, 1, 5000)
    y = np.sqrt(x)
    few_x, few_y = thin(x, y)
    assert len(few_x) <= 202
    assert (few_x[0], few_x[-1]) == (0, 1)
    assert np.abs(np.interp(x, few_x, few_y) - y).max() < 0.01
    assert thin(x[:50], y[:50])[0] is not None
    np.testing.assert_array_equal(thin(x[:50], y[:50])[0], x[:50])
