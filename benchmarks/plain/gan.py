"""A DCGAN as PyTorch's tutorial trains it: python -m benchmarks.plain.gan FOLDER BATCH STEPS."""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.plain.images import endless
from hw2.core.params import read_section
from hw2.core.sections import OptimizerSettings
from hw2.gan.build import build_networks
from hw2.gan.params import GanModel


def train(folder: Path, batch: int, steps: int) -> None:
    """Train run `dcgan` of params.yaml."""
    settings = read_section(GanModel, "gan", "models", "dcgan")
    nets = build_networks("dcgan", settings)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    generator, discriminator = nets.generator.to(device), nets.discriminator.to(device)
    adam_d = _adam(discriminator, settings.optimizers.discriminator)
    adam_g = _adam(generator, settings.optimizers.generator)
    for step, (real, _) in zip(range(steps), endless(folder, batch), strict=False):
        noise = torch.randn(batch, settings.net_args["latent"], 1, 1, device=device)
        losses = train_step(generator, discriminator, adam_g, adam_d, real, noise)
        values = [loss.item() for loss in losses]
        if step % 50 == 0:
            print(step, *(f"{value:.3f}" for value in values), file=sys.stderr)


def train_step(
    generator: nn.Module,
    discriminator: nn.Module,
    adam_g: torch.optim.Optimizer,
    adam_d: torch.optim.Optimizer,
    real: Tensor,
    noise: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    """One step of D, then one of G on the same fakes; D's losses on real and fake, and G's."""
    discriminator.zero_grad()
    on_real = discriminator(real)
    loss_real = F.binary_cross_entropy(on_real, torch.ones_like(on_real))
    loss_real.backward()
    fake = generator(noise)
    on_fake = discriminator(fake.detach())
    loss_fake = F.binary_cross_entropy(on_fake, torch.zeros_like(on_fake))
    loss_fake.backward()
    adam_d.step()
    generator.zero_grad()
    judged = discriminator(fake)
    loss_g = F.binary_cross_entropy(judged, torch.ones_like(judged))
    loss_g.backward()
    adam_g.step()
    return loss_real, loss_fake, loss_g


def _adam(net: nn.Module, settings: OptimizerSettings) -> torch.optim.Adam:
    first, second = settings.betas or (0.9, 0.999)
    return torch.optim.Adam(net.parameters(), lr=settings.lr, betas=(first, second))


if __name__ == "__main__":
    train(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
