"""Gradients of a discriminator's scores by its images, for losses that penalise them."""

import torch
from torch import Tensor, nn

from hw2.nn.full_precision import full_precision


def input_gradients(discriminator: nn.Module, images: Tensor) -> Tensor:
    """The gradient of each image's score by that image, in float32.

    It can be differentiated by the discriminator's weights.

    Args:
        discriminator: (B, C, H, W) -> scores (B,).
        images: (B, C, H, W); no gradient flows back to them.

    Returns:
        (B, C, H, W).
    """
    images = images.detach().float().requires_grad_()
    with full_precision(discriminator, images.device) as network:
        scores = network(images)
        (gradients,) = torch.autograd.grad(scores.sum(), images, create_graph=True)
    return gradients


def squared_gradient_norms(discriminator: nn.Module, images: Tensor) -> Tensor:
    """|gradient of D by an image|^2 (B,), as in R1 (Mescheder et al. 2018, eq. 9)."""
    squares: Tensor = input_gradients(discriminator, images).square().sum((1, 2, 3))
    return squares
