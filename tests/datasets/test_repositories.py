import hashlib
import json
import sys
from functools import partial

import numpy as np
import pytest

from sklearn_eeg.datasets._repositories import list_mendeley, list_zenodo, obtain_files

FILES = {
    "a.bin": np.random.default_rng(0).bytes(300_000),
    "b.csv": b"1,2\n" * 1000,
}
PATH = "/api/records/77/files/a.bin/content"


@pytest.fixture
def server(repository):
    repository.offer_zenodo("77", FILES)
    return repository


def obtain(folder, names=tuple(FILES), list_files=None):
    return obtain_files(
        lambda _: names,
        folder,
        list_files or partial(list_zenodo, "77"),
        needed_by="fetch_it",
        page="https://example.org/77",
        verbose=False,
    )


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_files_come_whole_and_nothing_else_stays(server, tmp_path):
    paths = obtain(tmp_path / "new" / "set")
    assert [path.read_bytes() for path in paths] == list(FILES.values())
    assert names_in(tmp_path / "new" / "set") == [".listing.json", "a.bin", "b.csv"]
    assert len(server.asked) == 3


def test_what_is_whole_needs_no_network(server, tmp_path):
    obtain(tmp_path)
    server.asked.clear()
    obtain(tmp_path)
    assert server.asked == []


def test_files_that_lay_there_are_taken_if_they_are_whole(server, tmp_path):
    (tmp_path / "a.bin").write_bytes(FILES["a.bin"])
    (tmp_path / "b.csv").write_bytes(FILES["b.csv"][:-1])
    obtain(tmp_path)
    assert not server.asked_for("a.bin/content")
    assert (tmp_path / "b.csv").read_bytes() == FILES["b.csv"]


def test_a_file_that_was_damaged_is_fetched_again(server, tmp_path):
    obtain(tmp_path)
    (tmp_path / "a.bin").write_bytes(b"x" + FILES["a.bin"][1:])
    server.asked.clear()
    obtain(tmp_path)
    assert (tmp_path / "a.bin").read_bytes() == FILES["a.bin"]
    assert server.asked_for("a.bin/content") == [(PATH, 0)]
    assert not server.asked_for("b.csv/content")


# Interruptions


def break_off(server, tmp_path, after=200_000):
    server.breaks[PATH] = after
    with pytest.raises(OSError, match=r"a\.bin/content could not be downloaded .*: download it in a browser"):
        obtain(tmp_path)


def test_a_download_that_broke_off_goes_on(server, tmp_path):
    break_off(server, tmp_path)
    assert names_in(tmp_path) == [".listing.json", ".part-a.bin"]
    kept = (tmp_path / ".part-a.bin").stat().st_size
    assert 0 < kept <= 200_000
    obtain(tmp_path)
    assert (tmp_path / "a.bin").read_bytes() == FILES["a.bin"]
    assert server.asked_for("a.bin/content") == [(PATH, 0), (PATH, kept)]
    assert names_in(tmp_path) == [".listing.json", "a.bin", "b.csv"]


def test_it_may_break_off_twice(server, tmp_path):
    break_off(server, tmp_path, after=100_000)
    break_off(server, tmp_path, after=100_000)
    kept = (tmp_path / ".part-a.bin").stat().st_size
    assert kept > 100_000
    obtain(tmp_path)
    assert (tmp_path / "a.bin").read_bytes() == FILES["a.bin"]
    assert server.asked_for("a.bin/content")[-1] == (PATH, kept)


def test_a_server_that_cannot_go_on_begins_anew(server, tmp_path):
    break_off(server, tmp_path)
    server.ranges = False
    obtain(tmp_path)
    assert (tmp_path / "a.bin").read_bytes() == FILES["a.bin"]


def test_a_part_of_another_file_is_thrown_away(server, tmp_path):
    (tmp_path / ".part-a.bin").write_bytes(b"x" * 1000)
    obtain(tmp_path)
    assert (tmp_path / "a.bin").read_bytes() == FILES["a.bin"]
    assert server.asked_for("a.bin/content") == [(PATH, 1000), (PATH, 0)]


def test_a_part_that_is_whole_is_not_fetched(server, tmp_path):
    (tmp_path / ".part-a.bin").write_bytes(FILES["a.bin"])
    obtain(tmp_path)
    assert not server.asked_for("a.bin/content")


def test_a_part_beyond_the_servers_file(server, tmp_path):
    """The server refuses the range (416), and is then asked for the whole file."""
    (tmp_path / ".part-a.bin").write_bytes(FILES["a.bin"][:250_000])
    server.answers[PATH] = FILES["a.bin"][:200_000]
    with pytest.raises(ValueError, match=r"a\.bin .* must have 300000 bytes, .* got 200000, beginning with"):
        obtain(tmp_path)
    assert server.asked_for("a.bin/content") == [(PATH, 250_000), (PATH, 0)]
    assert names_in(tmp_path) == [".listing.json"]


# Refusals and other answers


def test_checksum(server, tmp_path):
    server.answers[PATH] = FILES["a.bin"][:-1] + b"x"
    expected = hashlib.md5(FILES["a.bin"]).hexdigest()
    with pytest.raises(ValueError, match=rf"a\.bin .* must have the MD5 {expected}, .*: download it in a br"):
        obtain(tmp_path)
    assert names_in(tmp_path) == [".listing.json"]


