import pytest

from sklearn_eeg.datasets._channels import Channel, choose_channels, microvolts_per
from sklearn_eeg.datasets._unreadable import UnreadableError


def eeg(label, sfreq=256.0, unit="uV", **more):
    return Channel(label, "eeg", sfreq, unit, **more)


def choose(channels, wanted="eeg"):
    return choose_channels(channels, wanted, where="night.edf")


@pytest.mark.parametrize(
    ("unit", "microvolts"),
    [
        ("uV", 1), ("UV", 1), ("µV", 1), ("μV", 1), ("Âµv", 1), ("?V", 1), (" uv ", 1), ("microvolts", 1),
        ("uVolt", 1), ("uVolts", 1), ("microV", 1), ("muV", 1), ("mkV", 1), ("µVolt", 1), ("milliVolts", 1e3),
        ("uVs", None), ("mu", None), ("revolt", None),
        ("mV", 1e3), ("MV", 1e3), ("V", 1e6), ("volt", 1e6), ("Volts", 1e6), ("nV", 1e-3),
        ("%", None), ("degC", None), ("", None), ("Ohm", None), ("uV/mm", None), ("bpm", None),
    ],
)  # fmt: skip
def test_units(unit, microvolts):
    assert microvolts_per(unit) == microvolts


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


def test_an_unknown_reference_of_all_electrodes_is_no_part_of_their_names():
    labels = ["F7-CS2", "FP1-CS2", "FZ-CS2", "T3-CS2", "EKG1-CHIN"]
    kinds = ["eeg"] * 4 + ["ecg"]
    chosen = choose([Channel(*pair, 256.0, "uV") for pair in zip(labels, kinds, strict=True)], "all")
    assert chosen.ch_names == ["F7", "Fp1", "Fz", "T7", "EKG1-CHIN"]
    assert chosen.original_names == labels
    other = choose([eeg("F7-CS2"), eeg("FP1-G2"), eeg("Cz")])
    assert other.ch_names == ["F7-CS2", "Fp1-G2", "Cz"]


def contacts(letters, last, kind="misc"):
    """Channels as their names alone would have them: A1, A2, C1 to C6, ... are EEG."""
    known = {"A": 2, "C": 6, "F": 10, "O": 2}
    return [
        Channel(f"{letter}{n}", "eeg" if n <= known.get(letter, 0) else kind, 256.0, "uV")
        for letter in letters
        for n in range(1, last + 1)
    ]


def test_a_depth_recording_is_no_scalp_recording():
    with pytest.raises(UnreadableError, match=r"\(A1, A2, A3, A4, A5, ... 60 in all: ieeg, not eeg\): name"):
        choose(contacts("ABCFO", 12))
    everything = choose(contacts("ACT", 12), "all")
    assert everything.ch_names == everything.original_names
    assert {"T3", "T7"} < set(everything.ch_names)
    assert {channel.kind for channel in everything.channels} == {"ieeg"}


def test_contacts_beside_scalp_electrodes_are_left_out_with_a_warning():
    chosen = choose([*contacts("AC", 9), eeg("Cz"), eeg("Pz"), eeg("EEG C3-Ref")])
    assert chosen.ch_names == ["Cz", "Pz"]
    assert chosen.excluded["A1"] == chosen.excluded["EEG C3-Ref"] == "ieeg, not eeg"
    (note,) = chosen.notes
    assert note.startswith("night.edf has channels that are not taken for scalp electrodes and left out")
    assert "(A1, A2, A3, A4, A5, ... 19 in all): name those to read, `channels=[...]`" in note
    assert choose([*contacts("AC", 9), eeg("Cz")], ["A1", "C3", "Cz"]).notes == []


def misc(label, unit="uV", **more):
    return Channel(label, "misc", more.pop("sfreq", 256.0), unit, **more)


def test_unknown_names_that_are_called_eeg_are_warned_of():
    rest = [eeg("Fp1"), eeg("Fp2"), eeg("Cz")]
    for unknown in (misc("EEG E5"), misc("EEG 26-REF", ""), misc("Q7", declared=True), misc("EEG(sec)")):
        (note,) = choose([unknown, *rest]).notes
        assert f"({unknown.label})" in note
    quiet = [
        misc("E5"), misc("EEG E5", "%"), misc("EEG E5", sfreq=1.0), misc("EEG E5", problem="it is damaged"),
        misc("EEGLAB"), misc("EEG SP1-REF"), misc("POL $A1"), Channel("EEG EKG", "ecg", 256.0, "uV"),
    ]  # fmt: skip
    for unknown in quiet:
        assert choose([unknown, *rest]).notes == []


def test_unknown_names_are_warned_of_where_they_are_as_many_as_what_is_kept():
    rest = [eeg("Fp1"), eeg("Fp2")]
    assert choose([misc("E5"), *rest]).notes == []
    assert "(E5, E6)" in choose([misc("E5"), misc("E6"), *rest]).notes[0]
    assert choose([misc("E5"), misc("E6", "%"), *rest]).notes == []
    assert choose([misc("E5"), misc("E6"), *rest], "all").notes == []
