import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from sklearn_eeg.explain._plot_heat_map import cross, plot_heat_map

TABLE = pd.DataFrame(
    [[1.0, -0.25, np.nan], [0.5, 2.0, -4.0]],
    index=pd.Index(["T7", "Cz"], name="channel"),
    columns=pd.Index(["delta", "theta", "beta"], name="band"),
)


@pytest.fixture(autouse=True)
def pyplot():
    with mpl.rc_context({"backend": "agg"}):
        from matplotlib import pyplot

        yield pyplot
        pyplot.close("all")


def test_fields_colours_and_names():
    ax = plot_heat_map(TABLE, label="attribution")
    (image,) = ax.images
    np.testing.assert_array_equal(image.get_array().filled(np.nan), TABLE)
    assert image.get_clim() == (-4, 4)
    assert [text.get_text() for text in ax.get_xticklabels()] == ["delta", "theta", "beta"]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["T7", "Cz"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("band", "channel")
    assert ax.figure.axes[1].get_ylabel() == "attribution"


def test_numbers_stand_in_their_fields_and_are_read_on_dark_ones():
    texts = plot_heat_map(TABLE).texts
    written = {text.get_position(): (text.get_text(), text.get_color()) for text in texts}
    assert written == {
        (0, 0): ("1", "black"), (1, 0): ("-0.25", "black"), (0, 1): ("0.5", "black"),
        (1, 1): ("2", "black"), (2, 1): ("-4", "white"),
    }  # fmt: skip


def test_fields_without_a_value_are_hatched():
    (hatched,) = plot_heat_map(TABLE).collections
    assert hatched.get_hatch() == "///"
    x, y = hatched.get_paths()[0].vertices.mean(axis=0)
    assert (round(x), round(y)) == (2, 0)


def test_without_numbers_dashes_show_the_sign():
    assert sorted(text.get_position() for text in plot_heat_map(TABLE, numbers=False).texts) == [
        (1, 0),
        (2, 1),
    ]
    large = pd.DataFrame(np.ones((20, 13)))
    assert not plot_heat_map(large).texts
    assert len(plot_heat_map(large, numbers=True).texts) == 260


def test_given_axes_and_limit(pyplot):
    given = pyplot.subplots()[1]
    assert plot_heat_map(TABLE, given, vmax=10, cmap="PuOr") is given
    assert given.images[0].get_clim() == (-10, 10)
    assert given.images[0].get_cmap().name == "PuOr"


def test_errors_of_the_map():
    with pytest.raises(ValueError, match=r"`table` must hold at least one field, got shape \(0, 0\)"):
        plot_heat_map(pd.DataFrame())
    with pytest.raises(ValueError, match="`vmax` must be positive, got -1"):
        plot_heat_map(TABLE, vmax=-1)


PLAYERS = pd.DataFrame(
    {
        "channel": ["T7", "T7", "Cz", "Cz", "Cz"],
        "band": ["theta", "delta", "theta", np.nan, "theta"],
        "family": [np.nan] * 5,
    },
    index=list("abcde"),
)


def test_cross_sums_players_of_one_field_and_keeps_the_order():
    table = cross(np.array([1.0, 2.0, 4.0, 8.0, 16.0]), PLAYERS, "channel", "band")
    assert list(table.index) == ["T7", "Cz"]
    assert list(table.columns) == ["theta", "delta"]
    np.testing.assert_array_equal(table, [[1, 2], [20, np.nan]])
    np.testing.assert_array_equal(
        cross(np.arange(5), PLAYERS, "band", "channel").to_numpy(), [[0, 6], [1, np.nan]]
    )


@pytest.mark.parametrize("missing", ["family", "region"])
def test_cross_needs_both_properties(missing):
    with pytest.raises(
        ValueError, match=rf"`players` must have a {missing} .* got \['channel', 'band'\] only"
    ):
        cross(np.zeros(5), PLAYERS, "channel", missing)
