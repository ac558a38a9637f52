import sys

import numpy as np
import pandas as pd
import pytest
from scipy.io import savemat

from sklearn_eeg.datasets._helsinki import load_helsinki

h5py = pytest.importorskip("h5py")

SIGNALS, MARKED = "expert_A_1sec_1chunk_64Hz.hdf5", "annotations_2017.mat"
NAMES = [f"C{number}-D{number}" for number in range(18)]
LABELS = np.repeat([1, 0], [3, 36])
# Infant 2: two seizures after A, at 3 and 9 s; 4: one, at 0 s; 1 and 5: none; 3: one after B alone.
GROUPS = np.repeat([2, 4, 1, 5], [2, 1, 18, 18])
STARTS = [3, 9, 0]


@pytest.fixture
def windows():
    """Windows in volts, of shape (39, 18, 64)."""
    return np.random.default_rng(0).normal(scale=2e-5, size=(39, 18, 64))


@pytest.fixture
def rows(windows):
    signals = windows.transpose(0, 2, 1).reshape(-1, 18)
    return np.column_stack([signals, np.repeat(LABELS, 64)])


@pytest.fixture
def marked():
    """What the three experts marked, infant by infant."""
    masks = [np.zeros((3, 12), dtype=np.uint8) for _ in range(5)]
    masks[1][0, [3, 4, 5, 9]] = 1
    masks[1][1, 6] = masks[1][2, 2:8] = 1
    masks[3][:, 0] = 1
    masks[2][1, 4] = 1
    return masks


def write(home, rows, marked, *, columns=(*NAMES, "seizure"), dataset="FINAL_mtx", signals=SIGNALS):
    folder = home / "helsinki_neonatal_1s"
    folder.mkdir(exist_ok=True)
    with h5py.File(folder / signals, "w") as file:
        file[dataset] = rows
        if columns is not None:
            file[dataset].attrs["columns"] = list(columns)
    cells = np.empty((1, len(marked)), dtype=object)
    cells[0, :] = marked
    savemat(folder / MARKED, {"annotat_new": cells})
    return folder


def test_windows_in_microvolts(tmp_path, windows, rows, marked):
    write(tmp_path, rows, marked)
    bunch = load_helsinki(tmp_path)
    assert bunch.data.dtype == np.float64
    np.testing.assert_allclose(bunch.data, windows * 1e6, rtol=1e-12)
    np.testing.assert_array_equal(bunch.target, LABELS)
    np.testing.assert_array_equal(bunch.groups, GROUPS)
    assert bunch.recording.tolist() == [f"eeg{infant}" for infant in GROUPS]
    np.testing.assert_array_equal(bunch.start_second, [*STARTS, *[np.nan] * 36])
    assert (bunch.ch_names, bunch.sfreq) == (NAMES, 64)
    assert bunch.target_names == ["non-seizure", "seizure"]


def test_another_expert(tmp_path, rows, marked):
    """Expert B saw one seizure in infant 2, at 6 s."""
    write(tmp_path, rows[64:], marked, signals="expert_B_1sec_1chunk_64Hz.hdf5")
    bunch = load_helsinki(tmp_path, annotator="B")
    np.testing.assert_array_equal(bunch.groups, GROUPS[1:])
    np.testing.assert_array_equal(bunch.start_second[:2], [6, 0])
    assert "expert B" in bunch.DESCR
    with pytest.raises(FileNotFoundError, match=rf"{SIGNALS} does not exist"):
        load_helsinki(tmp_path)


def test_some_infants(tmp_path, windows, rows, marked):
    write(tmp_path, rows, marked)
    bunch = load_helsinki(tmp_path, infants=[5, 2])
    np.testing.assert_array_equal(bunch.groups, np.repeat([2, 5], [2, 18]))
    np.testing.assert_allclose(bunch.data, windows[np.isin(GROUPS, [2, 5])] * 1e6)
    assert "2 with a seizure, of 1 infants" in " ".join(bunch.DESCR.split())
    with pytest.raises(ValueError, match=r"`infants` must have windows in .*, got \[3\] without: it holds"):
        load_helsinki(tmp_path, infants=[2, 3])


