import gzip
import io
import json
import zipfile

import numpy as np
import pandas as pd
import pytest
from scipy.io import savemat

from sklearn_eeg._montage import CH_NAMES_1020
from sklearn_eeg.datasets._fetchers import fetch_aub, fetch_guinea_bissau, fetch_helsinki

HELSINKI, GUINEA_BISSAU, AUB = "4940267", "1252141", "5pc2j46cbc"


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


# Helsinki


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """The recordings of infants 1 and 2, 8 s each, and the three experts' annotations of two."""
    edfio = pytest.importorskip("edfio")
    folder, files = tmp_path_factory.mktemp("edf"), {}
    rng = np.random.default_rng(0)
    for infant in (1, 2):
        signals = [
            edfio.EdfSignal(
                rng.normal(scale=20, size=8 * 64), 64, label=f"EEG {name}-Ref", physical_dimension="uV",
                physical_range=(-200, 200),
            )
            for name in CH_NAMES_1020
        ]  # fmt: skip
        edfio.Edf(signals).write(folder / "a.edf")
        files[f"eeg{infant}.edf"] = (folder / "a.edf").read_bytes()
    cells = np.empty((1, 2), dtype=object)
    marked = np.eye(3, 8, k=1, dtype=np.uint8)  # a second of each expert's own, and the first of all
    marked[:, 0] = 1
    cells[0, :] = [marked, np.zeros((3, 8), dtype=np.uint8)]
    savemat(folder / "a.mat", {"annotat_new": cells})
    files["annotations_2017.mat"] = (folder / "a.mat").read_bytes()
    tables = {
        f"annotations_2017_{name}.csv": "1,2\n" + "".join(f"{marked[row, t]},0\n" for t in range(8))
        for row, name in enumerate(["A_fixed", "B", "C"])
    }
    return files | {name: text.encode() for name, text in tables.items()}


def without(files, *names):
    return {name: content for name, content in files.items() if name not in names}


def test_helsinki(repository, recordings, tmp_path):
    repository.offer_zenodo(HELSINKI, recordings)
    bunch = fetch_helsinki(tmp_path, infants=[2, 1])
    assert bunch.data.shape == (16, 19, 64)
    assert not isinstance(bunch.data, np.ndarray)
    np.testing.assert_array_equal(bunch.groups, np.repeat([2, 1], 8))
    assert bunch.start_second[bunch.target == 1].tolist() == [0]
    folder = tmp_path / "helsinki_neonatal"
    assert names_in(folder) == [".listing.json", "annotations_2017.mat", "eeg1.edf", "eeg2.edf"]


def test_helsinki_without_the_matlab_file(repository, recordings, tmp_path):
    repository.offer_zenodo(HELSINKI, without(recordings, "annotations_2017.mat"))
    assert fetch_helsinki(tmp_path, infants=[1]).target.tolist() == [1] + [0] * 7
    assert names_in(tmp_path / "helsinki_neonatal")[1:4] == [
        "annotations_2017_A_fixed.csv", "annotations_2017_B.csv", "annotations_2017_C.csv"
    ]  # fmt: skip


def test_helsinki_goes_on_where_it_stopped(repository, recordings, tmp_path):
    repository.offer_zenodo(HELSINKI, recordings)
    path = f"/api/records/{HELSINKI}/files/eeg2.edf/content"
    repository.breaks[path] = 5000
    with pytest.raises(OSError, match=r"eeg2\.edf/content could not be downloaded"):
        fetch_helsinki(tmp_path, infants=[1, 2])
    repository.asked.clear()
    assert len(fetch_helsinki(tmp_path, infants=[1, 2]).target) == 16
    assert [asked for asked, _ in repository.asked_for("/content")] == [path]
    repository.asked.clear()
    fetch_helsinki(tmp_path, infants=[1, 2])
    assert repository.asked == []


def test_helsinki_without_a_recording(repository, recordings, tmp_path):
    repository.offer_zenodo(HELSINKI, recordings)
    with pytest.raises(ValueError, match=r"zenodo\.org/records/4940267 must offer eeg3\.edf, got 6 files"):
        fetch_helsinki(tmp_path)


@pytest.mark.parametrize("infants", [[0], [80], [1, 1], []])
def test_helsinki_infants(tmp_path, infants):
    with pytest.raises(ValueError, match=r"`infants` must be (from 1 to 79|whole numbers from 1)"):
        fetch_helsinki(tmp_path, infants=infants)


# Guinea-Bissau

CHANNELS = ["AF3", "AF4", "F3", "F4", "F7", "F8", "FC5", "FC6", "O1", "O2", "P7", "P8", "T7", "T8"]


def signal(subject, seconds=6):
    table = pd.DataFrame(4000.0 + subject, index=range(128 * seconds), columns=CHANNELS)
    return gzip.compress(table.to_csv().encode(), mtime=0)


