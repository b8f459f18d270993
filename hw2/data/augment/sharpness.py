"""Blur and its contrary."""

import torch
import torch.nn.functional as F
from torch import Tensor

from hw2.data.bounds import check_bounds
from hw2.data.draws import uniform


class Sharpness:
    """x + s (x - blurred x), an unsharp mask; s = -1 is the blurred image.

    Args:
        least, most: range of s.
    """

    def __init__(self, least: float, most: float) -> None:
        self.least, self.most = least, most

    def __call__(self, images: Tensor, rng: torch.Generator) -> Tensor:
        """Images (B, C, H, W) in [-1, 1], kept."""
        amount = uniform(images, rng, self.least, self.most, 1, 1, 1)
        # Two boxes of 3 are a tent of 5, close to a Gaussian of standard deviation 1.2.
        padded = F.pad(images, (2, 2, 2, 2), mode="replicate")
        blurred = F.avg_pool2d(F.avg_pool2d(padded, 3, stride=1), 3, stride=1)
        return (images + amount * (images - blurred)).clamp(-1, 1)


def build(least: float, most: float) -> Sharpness:
    """The augmentation."""
    check_bounds(least, most=most)
    return Sharpness(least, most)
