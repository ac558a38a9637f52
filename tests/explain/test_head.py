import matplotlib as mpl
import numpy as np
import pytest

from sklearn_eeg._montage import CH_NAMES_1020, positions_1020
from sklearn_eeg.explain._head import draw_head, find_pairs, place_channels


def test_head_nose_and_ears():
    with mpl.rc_context({"backend": "agg"}):
        from matplotlib.figure import Figure

        ax = Figure().subplots()
    draw_head(ax)
    parts = {line.get_label(): line.get_xydata() for line in ax.lines}
    assert list(parts) == ["_head", "_nose", "_right ear", "_left ear"]
    np.testing.assert_allclose(np.linalg.norm(parts["_head"], axis=1), 1)
    assert parts["_nose"][1].tolist() == [0, parts["_nose"][:, 1].max()]
    assert parts["_nose"][1, 1] > 1
    np.testing.assert_array_equal(parts["_left ear"], parts["_right ear"] * [-1, 1])
    assert parts["_right ear"][:, 0].max() > 1
    assert ax.get_aspect() == 1
    assert not ax.axison


def test_places():
    np.testing.assert_array_equal(place_channels(CH_NAMES_1020), positions_1020())
    places = place_channels(["EEG F7-CS2", "EEG Cz-CS2", "ECG"])
    np.testing.assert_array_equal(places[:2], place_channels(["F7", "Cz"]))
    assert np.isnan(places[2]).all()


@pytest.mark.parametrize("names", [["ch0"], ["LAT1", "Status"]])
def test_no_place(names):
    assert np.isnan(place_channels(names)).all()


def test_pairs():
    (pair,) = find_pairs(["Fp1", "FP1-F7", "F3-REF", "ECG"])
    np.testing.assert_array_equal(pair, place_channels(["Fp1", "F7"]))
    np.testing.assert_allclose(pair.mean(axis=0), place_channels(["Fp1-F7"])[0])
