"""Digits in the image of SVHN: house numbers on coloured walls, seen askew and out of focus."""

import numpy as np
from scipy import ndimage

from hw2.core.seeds import numpy_generator
from hw2.raw.starter import fonts
from hw2.raw.starter.geometry import linear_maps, warp
from hw2.raw.starter.splits import Split, balanced_labels

SIZE = 28
FINE = 2 * SIZE  # everything is painted at twice the resolution, then averaged
BATCH = 500  # images; bounds the memory

HEIGHT = (0.6, 0.85)  # of the digit, in shares of the image's side
NEIGHBOURS = (0.55, 0.35, 0.1)  # chances of none, one, two digits at a side
GAP = (2.0, 12.0)  # additional space between digits, in pixels of the drawn number
STRETCH = (0.75, 1.05)  # factor on the width
SLANT, ANGLE, PERSPECTIVE = 0.08, 0.06, 0.08  # standard deviations
OFFSET = 0.025  # standard deviation, in shares of the image's side
BOLDNESS = (0.18, 0.45)  # level at which a smoothed glyph is cut; lower is bolder
BLUR = (0.6, 2.3)  # standard deviation in fine pixels
CONTRAST = (60.0, 180.0)  # between wall and digit, in grey levels
COLOURFULNESS = 24.0  # standard deviation from yellow over grey to blue
RELIEF = 7.0  # standard deviation of the wall's uneven light
NOISE = 4.0  # standard deviation of the camera's noise


def draw_svhn(count: int, seed: int, split: Split) -> tuple[np.ndarray, np.ndarray]:
    """House numbers: fonts, colours, perspective, blur, and neighbours cut off at the sides.

    Returns:
        images: (count, 28, 28, 3) uint8.
        labels: (count,) int64, each digit as often (to within one), in random order.
    """
    generator = numpy_generator(seed, "starter", "svhn", split)
    labels = balanced_labels(count, generator)
    images = np.empty((count, SIZE, SIZE, 3), np.uint8)
    for start in range(0, count, BATCH):
        batch = slice(start, start + BATCH)
        images[batch] = _paint(_glyphs(labels[batch], split, generator), generator)
    return images, labels


def _glyphs(labels: np.ndarray, split: Split, generator: np.random.Generator) -> np.ndarray:
    """Masks (N, FINE, FINE) float32 of the label's digit among its neighbours, in perspective."""
    count = len(labels)
    names = generator.choice(fonts.font_names(split), count)
    neighbours = generator.integers(10, size=(count, 2, 2)).astype(str)
    befores, afters = generator.choice(3, (2, count), p=NEIGHBOURS)
    gaps = generator.uniform(*GAP, count)
    drawn = np.stack(
        [
            fonts.draw_number(name, "".join(left[:before]), str(label), "".join(right[:after]), gap)
            for name, label, (left, right), before, after, gap in zip(
                names, labels, neighbours, befores, afters, gaps, strict=True
            )
        ]
    ).astype(np.float32)
    smooth = ndimage.gaussian_filter(drawn / 255, (0, 1.5, 1.5))
    cut = generator.uniform(*BOLDNESS, (count, 1, 1))
    bold = np.clip(0.5 + 4 * (smooth - cut), 0, 1).astype(np.float32)
    return warp(bold, _viewpoints(count, generator), FINE, np.zeros((1, 2, 1, 1)))


def _viewpoints(count: int, generator: np.random.Generator) -> np.ndarray:
    """Homographies (count, 3, 3) from the picture to the drawn number."""
    scale = fonts.GLYPH_HEIGHT / (FINE * generator.uniform(*HEIGHT, count))
    stretch = generator.uniform(*STRETCH, count)
    slant, angle = generator.normal(0, [[SLANT], [ANGLE]], (2, count))
    matrices = linear_maps(scale, scale / stretch, slant, angle)
    matrices[:, :2, 2] = generator.normal(0, OFFSET * FINE, (count, 2)) * scale[:, None]
    matrices[:, 2, :2] = generator.normal(0, PERSPECTIVE, (count, 2)) / FINE
    return matrices


def _paint(masks: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Colour the masks, blur, and photograph: (N, SIZE, SIZE, 3) uint8."""
    count = len(masks)
    wall, paint = _colours(count, generator)
    masks = _defocus(masks, generator).reshape(count, SIZE, 2, SIZE, 2).mean((2, 4))[..., None]
    picture = wall * (1 - masks) + paint * masks
    picture += _uneven_light(count, generator)[..., None]
    picture += generator.normal(0, NOISE, picture.shape)
    return np.asarray(picture.clip(0, 255).round(), np.uint8)


def _colours(count: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Colours (count, 1, 1, 3) of the walls and of the digits, in 0..255."""
    contrast = generator.uniform(*CONTRAST, count) * generator.choice([-1, 1], count)
    middle = generator.uniform(60, 195, count)
    greys = np.stack([middle - contrast / 2, middle + contrast / 2])[:, :, None, None, None]
    warm_or_cool = generator.normal(0, COLOURFULNESS, (2, count, 1, 1, 1)) * [1, 0, -1]
    tints = generator.normal(0, COLOURFULNESS / 4, (2, count, 1, 1, 3))
    wall, paint = greys + warm_or_cool + tints
    return wall, paint


def _defocus(masks: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Blur each mask by an amount of its own, between two that all share."""
    sharp, soft = (np.asarray(ndimage.gaussian_filter(masks, (0, sd, sd))) for sd in BLUR)
    share = generator.random((len(masks), 1, 1), np.float32)
    return np.asarray(sharp + share * (soft - sharp))


def _uneven_light(count: int, generator: np.random.Generator) -> np.ndarray:
    """Smooth brightness differences (count, SIZE, SIZE), in grey levels: light, dirt, plaster."""
    rough = generator.normal(0, RELIEF, (count, 4, 4))
    plaster = ndimage.zoom(rough, (1, SIZE / 4, SIZE / 4), order=1, grid_mode=True, mode="nearest")
    slope_y, slope_x = generator.normal(0, RELIEF, (2, count, 1, 1))
    axis = np.linspace(-1, 1, SIZE)
    return np.asarray(plaster + slope_y * axis[:, None] + slope_x * axis)
