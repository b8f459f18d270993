"""A residual GAN of no report, without normalisation over the batch: no image depends on others.

Blocks as in Gulrajani et al. 2017 and Mescheder et al. 2018, whose R1 penalty it is meant for: two
3x3 convolutions before which features are doubled in side (G), or behind which they are halved (D),
beside a 1x1 shortcut. Their sum is divided by the root of 2 (Karras et al. 2020, section 4.1), so
that its variance does not grow with the depth. In the generator features are normalised at each
pixel (Karras et al. 2018, section 4.2), then scaled and shifted by the latent (self-modulation,
Chen et al. 2019), before every convolution. An average of its weights so needs no statistics of its
own. Weights begin as in He et al. 2015.
"""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.core.noise import Streams
from hw2.gan.interface import ImageGenerator, Networks

SLOPE = 0.2  # of leaky ReLUs
EPSILON = 1e-8
MODULATION = 0.5  # deviation of an untrained network's scales and shifts
SMALLEST = 4  # side of the features where the generator begins and the discriminator ends


class Modulated(nn.Module):
    """leaky ReLU of (1 + scale(z)) x / rms(x) + shift(z), rms over the channels of a pixel."""

    def __init__(self, latent: int, channels: int) -> None:
        super().__init__()
        self.scale_and_shift = nn.Linear(latent, 2 * channels)

    def forward(self, features: Tensor, latent: Tensor) -> Tensor:
        """Features (B, C, H, W), kept, and z (B, latent)."""
        scale, shift = self.scale_and_shift(latent)[:, :, None, None].chunk(2, 1)
        inverse = (features.square().mean(1, keepdim=True) + EPSILON).rsqrt()  # (B, 1, H, W)
        return F.leaky_relu((1 + scale) * (features * inverse) + shift, SLOPE)


class Up(nn.Module):
    """Features (B, before, H, W) and z -> (B, after, 2H, 2W)."""

    def __init__(self, latent: int, before: int, after: int) -> None:
        super().__init__()
        self.modulated1, self.modulated2 = Modulated(latent, before), Modulated(latent, after)
        self.conv1 = nn.Conv2d(before, after, 3, padding=1)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1)
        self.shortcut = nn.Conv2d(before, after, 1, bias=False)

    def forward(self, features: Tensor, latent: Tensor) -> Tensor:
        branch = self.conv1(_doubled(self.modulated1(features, latent)))
        branch = self.conv2(self.modulated2(branch, latent))
        return (_doubled(self.shortcut(features)) + branch) / math.sqrt(2)


class Down(nn.Module):
    """Features (B, before, H, W) -> (B, after, H / 2, W / 2)."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, before, 3, padding=1)
        self.conv2 = nn.Conv2d(before, after, 3, padding=1)
        self.shortcut = nn.Conv2d(before, after, 1, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        branch = self.conv1(F.leaky_relu(features, SLOPE))
        branch = F.avg_pool2d(self.conv2(F.leaky_relu(branch, SLOPE)), 2)
        return (self.shortcut(F.avg_pool2d(features, 2)) + branch) / math.sqrt(2)


class Generator(ImageGenerator):
    """z (B, latent) -> images (B, 3, S, S) in [-1, 1].

    Args:
        latent: size of z, drawn from N(0, 1).
        channels: widths at 4x4, 8x8, .., S x S.
        truncation: psi; samples are made from psi z. z enters by linear layers alone, whose values
            psi brings nearer to their means, as in w of StyleGAN (Karras et al. 2019, appendix B).
            1 leaves samples as they are; 0 makes all of them the image of z = 0. At 4x4 the mean
            is a learned constant, without which pixel norm would undo psi.
    """

    def __init__(self, latent: int, channels: Sequence[int], truncation: float) -> None:
        super().__init__()
        self.latent, self.truncation = latent, truncation
        self.project = nn.Linear(latent, channels[0] * SMALLEST**2)
        pairs = zip(channels[:-1], channels[1:], strict=True)
        self.blocks = nn.ModuleList([Up(latent, *pair) for pair in pairs])
        self.modulated = Modulated(latent, channels[-1])
        self.to_images = nn.Conv2d(channels[-1], 3, 3, padding=1)

    def draw_latent(self, count: int, rng: torch.Generator) -> Tensor:
        """z (count, latent) from N(0, 1)."""
        return torch.randn(count, self.latent, generator=rng, device=rng.device)

    def draw_sample_latent(self, streams: Streams) -> Tensor:
        """psi z, z as in training."""
        return self.truncation * streams.normal(self.latent)

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        """Images (B, 3, S, S); `labels` are ignored."""
        features = self.project(latent).unflatten(1, (-1, SMALLEST, SMALLEST))  # (B, C, 4, 4)
        features = features.contiguous(memory_format=torch.channels_last)
        for block in self.blocks:
            features = block(features, latent)
        return self.to_images(self.modulated(features, latent)).tanh()


class Discriminator(nn.Module):
    """Images (B, 3, S, S) in [-1, 1] -> scores (B,), unbounded: higher is more real.

    Args:
        channels: widths at S x S, .., 8x8, 4x4.
    """

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__()
        self.from_images = nn.Conv2d(3, channels[0], 3, padding=1)
        pairs = zip(channels[:-1], channels[1:], strict=True)
        self.blocks = nn.Sequential(*[Down(*pair) for pair in pairs])
        self.score = nn.Linear(channels[-1] * SMALLEST**2, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Scores (B,), in float32, so that the loss is taken in it."""
        features = self.blocks(self.from_images(images))  # (B, C, 4, 4)
        scores: Tensor = self.score(F.leaky_relu(features, SLOPE).flatten(1)).float()  # (B, 1)
        return scores.squeeze(1)


def _doubled(features: Tensor) -> Tensor:
    """Twice the side, bilinearly (Karras et al. 2019): repeated pixels would show as blocks."""
    return F.interpolate(features, scale_factor=2.0, mode="bilinear")


def build(
    latent: int,
    generator_channels: Sequence[int],
    discriminator_channels: Sequence[int],
    truncation: float,
) -> Networks:
    """Both players, initialised from torch's global generator.

    Args:
        generator_channels: widths at 4x4, 8x8, .., S x S, S the side of the images.
        discriminator_channels: as many, at S x S, .., 4x4.

    Raises:
        UserError: the truncation is negative.
    """
    if truncation < 0:
        raise UserError(f"net_args.truncation is {truncation}; it must be 0 or more, 1 for none")
    generator = Generator(latent, generator_channels, truncation)
    discriminator = Discriminator(discriminator_channels)
    _initialise(generator)
    _initialise(discriminator)
    return Networks(generator, discriminator)


def _initialise(network: nn.Module) -> None:
    """Weights as in He et al. 2015, biases 0; but scales and shifts begin small."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, a=SLOPE, nonlinearity="leaky_relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    for module in network.modules():
        if isinstance(module, Modulated):
            weight = module.scale_and_shift.weight
            nn.init.normal_(weight, std=MODULATION / math.sqrt(weight.shape[1]))
        elif isinstance(module, Generator):  # the constant and what z adds begin equally large
            nn.init.normal_(module.project.weight, std=1 / math.sqrt(module.latent))
            nn.init.normal_(module.project.bias)
