import numpy as np
import pytest

from sklearn_eeg.detection._montage_match import match_channels

CLINICAL = ["EEG FP1-REF", "EEG F7-REF", "EEG T3-REF", "EEG CZ-REF", "ECG EKG-REF"]


def test_any_spelling_and_order():
    weights = match_channels(["Cz", "T7", "Fp1"], CLINICAL)
    np.testing.assert_array_equal(weights, np.eye(5)[[3, 2, 0]])


def test_old_and_new_names_are_one():
    np.testing.assert_array_equal(match_channels(["T3", "P8"], ["T6", "T7"]), [[0, 1], [1, 0]])


def test_pairs_are_derived_taken_or_turned():
    derived = match_channels(["Fp1-F7", "F7-T3"], CLINICAL)
    np.testing.assert_array_equal(derived, [[1, -1, 0, 0, 0], [0, 1, -1, 0, 0]])
    np.testing.assert_array_equal(match_channels(["Fp1-F7"], ["F7-Fp1", "Cz"]), [[-1, 0]])
    np.testing.assert_array_equal(match_channels(["Fp1-F7"], ["FP1", "FP1-F7", "F7"]), [[0, 1, 0]])


def test_a_reference_that_all_share_is_no_part_of_the_names():
    np.testing.assert_array_equal(match_channels(["Fz", "F7"], ["F7-CS2", "FZ-CS2"]), [[0, 1], [1, 0]])


def test_of_two_channels_of_one_name_the_first_is_taken():
    np.testing.assert_array_equal(match_channels(["T7"], ["T3", "T7"]), [[1, 0]])


def test_names_that_are_no_electrodes_match_as_they_are():
    np.testing.assert_array_equal(match_channels(["ch1", "ch0"], ["ch0", "ch1"]), [[0, 1], [1, 0]])


def test_all_missing_channels_are_named():
    with pytest.raises(ValueError, match=r"^night must have .* but \['O1', 'Fp1-O2'\] cannot be made of"):
        match_channels(["O1", "Cz", "Fp1-O2"], CLINICAL, where="night")


def test_electrodes_are_not_derived_from_pairs():
    with pytest.raises(ValueError, match=r"\['Fp1'\] cannot be made"):
        match_channels(["Fp1"], ["Fp1-F7", "F7-T7"])
