import hashlib
import io
import shutil
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from sklearn_eeg.datasets import _bonn
from sklearn_eeg.datasets._bonn import fetch_bonn, load_bonn

FOLDERS = {"Z": "A_Z", "O": "B_O", "N": "C_N", "F": "D_F", "S": "E_S"}


def file_names(letter):
    ending = "TXT" if letter == "N" else "txt"  # as in the owners' archives
    return [f"{letter}{number:03}.{ending}" for number in range(1, 101)]


@pytest.fixture(scope="module")
def series():
    """Made-up series, by letter: small whole numbers, so that the files are small."""
    rng = np.random.default_rng(0)
    return {letter: rng.integers(-9, 10, size=(100, 4097)) for letter in FOLDERS}


@pytest.fixture(scope="module")
def contents(series):
    """The text files of the made-up series, by letter and name."""
    return {
        letter: {
            name: ("\r\n".join(map(str, row)) + "\r\n").encode()
            for name, row in zip(file_names(letter), rows.tolist(), strict=True)
        }
        for letter, rows in series.items()
    }


def make_zip(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def zips(contents):
    return {letter: make_zip(files) for letter, files in contents.items()}


@pytest.fixture(scope="module")
def whole_tree(contents, tmp_path_factory):
    home = tmp_path_factory.mktemp("bonn_home")
    for letter, files in contents.items():
        folder = home / "bonn" / FOLDERS[letter]
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    return home


@pytest.fixture
def tree(whole_tree, tmp_path):
    """A copy that a test may damage."""
    return shutil.copytree(whole_tree, tmp_path / "home")


@pytest.fixture
def made_up_sets(monkeypatch, series):
    """Let the made-up series pass for the owners'."""

    def checksum(letter):
        return hashlib.sha256(b"".join(x.astype("<i2").tobytes() for x in series[letter]))

    sets = tuple(item._replace(sha256=checksum(item.letter).hexdigest()) for item in _bonn._SETS)
    monkeypatch.setattr(_bonn, "_SETS", sets)


class Server:
    """Answers a request for <letter>.zip/... from `answers`: a body, or the code of a refusal."""

    def __init__(self, answers):
        self.answers = dict(answers)
        self.asked = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.path.strip("/").split(".")[0])
                answer = outer.answers[outer.asked[-1]]
                body = b"" if isinstance(answer, int) else answer
                self.send_response(answer if isinstance(answer, int) else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,))


@pytest.fixture
def serve(monkeypatch):
    """Start a server in place of the owners'."""
    pytest.importorskip("pooch")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running = []

    def start(answers):
        server = Server(answers)
        server.thread.start()
        running.append(server)
        monkeypatch.setattr(_bonn, "_BASE_URL", server.url)
        return server

    yield start
    for server in running:
        server.http.shutdown()
        server.thread.join()
        server.http.server_close()


def left_in(home):
    return sorted(path.name for path in (home / "bonn").iterdir())


# Loading


def test_one_window_a_file(whole_tree, series):
    bunch = load_bonn(whole_tree)
    assert bunch.data.dtype == np.float64
    np.testing.assert_array_equal(bunch.data[:, 0], np.concatenate(list(series.values())))
    assert bunch.data.shape == (500, 1, 4097)
    np.testing.assert_array_equal(bunch.target, np.repeat(np.arange(5), 100))
    assert [name[0] for name in bunch.target_names] == list("ZONFS")
    assert bunch.recording[[0, 99, 100, 499]].tolist() == ["Z001", "Z100", "O001", "S100"]
    np.testing.assert_array_equal(bunch.start_second, np.zeros(500))
    assert (bunch.sfreq, len(bunch.ch_names)) == (173.61, 1)


def test_patients_are_unknown_and_the_description_says_so(whole_tree):
    bunch = load_bonn(whole_tree)
    assert bunch.groups is None
    assert "no patient-wise split is possible" in " ".join(bunch.DESCR.split())


def test_windows_are_the_files_in_pieces(whole_tree, series):
    bunch = load_bonn(whole_tree, window_seconds=5)
    assert bunch.data.shape == (2000, 1, 868)
    of_file = bunch.recording == "N007"
    np.testing.assert_array_equal(bunch.data[of_file].ravel(), series["N"][6][: 4 * 868])
    np.testing.assert_array_equal(bunch.target[of_file], [2] * 4)
    np.testing.assert_allclose(bunch.start_second[of_file] * 173.61, [0, 868, 1736, 2604])
    assert len({len(bunch[key]) for key in ["data", "target", "recording", "start_second"]}) == 1


