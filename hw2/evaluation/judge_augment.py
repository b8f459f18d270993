"""Changes of a real digit under which it stays the same digit, for training a judge.

A generated digit never stands exactly where a real one does, so a judge must not depend on place,
slant, colour or contrast. Which of two tones is the digit does not matter either.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from hw2.core.processes import all_rows, draw_rows, own_rows

ROTATION = 0.26  # radians, 15 degrees; like all figures here the most to either side
SHEAR = 0.2
ZOOM = 0.12
SHIFT = 0.15  # of half the side: 2 pixels of 28
CONTRAST = 0.3
BRIGHTNESS = 0.3  # of each colour, where images span [-1, 1]
BLEND = 0.3  # most share of another image


def augment(images: Tensor, generator: torch.Generator) -> Tensor:
    """Change each of (B, 3, H, W) images in [-1, 1] at random; the result may leave the range."""
    moved = _move(images, generator)
    contrast = 1 + CONTRAST * _symmetric(generator, len(images), 1, 1, 1)
    toned = moved * contrast + BRIGHTNESS * _symmetric(generator, len(images), 3, 1, 1)
    signed = toned * _symmetric(generator, len(images), 1, 1, 1).sign()
    # A faint mirrored neighbour stands for a background with structure of its own.
    share = BLEND / 2 * (1 + _symmetric(generator, len(images), 1, 1, 1))
    others = own_rows(all_rows(signed).flip(0, 3))  # the same for any number of processes
    return torch.lerp(signed, others, share)


def _move(images: Tensor, generator: torch.Generator) -> Tensor:
    """Rotate, shear, zoom and shift; what comes in from outside is the mirrored image."""
    angle, shear, zoom, right, down = (
        _symmetric(generator, len(images)) * most for most in (ROTATION, SHEAR, ZOOM, SHIFT, SHIFT)
    )
    cosine, sine = (1 + zoom) * angle.cos(), (1 + zoom) * angle.sin()
    rows = [torch.stack([cosine, shear - sine, right], 1), torch.stack([sine, cosine, down], 1)]
    grid = F.affine_grid(torch.stack(rows, 1), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="reflection", align_corners=False)


def _symmetric(generator: torch.Generator, *shape: int) -> Tensor:
    """Uniform in [-1, 1), on the generator's device; a row for each image of this process."""
    return 2 * draw_rows(torch.rand, *shape, rng=generator) - 1
