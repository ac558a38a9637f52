import numpy as np
import pytest

from sklearn_eeg._montage import CH_NAMES_1020
from sklearn_eeg.datasets._contacts import find_contacts


def count(letters, last):
    return [f"{one}{number}" for one in letters for number in range(1, last + 1)]


def found(labels):
    return [labels[place] for place in find_contacts(labels)]


@pytest.mark.parametrize(
    "labels",
    [
        count("ABCFO", 12),
        count("AB", 32),
        count("ACFO", 12) + count("F", 8),
        [f"EEG {name}-REF" for name in count("AC", 10)],
        [f"POL {name.lower()}" for name in count("CX", 9)],
        ["A1-A2", "A2-A3", "A3-A4", "A4-A5"],
        [f"T{number}" for number in range(1, 12)],
        ["C05", "C06", "C07"],
        count(["CP"], 8),
    ],
)
def test_series_of_contacts(labels):
    assert found(labels) == labels


@pytest.mark.parametrize(
    "labels",
    [
        list(CH_NAMES_1020),
        [*CH_NAMES_1020, "T1", "T2", "T3", "T4", "T5", "T6", "A1", "A2"],
        ["F11", "F7", "F5", "F3", "F1", "Fz", "F2", "F4", "F6", "F8", "F12", "CB1", "CB2", "FT11", "FT12"],
        count(["F", "P"], 10) + count(["C", "CP", "FC"], 6) + ["O1", "O2", "O9", "O10"],
        ["Fp3", "Fp4", "P07", "P08", "I1", "I2"],
        [f"EEG E{number}" for number in range(1, 129)] + ["EEG Cz"],
        [f"EEG {number}" for number in range(1, 33)],
        ["ch0", "ch1", "ch2", "X1", "X2", "X3", "BP1", "BP2", "BP3", "BP4", "A1x", "A2x", "A3x"],
        ["F7-CS2", "F8-CS2", "C3-CS2", "C4-CS2"],
        [],
    ],
)
def test_what_is_no_series_of_contacts(labels):
    assert found(labels) == []


def test_scalp_electrodes_beside_contacts_stay():
    scalp = ["Fz", "Cz", "Pz", "F3", "F4", "O1", "O2", "T1", "T2", "T3", "T4", "T5", "T6", "Fp1"]
    contacts = count("AC", 9) + count("BL", 5)
    assert found(scalp + contacts) == contacts


def test_the_order_in_the_file_does_not_matter():
    labels = [*count("ABF", 12), "Cz", "P3"]
    shuffled = np.random.default_rng(0).permutation(labels).tolist()
    assert sorted(found(shuffled)) == sorted(found(labels)) == sorted(labels[:-2])
