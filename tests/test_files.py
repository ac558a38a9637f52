import os

import pytest

from sklearn_eeg._files import Written, check_target, replacing, write_text


def test_replaces_what_was_there(tmp_path):
    path = tmp_path / "report.html"
    path.write_text("old")
    assert write_text(path, "new") == path
    assert path.read_text() == "new"
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="the folder .*absent does not exist; create it"):
        write_text(tmp_path / "absent" / "report.html", "new")


def test_check_target_writes_nothing(tmp_path):
    assert check_target(tmp_path / "sub" / ".." / "a.edf") == tmp_path / "a.edf"
    with pytest.raises(FileNotFoundError, match="Cannot write a.edf: the folder .*absent does not exist"):
        check_target(tmp_path / "absent" / "a.edf")
    assert not list(tmp_path.iterdir())


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "report.html"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "\ud800")
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(IsADirectoryError, match="it is a folder; name a file in it"):
        write_text(tmp_path, "new")


def test_a_link_is_followed(tmp_path):
    (tmp_path / "real.html").write_text("old")
    (tmp_path / "link.html").symlink_to(tmp_path / "real.html")
    write_text(tmp_path / "link.html", "new")
    assert (tmp_path / "real.html").read_text() == "new"
    assert (tmp_path / "link.html").is_symlink()


def test_the_longest_name_is_written(tmp_path):
    assert write_text(tmp_path / ("x" * 250 + ".html"), "new").read_text() == "new"


class Report(Written):
    def _render_json(self):
        return '{"µV": 5}'

    def _render_html(self):
        return "<p>5 µV"


@pytest.mark.parametrize(("method", "text"), [("to_json", '{"µV": 5}'), ("to_html", "<p>5 µV")])
def test_a_report_returns_or_writes_itself(method, text, tmp_path):
    assert getattr(Report(), method)() == text
    path = getattr(Report(), method)(tmp_path / "report")
    assert path == (tmp_path / "report").resolve()
    assert path.read_text(encoding="utf-8") == text
    with pytest.raises(FileNotFoundError, match="does not exist; create it"):
        getattr(Report(), method)(tmp_path / "nowhere" / "report")


def test_a_report_must_render_both():
    with pytest.raises(TypeError, match="abstract"):
        Written()


def test_a_file_is_replaced_at_the_end(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with replacing(path) as temporary:
        assert temporary.suffix == ".bin"
        temporary.write_bytes(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert [each.name for each in tmp_path.iterdir()] == ["a.bin"]


@pytest.mark.skipif(os.name != "posix", reason="only POSIX systems have a umask")
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_who_may_read_a_file_is_up_to_the_umask(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        write_text(tmp_path / "a.txt", "new")
    finally:
        os.umask(before)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == mode


def write_half(path):
    with replacing(path) as temporary:
        temporary.write_bytes(b"half")
        raise KeyboardInterrupt


def test_after_an_error_all_is_as_it_was(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        write_half(path)
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.bin"]


def test_a_missing_folder_is_told_before_anything_is_written(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist; create it"):
        write_half(tmp_path / "b" / "a.bin")
