import numpy as np
import pytest

from sklearn_eeg._montage import CH_NAMES_1020, positions_1020


def test_left_and_right_mirror_each_other():
    places = dict(zip(CH_NAMES_1020, positions_1020(), strict=True))
    for left, right in [("Fp1", "Fp2"), ("F7", "F8"), ("F3", "F4"), ("T7", "T8"), ("O1", "O2")]:
        np.testing.assert_allclose(places[left] * [-1, 1], places[right], atol=1e-12)


def test_positions_agree_with_mne():
    mne = pytest.importorskip("mne", reason="needs mne")
    montage = mne.channels.make_standard_montage("colin27_1020")
    theirs = montage.get_positions()["ch_pos"]
    aliases = {"T7": "T7", "T8": "T8", "P7": "P7", "P8": "P8"}
    xyz = np.array([theirs[aliases.get(name, name)] for name in CH_NAMES_1020])
    xyz -= np.array([0, xyz[:, 1].mean(), 0])
    for axis in (0, 1):
        assert np.corrcoef(xyz[:, axis], positions_1020()[:, axis])[0, 1] > 0.98
