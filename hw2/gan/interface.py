"""What a GAN's networks and losses promise to the loop (`hw2.gan.train`)."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from hw2.core.noise import Streams
from hw2.core.terms import Terms

SCORES = "scores"  # (B,), unbounded
PROBABILITIES = "probabilities"  # (B,), that an image is real
CLASSES = "probabilities with classes"  # (B,), and logits of the labels (B, classes)
STYLES = "styles"


class ImageGenerator(nn.Module):
    """Draws latents and turns them into images, whose values are in the run's `pixel_range`."""

    def draw_latent(self, count: int, rng: torch.Generator) -> Any:
        """`count` latents for training, in the form that `forward` takes, on rng's device.

        They may carry a graph (StyleGAN2's styles do), so that a loss can differentiate by them.
        """
        raise NotImplementedError

    def draw_sample_latent(self, streams: Streams) -> Any:
        """A latent for each stream, on the streams' device, drawn from this stream alone.

        They are those of training unless a network truncates them.
        """
        latents = [self.draw_latent(1, rng) for rng in streams.generators]
        return torch.cat(latents).to(streams.device)

    def draw_labels(self, count: int, rng: torch.Generator) -> Tensor | None:
        """Labels (count,) to ask for in training; None for unconditional generators."""
        return None

    def forward(self, latent: Any, labels: Tensor | None = None) -> Tensor:
        """Images (B, 3, H, W); `labels` (B,) only for conditional generators."""
        raise NotImplementedError

    def parts(self) -> dict[str, nn.Module]:
        """The networks inside, under the letters of the reports: G, and S for a mapping."""
        return {"G": self}


@dataclass
class Networks:
    """The two players; a module ``hw2.gan.nets.<name>`` makes them with ``build(**net_args)``.

    Attributes:
        gives: what a loss may take: `SCORES`, `PROBABILITIES` or `CLASSES` is what the
            discriminator returns, `STYLES` what the generator's latents carry.
    """

    generator: ImageGenerator
    discriminator: nn.Module
    gives: frozenset[str] = frozenset({SCORES})

    def modules(self) -> dict[str, nn.Module]:
        """Both by name, for saving and printing."""
        return {"generator": self.generator, "discriminator": self.discriminator}


@dataclass(frozen=True)
class Samples:
    """A batch of images (B, 3, H, W), real or generated, with values in the run's `pixel_range`.

    Attributes:
        labels: (B,), or None for unconditional models.
        latent: what a generated batch was made from, for losses that regularise the generator.
    """

    images: Tensor
    labels: Tensor | None = None
    latent: Any = None


class Loss:
    """A module ``hw2.gan.losses.<name>`` makes one with ``build(**loss_args)``.

    `step` counts generator steps from 0, for lazy regularisation and schedules. A term that is
    computed only on some steps is left out of the others' Terms.

    Attributes:
        takes: of what `Networks` give, what it needs.
    """

    takes: frozenset[str] = frozenset({SCORES})

    def discriminator_terms(
        self, nets: Networks, real: Samples, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """Terms for the discriminator; `fake` carries no gradient to the generator."""
        raise NotImplementedError

    def generator_terms(
        self, nets: Networks, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """Terms for the generator; `fake` carries its graph, also to `fake.latent`."""
        raise NotImplementedError

    def after_discriminator_step(self, nets: Networks) -> None:
        """A hook after each discriminator step, e.g. weight clipping."""

    def state_dict(self) -> dict[str, Any]:
        """What a resumed training needs to know, e.g. running means."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a saved state."""
