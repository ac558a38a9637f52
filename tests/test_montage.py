import csv
import gzip
import itertools
import re

import numpy as np
import pytest

from sklearn_eeg._montage import (
    CH_NAMES_1020,
    DOUBLE_BANANA,
    channel_type,
    find_common_reference,
    hemisphere,
    lobe,
    position,
    positions,
    positions_1020,
    split_pair,
    standardize_name,
    strip_name,
)

# The 10-10 system as the American Clinical Neurophysiology Society draws it, and the ears.
_DRAWN = (
    "Nz Fp1 Fpz Fp2 AF7 AF3 AFz AF4 AF8 F9 F7 F5 F3 F1 Fz F2 F4 F6 F8 F10 FT9 FT7 FC5 FC3 FC1 FCz FC2 FC4 "
    "FC6 FT8 FT10 T9 T7 C5 C3 C1 Cz C2 C4 C6 T8 T10 TP9 TP7 CP5 CP3 CP1 CPz CP2 CP4 CP6 TP8 TP10 P9 P7 P5 "
    "P3 P1 Pz P2 P4 P6 P8 P10 PO7 PO3 POz PO4 PO8 O1 Oz O2 Iz A1 A2"
)
CH_NAMES_1010 = _DRAWN.split()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("FP1", "Fp1"),
        ("CZ", "Cz"),
        ("pO3", "PO3"),
        ("  Fz ", "Fz"),
        ("T3", "T7"),
        ("t4", "T8"),
        ("EEG T5-REF", "P7"),
        ("EEG T6-LE", "P8"),
        ("EEG Fp1-Ref", "Fp1"),
        ("EEG F3-AR", "F3"),
        ("EEG-O2", "O2"),
        ("POL T1", "T1"),
        ("eeg:cz", "Cz"),
        ("F7-AVG", "F7"),
        ("F7-CAR", "F7"),
        ("C3-A1A2", "C3"),
        ("C3-(A1+A2)/2", "C3"),
        ("C3-m1m2", "C3"),
        ("Fp1-Aav", "Fp1"),
        ("Fc5.", "FC5"),
        ("C5..", "C5"),
        ("FP1-F7", "Fp1-F7"),
        ("EEG Fp2-F4", "Fp2-F4"),
        ("Fp2 – F4", "Fp2-F4"),
        ("T8-P8-0", "T8-P8"),
        ("Cz-1", "Cz"),
        ("F7-T3", "F7-T7"),
        ("F3-A2", "F3-A2"),
        ("EEG a1-Ref", "A1"),
        ("m2", "M2"),
        ("EEG SP1-REF", "Sp1"),
        ("IZ", "Iz"),
        ("FP1-CS2", "Fp1-CS2"),
        ("EEG FZ-G2", "Fz-G2"),
        ("EEG T3 - VRef", "T7-VRef"),
        ("ECG-t3", "ECG-T7"),
        ("EEG FP1-REF-0", "Fp1"),
        ("Fp1-LE-0", "Fp1"),
        ("FP1-CS2-1", "Fp1-CS2"),
        ("EEG LAT1-REF-0", "LAT1"),
        ("CZ – ref", "Cz"),
    ],
)
def test_names_become_those_of_the_10_10_system(given, expected):
    assert standardize_name(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("POL E", "E"),
        ("POL $A1", "$A1"),
        ("EEG LAT1-REF", "LAT1"),
        ("ECG EKG-Ref", "ECG EKG"),
        ("SaO2  X9", "SaO2 X9"),
        ("C3-CS2", "C3-CS2"),
        ("LAT1-0", "LAT1-0"),
        ("X1 - X2", "X1 - X2"),
        ("CQ_F7", "CQ_F7"),
        ("--0", "--0"),
        ("-", "-"),
        (".", "."),
        ("EEG", "EEG"),
        ("ch0", "ch0"),
        ("", ""),
    ],
)
def test_unknown_names_stay_as_they_are(given, expected):
    assert standardize_name(given) == expected


def test_standardising_twice_is_standardising_once():
    prefixes = ("", "EEG ", "EEG-", "POL ", "eeg: ", "ECG ", "EEG EEG ")
    cores = ("fP1", "T3", "T3-T5", "F3-A2", "X1", "$A1", "T8-P8", "Ref", "A1", "-", "LA'1", "EEG",
             "Cz – CS2", "x - cz")  # fmt: skip
    suffixes = (
        "",
        "-REF",
        " – LE",
        "-G2-1",
        "-LE",
        "-0",
        ".",
        "..",
        "-A1A2",
        " ref",
        "-Ref-0",
        "-0-Ref",
        "-1-0.",
        " -",
    )
    for parts in itertools.product(prefixes, cores, suffixes):
        once = standardize_name("".join(parts))
        assert standardize_name(once) == once, parts


