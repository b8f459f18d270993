"""Negatives: a light digit on dark ground becomes a dark one on light ground."""

import torch
from torch import Tensor

from hw2.data.bounds import check_bounds
from hw2.data.draws import uniform


class Sign:
    """x -> -x for a share of the images.

    Args:
        probability: of a negative.
    """

    def __init__(self, probability: float) -> None:
        self.probability = probability

    def __call__(self, images: Tensor, rng: torch.Generator) -> Tensor:
        """Images (B, C, H, W) in [-1, 1], kept."""
        negative = uniform(images, rng, 0, 1, 1, 1, 1) < self.probability
        return torch.where(negative, -images, images)


def build(probability: float) -> Sign:
    """The augmentation."""
    check_bounds(0, 1, probability=probability)
    return Sign(probability)
