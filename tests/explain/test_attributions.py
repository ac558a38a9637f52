from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sklearn_eeg.explain import Explanation, Saliency
from sklearn_eeg.explain._attributions import (
    channel_values,
    class_names,
    describe_explanation,
    label_of,
    labels_of,
    player_values,
)

NAMES = ["T7", "T8", "Cz"]
CLASSES = np.array(["rest", "focal", "tonic"])
PREDICTED = np.array(["rest", "focal", "focal", "tonic", "rest", "focal"])
RNG = np.random.default_rng(0)
FOUND = Explanation(
    RNG.normal(size=(6, 3, 3)), np.zeros(3), pd.DataFrame({"channel": NAMES}), NAMES, "channel", CLASSES,
    "margin", "exact", RNG.normal(size=(6, 3)), predictions=PREDICTED,
)  # fmt: skip
MAPS = Saliency(
    RNG.normal(size=(6, 3, 3, 8)), CLASSES, NAMES, "integrated_gradients", "log-odds", FOUND.outputs
)


@pytest.mark.parametrize("found", [replace(FOUND, predictions=None), MAPS])
def test_labels_without_predictions_are_those_of_the_largest_output(found):
    np.testing.assert_array_equal(labels_of(found), CLASSES[found.outputs.argmax(axis=1)])
    assert labels_of(found, list("abcabc")).tolist() == list("abcabc")
    with pytest.raises(ValueError, match=r"`y` must have shape \(6,\), .* got \(5,\)"):
        labels_of(found, PREDICTED[:5])


def test_labels_as_predicted():
    np.testing.assert_array_equal(labels_of(FOUND), PREDICTED)


def test_a_class_explained_alone_has_no_labels():
    assert labels_of(replace(MAPS, values=MAPS.values[:, :1], classes=CLASSES[:1])) is None


def test_values_of_channels():
    for found, expected in ((FOUND, FOUND.values), (MAPS, MAPS.by_channel())):
        for values, names in (channel_values(found), player_values(found)):
            np.testing.assert_array_equal(values, expected)
            assert names == NAMES


def test_words():
    text = describe_explanation(FOUND, n_largest=1)
    assert text.startswith("Mean attributions to the margin. rest: most by ")
    mean = FOUND.values[PREDICTED == "tonic", :, 2].mean(axis=0)
    top = np.abs(mean).argmax()
    assert text.endswith(f"tonic: most by {NAMES[top]} ({mean[top]:+.2g}).")
    assert label_of(FOUND) == "attribution to the margin"
    assert label_of(MAPS) == "integrated gradients to the log-odds"


def test_names_of_classes():
    assert class_names(FOUND) == list(CLASSES)
    assert class_names(FOUND, "abc") == ["a", "b", "c"]
    with pytest.raises(ValueError, match="`target_names` must name 3 classes, got 1 names"):
        class_names(FOUND, ["one"])
