"""Downloads that break off, go on, start anew or bring the wrong thing; against a local server."""

import errno
import hashlib
import http.server
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hw2.core.download import Checksum, fetch
from hw2.core.errors import UserError

CONTENT = bytes(range(256)) * 10_000  # 2.56 MB: several pieces of 1 MiB
CHECKSUM = Checksum("sha256", hashlib.sha256(CONTENT).hexdigest())
BREAK = 1_500_000


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves CONTENT.

    /ranges grants ranges, /whole ignores them, /shifted answers with another range than asked
    for; /broken/... ends early unless a range is asked for.
    """

    asked: list[str | None] = []

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if "ranges" in self.path and start >= len(CONTENT):
            self.send_error(416)
            return
        start += "shifted" in self.path and start > 0
        granted = start > 0 and "whole" not in self.path
        body = CONTENT[start:] if granted else CONTENT
        self.send_response(404 if "missing" in self.path else 206 if granted else 200)
        if granted:
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: BREAK if "broken" in self.path and not wanted else None])

    def log_message(self, *arguments: object) -> None:
        """Keep the test's output quiet."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "*")
    Handler.asked.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
        threading.Thread(target=found.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{found.server_address[1]}"
        found.shutdown()


@pytest.fixture
def destination(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "file.bin"


def part_of(destination: Path, content: bytes) -> Path:
    part = destination.with_name("file.bin.part")
    part.parent.mkdir()
    part.write_bytes(content)
    return part


def get(url: str, destination: Path, checksum: Checksum = CHECKSUM) -> None:
    fetch(url, destination, checksum, "the file", progress=False)


def test_what_is_there_is_not_asked_for_again(server: str, destination: Path) -> None:
    get(f"{server}/ranges", destination)
    assert destination.read_bytes() == CONTENT
    get(f"{server}/ranges", destination)
    assert Handler.asked == [None]
    assert list(destination.parent.iterdir()) == [destination]


def test_a_broken_transfer_goes_on_where_it_stopped(server: str, destination: Path) -> None:
    left = len(CONTENT) - BREAK
    with pytest.raises(UserError, match=f"broke off with {left} bytes to go.*goes on"):
        get(f"{server}/broken/ranges", destination)
    assert not destination.exists()
    get(f"{server}/broken/ranges", destination)
    assert destination.read_bytes() == CONTENT
    assert Handler.asked == [None, f"bytes={BREAK}-"]


@pytest.mark.parametrize("page", ["whole", "shifted"])
def test_a_server_without_the_right_range_starts_anew(
    server: str, destination: Path, page: str
) -> None:
    part_of(destination, CONTENT[:1000])
    get(f"{server}/{page}", destination)
    assert destination.read_bytes() == CONTENT
    assert Handler.asked[0] == "bytes=1000-"


def test_a_whole_part_needs_no_server(destination: Path) -> None:
    part = part_of(destination, CONTENT)
    get("http://127.0.0.1:1/nobody-listens", destination)
    assert destination.read_bytes() == CONTENT and not part.exists()


def test_a_part_that_is_too_long_is_thrown_away(server: str, destination: Path) -> None:
    part_of(destination, bytes(len(CONTENT)) + b"more")
    get(f"{server}/ranges", destination)
    assert destination.read_bytes() == CONTENT
    assert Handler.asked == [f"bytes={len(CONTENT) + 4}-", None]


@pytest.mark.parametrize("content", [b"", b"another beginning"])
def test_wrong_content_is_not_kept(server: str, destination: Path, content: bytes) -> None:
    part_of(destination, content)
    wrong = CHECKSUM if content else Checksum("md5", "0" * 32)
    with pytest.raises(UserError, match="what arrived is not the file.*nothing was kept"):
        get(f"{server}/ranges", destination, wrong)
    assert list(destination.parent.iterdir()) == []


def test_another_file_is_never_replaced(server: str, destination: Path) -> None:
    destination.parent.mkdir()
    destination.write_bytes(b"mine")
    with pytest.raises(UserError, match="not the file, or damaged.*move it away"):
        get(f"{server}/ranges", destination)
    assert destination.read_bytes() == b"mine" and Handler.asked == []


def test_a_missing_page_leaves_nothing(server: str, destination: Path) -> None:
    with pytest.raises(UserError, match="404"):
        get(f"{server}/missing", destination)
    assert list(destination.parent.iterdir()) == []


def test_without_a_network_the_message_names_the_way_out(destination: Path) -> None:
    with pytest.raises(UserError, match="check the network, or fetch the file") as found:
        get("http://127.0.0.1:1/nobody-listens", destination)
    assert str(destination) in str(found.value)


def test_a_folder_in_the_way_is_named(server: str, destination: Path) -> None:
    destination.mkdir(parents=True)
    with pytest.raises(UserError, match=r"file\.bin: cannot read it: Is a directory"):
        get(f"{server}/ranges", destination)


def test_a_checksum_may_be_given_by_its_first_digits(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")  # RFC 1321: MD5 ("abc") = 900150983cd24fb0d6963f7d28e17f72
    assert Checksum("md5", "900150983cd24fb0d6963f7d28e17f72").fits(path)
    assert Checksum("md5", "9001").fits(path) and not Checksum("md5", "9002").fits(path)


def test_a_full_disk_is_no_fault_of_the_network(
    server: str, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("hw2.core.download.os.fsync", full)
    with pytest.raises(UserError, match="part: cannot write it: No space left") as caught:
        fetch(f"{server}/ranges", destination, CHECKSUM, "a file", progress=False)
    assert "network" not in str(caught.value)
    monkeypatch.undo()
    monkeypatch.setenv("no_proxy", "*")
    fetch(f"{server}/ranges", destination, CHECKSUM, "a file", progress=False)
    assert destination.read_bytes() == CONTENT
