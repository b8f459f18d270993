"""DCGAN (Radford et al. 2016) at 64x64, as reports 000 B and 001 A print it.

No convolution has a bias. The reports' other members of this family differ in widths, in
normalisation and in the discriminator's last layer; those are the arguments of `build`.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from hw2.gan.interface import ImageGenerator, Networks
from hw2.nn.init import dcgan_init


class Generator(ImageGenerator):
    """z (B, latent, 1, 1) -> images (B, 3, 64, 64) in [-1, 1].

    Args:
        latent: size of z, drawn from N(0, 1).
        channels: widths at 4x4, 8x8, 16x16 and 32x32.
    """

    def __init__(self, latent: int, channels: Sequence[int]) -> None:
        super().__init__()
        self.latent = latent
        layers: list[nn.Module] = []
        for index, (before, after) in enumerate(zip([latent, *channels], channels, strict=False)):
            stride, padding = (1, 0) if index == 0 else (2, 1)
            layers += [
                nn.ConvTranspose2d(before, after, 4, stride, padding, bias=False),
                nn.BatchNorm2d(after),
                nn.ReLU(inplace=True),
            ]
        last = nn.ConvTranspose2d(channels[-1], 3, 4, 2, 1, bias=False)
        self.main = nn.Sequential(*layers, last, nn.Tanh())

    def draw_latent(self, count: int, generator: torch.Generator) -> Tensor:
        """z (count, latent, 1, 1) from N(0, 1)."""
        return torch.randn(count, self.latent, 1, 1, generator=generator, device=generator.device)

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        """Images (B, 3, 64, 64); `labels` are ignored."""
        images: Tensor = self.main(latent)
        return images


class Discriminator(nn.Module):
    """Images (B, 3, 64, 64) in [-1, 1] -> probability of being real (B,).

    Args:
        channels: widths at 32x32, 16x16, 8x8 and 4x4; the first has no BatchNorm.
    """

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for index, (before, after) in enumerate(zip([3, *channels], channels, strict=False)):
            layers.append(nn.Conv2d(before, after, 4, 2, 1, bias=False))
            if index > 0:
                layers.append(nn.BatchNorm2d(after))
            layers.append(nn.LeakyReLU(0.2, inplace=True))
        last = nn.Conv2d(channels[-1], 1, 4, 1, 0, bias=False)
        self.main = nn.Sequential(*layers, last, nn.Sigmoid())

    def forward(self, images: Tensor) -> Tensor:
        """Probabilities (B,)."""
        logits = self.main[:-1](images)
        # In bfloat16 the sigmoid is exactly 1 from 6 on, where the loss has no gradient left.
        probabilities: Tensor = self.main[-1](logits.float())
        return probabilities.flatten()


def build(
    latent: int, generator_channels: Sequence[int], discriminator_channels: Sequence[int]
) -> Networks:
    """Both networks with DCGAN's initialisation, drawn from torch's global generator."""
    nets = Networks(Generator(latent, generator_channels), Discriminator(discriminator_channels))
    for network in nets.modules().values():
        dcgan_init(network)
    return nets
