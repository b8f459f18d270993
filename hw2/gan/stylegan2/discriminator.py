"""The discriminator of StyleGAN2 (Karras et al. 2020) as report 003 prints it."""

import math
from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from hw2.gan.stylegan2.blur import Blur
from hw2.gan.stylegan2.linear_attention import AttentionBlock

MAX_CHANNELS = 512
SLOPE = 0.2


class Conv2d(nn.Conv2d):
    """A 1x1 convolution whose stride leaves pixels out before, not while it multiplies.

    On a CPU the backward pass of torch's own writes past its buffers in channels-last memory (torch
    2.13 with oneDNN 3.12), and sooner or later the process dies of it.

    Shape: (B, in, H, W) -> (B, out, H', W'), as `nn.Conv2d`.
    """

    def forward(self, input: Tensor) -> Tensor:
        down, across = self.stride
        return F.conv2d(input[:, :, ::down, ::across], self.weight, self.bias)


class DiscriminatorBlock(nn.Module):
    """(convolutions(x) + 1x1(x)) / sqrt(2), then attention, if any.

    Shape: (B, in, H, W) -> (B, out, H', W'), where H' is H / 2 with `downsample`, else H.
    """

    def __init__(
        self, inputs: int, outputs: int, downsample: bool, attention: AttentionBlock | None
    ) -> None:
        super().__init__()
        self.conv_res = Conv2d(inputs, outputs, 1, stride=2 if downsample else 1)
        layers: list[nn.Module] = [
            nn.Conv2d(inputs, outputs, 3, padding=1),
            nn.LeakyReLU(SLOPE, inplace=True),
            nn.Conv2d(outputs, outputs, 3, padding=1),
            nn.LeakyReLU(SLOPE, inplace=True),
        ]
        if downsample:
            layers += [Blur(), nn.Conv2d(outputs, outputs, 3, stride=2, padding=1)]
        self.net = nn.Sequential(*layers)
        self.attention = attention

    def forward(self, x: Tensor) -> Tensor:
        shortcut = self.conv_res(x)  # (B, out, H', W')
        x = (self.net(x) + shortcut) / math.sqrt(2)
        return x if self.attention is None else self.attention(x)


class Discriminator(nn.Module):
    """Images (B, 3, S, S) in [0, 1] -> scores (B,), high for real ones.

    With capacity 16 the blocks from 64 down to 2 are 64, 128, 256, 512, 512 and 512 wide.

    Args:
        resolutions: how many sides there are from 4 to S, doubling; one block more, down to 2.
        capacity: a quarter of the first block's width; each later one is twice as wide, up to 512.
        attention_layers: k adds attention after the k-th block.
    """

    def __init__(self, resolutions: int, capacity: int, attention_layers: Sequence[int]) -> None:
        super().__init__()
        widths = [min(4 * capacity * 2**power, MAX_CHANNELS) for power in range(resolutions + 1)]
        self.blocks = nn.Sequential()
        for index, (before, after) in enumerate(zip([3, *widths], widths, strict=False)):
            attention = AttentionBlock(after) if index + 1 in attention_layers else None
            self.blocks.append(DiscriminatorBlock(before, after, index < resolutions, attention))
        self.final_conv = nn.Conv2d(widths[-1], widths[-1], 3, padding=1)
        self.flatten = nn.Flatten()
        self.to_logit = nn.Linear(2 * 2 * widths[-1], 1)

    def forward(self, images: Tensor) -> Tensor:
        x = self.flatten(self.final_conv(self.blocks(images)))  # (B, 4 * C)
        scores: Tensor = self.to_logit(x).float()  # a loss takes their mean, not one for bfloat16
        return scores.squeeze(1)
