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
        low, high: the values of black (0) and white (255), of all channels or of each of three.
    """

    size: int
    low: float | tuple[float, ...] = -1.0
    high: float | tuple[float, ...] = 1.0

    def to_model(self, images: Tensor) -> Tensor:
        """uint8 (N, h, w, C) in 0..255 to float32 (N, C, size, size) in [low, high]."""
        low, scale = self._low_and_scale(images.device)
        return resize(images.permute(0, 3, 1, 2).float().div(scale).add(low), self.size)

    def to_uint8(self, images: Tensor, size: int) -> Tensor:
        """Float (N, C, H, W) to uint8 (N, size, size, C): clamped and rounded, not truncated."""
        low, scale = self._low_and_scale(images.device)
        pixels = resize(images.float(), size).sub(low).mul(scale).round().clamp(0, 255)
        return pixels.to(torch.uint8).permute(0, 2, 3, 1).contiguous()

    def _low_and_scale(self, device: torch.device) -> tuple[float | Tensor, float | Tensor]:
        """`low`, and stored levels a unit; each (C, 1, 1) where channels differ."""
        if isinstance(self.low, tuple) and isinstance(self.high, tuple):
            scales = [255 / (high - low) for low, high in zip(self.low, self.high, strict=True)]
            low, scale = torch.tensor([self.low, scales], device=device).view(2, -1, 1, 1)
            return low, scale
        if isinstance(self.low, tuple) or isinstance(self.high, tuple):
            raise ValueError("low and high must be of all channels, or both of each")
        return self.low, 255 / (self.high - self.low)


DIGITS = Pixels(28)
FLOOR = 0.02  # next to a standard deviation, so that an empty image does not become pure noise


def standardised(images: Tensor) -> Tensor:
    """Each channel of float images (B, C, H, W) minus its mean, over its standard deviation."""
    deviation, mean = torch.std_mean(images.float(), dim=(2, 3), correction=0, keepdim=True)
    return (images - mean) / (deviation + FLOOR)


def resize(images: Tensor, size: int) -> Tensor:
    """Float (N, C, H, W) to (N, C, size, size): bilinear with antialiasing, or untouched."""
    if images.shape[-2:] == (size, size):
        return images
    return F.interpolate(images, (size, size), mode="bilinear", antialias=True)
