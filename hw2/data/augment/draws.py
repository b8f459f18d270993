"""Random numbers of augmentations: one an image, the same however many processes there are."""

import torch
from torch import Tensor

from hw2.core.processes import draw_rows


def uniform(images: Tensor, rng: torch.Generator, low: float, high: float, *shape: int) -> Tensor:
    """U(low, high) for each image, (B, *shape), on the images' device."""
    return (low + (high - low) * draw_rows(torch.rand, len(images), *shape, rng=rng)).to(
        images.device
    )


def normal(images: Tensor, rng: torch.Generator, *shape: int) -> Tensor:
    """N(0, 1) for each image, (B, *shape), on the images' device."""
    return draw_rows(torch.randn, len(images), *shape, rng=rng).to(images.device)
