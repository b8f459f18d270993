"""What a GAN's networks and losses promise to the loop (`hw2.gan.train`)."""

from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from hw2.core.terms import Terms


class ImageGenerator(nn.Module):
    """Draws latents and turns them into images."""

    def draw_latent(self, count: int, generator: torch.Generator) -> Any:
        """`count` latents, in the form that `forward` takes, on the generator's device."""
        raise NotImplementedError

    def forward(self, latent: Any, labels: Tensor | None = None) -> Tensor:
        """Images (B, 3, H, W) in [-1, 1]; `labels` (B,) only for conditional generators."""
        raise NotImplementedError


@dataclass
class Networks:
    """The two players; a module ``hw2.gan.nets.<name>`` makes them with ``build(**net_args)``."""

    generator: ImageGenerator
    discriminator: nn.Module

    def modules(self) -> dict[str, nn.Module]:
        """Both by name, for saving and printing."""
        return {"generator": self.generator, "discriminator": self.discriminator}


@dataclass(frozen=True)
class Samples:
    """A batch of images (B, 3, H, W) in [-1, 1], real or generated.

    Attributes:
        labels: (B,), or None for unconditional models.
        latent: what a generated batch was made from, for losses that regularise the generator.
    """

    images: Tensor
    labels: Tensor | None = None
    latent: Any = None


class Loss(Protocol):
    """A module ``hw2.gan.losses.<name>`` makes one with ``build(**loss_args)``.

    `step` counts generator steps from 0, for lazy regularisation and schedules.
    """

    def discriminator_terms(
        self, nets: Networks, real: Samples, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """Terms for the discriminator; `fake` carries no gradient to the generator."""

    def generator_terms(
        self, nets: Networks, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """Terms for the generator; `fake` carries its graph."""

    def after_discriminator_step(self, nets: Networks) -> None:
        """A hook after each discriminator step, e.g. weight clipping."""
