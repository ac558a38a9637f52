import numpy as np
import pytest
from scipy.io import savemat

from sklearn_eeg._events import Event, events_to_mask
from sklearn_eeg.datasets._events_helsinki import read_helsinki

MASKS = [
    np.array([[0, 1, 1, 1, 0, 0], [0, 0, 1, 1, 1, 0], [0, 0, 0, 1, 1, 1]], dtype=np.uint8),
    np.zeros((3, 4), dtype=np.uint8),
]


@pytest.fixture
def path(tmp_path):
    cells = np.empty((1, 2), dtype=object)
    cells[0, :] = MASKS
    savemat(tmp_path / "annotations_2017.mat", {"annotat_new": cells})
    return tmp_path / "annotations_2017.mat"


@pytest.mark.parametrize(
    ("annotator", "expected"),
    [
        ("A", Event(1, 4)),
        ("B", Event(2, 5)),
        ("C", Event(3, 6)),
        ("any", Event(1, 6)),
        ("consensus", Event(3, 4)),
        (None, Event(3, 4)),
    ],
)
def test_annotators(path, annotator, expected):
    assert read_helsinki(path, 1, annotator) == [expected]
    assert read_helsinki(path, 2, annotator) == []


@pytest.mark.parametrize("recording", [1, "1", "eeg1", "EEG1.edf", np.int64(1)])
def test_names_of_an_infant(path, recording):
    assert read_helsinki(path, recording, "A") == [Event(1, 4)]


@pytest.mark.parametrize("recording", [None, 0, 3, -1, True, 1.5, "eeg", "eeg1a", "eeg99999"])
def test_unknown_infants(path, recording):
    with pytest.raises(
        ValueError, match=r"`recording` must be the number of an infant of .*, from 1 to 2, .*'eeg12'"
    ):
        read_helsinki(path, recording, "A")


def test_unknown_annotator(path):
    with pytest.raises(ValueError, match=r"`annotator` must be one of .*'consensus'.* got 'D'"):
        read_helsinki(path, 1, "D")


def test_real_annotations(eeg_data):
    path = eeg_data / "helsinki_neonatal_1s" / "annotations_2017.mat"
    if not path.exists():
        pytest.skip(f"real data wanted: {path} does not exist")
    by_expert = {name: [read_helsinki(path, infant, name) for infant in range(1, 80)] for name in "ABC"}
    ill = [infant for infant in range(1, 80) if read_helsinki(path, infant, None)]
    well = [infant for infant in range(79) if not any(events[infant] for events in by_expert.values())]
    assert (len(ill), len(well)) == (39, 22)  # as the paper has it
    for infant in (1, 14):
        marked = [events_to_mask(by_expert[name][infant - 1], 1, 6000) for name in "ABC"]
        consensus = events_to_mask(read_helsinki(path, infant, "consensus"), 1, 6000)
        np.testing.assert_array_equal(consensus, np.all(marked, axis=0))
        np.testing.assert_array_equal(
            events_to_mask(read_helsinki(path, infant, "any"), 1, 6000), np.any(marked, axis=0)
        )
