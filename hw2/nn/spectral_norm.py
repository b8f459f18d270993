"""Spectral normalisation (Miyato et al. 2018, equation 8 and algorithm 1).

`torch.nn.utils.parametrizations.spectral_norm` with dim=0 does the same in float32; under autocast
a GPU takes its matrix products, and their gradients, in bfloat16.
"""

from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrize import register_parametrization

WARM_UP_STEPS = 15

ConvT = TypeVar("ConvT", nn.Conv2d, nn.ConvTranspose2d)


class SpectralNorm(nn.Module):
    """W -> W / sigma, where sigma = u^T W v estimates the largest singular value of W.

    W is seen as a matrix (first dimension, all others): (out, in k k) for a convolution and
    (in, out k k) for a transposed one. Every forward pass in training mode takes one power step.
    The cited implementation takes one in evaluation mode too; here an image must not depend on
    how many were drawn before it. It also starts from random u and v; here they are warmed up,
    so that the first passes, and those of an untrained network, are normalised as well.

    Args:
        weight: the weight to be normalised, at least two-dimensional; read for the warm-up only.
    """

    u: Tensor
    v: Tensor

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        matrix = weight.detach().flatten(1)
        self.register_buffer("u", F.normalize(torch.randn_like(matrix[:, 0]), dim=0))
        self.register_buffer("v", torch.zeros_like(matrix[0]))
        for _ in range(WARM_UP_STEPS):
            self._power_step(matrix)

    def forward(self, weight: Tensor) -> Tensor:
        """The normalised weight, in float32 and in the shape of `weight`."""
        # Autocast would round u, v and W.
        with torch.autocast(weight.device.type, enabled=False):
            matrix = weight.flatten(1)
            if self.training:
                self._power_step(matrix)
            # Copies, because a second forward pass before the backward pass overwrites both.
            u, v = self.u.clone(), self.v.clone()
            return weight / torch.dot(u, matrix @ v)

    @torch.no_grad()
    def _power_step(self, matrix: Tensor) -> None:
        self.v.copy_(F.normalize(matrix.T @ self.u, dim=0))
        self.u.copy_(F.normalize(matrix @ self.v, dim=0))


def spectral_norm(layer: ConvT) -> ConvT:
    """The same layer, its weight normalised from now on; torch's global generator draws u."""
    register_parametrization(layer, "weight", SpectralNorm(layer.weight))
    return layer