@pytest.mark.parametrize("infants", [[], [0], [1, 1], [1.0], [True]])
def test_no_infants(tmp_path, infants):
    with pytest.raises(ValueError, match=r"`infants` must be whole numbers from 1, at least one"):
        load_helsinki(tmp_path, infants=infants)


def test_description_counts_and_warns(tmp_path, rows, marked):
    write(tmp_path, rows, marked)
    text = " ".join(load_helsinki(tmp_path).DESCR.split())
    assert "39 windows of 18 bipolar channels" in text
    assert "3 with a seizure, of 2 infants, and 36 without, of 2 infants" in text
    for fact in ["No infant has windows of both classes", "only a split by infant", "expert A"]:
        assert fact in text
    for fact in ["aliased", "10.1038/sdata.2019.39", "zenodo.org/records/4940267"]:
        assert fact in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"source": "hdf5"}, r"`source` must be 'windows' or 'edf', got 'hdf5'"),
        ({"annotator": "consensus"}, r"`annotator` must be one of \['A', 'B', 'C'\], got 'consensus'"),
        ({"window_seconds": 1}, r"`window_seconds` must be left out for windows that are cut already, got 1"),
        ({"step_seconds": 2}, r"`step_seconds` must be left out .* set source='edf'"),
        ({"lazy": True}, r"`lazy` must be left out"),
        ({"overlap_rule": 1.0}, r"`overlap_rule` must be left out .* got 1\.0"),
    ],
)
def test_arguments_that_do_not_fit(tmp_path, rows, marked, arguments, message):
    write(tmp_path, rows, marked)
    with pytest.raises(ValueError, match=message):
        load_helsinki(tmp_path, **arguments)


def test_names_as_bytes_with_blanks(tmp_path, rows, marked):
    write(tmp_path, rows, marked, columns=np.array([*(f" {n}" for n in NAMES), "seizure"], "S"))
    assert load_helsinki(tmp_path).ch_names == NAMES


def test_missing_files(tmp_path, rows, marked):
    with pytest.raises(FileNotFoundError, match=rf"helsinki_neonatal_1s.{SIGNALS} does not exist"):
        load_helsinki(tmp_path)
    (write(tmp_path, rows, marked) / MARKED).unlink()
    with pytest.raises(FileNotFoundError, match=rf"{MARKED} does not exist: download it from https"):
        load_helsinki(tmp_path)


def test_without_h5py(monkeypatch, tmp_path, rows, marked):
    write(tmp_path, rows, marked)
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ImportError, match=r"load_helsinki needs h5py; install it with .*\[io\]"):
        load_helsinki(tmp_path)


def test_no_hdf5(tmp_path, rows, marked):
    (write(tmp_path, rows, marked) / SIGNALS).write_text("<html>")
    with pytest.raises(ValueError, match=rf"{SIGNALS} must be an HDF5 file .* cannot be read"):
        load_helsinki(tmp_path)


def test_truncated_hdf5(tmp_path, rows, marked):
    path = write(tmp_path, rows, marked) / SIGNALS
    path.write_bytes(path.read_bytes()[:4000])
    with pytest.raises(ValueError, match=rf"{SIGNALS} must be an HDF5 file .* cannot be read"):
        load_helsinki(tmp_path)


@pytest.mark.parametrize("fault", [{"dataset": "other"}, {"columns": None}])
def test_hdf5_of_another_kind(tmp_path, rows, marked, fault):
    write(tmp_path, rows, marked, **fault)
    with pytest.raises(ValueError, match=rf"{SIGNALS} must be an HDF5 file with the dataset 'FIN"):
        load_helsinki(tmp_path)


