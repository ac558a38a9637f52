import matplotlib as mpl
import numpy as np
import pytest

from sklearn_eeg._montage import CH_NAMES_1020, DOUBLE_BANANA, positions_1020
from sklearn_eeg.explain._plot_scalp import plot_scalp, plot_scalp_by_class
from sklearn_eeg.signal import interpolate_scalp

NAMES = list(CH_NAMES_1020)
VALUES = np.random.default_rng(0).normal(size=19)


@pytest.fixture(autouse=True)
def pyplot():
    with mpl.rc_context({"backend": "agg"}):
        from matplotlib import pyplot

        yield pyplot
        pyplot.close("all")


def lines(ax):
    return {line.get_label(): line.get_xydata() for line in ax.lines}


def test_image_colours_and_scale(pyplot):
    ax = plot_scalp(VALUES, NAMES, label="attribution to the margin")
    (image,) = ax.images
    expected, _ = interpolate_scalp(VALUES, positions_1020(), resolution=image.get_array().shape[0])
    np.testing.assert_array_equal(image.get_array(), expected)
    assert image.get_clim() == (-np.abs(VALUES).max(), np.abs(VALUES).max())
    assert image.origin == "lower"
    assert image.get_clip_path() is not None
    bar = ax.figure.axes[1]
    assert bar.get_ylabel() == "attribution to the margin"
    assert bar.get_ylim() == pytest.approx(image.get_clim())
    assert len(pyplot.get_fignums()) == 1


def test_electrodes_show_the_sign_without_colour():
    parts = lines(plot_scalp(VALUES, NAMES))
    np.testing.assert_array_equal(parts["_at least 0"], positions_1020()[VALUES >= 0])
    np.testing.assert_array_equal(parts["_below 0"], positions_1020()[VALUES < 0])
    assert len(parts["_unknown"]) == 0


def test_lines_below_zero_are_dashed():
    ax = plot_scalp(positions_1020()[:, 0], NAMES, contours=2)
    (drawn,) = [each for each in ax.collections if hasattr(each, "levels")]
    np.testing.assert_allclose(drawn.levels, np.array([-2, -1, 1, 2]) * 0.8 / 3)
    solid = [style[1] is None for style in drawn.get_linestyle()]
    assert solid == [False, False, True, True]


def test_names_are_written_as_given_at_their_places():
    given = ["EEG FP1-REF", "T3", "Cz", "Pz"]
    ax = plot_scalp(np.arange(4.0), given)
    assert [text.get_text() for text in ax.texts] == given
    assert list(ax.texts[1].xy) == positions_1020()[NAMES.index("T7")].tolist()
    assert not plot_scalp(np.arange(4.0), given, names=False).texts


def test_given_axes_and_no_scale(pyplot):
    figure, (left, right) = pyplot.subplots(1, 2)
    assert plot_scalp(VALUES, NAMES, right, colorbar=False, vmax=5, cmap="PuOr") is right
    assert right.images[0].get_clim() == (-5, 5)
    assert right.images[0].get_cmap().name == "PuOr"
    assert figure.axes == [left, right]
    assert not left.lines


def test_bipolar_channels_lie_midway_on_a_line_between_their_electrodes():
    names = ["-".join(pair) for pair in DOUBLE_BANANA]
    ax = plot_scalp(np.ones(18), names)
    parts = [line for line in ax.lines if line.get_label() == "_pair"]
    assert len(parts) == 18
    centers = np.array([line.get_xydata().mean(axis=0) for line in parts])
    np.testing.assert_allclose(lines(ax)["_at least 0"], centers, atol=1e-12)
    assert ax.texts[0].get_text() == "Fp1-\nF7"


def test_channels_without_a_place_are_named_and_left_out():
    with pytest.warns(UserWarning, match=r"leaves out \['ECG', 'ch7'\], whose place is not known"):
        ax = plot_scalp(np.array([*VALUES, 99.0, -99.0]), [*NAMES, "ECG", "ch7"])
    np.testing.assert_array_equal(ax.images[0].get_array(), plot_scalp(VALUES, NAMES).images[0].get_array())
    assert ax.images[0].get_clim()[1] == np.abs(VALUES).max()


