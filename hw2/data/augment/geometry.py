"""Size, aspect, rotation, shear and place of a digit. Digits are never mirrored."""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from hw2.data.draws import uniform


class Geometry:
    """An affine map of each image about its centre; what comes in from outside is the border's.

    Args:
        zoom: least and largest factor by which the digit grows.
        aspect: s; height over width changes by a factor of up to exp(s) either way.
        rotation: degrees, at most, either way.
        shear: share of the height, at most, by which the top moves against the bottom.
        shift: share of the side, at most, either way and along either axis.

    Raises:
        ValueError: `zoom` is not two factors above 0, the smaller first.
    """

    def __init__(
        self, zoom: Sequence[float], aspect: float, rotation: float, shear: float, shift: float
    ) -> None:
        if len(zoom) != 2 or not 0 < zoom[0] <= zoom[1]:
            raise ValueError(f"zoom takes two factors above 0, the smaller first, not {zoom}")
        self.zoom, self.aspect, self.rotation = zoom, aspect, rotation
        self.shear, self.shift = shear, shift

    def __call__(self, images: Tensor, rng: torch.Generator) -> Tensor:
        """Images (B, C, H, W), kept."""
        low, high = (math.log(factor) for factor in self.zoom)
        zoom = uniform(images, rng, low, high).exp()
        stretch = (uniform(images, rng, -self.aspect, self.aspect) / 2).exp()
        angle = uniform(images, rng, -self.rotation, self.rotation) * (math.pi / 180)
        shear = uniform(images, rng, -self.shear, self.shear)
        shift = uniform(images, rng, -2 * self.shift, 2 * self.shift, 2, 1)  # the grid spans 2
        # From places in the result to places in the image: rotation after shear, over the zoom.
        cos, sin = angle.cos(), angle.sin()
        across = torch.stack([cos, cos * shear - sin], 1) * (stretch / zoom)[:, None]
        down = torch.stack([sin, sin * shear + cos], 1) / (stretch * zoom)[:, None]
        matrix = torch.cat([torch.stack([across, down], 1), shift], 2)  # (B, 2, 3)
        grid = F.affine_grid(matrix, list(images.shape), align_corners=False)
        return F.grid_sample(images, grid, padding_mode="border", align_corners=False)


def build(
    zoom: Sequence[float], aspect: float, rotation: float, shear: float, shift: float
) -> Geometry:
    """The augmentation."""
    return Geometry(zoom, aspect, rotation, shear, shift)
