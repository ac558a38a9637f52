import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_eeg.datasets import make_recording, read_recording, sliding_windows
from sklearn_eeg.detection import extract_features
from sklearn_eeg.features import FFTFeatures, TimeFeatures
from sklearn_eeg.preprocessing import BandpassFilter

pytest.importorskip("pyarrow")
pytest.importorskip("edfio")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("edf")
    return [
        make_recording(
            folder / f"p{k}.edf", duration_seconds=60, sfreq=128, n_seizures=0, patient=k, random_state=k
        ).path
        for k in range(2)
    ]


def test_tables_are_those_of_sliding_windows(files, tmp_path):
    steps = make_pipeline(BandpassFilter(128, 1, 40), TimeFeatures(["line_length", "variance"]))
    manifest = extract_features(
        files, steps, out=tmp_path / "out", sfreq=128, window_seconds=4, step_seconds=1
    )
    assert manifest["n_rows"].tolist() == [57, 57]
    for path, name in zip(files, manifest["table"], strict=True):
        table = pd.read_parquet(tmp_path / "out" / name)
        cut = sliding_windows(read_recording(path), [], 4, 1)
        np.testing.assert_allclose(table.iloc[:, 2:], steps.fit_transform(cut.data), rtol=1e-12)
        np.testing.assert_array_equal(table["start_second"], cut.start_second)
        np.testing.assert_array_equal(table["stop_second"], cut.start_second + 4)
        assert [name.split("__")[0] for name in table.columns[2::2]] == cut.ch_names


def test_a_fitted_transformer_is_used_as_it_is(files, tmp_path):
    cut = sliding_windows(read_recording(files[1]), [], 4)
    steps = make_pipeline(TimeFeatures(["line_length"]), StandardScaler()).fit(cut.data)
    manifest = extract_features(
        files[1:], steps, out=tmp_path / "out", sfreq=128, window_seconds=4, ch_names=cut.ch_names
    )
    table = pd.read_parquet(tmp_path / "out" / manifest["table"][0])
    np.testing.assert_allclose(table.iloc[:, 2:].mean(), 0, atol=1e-12)


def test_channels_and_rate_are_brought_to_those_asked_for(files, tmp_path):
    manifest = extract_features(
        files, FFTFeatures(64, "total_power"), out=tmp_path / "out", sfreq=64, window_seconds=5,
        ch_names=["T3-T5", "Cz"],
    )  # fmt: skip
    table = pd.read_parquet(tmp_path / "out" / manifest["table"][0])
    assert table.shape == (12, 4)
    assert np.isfinite(table).all(axis=None)


def test_a_broken_first_recording_is_passed_over(files, tmp_path):
    broken = tmp_path / "broken.edf"
    broken.write_bytes(b"0       ")
    with pytest.warns(UserWarning, match="1 of 2 recordings failed"):
        manifest = extract_features(
            [broken, files[0]], TimeFeatures(["variance"]), out=tmp_path / "out", sfreq=128, window_seconds=4
        )
    assert manifest["status"].tolist() == ["failed", "done"]
    with pytest.raises(
        ValueError, match=r"`paths` must hold a recording that can be read and judged, got none \("
    ):
        extract_features([broken], TimeFeatures(), out=tmp_path / "other", sfreq=128, window_seconds=4)


def test_other_parameters_are_refused_in_the_same_folder(files, tmp_path):
    options = {"out": tmp_path / "out", "sfreq": 128, "window_seconds": 4}
    extract_features(files, TimeFeatures(["variance"]), **options)
    extract_features(files, TimeFeatures(["variance"]), **options)
    with pytest.raises(ValueError, match="made with another fitted detector or transformer"):
        extract_features(files, TimeFeatures(["line_length"]), **options)
    with pytest.raises(ValueError, match="made with other parameters"):
        extract_features(files, TimeFeatures(["variance"]), **options | {"step_seconds": 1})


def test_windows_longer_than_the_recordings_are_told(files, tmp_path):
    with pytest.raises(ValueError, match=r"p0\.edf holds no window of 400 s that can be judged"):
        extract_features(files, TimeFeatures(), out=tmp_path / "out", sfreq=128, window_seconds=400)


def test_one_name_is_no_list_of_channels(files, tmp_path):
    with pytest.raises(TypeError, match=r"`ch_names` must be a list of names, got one: \['Cz'\]"):
        extract_features(
            files, TimeFeatures(), out=tmp_path / "out", sfreq=128, window_seconds=4, ch_names="Cz"
        )
