"""The formats of the originals, each read to images and labels.

USPS is read by torchvision. Its classes for MNIST, SVHN and CelebA would unpack 1.5 GB beside the
archives, or insist on files that are not needed; their formats take a few lines each.
"""

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError
from scipy.io import loadmat

from hw2.core.errors import UserError
from hw2.core.vision import torchvision
from hw2.raw.course_folder import Digits

IMAGE_HEADER, LABEL_HEADER = 16, 8  # bytes; LeCun's idx format
CELEBA_FOLDER = "img_align_celeba"  # also what the archive of the images unpacks to
CELEBA_SPLITS = {"train": "0", "val": "1"}  # 2 is the test part
FACE_CROP = 178  # pixels: CelebA's aligned images are 178 wide and 218 high
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
        pixels = np.frombuffer(file.read(), np.uint8, offset=IMAGE_HEADER).reshape(-1, 28, 28)
    with named(labels), gzip.open(labels) as file:
        digits = np.frombuffer(file.read(), np.uint8, offset=LABEL_HEADER).astype(np.int64)
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
        yield lambda name: (path / name).read_bytes()
        return
    with named(path):
        archive = zipfile.ZipFile(path)
    with archive:
        yield lambda name: archive.read(f"{CELEBA_FOLDER}/{name}")


def crop_face(content: bytes, size: int) -> np.ndarray:
    """The middle 178 x 178 of an aligned CelebA image, as (size, size, 3) uint8.

    Raises:
        ValueError: it is no such image.
    """
    try:
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
            if (width, height) != (FACE_CROP, 218):
                raise ValueError(f"has size {width}x{height}, not {FACE_CROP}x218")
            top = (height - FACE_CROP) // 2
            face = image.convert("RGB").crop((0, top, FACE_CROP, top + FACE_CROP))
            return _resized(face, size)
    except (UnidentifiedImageError, OSError) as error:
        raise ValueError(f"is damaged: {error}") from None


def _resized(image: Image.Image, size: int) -> np.ndarray:
    return np.asarray(image.resize((size, size), BILINEAR))
