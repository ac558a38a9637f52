import warnings

import numpy as np
import pytest
from scipy.io import savemat

from sklearn_eeg._montage import CH_NAMES_1020
from sklearn_eeg.datasets import read_events
from sklearn_eeg.datasets._helsinki import load_helsinki
from sklearn_eeg.datasets._helsinki_edf import check_infants

edfio = pytest.importorskip("edfio")

SFREQ, SECONDS = 64, {1: 40, 2: 30, 12: 25}
OLD_NAMES = {"T7": "T3", "T8": "T4", "P7": "T5", "P8": "T6"}


def signal(infant, channel):
    """Microvolts that tell infant, channel and time."""
    times = np.arange(SECONDS[infant] * SFREQ)
    return infant * 10.0 + channel + 0.001 * times


def write_edf(folder, infant, *, names=CH_NAMES_1020, extra=True):
    signals = [
        edfio.EdfSignal(
            signal(infant, channel),
            SFREQ,
            label=f"EEG {OLD_NAMES.get(name, name)}-REF",
            physical_dimension="uV",
            physical_range=(-400, 400),
        )
        for channel, name in enumerate(CH_NAMES_1020)
        if name in names
    ]
    if infant == 2:
        signals = signals[::-1]  # an order of its own
    if extra:
        ecg = np.zeros(SECONDS[infant] * SFREQ)
        signals.append(
            edfio.EdfSignal(ecg, SFREQ, label="ECG EKG", physical_range=(-1, 1), physical_dimension="uV")
        )
    edfio.Edf(signals).write(folder / f"eeg{infant}.edf")


def write_marked(folder, marked):
    cells = np.empty((1, len(marked)), dtype=object)
    cells[0, :] = marked
    savemat(folder / "annotations_2017.mat", {"annotat_new": cells})


@pytest.fixture
def marked():
    """Three experts and twelve infants; infants 1 and 2 have seizures."""
    masks = [np.zeros((3, SECONDS.get(infant, 20)), dtype=np.uint8) for infant in range(1, 13)]
    masks[0][0, 10:20] = 1
    masks[0][1, 15:30] = 1
    masks[0][2, 12:18] = 1
    masks[1][1, 5:7] = 1
    return masks


@pytest.fixture
def home(tmp_path, marked):
    folder = tmp_path / "helsinki_neonatal"
    folder.mkdir()
    for infant in SECONDS:
        write_edf(folder, infant)
    write_marked(folder, marked)
    return tmp_path


def load(home, **changes):
    return load_helsinki(home, source="edf", **changes)


def seizure_seconds(bunch, infant):
    return bunch.start_second[(bunch.groups == infant) & (bunch.target == 1)].tolist()


def test_windows_of_one_second(home):
    bunch = load(home)
    assert bunch.data.shape == (95, 19, SFREQ)
    assert (bunch.sfreq, bunch.ch_names) == (SFREQ, list(CH_NAMES_1020))
    np.testing.assert_array_equal(bunch.groups, np.repeat([1, 2, 12], [40, 30, 25]))
    assert bunch.groups.dtype.kind == "i"
    assert bunch.recording[[0, -1]].tolist() == ["eeg1", "eeg12"]
    assert bunch.target_names == ["non-seizure", "seizure"]
    assert seizure_seconds(bunch, 1) == list(range(15, 18))
    assert not bunch.target[40:].any()


def test_channels_are_in_one_order_and_in_microvolts(home):
    bunch = load(home)
    for infant in SECONDS:
        own = bunch.data[bunch.groups == infant].transpose(1, 0, 2).reshape(19, -1)
        expected = np.stack([signal(infant, channel) for channel in range(19)])
        np.testing.assert_allclose(own, expected, atol=800 / 2**16)


@pytest.mark.parametrize(
    ("annotator", "first", "second"),
    [
        ("A", range(10, 20), []),
        ("B", range(15, 30), [5, 6]),
        ("C", range(12, 18), []),
        ("any", range(10, 30), [5, 6]),
        ("consensus", range(15, 18), []),
        (None, range(15, 18), []),
    ],
)
def test_annotators(home, annotator, first, second):
    bunch = load(home, annotator=annotator)
    assert seizure_seconds(bunch, 1) == list(first)
    assert seizure_seconds(bunch, 2) == second
    assert f"Annotations: {annotator or 'consensus'}" in bunch.DESCR


