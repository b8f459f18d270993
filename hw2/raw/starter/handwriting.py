"""Digits that people wrote: scikit-learn's 8x8 counts, made into smooth strokes again.

The samples are the test part of UCI's "Optical Recognition of Handwritten Digits" (Alpaydin and
Kaynak 1998): 13 people filled in forms of about 130 digits, and the file holds them form by form.
A sample counts the ink in each 4x4 block of a 32x32 bitmap, so the bitmap can be restored fairly
well from smoothness alone.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import ndimage
from sklearn.datasets import load_digits

from hw2.raw.starter.geometry import elastic_shift, linear_maps, warp
from hw2.raw.starter.splits import Split, check_split, spread

# Three whole forms of the 14. They are ones whose hands resemble others in the file (99 % read
# right by a support vector machine on the other forms' pixels), so that val measures the model.
VAL_FORMS = (range(130, 256), range(1157, 1287), range(1287, 1415))

BLOCK = 4  # bitmap pixels for each side of a count
CANVAS = 48  # pixels; a written digit is 32 high
RESTORING_ROUNDS = 15


@dataclass(frozen=True)
class Hand:
    """How written digits are varied. Pairs are the ends of a uniform distribution.

    Attributes:
        height: of the digit in the output, in shares of the output's side.
        widest: the largest width, in the same unit; a wider digit is squeezed.
        stretch: factor on the width.
        slant: standard deviation of dx/dy.
        angle: standard deviation, radians.
        elastic: standard deviation of the elastic displacement, pixels of the canvas.
        offset: standard deviation of the digit's place, in shares of the output's side.
        level: where the stroke's edge is cut; lower is bolder (0.5 is the bitmap's own).
        softness: width of the edge's ramp, in units of the level.
    """

    height: tuple[float, float]
    widest: float
    stretch: tuple[float, float]
    slant: float
    angle: float
    elastic: float
    offset: float
    level: tuple[float, float]
    softness: float


def sample_indices(split: Split) -> np.ndarray:
    """Indices (M,) into `load_digits` that `split` may use; no form is in both splits."""
    check_split(split)
    everything = np.arange(len(load_digits().target))
    is_val = np.isin(everything, np.concatenate(VAL_FORMS))
    return everything[is_val if split == "val" else ~is_val]


def restore_strokes(counts: np.ndarray) -> np.ndarray:
    """Smooth fields whose parts above 0.5 have the ink of the counts, by back-projection.

    Each round draws the strokes from the field, counts their ink, and adds what is missing
    (Irani and Peleg 1991, "Improving resolution by image registration").

    Args:
        counts: (N, 8, 8), ink in 0..16.

    Returns:
        (N, 48, 48) float32; the digit's frame is the middle 32x32.
    """
    margin = (CANVAS // BLOCK - counts.shape[-1]) // 2
    ink = np.pad(counts / BLOCK**2, ((0, 0), (margin, margin), (margin, margin)))
    ink = ink.astype(np.float32)
    field = _smooth(_enlarge(ink))
    for _ in range(RESTORING_ROUNDS):
        strokes = np.clip(0.5 + 1.5 * (field - 0.5), 0, 1)
        blocks = strokes.reshape(len(ink), len(ink[0]), BLOCK, len(ink[0]), BLOCK)
        field = field + 2 * _smooth(_enlarge(ink - blocks.mean((2, 4))))
    return field


def _enlarge(blocks: np.ndarray) -> np.ndarray:
    return blocks.repeat(BLOCK, axis=1).repeat(BLOCK, axis=2)


def _smooth(images: np.ndarray) -> np.ndarray:
    return np.asarray(ndimage.gaussian_filter(images, (0, 2, 2)))


@cache
def _written(split: Split) -> tuple[np.ndarray, np.ndarray]:
    digits, indices = load_digits(), sample_indices(split)
    return restore_strokes(digits.images[indices]), digits.target[indices]


def write_digits(
    labels: np.ndarray, size: int, hand: Hand, split: Split, generator: np.random.Generator
) -> np.ndarray:
    """Strokes (N, size, size) float32, 0 paper to 1 ink: one varied sample for each label."""
    check_split(split)
    fields, pool = _written(split)
    written = fields[spread(labels, pool, generator)]
    count = len(labels)
    ones = np.ones(count)
    slant = generator.normal(0, hand.slant, count)
    angle = generator.normal(0, hand.angle, count)
    shift = elastic_shift(count, CANVAS, 5.0, hand.elastic, generator)
    varied = warp(written, linear_maps(ones, ones, slant, angle), CANVAS, shift)
    framed = warp(varied, _framing(varied, size, hand, generator), size, np.zeros((1, 2, 1, 1)))
    level = generator.uniform(*hand.level, (count, 1, 1))
    return np.clip(0.5 + (framed - level) / hand.softness, 0, 1).astype(np.float32)


def _framing(
    fields: np.ndarray, size: int, hand: Hand, generator: np.random.Generator
) -> np.ndarray:
    """Homographies (N, 3, 3) that bring each digit's bounding box to its place in the output."""
    count = len(fields)
    (top, bottom), (left, right) = _extent(fields, axis=2), _extent(fields, axis=1)
    height, width = bottom - top, right - left
    scale_y = height / (size * generator.uniform(*hand.height, count))
    scale_x = scale_y / generator.uniform(*hand.stretch, count)
    scale_x = np.maximum(scale_x, width / (size * hand.widest))
    matrices = linear_maps(scale_y, scale_x, np.zeros(count), np.zeros(count))
    offset = generator.normal(0, hand.offset * size, (count, 2))
    matrices[:, 0, 2] = (top + bottom - CANVAS) / 2 + offset[:, 0] * scale_y
    matrices[:, 1, 2] = (left + right - CANVAS) / 2 + offset[:, 1] * scale_x
    return matrices


def _extent(fields: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """First and one past the last row (axis 2) or column (axis 1) with ink, each (N,)."""
    inked = np.asarray((fields > 0.5).any(axis=axis))  # (N, CANVAS)
    return inked.argmax(1), CANVAS - inked[:, ::-1].argmax(1)
