import sys

import matplotlib as mpl
import numpy as np
import pytest

from sklearn_eeg.explain._canvas import draw_colorbar, name_output, open_axes, open_grid, symmetric_limit


@pytest.fixture(autouse=True)
def pyplot():
    with mpl.rc_context({"backend": "agg"}):
        from matplotlib import pyplot

        yield pyplot
        pyplot.close("all")


def test_a_new_figure_only_where_no_axes_are_given(pyplot):
    ax = open_axes(None, needed_by="a test", size=(3, 2))
    assert tuple(ax.figure.get_size_inches()) == (3, 2)
    assert open_axes(ax, needed_by="a test") is ax
    assert len(pyplot.get_fignums()) == 1


@pytest.mark.parametrize(("n_axes", "rows"), [(1, 1), (4, 1), (5, 2), (9, 3)])
def test_grid(n_axes, rows):
    axes = open_grid(n_axes, needed_by="a test")
    assert axes.shape == (n_axes,)
    assert axes[0].figure.axes == list(axes)
    assert {ax.get_subplotspec().get_gridspec().nrows for ax in axes} == {rows}


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"plot_scalp needs matplotlib; .*sklearn-eeg\[plot\]"):
        open_axes(None, needed_by="plot_scalp")


def test_colorbar_is_symmetric_and_labelled():
    axes = open_grid(2, needed_by="a test")
    draw_colorbar(axes, 2.5, "RdBu_r", "unit")
    bar = axes[0].figure.axes[-1]
    assert bar.get_ylabel() == "unit"
    assert bar.get_ylim() == (-2.5, 2.5)


def test_limit():
    assert symmetric_limit(np.array([[1.0, -4.0], [np.nan, 2.0]])) == 4.0
    assert symmetric_limit(np.array([1.0, -4.0]), 2) == 2.0
    assert symmetric_limit(np.full(3, np.nan)) == 1.0


@pytest.mark.parametrize("vmax", [0, -1.0, np.inf, np.nan])
def test_a_limit_must_be_positive(vmax):
    with pytest.raises(ValueError, match=f"`vmax` must be positive, got {vmax}"):
        symmetric_limit(np.ones(2), vmax)


def test_names_of_outputs():
    assert name_output("log-odds") == "the log-odds"
    assert name_output("gradient") == "gradient"
