from dataclasses import replace
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from sklearn_eeg._montage import CH_NAMES_1020
from sklearn_eeg.explain import Explanation, Saliency
from sklearn_eeg.explain._pictures import (
    channel_values,
    describe_explanation,
    draw_bars,
    draw_heat_map,
    draw_scalp,
    label_of,
    labels_of,
)

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
    return SimpleNamespace(
        values=RNG.normal(size=(6, 19, 3)), base_values=np.zeros(3),
        outputs=RNG.normal(size=(6, 3)), predictions=predictions,
        players=pd.DataFrame({"channel": NAMES}), player_names=NAMES, level="channel", classes=CLASSES,
        output="margin", method="exact",
    )  # fmt: skip


def by_channel_and_band():
    coarse = by_channel()
    players = pd.DataFrame([(c, b) for c in NAMES for b in BANDS], columns=["channel", "band"])
    return SimpleNamespace(**vars(coarse) | {
        "values": np.repeat(coarse.values, 2, axis=1) * np.tile([0.25, 0.75], 19)[:, np.newaxis],
        "players": players, "player_names": [f"{c} {b}" for c, b in players.to_numpy()],
        "level": ("channel", "band"), "by": {"channel": coarse}.__getitem__,
    })  # fmt: skip


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
    ax = draw_scalp(explanation, "focal", vmax=9)
    mean = explanation.values[PREDICTED == "focal", :, 1].mean(axis=0)
    full = next(line for line in ax.lines if line.get_label() == "_at least 0")
    assert len(full.get_xydata()) == (mean >= 0).sum()
    assert ax.images[0].get_clim() == (-9, 9)
    assert ax.get_title() == "focal"
    assert ax.figure.axes[1].get_ylabel() == "attribution to the margin"


def test_a_map_for_each_class_on_one_scale():
    explanation = by_channel()
    axes = draw_scalp(explanation)
    assert [ax.get_title() for ax in axes] == list(CLASSES)
    means = [explanation.values[name == PREDICTED, :, k].mean(axis=0) for k, name in enumerate(CLASSES)]
    assert {ax.images[0].get_clim()[1] for ax in axes} == {np.abs(means).max()}


def test_true_labels_choose_other_windows():
    explanation = by_channel()
    axes = draw_scalp(explanation, y=["rest"] * 6)
    assert [bool(ax.images) for ax in axes] == [True, False, False]
    assert axes[0].images[0].get_clim()[1] == np.abs(explanation.values[..., 0].mean(axis=0)).max()


def test_scalp_map_of_finer_players():
    explanation = by_channel_and_band()
    values, names = channel_values(explanation)
    assert names == NAMES
    image = draw_scalp(explanation, "tonic").images[0]
    coarse = draw_scalp(explanation.by("channel"), "tonic").images[0]
    np.testing.assert_array_equal(image.get_array(), coarse.get_array())
    np.testing.assert_allclose(explanation.values.reshape(6, 19, 2, 3).sum(axis=2), values)


def test_bars_of_all_classes_and_of_one():
    explanation = by_channel()
    ax = draw_bars(explanation, n_largest=5)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(CLASSES)
    assert len(ax.get_yticks()) == 5
    ax = draw_bars(explanation, "tonic")
    sizes = np.sort(np.abs(explanation.values[..., 2]).mean(axis=0))[::-1]
    np.testing.assert_allclose([bar.get_width() for bar in ax.containers[0]], sizes)
    assert ax.get_title() == "tonic"


def test_bars_with_patients(pyplot):
    given = pyplot.subplots()[1]
    assert draw_bars(by_channel(), ax=given, groups=[0, 0, 1, 1, 2, 2]) is given
    assert given.collections


def test_heat_map_of_a_class():
    explanation = by_channel_and_band()
    ax = draw_heat_map(explanation, "focal")
    expected = explanation.values[PREDICTED == "focal", :, 1].mean(axis=0).reshape(19, 2)
    np.testing.assert_allclose(ax.images[0].get_array(), expected)
    assert [text.get_text() for text in ax.get_xticklabels()] == BANDS
    turned = draw_heat_map(explanation, "focal", rows="band", columns="channel")
    np.testing.assert_allclose(turned.images[0].get_array(), expected.T)


def test_saliency_has_maps_bars_and_words():
    found = saliency()
    values = found.by_channel()
    labels = CLASSES[found.outputs.argmax(axis=1)]
    np.testing.assert_array_equal(labels_of(found), labels)
    with pytest.raises(ValueError, match=r"`y` must have shape \(6,\), .* got \(5,\)"):
        labels_of(found, labels[:5])
    ax = draw_scalp(found, labels[0])
    place = list(CLASSES).index(labels[0])
    mean = values[labels == labels[0], :, place].mean(axis=0)
    assert ax.images[0].get_clim()[1] == pytest.approx(np.abs(mean).max())
    assert ax.figure.axes[1].get_ylabel() == "integrated gradients to the log-odds"
    assert len(draw_bars(found).get_yticks()) == 19