def test_every_electrode_keeps_its_name_however_it_is_written():
    for name in CH_NAMES_1010:
        for written in (name, name.upper(), name.lower(), f"EEG {name}-REF", f"{name}."):
            assert standardize_name(written) == name


KINDS = {
    "eeg": "Cz|EEG A2-Ref|Fp1-F7|F3-A2|POL T1|C3-CS2|FZ-CS2|EEG FP1-G2|T8-P8-0|FP2-LE-1|Fc5.",
    "ieeg": "LAT1|EEG RHH12-Ref|LAT1-LAT2|A'3|POL G12|SEEG 4",
    "ecg": "ECG|ECG EKG-Ref|EEG EKG1-REF|ECGL",
    "eog": "EOG left|LOC|LOC-ROC|E1-M2|EEG ROC-REF",
    "emg": "EMG-REF|Chin1-Chin2",
    "resp": "EEG Effort-Ref|Resp nasal|Abdomen|THO-Thorax",
    "spo2": "SaO2 X9|SpO2",
    "status": "EDF Annotations|STATUS|Photic-REF|STI 014|Trigger",
    "dc": "POL DC01|DC 3",
    "other": "HR|Heart Rate|PULSE|EtCO2|CO2Wave|VNS|PR|Temp|Pleth",
    "misc": "POL E|X1|BP3|HRA|PR 4 x|-||ch0|EXG1|REF1|Pg1|EEG SP1-REF|$A1|A3|LED1|CQ_F7|Machine",
}


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, names in KINDS.items() for name in names.split("|")]
)
def test_kinds_of_channels(kind, name):
    assert channel_type(name) == kind
    assert channel_type(standardize_name(name)) == kind


def test_a_stripped_name_keeps_its_own_letters():
    names = ("EEG T3-Ref", "POL t3", "EEG FP1-REF-0", "A'12", " C5.. ", "x  1", "EEG")
    assert [strip_name(name) for name in names] == ["T3", "t3", "FP1-REF-0", "A'12", "C5", "x 1", "EEG"]


@pytest.mark.parametrize(
    ("names", "ending"),
    [
        (["F7-CS2", "FP1-CS2", "EEG FZ-CS2", "ECG", "LOC-ROC", "X1"], "-CS2"),
        (["EEG FP1-G2", "EKG", "Cz-G2", "LAT1"], "-G2"),
        (["Cz-VRef"], "-VRef"),
        (["F7-CS2", "Fp1"], ""),
        (["F7-CS2", "Fp1-G2"], ""),
        (["F7-A1", "Fp1-A1"], ""),
        (["F7-Sp1", "Fp1-Sp1"], ""),
        (["Fp1-F7", "F7-T3"], ""),
        (["EEG Fp1-Ref", "Cz"], ""),
        (["ECG-G2", "X1-G2"], ""),
        ([], ""),
    ],
)
def test_the_reference_that_all_electrodes_share(names, ending):
    assert find_common_reference(names) == ending


def test_pairs():
    assert split_pair("EEG T3-T5") == ("T7", "P7")
    assert split_pair("F3-A2") == ("F3", "A2")
    assert [split_pair(name) for name in ("Cz", "Cz-Ref", "C3-CS2", "LAT1-LAT2")] == [None] * 4


def test_positions_of_the_10_20_system():
    places = dict(zip(CH_NAMES_1020, positions_1020(), strict=True))
    np.testing.assert_array_equal(positions(CH_NAMES_1020), positions_1020())
    np.testing.assert_allclose(np.linalg.norm([places["Fp1"], places["T7"], places["O2"]], axis=1), 0.8)
    np.testing.assert_array_equal(places["F3"], (places["F7"] + places["Fz"]) / 2)
    np.testing.assert_array_equal(places["Cz"], [0, 0])


def test_left_and_right_mirror_each_other():
    for name in CH_NAMES_1010:
        twin = re.sub(r"\d+", lambda number: str((int(number[0]) - 1 ^ 1) + 1), name)
        np.testing.assert_allclose(position(name) * [-1, 1], position(twin), atol=1e-12)
        assert lobe(name) == lobe(twin)


@pytest.mark.parametrize("montage", ["colin27_1020", "colin27_1005"])
def test_positions_agree_with_mne(montage):
    mne = pytest.importorskip("mne", reason="needs mne")
    theirs = mne.channels.make_standard_montage(montage).get_positions()["ch_pos"]
    names = [name for name in CH_NAMES_1010 if name in theirs]
    assert len(names) >= 72
    xyz = np.array([theirs[name] for name in names])
    factors = np.linalg.lstsq(np.c_[2 * xyz, np.ones(len(xyz))], np.square(xyz).sum(axis=1), rcond=None)[0]
    xyz -= factors[:3]  # the centre of the sphere that fits the electrodes best
    colatitude = np.arccos(xyz[:, 2] / np.linalg.norm(xyz, axis=1))
    flat = xyz[:, :2] / np.linalg.norm(xyz[:, :2], axis=1, keepdims=True) * colatitude[:, np.newaxis]
    for axis in (0, 1):
        assert np.corrcoef(flat[:, axis], positions(names)[:, axis])[0, 1] > 0.99


