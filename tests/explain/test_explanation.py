import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_eeg.explain import Explanation

mpl.use("Agg")
RNG = np.random.default_rng(0)
NAMES = ["F3", "F4", "O1", "O2"]
BANDS = ["theta", "alpha"]


def make(values=None, *, method="exact", sampled=False, predictions=None, within=None):
    """Return an explanation of six windows by channel and band."""
    players = pd.DataFrame(
        [
            [name, "frontal" if name[0] == "F" else "occipital", "left" if name[1] in "31" else "right", band]
            for name in NAMES
            for band in BANDS
        ],
        columns=["channel", "region", "hemisphere", "band"],
    ).assign(family="fft", statistic=np.nan)
    values = RNG.normal(size=(6, 8, 3)) if values is None else values
    base = np.array([0.1, 0.2, -0.3])
    return Explanation(
        values,
        base,
        players,
        [f"{name} {band}" for name in NAMES for band in BANDS],
        ("channel", "band"),
        np.array(["rest", "focal", "tonic"]),
        "margin",
        method,
        values.sum(axis=1) + base,
        errors=np.abs(values) / 10 if sampled else None,
        predictions=predictions,
        within=within,
    )


def test_sums_by_a_coarser_level():
    found = make()
    channels = found.by("channel")
    assert channels.player_names == NAMES
    assert channels.level == "channel"
    assert_allclose(channels.values, found.values.reshape(6, 4, 2, 3).sum(axis=2))
    assert channels.players["hemisphere"].tolist() == ["left", "right", "left", "right"]
    assert channels.players["band"].isna().all()
    assert channels.players["family"].tolist() == ["fft"] * 4
    assert_allclose(found.by("band").values, found.values.reshape(6, 4, 2, 3).sum(axis=1))
    assert found.by(("region", "band")).player_names == [
        "frontal theta", "frontal alpha", "occipital theta", "occipital alpha",
    ]  # fmt: skip
    for level in ("channel", "band", "region", "family", ("hemisphere", "band")):
        coarse = found.by(level)
        assert_allclose(coarse.values.sum(axis=1), coarse.outputs - coarse.base_values)
    assert_allclose(found.by("channel").by("region").values, found.by("region").values)


def test_sums_say_that_they_are_sums():
    assert make().by("channel").method == "exact, summed"
    assert make().by("channel").by("region").method == "exact, summed"
    assert make(method="linear").by("channel").method == "linear"
    assert make(method="tree").by("channel").method == "tree"
    assert make(within="channel").by("channel").method == "exact"
    assert make(within="channel").by("band").method == "exact, summed"
    found = make()
    assert found.by(("channel", "band")) is found


def test_errors_of_sums_are_bounds():
    found = make(sampled=True, method="sampling")
    assert_allclose(found.by("channel").errors, found.errors.reshape(6, 4, 2, 3).sum(axis=2))
    assert found.by("channel").method == "sampling, summed"


def test_a_table_of_all_values():
    found = make(sampled=True)
    table = found.to_frame()
    assert list(table) == [
        "window", "player", "channel", "region", "hemisphere", "band", "family", "class", "value", "error",
    ]  # fmt: skip
    assert len(table) == 6 * 8 * 3
    row = table[(table["window"] == 4) & (table["player"] == "O1 alpha") & (table["class"] == "tonic")]
    assert row["value"].item() == found.values[4, 5, 2]
    assert row["error"].item() == found.errors[4, 5, 2]
    assert row["hemisphere"].item() == "left"
    pivoted = table.pivot_table(index="window", columns="class", values="value", aggfunc="sum")
    assert_allclose(pivoted[["rest", "focal", "tonic"]], found.outputs - found.base_values)
    assert "error" not in make().to_frame()


def test_mean_sizes():
    found = make()
    table = found.mean_absolute()
    assert table.loc["F4 theta", "focal"] == pytest.approx(np.abs(found.values[:, 2, 1]).mean())
    assert table.shape == (8, 3)


def test_top_channels_are_those_of_the_windows_of_a_class():
    values = np.zeros((6, 8, 3))
    values[:3, 4, 1] = 1.0  # O1, in the first three windows
    values[3:, 2, 1] = 9.0  # F4, in the others
    predictions = np.array(["focal"] * 3 + ["rest"] * 3)
    found = make(values, predictions=predictions)
    assert found.top_channels("focal", n=1) == ["O1"]
    assert found.top_channels("focal", n=1, y=predictions[::-1]) == ["F4"]
    assert found.top_channels("focal", n=9)[0] == "O1"
    values[:, 6, 2] = 1.0  # no window is tonic: the mean over all
    assert make(values, predictions=predictions).top_channels("tonic", 1) == ["O2"]


def test_shap_draws_it():
    found = make()
    whole = found.to_shap()
    import shap
    from matplotlib import pyplot

    assert isinstance(whole, shap.Explanation)
    assert whole.values.shape == (6, 8, 3)
    one = found.to_shap("focal")
    assert_array_equal(one.values, found.values[:, :, 1])
    assert_allclose(one.values.sum(axis=1) + one.base_values, found.outputs[:, 1])
    for draw in (shap.plots.bar, shap.plots.beeswarm, shap.plots.heatmap):
        draw(one, show=False)
        labels = [text.get_text() for ax in pyplot.gcf().axes for text in ax.get_yticklabels()]
        assert set(labels) & set(found.player_names)
        pyplot.close("all")
    shap.plots.waterfall(one[0], show=False)
    pyplot.close("all")


def test_pictures():
    from matplotlib import pyplot

    found = make(predictions=np.array(["rest", "focal", "tonic"] * 2))
    assert found.plot_scalp("focal").get_title() == "focal"
    assert len(found.plot_scalp()) == 3
    assert len(found.plot_bars(n_largest=5).get_yticks()) == 5
    ax = found.plot_heat_map("tonic")
    assert [text.get_text() for text in ax.get_yticklabels()] == NAMES
    assert [text.get_text() for text in ax.get_xticklabels()] == BANDS
    pyplot.close("all")


def test_it_shows_what_it_is():
    assert repr(make()).startswith("Explanation(base_values=")
    assert "level=('channel', 'band')" in repr(make())
    with pytest.raises(AttributeError):
        make().method = "linear"


def test_errors():
    found = make()
    with pytest.raises(
        ValueError, match=r"`level` must be made of \['channel', .*\] of these players, got 'stat"
    ):
        found.by("statistic")
    with pytest.raises(ValueError, match="`level` must be one of"):
        found.by("lobe")
    with pytest.raises(ValueError, match="`label` must be one of"):
        found.top_channels("absence")
    with pytest.raises(ValueError, match="`label` must be one of"):
        found.to_shap("absence")
