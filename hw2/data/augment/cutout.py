"""A square hole, as in DiffAugment (Zhao et al. 2020, section 3.2; DeVries & Taylor 2017)."""

import torch
from torch import Tensor

from hw2.data.bounds import check_bounds
from hw2.data.draws import uniform


class Cutout:
    """A square of each image becomes zero, grey; near an edge a part of it lies outside.

    Args:
        share: side of the square, as a share of the image's.
    """

    def __init__(self, share: float) -> None:
        self.share = share

    def __call__(self, images: Tensor, rng: torch.Generator) -> Tensor:
        """Square images (B, C, S, S), kept."""
        side = images.shape[-1]
        centre = uniform(images, rng, 0, side, 2, 1)  # (B, 2, 1), in pixels
        places = torch.arange(side, device=images.device) + 0.5
        inside = (places - centre).abs() < self.share * side / 2  # (B, 2, S)
        hole = inside[:, 0, :, None] & inside[:, 1, None, :]
        return images.masked_fill(hole[:, None], 0.0)


def build(share: float) -> Cutout:
    """The augmentation."""
    check_bounds(0, 1, share=share)
    return Cutout(share)