def test_pairs_lie_midway_but_derivations_to_an_ear_do_not():
    np.testing.assert_allclose(position("EEG FP1-F7"), (position("Fp1") + position("F7")) / 2)
    np.testing.assert_array_equal(position("F3-A2"), position("F3"))
    np.testing.assert_array_equal(position("A1-T3"), position("T7"))
    np.testing.assert_allclose(position("A1-A2")[0], 0, atol=1e-12)


def test_no_channels_have_no_positions():
    assert positions([]).shape == (0, 2)


@pytest.mark.parametrize("function", [position, lobe, hemisphere])
def test_unknown_names_are_refused(function):
    with pytest.raises(ValueError, match=r"pairs of these, got \['Cz-X1'\]: rename or drop"):
        function("Cz-X1")


def test_unknown_names_are_listed():
    with pytest.raises(ValueError, match=r"got \['X1', 'EEG 31'\]: rename or drop"):
        positions(["Cz", "X1", "EEG 31"])


@pytest.mark.parametrize(
    ("region", "names"),
    [
        ("frontal", "Nz Fp1 AFz F7 FC5 FP2-F8 Fz-Cz F3-C3"),
        ("central", "Cz C3 C6 C3-Cz"),
        ("temporal", "T3 T8 FT9 TP10 T5 P8 P9 A1 M2 T1 F7-T7 T4-T6 T3-A1"),
        ("parietal", "CPz CP5 Pz P3 P6 C3-P3"),
        ("occipital", "O1 Oz POz PO7 Iz O10 P3-O1 T6-O2"),
    ],
)
def test_lobes(region, names):
    assert {name: lobe(name) for name in names.split()} == dict.fromkeys(names.split(), region)


@pytest.mark.parametrize(
    ("side", "names"),
    [
        ("left", "Fp1 T3 A1 O9 Fp1-F7 Fz-C3 F3-A2"),
        ("right", "F10 T6 M2 T4-A1 C4-Pz"),
        ("midline", "Nz Fpz Cz Iz Fz-Cz C3-C4 A1-A2 Fp1-Fp2"),
    ],
)
def test_hemispheres(side, names):
    assert {name: hemisphere(name) for name in names.split()} == dict.fromkeys(names.split(), side)


def test_double_banana_runs_from_front_to_back_and_left_to_right():
    assert len(set(DOUBLE_BANANA)) == 18
    assert {name for pair in DOUBLE_BANANA for name in pair} == set(CH_NAMES_1020)
    ends = np.array([positions(pair) for pair in DOUBLE_BANANA])
    assert (ends[:, 0, 1] > ends[:, 1, 1] - 1e-9).all()
    sides = [hemisphere("-".join(pair)) for pair in DOUBLE_BANANA]
    assert sides == ["left"] * 8 + ["midline"] * 2 + ["right"] * 8


def test_names_in_clinical_files(eeg_data):
    edfio = pytest.importorskip("edfio", reason="needs edfio")
    folder = eeg_data / "edf_clinical"
    counts = {
        "MB0400FU.EDF": 21,
        "chtypes_edf.edf": 29,
        "eeg_burst_eg.edf": 19,
        "preterm_demo.edf": 8,
        "test_edf_overlapping_annotations.edf": 64,
    }
    for file, count in counts.items():
        if not (folder / file).exists():
            pytest.skip(f"real data wanted: no {file} in {folder}")
        labels = [signal.label for signal in edfio.read_edf(folder / file).signals]
        names = [standardize_name(label) for label in labels if channel_type(label) == "eeg"]
        assert len(names) == len(set(names)) == count, file
        assert positions(names).shape == (count, 2)


def test_names_in_data_sets(eeg_data):
    h5py = pytest.importorskip("h5py", reason="needs h5py")
    helsinki = eeg_data / "helsinki_neonatal_1s" / "expert_A_1sec_1chunk_64Hz.hdf5"
    tables = sorted(eeg_data.glob("guinea_bissau/**/*.csv.gz"))
    if not helsinki.exists() or not tables:
        pytest.skip(f"real data wanted: no helsinki_neonatal_1s or no guinea_bissau in {eeg_data}")
    with h5py.File(helsinki) as file:
        columns = [str(name) for name in file["FINAL_mtx"].attrs["columns"]]
    pairs = {split_pair(name) for name in columns[:-1]}
    assert pairs == set(DOUBLE_BANANA)
    assert channel_type(columns[-1]) == "misc"
    with gzip.open(tables[0], "rt") as file:
        kinds = [channel_type(name) for name in next(csv.reader(file))]
    assert kinds.count("eeg") == 14
    assert set(kinds[1:15]) == {"eeg"}
