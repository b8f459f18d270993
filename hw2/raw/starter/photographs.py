"""Backgrounds: crops of the two photographs that scikit-learn ships."""

import numpy as np
from sklearn.datasets import load_sample_images

from hw2.raw.starter.splits import Split, check_split

TILE = 106  # pixels; both photographs are cut into 4 x 6 tiles
SHRINKINGS = (1, 2)  # a crop is taken at full or half resolution
FLATNESS = 0.5  # share of a crop's contrast that is kept: these two scenes are busier than most


def photograph_tiles(split: Split) -> list[tuple[int, int]]:
    """Top left corners (y, x) of the tiles of a photograph that `split` may use.

    Every fourth tile is kept for val, in another column in each row, so that both splits see
    all that a photograph shows. A crop never leaves its tile.
    """
    check_split(split)
    tiles = [(row, column) for row in range(4) for column in range(6)]
    return [
        (row * TILE, column * TILE)
        for row, column in tiles
        if ((column + 3 * row) % 4 == 0) == (split == "val")
    ]


def draw_crops(count: int, size: int, split: Split, generator: np.random.Generator) -> np.ndarray:
    """Random crops (count, size, size, 3) uint8, flattened, half of them mirrored."""
    regions = _regions(split)
    source = generator.integers(len(regions), size=count)
    crops = np.empty((count, size, size, 3), np.float32)
    for number, region in enumerate(regions):
        places = np.flatnonzero(source == number)
        rows = generator.integers(region.shape[0] - size + 1, size=len(places))
        columns = generator.integers(region.shape[1] - size + 1, size=len(places))
        rows, columns = (start[:, None] + np.arange(size) for start in (rows, columns))
        crops[places] = region[rows[:, :, None], columns[:, None, :]]
    mirrored = generator.random(count) < 0.5
    crops[mirrored] = crops[mirrored, :, ::-1]
    colour = crops.mean((1, 2), keepdims=True)
    flattened = colour + FLATNESS * (crops - colour)
    return np.asarray(flattened.round(), np.uint8)


def _regions(split: Split) -> list[np.ndarray]:
    """Every tile of both photographs that `split` may use, at every resolution."""
    tiles = [
        photograph[y : y + TILE, x : x + TILE]
        for photograph in load_sample_images().images
        for y, x in photograph_tiles(split)
    ]
    return [_shrink(tile, factor) for tile in tiles for factor in SHRINKINGS]


def _shrink(image: np.ndarray, factor: int) -> np.ndarray:
    height, width = (side // factor for side in image.shape[:2])
    blocks = image[: height * factor, : width * factor].reshape(height, factor, width, factor, 3)
    return np.asarray(blocks.mean((1, 3)))
