"""The low-pass filter beside StyleGAN2's up- and downsampling."""

import torch.nn.functional as F
from torch import Tensor, nn


class Blur(nn.Module):
    """Each channel convolved with [1, 2, 1] x [1, 2, 1] / 16; borders reflect; (B, C, H, W) kept.

    [1, 2, 1] is a box of 2 after a box of 2: two average poolings, which stay in the images' dtype
    where a convolution would go to bfloat16 under autocast. Height and width are at least 2.
    """

    def forward(self, x: Tensor) -> Tensor:
        padded = F.pad(x, (1, 1, 1, 1), mode="reflect")  # (B, C, H + 2, W + 2)
        return F.avg_pool2d(F.avg_pool2d(padded, 2, stride=1), 2, stride=1)  # (B, C, H, W)

    def extra_repr(self) -> str:
        return "kernel=[1, 2, 1], padding=reflect"