def test_annotators_are_those_of_read_events(home):
    path = home / "helsinki_neonatal" / "annotations_2017.mat"
    for annotator in (None, "A", "consensus"):
        events = read_events(path, recording="eeg1", annotator=annotator)
        seconds = [second for event in events for second in range(int(event.onset), int(event.offset))]
        assert seizure_seconds(load(home, annotator=annotator), 1) == seconds


def test_tables_in_place_of_the_matlab_file(home, marked):
    folder = home / "helsinki_neonatal"
    (folder / "annotations_2017.mat").unlink()
    longest = max(mask.shape[1] for mask in marked)
    for expert, name in enumerate("ABC"):
        columns = [
            ["" if t >= mask.shape[1] else str(mask[expert, t]) for t in range(longest)] for mask in marked
        ]
        rows = [",".join(row) for row in zip(*columns, strict=True)]
        header = ",".join(str(infant) for infant in range(1, 13))
        (folder / f"annotations_2017_{name}.csv").write_text("\n".join([header, *rows]) + "\n")
    assert seizure_seconds(load(home, annotator="any"), 1) == list(range(10, 30))


def test_longer_windows_that_overlap(home):
    bunch = load(home, annotator="A", infants=[1], window_seconds=4, step_seconds=2, overlap_rule=0.75)
    assert bunch.data.shape == (19, 19, 4 * SFREQ)
    assert seizure_seconds(bunch, 1) == [10, 12, 14, 16]
    assert bunch.seizure_fraction[4] == 0.5
    assert "4 s each" in " ".join(bunch.DESCR.split())


def test_lazy_windows_are_the_same(home):
    bunch, lazy = load(home), load(home, lazy=True)
    assert not isinstance(lazy.data, np.ndarray)
    np.testing.assert_array_equal(lazy.data[[50, 3]], bunch.data[[50, 3]])
    np.testing.assert_array_equal(lazy.target, bunch.target)


def test_infants_in_the_order_given(home):
    bunch = load(home, infants=[12, 1])
    assert list(dict.fromkeys(bunch.groups.tolist())) == [12, 1]


def test_missing_files(home, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"eeg3\.edf does not exist: call `fetch_helsinki`, or"):
        load(home, infants=[1, 3])
    with pytest.raises(FileNotFoundError, match=r"helsinki_neonatal does not exist: call `fetch_helsinki`"):
        load(tmp_path / "nowhere")
    folder = home / "helsinki_neonatal"
    (folder / "annotations_2017.mat").unlink()
    with pytest.raises(FileNotFoundError, match=r"annotations_2017\.mat does not exist, nor"):
        load(home)
    for infant in SECONDS:
        (folder / f"eeg{infant}.edf").unlink()
    with pytest.raises(FileNotFoundError, match=r"must hold recordings eeg1\.edf to eeg79\.edf, got none"):
        load(home)


def test_unknown_annotator(home):
    with pytest.raises(ValueError, match=r"`annotator` must be one of \['A', 'B', 'C', 'any', 'consensus'\]"):
        load(home, annotator="majority")


def test_missing_electrode(home):
    write_edf(home / "helsinki_neonatal", 2, names=[name for name in CH_NAMES_1020 if name != "Cz"])
    with pytest.raises(ValueError, match=r"eeg2\.edf must hold the 19 electrodes .* none of the name Cz"):
        load(home)


def test_no_annotations_of_an_infant(home, marked):
    write_marked(home / "helsinki_neonatal", marked[:11])
    with pytest.raises(ValueError, match=r"must hold the annotations of infant 12, got none"):
        load(home)


def test_annotations_of_another_length(home, marked):
    folder = home / "helsinki_neonatal"
    marked[0] = np.pad(marked[0], ((0, 0), (0, 1)))
    write_marked(folder, marked)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load(home)
    marked[0] = np.pad(marked[0], ((0, 0), (0, 4)), constant_values=1)
    write_marked(folder, marked)
    with pytest.warns(UserWarning, match=r"infant 1 .* as long as the recording, 40 s, got 45 s"):
        assert len(load(home).target) == 95
    marked[0] = np.pad(marked[0], ((0, 0), (0, 20)))
    write_marked(folder, marked)
    with pytest.raises(ValueError, match=r"40 s, got 65 s: they do not belong together"):
        load(home)


def test_check_infants():
    assert check_infants(np.array([3, 1])) == [3, 1]
    with pytest.raises(
        ValueError, match=r"`infants` must be whole numbers from 1, .* got \[1, 1\]: give for"
    ):
        check_infants([1, 1])
