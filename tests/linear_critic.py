"""A discriminator whose losses and gradients can be worked out by hand."""

import torch
from torch import Tensor, nn


class Linear(nn.Module):
    """D(x) = w . x, of images (B, 3, 2, 2), with all of w equal."""

    def __init__(self, weight: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((12,), weight))

    def forward(self, images: Tensor) -> Tensor:
        return images.flatten(1) @ self.weight
