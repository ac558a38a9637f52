import struct

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from sklearn_eeg.datasets._matlab import load_matlab


def cell_array(*items):
    cells = np.empty((1, len(items)), dtype=object)
    cells[0, :] = items
    return cells


@pytest.fixture
def masks():
    rng = np.random.default_rng(0)
    return cell_array(*[(rng.random((3, n)) < 0.5).astype(np.uint8) for n in (7, 9, 4)])


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize(
    "array",
    [
        np.arange(12.0).reshape(3, 4),
        np.arange(-3, 3, dtype=np.int16).reshape(1, 6),
        np.array([[1.0]]),
        np.array([[True, False]]),
        np.zeros((2, 3, 4), dtype=np.float32),
        np.zeros((0, 5)),
    ],
)
def test_numbers(tmp_path, array, compressed):
    savemat(tmp_path / "a.mat", {"x": array}, do_compression=compressed)
    found = load_matlab(tmp_path / "a.mat")
    np.testing.assert_array_equal(found, array)
    assert found.dtype == loadmat(tmp_path / "a.mat")["x"].dtype


@pytest.mark.parametrize("compressed", [False, True])
def test_cells(tmp_path, masks, compressed):
    savemat(tmp_path / "a.mat", {"x": masks, "y": "text"}, do_compression=compressed)
    found = load_matlab(tmp_path / "a.mat", "x")
    assert found.shape == (1, 3)
    for cell, mask in zip(found.ravel(), masks.ravel(), strict=True):
        np.testing.assert_array_equal(cell, mask)


def test_which_variable(tmp_path):
    savemat(tmp_path / "a.mat", {"x": np.eye(2), "y": np.eye(3)})
    assert load_matlab(tmp_path / "a.mat", "y").shape == (3, 3)
    with pytest.raises(ValueError, match=r"it must hold one variable, got \['x', 'y'\]"):
        load_matlab(tmp_path / "a.mat")
    with pytest.raises(ValueError, match=r"it must hold the variable 'z' once, got \[\]"):
        load_matlab(tmp_path / "a.mat", "z")


def test_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_matlab(tmp_path / "a.mat")


@pytest.mark.parametrize("item", ["text", np.array([[1j]]), {"a": 1}, cell_array("text")])
def test_other_contents(tmp_path, item):
    savemat(tmp_path / "a.mat", {"x": item})
    with pytest.raises(ValueError, match="it holds something else than real numbers"):
        load_matlab(tmp_path / "a.mat")


@pytest.mark.parametrize("content", [b"", b"<html>", b"x" * 200, b"MATLAB 7.3" + bytes(118)])
def test_other_files(tmp_path, content):
    (tmp_path / "a.mat").write_bytes(content)
    with pytest.raises(ValueError, match="it is no MATLAB file of version 5"):
        load_matlab(tmp_path / "a.mat")


def test_version_4(tmp_path):
    savemat(tmp_path / "a.mat", {"x": np.eye(9)}, format="4")
    with pytest.raises(ValueError, match="it is no MATLAB file of version 5"):
        load_matlab(tmp_path / "a.mat")


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (128, 13, "an element of type 13 in place of an array"),
        (132, 10_000, "an element of 10000 bytes where"),
        (136, 5, "an array without flags"),
        (160, 2**31 - 1, "an array of shape|cells in|bytes"),
        (168, 2, "an array without a name"),
    ],
)
def test_damaged_tags(tmp_path, masks, place, value, message):
    savemat(tmp_path / "a.mat", {"annotations": masks})
    content = bytearray((tmp_path / "a.mat").read_bytes())
    content[place : place + 4] = struct.pack("<I", value)
    (tmp_path / "a.mat").write_bytes(content)
    with pytest.raises(ValueError, match=rf"it is damaged: .*{message}"):
        load_matlab(tmp_path / "a.mat")


def test_type_of_numbers_that_crashes_scipy(tmp_path):
    savemat(tmp_path / "a.mat", {"x": np.eye(3)})
    content = (tmp_path / "a.mat").read_bytes()
    tag = struct.pack("<II", 9, 72)
    assert content.count(tag) == 1
    (tmp_path / "a.mat").write_bytes(content.replace(tag, struct.pack("<II", 200, 72)))
    with pytest.raises(
        ValueError, match=r"it is damaged: 72 bytes of type 200 for an array of shape \(3, 3\)"
    ):
        load_matlab(tmp_path / "a.mat")


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_damaged_files_are_read_or_refused(tmp_path, masks, seed, compressed):
    """A mutation leads to a ValueError or to an array, to no other error and to no crash."""
    savemat(tmp_path / "a.mat", {"annotations": masks}, do_compression=compressed)
    content, rng = (tmp_path / "a.mat").read_bytes(), np.random.default_rng(seed)
    refused = 0
    for number in range(600):
        changed = bytearray(content[: rng.integers(1, len(content) + 1)] if number % 4 == 0 else content)
        for place in rng.integers(0, len(changed), rng.integers(1, 4)):
            changed[place] = rng.integers(256)
        (tmp_path / "a.mat").write_bytes(changed)
        try:
            load_matlab(tmp_path / "a.mat", "annotations")
        except ValueError:
            refused += 1
    assert refused > 150
