"""One array file for a set of images: what prepare and samplers write, what all stages read."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hw2.core.errors import UserError
from hw2.core.files import read_arrays, write_arrays
from hw2.data.sizes import CLASSES


@dataclass(frozen=True)
class ImageSet:
    """Images of one domain and split, or generated ones.

    Attributes:
        images: (N, H, W, 3) uint8.
        names: N file names, unique.
        labels: (N,) int64 in 0..9, or None where there are none (faces).
    """

    images: np.ndarray
    names: list[str]
    labels: np.ndarray | None = None

    def __post_init__(self) -> None:
        count = len(self.images)
        if self.images.dtype != np.uint8 or self.images.ndim != 4 or self.images.shape[-1] != 3:
            raise ValueError(f"images are {self.images.dtype} {self.images.shape}, not uint8 NHW3")
        if len(self.names) != count or (self.labels is not None and len(self.labels) != count):
            raise ValueError("images, names and labels differ in number")

    def __len__(self) -> int:
        return len(self.images)

    @property
    def digits(self) -> np.ndarray:
        """The labels (N,).

        Raises:
            UserError: there are none.
        """
        if self.labels is None:
            raise UserError("labels are needed, but this set of images has none")
        return self.labels

    def at_most(self, count: int | None, rng: np.random.Generator) -> "ImageSet":
        """`count` of the images, drawn without replacement, in their order; None: all of them."""
        if count is None or count >= len(self):
            return self
        chosen = np.sort(rng.permutation(len(self))[:count])
        names = [self.names[place] for place in chosen]
        labels = None if self.labels is None else self.labels[chosen]
        return ImageSet(self.images[chosen], names, labels)

    def save(self, path: Path) -> None:
        """Write an uncompressed .npz, atomically; equal sets give equal bytes."""
        arrays = {"images": self.images, "names": np.asarray(self.names, dtype=np.str_)}
        if self.labels is not None:
            arrays["labels"] = self.labels.astype(np.int64)
        write_arrays(path, arrays)


def load_images(path: Path) -> ImageSet:
    """Read what `ImageSet.save` wrote; each member's checksum (CRC-32) is verified.

    Raises:
        UserError: the file is missing, damaged, or not such a file.
    """
    arrays = read_arrays(path)
    try:
        _check_kinds(**arrays)
        return ImageSet(arrays["images"], arrays["names"].tolist(), arrays.get("labels"))
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{path}: not a file of images: {error}; run dvc repro") from None


def _check_kinds(images: np.ndarray, names: np.ndarray, labels: np.ndarray | None = None) -> None:
    if names.ndim != 1 or names.dtype.kind != "U":
        raise ValueError(f"names are {names.dtype} {names.shape}, not words")
    if labels is None:
        return
    if labels.ndim != 1 or labels.dtype != np.int64 or not np.isin(labels, range(CLASSES)).all():
        raise ValueError(f"labels are {labels.dtype} {labels.shape}, not int64 from 0 to 9")


def digit_names(labels: np.ndarray) -> list[str]:
    """``<digit>_<001..>.png`` for each label, counted within its digit: the course's names."""
    seen = dict.fromkeys(labels.tolist(), 0)
    names = []
    for digit in labels.tolist():
        seen[digit] += 1
        names.append(f"{digit}_{seen[digit]:03d}.png")
    return names
