"""Fine and coarse noise."""

import torch
from torch import Tensor

from hw2.data.bounds import check_bounds
from hw2.data.draws import pink, uniform


class Noise:
    """x + a d (pink noise), whose standard deviation is roughly 0.8.

    d is the standard deviation of the image, so that faint digits survive.

    Args:
        most: the largest a; each image has its own, uniform from 0.
    """

    def __init__(self, most: float) -> None:
        self.most = most

    def __call__(self, images: Tensor, rng: torch.Generator) -> Tensor:
        """Images (B, C, H, W) in [-1, 1], kept."""
        noise = pink(images, rng, 1)
        amount = uniform(images, rng, 0, self.most, 1, 1, 1)
        amount = amount * images.std((1, 2, 3), keepdim=True)
        return (images + amount * noise).clamp(-1, 1)


def build(most: float) -> Noise:
    """The augmentation."""
    check_bounds(0, most=most)
    return Noise(most)
