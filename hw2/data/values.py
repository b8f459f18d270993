"""Pixels: the only place that knows how stored images and what a network sees correspond."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Pixels:
    """What a network sees of stored uint8 images.

    Attributes:
        size: side in pixels; stored images of another size are resized.
        low, high: the values of black (0) and white (255).
    """

    size: int
    low: float = -1.0
    high: float = 1.0

    def to_model(self, images: Tensor) -> Tensor:
        """uint8 (N, h, w, C) in 0..255 to float32 (N, C, size, size) in [low, high]."""
        values = images.permute(0, 3, 1, 2).float().div(255 / (self.high - self.low)).add(self.low)
        return resize(values, self.size)

    def to_uint8(self, images: Tensor, size: int) -> Tensor:
        """Float (N, C, H, W) to uint8 (N, size, size, C): clamped and rounded, not truncated."""
        scale = 255 / (self.high - self.low)
        pixels = resize(images.float(), size).sub(self.low).mul(scale).round().clamp(0, 255)
        return pixels.to(torch.uint8).permute(0, 2, 3, 1).contiguous()


DIGITS = Pixels(28)


def resize(images: Tensor, size: int) -> Tensor:
    """Float (N, C, H, W) to (N, C, size, size): bilinear with antialiasing, or untouched."""
    if images.shape[-2:] == (size, size):
        return images
    return F.interpolate(images, (size, size), mode="bilinear", antialias=True)
