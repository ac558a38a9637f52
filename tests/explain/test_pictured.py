from dataclasses import replace
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from sklearn_eeg._montage import CH_NAMES_1020
from sklearn_eeg.explain import Explanation, Saliency
from sklearn_eeg.explain._attributions import channel_values, describe_explanation, labels_of
from sklearn_eeg.explain._plot_scalp import plot_scalp

NAMES = list(CH_NAMES_1020)
BANDS = ["delta", "theta"]
CLASSES = np.array(["rest", "focal", "tonic"])
PREDICTED = np.array(["rest", "focal", "focal", "tonic", "rest", "focal"])
RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def pyplot():
    with mpl.rc_context({"backend": "agg"}):
        from matplotlib import pyplot

        yield pyplot
        pyplot.close("all")


def by_channel(predictions=PREDICTED):
    return Explanation(
        values=RNG.normal(size=(6, 19, 3)), base_values=np.zeros(3),
        outputs=RNG.normal(size=(6, 3)), predictions=predictions,
        players=pd.DataFrame({"channel": NAMES}), player_names=NAMES, level="channel", classes=CLASSES,
        output="margin", method="exact",
    )  # fmt: skip


def by_channel_and_band():
    coarse = by_channel()
    players = pd.DataFrame([(c, b) for c in NAMES for b in BANDS], columns=["channel", "band"])
    return replace(
        coarse,
        values=np.repeat(coarse.values, 2, axis=1) * np.tile([0.25, 0.75], 19)[:, np.newaxis],
        players=players, player_names=[f"{c} {b}" for c, b in players.to_numpy()],
        level=("channel", "band"),
    )  # fmt: skip


def saliency(n_classes=3):
    values = RNG.normal(size=(6, n_classes, 19, 8))
    return Saliency(
        values,
        CLASSES[:n_classes],
        NAMES,
        "integrated_gradients",
        "log-odds",
        RNG.normal(size=(6, n_classes)),
    )


def test_map_of_a_class_is_the_mean_over_its_windows():
    explanation = by_channel()
    ax = explanation.plot_scalp("focal", vmax=9)
    mean = explanation.values[PREDICTED == "focal", :, 1].mean(axis=0)
    full = next(line for line in ax.lines if line.get_label() == "_at least 0")
    assert len(full.get_xydata()) == (mean >= 0).sum()
    assert ax.images[0].get_clim() == (-9, 9)
    assert ax.get_title() == "focal"
    assert ax.figure.axes[1].get_ylabel() == "attribution to the margin"


def test_a_map_for_each_class_on_one_scale():
    explanation = by_channel()
    axes = explanation.plot_scalp()
    assert [ax.get_title() for ax in axes] == list(CLASSES)
    means = [explanation.values[name == PREDICTED, :, k].mean(axis=0) for k, name in enumerate(CLASSES)]
    assert {ax.images[0].get_clim()[1] for ax in axes} == {np.abs(means).max()}


def test_true_labels_choose_other_windows():
    explanation = by_channel()
    axes = explanation.plot_scalp(y=["rest"] * 6)
    assert [bool(ax.images) for ax in axes] == [True, False, False]
    assert axes[0].images[0].get_clim()[1] == np.abs(explanation.values[..., 0].mean(axis=0)).max()


def test_scalp_map_of_finer_players():
    explanation = by_channel_and_band()
    values, names = channel_values(explanation)
    assert names == NAMES
    image = explanation.plot_scalp("tonic").images[0]
    coarse = explanation.by("channel").plot_scalp("tonic").images[0]
    np.testing.assert_array_equal(image.get_array(), coarse.get_array())
    np.testing.assert_allclose(explanation.values.reshape(6, 19, 2, 3).sum(axis=2), values)


def test_bars_of_all_classes_and_of_one():
    explanation = by_channel()
    ax = explanation.plot_bars(n_largest=5)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(CLASSES)
    assert len(ax.get_yticks()) == 5
    ax = explanation.plot_bars("tonic")
    sizes = np.sort(np.abs(explanation.values[..., 2]).mean(axis=0))[::-1]
    np.testing.assert_allclose([bar.get_width() for bar in ax.containers[0]], sizes)
    assert ax.get_title() == "tonic"


def test_bars_with_patients(pyplot):
    given = pyplot.subplots()[1]
    assert by_channel().plot_bars(ax=given, groups=[0, 0, 1, 1, 2, 2]) is given
    assert given.collections


def test_heat_map_of_a_class():
    explanation = by_channel_and_band()
    ax = explanation.plot_heat_map("focal")
    expected = explanation.values[PREDICTED == "focal", :, 1].mean(axis=0).reshape(19, 2)
    np.testing.assert_allclose(ax.images[0].get_array(), expected)
    assert [text.get_text() for text in ax.get_xticklabels()] == BANDS
    turned = explanation.plot_heat_map("focal", rows="band", columns="channel")
    np.testing.assert_allclose(turned.images[0].get_array(), expected.T)


def test_saliency_has_maps_bars_and_words():
    found = saliency()
    values = found.by_channel()
    labels = CLASSES[found.outputs.argmax(axis=1)]
    np.testing.assert_array_equal(labels_of(found), labels)
    with pytest.raises(ValueError, match=r"`y` must have shape \(6,\), .* got \(5,\)"):
        labels_of(found, labels[:5])
    ax = found.plot_scalp(labels[0])
    place = list(CLASSES).index(labels[0])
    mean = values[labels == labels[0], :, place].mean(axis=0)
    assert ax.images[0].get_clim()[1] == pytest.approx(np.abs(mean).max())
    assert ax.figure.axes[1].get_ylabel() == "integrated gradients to the log-odds"
    assert len(found.plot_bars().get_yticks()) == 19


