"""From the originals to the course's four domains; no file is written here.

The counts of 2022 are four fifths of all that MNIST (70,000), SVHN (99,289) and USPS (9,298)
publish, parted 4 : 1 into train and val. So each original's train and test part make one pool,
and both splits are drawn from it.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from tqdm import tqdm

from hw2.core.errors import UserError
from hw2.raw.course_folder import Digits
from hw2.raw.public.photographs import Photographs, draw_patches
from hw2.raw.public.readers import (
    CELEBA_FOLDER,
    celeba_images,
    crop_face,
    read_mnist,
    read_partition,
    read_svhn,
    read_usps,
    resize,
)
from hw2.raw.stores import ZIP_ERRORS

Counts = dict[str, int]  # split -> images wanted


def make_svhn(
    files: Sequence[Path], counts: Counts, size: int, generator: np.random.Generator
) -> dict[str, Digits]:
    """SVHN's cropped digits, resized from 32x32; `files` are the train and the test part.

    Returns:
        split -> (N, size, size, 3) uint8 and (N,) int64.
    """
    images, labels = _join([read_svhn(path) for path in files])
    chosen = draw_splits("svhn", len(labels), counts, generator)
    return {split: (resize(images[at], size), labels[at]) for split, at in chosen.items()}


def make_usps(
    files: Sequence[Path], counts: Counts, size: int, generator: np.random.Generator
) -> dict[str, Digits]:
    """USPS, resized from 16x16; `files` are the train and the test part.

    Returns:
        split -> (N, size, size) uint8 and (N,) int64.
    """
    train, test = files
    images, labels = _join([read_usps(train, train=True), read_usps(test, train=False)])
    chosen = draw_splits("usps", len(labels), counts, generator)
    return {split: (resize(images[at], size), labels[at]) for split, at in chosen.items()}


def make_mnistm(
    files: Sequence[Path],
    photographs: Photographs,
    counts: Counts,
    generator: np.random.Generator,
) -> dict[str, Digits]:
    """MNIST blended with photographs (Ganin et al. 2016, MNIST -> MNIST-M).

    Args:
        files: images and labels of the train part, then of the test part.

    Returns:
        split -> (N, 28, 28, 3) uint8 and (N,) int64.
    """
    digits, labels = _join([read_mnist(*files[:2]), read_mnist(*files[2:])])
    chosen = draw_splits("mnistm", len(labels), counts, generator)
    everything = np.concatenate(list(chosen.values()))
    patches = draw_patches(photographs, len(everything), digits.shape[1], generator)
    blended = blend(digits[everything], patches)
    ends = np.cumsum([len(at) for at in chosen.values()])[:-1]
    parts = np.split(blended, ends)
    return {
        split: (part, labels[at]) for (split, at), part in zip(chosen.items(), parts, strict=True)
    }


def make_faces(
    images: Path,
    partition: Path,
    counts: Counts,
    size: int,
    generator: np.random.Generator,
    progress: bool,
) -> dict[str, np.ndarray]:
    """Aligned CelebA faces: train from its train part, val from its valid part.

    Returns:
        split -> (N, size, size, 3) uint8.
    """
    names = read_partition(partition)
    with celeba_images(images) as read:

        def load(name: str) -> np.ndarray:
            try:
                return crop_face(read(name), size)
            except (ValueError, KeyError, *ZIP_ERRORS) as error:
                raise UserError(f"{images}: {CELEBA_FOLDER}/{name}: {error}") from None

        return {
            split: _load_all(load, chosen, size, f"face/{split}", progress)
            for split, chosen in _choose_faces(names, counts, generator).items()
        }


def blend(digits: np.ndarray, backgrounds: np.ndarray) -> np.ndarray:
    """MNIST-M's recipe: out_ijk = |background_ijk - digit_ij| (Ganin et al. 2016).

    Args:
        digits: (N, H, W) uint8, white on black.
        backgrounds: (N, H, W, 3) uint8.

    Returns:
        (N, H, W, 3) uint8.
    """
    strokes = digits[..., None]
    return np.maximum(backgrounds, strokes) - np.minimum(backgrounds, strokes)


def draw_splits(
    domain: str, pool: int, counts: Counts, generator: np.random.Generator
) -> dict[str, np.ndarray]:
    """Disjoint random indices into a pool of `pool` images, as many as wanted for each split.

    Raises:
        UserError: the pool is too small.
    """
    wanted = sum(counts.values())
    if wanted > pool:
        keys = " + ".join(f"public.{domain}_{split}" for split in counts)
        raise UserError(f"params.yaml: {keys} is {wanted}; the originals hold {pool} images")
    order = generator.permutation(pool)[:wanted]
    return dict(zip(counts, np.split(order, np.cumsum(list(counts.values()))[:-1]), strict=True))


def _choose_faces(
    names: dict[str, list[str]], counts: Counts, generator: np.random.Generator
) -> dict[str, list[str]]:
    """Random names for each split, in the list's order: the archive is read from front to back."""
    chosen = {}
    for split, count in counts.items():
        at = draw_splits("faces", len(names[split]), {split: count}, generator)[split]
        chosen[split] = [names[split][index] for index in np.sort(at)]
    return chosen


def _load_all(
    load: Callable[[str], np.ndarray], names: list[str], size: int, what: str, progress: bool
) -> np.ndarray:
    faces = np.empty((len(names), size, size, 3), dtype=np.uint8)
    bar = tqdm(total=len(names), desc=what, unit="image", disable=None if progress else True)
    with bar, ThreadPoolExecutor() as pool:  # Pillow lets go of the lock while it works
        for index, face in enumerate(pool.map(load, names)):
            faces[index] = face
            bar.update()
    return faces


def _join(parts: list[Digits]) -> Digits:
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
