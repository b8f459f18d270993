"""Patches of background photographs, from folders and archives that are read but never unpacked."""

import hashlib
import io
import lzma
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError

from hw2.core.errors import UserError
from hw2.raw.any_image import MAX_PIXELS
from hw2.raw.decode import PNG_ERRORS
from hw2.raw.layouts import is_litter
from hw2.raw.stores import ZIP_ERRORS

SUFFIXES = (".jpg", ".jpeg", ".png")
# BSDS500's archive holds drawings and results, too; where this folder is, only it counts.
BSDS500_IMAGES = "BSDS500/data/images/"
LONGEST_SIDE = 481  # pixels, BSDS500's; larger photographs are shrunk, or a patch would be flat
MAX_FILE_BYTES = 64 << 20
UNREADABLE = (Image.DecompressionBombError, *PNG_ERRORS)
BAD_ARCHIVE = (tarfile.TarError, lzma.LZMAError, *ZIP_ERRORS)


class Photographs(NamedTuple):
    """Which photographs there are.

    Attributes:
        sources: the folders and archives they lie in.
        names: of every photograph, by source, in reading order.
        sha256: of all names and contents, so that a changed set is noticed.
    """

    sources: list[Path]
    names: list[list[str]]
    sha256: str

    def __len__(self) -> int:
        return sum(len(names) for names in self.names)


def survey(sources: list[Path]) -> Photographs:
    """Look through folders and tar or zip archives for JPEG and PNG files.

    Raises:
        UserError: a source is missing or damaged, or there is no photograph in any.
    """
    digest, found = hashlib.sha256(), []
    for source in sources:
        entries = {name: hashlib.sha256(content).digest() for name, content in _files(source)}
        bsds500 = [name for name in entries if BSDS500_IMAGES in name]
        names = bsds500 or list(entries)
        found.append(names)
        for name in names:
            digest.update(PurePosixPath(name).name.encode() + entries[name])
    photographs = Photographs(sources, found, digest.hexdigest())
    if not photographs:
        places = ", ".join(str(source) for source in sources)
        raise UserError(f"{places}: holds no photograph ({', '.join(SUFFIXES)}); name another")
    return photographs


def draw_patches(
    photographs: Photographs, count: int, size: int, generator: np.random.Generator
) -> np.ndarray:
    """`count` patches, each from a random place of a random photograph.

    Photographs are opened one after the other, so that any number of them fits into memory.

    Returns:
        (count, size, size, 3) uint8.

    Raises:
        UserError: a photograph is damaged or smaller than a patch.
    """
    chosen = generator.integers(len(photographs), size=count)
    where = generator.random((count, 2))
    patches = np.empty((count, size, size, 3), dtype=np.uint8)
    for index, photograph in enumerate(_open_all(photographs, size)):
        free = np.array(photograph.shape[:2]) - size + 1
        for patch in np.flatnonzero(chosen == index):
            top, left = (where[patch] * free).astype(int)
            patches[patch] = photograph[top : top + size, left : left + size]
    return patches


def _open_all(photographs: Photographs, size: int) -> Iterator[np.ndarray]:
    for source, names in zip(photographs.sources, photographs.names, strict=True):
        wanted = set(names)
        for name, content in _files(source):
            if name in wanted:
                wanted.remove(name)  # an archive may hold a name twice
                yield _decode(content, f"{source}: {name}", size)


def _decode(content: bytes, place: str, size: int) -> np.ndarray:
    """(H, W, 3) uint8."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Image.DecompressionBombError(f"more than {MAX_PIXELS:,} pixels")
            photograph = image.convert("RGB")
    except UnidentifiedImageError:  # its own message holds a memory address
        raise UserError(f"{place}: damaged, or no photograph; remove it") from None
    except UNREADABLE as error:
        raise UserError(f"{place}: damaged, or no photograph: {error}; remove it") from None
    photograph.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if min(photograph.size) < size:
        raise UserError(f"{place}: smaller than {size}x{size} pixels; remove it")
    return np.asarray(photograph)


def _files(source: Path) -> Iterator[tuple[str, bytes]]:
    """(name, content) of every photograph in a folder or archive, always in the same order."""
    try:
        if source.is_dir():
            yield from _files_of_folder(source)
        elif zipfile.is_zipfile(source):
            yield from _files_of_zip(source)
        elif tarfile.is_tarfile(source):
            yield from _files_of_tar(source)
        else:
            raise UserError(f"{source}: not a folder, nor a tar or zip archive")
    except FileNotFoundError:
        raise UserError(f"{source}: no such folder or archive of photographs") from None
    except BAD_ARCHIVE as error:
        raise UserError(f"{source}: cannot read it: {error}; is it damaged?") from None


def _files_of_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if _is_photograph(name) and path.is_file():
            _check_size(folder, name, path.stat().st_size)
            yield f"{folder.as_posix()}/{name}", path.read_bytes()


def _files_of_zip(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if _is_photograph(member.filename) and not member.is_dir():
                _check_size(path, member.filename, member.file_size)
                yield member.filename, archive.read(member)


def _files_of_tar(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        for member in archive:
            # A link is no file, so nothing outside the archive is ever read.
            if _is_photograph(member.name) and member.isfile():
                _check_size(path, member.name, member.size)
                file = archive.extractfile(member)
                if file is not None:
                    yield member.name, file.read()


def _is_photograph(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name.lower().endswith(SUFFIXES) and not any(is_litter(part) for part in parts)


def _check_size(source: Path, name: str, size: int) -> None:
    if size > MAX_FILE_BYTES:
        raise UserError(f"{source}: {name} is larger than {MAX_FILE_BYTES >> 20} MiB; remove it")
