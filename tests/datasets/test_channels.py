import pytest

from sklearn_eeg.datasets._channels import (
    Channel,
    choose_channels,
    find_channels,
    microvolts_per,
    number_repeated,
)
from sklearn_eeg.datasets._unreadable import UnreadableError


def eeg(label, sfreq=256.0, unit="uV", **more):
    return Channel(label, "eeg", sfreq, unit, **more)


def choose(channels, wanted="eeg"):
    return choose_channels(channels, wanted, where="night.edf")


@pytest.mark.parametrize(
    ("unit", "microvolts"),
    [
        ("uV", 1), ("UV", 1), ("µV", 1), ("μV", 1), ("Âµv", 1), ("?V", 1), (" uv ", 1), ("microvolts", 1),
        ("mV", 1e3), ("MV", 1e3), ("V", 1e6), ("volt", 1e6), ("Volts", 1e6), ("nV", 1e-3),
        ("%", None), ("degC", None), ("", None), ("Ohm", None), ("uV/mm", None), ("bpm", None),
    ],
)  # fmt: skip
def test_units(unit, microvolts):
    assert microvolts_per(unit) == microvolts


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


def test_eeg_is_kept_and_everything_else_has_a_reason():
    chosen = choose(
        [
            eeg("EEG T3-Ref"),
            Channel("ECG", "ecg", 256.0, "mV"),
            eeg("Cz", problem="it is damaged"),
            eeg("C3", unit="%"),
            eeg("C4", unit="mV"),
        ]
    )
    assert chosen.indices == [0, 4]
    assert chosen.ch_names == ["T7", "C4"]
    assert chosen.original_names == ["EEG T3-Ref", "C4"]
    assert chosen.excluded == {
        "ECG": "ecg, not eeg",
        "Cz": "it is damaged",
        "C3": "its unit, '%', is no voltage",
    }
    assert chosen.notes == []


def test_all_keeps_what_has_the_rate_of_the_eeg():
    there = [Channel("SpO2", "spo2", 1.0, "%"), eeg("Cz"), Channel("ECG", "ecg", 256.0, "uV")]
    chosen = choose(there, "all")
    assert chosen.ch_names == ["Cz", "ECG"]
    assert chosen.excluded == {"SpO2": "sampled at 1 Hz, the EEG at 256 Hz"}
    assert choose(there[:1], "all").ch_names == ["SpO2"]


def test_a_list_is_kept_as_it_is():
    there = [Channel("SpO2", "spo2", 1.0, "%"), eeg("EEG T3"), Channel("ECG", "ecg", 256.0, "uV")]
    chosen = choose(there, ["ECG", "T7"])
    assert chosen.indices == [2, 1]
    assert chosen.excluded == {"SpO2": "not asked for"}
    assert choose(there, iter(["SpO2"])).indices == [0]


def test_of_one_name_the_first_is_kept_and_the_others_are_listed():
    there = [eeg("T8-P8"), eeg("Cz"), eeg("T8-P8"), eeg("EEG T4"), eeg("T8")]
    chosen = choose(there)
    assert chosen.ch_names == ["T8-P8", "Cz", "T8"]
    assert chosen.excluded == {
        "T8-P8-1": "another channel of the name T8-P8, beside T8-P8-0",
        "T8": "another channel of the name T8, beside EEG T4",
    }
    assert chosen.copies == [(there[0], there[2]), (there[3], there[4])]


def test_asked_for_by_number_channels_of_one_name_keep_the_number():
    there = [eeg("T8-P8"), eeg("Cz"), eeg("T8-P8")]
    assert choose(there, ["T8-P8-1", "Cz"]).ch_names == ["T8-P8", "Cz"]
    assert choose(there, ["T8-P8-1", "Cz"]).indices == [2, 1]
    assert choose(there, ["T8-P8"]).indices == [0]
    assert choose(there, ["T8-P8-1", "T8-P8-0"]).ch_names == ["T8-P8-1", "T8-P8-0"]


def test_rates_that_differ_are_named_with_their_channels():
    there = [eeg("Fp1"), eeg("Cz", sfreq=200.0), eeg("C3")]
    text = r"night.edf .*\(256 Hz: Fp1, C3; 200 Hz: Cz\): choose those of one, `channels=\[...\]`"
    for wanted in ("eeg", "all", ["Cz", "Fp1", "C3"]):
        with pytest.raises(UnreadableError, match="different sampling frequencies"):
            choose(there, wanted)
    with pytest.raises(UnreadableError, match=text):
        choose(there)
    assert choose(there, ["Cz"]).indices == [1]


def test_no_eeg():
    with pytest.raises(
        UnreadableError, match=r"no channel of EEG that can be read \(ECG: ecg, not eeg\): name"
    ):
        choose([Channel("ECG", "ecg", 256.0, "mV")])


def test_what_was_asked_for_must_be_readable():
    with pytest.raises(UnreadableError, match=r"'EEG Cz' of night.edf cannot be read: it is damaged\."):
        choose([eeg("EEG Cz", problem="it is damaged"), eeg("C3")], ["C3", "Cz"])
    with pytest.raises(ValueError, match="must be 'eeg', 'all' or a list of names, got 'EEG'"):
        choose([eeg("Cz")], "EEG")


def test_a_blank_unit_is_microvolts_with_a_warning():
    chosen = choose([eeg("Cz", unit=" "), eeg("C3"), Channel("ECG", "ecg", 256.0, "")], "all")
    assert chosen.notes == ["night.edf gives no unit for Cz: taken as microvolts."]
    assert [eeg("Cz", unit="").microvolts, Channel("ECG", "ecg", 256.0, "").microvolts] == [1.0, None]


@pytest.mark.parametrize(("unit", "largest"), [("uV", 0.003), ("uV", 3.2), ("mV", 3276.0), ("V", 3200.0)])
def test_a_unit_that_cannot_be_true(unit, largest):
    (note,) = choose([eeg("Cz", unit=unit, largest=largest)]).notes
    assert note.startswith(f"The unit of night.edf ({unit}) can hardly be true")


@pytest.mark.parametrize(("unit", "largest"), [("uV", 3276.7), ("V", 0.0032), ("mV", 262.144), ("uV", 100.0)])
def test_a_unit_that_can_be_true(unit, largest):
    assert choose([eeg("Cz", unit=unit, largest=largest), eeg("C3", largest=0.0)]).notes == []
