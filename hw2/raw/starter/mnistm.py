"""Digits in the image of MNIST-M: handwriting blended with photographs."""

import numpy as np

from hw2.core.seeds import numpy_generator
from hw2.raw.starter.handwriting import Hand, write_digits
from hw2.raw.starter.photographs import draw_crops
from hw2.raw.starter.splits import Split, balanced_labels

SIZE = 28
# MNIST fits each digit into the middle 20 of 28 pixels.
HAND = Hand(
    height=(0.62, 0.76),
    widest=0.76,
    stretch=(0.85, 1.15),
    slant=0.1,
    angle=0.06,
    elastic=0.6,
    offset=0.02,
    level=(0.3, 0.65),
    softness=0.4,
)


def draw_mnistm(count: int, seed: int, split: Split) -> tuple[np.ndarray, np.ndarray]:
    """Handwriting on photographs, by absolute difference (Ganin et al. 2016, section 5.2.2).

    Returns:
        images: (count, 28, 28, 3) uint8.
        labels: (count,) int64, each digit as often (to within one), in random order.
    """
    generator = numpy_generator(seed, "starter", "mnistm", split)
    labels = balanced_labels(count, generator)
    strokes = write_digits(labels, SIZE, HAND, split, generator)
    backgrounds = draw_crops(count, SIZE, split, generator)
    blended = np.abs(backgrounds - 255 * strokes[..., None])
    return blended.round().astype(np.uint8), labels
