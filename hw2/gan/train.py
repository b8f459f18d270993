"""The one training loop of every GAN. It holds no formula: those are in `hw2.gan.losses`."""

from dataclasses import dataclass

import torch
from lightning_fabric import Fabric
from torch import Tensor

from hw2.core.processes import own_rows
from hw2.core.training import Training
from hw2.data.batches import Augment, Batches
from hw2.gan.interface import Loss, Networks, Samples
from hw2.nn.ema import Ema
from hw2.nn.freeze import frozen


@dataclass(frozen=True)
class Rhythm:
    """How the players' steps follow each other; see `hw2.gan.params.GanModel`."""

    batch: int
    accumulate: int
    d_steps: int
    reuse_fake: bool


class Game:
    """Both players, and what each of their steps needs.

    Args:
        nets: both networks, set up by Fabric.
        optimizers: ``generator`` and ``discriminator``.
        rng: generator of the latents, and of whatever the loss draws.
        augment: what is done to each batch of fakes, with a gradient; the batches do it to real
            images.
    """

    def __init__(
        self,
        nets: Networks,
        loss: Loss,
        optimizers: dict[str, torch.optim.Optimizer],
        rhythm: Rhythm,
        fabric: Fabric,
        rng: torch.Generator,
        augment: Augment,
    ) -> None:
        self.nets, self.loss, self.optimizers = nets, loss, optimizers
        self.rhythm, self.fabric, self.rng, self.augment = rhythm, fabric, rng, augment

    def discriminator_step(self, batches: Batches, step: int) -> tuple[Samples, dict[str, Tensor]]:
        """One step of D; returns its last fakes and its terms."""
        self.optimizers["discriminator"].zero_grad(set_to_none=True)
        for _ in range(self.rhythm.accumulate):
            real = batches.draw()
            with torch.set_grad_enabled(self.rhythm.reuse_fake):
                fake = self.generate()
            detached = Samples(fake.images.detach(), fake.labels, fake.latent)
            terms = self.loss.discriminator_terms(
                self.nets, Samples(real.images, real.labels), detached, self.rng, step
            )
            self.fabric.backward(terms.total / self.rhythm.accumulate)
        self.optimizers["discriminator"].step()
        self.loss.after_discriminator_step(self.nets)
        return fake, terms.values("d_loss")

    def generator_step(self, fake: Samples, step: int) -> dict[str, Tensor]:
        """One step of G, on `fake` where it is to be used again; returns its terms."""
        self.optimizers["generator"].zero_grad(set_to_none=True)
        with frozen(self.nets.discriminator):
            for _ in range(self.rhythm.accumulate):
                fake = fake if self.rhythm.reuse_fake else self.generate()
                terms = self.loss.generator_terms(self.nets, fake, self.rng, step)
                self.fabric.backward(terms.total / self.rhythm.accumulate)
        self.optimizers["generator"].step()
        return terms.values("g_loss")

    def generate(self) -> Samples:
        """A batch of fakes as D sees them, or this process's share of it."""
        generator, count = self.nets.generator, self.rhythm.batch
        labels = own_rows(generator.draw_labels(count, self.rng))
        latent = own_rows(generator.draw_latent(count, self.rng))
        images = generator(latent, labels)
        return Samples(self.augment(images), labels, latent)


def train(game: Game, batches: Batches, ema: Ema | None, training: Training) -> None:
    """Train both networks in place; the curves show the last batch of each step."""
    for step in training:
        for _ in range(game.rhythm.d_steps):
            fake, d_values = game.discriminator_step(batches, step)
        g_values = game.generator_step(fake, step)
        if ema:
            ema.update(step)
        training.log(d_values | g_values)