def test_window_as_long_as_the_file(whole_tree):
    whole, window = load_bonn(whole_tree), load_bonn(whole_tree, window_seconds=4097 / 173.61)
    np.testing.assert_array_equal(whole.data, window.data)


def test_environment_names_the_folder(monkeypatch, whole_tree):
    monkeypatch.setenv("SKLEARN_EEG_DATA", str(whole_tree))
    assert len(load_bonn().data) == 500


@pytest.mark.parametrize(
    ("seconds", "message"), [(0, "a positive number"), (24, r"at most 23\.6, .* each file")]
)
def test_impossible_windows(whole_tree, seconds, message):
    with pytest.raises(ValueError, match=f"`window_seconds` must be {message}"):
        load_bonn(whole_tree, window_seconds=seconds)


def test_case_of_file_names_is_of_no_account(tree, series):
    for path in list((tree / "bonn" / "A_Z").iterdir()):
        path.rename(path.with_name(f"z{path.stem[1:]}.Txt"))
    for path in list((tree / "bonn" / "C_N").iterdir()):
        path.rename(path.with_name(f"{path.stem}.txt"))
    bunch = load_bonn(tree)
    np.testing.assert_array_equal(bunch.data[:, 0], np.concatenate(list(series.values())))


def test_other_files_are_passed_over(tree):
    for name in [".DS_Store", "readme.txt", "Z001.txt.bak", "Zen.txt"]:
        (tree / "bonn" / "A_Z" / name).write_text("not a series")
    assert len(load_bonn(tree).data) == 500


def test_missing_home(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        load_bonn(tmp_path / "nowhere")
    message = str(caught.value)
    assert str(tmp_path / "nowhere" / "bonn" / "A_Z") in message
    for repair in ["`fetch_bonn`", "https://www.upf.edu", "`data_home`", "SKLEARN_EEG_DATA"]:
        assert repair in message


def test_missing_set(tree):
    shutil.rmtree(tree / "bonn" / "C_N")
    with pytest.raises(FileNotFoundError, match=r"C_N does not exist: call `fetch_bonn`"):
        load_bonn(tree)


def test_missing_file(tree):
    (tree / "bonn" / "C_N" / "N050.TXT").unlink()
    with pytest.raises(FileNotFoundError, match=r"C_N must hold .* got 99: N050\.txt is missing"):
        load_bonn(tree)


@pytest.mark.parametrize("name", ["Z101.txt", "Z000.TXT", "Z1.txt"])
def test_file_too_many(tree, name):
    (tree / "bonn" / "A_Z" / name).write_text("1\n" * 4097)
    with pytest.raises(ValueError, match=rf"A_Z must hold .* got {name}, which is one too many"):
        load_bonn(tree)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"1\n" * 4096, "must hold 4097 whole numbers, got 4096"),
        (b"1\n" * 4098, "must hold 4097 whole numbers, got 4098"),
        (b"", "must hold 4097 whole numbers, got 0"),
        (b"1\n" * 4096 + b"1.5\n", "must hold whole numbers of 16 bits"),
        (b"1\n" * 4096 + b"nan\n", "must hold whole numbers of 16 bits"),
        (b"1\n" * 4096 + b"40000\n", "must hold whole numbers of 16 bits"),
        ("1\n".encode("utf-16") * 4097, "must hold whole numbers of 16 bits"),
    ],
)
def test_damaged_file(tree, content, message):
    (tree / "bonn" / "D_F" / "F013.txt").write_bytes(content)
    with pytest.raises(ValueError, match=rf"F013\.txt of .*D_F {message}.*`fetch_bonn`"):
        load_bonn(tree)


def test_unreadable_file(tree):
    (tree / "bonn" / "E_S" / "S002.txt").unlink()
    (tree / "bonn" / "E_S" / "S002.txt").mkdir()
    with pytest.raises(ValueError, match=r"S002\.txt cannot be read"):
        load_bonn(tree)


# Fetching


