import sys
import zipfile

import pytest

from sklearn_eeg.datasets._download import download, read_zip


def make_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_members_by_name_without_folders_and_hidden_files(tmp_path):
    path = make_zip(tmp_path / "Z.zip", [("Z/", ""), ("Z/Z001.txt", "1"), ("__MACOSX/Z/._Z001.txt", "x")])
    assert read_zip(path, "fetch it") == {"Z001.txt": b"1"}


def test_web_page_is_no_archive(tmp_path):
    (tmp_path / "Z.zip").write_text("<!DOCTYPE html><html>")
    with pytest.raises(ValueError, match=r"Z\.zip is no zip archive .*<!DOCTYPE.*: fetch it\.$"):
        read_zip(tmp_path / "Z.zip", "fetch it")


def test_empty_file_is_no_archive(tmp_path):
    (tmp_path / "Z.zip").touch()
    with pytest.raises(ValueError, match=r"Z\.zip is no zip archive .*b''"):
        read_zip(tmp_path / "Z.zip", "fetch it")


def test_truncated_archive(tmp_path):
    path = make_zip(tmp_path / "Z.zip", [("Z001.txt", "12\n" * 4097)])
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ValueError, match=r"Z\.zip is a damaged zip archive .*: fetch it\.$"):
        read_zip(path, "fetch it")


def test_flipped_byte(tmp_path):
    path = make_zip(tmp_path / "Z.zip", [("Z001.txt", "12\n-5\n" * 4097)])
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"Z\.zip is a damaged zip archive"):
        read_zip(path, "fetch it")


def test_two_files_of_one_name(tmp_path):
    path = make_zip(tmp_path / "Z.zip", [("a/Z001.txt", "1"), ("b/Z001.txt", "2")])
    with pytest.raises(ValueError, match=r"Z\.zip holds Z001\.txt twice: fetch it\."):
        read_zip(path, "fetch it")


def test_unreachable_server(tmp_path):
    pytest.importorskip("pooch")
    url = "http://127.0.0.1:1/Z.zip"  # nothing listens on port 1
    with pytest.raises(OSError, match=r"127\.0\.0\.1:1/Z\.zip could not be downloaded .*: copy it\.$"):
        download(url, tmp_path / "Z.zip", needed_by="f", repair="copy it", verbose=False)


def test_without_pooch(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(ImportError, match=r"fetch_bonn needs pooch; install it with .*\[io\]"):
        download(
            "http://127.0.0.1:1/Z.zip",
            tmp_path / "Z.zip",
            needed_by="fetch_bonn",
            repair="copy it",
            verbose=False,
        )
