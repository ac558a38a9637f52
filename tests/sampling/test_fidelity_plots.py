"""Pictures of a fidelity report."""

import numpy as np
import pytest

from sklearn_eeg.sampling._fidelity_gallery import make_gallery
from sklearn_eeg.sampling._fidelity_inputs import read_inputs
from sklearn_eeg.sampling._fidelity_plots import draw_embedding, draw_spectra, draw_traces

Figure = pytest.importorskip("matplotlib.figure").Figure


@pytest.fixture(scope="module")
def gallery():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 2, 128)), np.tile(["rest", "seizure"], 20)
    sets = {"synthetic": (10 * x[:10], y[:10]), "rival": (x, y)}
    return make_gallery(
        read_inputs((x, y, np.repeat([1, 2, 3, 4], 10)), sets, None, sfreq=64, ch_names=["Cz", "Pz"])
    )


@pytest.fixture
def ax():
    return Figure().subplots()


def test_traces_are_those_of_the_gallery_on_one_scale(gallery, ax):
    assert draw_traces(gallery, ax, label="seizure", channel="Pz", n_windows=2) is ax
    assert [text.get_text() for text in ax.get_yticklabels()] == ["real", "real", "synthetic", "synthetic"]
    expected = [*gallery.traces["real", 1][:2, 1], *gallery.traces["synthetic", 1][:2, 1]]
    for line, tick, trace in zip(ax.lines, ax.get_yticks(), expected, strict=False):
        np.testing.assert_allclose(line.get_ydata(), trace - trace.mean() + tick)
    assert ax.lines[0].get_xdata()[-1] == pytest.approx(127 / 64)
    bar = ax.lines[-1].get_ydata()
    step = abs(np.diff(ax.get_yticks())[0])
    assert np.ptp(bar) == pytest.approx(step)
    assert ax.texts[0].get_text() == f"{step:.3g} µV"
    assert ax.get_title() == "Pz, class seizure"


def test_traces_of_a_rival(gallery, ax):
    draw_traces(gallery, ax, system="rival")
    assert [text.get_text() for text in ax.get_yticklabels()] == ["real"] * 3 + ["rival"] * 3
    assert ax.get_title() == "Cz, class rest"


def test_spectra_of_each_set_with_bands(gallery, ax):
    draw_spectra(gallery, ax, label="rest")
    lines = {line.get_label(): line.get_ydata() for line in ax.lines}
    assert list(lines) == ["real", "synthetic", "rival"]
    np.testing.assert_allclose(lines["real"], gallery.spectra["real", 0][0].mean(axis=0))
    np.testing.assert_allclose(lines["rival"], lines["real"])
    assert lines["synthetic"].mean() > lines["real"].mean() + 15
    assert [text.get_text() for text in ax.texts] == ["delta", "theta", "alpha", "beta"]  # gamma: no room


def test_spectra_of_one_channel(gallery, ax):
    draw_spectra(gallery, ax, channel=-1)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), gallery.spectra["real", 0][0, 1])
    assert ax.get_title() == "Pz, class rest"


def test_points_beyond_lie_on_the_edge(gallery, ax):
    draw_embedding(gallery, ax)
    real, loud, rival = (np.asarray(each.get_offsets()) for each in ax.collections)
    assert len(real) == len(rival) == 40
    assert len(loud) == 10
    inside = gallery.points["real"]
    assert np.abs(loud).max() < 2 * np.abs(inside).max()
    assert "of real variance" in ax.get_xlabel()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["real", "synthetic", "rival"]


@pytest.mark.parametrize(
    ("draw", "options", "message"),
    [
        (draw_traces, {"system": "real"}, r"`system` must be one of \['synthetic', 'rival'\], got 'real'"),
        (draw_traces, {"channel": "Oz"}, r"`channel` must be one of \['Cz', 'Pz'\] or its place, got 'Oz'"),
        (draw_traces, {"channel": 2}, "or its place, got 2"),
        (draw_spectra, {"label": "nap"}, r"`label` must be one of \['rest', 'seizure'\], got 'nap'"),
        (draw_spectra, {"channel": 7}, "or its place, got 7"),
    ],
)
def test_errors(gallery, ax, draw, options, message):
    with pytest.raises(ValueError, match=message):
        draw(gallery, ax, **options)


def test_without_axes_there_is_a_new_figure(gallery):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    before = pyplot.get_fignums()
    ax = draw_embedding(gallery)
    assert len(pyplot.get_fignums()) == len(before) + 1
    pyplot.close(ax.figure)


def test_some_windows_must_be_drawn(gallery, ax):
    with pytest.raises(ValueError, match="`n_windows` must be at least 1, got 0"):
        draw_traces(gallery, ax, n_windows=0)
