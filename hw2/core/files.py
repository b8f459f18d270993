"""The one writer of files: everything is written whole or not at all."""

import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import numpy as np

from hw2.core.errors import UserError

# What zipfile raises on a damaged file; a flipped bit may look like encryption (RuntimeError).
DAMAGED_ARCHIVE = (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError)


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


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` atomically."""
    with atomic(path) as file:
        file.write(content)


def write_text(path: Path, content: str) -> None:
    """Write `content` atomically, as UTF-8 with Unix line ends."""
    write_bytes(path, content.encode())


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
    """Write an uncompressed .npz atomically; equal arrays give equal bytes."""
    with atomic(path) as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy's stub takes only a bool here


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read all arrays of a .npz; each one's checksum (CRC-32) is verified.

    Raises:
        UserError: the file is missing, damaged, or not such a file.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            return dict(file)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run the stage that makes it (dvc repro)") from None
    except (*DAMAGED_ARCHIVE, KeyError, TypeError) as error:
        raise UserError(
            f"{path}: damaged or not an array file ({error}); delete it and run dvc repro"
        ) from None
