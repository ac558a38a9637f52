"""Files of public repositories: what their owners list, and downloads that go on where they stopped."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from .._files import write_text
from .._optional import import_optional
from ._download import download

_ZENODO = "https://zenodo.org/api/records"
_MENDELEY = "https://data.mendeley.com/public-api/datasets"
_LISTING = ".listing.json"
_HASHES = ("md5", "sha256")
_NO_SUCH_RANGE = 416


class RemoteFile(NamedTuple):
    """A file that a repository offers; `checksum` is like ``"md5:..."``, or None if none is given."""

    name: str
    url: str
    size: int
    checksum: str | None


Ask = Callable[[str], Any]


def list_zenodo(record: str, ask: Ask) -> list[RemoteFile]:
    """Return the files of a record of Zenodo; `ask` gives the JSON document at an address."""
    answer = ask(f"{_ZENODO}/{record}")
    return [
        _remote_file(file["key"], file["links"]["self"], file["size"], file.get("checksum"))
        for file in answer["files"]
    ]


def list_mendeley(dataset: str, ask: Ask) -> list[RemoteFile]:
    """Return the files of version 1 of a data set of Mendeley Data, whatever their folders."""
    base = f"{_MENDELEY}/{dataset}"
    folders = ["root", *(folder["id"] for folder in ask(f"{base}/folders/1"))]
    listed = []
    for folder in folders:
        for file in ask(f"{base}/files?folder_id={folder}&version=1"):
            details = file["content_details"]
            digest = details.get("sha256_hash")
            checksum = f"sha256:{digest}" if digest else None
            listed.append(_remote_file(file["filename"], details["download_url"], file["size"], checksum))
    return listed


def obtain_files(
    choose: Callable[[Collection[str]], Sequence[str]],
    folder: Path,
    list_files: Callable[[Ask], list[RemoteFile]],
    *,
    needed_by: str,
    page: str,
    verbose: bool,
) -> list[Path]:
    """Put files of a repository into a folder, unless they lie there whole.

    The repository's list, with sizes and checksums, is kept in the folder, so that files that are whole
    need no network; where one is not, the repository is asked again. A
    download goes to ``.part-<name>`` and is renamed once its size and its checksum are right; the next
    call goes on with what is left there.

    Parameters
    ----------
    choose : callable
        ``choose(offered)`` returns the names of the files wanted, of the names that are offered.
    folder : Path
        Where to put them; made if need be.
    list_files : callable
        ``list_files(ask)`` returns what the repository offers.
    needed_by : str
        Public name that needs the files.
    page : str
        Address of the data set for a browser, for the messages.
    verbose : bool
        Whether to show the progress of each download on the standard error stream.

    Returns
    -------
    paths : list of Path
        The files, in the order that `choose` gives.

    Raises
    ------
    ImportError
        If something must be downloaded and pooch is not installed.
    OSError
        If the server cannot be reached, or refuses.
    ValueError
        If the repository's answer is no list of files or lacks one, or if a file has not the size or
        the checksum that the repository states.
    """
    folder.mkdir(parents=True, exist_ok=True)
    repair = f"download it in a browser from {page} into {folder}, or call `{needed_by}` again"
    listed = _read_listing(folder / _LISTING)
    names = list(choose(listed))
    if not listed or any(name not in listed or _fault(folder / name, listed[name]) for name in names):
        listed = _ask_for_listing(folder, list_files, needed_by=needed_by, repair=repair)
        names = list(choose(listed))
    for name in names:
        if name not in listed:
            raise ValueError(f"{page} must offer {name}, got {len(listed)} files without it: {repair}.")
        if _fault(folder / name, listed[name]):
            _obtain(listed[name], folder, needed_by=needed_by, repair=repair, verbose=verbose)
    return [folder / name for name in names]


def _remote_file(name: Any, url: Any, size: Any, checksum: Any) -> RemoteFile:
    """Return an entry of a repository's answer after a look at its types."""
    for value, kind in ((name, str), (url, str), (size, int), (checksum, str | None)):
        if not isinstance(value, kind):
            raise TypeError(f"{value!r} in the entry of {name!r}")
    return RemoteFile(PurePosixPath(name).name, url, size, checksum)


