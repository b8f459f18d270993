"""Digits filled with the negative of the ground they stand on, as MNIST-M's were made."""

import torch
from torch import Tensor

from hw2.data.bounds import check_bounds
from hw2.data.draws import pink, uniform
from hw2.data.values import standardised


class Texture:
    """Digit and ground are told apart by lightness, and drawn anew: one is the other's negative.

    Ganin et al. 2016, section 5.2.4, take the absolute difference of a digit and a photograph's
    patch, which is just that; here pink noise stands for photographs.

    Args:
        probability: of an image to be drawn anew; the others stay.
        softness: of the edge of the digit, in standard deviations of the image.
        variation: the largest factor of the pink noise in the ground's lightness, of the range from
            -1 to 1 (its standard deviation is 0.8 of that); each image has its own, uniform from 0,
            and its own mean colour.
    """

    def __init__(self, probability: float, softness: float, variation: float) -> None:
        self.probability, self.softness, self.variation = probability, softness, variation

    def __call__(self, images: Tensor, rng: torch.Generator) -> Tensor:
        """Images (B, 3, H, W) in [-1, 1], kept."""
        digit = torch.sigmoid(standardised(images.mean(1, keepdim=True)) / self.softness)
        channels = images.shape[1]
        ground = uniform(images, rng, -1, 1, channels, 1, 1)
        amount = uniform(images, rng, 0, self.variation, 1, 1, 1)
        varied = pink(images, rng, 1) + pink(images, rng, channels) / 3  # in lightness, and in hue
        ground = ground + amount * varied
        drawn = ground.clamp(-1, 1) * (1 - 2 * digit)
        return torch.where(uniform(images, rng, 0, 1, 1, 1, 1) < self.probability, drawn, images)


def build(probability: float, softness: float, variation: float) -> Texture:
    """The augmentation."""
    check_bounds(0, 1, probability=probability)
    return Texture(probability, softness, variation)
