"""Draws the starter data and writes it in the course's layout."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from hw2.raw.course_folder import Digits, write_digits, write_faces
from hw2.raw.starter.faces import draw_faces
from hw2.raw.starter.mnistm import draw_mnistm
from hw2.raw.starter.splits import Split
from hw2.raw.starter.svhn import draw_svhn
from hw2.raw.starter.usps import draw_usps

DrawDigits = Callable[[int, int, Split], Digits]
DIGIT_DOMAINS: dict[str, DrawDigits] = {
    "mnistm": draw_mnistm,
    "svhn": draw_svhn,
    "usps": draw_usps,
}


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
        write_faces(out / "face", split, faces, progress=False)
    bar = tqdm(DIGIT_DOMAINS.items(), desc="digits", unit="domain", disable=None)
    for domain, draw in bar:
        _write_domain(out / "digits" / domain, draw, counts, seed)


def _write_domain(folder: Path, draw: DrawDigits, counts: StarterCounts, seed: int) -> None:
    train = draw(counts.digits_train, seed, "train")
    val = draw(counts.digits_val, seed, "val")
    write_digits(folder, train, val, progress=False)