def test_a_single_class_is_averaged_over_all_windows():
    found = saliency(1)
    assert labels_of(found) is None
    limit = found.plot_scalp("rest").images[0].get_clim()[1]
    assert limit == pytest.approx(np.abs(found.by_channel()[..., 0].mean(axis=0)).max())


@pytest.mark.parametrize("method", ["plot_scalp", "plot_bars", "plot_heat_map"])
def test_unknown_label(method):
    with pytest.raises(
        ValueError, match=r"`label` must be one of \['rest', 'focal', 'tonic'\], got 'absence'"
    ):
        getattr(by_channel_and_band(), method)("absence")


def test_names_of_classes():
    explanation, names = by_channel_and_band(), ["no seizure", "focal seizure", "tonic seizure"]
    assert [ax.get_title() for ax in explanation.plot_scalp(target_names=names)] == names
    assert explanation.plot_scalp("focal", target_names=names).get_title() == "focal seizure"
    assert explanation.plot_bars("focal", target_names=names).get_title() == "focal seizure"
    assert explanation.plot_heat_map("tonic", target_names=names).get_title() == "tonic seizure"
    legend = explanation.plot_bars(target_names=names).get_legend()
    assert [text.get_text() for text in legend.get_texts()] == names
    assert "tonic seizure: most by" in describe_explanation(explanation, target_names=names)
    with pytest.raises(ValueError, match="`target_names` must name 3 classes, got 1 names"):
        explanation.plot_bars(target_names=["one"])


def test_options_of_pictures():
    explanation, names = by_channel(), ["no seizure", "focal seizure", "tonic seizure"]
    ax = explanation.plot_scalp("focal", target_names=names, vmax=2)
    assert ax.get_title() == "focal seizure"
    assert ax.images[0].get_clim() == (-2, 2)
    ax = explanation.plot_bars(target_names=names, groups=[0, 0, 1, 1, 2, 2], n_largest=4)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == names
    assert len(ax.get_yticks()) == 4
    finer = by_channel_and_band()
    ax = finer.plot_heat_map("tonic", y=["tonic"] * 6, target_names=names)
    expected = finer.values[:, :, 2].mean(axis=0).reshape(19, 2)
    np.testing.assert_allclose(ax.images[0].get_array(), expected)
    assert ax.get_title() == "tonic seizure"


def traces(explanation, X, **options):
    return explanation.plot_trace(X, 2, "focal", sfreq=8, target_names=["none", "one", "all"], **options)


def test_trace_of_a_map_and_of_values_of_channels(pyplot):
    X, found, coarse = RNG.normal(size=(6, 19, 8)), saliency(), by_channel()
    given = pyplot.subplots()[1]
    assert traces(found, X, ax=given) is given
    for ax, shown in (
        (given, found.values[2, 1]),
        (traces(coarse, X), coarse.values[2, :, 1][:, np.newaxis]),
    ):
        lanes = ax.images[0].get_array()
        np.testing.assert_array_equal(lanes[::2] + lanes[1::2], shown)
        assert ax.get_title() == "one"
        assert [text.get_text() for text in ax.get_yticklabels()] == NAMES
    assert given.figure.axes[1].get_ylabel() == "integrated gradients to the log-odds"
    line = given.lines[4]
    step = 2 * np.abs(X[2] - np.median(X[2], axis=1, keepdims=True)).max()
    np.testing.assert_allclose(line.get_ydata(), 4 - (X[2, 4] - np.median(X[2, 4])) / step)


def test_trace_of_gradcam_and_of_one_class():
    found = saliency()
    one = replace(found, values=found.values[:, 1], classes=CLASSES[1:2], method="gradcam")
    ax = one.plot_trace(np.zeros((6, 19, 8)), -1, "focal", sfreq=8, vmax=5)
    assert ax.images[0].get_clim() == (-5, 5)
    lanes = ax.images[0].get_array()
    np.testing.assert_array_equal(lanes[::2] + lanes[1::2], found.values[-1, 1])


@pytest.mark.parametrize(("n_windows", "number"), [(5, 0), (6, 6), (6, -7)])
def test_trace_of_windows_that_were_not_explained(n_windows, number):
    with pytest.raises(
        ValueError, match=f"the 6 windows explained .* got {n_windows} windows and number {number}"
    ):
        saliency().plot_trace(np.zeros((n_windows, 19, 8)), number, "rest", sfreq=8)


def test_pictures_of_saliency():
    found, names = saliency(), ["none", "one", "all"]
    ax = found.plot_scalp("focal", y=["focal"] * 6, target_names=names, vmax=2)
    same = plot_scalp(found.by_channel()[..., 1].mean(axis=0), NAMES, vmax=2)
    np.testing.assert_array_equal(ax.images[0].get_array(), same.images[0].get_array())
    assert (ax.get_title(), ax.images[0].get_clim()) == ("one", (-2, 2))
    ax = found.plot_bars("focal", groups=[0, 0, 1, 1, 2, 2], n_largest=4)
    assert (ax.get_title(), len(ax.get_yticks())) == ("focal", 4)
    told = []
    report = SimpleNamespace(add_section=lambda title, content, alt=None: told.append(title))
    found.add_to_report(report, title="Why")
    assert told == ["Why", "Why: scalp maps", "Why: size of the attributions", "Why: what counts most"]


def test_an_explanation_puts_itself_into_a_report():
    found = []
    report = SimpleNamespace(add_section=lambda title, content, alt=None: found.append(title))
    by_channel().add_to_report(report, title="Why")
    assert found == ["Why", "Why: scalp maps", "Why: size of the attributions", "Why: what counts most"]