def test_fetch_from_nothing(tmp_path, serve, zips, made_up_sets, series):
    server = serve(zips)
    bunch = fetch_bonn(tmp_path / "new")
    np.testing.assert_array_equal(bunch.data[:, 0], np.concatenate(list(series.values())))
    assert server.asked == list("ZONFS")
    assert left_in(tmp_path / "new") == sorted(FOLDERS.values())


def test_fetch_again_asks_nobody(tree, serve, made_up_sets):
    server = serve({})
    assert len(fetch_bonn(tree).data) == 500
    assert server.asked == []


def test_fetch_takes_up_where_it_was_interrupted(tmp_path, serve, zips, made_up_sets):
    page = b"<!DOCTYPE html><html><body>Are you a robot?</body></html>"
    server = serve(zips | {"N": page})
    with pytest.raises(ValueError, match=r"N\.zip is no zip archive .*DOCTYPE") as caught:
        fetch_bonn(tmp_path)
    assert "in a browser from https://www.upf.edu/web/ntsa/downloads" in str(caught.value)
    assert str(tmp_path / "bonn") in str(caught.value)
    assert left_in(tmp_path) == ["A_Z", "B_O"]

    server.answers, server.asked = zips, []
    assert len(fetch_bonn(tmp_path).data) == 500
    assert server.asked == list("NFS")


def test_archives_in_the_folder_spare_the_download(tmp_path, serve, zips, made_up_sets):
    server = serve({})
    (tmp_path / "bonn").mkdir()
    for letter, content in zips.items():
        name = "s.zip" if letter == "S" else f"{letter}.zip"
        (tmp_path / "bonn" / name).write_bytes(content)
    assert len(fetch_bonn(tmp_path).data) == 500
    assert server.asked == []


def test_folder_inside_the_archive(tmp_path, serve, zips, contents, made_up_sets):
    nested = {f"Z/{name}": content for name, content in contents["Z"].items()}
    serve(zips | {"Z": make_zip(nested | {"__MACOSX/Z/._Z001.txt": b"x"})})
    assert len(fetch_bonn(tmp_path).data) == 500
    assert len(list((tmp_path / "bonn" / "A_Z").iterdir())) == 100