def test_a_single_class_is_averaged_over_all_windows():
    found = saliency(1)
    assert labels_of(found) is None
    limit = draw_scalp(found, "rest").images[0].get_clim()[1]
    assert limit == pytest.approx(np.abs(found.by_channel()[..., 0].mean(axis=0)).max())


def test_labels_without_predictions_are_those_of_the_largest_output():
    explanation = by_channel(predictions=None)
    np.testing.assert_array_equal(labels_of(explanation), CLASSES[explanation.outputs.argmax(axis=1)])
    assert labels_of(explanation, list("abcabc")).tolist() == list("abcabc")


def test_words():
    explanation = by_channel()
    text = describe_explanation(explanation, n_largest=1)
    assert text.startswith("Mean attributions to the margin. rest: most by ")
    mean = explanation.values[PREDICTED == "tonic", :, 2].mean(axis=0)
    top = np.abs(mean).argmax()
    assert text.endswith(f"tonic: most by {NAMES[top]} ({mean[top]:+.2g}).")
    assert label_of(explanation) == "attribution to the margin"


@pytest.mark.parametrize("draw", [draw_scalp, draw_bars, draw_heat_map])
def test_unknown_label(draw):
    with pytest.raises(
        ValueError, match=r"`label` must be one of \['rest', 'focal', 'tonic'\], got 'absence'"
    ):
        draw(by_channel_and_band(), "absence")


def test_names_of_classes():
    explanation, names = by_channel_and_band(), ["no seizure", "focal seizure", "tonic seizure"]
    assert [ax.get_title() for ax in draw_scalp(explanation, target_names=names)] == names
    assert draw_scalp(explanation, "focal", target_names=names).get_title() == "focal seizure"
    assert draw_bars(explanation, "focal", target_names=names).get_title() == "focal seizure"
    assert draw_heat_map(explanation, "tonic", target_names=names).get_title() == "tonic seizure"
    legend = draw_bars(explanation, target_names=names).get_legend()
    assert [text.get_text() for text in legend.get_texts()] == names
    assert "tonic seizure: most by" in describe_explanation(explanation, target_names=names)
    with pytest.raises(ValueError, match="`target_names` must name 3 classes, got 1 names"):
        draw_bars(explanation, target_names=["one"])


def test_methods_of_an_explanation_draw_the_same():
    parts = vars(by_channel())
    explanation, names = Explanation(**parts), ["no seizure", "focal seizure", "tonic seizure"]
    method = explanation.plot_scalp("focal", target_names=names, vmax=2)
    function = draw_scalp(explanation, "focal", target_names=names, vmax=2)
    np.testing.assert_array_equal(method.images[0].get_array(), function.images[0].get_array())
    assert method.get_title() == "focal seizure"
    assert method.images[0].get_clim() == (-2, 2)
    ax = explanation.plot_bars(target_names=names, groups=[0, 0, 1, 1, 2, 2], n_largest=4)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == names
    assert len(ax.get_yticks()) == 4
    finer = {name: value for name, value in vars(by_channel_and_band()).items() if name != "by"}
    ax = Explanation(**finer).plot_heat_map("tonic", y=["tonic"] * 6, target_names=names)
    expected = finer["values"][:, :, 2].mean(axis=0).reshape(19, 2)
    np.testing.assert_allclose(ax.images[0].get_array(), expected)
    assert ax.get_title() == "tonic seizure"


def traces(explanation, X, **options):
    return explanation.plot_trace(X, 2, "focal", sfreq=8, target_names=["none", "one", "all"], **options)


def test_trace_of_a_map_and_of_values_of_channels(pyplot):
    X, found, coarse = RNG.normal(size=(6, 19, 8)), saliency(), Explanation(**vars(by_channel()))
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


def test_methods_of_saliency_draw_the_same():
    found, names = saliency(), ["none", "one", "all"]
    method = found.plot_scalp("focal", y=["focal"] * 6, target_names=names, vmax=2)
    function = draw_scalp(found, "focal", y=["focal"] * 6, vmax=2)
    np.testing.assert_array_equal(method.images[0].get_array(), function.images[0].get_array())
    assert (method.get_title(), method.images[0].get_clim()) == ("one", (-2, 2))
    ax = found.plot_bars("focal", groups=[0, 0, 1, 1, 2, 2], n_largest=4)
    assert (ax.get_title(), len(ax.get_yticks())) == ("focal", 4)
    told = []
    report = SimpleNamespace(add_section=lambda title, content, alt=None: told.append(title))
    found.add_to_report(report, title="Why")
    assert told == ["Why", "Why: scalp maps", "Why: size of the attributions", "Why: what counts most"]


def test_an_explanation_puts_itself_into_a_report():
    found = []
    report = SimpleNamespace(add_section=lambda title, content, alt=None: found.append(title))
    Explanation(**vars(by_channel())).add_to_report(report, title="Why")
    assert found == ["Why", "Why: scalp maps", "Why: size of the attributions", "Why: what counts most"]
