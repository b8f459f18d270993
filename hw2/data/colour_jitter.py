"""Colour jitter, which report 000 used towards USPS; how strong, and in what order, is not stated.

What is random is torchvision's ``ColorJitter``: one factor a kind and image. Unlike there, the
order is fixed, all images of a batch are jittered at once, and the hue turns in YIQ, not in HSV.
"""

import math

import torch
from torch import Tensor

from hw2.core import processes

LUMA = (0.299, 0.587, 0.114)  # weights of red, green and blue in Y (ITU-R BT.601)
# Scales of the chroma axes V = 0.877 (R - Y) and U = 0.492 (B - Y).
V_SCALE, U_SCALE = 0.877283, 0.492111


def colour_jitter(
    images: Tensor,
    rng: torch.Generator,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
) -> Tensor:
    """Change brightness, contrast, saturation and hue, in this order, of each image by itself.

    After each the values are clamped to [-1, 1]. Strengths of 0 change nothing, to the bit.

    Args:
        images: (B, 3, H, W) in [-1, 1]; black is -1.
        rng: draws the factors, on its own device.
        brightness, contrast, saturation: s, in [0, 1], of a factor uniform in [1 - s, 1 + s].
        hue: h, in [0, 0.5], of a rotation uniform in [-h, h] full circles.

    Returns:
        (B, 3, H, W) in [-1, 1], on the images' device.
    """
    rows = len(images) * processes.count()
    uniform = torch.rand(4, rows, 1, 1, 1, generator=rng, device=rng.device)
    own = processes.own_rows(uniform.transpose(0, 1)).transpose(0, 1)
    signed = (2 * own - 1).to(images.device)  # (4, B, 1, 1, 1) in [-1, 1)
    # Each step is written so that factor 1, or angle 0, adds an exact zero.
    factor = 1 + brightness * signed[0]
    images = (factor * images + (factor - 1)).clamp(-1, 1)  # black stays black
    factor = 1 + contrast * signed[1]
    mean = _luma(images).mean((2, 3), keepdim=True)  # (B, 1, 1, 1)
    images = (factor * images + (1 - factor) * mean).clamp(-1, 1)
    factor = 1 + saturation * signed[2]
    images = (factor * images + (1 - factor) * _luma(images)).clamp(-1, 1)
    angle = 2 * math.pi * hue * signed[3]
    chroma = images - _luma(images)
    turned = (angle.cos() - 1) * chroma + angle.sin() * _quarter_turn(chroma)
    return (images + turned).clamp(-1, 1)


def _luma(images: Tensor) -> Tensor:
    """Y (B, 1, H, W) of images (B, 3, H, W)."""
    red, green, blue = images.split(1, dim=1)
    return LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue


def _quarter_turn(chroma: Tensor) -> Tensor:
    """R - Y, G - Y, B - Y (B, 3, H, W) after 90 degrees in the plane of I and Q, red to yellow.

    That plane is the one of U and V with its axes turned by 33 degrees, so a rotation in one is the
    same rotation in the other; U and V give it without a matrix: (U, V) becomes (-V, U).
    """
    red, _, blue = chroma.split(1, dim=1)
    turned_red = blue * (U_SCALE / V_SCALE)
    turned_blue = -red * (V_SCALE / U_SCALE)
    turned_green = -(LUMA[0] * turned_red + LUMA[2] * turned_blue) / LUMA[1]  # Y stays as it is
    return torch.cat([turned_red, turned_green, turned_blue], dim=1)
