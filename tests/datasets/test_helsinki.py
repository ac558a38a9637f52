import sys

import numpy as np
import pandas as pd
import pytest

from sklearn_eeg.datasets._helsinki import load_helsinki

h5py = pytest.importorskip("h5py")

SIGNALS, INFANTS = "expert_A_1sec_1chunk_64Hz.hdf5", "DERIVED_groups_expert_A.csv"
NAMES = [f"C{number}-D{number}" for number in range(18)]
LABELS = np.array([1, 1, 1, 0, 0])


@pytest.fixture
def windows():
    """Five windows in volts, of shape (5, 18, 64)."""
    return np.random.default_rng(0).normal(scale=2e-5, size=(5, 18, 64))


@pytest.fixture
def rows(windows):
    signals = windows.transpose(0, 2, 1).reshape(-1, 18)
    return np.column_stack([signals, np.repeat(LABELS, 64)])


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "window": range(5),
            "infant_id": [1, 1, 4, 3, 3],
            "label": LABELS,
            "seizure_start_second": [103, 316, 0, None, None],
        }
    )


def write(home, rows, table, *, columns=(*NAMES, "seizure"), dataset="FINAL_mtx"):
    folder = home / "helsinki_neonatal_1s"
    folder.mkdir(exist_ok=True)
    with h5py.File(folder / SIGNALS, "w") as file:
        file[dataset] = rows
        if columns is not None:
            file[dataset].attrs["columns"] = list(columns)
    table.to_csv(folder / INFANTS, index=False)
    return folder


def test_windows_in_microvolts(tmp_path, windows, rows, table):
    write(tmp_path, rows, table)
    bunch = load_helsinki(tmp_path)
    assert bunch.data.dtype == np.float64
    np.testing.assert_allclose(bunch.data, windows * 1e6, rtol=1e-12)
    np.testing.assert_array_equal(bunch.target, LABELS)
    np.testing.assert_array_equal(bunch.groups, [1, 1, 4, 3, 3])
    np.testing.assert_array_equal(bunch.recording, bunch.groups)
    np.testing.assert_array_equal(bunch.start_second, [103, 316, 0, np.nan, np.nan])
    assert (bunch.ch_names, bunch.sfreq) == (NAMES, 64)
    assert bunch.target_names == ["non-seizure", "seizure"]


def test_description_counts_and_warns(tmp_path, rows, table):
    write(tmp_path, rows, table)
    text = " ".join(load_helsinki(tmp_path).DESCR.split())
    assert "5 windows of 18 bipolar channels" in text
    assert "3 with a seizure, of 2 infants, and 2 without, of 1 infants" in text
    for fact in ["No infant has windows of both classes", "only a split by infant", "expert A"]:
        assert fact in text
    for fact in ["aliased", "10.1038/sdata.2019.39", "zenodo.org/records/4940267"]:
        assert fact in text


def test_names_as_bytes_with_blanks(tmp_path, rows, table):
    write(tmp_path, rows, table, columns=np.array([*(f" {n}" for n in NAMES), "seizure"], "S"))
    assert load_helsinki(tmp_path).ch_names == NAMES


def test_missing_files(tmp_path, rows, table):
    with pytest.raises(FileNotFoundError, match=rf"helsinki_neonatal_1s.{SIGNALS} does not exist"):
        load_helsinki(tmp_path)
    (write(tmp_path, rows, table) / INFANTS).unlink()
    with pytest.raises(FileNotFoundError, match=rf"{INFANTS} does not exist: write it with the col"):
        load_helsinki(tmp_path)


def test_without_h5py(monkeypatch, tmp_path, rows, table):
    write(tmp_path, rows, table)
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ImportError, match=r"load_helsinki needs h5py; install it with .*\[io\]"):
        load_helsinki(tmp_path)


def test_no_hdf5(tmp_path, rows, table):
    (write(tmp_path, rows, table) / SIGNALS).write_text("<html>")
    with pytest.raises(ValueError, match=rf"{SIGNALS} must be an HDF5 file .* cannot be read"):
        load_helsinki(tmp_path)


