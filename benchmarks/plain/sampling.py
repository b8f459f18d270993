"""Guided ancestral sampling in small batches, in float32."""

from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from hw2.core.params import Pair, read_section
from hw2.core.weights import load_weights
from hw2.data.sizes import CLASSES
from hw2.diffusion.build import build_unet
from hw2.diffusion.params import DiffusionModel


def load(weights: Path, device: torch.device) -> tuple[nn.Module, DiffusionModel, Tensor]:
    """Run `context_unet` of params.yaml: its network to evaluate, its settings, its beta (T,)."""
    settings = read_section(DiffusionModel, "diffusion", "models", "context_unet")
    net = build_unet("context_unet", settings)
    load_weights(weights, settings.sampled, net)
    first, last = cast(Pair, settings.beta)
    beta = torch.linspace(first, last, settings.timesteps, device=device)
    return net.to(device).eval(), settings, beta


@torch.no_grad()
def sample(
    net: nn.Module, x: Tensor, labels: Tensor, beta: Tensor, guidance: float, steps: int
) -> Tensor:
    """x_{T - steps} (B, C, H, W) from x_T; two calls of the network a step."""
    alpha, alpha_bar = 1 - beta, torch.cumprod(1 - beta, 0)
    nothing = torch.full_like(labels, CLASSES)
    for i in reversed(range(len(beta) - steps, len(beta))):
        t = torch.full((len(x),), i + 1, device=x.device)
        eps = (1 + guidance) * net(x, t, labels) - guidance * net(x, t, nothing)
        noise = torch.randn_like(x) if i > 0 else 0
        x = (x - beta[i] / (1 - alpha_bar[i]).sqrt() * eps) / alpha[i].sqrt()
        x = x + beta[i].sqrt() * noise
    return x
