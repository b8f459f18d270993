"""DCGAN (Radford et al. 2016) at 64x64, as reports 000, 001 A and 004 print it.

One module covers the family; no convolution has a bias. The arguments of `build` by report:

==========  =========================  ==========  ========================  ===========
report      generator_channels         batch_norm  discriminator_activation  probability
==========  =========================  ==========  ========================  ===========
000 A       [512, 256, 128, 64]        false       relu                      true
000 B       [512, 256, 128, 64]        true        leaky_relu                true
001 A       [512, 256, 128, 64]        true        leaky_relu                true
002 A       [512, 256, 128, 64]        true        leaky_relu                true
004 A       [1024, 512, 256, 128]      true        leaky_relu                true
004 B       [1024, 512, 256, 128]      true        leaky_relu                false
==========  =========================  ==========  ========================  ===========

latent is 100 and discriminator_channels [64, 128, 256, 512] in all of them. 002 A is a guess: its
print is lost in the scan, and 004's wider generator is the other candidate.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.gan.interface import PROBABILITIES, SCORES, ImageGenerator, Networks
from hw2.nn.init import dcgan_init


class Generator(ImageGenerator):
    """z (B, latent, 1, 1) -> images (B, 3, 64, 64) in [-1, 1].

    Args:
        latent: size of z, drawn from N(0, 1).
        channels: widths at 4x4, 8x8, 16x16 and 32x32.
        batch_norm: whether BatchNorm follows every convolution but the last.
    """

    def __init__(self, latent: int, channels: Sequence[int], batch_norm: bool) -> None:
        super().__init__()
        self.latent = latent
        layers: list[nn.Module] = []
        for index, (before, after) in enumerate(zip([latent, *channels], channels, strict=False)):
            stride, padding = (1, 0) if index == 0 else (2, 1)
            layers.append(nn.ConvTranspose2d(before, after, 4, stride, padding, bias=False))
            if batch_norm:
                layers.append(nn.BatchNorm2d(after))
            layers.append(nn.ReLU(inplace=True))
        last = nn.ConvTranspose2d(channels[-1], 3, 4, 2, 1, bias=False)
        self.main = nn.Sequential(*layers, last, nn.Tanh())

    def draw_latent(self, count: int, rng: torch.Generator) -> Tensor:
        """z (count, latent, 1, 1) from N(0, 1)."""
        return torch.randn(count, self.latent, 1, 1, generator=rng, device=rng.device)

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        """Images (B, 3, 64, 64); `labels` are ignored."""
        images: Tensor = self.main(latent)
        return images


class Discriminator(nn.Module):
    """Images (B, 3, 64, 64) in [-1, 1] -> probabilities of being real, or scores (B,).

    Args:
        channels: widths at 32x32, 16x16, 8x8 and 4x4.
        batch_norm: whether BatchNorm follows every convolution but the first and the last.
        activation: ``relu`` or ``leaky_relu`` (slope 0.2).
        probability: whether it ends in a sigmoid; a critic has none, and its scores are unbounded.

    Raises:
        UserError: the activation is neither of the two.
    """

    def __init__(
        self, channels: Sequence[int], batch_norm: bool, activation: str, probability: bool
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for index, (before, after) in enumerate(zip([3, *channels], channels, strict=False)):
            layers.append(nn.Conv2d(before, after, 4, 2, 1, bias=False))
            if batch_norm and index > 0:
                layers.append(nn.BatchNorm2d(after))
            layers.append(_activation(activation))
        self.main = nn.Sequential(*layers, nn.Conv2d(channels[-1], 1, 4, 1, 0, bias=False))
        self.sigmoid = nn.Sigmoid() if probability else None

    def forward(self, images: Tensor) -> Tensor:
        """Probabilities or scores (B,), in float32."""
        # In bfloat16 the sigmoid is exactly 1 from 6 on, where the loss has no gradient left.
        scores: Tensor = self.main(images).float()  # (B, 1, 1, 1)
        if self.sigmoid is not None:
            scores = self.sigmoid(scores)
        return scores.reshape(len(images))  # (B,)


def _activation(name: str) -> nn.Module:
    if name == "relu":
        return nn.ReLU(inplace=True)
    if name == "leaky_relu":
        return nn.LeakyReLU(0.2, inplace=True)
    raise UserError(
        f"net_args.discriminator_activation is '{name}'; write 'relu' or 'leaky_relu' there"
    )


def build(
    latent: int,
    generator_channels: Sequence[int],
    discriminator_channels: Sequence[int],
    batch_norm: bool,
    discriminator_activation: str,
    probability: bool,
) -> Networks:
    """Both networks with DCGAN's initialisation, drawn from torch's global generator."""
    generator = Generator(latent, generator_channels, batch_norm)
    discriminator = Discriminator(
        discriminator_channels, batch_norm, discriminator_activation, probability
    )
    for network in (generator, discriminator):
        dcgan_init(network)
    gives = frozenset({PROBABILITIES if probability else SCORES})
    return Networks(generator, discriminator, gives)