def _ask_for_listing(
    folder: Path, list_files: Callable[[Ask], list[RemoteFile]], *, needed_by: str, repair: str
) -> dict[str, RemoteFile]:
    """Ask the repository for its files, and keep its answer in the folder."""
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as workshop:

        def ask(url: str) -> Any:
            path = Path(workshop, "answer.json")
            download(url, path, needed_by=needed_by, repair=repair, verbose=False)
            content = path.read_bytes()
            try:
                return json.loads(content)
            except ValueError as error:
                raise ValueError(
                    f"{url} must answer with a list of files in JSON, got what begins with "
                    f"{content[:32]!r} (a server that refuses programs answers with a web page): {repair}."
                ) from error

        try:
            files = list_files(ask)
        except (LookupError, TypeError, AttributeError) as error:
            raise ValueError(
                f"The repository must answer with a list of files, got another document ({error!r}): "
                f"{repair}."
            ) from error
    write_text(folder / _LISTING, json.dumps([file._asdict() for file in files], indent=1) + "\n")
    return {file.name: file for file in files}


def _read_listing(path: Path) -> dict[str, RemoteFile]:
    """Return the repository's answer of an earlier call, nothing if there is none."""
    try:
        files = [RemoteFile(**item) for item in json.loads(path.read_bytes())]
    except (OSError, ValueError, TypeError):
        return {}
    return {file.name: file for file in files}


def _obtain(file: RemoteFile, folder: Path, *, needed_by: str, repair: str, verbose: bool) -> None:
    """Download a file beside its place, going on with a part that is there, and move it there."""
    part = folder / f".part-{file.name}"
    if _is_provable(file) and part.exists() and 0 < part.stat().st_size < file.size:
        try:
            _download_rest(file.url, part, needed_by=needed_by, repair=repair, verbose=verbose)
        except OSError as error:
            if _status(error) != _NO_SUCH_RANGE:
                raise
    fault = _fault(part, file)
    if fault:  # nothing is there, or a server that cannot go on began anew: begin anew, too
        part.unlink(missing_ok=True)
        _download_rest(file.url, part, needed_by=needed_by, repair=repair, verbose=verbose)
        fault = _fault(part, file)
    if fault:
        part.unlink()
        raise ValueError(f"{file.name} from {file.url} {fault}: {repair}.")
    part.replace(folder / file.name)


def _is_provable(file: RemoteFile) -> bool:
    """Return whether the repository states a checksum: without one, parts are not put together."""
    return (file.checksum or "").partition(":")[0] in _HASHES


def _status(error: OSError) -> int | None:
    """Return the status with which a server refused, None if it did not answer."""
    return getattr(getattr(error.__cause__, "response", None), "status_code", None)


def _download_rest(url: str, part: Path, *, needed_by: str, repair: str, verbose: bool) -> None:
    """Append to a part what the server has beyond it; what has come stays there when it breaks off."""
    pooch = import_optional("pooch", extra="io", needed_by=needed_by)
    start = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    fetch = pooch.HTTPDownloader(progressbar=verbose, chunk_size=2**16, headers=headers)
    try:
        with part.open("ab") as file:
            fetch(url, file, None)
    except OSError as error:  # what requests raises is an OSError, too
        if not part.stat().st_size:
            part.unlink()
        raise OSError(f"{url} could not be downloaded ({error}): {repair}.") from error


def _fault(path: Path, file: RemoteFile) -> str | None:
    """Return what is wrong with a file, None if it is what the repository states."""
    if not path.is_file():
        return "is missing"
    size = path.stat().st_size
    if size != file.size:
        with path.open("rb") as opened:
            start = opened.read(32)
        return f"must have {file.size} bytes, as its repository states, got {size}, beginning with {start!r}"
    if not _is_provable(file):
        return None
    kind, _, expected = str(file.checksum).partition(":")
    with path.open("rb") as opened:
        found = hashlib.file_digest(opened, kind).hexdigest()
    if found != expected.lower():
        return f"must have the {kind.upper()} {expected}, as its repository states, got {found}"
    return None
