"""Random numbers of augmentations: one an image, the same however many processes there are."""

import torch
from torch import Tensor

from hw2.core.processes import draw_rows
from hw2.data.values import resize

COARSE = (14, 7, 4)  # sides of the coarser layers of pink noise


def uniform(images: Tensor, rng: torch.Generator, low: float, high: float, *shape: int) -> Tensor:
    """U(low, high) for each image, (B, *shape), on the images' device."""
    return (low + (high - low) * draw_rows(torch.rand, len(images), *shape, rng=rng)).to(
        images.device
    )


def normal(images: Tensor, rng: torch.Generator, *shape: int) -> Tensor:
    """N(0, 1) for each image, (B, *shape), on the images' device."""
    return draw_rows(torch.randn, len(images), *shape, rng=rng).to(images.device)


def pink(images: Tensor, rng: torch.Generator, channels: int) -> Tensor:
    """White noise and the same at coarser and coarser sides, added up: (B, channels, H, W).

    Of mean 0 and a standard deviation of roughly 0.8, at 28 x 28.
    """
    side = images.shape[-1]
    layers = [resize(normal(images, rng, channels, s, s), side) for s in (side, *COARSE)]
    return torch.stack(layers).mean(0) * 2
