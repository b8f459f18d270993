"""The one writer of files: everything is written whole or not at all."""

import csv
import hashlib
import io
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import numpy as np

from hw2.core.errors import UserError

# What zipfile raises on a damaged file; a flipped bit may look like encryption (RuntimeError) or
# like compression (zlib.error).
DAMAGED_ARCHIVE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError),
    *(ValueError, RuntimeError, MemoryError),
)
END_BYTES = 22  # of a zip archive's last record, before its comment
FOLDER_ATTRIBUTE = 0x10  # of MS-DOS, in a zip archive's directory


@contextmanager
def atomic(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside `path`; fsync and rename it over `path` when the block succeeds.

    Raises:
        UserError: the file cannot be written (no space, no permission).
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(f"{path}: cannot write it: {reason}; nothing was changed") from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def hash_of(paths: Iterable[Path]) -> "hashlib._Hash":
    """SHA-256 of the names and contents of files, in this order; more can be added to it."""
    digest = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as file:
            digest.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return digest


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` atomically."""
    with atomic(path) as file:
        file.write(content)


def write_text(path: Path, content: str) -> None:
    """Write `content` atomically, as UTF-8 with Unix line ends."""
    write_bytes(path, content.encode())


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """CSV of these columns; what a row lacks is empty, what it has beside them is left out."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())


def write_json(path: Path, content: Any) -> None:
    """Write indented JSON with a final newline, atomically. NaN and Inf are refused."""
    write_text(path, json.dumps(content, indent=2, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Read JSON.

    Raises:
        UserError: the file is missing or not JSON.
    """
    try:
        return json.loads(Path(path).read_text())
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run the stage that makes it (dvc repro)") from None
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot read it as JSON: {error}") from None


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write an uncompressed .npz atomically; equal arrays give equal bytes.

    Also where Python is another one, whose zipfile may write another archive for np.savez.
    """
    with atomic(path) as file, zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getbuffer())


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read all arrays of a .npz, after `check_arrays`.

    Raises:
        UserError: the file is missing, damaged, or not such a file.
    """
    check_arrays(path)
    with _damage_named(path), np.load(path, allow_pickle=False) as file:
        return dict(file)


def check_arrays(path: Path) -> None:
    """Compare the checksum of every array of a .npz; none is held in memory.

    numpy alone compares none of an array that a flipped bit of its header made shorter.

    Raises:
        UserError: the file is missing, damaged, or not such a file.
    """
    with _damage_named(path):
        check_archive(path)


def check_archive(path: Path) -> None:
    """Compare the checksum (CRC-32) of every member of a zip archive of np.savez or torch.save.

    Three other fields are checked too: a flipped bit of two would pass unnoticed (see below), and
    a compressed member, which these never have, may be small on disk and fill the memory.

    Raises:
        zipfile.BadZipFile: the archive is damaged. Others of `DAMAGED_ARCHIVE` are possible.
    """
    with zipfile.ZipFile(path) as archive:
        if any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist()):
            raise zipfile.BadZipFile("it is compressed, as none is that was written here")
        if wrong := archive.testzip():
            raise zipfile.BadZipFile(f"wrong checksum of {wrong}")
        members = archive.infolist()
        with open(path, "rb") as file:
            file.seek(-END_BYTES - len(archive.comment), os.SEEK_END)
            (count,) = struct.unpack_from("<H", file.read(END_BYTES), 10)
    if count != len(members):  # zipfile takes them for a comment whose length a bit made longer
        raise zipfile.BadZipFile(f"{len(members)} of {count} members are found")
    for member in members:
        if member.external_attr & FOLDER_ATTRIBUTE:  # torch.load would not fill its tensor
            raise zipfile.BadZipFile(f"{member.filename} is marked as a folder")


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run the stage that makes it (dvc repro)") from None
    except (*DAMAGED_ARCHIVE, KeyError, TypeError) as error:
        raise UserError(
            f"{path}: damaged or not an array file ({error}); delete it, then run dvc "
            f"checkout {path}, or dvc repro where DVC's cache has no good copy"
        ) from None