def test_own_places():
    places = np.array([[0, 0], [0.5, 0], [0, 0.5], [-1.2, 0]])
    ax = plot_scalp(np.array([1.0, 2, 3, 4]), list("abcd"), positions=places)
    np.testing.assert_array_equal(lines(ax)["_at least 0"], places)
    assert ax.get_xlim()[0] < -1.2  # also those outside of the head are seen
    assert ax.images[0].get_extent()[0] < -1.2


def test_unknown_values_are_crossed_and_do_not_count():
    values = VALUES.copy()
    values[NAMES.index("Cz")] = np.nan
    ax = plot_scalp(values, NAMES)
    assert (lines(ax)["_unknown"] + 0.0).tolist() == [[0, 0]]
    known = np.isfinite(values)
    expected, _ = interpolate_scalp(values[known], positions_1020()[known], resolution=128)
    np.testing.assert_array_equal(ax.images[0].get_array(), expected)


@pytest.mark.parametrize("names", [["T7"], ["T7", "T8"]])
def test_few_channels_are_dots_in_colours(names):
    values = np.array([-2.0, 1.0])[: len(names)]
    ax = plot_scalp(values, names)
    (dots,) = ax.collections
    assert not ax.images
    assert dots.get_array().tolist() == values.tolist()
    assert dots.get_clim() == (-2, 2)
    assert dots.get_offsets()[0].tolist() == positions_1020()[NAMES.index("T7")].tolist()


def test_zero_everywhere():
    ax = plot_scalp(np.zeros(19), NAMES)
    assert ax.images[0].get_clim() == (-1, 1)
    assert not [each for each in ax.collections if hasattr(each, "levels")]


def test_maps_by_class_share_one_scale():
    maps = np.stack([VALUES, 3 * VALUES, np.full(19, np.nan)])
    axes = plot_scalp_by_class(maps, NAMES, ["focal", "tonic", "rest"], label="the label")
    assert [ax.get_title() for ax in axes] == ["focal", "tonic", "rest\n(no windows)"]
    limit = 3 * np.abs(VALUES).max()
    assert [ax.images[0].get_clim() for ax in axes[:2]] == [(-limit, limit)] * 2
    assert not axes[2].images
    assert len(axes[0].figure.axes) == 4
    bar = axes[0].figure.axes[3]
    assert (bar.get_ylabel(), bar.get_ylim()) == ("the label", (-limit, limit))


def test_maps_by_class_on_given_axes(pyplot):
    given = pyplot.subplots(2, 1)[1]
    axes = plot_scalp_by_class(np.stack([VALUES, -VALUES]), NAMES, [0, 1], given, vmax=1)
    assert list(axes) == list(given)
    assert given[1].images[0].get_clim() == (-1, 1)
    np.testing.assert_allclose(given[1].images[0].get_array(), -given[0].images[0].get_array(), atol=1e-7)


def test_maps_by_class_warn_once_of_channels_without_a_place():
    with pytest.warns(UserWarning, match="leaves out") as caught:
        plot_scalp_by_class(np.ones((3, 4)), ["Fz", "Cz", "Pz", "ECG"], list("abc"))
    assert len(caught) == 1


@pytest.mark.parametrize(
    ("values", "names", "options", "message"),
    [
        (np.zeros(3), NAMES, {}, r"`values` must have shape \(19,\).*got \(3,\)"),
        (np.zeros(2), ["ch0", "ch1"], {}, r"`ch_names` must hold electrodes .* got \['ch0', 'ch1'\]"),
        (np.zeros(19), NAMES, {"vmax": 0}, "`vmax` must be positive, got 0"),
        (np.zeros(19), NAMES, {"positions": np.zeros((3, 2))}, r"`positions` must have shape \(19, 2\)"),
    ],
)
def test_errors(values, names, options, message):
    with pytest.raises(ValueError, match=message):
        plot_scalp(values, names, **options)


def test_errors_of_maps_by_class(pyplot):
    with pytest.raises(ValueError, match=r"`maps` must have shape \(2, 19\).*got \(3, 19\)"):
        plot_scalp_by_class(np.zeros((3, 19)), NAMES, ["a", "b"])
    with pytest.raises(ValueError, match="`axes` must hold 2 axes, one a class, got 1"):
        plot_scalp_by_class(np.zeros((2, 19)), NAMES, ["a", "b"], [pyplot.subplots()[1]])
