"""Brightness, saturation and contrast, as in DiffAugment (Zhao et al. 2020, section 3.2).

Values are not clamped: a gradient reaches every pixel. Strengths of 0 change nothing, to the bit.
"""

import torch
from torch import Tensor

from hw2.data.bounds import check_bounds
from hw2.data.draws import uniform


class Colour:
    """Adds to all values, then stretches them about each pixel's grey, then about their mean.

    Args:
        brightness: b; b' from U(-b, b) is added.
        saturation: s; the distance from a pixel's grey is multiplied by a number from U(1 -+ s).
        contrast: c; that from the mean of all values by one from U(1 -+ c).
    """

    def __init__(self, brightness: float, saturation: float, contrast: float) -> None:
        self.brightness, self.saturation, self.contrast = brightness, saturation, contrast

    def __call__(self, images: Tensor, rng: torch.Generator) -> Tensor:
        """Images (B, 3, H, W) in [-1, 1] -> (B, 3, H, W), which may leave that range."""
        brightness, saturation, contrast = (
            uniform(images, rng, -strength, strength, 1, 1, 1)
            for strength in (self.brightness, self.saturation, self.contrast)
        )
        images = images + brightness
        images = images + saturation * (images - images.mean(1, keepdim=True))
        return images + contrast * (images - images.mean((1, 2, 3), keepdim=True))


def build(brightness: float, saturation: float, contrast: float) -> Colour:
    """The augmentation."""
    check_bounds(0, brightness=brightness, saturation=saturation, contrast=contrast)
    return Colour(brightness, saturation, contrast)
