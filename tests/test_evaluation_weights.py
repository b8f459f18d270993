"""Finding, checking and downloading the Inception weights, against a server of this machine."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hw2.core.errors import UserError
from hw2.evaluation.weights import FILE_NAME, check_weights, fetch_inception, find_weights

CONTENT = b"weights " * 300_000  # several pieces of 1 MiB
PREFIX = hashlib.sha256(CONTENT).hexdigest()[:8]


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves CONTENT."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *arguments: object) -> None:
        """Keep the test's output quiet."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "*")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
        threading.Thread(target=found.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{found.server_address[1]}"
        found.shutdown()


def fetch(destination: Path, url: str, prefix: str = PREFIX) -> None:
    fetch_inception(destination, url, prefix, progress=False)


def test_downloads_once(tmp_path: Path, server: str) -> None:
    destination = tmp_path / "folder" / FILE_NAME
    fetch(destination, f"{server}/whole")
    assert destination.read_bytes() == CONTENT
    fetch(destination, "http://127.0.0.1:1/nobody-listens")  # already there: not asked


def test_other_weights_are_refused_and_not_kept(tmp_path: Path, server: str) -> None:
    with pytest.raises(UserError, match="what arrived is not the FID Inception weights"):
        fetch(tmp_path / FILE_NAME, f"{server}/whole", "00000000")
    assert list(tmp_path.iterdir()) == []


def test_another_file_is_never_overwritten(tmp_path: Path, server: str) -> None:
    other = tmp_path / "thesis.pth"
    other.write_bytes(b"mine")
    with pytest.raises(UserError, match="not the FID Inception weights"):
        fetch(other, f"{server}/whole")
    assert other.read_bytes() == b"mine"


def test_find_prefers_the_given_path_then_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    assert find_weights(None) is None
    cached = tmp_path / "hub" / "checkpoints" / FILE_NAME
    cached.parent.mkdir(parents=True)
    cached.write_bytes(CONTENT)
    assert find_weights(None) == cached
    given = tmp_path / "given.pth"
    given.write_bytes(CONTENT)
    assert find_weights(given) == given
    with pytest.raises(UserError, match=r"absent\.pth: no such file"):
        find_weights(tmp_path / "absent.pth")


def test_check_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(CONTENT)
    check_weights(path, PREFIX)
    with pytest.raises(UserError, match=r"weights\.pth: not the FID Inception weights"):
        check_weights(path)
