"""Images on their way to a user: a folder of PNG files that is whole or not there."""

import io
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from PIL import Image

from hw2.core.errors import UserError
from hw2.core.files import write_bytes


def check_folder(out: Path, overwrite: bool) -> None:
    """Refuse a place where a folder of images must not be put.

    Raises:
        UserError: `out` is a file, or a folder that is not empty and `overwrite` is false, or one
            that holds more than PNG files, which is never replaced.
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise UserError(f"{out}: is a file; give the name of a folder to write")
    inside = list(out.iterdir())
    if inside and not overwrite:
        raise UserError(f"{out}: is not empty; choose another folder, or add --overwrite")
    if other := [path.name for path in inside if path.suffix != ".png" or not path.is_file()]:
        raise UserError(
            f"{out}: holds more than images ('{min(other)}'), and is not replaced; "
            "choose another folder"
        )


def write_folder(out: Path, names: Iterable[str], batches: Iterable[np.ndarray]) -> None:
    """Write images as PNG files, each batch as it comes; a folder of that name is replaced.

    Args:
        names: N file names.
        batches: N images in all, each batch (B, H, W, 3) uint8.

    Raises:
        UserError: it cannot be written (no space, no permission).
    """
    images = (image for batch in batches for image in batch)
    with _whole_folder(out.resolve()) as folder:
        for name, image in zip(names, images, strict=True):
            content = io.BytesIO()
            Image.fromarray(image).save(content, "PNG")
            write_bytes(folder / name, content.getvalue())


@contextmanager
def _whole_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its place when the block succeeds, and else is removed."""
    temporary, old = (out.with_name(f".{out.name}.{os.getpid()}.{kind}") for kind in ("tmp", "old"))
    try:
        temporary.mkdir(parents=True)
        yield temporary
        with suppress(FileNotFoundError):
            os.replace(out, old)
        os.replace(temporary, out)
    except OSError as error:
        raise _unwritten(out, error) from error
    except UserError as error:  # of one file in the temporary folder, whose name tells nothing
        if isinstance(cause := error.__cause__, OSError):
            raise _unwritten(out, cause) from cause
        raise
    finally:
        for rest in (temporary, old):
            shutil.rmtree(rest, ignore_errors=True)


def _unwritten(out: Path, error: OSError) -> UserError:
    reason = error.strerror or str(error)
    return UserError(f"{out}: cannot write it: {reason}; nothing was changed")
