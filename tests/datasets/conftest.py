"""A server on this machine that stands in for the public repositories of data sets."""

import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sklearn_eeg.datasets import _repositories


class RepositoryServer:
    """Answers with `answers[path]`: bytes, or the status of a refusal.

    `breaks[path]` is after how many bytes the connection breaks off, once. `ranges` says whether parts
    are served. `asked` lists what was asked for, as (path, first byte).
    """

    def __init__(self):
        self.answers, self.breaks, self.asked, self.ranges = {}, {}, [], True
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer._answer(self)

            def log_message(self, *args):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self):
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def asked_for(self, name):
        return [(path, first) for path, first in self.asked if path.endswith(name)]

    def offer_zenodo(self, record, files):
        """Offer files, by name, as a record of Zenodo."""
        listed = []
        for name, content in files.items():
            path = f"/api/records/{record}/files/{name}/content"
            self.answers[path] = content
            checksum = f"md5:{hashlib.md5(content).hexdigest()}"
            links = {"self": self.url + path}
            listed.append({"key": name, "size": len(content), "checksum": checksum, "links": links})
        self.answers[f"/api/records/{record}"] = json.dumps({"files": listed}).encode()

    def offer_mendeley(self, dataset, folders):
        """Offer files, by folder and name, as version 1 of a data set of Mendeley Data."""
        base = f"/public-api/datasets/{dataset}"
        known = [{"id": f"id-{folder}", "name": folder} for folder in folders if folder != "root"]
        self.answers[f"{base}/folders/1"] = json.dumps(known).encode()
        for folder, files in folders.items():
            listed = []
            for name, content in files.items():
                path = f"/files/{name}/file_downloaded"
                self.answers[path] = content
                details = {
                    "sha256_hash": hashlib.sha256(content).hexdigest(), "download_url": self.url + path
                }  # fmt: skip
                listed.append({"filename": name, "size": len(content), "content_details": details})
            number = folder if folder == "root" else f"id-{folder}"
            self.answers[f"{base}/files?folder_id={number}&version=1"] = json.dumps(listed).encode()

    def _answer(self, request):
        content = self.answers.get(request.path, 404)
        part = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        first = int(part[1]) if part else 0
        self.asked.append((request.path, first))
        if isinstance(content, int):
            request.send_error(content)
            return
        if part and self.ranges and first >= len(content):
            request.send_error(416)
            return
        served = content[first:] if self.ranges else content
        request.send_response(206 if part and self.ranges else 200)
        request.send_header("Content-Length", str(len(served)))
        request.end_headers()
        request.wfile.write(served[: self.breaks.pop(request.path, None)])


@pytest.fixture
def repository(monkeypatch):
    """A server in place of Zenodo and Mendeley Data, with nothing on offer yet."""
    pytest.importorskip("pooch")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = RepositoryServer()
    monkeypatch.setattr(_repositories, "_ZENODO", f"{server.url}/api/records")
    monkeypatch.setattr(_repositories, "_MENDELEY", f"{server.url}/public-api/datasets")
    yield server
    server.close()
