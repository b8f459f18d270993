"""Write the starter data: the 2022 course layout, each folder of images as one archive."""

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from hw2.core.files import atomic, write_text
from hw2.raw.starter.faces import draw_faces
from hw2.raw.starter.mnistm import draw_mnistm
from hw2.raw.starter.splits import Split
from hw2.raw.starter.svhn import draw_svhn
from hw2.raw.starter.usps import draw_usps

DrawDigits = Callable[[int, int, Split], tuple[np.ndarray, np.ndarray]]
DIGIT_DOMAINS: dict[str, DrawDigits] = {
    "mnistm": draw_mnistm,
    "svhn": draw_svhn,
    "usps": draw_usps,
}
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment a zip archive can record


@dataclass(frozen=True)
class StarterCounts:
    """How many images to draw.

    Attributes:
        faces_train, faces_val: faces of each split.
        digits_train, digits_val: digits of each split, in each of the three domains.
    """

    faces_train: int
    faces_val: int
    digits_train: int
    digits_val: int


def write_starter(out: Path, counts: StarterCounts, seed: int, workers: int) -> None:
    """Draw everything and write it under `out`; the same seed and counts give the same bytes.

    Writes ``face/{train,val}.zip`` and, for each digit domain, ``digits/<domain>/data.zip``
    (the train images, then the val images) beside its train.csv, val.csv and test.csv.

    Args:
        workers: processes to draw the faces in, which take the longest; 1 draws in this one.

    Raises:
        UserError: a file cannot be written.
    """
    for split, count in (("train", counts.faces_train), ("val", counts.faces_val)):
        faces = draw_faces(count, seed, split, workers)
        write_archive(out / "face" / f"{split}.zip", image_names(count), faces)
    bar = tqdm(DIGIT_DOMAINS.items(), desc="digits", unit="domain", disable=None)
    for domain, draw in bar:
        _write_domain(out / "digits" / domain, draw, counts, seed)


def _write_domain(folder: Path, draw: DrawDigits, counts: StarterCounts, seed: int) -> None:
    train, train_labels = draw(counts.digits_train, seed, "train")
    val, val_labels = draw(counts.digits_val, seed, "val")
    names = image_names(len(train) + len(val))
    train_names, val_names = names[: len(train)], names[len(train) :]
    write_archive(folder / "data.zip", names, np.concatenate([train, val]))
    _write_labels(folder / "train.csv", train_names, train_labels)
    _write_labels(folder / "val.csv", val_names, val_labels)
    # As in the course's sample file: the names to predict, with a label that means nothing.
    _write_labels(folder / "test.csv", val_names, np.zeros_like(val_labels))


def image_names(count: int) -> list[str]:
    """00000.png, 00001.png, ..."""
    return [f"{number:05d}.png" for number in range(count)]


def write_archive(path: Path, names: Iterable[str], images: np.ndarray) -> None:
    """Write an uncompressed zip archive of PNG files at its root, atomically.

    Args:
        names: N member names, in sorted order.
        images: (N, H, W, 3) or, grey, (N, H, W) uint8.
    """
    with atomic(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, image in zip(names, images, strict=True):
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
    rows = [f"{name},{label}\n" for name, label in zip(names, labels, strict=True)]
    write_text(path, "".join(["image_name,label\n", *rows]))