def test_progress_is_shown_on_demand(tmp_path, serve, zips, made_up_sets, capfd):
    serve(zips)
    fetch_bonn(tmp_path / "quiet")
    assert capfd.readouterr() == ("", "")
    fetch_bonn(tmp_path / "shown", verbose=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert "100%" in err


@pytest.mark.parametrize("answer", [403, 404, 500])
def test_server_that_refuses(tmp_path, serve, answer):
    serve({"Z": answer})
    with pytest.raises(OSError, match=rf"could not be downloaded .*{answer}.* in a browser"):
        fetch_bonn(tmp_path)
    assert left_in(tmp_path) == []


def test_truncated_archive(tmp_path, serve, zips, made_up_sets):
    serve({"Z": zips["Z"][: len(zips["Z"]) // 2]})
    with pytest.raises(ValueError, match=r"Z\.zip is a damaged zip archive .* in a browser"):
        fetch_bonn(tmp_path)
    assert left_in(tmp_path) == []


def test_archive_of_other_series(tmp_path, serve, zips):
    serve(zips)  # which the checksums of the owners' series refuse
    with pytest.raises(ValueError, match=r"Z\.zip must hold the owners' series of set Z.* SHA-256"):
        fetch_bonn(tmp_path)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("change", ["sample", "order"])
def test_checksum_sees_one_sample_and_the_order(tmp_path, serve, contents, made_up_sets, change):
    files = dict(contents["Z"])
    if change == "sample":
        *head, last = files["Z001.txt"].split()
        files["Z001.txt"] = b"\n".join([*head, str(int(last) + 1).encode()])
    else:
        files["Z001.txt"], files["Z002.txt"] = files["Z002.txt"], files["Z001.txt"]
    serve({"Z": make_zip(files)})
    with pytest.raises(ValueError, match=r"Z\.zip must hold the owners' series"):
        fetch_bonn(tmp_path)
    assert left_in(tmp_path) == []


def test_archive_without_a_file(tmp_path, serve, contents, made_up_sets):
    files = {name: text for name, text in contents["Z"].items() if name != "Z100.txt"}
    serve({"Z": make_zip(files)})
    with pytest.raises(FileNotFoundError, match=r"Z\.zip must hold .* Z100\.txt is missing"):
        fetch_bonn(tmp_path)
    assert left_in(tmp_path) == []


def test_archive_with_names_that_differ_in_case_only(tmp_path, serve, contents, made_up_sets):
    serve({"Z": make_zip(contents["Z"] | {"z005.TXT": b"1\n"})})
    with pytest.raises(ValueError, match=r"Z\.zip must hold .* got z005\.TXT, which is one too many"):
        fetch_bonn(tmp_path)
    assert left_in(tmp_path) == []


def test_archive_with_a_short_file(tmp_path, serve, contents, made_up_sets):
    serve({"Z": make_zip(contents["Z"] | {"Z009.txt": b"1\n"})})
    with pytest.raises(ValueError, match=r"Z009\.txt of Z\.zip must hold 4097 .* in a browser"):
        fetch_bonn(tmp_path)
    assert left_in(tmp_path) == []


def test_broken_archive_in_the_folder_is_kept(tmp_path, serve):
    (tmp_path / "bonn").mkdir()
    (tmp_path / "bonn" / "Z.zip").write_text("<html>")
    server = serve({})
    with pytest.raises(ValueError, match=r"Z\.zip is no zip archive"):
        fetch_bonn(tmp_path)
    assert server.asked == []
    assert left_in(tmp_path) == ["Z.zip"]


def test_fetch_refuses_a_folder_of_other_series(tree, serve):
    server = serve({})
    with pytest.raises(ValueError, match=r"A_Z must hold the owners' series .* remove the folder"):
        fetch_bonn(tree)
    assert server.asked == []


def test_fetch_leaves_an_incomplete_folder_to_the_user(tree, serve, made_up_sets):
    (tree / "bonn" / "A_Z" / "Z003.txt").unlink()
    server = serve({})
    with pytest.raises(FileNotFoundError, match=r"Z003\.txt is missing; remove the folder"):
        fetch_bonn(tree)
    assert server.asked == []
    assert len(list((tree / "bonn" / "A_Z").iterdir())) == 99


# The real series


@pytest.fixture
def real_home(eeg_data):
    if not (eeg_data / "bonn").is_dir():
        pytest.skip(f"real data wanted: {eeg_data} has no folder bonn")
    return eeg_data


def test_real_series(real_home):
    bunch = load_bonn(real_home)
    assert bunch.data[0, 0, :4].tolist() == [12, 22, 35, 45]  # the head of Z001.txt
    assert bunch.data[200, 0, :4].tolist() == [-42, -39, -35, -35]  # the head of N001.TXT
    assert len(np.unique(bunch.data[:, 0], axis=0)) == 500
    spread = np.median(bunch.data[:, 0].std(axis=1).reshape(5, 100), axis=1)
    np.testing.assert_allclose(spread, [42, 58, 48, 52, 276], atol=1)


def test_real_archives(real_home, tmp_path, serve):
    answers = {}
    for letter, folder in FOLDERS.items():
        paths = sorted((real_home / "bonn" / folder).iterdir())
        answers[letter] = make_zip({path.name: path.read_bytes() for path in paths})
    server = serve(answers)
    fetched, loaded = fetch_bonn(tmp_path), load_bonn(real_home)
    np.testing.assert_array_equal(fetched.data, loaded.data)
    assert server.asked == list("ZONFS")


def test_files_that_resemble_each_other_are_those_that_the_description_names(eeg_data):
    bonn = load_bonn(eeg_data)

    def correlate(x):
        x = x - x.mean(axis=1, keepdims=True)
        x /= np.linalg.norm(x, axis=1, keepdims=True)
        return np.abs(x @ x.T)

    series = bonn.data[:, 0]
    alike = np.triu(np.minimum(correlate(series), correlate(np.diff(series))), 1)
    pairs = [(bonn.recording[i], bonn.recording[j]) for i, j in np.argwhere(alike > 0.95)]
    assert all(f"{a} and {b}" in bonn.DESCR for a, b in pairs)
    assert f"{len(pairs)}\npairs" in bonn.DESCR
    assert f"0.9 in {(alike > 0.9).sum()}." in bonn.DESCR
