"""A DCGAN as PyTorch's tutorial trains it: python -m benchmarks.plain.gan FOLDER BATCH STEPS."""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F

from benchmarks.plain.images import endless
from hw2.core.lookup import build
from hw2.core.params import read_section
from hw2.gan.params import GanModel


def train(folder: Path, batch: int, steps: int) -> None:
    """Train run `dcgan` of params.yaml."""
    settings = read_section(GanModel, "gan", "models", "dcgan")
    nets = build("hw2.gan.nets", settings.net, "net_args", **settings.build_args)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    generator, discriminator = nets.generator.to(device), nets.discriminator.to(device)
    optimizers = [
        torch.optim.Adam(net.parameters(), lr=2e-4, betas=(0.5, 0.999))
        for net in (discriminator, generator)
    ]
    for step, (real, _) in zip(range(steps), endless(folder, batch), strict=False):
        discriminator.zero_grad()
        on_real = discriminator(real)
        loss_real = F.binary_cross_entropy(on_real, torch.ones_like(on_real))
        loss_real.backward()
        fake = generator(torch.randn(batch, 100, 1, 1, device=device))
        on_fake = discriminator(fake.detach())
        loss_fake = F.binary_cross_entropy(on_fake, torch.zeros_like(on_fake))
        loss_fake.backward()
        optimizers[0].step()
        generator.zero_grad()
        judged = discriminator(fake)
        loss_g = F.binary_cross_entropy(judged, torch.ones_like(judged))
        loss_g.backward()
        optimizers[1].step()
        values = [loss_real.item(), loss_fake.item(), loss_g.item(), judged.mean().item()]
        if step % 50 == 0:
            print(step, *(f"{value:.3f}" for value in values), file=sys.stderr)


if __name__ == "__main__":
    train(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
