"""Thickness of strokes, and the tones of digit and ground: for scans in black and white."""

import torch
import torch.nn.functional as F
from torch import Tensor

from hw2.data.bounds import check_bounds
from hw2.data.draws import normal, uniform
from hw2.data.values import resize


class Strokes:
    """A light digit on black ground gets other strokes, other tones and a ground that varies.

    Args:
        thickness: t in [0, 1]; strokes grow by up to t pixels either side, or shrink by as much.
        contrast: least difference of the tones of digit and ground, of the range from -1 to 1.
        ground: standard deviation of the ground's smooth variation.
    """

    def __init__(self, thickness: float, contrast: float, ground: float) -> None:
        self.thickness, self.contrast, self.ground = thickness, contrast, ground

    def __call__(self, images: Tensor, rng: torch.Generator) -> Tensor:
        """Images (B, C, H, W) in [-1, 1], kept."""
        amount = uniform(images, rng, -self.thickness, self.thickness, 1, 1, 1)
        padded = F.pad(images, (1, 1, 1, 1), value=-1.0)
        thick, thin = F.max_pool2d(padded, 3, stride=1), -F.max_pool2d(-padded, 3, stride=1)
        images = torch.where(amount > 0, images.lerp(thick, amount), images.lerp(thin, -amount))
        share = (images + 1) / 2  # of the digit's tone
        difference = uniform(images, rng, self.contrast, 2, 1, 1, 1)
        dark = uniform(images, rng, -1, 1, 1, 1, 1) * (2 - difference) / 2 - difference / 2
        slope = resize(normal(images, rng, 1, 3, 3), images.shape[-1])
        ground = dark + self.ground * slope
        return (ground + share * (dark + difference - ground)).clamp(-1, 1)


def build(thickness: float, contrast: float, ground: float) -> Strokes:
    """The augmentation."""
    check_bounds(0, 1, thickness=thickness)
    check_bounds(0, 2, contrast=contrast)
    check_bounds(0, ground=ground)
    return Strokes(thickness, contrast, ground)
