"""Digits in the image of USPS: grey handwriting, cropped tightly, scanned at 16x16."""

import numpy as np
from scipy import ndimage

from hw2.core.seeds import numpy_generator
from hw2.raw.starter.handwriting import Hand, write_digits
from hw2.raw.starter.splits import Split, balanced_labels

SIZE = 28
SCAN = 16  # USPS images are 16x16; the course's copies are scaled up to 28x28
HAND = Hand(
    height=(0.9, 1.0),
    widest=0.97,
    stretch=(0.8, 1.25),
    slant=0.2,
    angle=0.06,
    elastic=0.8,
    offset=0.01,
    level=(0.35, 0.75),
    softness=0.4,
)


def draw_usps(count: int, seed: int, split: Split) -> tuple[np.ndarray, np.ndarray]:
    """White handwriting on black that fills the frame, blurred by a low resolution.

    Returns:
        images: (count, 28, 28) uint8, grey.
        labels: (count,) int64, each digit as often (to within one), in random order.
    """
    generator = numpy_generator(seed, "starter", "usps", split)
    labels = balanced_labels(count, generator)
    strokes = write_digits(labels, 2 * SCAN, HAND, split, generator)
    scans = strokes.reshape(count, SCAN, 2, SCAN, 2).mean((2, 4))
    enlarged = ndimage.zoom(
        scans, (1, SIZE / SCAN, SIZE / SCAN), order=1, mode="nearest", grid_mode=True
    )
    return (255 * enlarged.clip(0, 1)).round().astype(np.uint8), labels