def test_truncated_hdf5(tmp_path, rows, table):
    path = write(tmp_path, rows, table) / SIGNALS
    path.write_bytes(path.read_bytes()[:4000])
    with pytest.raises(ValueError, match=rf"{SIGNALS} must be an HDF5 file .* cannot be read"):
        load_helsinki(tmp_path)


@pytest.mark.parametrize("fault", [{"dataset": "other"}, {"columns": None}])
def test_hdf5_of_another_kind(tmp_path, rows, table, fault):
    write(tmp_path, rows, table, **fault)
    with pytest.raises(ValueError, match=rf"{SIGNALS} must be an HDF5 file with the dataset 'FIN"):
        load_helsinki(tmp_path)


@pytest.mark.parametrize("keep", [np.s_[:-1], np.s_[:, 1:], np.s_[:0], np.s_[:, 0]])
def test_shape(tmp_path, rows, table, keep):
    write(tmp_path, rows[keep], table)
    with pytest.raises(ValueError, match=rf"{SIGNALS} must hold 19 columns and 64 rows .* shape"):
        load_helsinki(tmp_path)


@pytest.mark.parametrize("columns", [[*NAMES, "label"], [*NAMES[1:], "seizure"]])
def test_names_of_columns(tmp_path, rows, table, columns):
    write(tmp_path, rows, table, columns=columns)
    with pytest.raises(ValueError, match=rf"{SIGNALS} must name 18 channels and the last column"):
        load_helsinki(tmp_path)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("column", [5, 18])
def test_not_finite(tmp_path, rows, table, value, column):
    rows[3 * 64 + 7, column] = value
    write(tmp_path, rows, table)
    with pytest.raises(ValueError, match=rf"{SIGNALS} must hold finite numbers.* in window 3"):
        load_helsinki(tmp_path)


@pytest.mark.parametrize(("place", "value"), [(np.s_[64:128], 2), (np.s_[100], 0), (70, 0.5)])
def test_label_of_a_window(tmp_path, rows, table, place, value):
    rows[place, 18] = value
    write(tmp_path, rows, table)
    with pytest.raises(ValueError, match=rf"{SIGNALS} must label each window 0 or 1.* in window 1"):
        load_helsinki(tmp_path)


@pytest.mark.parametrize("n_rows", [4, 6])
def test_infants_of_another_number_of_windows(tmp_path, rows, table, n_rows):
    write(tmp_path, rows, pd.concat([table, table])[:n_rows])
    with pytest.raises(ValueError, match=rf"{INFANTS} must have one row .* 5 windows .* {n_rows} r"):
        load_helsinki(tmp_path)


@pytest.mark.parametrize(
    ("column", "values", "rule"),
    [
        ("label", [1, 1, 0, 0, 0], "the labels of"),
        ("window", [0, 1, 3, 2, 4], "a row for each window, in order"),
        ("infant_id", [1, 1, None, 3, 3], "the whole number of an infant"),
        ("infant_id", [1, 1, 4.5, 3, 3], "the whole number of an infant"),
        ("seizure_start_second", [103, 316, None, None, None], "a start for each seizure"),
        ("seizure_start_second", [103, 316, 0, None, 9], "a start for each seizure"),
    ],
)
def test_infants_that_do_not_fit(tmp_path, rows, table, column, values, rule):
    wrong = int(np.flatnonzero(table[column].fillna(-1) != pd.Series(values).fillna(-1))[0])
    write(tmp_path, rows, table.assign(**{column: values}))
    with pytest.raises(ValueError, match=rf"{INFANTS} must hold {rule}.* in row {wrong}\."):
        load_helsinki(tmp_path)


def test_infants_without_a_column_or_with_text(tmp_path, rows, table):
    write(tmp_path, rows, table.drop(columns="infant_id"))
    with pytest.raises(ValueError, match=rf"{INFANTS} must have the columns"):
        load_helsinki(tmp_path)
    write(tmp_path, rows, table.assign(infant_id="one"))
    with pytest.raises(ValueError, match=rf"{INFANTS} must have the columns .* numbers"):
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
