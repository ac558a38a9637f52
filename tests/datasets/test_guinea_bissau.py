import gzip
import shutil

import numpy as np
import pandas as pd
import pytest

from sklearn_eeg.datasets._guinea_bissau import load_guinea_bissau

NAMES = ["AF3", "AF4", "F3", "F4", "F7", "F8", "FC5", "FC6", "O1", "O2", "P7", "P8", "T7", "T8"]
METADATA = "metadata_guineabissau.csv"
SECONDS = {3: 12, 5: 11, 17: 10}  # of each made-up recording
GROUPS = {3: "Epilepsy", 5: "Control", 17: "Control", 40: "Epilepsy"}


@pytest.fixture(scope="module")
def recordings():
    rng = np.random.default_rng(0)
    return {
        subject: 4000 + rng.normal(scale=30, size=(14, 128 * seconds)) for subject, seconds in SECONDS.items()
    }


def metadata_table():
    table = pd.DataFrame({"subject.id": list(GROUPS), "Group": list(GROUPS.values())})
    return table.assign(Remarks="none", recordedPeriod=[SECONDS.get(i, 9) for i in GROUPS])


def signal_path(home, subject):
    return home / "guinea_bissau" / "EEGs_Guinea-Bissau" / f"signal-{subject}.csv.gz"


def write_signal(path, x, names=NAMES):
    table = pd.DataFrame(x.T, columns=names).assign(COUNTER=1, CQ_F7=4)
    table.index += 1
    table.to_csv(path)


@pytest.fixture(scope="module")
def whole_home(recordings, tmp_path_factory):
    home = tmp_path_factory.mktemp("guinea_home")
    signal_path(home, 3).parent.mkdir(parents=True)
    for subject, x in recordings.items():
        write_signal(signal_path(home, subject), x)
    metadata_table().to_csv(home / "guinea_bissau" / METADATA, index=False)
    return home


@pytest.fixture
def home(whole_home, tmp_path):
    """A copy that a test may damage."""
    return shutil.copytree(whole_home, tmp_path / "home")


def test_windows_are_the_recordings_in_pieces(whole_home, recordings):
    bunch = load_guinea_bissau(whole_home)
    assert bunch.data.shape == (6, 14, 640)
    assert bunch.data.dtype == np.float64
    np.testing.assert_array_equal(bunch.groups, [3, 3, 5, 5, 17, 17])
    np.testing.assert_array_equal(bunch.target, [1, 1, 0, 0, 0, 0])
    np.testing.assert_array_equal(bunch.start_second, [0, 5, 0, 5, 0, 5])
    assert bunch.recording.tolist() == [f"signal-{i}" for i in (3, 3, 5, 5, 17, 17)]
    for subject, x in recordings.items():
        pieces = np.concatenate(list(bunch.data[bunch.groups == subject]), axis=1)
        np.testing.assert_allclose(pieces, x[:, :1280], rtol=1e-12)
    assert (bunch.ch_names, bunch.sfreq) == (NAMES, 128)
    assert bunch.target_names == ["control", "epilepsy"]


def test_number_of_windows_follows_each_recording(whole_home):
    bunch = load_guinea_bissau(whole_home, window_seconds=2)
    np.testing.assert_array_equal(bunch.groups, np.repeat([3, 5, 17], [6, 5, 5]))
    np.testing.assert_array_equal(bunch.start_second, [*range(0, 12, 2), *[0, 2, 4, 6, 8] * 2])
    assert len({len(bunch[key]) for key in ["data", "target", "groups", "recording"]}) == 1


def test_description_counts_and_warns(whole_home):
    text = " ".join(load_guinea_bissau(whole_home, window_seconds=2.5).DESCR.split())
    assert "14 channels at 128 Hz, 2.5 s each, of 3 of the 4 subjects of the metadata" in text
    assert "1 with epilepsy, 2 controls" in text
    for fact in ["offset of about 4000 microvolts", "only a split by subject", "10.1101/324954"]:
        assert fact in text


