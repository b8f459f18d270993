"""The one training loop of every GAN. It holds no formula: those are in `hw2.gan.losses`."""

import torch
from lightning_fabric import Fabric
from torch import Tensor

from hw2.core.terms import Terms
from hw2.core.training import Training
from hw2.data.batches import Batch, Batches
from hw2.gan.interface import Loss, Networks, Samples
from hw2.nn.freeze import frozen


def train(
    nets: Networks,
    loss: Loss,
    batches: Batches,
    d_steps: int,
    optimizers: dict[str, torch.optim.Optimizer],
    fabric: Fabric,
    training: Training,
    rng: torch.Generator,
) -> None:
    """Train both networks in place.

    Args:
        nets: both networks, set up by Fabric.
        d_steps: discriminator steps a generator step.
        rng: generator of the latents, and of whatever the loss draws.
    """
    for step in training:
        for _ in range(d_steps):
            real = batches.draw()
            fake = _generate(nets, real, rng)
            detached = Samples(fake.images.detach(), fake.labels, fake.latent)
            d_terms = loss.discriminator_terms(
                nets, Samples(real.images, real.labels), detached, rng, step
            )
            _update(optimizers["discriminator"], d_terms, fabric)
            loss.after_discriminator_step(nets)
        # The last fake batch serves both players, as in the DCGAN tutorial.
        with frozen(nets.discriminator):
            g_terms = loss.generator_terms(nets, fake, rng, step)
            _update(optimizers["generator"], g_terms, fabric)
        training.log(d_terms.values("d_loss") | g_terms.values("g_loss"))


def _generate(nets: Networks, real: Batch, rng: torch.Generator) -> Samples:
    """A fake batch of the size and with the labels of the real one, with its graph."""
    latent = nets.generator.draw_latent(len(real.images), rng)
    images: Tensor = nets.generator(latent, real.labels)
    return Samples(images, real.labels, latent)


def _update(optimizer: torch.optim.Optimizer, terms: Terms, fabric: Fabric) -> None:
    optimizer.zero_grad(set_to_none=True)
    fabric.backward(terms.total)
    optimizer.step()
