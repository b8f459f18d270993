"""Convolutions that a style modulates (Karras et al. 2020, StyleGAN2, section 2.2)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

EPSILON = 1e-8


class Conv2DMod(nn.Module):
    """Convolution, stride 1, same size, whose kernel w is scaled by each image's style s.

    Modulation (eq. 1): w'_ijk = (1 + s_i) w_ijk for input channel i and output channel j; the 1
    is upstream's, so that a style of 0 changes nothing. Demodulation (eq. 3): w'' = w' / sqrt(
    sum over i, k of w'^2 + 1e-8), so that unit-variance input gives unit-variance output.
    Both commute with the convolution, so here they scale what goes in and what comes out.

    Shape: x (B, in, H, W), style (B, in) -> (B, out, H, W).

    Args:
        inputs: channels in.
        outputs: channels out.
        kernel: odd side of the kernel.
        demodulate: False for the conversion to RGB.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, demodulate: bool) -> None:
        super().__init__()
        self.padding, self.demodulate = kernel // 2, demodulate
        self.weight = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel))
        nn.init.kaiming_normal_(self.weight, nonlinearity="leaky_relu")

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        # In float32: next to 1 a bfloat16 style would move in steps of 1/128.
        scale = 1 + style.float()  # (B, in)
        x = F.conv2d(x * scale[:, :, None, None], self.weight, padding=self.padding)
        if self.demodulate:
            x = x * self._inverse_norms(scale)[:, :, None, None]
        return x

    def _inverse_norms(self, scale: Tensor) -> Tensor:
        """1 / norm of each output channel's modulated kernel (B, out), never by a bf16 matmul."""
        squares = self.weight.square().sum((2, 3))  # (out, in)
        return ((scale.square()[:, None] * squares).sum(2) + EPSILON).rsqrt()

    def extra_repr(self) -> str:
        outputs, inputs, kernel, _ = self.weight.shape
        sizes = f"{inputs}→{outputs}, k{kernel} s1 p{self.padding}, no bias"
        return f"{sizes}, demod={self.demodulate}, eps={EPSILON}"
