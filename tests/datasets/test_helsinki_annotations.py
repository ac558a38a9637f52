import numpy as np
import pandas as pd
import pytest
from scipy.io import savemat

from sklearn_eeg.datasets._helsinki_annotations import (
    ANNOTATORS,
    EXPERTS,
    MAT,
    check_annotator,
    find_annotations,
    infants_with_and_without_seizures,
    marked_by,
    read_annotations,
)

TABLES = ["annotations_2017_A_fixed.csv", "annotations_2017_B.csv", "annotations_2017_C.csv"]


@pytest.fixture
def marked():
    """Three infants of 7, 9 and 4 seconds."""
    rng = np.random.default_rng(0)
    return {infant: rng.random((3, n)) < 0.5 for infant, n in [(1, 7), (2, 9), (3, 4)]}


def write_mat(folder, marked, variable="annotat_new"):
    cells = np.empty((1, len(marked)), dtype=object)
    cells[0, :] = [np.asarray(mask).astype(np.uint8) for mask in marked.values()]
    savemat(folder / MAT, {variable: cells})
    return folder / MAT


def write_tables(folder, marked, names=TABLES):
    for expert, name in enumerate(names):
        columns = {str(infant): pd.Series(mask[expert].astype(int)) for infant, mask in marked.items()}
        pd.DataFrame(columns).to_csv(folder / name, index=False)
    return [folder / name for name in names]


def check_equal(found, expected):
    assert list(found) == list(expected)
    for infant, mask in expected.items():
        assert found[infant].dtype == bool
        np.testing.assert_array_equal(found[infant], mask)


def test_matlab_file_and_tables_say_the_same(tmp_path, marked):
    check_equal(read_annotations([write_mat(tmp_path, marked)]), marked)
    check_equal(read_annotations(write_tables(tmp_path, marked)), marked)


def test_the_matlab_file_comes_first(tmp_path, marked):
    tables = write_tables(tmp_path, marked)
    assert find_annotations(tmp_path) == tables
    (tmp_path / "annotations_2017_A.csv").write_text("1\n0\n")
    assert find_annotations(tmp_path) == tables  # the mended table of expert A before the other
    tables[0].unlink()
    assert find_annotations(tmp_path) == [tmp_path / "annotations_2017_A.csv", *tables[1:]]
    mat = write_mat(tmp_path, marked)
    assert find_annotations(tmp_path) == [mat]


def test_no_annotations(tmp_path, marked):
    with pytest.raises(FileNotFoundError, match=r"annotations_2017\.mat does not exist, nor .*_A\.csv"):
        find_annotations(tmp_path)
    write_tables(tmp_path, marked)[1].unlink()
    with pytest.raises(FileNotFoundError, match=r"nor annotations_2017_B\.csv: download it from https"):
        find_annotations(tmp_path)


def test_annotators():
    mask = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 0]], dtype=bool)
    found = [marked_by(mask, annotator).astype(int).tolist() for annotator in ANNOTATORS]
    assert found == [[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 0], [1, 1, 1, 0], [1, 0, 0, 0]]


@pytest.mark.parametrize("annotator", ["D", "a", None, 0])
def test_unknown_annotator(annotator):
    with pytest.raises(ValueError, match=r"`annotator` must be one of \['A', 'B', 'C', 'any', 'cons"):
        marked_by(np.zeros((3, 2), dtype=bool), annotator)
    with pytest.raises(ValueError, match=r"`annotator` must be one of \['A', 'B', 'C'\], got"):
        check_annotator(annotator, EXPERTS)


def test_infants_of_whom_the_experts_are_sure():
    none, one, all_three = np.zeros((3, 5)), np.zeros((3, 5)), np.eye(3, 5)
    one[1, 2] = 1
    masks = {3: all_three, 1: none, 2: one, 4: none}
    assert infants_with_and_without_seizures(masks) == ([3], [1, 4])


# Damage


def test_other_variable(tmp_path, marked):
    with pytest.raises(ValueError, match=r"\.mat must be a MATLAB file with the cell array 'annotat_new'"):
        read_annotations([write_mat(tmp_path, marked, variable="other")])


def test_no_cells(tmp_path):
    savemat(tmp_path / MAT, {"annotat_new": np.zeros((3, 4))})
    with pytest.raises(ValueError, match=r"cannot be read \(it is an array of type float64"):
        read_annotations([tmp_path / MAT])


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (np.zeros((2, 5)), r"infant 2 has the shape \(2, 5\), not 3 x seconds"),
        (np.zeros((3, 0)), r"infant 2 has the shape \(3, 0\)"),
        (np.full((3, 5), 2), r"infant 2 has values other than 0 and 1"),
    ],
)
def test_masks_of_another_kind(tmp_path, marked, mask, message):
    with pytest.raises(ValueError, match=message):
        read_annotations([write_mat(tmp_path, {1: marked[1], 2: mask})])


def test_damaged_matlab_files(tmp_path, marked):
    """Whatever a mutation does to the file, it is read or refused with a ValueError that names it."""
    path = write_mat(tmp_path, marked)
    content, rng = path.read_bytes(), np.random.default_rng(0)
    messages = []
    for _ in range(300):
        changed = bytearray(content[: rng.integers(1, len(content) + 1)])
        for place in rng.integers(0, len(changed), 3):
            changed[place] = rng.integers(256)
        path.write_bytes(changed)
        try:
            read_annotations([path])
        except ValueError as error:
            messages.append(str(error))
    assert len(messages) > 150
    assert all(message.startswith(str(path)) for message in messages)


def test_tables_that_differ(tmp_path, marked):
    paths = write_tables(tmp_path, marked)
    pd.read_csv(paths[2]).iloc[:8].to_csv(paths[2], index=False)
    message = (
        r"_C\.csv must have the infants and the seconds of .*_A_fixed\.csv, got 8 seconds of infant 2, not 9"
    )
    with pytest.raises(ValueError, match=message):
        read_annotations(paths)
    pd.read_csv(paths[1])[["1", "3"]].to_csv(paths[1], index=False)
    with pytest.raises(ValueError, match=r"_B\.csv .* got 0 seconds of infant 2, not 9"):
        read_annotations(paths)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<html>", r"A_fixed\.csv must be a table of 0 and 1 with the infants' numbers .* cannot be read"),
        ("", r"cannot be read"),
        ("1\nx\n", r"cannot be read"),
        ("one\n0\n", r"cannot be read"),
        ("1,2\n0,1\n,1\n1,1\n", r"must hold 0 or 1 for each second of infant 1, without a hole, got"),
        ("1\n0\n2\n", r"must hold 0 or 1 .* infant 1.* got \[0\.0, 2\.0\]"),
        ("1,2\n0,\n", r"must hold 0 or 1 .* infant 2.* got \[\]"),
    ],
)
def test_damaged_tables(tmp_path, marked, text, message):
    paths = write_tables(tmp_path, marked)
    paths[0].write_text(text)
    with pytest.raises(ValueError, match=message):
        read_annotations(paths)


def test_real_annotations(eeg_data):
    path = eeg_data / "helsinki_neonatal_1s" / MAT
    if not path.exists():
        pytest.skip(f"real data wanted: {path} does not exist")
    marked = read_annotations([path])
    assert list(marked) == list(range(1, 80))
    assert marked[1].shape == (3, 6993)
    ill, well = infants_with_and_without_seizures(marked)
    assert (len(ill), len(well)) == (40, 22)
