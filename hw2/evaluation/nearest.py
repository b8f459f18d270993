"""Nearest training images: does a model copy what it was trained on?

Every image is brought to zero mean and unit norm, so that neither brightness nor contrast counts;
the distance d is the Euclidean one between such pixels. It is then taken relative to the image's
surroundings, as Carlini et al. 2023 (section 5.1) do to find copies:

    relative distance of x = min_t d(x, t) / mean over the 50 nearest t of d(x, t),   t in train

It is 0 for a copy and close to 1 where no training image stands out. Without these two steps, plain
images look like copies: a grey square is nearer to its neighbour than nearly every real MNIST-M
digit is to its own, by Euclidean distance of pixels; here it is not. A judge's features were tried
in place of pixels: they found fewer noised and blurred copies.

Where a mirror image is as good as its original, as for faces, which models learn from either, the
mirror images of the training set are searched too, for generated and for real images alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from hw2.core.sharing import shared_out

SURROUNDINGS = 50  # nearest training images that a distance is relative to
LOWEST_PERCENT = 1
MOST_SEARCHED = 2000  # val images, for what is to be expected of images not trained on
IMAGES_AT_A_TIME = 1000  # with the next line: about 100 MB, whatever the sets' sizes
TRAIN_AT_A_TIME = 4096


@dataclass(frozen=True)
class Neighbours:
    """The nearest training image of each of N images.

    Attributes:
        index: (N,) int64, its place in the training images.
        distance: (N,) float32 in [0, 2], of zero-mean, unit-norm pixels.
        relative: (N,) float32 in [0, 1], over the mean distance to the 50 nearest.
        mirrored: (N,) bool, whether it is the mirror image of that training image.
    """

    index: np.ndarray
    distance: np.ndarray
    relative: np.ndarray
    mirrored: np.ndarray


def nearest_neighbours(
    images: np.ndarray, train: np.ndarray, *, mirrors: bool = False
) -> Neighbours:
    """Find them for (N, H, W, 3) uint8 images among (T, H, W, 3) uint8 images, N and T >= 1.

    Time goes with N T; memory beside the arguments is bounded.

    Args:
        mirrors: whether to search the mirror images of `train` as well.
    """
    return neighbours_of_draws([images], train, mirrors=mirrors)[0]


def neighbours_of_draws(
    draws: Sequence[np.ndarray], train: np.ndarray, *, mirrors: bool = False
) -> list[Neighbours]:
    """`nearest_neighbours` of each draw; several processes search at a time."""
    for images in draws:
        if images.shape[1:] != train.shape[1:] or not len(images) or not len(train):
            raise ValueError(f"two sets (N >= 1, H, W, 3) needed: {images.shape}, {train.shape}")
    slices = [list(_slices(images, IMAGES_AT_A_TIME)) for images in draws]
    found = shared_out(chain.from_iterable(slices), lambda part: _search(part, train, mirrors))
    return [
        Neighbours(*(np.concatenate(each) for each in zip(*islice(found, len(own)), strict=True)))
        for own in slices
    ]


def share_nearer(generated: np.ndarray, real: np.ndarray) -> float:
    """How often a generated image is nearer to its neighbour than a real one is to its own.

    The probability that of a random pair, one of (N,) generated and one of (M,) real relative
    distances, the generated one is smaller; equal ones count half (Mann and Whitney 1947: U / NM).
    About 0.5 for new images from the real distribution, 1 for copies, less than 0.5 for images
    unlike any real one. `real` are the distances of images that were not trained on.
    """
    ordered = np.sort(real)
    nearer = len(real) - np.searchsorted(ordered, generated, side="right")
    equal = len(real) - nearer - np.searchsorted(ordered, generated, side="left")
    return float((nearer + equal / 2).mean() / len(real))


def share_copied(generated: np.ndarray, real: np.ndarray) -> float:
    """Share of (N,) relative distances up to the 1st percentile of the (M,) real ones.

    About 0.01 for new images from the real distribution; copies add to it even when they are few
    among many.
    """
    return float((generated <= np.percentile(real, LOWEST_PERCENT)).mean())


def _search(
    images: np.ndarray, train: np.ndarray, mirrors: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The arrays of `Neighbours` for at most 1,000 images."""
    sides = [train, mirror(train)] if mirrors else [train]
    pixels, wanted = _standardise(images), min(SURROUNDINGS, len(sides) * len(train))
    index, highest = np.zeros(len(images), np.int64), np.full(len(images), -np.inf, np.float32)
    closest, place = np.empty((len(images), 0), np.float32), 0
    for part in chain.from_iterable(_slices(side, TRAIN_AT_A_TIME) for side in sides):
        others = _standardise(part)
        likeness = pixels @ others.T - (others**2).sum(axis=1) / 2  # (|x|^2 - d^2) / 2
        best = likeness.argmax(axis=1)
        value = likeness.max(axis=1)
        index = np.where(value > highest, place + best, index)
        highest, place = np.maximum(value, highest), place + len(part)
        closest = _highest(np.concatenate([closest, likeness], axis=1), wanted)
    squares = (pixels**2).sum(axis=1, keepdims=True) - 2 * closest
    mirrored, index = index >= len(train), index % len(train)
    # Rounding hides distances near 0, where copies are: the nearest one is computed directly.
    nearest = _standardise(as_found(train[index], mirrored))
    distance = np.linalg.norm(pixels - nearest, axis=1)
    typical = np.maximum(np.sqrt(squares.clip(min=0)).mean(axis=1), distance)
    relative = np.divide(distance, typical, where=distance > 0, out=np.zeros_like(distance))
    return index, distance, relative, mirrored


def mirror(images: np.ndarray) -> np.ndarray:
    """(N, H, W, 3) with left and right exchanged; a view."""
    return images[:, :, ::-1]


def as_found(images: np.ndarray, mirrored: np.ndarray) -> np.ndarray:
    """(N, H, W, 3) training images, mirrored where (N,) says so."""
    return np.where(mirrored[:, None, None, None], mirror(images), images)


def _highest(values: np.ndarray, count: int) -> np.ndarray:
    """The `count` highest of each row, in any order; all where there are fewer."""
    return np.partition(values, -count, axis=1)[:, -count:] if values.shape[1] > count else values


def _standardise(images: np.ndarray) -> np.ndarray:
    """(N, H, W, 3) uint8 to (N, 3 H W) float32 of zero mean and unit norm; 0 for a plain image."""
    pixels = images.reshape(len(images), -1).astype(np.float32)
    pixels -= pixels.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(pixels, axis=1, keepdims=True)
    pixels /= np.where(norms > 0, norms, 1)
    return pixels


def _slices(images: np.ndarray, size: int) -> Iterator[np.ndarray]:
    for start in range(0, len(images), size):
        yield images[start : start + size]
