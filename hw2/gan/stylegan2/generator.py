"""The generator of StyleGAN2 (Karras et al. 2020) as report 003 has it: the mapping S, synthesis G.

"Upstream" is the code family that the report cites.
"""

from collections.abc import Sequence
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hw2.gan.stylegan2.blur import Blur
from hw2.gan.stylegan2.equal_linear import EqualLinear
from hw2.gan.stylegan2.linear_attention import AttentionBlock
from hw2.gan.stylegan2.modulated_conv import Conv2DMod

MAX_CHANNELS = 512
SLOPE = 0.2


class MappingNetwork(nn.Module):
    """z (B, latent) -> style (B, latent); z is scaled to length 1 first.

    Reconstructed: report 003 does not print it; depth and multiplier are upstream's.
    """

    def __init__(self, latent: int, depth: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for _ in range(depth):
            layers += [EqualLinear(latent, latent, lr_mul=0.1), nn.LeakyReLU(SLOPE, inplace=True)]
        self.net = nn.Sequential(*layers)

    def forward(self, z: Tensor) -> Tensor:
        style: Tensor = self.net(F.normalize(z, dim=1))
        return style


class StyleBlock(nn.Module):
    """One resolution: two modulated convolutions with noise, then its share of the image.

    Shape: x (B, in, H, W), rgb (B, 3, H', W') or None, style (B, latent), noise (B, S, S, 1) with
    S >= H' -> x (B, out, H', W'), rgb (B, 3, H'', W''). H' = 2H with `upsample`, else H;
    H'' = 2H' with `upsample_rgb`, else H'.

    Args:
        latent: size of a style.
        inputs: channels in.
        outputs: channels out.
        upsample: x is doubled before the convolutions (not in the first block).
        upsample_rgb: the image is doubled after them (not in the last block).
        attention: what runs on x before all else, if anything.
    """

    def __init__(
        self,
        latent: int,
        inputs: int,
        outputs: int,
        upsample: bool,
        upsample_rgb: bool,
        attention: AttentionBlock | None,
    ) -> None:
        super().__init__()
        self.attention = attention
        self.upsample = _double() if upsample else None
        self.to_style1 = nn.Linear(latent, inputs)
        self.to_noise1 = nn.Linear(1, outputs)
        self.conv1 = Conv2DMod(inputs, outputs, 3, demodulate=True)
        self.to_style2 = nn.Linear(latent, outputs)
        self.to_noise2 = nn.Linear(1, outputs)
        self.conv2 = Conv2DMod(outputs, outputs, 3, demodulate=True)
        self.activation = nn.LeakyReLU(SLOPE, inplace=True)
        self.to_rgb = ToRgb(latent, outputs, upsample_rgb)

    def forward(
        self, x: Tensor, rgb: Tensor | None, style: Tensor, noise: Tensor
    ) -> tuple[Tensor, Tensor]:
        if self.attention is not None:
            x = self.attention(x)
        if self.upsample is not None:
            x = self.upsample(x)  # (B, in, H', W')
        corner = noise[:, : x.shape[2], : x.shape[3]]  # (B, H', W', 1), the same in both layers
        # Upstream comes back from channels last with H and W swapped.
        noise1 = self.to_noise1(corner).permute(0, 3, 2, 1)  # (B, out, W', H')
        noise2 = self.to_noise2(corner).permute(0, 3, 2, 1)
        x = self.activation(self.conv1(x, self.to_style1(style)) + noise1)  # (B, out, H', W')
        x = self.activation(self.conv2(x, self.to_style2(style)) + noise2)
        return x, self.to_rgb(x, rgb, style)


class ToRgb(nn.Module):
    """Adds the features' colours to the image so far; `upsample` doubles and blurs the sum.

    Shape: x (B, C, H, W), rgb (B, 3, H, W) or None, style (B, latent) -> (B, 3, H'', W''), where
    H'' is 2H with `upsample`, else H.
    """

    def __init__(self, latent: int, channels: int, upsample: bool) -> None:
        super().__init__()
        self.to_style = nn.Linear(latent, channels)
        self.conv = Conv2DMod(channels, 3, 1, demodulate=False)
        self.upsample = nn.Sequential(_double(), Blur()) if upsample else None

    def forward(self, x: Tensor, rgb: Tensor | None, style: Tensor) -> Tensor:
        # float32: the image is a sum over resolutions, and bfloat16 has only a pixel's 8 bits.
        image: Tensor = self.conv(x, self.to_style(style)).float()  # (B, 3, H, W)
        if rgb is not None:
            image = image + rgb
        return image if self.upsample is None else self.upsample(image)  # (B, 3, H'', W'')


class SynthesisNetwork(nn.Module):
    """Styles (B, L, latent) and noise (B, S, S, 1) -> images (B, 3, S, S) without a bound.

    With capacity 16 the blocks at 4, 8, 16, 32 and 64 are 512, 256, 128, 64 and 32 wide.

    Args:
        resolutions: L, how many sides there are from 4 to S, doubling.
        capacity: half the width of the last block; each earlier one is twice as wide, up to 512.
        latent: size of a style.
        attention_layers: k adds attention before the block that is k-th from the end.
    """

    def __init__(
        self, resolutions: int, capacity: int, latent: int, attention_layers: Sequence[int]
    ) -> None:
        super().__init__()
        widths = [min(capacity * 2**power, MAX_CHANNELS) for power in range(resolutions, 0, -1)]
        self.initial_block = nn.Parameter(torch.randn(1, widths[0], 4, 4))
        self.initial_conv = nn.Conv2d(widths[0], widths[0], 3, padding=1)
        self.blocks = nn.ModuleList()
        for index, (before, after) in enumerate(zip([widths[0], *widths], widths, strict=False)):
            layer = resolutions - index
            attention = AttentionBlock(before) if layer in attention_layers else None
            first, last = index == 0, layer == 1
            self.blocks.append(StyleBlock(latent, before, after, not first, not last, attention))

    def forward(self, styles: Tensor, noise: Tensor) -> Tensor:
        x = self.initial_conv(self.initial_block).expand(len(styles), -1, -1, -1)  # (B, C, 4, 4)
        image = None
        for block, style in zip(self.blocks, styles.unbind(1), strict=True):
            x, image = block(x, image, style, noise)
        return cast(Tensor, image)


def _double() -> nn.Upsample:
    return nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
