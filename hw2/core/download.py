"""Downloads that are whole, checked and resumable."""

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tqdm import tqdm

from hw2.core.errors import UserError

TIMEOUT_SECONDS = 30  # without a byte, not for the whole transfer
CHUNK_BYTES = 1 << 20
RANGE_NOT_SATISFIABLE = 416
PARTIAL_CONTENT = 206
OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES)


class Checksum(NamedTuple):
    """What a publisher says of a file's bytes.

    Attributes:
        kind: a name that hashlib knows: sha256, or md5 where nothing better was published.
        digits: the hexadecimal digits, all or the first of them.
    """

    kind: str
    digits: str

    def of(self, path: Path) -> str:
        """All digits of the file's checksum of this kind.

        Raises:
            UserError: the file cannot be read.
        """
        try:
            with open(path, "rb") as file:
                return hashlib.file_digest(file, self.kind).hexdigest()
        except OSError as error:
            raise UserError(f"{path}: cannot read it: {error.strerror}") from None

    def fits(self, path: Path) -> bool:
        """Whether the file is the published one."""
        return self.of(path).startswith(self.digits)

    def mismatch(self, path: Path) -> str:
        """The end of an error message: the checksum found, and the right one."""
        found = self.of(path)[: len(self.digits)]
        return f"its {self.kind.upper()} begins with {found[:8]}, not {self.digits[:8]}"


def fetch(url: str, destination: Path, checksum: Checksum, what: str, progress: bool) -> None:
    """Download `url` to `destination`; do nothing if the right file is there already.

    A transfer that breaks off leaves `destination`.part behind, and the next call goes on from
    there (HTTP Range, RFC 9110 section 14). The file gets its name once its checksum is right.

    Args:
        what: the file in words, for messages and the progress bar.
        progress: draw a bar on stderr, if that is a terminal.

    Raises:
        UserError: the host cannot be reached, the transfer breaks off, what arrives has another
            checksum, or `destination` is some other file, which is never replaced.
    """
    if destination.exists():
        if checksum.fits(destination):
            return
        raise UserError(
            f"{destination}: not {what}, or damaged: {checksum.mismatch(destination)}; "
            "move it away and try again"
        )
    part = destination.with_name(f"{destination.name}.part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        if not (part.exists() and checksum.fits(part)):  # else killed just before the rename
            _transfer(url, part, what, progress)
        if not checksum.fits(part):
            reason = checksum.mismatch(part)
            part.unlink()
            raise UserError(f"{url}: what arrived is not {what}: {reason}; nothing was kept")
        os.replace(part, destination)
    except (OSError, HTTPException, ValueError) as error:
        if isinstance(error, OSError) and error.errno in OF_THE_DISK:
            raise UserError(
                f"{part}: cannot write it: {error.strerror}; mend that and try again: the next try "
                "goes on from what has arrived"
            ) from None
        raise UserError(
            f"{url}: cannot download it: {error}; check the network, or fetch the file on another "
            f"machine and put it at {destination}; the next try goes on from what has arrived"
        ) from None


def _transfer(url: str, part: Path, what: str, progress: bool) -> None:
    """Append to `part` what it lacks, or write it anew where the server sends only the whole."""
    have = part.stat().st_size if part.exists() else 0
    with _open(url, have) as response:
        goes_on = response.status == PARTIAL_CONTENT
        with open(part, "ab" if goes_on else "wb") as file:
            for chunk in _chunks(response, have if goes_on else 0, what, progress):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())


def _open(url: str, have: int) -> HTTPResponse:
    """Ask for everything after the first `have` bytes."""
    headers = {"User-Agent": "hw2"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        response: HTTPResponse = urlopen(Request(url, headers=headers), timeout=TIMEOUT_SECONDS)
    except HTTPError as error:
        if error.code == RANGE_NOT_SATISFIABLE and have:
            return _open(url, 0)  # the part is as long as the file, and wrong
        raise
    if response.status == PARTIAL_CONTENT and _start(response) != have:
        response.close()
        return _open(url, 0)
    return response


def _start(response: HTTPResponse) -> int:
    """The first byte of a partial answer: ``Content-Range: bytes 100-199/200``."""
    found = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return int(found[1]) if found else -1


def _chunks(response: HTTPResponse, have: int, what: str, progress: bool) -> Iterator[bytes]:
    """The body in pieces of 1 MiB, with a progress bar."""
    length = response.headers.get("Content-Length")
    left = int(length) if length else 0
    with tqdm(
        desc=what,
        initial=have,
        total=have + left if length else None,
        unit="B",
        unit_scale=True,
        disable=None if progress else True,
    ) as bar:
        while chunk := response.read(CHUNK_BYTES):
            bar.update(len(chunk))
            left -= len(chunk)
            yield chunk
    if left > 0:  # a read of fixed size does not say that the body ended early
        raise HTTPException(f"the transfer broke off with {left} bytes to go")
