"""Value ranges: the only place that knows how uint8 pixels and model values correspond."""

import torch
from torch import Tensor


def to_model(images: Tensor) -> Tensor:
    """uint8 (N, H, W, C) in 0..255 to float32 (N, C, H, W) in [-1, 1] (mean and std 0.5)."""
    return images.permute(0, 3, 1, 2).float().div(127.5).sub(1.0)


def to_uint8(images: Tensor) -> Tensor:
    """Float (N, C, H, W) in [-1, 1] to uint8 (N, H, W, C): clamped and rounded, not truncated."""
    pixels = images.float().add(1.0).mul(127.5).round().clamp(0, 255)
    return pixels.to(torch.uint8).permute(0, 2, 3, 1).contiguous()