def test_columns_are_found_by_name(home, recordings):
    write_signal(signal_path(home, 5), recordings[5][::-1], NAMES[::-1])
    bunch = load_guinea_bissau(home)
    np.testing.assert_allclose(bunch.data[2], recordings[5][:, :640], rtol=1e-12)


def test_other_files_are_passed_over(home):
    for name in [".DS_Store", "signal-5.csv", "signal-5.csv.gz.part"]:
        signal_path(home, 5).with_name(name).write_text("no signals")
    assert len(load_guinea_bissau(home).data) == 6


def test_chosen_subjects_in_their_order(whole_home):
    whole = load_guinea_bissau(whole_home)
    bunch = load_guinea_bissau(whole_home, subjects=np.array([17, 3]))
    np.testing.assert_array_equal(bunch.groups, [17, 17, 3, 3])
    np.testing.assert_array_equal(bunch.target, [0, 0, 1, 1])
    np.testing.assert_array_equal(bunch.data, whole.data[[4, 5, 0, 1]])


@pytest.mark.parametrize("subjects", [[], [3, 3], ["3", "5"], [3.0, 5], [True, 5]])
def test_subjects_that_are_none(whole_home, subjects):
    with pytest.raises(ValueError, match=r"`subjects` must be whole numbers, at least one, none tw"):
        load_guinea_bissau(whole_home, subjects=subjects)


def test_chosen_subject_without_signals(whole_home):
    with pytest.raises(FileNotFoundError, match=r"signal-40\.csv\.gz does not exist: .*zenodo\.org"):
        load_guinea_bissau(whole_home, subjects=[3, 5, 40])


def test_chosen_subject_without_diagnosis(whole_home):
    with pytest.raises(ValueError, match=r"Subject 99 of the parameter `subjects` must have a row"):
        load_guinea_bissau(whole_home, subjects=[3, 5, 99])


def test_signals_without_diagnosis(home):
    shutil.copy(signal_path(home, 3), signal_path(home, 99))
    with pytest.raises(ValueError, match=rf"Subject 99 of signal-99\.csv\.gz must .*{METADATA}"):
        load_guinea_bissau(home)


def test_two_files_of_one_subject(home):
    shutil.copy(signal_path(home, 3), signal_path(home, "03"))
    with pytest.raises(ValueError, match=r"one file for each subject, got signal-03.* signal-3\."):
        load_guinea_bissau(home)


def test_class_without_subjects(whole_home, home):
    with pytest.raises(ValueError, match=r"Both classes must have a subject, got none of group Epil"):
        load_guinea_bissau(whole_home, subjects=[5, 17])
    signal_path(home, 5).unlink()
    signal_path(home, 17).unlink()
    with pytest.raises(ValueError, match=r"Both classes must have a subject, got none of group Cont"):
        load_guinea_bissau(home)


def test_folder_without_signals(home):
    for subject in SECONDS:
        signal_path(home, subject).unlink()
    with pytest.raises(ValueError, match=r"Both classes must have a subject.* the 0 chosen"):
        load_guinea_bissau(home)


def test_missing_folders(tmp_path, home):
    with pytest.raises(FileNotFoundError, match=rf"{METADATA} does not exist: .* `data_home`"):
        load_guinea_bissau(tmp_path)
    shutil.rmtree(home / "guinea_bissau" / "EEGs_Guinea-Bissau")
    with pytest.raises(FileNotFoundError, match=r"EEGs_Guinea-Bissau does not exist: download"):
        load_guinea_bissau(home)


@pytest.mark.parametrize(
    ("seconds", "message"),
    [
        (-1, "must be a positive number of seconds, got -1"),
        (10.5, r"must be at most 10, the length of signal-17\.csv\.gz in seconds, got 10\.5"),
        (0.001, "must hold at least one time point"),
    ],
)
def test_impossible_windows(whole_home, seconds, message):
    with pytest.raises(ValueError, match=f"`window_seconds` {message}"):
        load_guinea_bissau(whole_home, window_seconds=seconds)


