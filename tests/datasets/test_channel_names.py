import pytest

from sklearn_eeg.datasets._channel_names import find_channels, number_repeated


def test_numbers_of_repeated_names_are_those_of_mne():
    assert number_repeated(["-", "T8-P8", "-", "Cz", "T8-P8"]) == ["--0", "T8-P8-0", "--1", "Cz", "T8-P8-1"]
    assert number_repeated(["A", "A", "A-0"]) == ["A-1", "A-2", "A-0"]
    assert number_repeated([]) == []


def test_find_by_either_name_in_the_order_asked_for():
    standard, original = ["Fp1", "T7", "Cz"], ["EEG FP1-REF", "EEG T3-REF", "EEG CZ-REF"]
    for wanted in (["Cz", "T7"], ["CZ", "T3"], ["EEG CZ-REF", "EEG T3-REF"], ("cz", "EEG T3-LE")):
        assert find_channels(wanted, standard, original, where="x") == [2, 1]


def test_a_name_in_the_file_goes_before_a_standard_one():
    assert find_channels(["T7"], ["T7", "T7"], ["T3", "T7"], where="x") == [1]


def test_find_errors():
    with pytest.raises(ValueError, match=r"night has no channel 'C9', 'X': it has \['C3'\]\."):
        find_channels(["C9", "C3", "X"], ["C3"], ["EEG C3"], where="night")
    with pytest.raises(ValueError, match="'C3' and 'EEG C3' are the same channel of night: name it once"):
        find_channels(["C3", "EEG C3"], ["C3"], ["EEG C3"], where="night")
    with pytest.raises(ValueError, match="empty list"):
        find_channels([], ["C3"], ["C3"], where="night")
    for wanted in ("C3", 3, [3], None):
        with pytest.raises(TypeError, match="list of names, got"):
            find_channels(wanted, ["C3"], ["C3"], where="night")


def test_a_reference_that_is_in_the_file_only_may_be_spelt_otherwise():
    there = ["FZ-CS2", "T3-CS2"]
    for wanted in (["T7", "Fz"], ["T3-CS2", "FZ-CS2"], ["T7-CS2", "EEG Fz-CS2"]):
        assert (
            find_channels(wanted, ["Fz", "T7"], there, where="x") == [there.index("T3-CS2"), 0][: len(wanted)]
        )
