"""Any folder of images, of whatever sizes and modes, as equal uint8 arrays, a few at a time.

The course's own data goes through `hw2.raw.prepare`, which accepts nothing but what it expects.
Here an image that cannot be read is named, and the others are read.
"""

import os
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tqdm import tqdm

from hw2.core.errors import UserError, listing
from hw2.data.arrays import ImageSet
from hw2.raw.any_image import decode_any
from hw2.raw.layouts import is_litter
from hw2.raw.stores import BadFile, shown

SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"),
    *(".tif", ".tiff", ".ppm", ".pgm", ".pbm"),
)
MAX_FILE_BYTES = 256 << 20
CHUNK = 500
WORKERS = 4


@dataclass
class ImageFolder:
    """The images that lie in one folder; those in folders inside it do not belong to it.

    Attributes:
        path: the folder.
        names: file names that end like those of images, sorted.
        left_out: names of all else, folders among them.
        unreadable: ``name: reason`` of each image that `chunks` could not read so far.
    """

    path: Path
    names: list[str]
    left_out: list[str]
    unreadable: list[str] = field(default_factory=list)

    def chunks(self, size: int) -> Iterator[ImageSet]:
        """The images in the order of their names, up to 500 at a time; a bar shows on a terminal.

        Grey is repeated over the channels, transparent places are white, an animation gives its
        first frame, a camera's orientation mark is followed, 16 bits become 8. An image of other
        sides than `size` x `size` is stretched to them: bilinear with antialiasing, as
        `hw2.data.values.resize` does.

        Raises:
            UserError: no image at all could be read.
        """
        read = 0
        bar = tqdm(total=len(self.names), desc=self.path.name, unit="image", disable=None)
        # Pillow warns of large pictures; those over MAX_PIXELS are refused anyhow.
        with bar, ThreadPoolExecutor(WORKERS) as pool, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for start in range(0, len(self.names), CHUNK):
                names = self.names[start : start + CHUNK]
                found = list(pool.map(lambda name: self._read(name, size), names))
                bar.update(len(names))
                if chunk := self._sorted_out(names, found):
                    read += len(chunk)
                    yield chunk
        if not read:
            raise UserError(listing(f"{self.path}: no image could be read", self.unreadable))

    def read(self, size: int) -> ImageSet:
        """All images at once, as `chunks` gives them: (N, size, size, 3) uint8, N >= 1."""
        parts = list(self.chunks(size))
        images = np.concatenate([part.images for part in parts])
        return ImageSet(images, [name for part in parts for name in part.names])

    def report(self) -> None:
        """Name on stderr every image that could not be read, and count what was left out."""
        for line in self.unreadable:
            print(f"unreadable: {self.path}/{line}", file=sys.stderr)
        if self.unreadable:
            count = f"{len(self.unreadable)} of {len(self.names)} images could not be read"
            print(f"warning: {self.path}: {count}; the others are done", file=sys.stderr)
        if self.left_out:
            count = f"{len(self.left_out)} entries are no images by their names and were left out"
            print(f"note: {self.path}: {count}, e.g. {shown(self.left_out[0])}", file=sys.stderr)

    def _read(self, name: str, size: int) -> np.ndarray | BadFile:
        try:
            return decode_any(_content(self.path / name), size)
        except BadFile as problem:
            return problem

    def _sorted_out(self, names: list[str], found: list[np.ndarray | BadFile]) -> ImageSet | None:
        pairs = list(zip(names, found, strict=True))
        good = [(name, image) for name, image in pairs if isinstance(image, np.ndarray)]
        self.unreadable += [f"{shown(n)}: {bad}" for n, bad in pairs if isinstance(bad, BadFile)]
        if not good:
            return None
        return ImageSet(np.stack([image for _, image in good]), [name for name, _ in good])


def open_folder(path: Path) -> ImageFolder:
    """List the folder `path`; no image is opened yet.

    Raises:
        UserError: there is no such folder, or no image in it.
    """
    try:
        entries = sorted(name for name in os.listdir(path) if not is_litter(name))
    except FileNotFoundError:
        raise UserError(f"{path}: no such folder; give a folder of images") from None
    except NotADirectoryError:
        raise UserError(f"{path}: is a file; give the folder that the images lie in") from None
    except OSError as error:
        raise UserError(f"{path}: cannot read the folder: {error.strerror}") from None
    names = [name for name in entries if name.lower().endswith(SUFFIXES)]
    left_out = [name for name in entries if not name.lower().endswith(SUFFIXES)]
    if not names:
        held = f"it holds {shown(left_out[0])} and the like" if left_out else "it is empty"
        raise UserError(f"{path}: no images here ({held}); files in folders inside are not read")
    return ImageFolder(path, names, left_out)


def _content(path: Path) -> bytes:
    try:
        path.name.encode()
    except UnicodeEncodeError:
        raise BadFile("has a name that is not UTF-8; rename it") from None
    if not os.path.isfile(path):  # a folder, a dead link, a loop of links, a device that blocks
        raise BadFile("is not a file" + (" but a folder" if os.path.isdir(path) else ""))
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise BadFile(f"cannot read it: {error.strerror}") from None
    if len(content) > MAX_FILE_BYTES:
        raise BadFile(f"is larger than {MAX_FILE_BYTES >> 20} MiB")
    return content
