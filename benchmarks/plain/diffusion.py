"""A class-conditional DDPM: python -m benchmarks.plain.diffusion FOLDER BATCH STEPS."""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F

from benchmarks.plain.images import endless
from hw2.core.params import read_section
from hw2.diffusion.build import build_unet
from hw2.diffusion.params import DiffusionModel


def train(folder: Path, batch: int, steps: int) -> None:
    """Train run `context_unet` of params.yaml; a tenth of the labels is dropped."""
    settings = read_section(DiffusionModel, "diffusion", "models", "context_unet")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    net = build_unet("context_unet", settings, classes=10).to(device)
    optimizer = torch.optim.Adam(net.parameters(), lr=settings.optimizer.lr)
    beta = torch.linspace(*settings.beta, settings.timesteps, device=device)
    alpha_bar = torch.cumprod(1 - beta, 0)
    for step, (images, labels) in zip(range(steps), endless(folder, batch), strict=False):
        dropped = torch.bernoulli(torch.full(labels.shape, 0.1, device=device)).bool()
        labels = torch.where(dropped, 10, labels)
        t = torch.randint(1, settings.timesteps + 1, (batch,), device=device)
        noise = torch.randn_like(images)
        a = alpha_bar[t - 1].view(-1, 1, 1, 1)
        loss = F.mse_loss(net(a.sqrt() * images + (1 - a).sqrt() * noise, t, labels), noise)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        value = loss.item()
        if step % 50 == 0:
            print(step, f"{value:.3f}", file=sys.stderr)


if __name__ == "__main__":
    train(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
