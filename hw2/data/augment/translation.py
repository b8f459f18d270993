"""Shifts by whole pixels, as in DiffAugment (Zhao et al. 2020, section 3.2)."""

import torch
import torch.nn.functional as F
from torch import Tensor

from hw2.data.bounds import check_bounds
from hw2.data.draws import uniform


class Translation:
    """Each image moves along both axes; zeros, grey, come in at its edges.

    Args:
        share: of the side, at most, either way.
    """

    def __init__(self, share: float) -> None:
        self.share = share

    def __call__(self, images: Tensor, rng: torch.Generator) -> Tensor:
        """Square images (B, C, S, S), kept."""
        side = images.shape[-1]
        most = round(self.share * side)  # pixels
        shift = uniform(images, rng, -most, most + 1, 2, 1).floor()  # (B, 2, 1), in -most..most
        unmoved = torch.eye(2, device=images.device).expand(len(images), 2, 2)
        matrix = torch.cat([unmoved, shift * (2 / side)], 2)  # the grid spans 2
        grid = F.affine_grid(matrix, list(images.shape), align_corners=False)
        return F.grid_sample(images, grid, mode="nearest", align_corners=False)


def build(share: float) -> Translation:
    """The augmentation."""
    check_bounds(0, 1, share=share)
    return Translation(share)
