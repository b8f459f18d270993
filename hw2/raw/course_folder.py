"""Writes images in the 2022 course layout, each folder of images as one archive."""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from hw2.core.files import atomic, write_text

HEADER = ["image_name", "label"]
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment a zip archive can record
Digits = tuple[np.ndarray, np.ndarray]  # (N, H, W, 3) or (N, H, W) uint8 images, (N,) labels


def write_faces(folder: Path, split: str, images: np.ndarray, progress: bool) -> None:
    """Write ``<split>.zip`` of (N, H, W, 3) uint8 images; equal images give equal bytes.

    Args:
        progress: draw a bar on stderr, if that is a terminal.

    Raises:
        UserError: the file cannot be written.
    """
    _write_archive(folder / f"{split}.zip", _image_names(len(images)), images, progress)


def write_digits(folder: Path, train: Digits, val: Digits, progress: bool) -> None:
    """Write ``data.zip``, the train images first, and the three tables.

    Raises:
        UserError: a file cannot be written.
    """
    (train_images, train_labels), (val_images, val_labels) = train, val
    names = _image_names(len(train_images) + len(val_images))
    train_names, val_names = names[: len(train_images)], names[len(train_images) :]
    images = np.concatenate([train_images, val_images])
    _write_archive(folder / "data.zip", names, images, progress)
    _write_labels(folder / "train.csv", train_names, train_labels)
    _write_labels(folder / "val.csv", val_names, val_labels)
    # As in the course's sample file: the names to predict, with a label that means nothing.
    _write_labels(folder / "test.csv", val_names, np.zeros_like(val_labels))


def _image_names(count: int) -> list[str]:
    """00000.png, 00001.png, ..."""
    return [f"{number:05d}.png" for number in range(count)]


def _write_archive(path: Path, names: list[str], images: np.ndarray, progress: bool) -> None:
    """Write an uncompressed zip archive of PNG files at its root, atomically."""
    what = f"{path.parent.name}/{path.name}"
    bar = tqdm(names, desc=what, unit="image", disable=None if progress else True)
    with atomic(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, image in zip(bar, images, strict=True):
            archive.writestr(_member(name), _png(image))


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, LONG_AGO)
    member.create_system = 3  # Unix, wherever it is made: the byte differs on Windows otherwise
    member.external_attr = 0o644 << 16
    return member


def _png(image: np.ndarray) -> bytes:
    content = io.BytesIO()
    Image.fromarray(image).save(content, "PNG")
    return content.getvalue()


def _write_labels(path: Path, names: Iterable[str], labels: np.ndarray) -> None:
    rows = [f"{name},{label}" for name, label in zip(names, labels, strict=True)]
    write_text(path, "\n".join([",".join(HEADER), *rows]) + "\n")
