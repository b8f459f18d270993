"""Colours along the lines on which they vary."""

import torch
import torch.nn.functional as F
from torch import Tensor

ITERATIONS = 8  # of the power method; digits' colours mostly lie along one line


def principal_grey(images: Tensor) -> Tensor:
    """Each image's colours along the line on which they vary most: (B, 3, H, W) -> (B, 1, H, W).

    The first principal component of the pixels of one image; a grey image stays as it is. Where
    digit and ground differ in hue alone, luminance would show nothing. Where two colours,
    such as pure red and pure green, are exactly as light, the power method starts at right angles
    to their line, and the image comes out empty; `principal_colours` shows it even so.
    """
    covariance, pixels = _covariance(images)
    with torch.autocast(images.device.type, enabled=False):
        first = _main_line(covariance)
        grey = first.transpose(1, 2) @ pixels / 3**0.5  # (B, 1, H W)
    return grey.unflatten(2, images.shape[2:])


def principal_colours(images: Tensor) -> Tensor:
    """Each image's three principal components, that of most variance first: (B, 3, H, W), kept.

    Of a grey image the second and the third are empty.
    """
    covariance, pixels = _covariance(images)
    with torch.autocast(images.device.type, enabled=False):
        first = _main_line(covariance)
        across = _across(first)  # (B, 3, 2)
        (a, c), (_, b) = (across.transpose(1, 2) @ covariance @ across).permute(1, 2, 0)
        angle = torch.atan2(2 * c, a - b) / 2  # where the variance across the first is greatest
        second = across @ torch.stack([angle.cos(), angle.sin()], 1).unsqueeze(2)
        third = torch.linalg.cross(first, second, dim=1)
        lines = torch.cat([first, second, third], 2)  # (B, 3, 3), each column one
        colours = lines.transpose(1, 2) @ pixels / 3**0.5
    return colours.unflatten(2, images.shape[2:])


@torch.no_grad()
def _covariance(images: Tensor) -> tuple[Tensor, Tensor]:
    """Of the pixels of each image (B, 3, 3), not divided by their number; and they (B, 3, H W)."""
    pixels = images.float().flatten(2)
    centred = pixels - pixels.mean(2, keepdim=True)
    with torch.autocast(images.device.type, enabled=False):  # bfloat16 would turn the lines
        return centred @ centred.transpose(1, 2), pixels


@torch.no_grad()
def _main_line(covariance: Tensor) -> Tensor:
    """Unit vectors (B, 3, 1) near the first eigenvectors, by the power method from equal weights.

    Not `torch.linalg.eigh`, for which a GPU has to wait.
    """
    direction = covariance.new_ones(len(covariance), 3, 1)
    for _ in range(ITERATIONS):
        # What is added keeps an image of one colour from dividing 0 by 0.
        direction = covariance @ direction + 1e-6
        direction = direction / direction.norm(dim=1, keepdim=True)
    return direction


def _across(line: Tensor) -> Tensor:
    """Two unit vectors (B, 3, 2) at right angles to unit vectors (B, 3, 1) and to each other."""
    axes = torch.arange(3, device=line.device)[:, None]
    least = (axes == line.abs().argmin(1, keepdim=True)).float()  # (B, 3, 1), no multiple of it
    one = F.normalize(torch.linalg.cross(line, least, dim=1), dim=1)
    return torch.cat([one, torch.linalg.cross(line, one, dim=1)], 2)
