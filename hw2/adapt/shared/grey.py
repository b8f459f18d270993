"""Colour images made grey, and the same contrast given to all."""

import torch
from torch import Tensor

ITERATIONS = 8  # of the power method; digits' colours mostly lie along one line
FLOOR = 0.02  # next to a standard deviation, so that an empty image does not become pure noise


@torch.no_grad()
def principal_grey(images: Tensor) -> Tensor:
    """Each image's colours along the line on which they vary most: (B, 3, H, W) -> (B, 1, H, W).

    The first principal component of the pixels of one image, by the power method from equal weights
    of red, green and blue; a grey image stays as it is. Where digit and ground
    differ in hue alone, luminance would show nothing.
    """
    pixels = images.float().flatten(2)  # (B, 3, H W)
    centred = pixels - pixels.mean(2, keepdim=True)
    with torch.autocast(images.device.type, enabled=False):  # bfloat16 would turn the line
        covariance = centred @ centred.transpose(1, 2)  # (B, 3, 3)
        direction = covariance.new_ones(len(images), 3, 1)
        for _ in range(ITERATIONS):
            # What is added keeps an image of one colour from dividing 0 by 0.
            direction = covariance @ direction + 1e-6
            direction = direction / direction.norm(dim=1, keepdim=True)
        grey = direction.transpose(1, 2) @ pixels / 3**0.5  # (B, 1, H W)
    return grey.unflatten(2, images.shape[2:])


def standardised(images: Tensor) -> Tensor:
    """Each image (B, C, H, W) minus its mean, over its standard deviation."""
    deviation, mean = torch.std_mean(images.float(), dim=(1, 2, 3), correction=0, keepdim=True)
    return (images - mean) / (deviation + FLOOR)
