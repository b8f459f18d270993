"""The networks of report 002 B (WGAN-GP) at 64x64.

The generator's print is legible but for the kind of the convolutions' normalisation, which must be
BatchNorm2d. The critic is reconstructed: of its print only the kinds of layers and the widths 64,
128 and 256 are sure; the stage of 512 and the last convolution follow from the pattern. The report
gives no initialisation; DCGAN's is our choice.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from hw2.gan.interface import ImageGenerator, Networks
from hw2.nn.init import dcgan_init


class Generator(ImageGenerator):
    """z (B, latent) -> images (B, 3, 64, 64) in [-1, 1]; nothing in it has a bias.

    Args:
        latent: size of z, drawn from N(0, 1).
        channels: widths at 4x4, 8x8, 16x16 and 32x32.
    """

    def __init__(self, latent: int, channels: Sequence[int]) -> None:
        super().__init__()
        self.latent = latent
        width = channels[0] * 4 * 4
        self.project = nn.Sequential(
            nn.Linear(latent, width, bias=False), nn.BatchNorm1d(width), nn.ReLU()
        )
        stages = [_upsample(*widths) for widths in zip(channels[:-1], channels[1:], strict=True)]
        self.upsample = nn.Sequential(*stages)
        self.to_images = nn.Sequential(_double(channels[-1], 3), nn.Tanh())

    def draw_latent(self, count: int, rng: torch.Generator) -> Tensor:
        """z (count, latent) from N(0, 1)."""
        return torch.randn(count, self.latent, generator=rng, device=rng.device)

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        """Images (B, 3, 64, 64); `labels` are ignored."""
        features = self.project(latent).unflatten(1, (-1, 4, 4))  # (B, 512, 4, 4)
        images: Tensor = self.to_images(self.upsample(features))  # (B, 3, 64, 64)
        return images


class Critic(nn.Module):
    """Images (B, 3, 64, 64) in [-1, 1] -> scores (B,), unbounded: higher is more real.

    InstanceNorm, not BatchNorm: the gradient penalty is one of each image by itself, and BatchNorm
    would make its score depend on the others (Gulrajani et al. 2017, section 4).

    Args:
        channels: widths at 32x32, 16x16, 8x8 and 4x4; the first has no normalisation.
    """

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__()
        stages: list[nn.Module] = [nn.Conv2d(3, channels[0], 4, 2, 1), nn.LeakyReLU(0.2)]
        stages += [_downsample(*widths) for widths in zip(channels[:-1], channels[1:], strict=True)]
        self.main = nn.Sequential(*stages, nn.Conv2d(channels[-1], 1, 4, 1, 0))

    def forward(self, images: Tensor) -> Tensor:
        """Scores (B,), in float32, so that a batch's mean is taken in it."""
        scores: Tensor = self.main(images).float()  # (B, 1, 1, 1)
        return scores.reshape(len(images))  # (B,)


def _double(before: int, after: int) -> nn.ConvTranspose2d:
    """Twice the side."""
    return nn.ConvTranspose2d(before, after, 5, 2, 2, output_padding=1, bias=False)


def _upsample(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(_double(before, after), nn.BatchNorm2d(after), nn.ReLU(inplace=True))


def _downsample(before: int, after: int) -> nn.Sequential:
    norm = nn.InstanceNorm2d(after, affine=True)
    return nn.Sequential(nn.Conv2d(before, after, 4, 2, 1), norm, nn.LeakyReLU(0.2))


def build(
    latent: int, generator_channels: Sequence[int], discriminator_channels: Sequence[int]
) -> Networks:
    """Both networks with DCGAN's initialisation, drawn from torch's global generator."""
    generator, critic = Generator(latent, generator_channels), Critic(discriminator_channels)
    for network in (generator, critic):
        dcgan_init(network)
    return Networks(generator, critic)
