from pathlib import Path

import pytest

from sklearn_eeg.datasets._data_home import require_path, resolve_data_home


def test_argument_wins_over_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("SKLEARN_EEG_DATA", str(tmp_path / "environment"))
    assert resolve_data_home(tmp_path / "argument") == tmp_path / "argument"
    assert resolve_data_home(str(tmp_path / "argument")) == tmp_path / "argument"


def test_environment_wins_over_home(monkeypatch, tmp_path):
    monkeypatch.setenv("SKLEARN_EEG_DATA", str(tmp_path))
    assert resolve_data_home() == tmp_path


@pytest.mark.parametrize("value", [None, ""])
def test_default_is_in_the_users_home(monkeypatch, value):
    if value is None:
        monkeypatch.delenv("SKLEARN_EEG_DATA", raising=False)
    else:
        monkeypatch.setenv("SKLEARN_EEG_DATA", value)
    assert resolve_data_home() == Path.home() / "sklearn_eeg_data"


def test_tilde_is_expanded_and_relative_paths_made_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert resolve_data_home("~/eeg") == Path.home() / "eeg"
    assert resolve_data_home("eeg") == Path.cwd() / "eeg"


def test_nothing_is_created(tmp_path):
    resolve_data_home(tmp_path / "eeg")
    assert list(tmp_path.iterdir()) == []


def test_wrong_type():
    with pytest.raises(TypeError, match=r"`data_home` must be a path or None, got 3"):
        resolve_data_home(3)


def test_require_path(tmp_path):
    assert require_path(tmp_path, "make it") == tmp_path
    with pytest.raises(FileNotFoundError) as caught:
        require_path(tmp_path / "bonn", "make it")
    message = str(caught.value)
    assert str(tmp_path / "bonn") in message
    assert "does not exist: make it." in message
    assert "`data_home`" in message
    assert "SKLEARN_EEG_DATA" in message
