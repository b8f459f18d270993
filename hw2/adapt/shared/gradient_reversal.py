"""Gradient reversal (Ganin et al. 2016, Domain-Adversarial Training of Neural Networks, eq. 16)."""

from typing import Any

import torch
from torch import Tensor


class _Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, features: Tensor, strength: float) -> Tensor:
        ctx.strength = strength
        return features.view_as(features)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return -ctx.strength * gradients[0], None


def reverse_gradient(features: Tensor, strength: float) -> Tensor:
    """The identity forward; backward, the gradient times ``-strength``."""
    result: Tensor = _Reverse.apply(features, strength)
    return result