@pytest.mark.parametrize("keep", [np.s_[:-1], np.s_[:, 1:], np.s_[:0], np.s_[:, 0]])
def test_shape(tmp_path, rows, marked, keep):
    write(tmp_path, rows[keep], marked)
    with pytest.raises(ValueError, match=rf"{SIGNALS} must hold 19 columns and 64 rows .* shape"):
        load_helsinki(tmp_path)


@pytest.mark.parametrize("columns", [[*NAMES, "label"], [*NAMES[1:], "seizure"]])
def test_names_of_columns(tmp_path, rows, marked, columns):
    write(tmp_path, rows, marked, columns=columns)
    with pytest.raises(ValueError, match=rf"{SIGNALS} must name 18 channels and the last column"):
        load_helsinki(tmp_path)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("column", [5, 18])
def test_not_finite(tmp_path, rows, marked, value, column):
    rows[3 * 64 + 7, column] = value
    write(tmp_path, rows, marked)
    with pytest.raises(ValueError, match=rf"{SIGNALS} must hold finite numbers.* in window 3"):
        load_helsinki(tmp_path)


@pytest.mark.parametrize(("place", "value"), [(np.s_[64:128], 2), (np.s_[100], 0), (70, 0.5)])
def test_label_of_a_window(tmp_path, rows, marked, place, value):
    rows[place, 18] = value
    write(tmp_path, rows, marked)
    with pytest.raises(ValueError, match=rf"{SIGNALS} must label each window 0 or 1.* in window 1"):
        load_helsinki(tmp_path)


@pytest.mark.parametrize(
    ("keep", "found"),
    [
        (np.s_[64:], "2 windows with and 36"),
        (np.s_[:-64], "3 windows with and 35"),
        (np.s_[::-1], "in another order"),
    ],
)
def test_windows_that_do_not_follow_from_the_annotations(tmp_path, rows, marked, keep, found):
    write(tmp_path, rows[keep], marked)
    rule = (
        rf"{SIGNALS} must hold a window for each of the 3 seizures that expert A .* 18 for each of the 2 inf"
    )
    with pytest.raises(ValueError, match=rf"{rule}.*{found}.*do not belong together; download"):
        load_helsinki(tmp_path)


def test_damaged_annotations(tmp_path, rows, marked):
    (write(tmp_path, rows, marked) / MARKED).write_text("<html>")
    with pytest.raises(ValueError, match=rf"{MARKED} must be a MATLAB file .* cannot be read"):
        load_helsinki(tmp_path)


def test_real_windows(eeg_data):
    if not (eeg_data / "helsinki_neonatal_1s").is_dir():
        pytest.skip(f"real data wanted: {eeg_data} has no folder helsinki_neonatal_1s")
    bunch = load_helsinki(eeg_data)
    assert bunch.data.shape == (781, 18, 64)
    assert bunch.data.flags.c_contiguous
    np.testing.assert_array_equal(np.bincount(bunch.target), [396, 385])
    with_seizures = set(bunch.groups[bunch.target == 1])
    without = set(bunch.groups[bunch.target == 0])
    assert (len(with_seizures), len(without)) == (40, 22)
    assert not with_seizures & without
    assert bunch.ch_names[0] == "Fp2-F4"
    assert bunch.ch_names[-1] == "Cz-Pz"
    assert 5 < np.median(np.abs(bunch.data)) < 50
    np.testing.assert_array_equal(np.isnan(bunch.start_second), bunch.target == 0)
    assert np.sum(np.abs(bunch.data).max(axis=(1, 2)) > 500) == 31


def test_real_infants_are_those_found_by_other_means(eeg_data):
    """The table was derived from the annotations apart from this package."""
    path = eeg_data / "helsinki_neonatal_1s" / "DERIVED_groups_expert_A.csv"
    if not path.exists():
        pytest.skip(f"real data wanted: {path} does not exist")
    table, bunch = pd.read_csv(path), load_helsinki(eeg_data)
    np.testing.assert_array_equal(bunch.groups, table["infant_id"])
    np.testing.assert_array_equal(bunch.target, table["label"])
    np.testing.assert_array_equal(bunch.start_second, table["seizure_start_second"])