def archive(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def subjects():
    signals = {f"EEGs_Guinea-Bissau/signal-{subject}.csv.gz": signal(subject) for subject in (3, 5)}
    return {
        "metadata_guineabissau.csv": b"subject.id,Group,recordedPeriod\n3,Epilepsy,6\n5,Control,6\n",
        "EEGs_Guinea-Bissau.zip": archive(signals),
        "EEGs_Nigeria.zip": b"not wanted",
    }


def test_guinea_bissau(repository, subjects, tmp_path):
    repository.offer_zenodo(GUINEA_BISSAU, subjects)
    bunch = fetch_guinea_bissau(tmp_path)
    assert (bunch.data.shape, bunch.groups.tolist()) == ((2, 14, 640), [3, 5])
    folder = tmp_path / "guinea_bissau"
    assert names_in(folder) == [".listing.json", "EEGs_Guinea-Bissau", "metadata_guineabissau.csv"]
    assert names_in(folder / "EEGs_Guinea-Bissau") == [".unpacked", "signal-3.csv.gz", "signal-5.csv.gz"]
    repository.asked.clear()
    fetch_guinea_bissau(tmp_path)
    assert repository.asked == []


def test_guinea_bissau_adds_to_what_is_there(repository, subjects, tmp_path):
    repository.offer_zenodo(GUINEA_BISSAU, subjects)
    own = tmp_path / "guinea_bissau" / "EEGs_Guinea-Bissau" / "signal-3.csv.gz"
    own.parent.mkdir(parents=True)
    own.write_bytes(signal(9))
    bunch = fetch_guinea_bissau(tmp_path)
    assert bunch.groups.tolist() == [3, 5]
    assert own.read_bytes() == signal(9)


def test_guinea_bissau_damaged_archive(repository, subjects, tmp_path):
    repository.offer_zenodo(GUINEA_BISSAU, {**subjects, "EEGs_Guinea-Bissau.zip": b"<html>"})
    with pytest.raises(
        ValueError, match=r"EEGs_Guinea-Bissau\.zip is no zip archive .*remove .*zip and call"
    ):
        fetch_guinea_bissau(tmp_path)
    repository.offer_zenodo(GUINEA_BISSAU, {**subjects, "EEGs_Guinea-Bissau.zip": archive({"a.txt": b""})})
    (tmp_path / "guinea_bissau" / "EEGs_Guinea-Bissau.zip").unlink()
    with pytest.raises(ValueError, match=r"zip must hold signals, files ending in \.csv\.gz, got none"):
        fetch_guinea_bissau(tmp_path)
    repository.offer_zenodo(GUINEA_BISSAU, subjects)
    (tmp_path / "guinea_bissau" / "EEGs_Guinea-Bissau.zip").unlink()
    assert len(fetch_guinea_bissau(tmp_path).data) == 2


def test_guinea_bissau_content_is_checked(repository, subjects, tmp_path):
    signals = {f"signal-{subject}.csv.gz": signal(subject, seconds=7) for subject in (3, 5)}
    repository.offer_zenodo(GUINEA_BISSAU, {**subjects, "EEGs_Guinea-Bissau.zip": archive(signals)})
    with pytest.raises(ValueError, match=r"signal-3\.csv\.gz must have 768 rows"):
        fetch_guinea_bissau(tmp_path)


# Beirut


@pytest.fixture(scope="module")
def arrays():
    rng, files = np.random.default_rng(0), {}
    for part, n in (("train", 6), ("test", 2)):
        for name, array in {
            f"x_{part}.npy": rng.normal(scale=0.02, size=(n, 19, 500)).astype(np.float32),
            f"y_{part}.npy": rng.integers(0, 4, n),
        }.items():
            buffer = io.BytesIO()
            np.save(buffer, array)
            files[name] = buffer.getvalue()
    return files


def test_aub(repository, arrays, tmp_path):
    repository.offer_mendeley(AUB, {"root": {}, "Raw_EDF_Files": {"p10.edf": b"no"}, "Npy_files": arrays})
    bunch = fetch_aub(tmp_path)
    assert bunch.data.shape == (8, 19, 500)
    assert names_in(tmp_path / "aub") == [
        ".listing.json", "x_test.npy", "x_train.npy", "y_test.npy", "y_train.npy"
    ]  # fmt: skip
    repository.asked.clear()
    fetch_aub(tmp_path)
    assert repository.asked == []


def test_aub_completes_the_folder_that_is_there(repository, arrays, tmp_path):
    repository.offer_mendeley(AUB, {"root": arrays})
    folder = tmp_path / "aub" / "Npy_files"
    folder.mkdir(parents=True)
    (folder / "x_train.npy").write_bytes(arrays["x_train.npy"])
    assert len(fetch_aub(tmp_path).data) == 8
    assert not repository.asked_for("x_train.npy/file_downloaded")
    assert len(names_in(folder)) == 5


def test_aub_checksum(repository, arrays, tmp_path):
    repository.offer_mendeley(AUB, {"root": arrays})
    repository.answers["/files/y_test.npy/file_downloaded"] = arrays["y_test.npy"][::-1]
    with pytest.raises(ValueError, match=r"y_test\.npy .* must have the SHA256 .*: download it in a browser"):
        fetch_aub(tmp_path)


def test_aub_refused(repository, tmp_path):
    with pytest.raises(
        OSError, match=r"folders/1 could not be downloaded \(404.*mendeley\.com/datasets/5pc2"
    ):
        fetch_aub(tmp_path)
    repository.answers[f"/public-api/datasets/{AUB}/folders/1"] = json.dumps({"message": "no"}).encode()
    with pytest.raises(ValueError, match=r"must answer with a list of files, got another document"):
        fetch_aub(tmp_path)