def test_web_page_in_place_of_data(server, tmp_path):
    server.answers[PATH] = b"<!DOCTYPE html><html>"
    with pytest.raises(ValueError, match=r"must have 300000 bytes, .* got 21, beginning with b'<!DOCTYPE"):
        obtain(tmp_path)
    assert names_in(tmp_path) == [".listing.json"]


@pytest.mark.parametrize("status", [404, 403, 500])
def test_refusal(server, tmp_path, status):
    server.answers[PATH] = status
    with pytest.raises(OSError, match=rf"could not be downloaded \({status}.*or call `fetch_it` again"):
        obtain(tmp_path)
    assert names_in(tmp_path) == [".listing.json"]


def test_refusal_of_the_list(server, tmp_path):
    server.answers["/api/records/77"] = 404
    with pytest.raises(OSError, match=r"records/77 could not be downloaded \(404.*https://example\.org/77"):
        obtain(tmp_path)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"<html>", r"records/77 must answer with a list of files in JSON, got what begins with b'<html>'"),
        (b"[]", r"must answer with a list of files, got another document"),
        (b"{}", r"must answer with a list of files, got another document \(KeyError\('files'\)\)"),
        (b'{"files": [{"key": "a"}]}', r"another document \(KeyError"),
        (b'{"files": [{"key": "a", "size": "9", "links": {"self": "u"}}]}', r"another document \(TypeError"),
        (b'{"files": null}', r"another document \(TypeError"),
        (b'{"files": []}', r"https://example\.org/77 must offer a\.bin, got 0 files without it"),
    ],
)
def test_answers_that_are_no_list(server, tmp_path, answer, message):
    server.answers["/api/records/77"] = answer
    with pytest.raises(ValueError, match=message):
        obtain(tmp_path)


def test_file_that_is_not_offered(server, tmp_path):
    with pytest.raises(ValueError, match=r"must offer c\.bin, got 2 files without it: download it"):
        obtain(tmp_path, ["a.bin", "c.bin"])


def test_no_file_is_written_elsewhere(server, tmp_path):
    listing = json.loads(server.answers["/api/records/77"])
    listing["files"][0]["key"] = "../../a.bin"
    server.answers["/api/records/77"] = json.dumps(listing).encode()
    obtain(tmp_path / "deep" / "er")
    assert names_in(tmp_path) == ["deep"]
    assert (tmp_path / "deep" / "er" / "a.bin").read_bytes() == FILES["a.bin"]


@pytest.mark.parametrize("checksum", [None, "crc32:12345678"])
def test_without_a_checksum_the_size_counts(server, tmp_path, checksum):
    listing = json.loads(server.answers["/api/records/77"])
    for file in listing["files"]:
        file["checksum"] = checksum
    server.answers["/api/records/77"] = json.dumps(listing).encode()
    break_off(server, tmp_path)
    obtain(tmp_path)  # from the beginning: what is put together could not be proved
    assert (tmp_path / "a.bin").read_bytes() == FILES["a.bin"]
    assert server.asked_for("a.bin/content") == [(PATH, 0), (PATH, 0)]
    server.answers[PATH] = b"short"
    (tmp_path / "a.bin").unlink()
    with pytest.raises(ValueError, match="must have 300000 bytes"):
        obtain(tmp_path)


@pytest.mark.parametrize("text", ["", "<html>", "[1]", "{}", '[{"name": "a.bin"}]'])
def test_damaged_list_in_the_folder_is_asked_for_again(server, tmp_path, text):
    obtain(tmp_path)
    (tmp_path / ".listing.json").write_text(text)
    server.asked.clear()
    obtain(tmp_path)
    assert server.asked == [("/api/records/77", 0)]


def test_mendeley(server, tmp_path):
    server.offer_mendeley("xyz", {"root": {"readme.txt": b"hello"}, "npy": FILES})
    paths = obtain(tmp_path, ["b.csv", "a.bin"], partial(list_mendeley, "xyz"))
    assert [path.read_bytes() for path in paths] == [FILES["b.csv"], FILES["a.bin"]]
    checksums = {
        item["name"]: item["checksum"] for item in json.loads((tmp_path / ".listing.json").read_text())
    }
    assert checksums["a.bin"] == f"sha256:{hashlib.sha256(FILES['a.bin']).hexdigest()}"
    server.answers["/files/a.bin/file_downloaded"] = FILES["a.bin"][::-1]
    (tmp_path / "a.bin").unlink()
    with pytest.raises(ValueError, match=r"must have the SHA256"):
        obtain(tmp_path, ["a.bin"], partial(list_mendeley, "xyz"))


def test_progress(server, tmp_path, capsys):
    obtain_files(
        lambda _: ["a.bin"],
        tmp_path,
        partial(list_zenodo, "77"),
        needed_by="fetch_it",
        page="p",
        verbose=True,
    )
    assert "300k/300k" in capsys.readouterr().err


def test_without_pooch(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(ImportError, match=r"fetch_it needs pooch; install it with .*\[io\]"):
        obtain(tmp_path)
