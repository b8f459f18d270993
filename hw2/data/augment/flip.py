"""Mirror images: a face seen in a mirror is a face."""

import torch
from torch import Tensor

from hw2.data.bounds import check_bounds
from hw2.data.draws import uniform


class Flip:
    """Left and right change places in a share of the images.

    Args:
        probability: of a mirror image.
    """

    def __init__(self, probability: float) -> None:
        self.probability = probability

    def __call__(self, images: Tensor, rng: torch.Generator) -> Tensor:
        """Images (B, C, H, W), kept."""
        mirrored = uniform(images, rng, 0, 1, 1, 1, 1) < self.probability
        return torch.where(mirrored, images.flip(3), images)


def build(probability: float) -> Flip:
    """The augmentation."""
    check_bounds(0, 1, probability=probability)
    return Flip(probability)
