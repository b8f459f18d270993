"""A class-conditional DDPM: python -m benchmarks.plain.diffusion FOLDER BATCH STEPS."""

import sys
from pathlib import Path
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.plain.images import endless
from hw2.core.params import Pair, read_section
from hw2.data.sizes import CLASSES
from hw2.diffusion.build import build_unet
from hw2.diffusion.params import DiffusionModel


def train(folder: Path, batch: int, steps: int) -> None:
    """Train run `context_unet` of params.yaml."""
    settings = read_section(DiffusionModel, "diffusion", "models", "context_unet")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    net = build_unet("context_unet", settings).to(device)
    adam = torch.optim.Adam(net.parameters(), lr=settings.optimizer.lr)
    first, last = cast(Pair, settings.beta)
    beta = torch.linspace(first, last, settings.timesteps, device=device)
    alpha_bar = torch.cumprod(1 - beta, 0)
    for step, (images, labels) in zip(range(steps), endless(folder, batch), strict=False):
        dropped = torch.rand(batch, device=device) < settings.label_drop
        labels = torch.where(dropped, CLASSES, labels)
        t = torch.randint(1, settings.timesteps + 1, (batch,), device=device)
        loss = loss_at(net, images, labels, t, torch.randn_like(images), alpha_bar)
        adam.zero_grad()
        loss.backward()
        adam.step()
        value = loss.item()
        if step % 50 == 0:
            print(step, f"{value:.3f}", file=sys.stderr)


def loss_at(
    net: nn.Module, images: Tensor, labels: Tensor, t: Tensor, noise: Tensor, alpha_bar: Tensor
) -> Tensor:
    """Squared error of the predicted noise at steps t (B,) in 1..T; alpha_bar (T,)."""
    a = alpha_bar[t - 1].view(-1, 1, 1, 1)
    return F.mse_loss(net(a.sqrt() * images + (1 - a).sqrt() * noise, t, labels), noise)


if __name__ == "__main__":
    train(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