@pytest.mark.parametrize("fraction", [0.3, 0.9, 0.9999])
def test_truncated_signals(home, fraction):
    path = signal_path(home, 5)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * fraction)])
    with pytest.raises(ValueError, match=r"signal-5\.csv\.gz must be .* cannot be read"):
        load_guinea_bissau(home)


def test_damaged_signals(home):
    path = signal_path(home, 5)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"signal-5\.csv\.gz must be"):
        load_guinea_bissau(home)


@pytest.mark.parametrize(
    "content", [b"<html>", b"", gzip.compress(b"", mtime=0), gzip.compress(b"a,b\n1", mtime=0)]
)
def test_signals_of_another_kind(home, content):
    signal_path(home, 5).write_bytes(content)
    with pytest.raises(ValueError, match=r"signal-5\.csv\.gz must be a gzipped table .* cannot be"):
        load_guinea_bissau(home)


@pytest.mark.parametrize("n_rows", [1407, 1409, 0])
def test_number_of_rows(home, recordings, n_rows):
    x = np.tile(recordings[5], 2)[:, :n_rows]
    write_signal(signal_path(home, 5), x)
    with pytest.raises(ValueError, match=rf"signal-5\.csv\.gz must have 1408 rows .* got {n_rows}:"):
        load_guinea_bissau(home)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_not_finite(home, recordings, value):
    x = recordings[5].copy()
    x[4, 1400] = value  # in the part that no window of five seconds covers
    write_signal(signal_path(home, 5), x)
    with pytest.raises(ValueError, match=r"signal-5\.csv\.gz must hold finite .* F7, row 1400"):
        load_guinea_bissau(home)


def test_text_among_the_numbers(home, recordings):
    x = recordings[5].astype(object)
    x[4, 7] = "lost"
    write_signal(signal_path(home, 5), x)
    with pytest.raises(ValueError, match=r"signal-5\.csv\.gz must be .* numbers.*lost"):
        load_guinea_bissau(home)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Group", "Unknown"),
        ("Group", None),
        ("recordedPeriod", 0),
        ("recordedPeriod", 11.5),
        ("recordedPeriod", None),
        ("subject.id", 3),
        ("subject.id", None),
    ],
)
def test_metadata_that_do_not_fit(home, column, value):
    table = metadata_table().astype(object)
    table.loc[1, column] = value
    table.to_csv(home / "guinea_bissau" / METADATA, index=False)
    with pytest.raises(ValueError, match=rf"{METADATA} must name each subject once.* got \{{'subject"):
        load_guinea_bissau(home)


@pytest.mark.parametrize("column", ["subject.id", "Group", "recordedPeriod"])
def test_metadata_without_a_column(home, column):
    table = metadata_table().drop(columns=column)
    table.to_csv(home / "guinea_bissau" / METADATA, index=False)
    with pytest.raises(ValueError, match=rf"{METADATA} must have the columns"):
        load_guinea_bissau(home)


def test_metadata_with_text_for_a_number(home):
    table = metadata_table().astype(object)
    table.loc[1, "recordedPeriod"] = "long"
    table.to_csv(home / "guinea_bissau" / METADATA, index=False)
    with pytest.raises(ValueError, match=rf"{METADATA} must have the columns .* of numbers"):
        load_guinea_bissau(home)


def test_real_recordings(eeg_data):
    if not (eeg_data / "guinea_bissau").is_dir():
        pytest.skip(f"real data wanted: {eeg_data} has no folder guinea_bissau")
    bunch = load_guinea_bissau(eeg_data, subjects=[3, 5], window_seconds=10)
    assert bunch.data.shape == (60, 14, 1280)  # 309 and 302 seconds
    np.testing.assert_array_equal(bunch.groups, np.repeat([3, 5], 30))
    np.testing.assert_array_equal(bunch.target, np.repeat([1, 0], 30))
    first = [3813.33333333333, 3172.82051282051, 3724.10256410256, 3021.53846153846]
    np.testing.assert_allclose(bunch.data[0, :4, 0], first, rtol=1e-12)  # signal-3, first row
    assert 3000 < np.median(bunch.data) < 5000
    assert "2 of the 97 subjects" in " ".join(bunch.DESCR.split())
