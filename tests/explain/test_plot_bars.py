import matplotlib as mpl
import numpy as np
import pytest
from scipy import stats

from sklearn_eeg.explain._plot_bars import plot_bars

RNG = np.random.default_rng(0)
NAMES = ["Fz", "Cz", "Pz", "Oz"]
VALUES = RNG.normal(size=(12, 4, 3)) * np.array([1, 4, 2, 0.5])[:, np.newaxis]
PATIENTS = np.repeat(["ann", "bob", "cleo"], [2, 4, 6])


@pytest.fixture(autouse=True)
def pyplot():
    with mpl.rc_context({"backend": "agg"}):
        from matplotlib import pyplot

        yield pyplot
        pyplot.close("all")


def bars(ax):
    """Return the lengths of the bars, classes by players, without the intervals."""
    groups = [each for each in ax.containers if each.get_label() != "_intervals" and hasattr(each, "patches")]
    return np.array([[bar.get_width() for bar in each.patches] for each in groups])


def ticks(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_bars_are_mean_sizes_by_class_the_largest_on_top():
    ax = plot_bars(VALUES, NAMES, ["a", "b", "c"], label="attribution to the margin")
    sizes = np.abs(VALUES).mean(axis=0)
    order = np.argsort(-sizes.sum(axis=1))
    assert ticks(ax) == [NAMES[index] for index in order]
    np.testing.assert_allclose(bars(ax), sizes[order].T)
    np.testing.assert_allclose([bar.get_x() for bar in ax.containers[2]], sizes[order, :2].sum(axis=1))
    assert ax.yaxis_inverted()
    assert ax.get_xlabel() == "mean |attribution to the margin|"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b", "c"]


def test_classes_differ_in_colour_and_hatch():
    ax = plot_bars(VALUES, NAMES, ["a", "b", "c"])
    first = [each.patches[0] for each in ax.containers]
    assert len({bar.get_facecolor() for bar in first}) == 3
    assert len({bar.get_hatch() for bar in first}) == 3


def test_one_value_a_player(pyplot):
    given = pyplot.subplots()[1]
    assert plot_bars(VALUES[:, :, 0], NAMES, ax=given) is given
    assert bars(given).shape == (1, 4)
    assert given.get_legend() is None


def test_mirrored_classes_are_drawn_once():
    both = np.stack([-VALUES[..., 0], VALUES[..., 0]], axis=-1)
    ax = plot_bars(both, NAMES, ["rest", "seizure"])
    np.testing.assert_allclose(bars(ax), bars(plot_bars(VALUES[..., 0], NAMES)))
    assert ax.get_legend() is None
    assert bars(plot_bars(VALUES[..., :2], NAMES, ["rest", "seizure"])).shape == (2, 4)


def test_the_largest_few():
    ax = plot_bars(VALUES, NAMES, n_largest=2)
    assert ticks(ax) == ["Cz", "Pz"]
    assert len(ticks(plot_bars(VALUES, NAMES, n_largest=None))) == 4


def test_intervals_are_of_students_distribution_over_patients():
    ax = plot_bars(VALUES, NAMES, groups=PATIENTS)
    total = np.abs(VALUES).sum(axis=2)
    means = np.array([total[patient == PATIENTS].mean(axis=0) for patient in np.unique(PATIENTS)])
    order = np.argsort(-means.mean(axis=0))
    np.testing.assert_allclose(bars(ax).sum(axis=0), means.mean(axis=0)[order])
    (lines,) = [each for each in ax.collections if hasattr(each, "get_segments")]
    ends = np.array(lines.get_segments())[:, :, 0]
    expected = stats.t.interval(0.95, 2, means.mean(axis=0), stats.sem(means, axis=0))
    np.testing.assert_allclose(ends[:, 1], expected[1][order])
    np.testing.assert_allclose(ends[:, 0], np.maximum(expected[0][order], 0), atol=1e-12)


def test_no_interval_without_patients():
    ax = plot_bars(VALUES, NAMES)
    assert not [each for each in ax.collections if hasattr(each, "get_segments")]


def test_all_zero():
    ax = plot_bars(np.zeros((3, 4, 2)), NAMES, ["a", "b"])
    assert ticks(ax) == NAMES
    assert not bars(ax).any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"names": NAMES[:3]}, r"`values` must have shape \(n_windows, 3\).*got \(12, 4, 3\)"),
        ({"classes": ["a"]}, "`classes` must name 3 classes, got 1"),
        ({"n_largest": 0}, "`n_largest` must be at least 1, got 0"),
        ({"groups": [1, 2]}, r"`groups` must have shape \(12,\).*got \(2,\)"),
        ({"groups": ["ann"] * 12}, "`groups` must hold at least two patients .* got 1: leave it out"),
        ({"values": np.zeros((0, 4, 3))}, r"got \(0, 4, 3\)"),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        plot_bars(**{"values": VALUES, "names": NAMES} | arguments)
