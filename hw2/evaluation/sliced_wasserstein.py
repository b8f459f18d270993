"""Sliced Wasserstein distance on Laplacian pyramids (Karras et al. 2018, section 5).

Each level of the pyramid holds one band of spatial frequencies; the last level holds what remains
below them. The distance of a level compares the distributions of its 7x7 patches in the two sets:
a small value at the coarsest level says that large-scale structure agrees, at the finest level
that edges and noise do. It needs no network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import convolve1d

from hw2.core.sharing import shared_out_to_threads

PATCH_SIZE = 7
PATCHES_PER_IMAGE = 128
REPEATS = 4
PROJECTIONS_PER_REPEAT = 128
SCALE = 1e3
MIN_SIZE = 14
BINOMIAL = np.array([1, 4, 6, 4, 1], dtype=np.float32) / 16  # Burt and Adelson 1983
PROJECTIONS_AT_A_TIME = 16  # bounds the memory: 16 x 128,000 float32 are 8 MB, of each set


@dataclass(frozen=True)
class SlicedWasserstein:
    """Distances times 1,000: one for each level, keyed by its side in pixels, finest first."""

    levels: dict[int, float]

    @property
    def mean(self) -> float:
        """The mean over levels."""
        return float(np.mean(list(self.levels.values())))


def sliced_wasserstein(
    real: np.ndarray, generated: np.ndarray, generator: np.random.Generator
) -> SlicedWasserstein:
    """Distance between two equally large sets of (N, S, S, 3) uint8 images.

    Levels are S, S / 2, ... down to 16 pixels (64, 32, 16), or 14 for digits (28, 14).
    """
    return distances_of_draws(real, [generated], generator)[0]


def distances_of_draws(
    real: np.ndarray, draws: Sequence[np.ndarray], generator: np.random.Generator
) -> list[SlicedWasserstein]:
    """`sliced_wasserstein` of each draw, with the work on the real images done once."""
    for draw in draws:
        if real.shape != draw.shape or real.ndim != 4 or not len(real):
            raise ValueError(f"equal (N, S, S, C) sets needed: {real.shape}, {draw.shape}")
    levels: dict[int, np.ndarray] = {}
    for bands in zip(*(laplacian_pyramid(each) for each in (real, *draws)), strict=True):
        descriptors = [_descriptors(band, generator) for band in bands]
        levels[bands[0].shape[1]] = SCALE * _distances(descriptors, generator)
    return [
        SlicedWasserstein({side: float(values[draw]) for side, values in levels.items()})
        for draw in range(len(draws))
    ]


def laplacian_pyramid(images: np.ndarray) -> list[np.ndarray]:
    """Bands of (N, S, S, C) images as float32 in pixel units, finest first.

    Each band is its level minus the next level scaled up; the last is the low-pass rest.
    """
    gaussian = [images.astype(np.float32)]
    while gaussian[-1].shape[1] % 2 == 0 and gaussian[-1].shape[1] // 2 >= MIN_SIZE:
        gaussian.append(_halve(gaussian[-1]))
    return [fine - _double(coarse) for fine, coarse in pairwise(gaussian)] + gaussian[-1:]


def _blur(images: np.ndarray, gain: float) -> np.ndarray:
    """Separable 5x5 binomial filter over height and width, mirrored at the border."""
    rows = convolve1d(images, BINOMIAL * gain, axis=1, mode="mirror")
    return convolve1d(rows, BINOMIAL * gain, axis=2, mode="mirror")


def _halve(images: np.ndarray) -> np.ndarray:
    return _blur(images, gain=1)[:, ::2, ::2]  # (N, S / 2, S / 2, C)


def _double(images: np.ndarray) -> np.ndarray:
    count, height, width, channels = images.shape
    spread = np.zeros((count, 2 * height, 2 * width, channels), dtype=images.dtype)
    spread[:, ::2, ::2] = images
    return _blur(spread, gain=2)  # three of four pixels are empty: 2 x 2 restores the brightness


def _descriptors(band: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """128 random patches of each image, each channel standardised over the set: (128 N, 49 C)."""
    windows = sliding_window_view(band, (PATCH_SIZE, PATCH_SIZE), axis=(1, 2))
    count, rows, columns = windows.shape[:3]
    image = np.repeat(np.arange(count), PATCHES_PER_IMAGE)
    row = generator.integers(rows, size=len(image))
    column = generator.integers(columns, size=len(image))
    patches = windows[image, row, column]  # (128 N, C, 7, 7)
    deviation, mean = torch.std_mean(torch.from_numpy(patches), dim=(0, 2, 3), correction=0)
    deviation[deviation == 0] = 1  # an image set of one colour has no deviation
    patches -= mean.numpy()[:, None, None]
    patches /= deviation.numpy()[:, None, None]
    return patches.reshape(len(patches), -1)


def _distances(sets: Sequence[np.ndarray], generator: np.random.Generator) -> np.ndarray:
    """Mean 1-Wasserstein distance, over random directions, of the first of (M, D) sets to each.

    The chunks of directions run in threads: sorting takes most of the time, and releases the GIL.
    """
    directions = generator.standard_normal(
        (REPEATS * PROJECTIONS_PER_REPEAT, sets[0].shape[1]), dtype=np.float32
    )
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    chunks = np.array_split(directions, len(directions) // PROJECTIONS_AT_A_TIME)
    costs = shared_out_to_threads(chunks, lambda chunk: _transport_costs(chunk, sets))
    return np.mean(costs, axis=0)


def _transport_costs(directions: np.ndarray, sets: Sequence[np.ndarray]) -> list[float]:
    """On a line, the optimal transport pairs the points in sorted order."""
    first, *others = (np.sort(directions @ each.T, axis=1) for each in sets)  # each (16, M)
    return [float(np.abs(first - other).mean(dtype=np.float64)) for other in others]
