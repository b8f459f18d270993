"""Fine and coarse noise."""

import torch
from torch import Tensor

from hw2.data.augment.draws import normal, uniform
from hw2.data.values import resize

COARSE = (14, 7, 4)  # sides of the coarser layers


class Noise:
    """x + a d (white noise + the same at coarser and coarser sides), roughly pink.

    d is the standard deviation of the image, so that faint digits survive.

    Args:
        most: the largest a; each image has its own, uniform from 0.
    """

    def __init__(self, most: float) -> None:
        self.most = most

    def __call__(self, images: Tensor, rng: torch.Generator) -> Tensor:
        """Images (B, C, H, W) in [-1, 1], kept."""
        side = images.shape[-1]
        layers = [resize(normal(images, rng, 1, s, s), side) for s in (side, *COARSE)]
        amount = uniform(images, rng, 0, self.most, 1, 1, 1)
        amount = amount * images.std((1, 2, 3), keepdim=True)
        return (images + amount * torch.stack(layers).mean(0) * 2).clamp(-1, 1)


def build(most: float) -> Noise:
    """The augmentation."""
    return Noise(most)
