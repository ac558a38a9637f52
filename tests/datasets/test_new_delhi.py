import shutil

import numpy as np
import pytest
from scipy.io import savemat

from sklearn_eeg.datasets._new_delhi import load_new_delhi

CLASSES = ["interictal", "preictal", "ictal"]


@pytest.fixture(scope="module")
def segments():
    return np.random.default_rng(0).normal(scale=50.0, size=(3, 50, 1024))


@pytest.fixture(scope="module")
def whole_tree(segments, tmp_path_factory):
    home = tmp_path_factory.mktemp("new_delhi_home")
    for name, rows in zip(CLASSES, segments, strict=True):
        folder = home / "new_delhi" / name
        folder.mkdir(parents=True)
        for number, row in enumerate(rows, start=1):
            savemat(folder / f"{name}{number}.mat", {name: row[np.newaxis]})
    return home


@pytest.fixture
def tree(whole_tree, tmp_path):
    """A copy that a test may damage."""
    return shutil.copytree(whole_tree, tmp_path / "home")


def path_of(home, kind, number):
    return home / "new_delhi" / kind / f"{kind}{number}.mat"


def test_segments(whole_tree, segments):
    bunch = load_new_delhi(whole_tree)
    np.testing.assert_array_equal(bunch.data, segments.reshape(150, 1, 1024))
    np.testing.assert_array_equal(bunch.target, np.repeat([0, 1, 2], 50))
    assert bunch.target_names == CLASSES
    assert (bunch.sfreq, bunch.ch_names) == (200, ["EEG"])
    assert bunch.recording[[0, 9, 50, 149]].tolist() == [
        "interictal/interictal1", "interictal/interictal10", "preictal/preictal1", "ictal/ictal50"
    ]  # fmt: skip


def test_groups_are_contents_and_not_patients(whole_tree):
    bunch = load_new_delhi(whole_tree)
    np.testing.assert_array_equal(bunch.groups, np.arange(150))
    assert bunch.duplicates == []
    text = " ".join(bunch.DESCR.split())
    assert "`groups` is NOT the patient" in text
    assert "150 groups of 150 files. Files that occur more than once: none" in text
    assert "no patient-wise split is possible" in text


def test_duplicates_share_a_group(tree):
    shutil.copy(path_of(tree, "ictal", 3), path_of(tree, "ictal", 8))
    shutil.copy(path_of(tree, "preictal", 1), path_of(tree, "preictal", 2))
    bunch = load_new_delhi(tree)
    assert bunch.groups[102] == bunch.groups[107]
    assert len(np.unique(bunch.groups)) == 148
    assert bunch.groups.max() == 147
    assert bunch.duplicates == [
        ["preictal/preictal1", "preictal/preictal2"],
        ["ictal/ictal3", "ictal/ictal8"],
    ]
    assert "ictal/ictal3 = ictal/ictal8" in bunch.DESCR


def test_duplicates_of_other_shape_type_and_name(tree, segments):
    savemat(path_of(tree, "ictal", 8), {"x": np.rint(segments[2, 2])[:, np.newaxis]})
    savemat(path_of(tree, "ictal", 3), {"ictal": np.rint(segments[2, 2]).astype(np.int16)[np.newaxis]})
    bunch = load_new_delhi(tree)
    assert bunch.duplicates == [["ictal/ictal3", "ictal/ictal8"]]


def test_one_content_in_two_classes_is_told(tree):
    shutil.copy(path_of(tree, "ictal", 3), path_of(tree, "interictal", 2))
    message = r"must be of one class, got \['interictal/interictal2', 'ictal/ictal3'\]: .* \(groups != 1\)"
    with pytest.warns(UserWarning, match=message):
        bunch = load_new_delhi(tree)
    assert bunch.groups[1] == bunch.groups[102] == 1


def test_hidden_and_other_files_are_left_out(tree):
    (tree / "new_delhi" / "ictal" / "._ictal1.mat").touch()
    (tree / "new_delhi" / "ictal" / "readme.txt").touch()
    assert len(load_new_delhi(tree).data) == 150


def test_missing_folder_and_file(tree):
    path_of(tree, "ictal", 7).unlink()
    with pytest.raises(FileNotFoundError, match=r"ictal must hold 50 MATLAB files, got 49: copy all"):
        load_new_delhi(tree)
    shutil.rmtree(tree / "new_delhi" / "preictal")
    with pytest.raises(FileNotFoundError, match=r"preictal does not exist: copy the 50 files"):
        load_new_delhi(tree)


def test_a_file_too_many(tree):
    shutil.copy(path_of(tree, "ictal", 3), path_of(tree, "ictal", 51))
    with pytest.raises(ValueError, match=r"ictal must hold 50 MATLAB files, got 51: .* nothing else"):
        load_new_delhi(tree)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"ictal": np.zeros((1, 1000))}, r"ictal4\.mat must be .* got an array of shape \(1, 1000\)"),
        ({"ictal": np.zeros((2, 512))}, r"got an array of shape \(2, 512\)"),
        (
            {"a": np.zeros((1, 1024)), "b": np.zeros((1, 1024))},
            r"it must hold one variable, got \['a', 'b'\]",
        ),
        ({}, r"it must hold one variable, got \[\]"),
        ({"ictal": "text"}, r"it holds something else than real numbers"),
        ({"ictal": np.full((1, 1024), np.nan)}, r"got NaN or infinity in 1024 places"),
    ],
)
def test_other_contents(tree, variables, message):
    savemat(path_of(tree, "ictal", 4), variables)
    with pytest.raises(ValueError, match=message):
        load_new_delhi(tree)


def test_damaged_file(tree):
    path = path_of(tree, "ictal", 4)
    path.write_bytes(path.read_bytes()[:4000])
    with pytest.raises(
        ValueError, match=r"ictal4\.mat must be .* cannot be read \(it is damaged: .* copy it again"
    ):
        load_new_delhi(tree)
