"""The result of a fidelity report."""

import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from sklearn_eeg.sampling import FidelityReport, fidelity_report


@pytest.fixture(scope="module")
def report():
    rng = np.random.default_rng(0)
    x, y, patients = rng.normal(size=(80, 2, 64)), np.tile([0, 1], 40), np.repeat(np.arange(4), 20)
    return fidelity_report(
        x, y, rng.normal(size=(40, 2, 64)), y[:40], sfreq=64, groups=patients, n_halvings=1
    )


def test_the_frame_says_what_is_better_and_is_a_copy(report):
    frame = report.to_frame()
    assert list(frame) == ["better", "synthetic", "real against real"]
    assert frame.loc["coverage", "better"] == "larger"
    frame["synthetic"] = 0.0
    assert report.figures.loc["coverage", "synthetic"] > 0
    assert report.systems == ("synthetic", "real against real")


def test_the_result_is_frozen(report):
    assert isinstance(report, FidelityReport)
    with pytest.raises(FrozenInstanceError):
        report.figures = None


def test_the_result_can_be_kept(report):
    again = pickle.loads(pickle.dumps(report))
    assert again.figures.equals(report.figures)
    assert again.to_markdown() == report.to_markdown()


def test_pictures_are_drawn_where_the_user_wants(report):
    axes = pytest.importorskip("matplotlib.figure").Figure().subplots(3)
    drawn = (
        report.plot_traces(axes[0], channel=1),
        report.plot_spectra(axes[1]),
        report.plot_embedding(axes[2]),
    )
    assert all(a is b for a, b in zip(drawn, axes, strict=True))
    assert all(ax.has_data() for ax in axes)
