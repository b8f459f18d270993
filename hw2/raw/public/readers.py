"""The formats of the originals, each read to images and labels.

What comes here has the published checksum (`originals.obtain`), CelebA's unpacked images alone
excepted: SciPy's reader, for one, does not survive every damaged file.

USPS is read by torchvision. Its classes for MNIST, SVHN and CelebA would unpack 1.5 GB beside the
archives, or insist on files that are not needed; their formats take a few lines each.
"""

import bz2
import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image, UnidentifiedImageError
from scipy.io import loadmat

from hw2.core.errors import UserError
from hw2.core.vision import torchvision
from hw2.raw.course_folder import Digits
from hw2.raw.decode import PNG_ERRORS

IMAGE_HEADER, LABEL_HEADER = 16, 8  # bytes; LeCun's idx format
CELEBA_FOLDER = "img_align_celeba"  # also what the archive of the images unpacks to
CELEBA_SPLITS = {"train": "0", "val": "1"}  # 2 is the test part
FACE_CROP, FACE_HEIGHT = 178, 218  # pixels; the crop is as wide as CelebA's aligned images
MAX_UNPACKED_BYTES = 64 << 20  # MNIST's train images take 45 MiB
MAX_FACE_BYTES = 1 << 20
BILINEAR = Image.Resampling.BILINEAR  # Pillow's, which averages over what it shrinks


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Turn whatever a reader says about a bad file into one message that names it."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:  # noqa: BLE001  # five formats, and readers of no common error
        raise UserError(
            f"{path}: damaged, or not in its published format ({error}); delete it and try again"
        ) from None


def read_mnist(images: Path, labels: Path) -> Digits:
    """One part of MNIST.

    Returns:
        (N, 28, 28) uint8, white on black, and (N,) int64 in 0..9.
    """
    with named(images), gzip.open(images) as file:
        pixels = np.frombuffer(_read(file), np.uint8, offset=IMAGE_HEADER).reshape(-1, 28, 28)
    with named(labels), gzip.open(labels) as file:
        digits = np.frombuffer(_read(file), np.uint8, offset=LABEL_HEADER).astype(np.int64)
        if len(digits) != len(pixels) or digits.max(initial=0) > 9:
            raise ValueError(f"it has not {len(pixels)} labels from 0 to 9")
    return pixels, digits


def read_svhn(path: Path) -> Digits:
    """One part of SVHN's cropped digits.

    Returns:
        (N, 32, 32, 3) uint8, and (N,) int64 in 0..9; the file calls the digit 0 "10".
    """
    with named(path):
        content = loadmat(path)
        return content["X"].transpose(3, 0, 1, 2), content["y"].reshape(-1).astype(np.int64) % 10


def read_usps(path: Path, train: bool) -> Digits:
    """One part of USPS; `path` bears its usual name, usps.bz2 or usps.t.bz2.

    Returns:
        (N, 16, 16) uint8, white on black, and (N,) int64 in 0..9.
    """
    with named(path):
        with bz2.open(path) as file:
            _read(file)  # torchvision sets no limit
        usps = torchvision.datasets.USPS(path.parent, train=train)
        return usps.data, np.array(usps.targets, dtype=np.int64)


def resize(images: np.ndarray, size: int) -> np.ndarray:
    """Resize (N, H, W) or (N, H, W, 3) uint8 to `size` x `size`, bilinearly."""
    if images.shape[1:3] == (size, size):
        return images
    return np.stack([_resized(Image.fromarray(image), size) for image in images])


def read_partition(path: Path) -> dict[str, list[str]]:
    """CelebA's own split, by which nobody's face is in two parts.

    Returns:
        split -> names of image files, in the list's order.
    """
    with named(path):
        rows = [line.split() for line in path.read_text().splitlines() if line.strip()]
        return {
            split: [name for name, part in rows if part == number]
            for split, number in CELEBA_SPLITS.items()
        }


@contextmanager
def celeba_images(path: Path) -> Iterator[Callable[[str], bytes]]:
    """A function from an image's name to its file's content, for the archive or its folder."""
    if path.is_dir():
        yield lambda name: _limited((path / name).open("rb"))
        return
    with named(path):
        archive = zipfile.ZipFile(path)
    with archive:
        yield lambda name: _limited(archive.open(f"{CELEBA_FOLDER}/{name}"))


def crop_face(content: bytes, size: int) -> np.ndarray:
    """The middle 178 x 178 of an aligned CelebA image, as (size, size, 3) uint8.

    Raises:
        ValueError: it is no such image.
    """
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
            width, height = image.size
            if (width, height) == (FACE_CROP, FACE_HEIGHT):
                top = (height - FACE_CROP) // 2
                face = image.convert("RGB").crop((0, top, FACE_CROP, top + FACE_CROP))
                return _resized(face, size)
    except UnidentifiedImageError:  # its own message holds a memory address
        raise ValueError("is no JPEG or PNG image") from None
    except PNG_ERRORS as error:
        raise ValueError(f"is damaged: {error}") from None
    raise ValueError(f"has size {width}x{height}, not {FACE_CROP}x{FACE_HEIGHT}")


def _limited(file: IO[bytes]) -> bytes:
    """The content of a face's file, up to a length that none of them has."""
    with file:
        return file.read(MAX_FACE_BYTES)


def _read(file: IO[bytes] | gzip.GzipFile | bz2.BZ2File) -> bytes:
    """All of an unpacked file, which no few bytes may blow up to gigabytes."""
    content = file.read(MAX_UNPACKED_BYTES + 1)
    if len(content) > MAX_UNPACKED_BYTES:
        raise ValueError(f"it unpacks to more than {MAX_UNPACKED_BYTES >> 20} MiB")
    return content


def _resized(image: Image.Image, size: int) -> np.ndarray:
    return np.asarray(image.resize((size, size), BILINEAR))
