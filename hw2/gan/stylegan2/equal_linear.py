"""Linear layers that learn slowly (Karras et al. 2019, StyleGAN, appendix C)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class EqualLinear(nn.Module):
    """y = x (m W)^T + m b with W from N(0, 1) and b = 0: Adam moves y by m times its usual step.

    As upstream has it: without the 1 / sqrt(in) of an equalised learning rate.

    Shape: (B, in) -> (B, out).

    Args:
        inputs: features in.
        outputs: features out.
        lr_mul: the multiplier m of weight and bias.
    """

    def __init__(self, inputs: int, outputs: int, lr_mul: float) -> None:
        super().__init__()
        self.lr_mul = lr_mul
        self.weight = nn.Parameter(torch.randn(outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight * self.lr_mul, self.bias * self.lr_mul)

    def extra_repr(self) -> str:
        outputs, inputs = self.weight.shape
        return f"{inputs}→{outputs}, bias, lr_mul={self.lr_mul}"
