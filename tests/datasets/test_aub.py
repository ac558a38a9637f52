import numpy as np
import pytest

from sklearn_eeg.datasets._aub import load_aub

COUNTS = {"train": [5, 4, 2, 1], "test": [3, 1, 0, 1]}


@pytest.fixture(scope="module")
def arrays():
    """Windows as float64 of millivolts, and their labels, by file."""
    rng = np.random.default_rng(0)
    files = {}
    for part, counts in COUNTS.items():
        labels = rng.permutation(np.repeat(np.arange(4), counts))
        files[f"y_{part}.npy"] = labels
        files[f"x_{part}.npy"] = rng.normal(scale=0.02, size=(len(labels), 19, 500))
    return files


def write(folder, arrays, **changes):
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in {**arrays, **changes}.items():
        np.save(folder / name, array)
    return folder


@pytest.fixture
def home(tmp_path, arrays):
    write(tmp_path / "aub", arrays)
    return tmp_path


def test_all_windows_in_microvolts(home, arrays):
    bunch = load_aub(home)
    assert bunch.data.dtype == np.float64
    expected = np.concatenate([arrays["x_train.npy"], arrays["x_test.npy"]]) * 1000
    np.testing.assert_allclose(bunch.data, expected, rtol=1e-12)
    np.testing.assert_array_equal(bunch.target, np.concatenate([arrays["y_train.npy"], arrays["y_test.npy"]]))
    assert bunch.target.dtype == np.int64
    np.testing.assert_array_equal(bunch.split, np.repeat(["train", "test"], [12, 5]))
    assert bunch.groups is None
    assert bunch.sfreq == 500
    assert len(set(bunch.ch_names)) == 19
    assert bunch.target_names == ["normal", "complex partial", "electrographic", "video-detected"]


@pytest.mark.parametrize("subset", ["train", "test"])
def test_a_part(home, arrays, subset):
    bunch = load_aub(home, subset=subset, microvolts_per_unit=1.0)
    np.testing.assert_array_equal(bunch.data, arrays[f"x_{subset}.npy"])
    assert set(bunch.split) == {subset}


def test_only_the_files_of_the_part_are_wanted(home):
    (home / "aub" / "x_test.npy").unlink()
    assert len(load_aub(home, subset="train").data) == 12
    with pytest.raises(FileNotFoundError, match=r"x_test\.npy does not exist: call `fetch_aub`, or"):
        load_aub(home)


def test_arrays_on_disk(home, arrays):
    data = load_aub(home, subset="test", microvolts_per_unit=None).data
    assert isinstance(data, np.memmap)
    assert not data.flags.writeable
    np.testing.assert_array_equal(data, arrays["x_test.npy"])


def test_many_blocks(tmp_path, arrays):
    x = np.arange(600 * 19 * 500, dtype=np.float32).reshape(600, 19, 500)
    write(tmp_path / "aub", arrays, **{"x_train.npy": x, "y_train.npy": np.zeros(600, dtype=int)})
    data = load_aub(tmp_path, subset="train", microvolts_per_unit=2.0).data
    assert data.dtype == np.float32
    np.testing.assert_array_equal(data, 2 * x)


@pytest.mark.parametrize("folder", ["aub/Npy_files", "."])
def test_other_folders(tmp_path, arrays, folder):
    write(tmp_path / folder, arrays)
    assert len(load_aub(tmp_path).data) == 17


def test_labels_of_other_types(tmp_path, arrays):
    write(tmp_path / "aub", arrays, **{"y_test.npy": arrays["y_test.npy"].astype(float)[:, np.newaxis]})
    np.testing.assert_array_equal(load_aub(tmp_path, subset="test").target, arrays["y_test.npy"])


def test_description(home):
    text = " ".join(load_aub(home).DESCR.split())
    assert "17 windows of 19 scalp channels" in text
    assert "8 normal, 5 complex partial, 2 electrographic, 2 video-detected" in text
    for fact in ["`groups` is None", "split into train and test is at random", "class 2 is one patient"]:
        assert fact in text
    assert "A value of 1 in the files is taken as 1000 microvolts" in text
    assert "of unknown unit" in load_aub(home, subset="test", microvolts_per_unit=None).DESCR


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"subset": "val"}, r"`subset` must be one of \['train', 'test', 'all'\], got 'val'"),
        ({"microvolts_per_unit": 0}, r"`microvolts_per_unit` must be a positive number or None, got 0"),
        ({"microvolts_per_unit": np.inf}, r"must be a positive number or None, got inf"),
        ({"microvolts_per_unit": "mV"}, r"must be a positive number or None, got 'mV'"),
        ({"microvolts_per_unit": None}, r"must be a number for subset 'all', got None: .* one by one"),
    ],
)
def test_arguments(home, arguments, message):
    with pytest.raises(ValueError, match=message):
        load_aub(home, **arguments)


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        (
            "x_test.npy",
            np.zeros((5, 500, 19)),
            r"x_test\.npy must hold windows of 19 channels x 500 .* \(5, 500, 19\)",
        ),
        ("x_test.npy", np.zeros((5, 9500)), r"got an array of shape \(5, 9500\)"),
        ("x_test.npy", np.zeros((0, 19, 500)), r"got an array of shape \(0, 19, 500\)"),
        ("x_test.npy", np.zeros((5, 19, 500), dtype=int), r"as floats, got .* type int64"),
        (
            "y_test.npy",
            np.zeros(4, dtype=int),
            r"y_test\.npy must hold a label of 0 to 3 for each of the 5 .* \(4,\)",
        ),
        ("y_test.npy", np.arange(5), r"values such as \[0, 1, 2, 3, 4\]"),
        ("y_test.npy", np.full(5, 0.5), r"values such as \[0\.5\]"),
        ("y_test.npy", np.array(list("abcde")), r"type <U1, values such as"),
    ],
)
def test_other_contents(tmp_path, arrays, name, array, message):
    write(tmp_path / "aub", arrays, **{name: array})
    with pytest.raises(ValueError, match=message):
        load_aub(tmp_path)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_not_finite(tmp_path, arrays, value):
    x = arrays["x_train.npy"].copy()
    x[7, 3, 2] = value
    write(tmp_path / "aub", arrays, **{"x_train.npy": x})
    with pytest.raises(ValueError, match=r"x_train\.npy must hold finite numbers, got .* in window 7"):
        load_aub(tmp_path)


@pytest.mark.parametrize("content", [b"", b"<html>", None])
def test_damaged_files(home, content):
    path = home / "aub" / "x_test.npy"
    path.write_bytes(path.read_bytes()[:300_000] if content is None else content)
    with pytest.raises(ValueError, match=r"x_test\.npy must be an array in numpy's \.npy format, and cannot"):
        load_aub(home)


def test_pickled_objects_are_refused(home):
    np.save(home / "aub" / "y_test.npy", np.array([{}] * 5, dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match=r"y_test\.npy must be an array in numpy's \.npy format"):
        load_aub(home)
