"""What every objective that predicts the noise begins with."""

import torch
from torch import Tensor

from hw2.core import processes
from hw2.diffusion.interface import Unet
from hw2.diffusion.schedule import Schedule


def predict_noise(
    net: Unet, schedule: Schedule, images: Tensor, labels: Tensor, rng: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Noise images at random steps; let `net` predict it (Ho et al. 2020, algorithm 1, lines 3-5).

    Args:
        images: (B, 3, H, W) in [-1, 1].
        labels: (B,), some perhaps "no label".
        rng: draws t, uniform in 1..T, and then the noise.

    Returns:
        The prediction and the noise, both (B, 3, H, W); the noise is float32, and so is the error.
    """
    rows = (len(images) * processes.count(),)
    t = processes.own_rows(
        torch.randint(1, schedule.steps + 1, rows, generator=rng, device=rng.device)
    )
    return predict_noise_at(t, net, schedule, images, labels, rng)


def predict_noise_at(
    t: Tensor, net: Unet, schedule: Schedule, images: Tensor, labels: Tensor, rng: torch.Generator
) -> tuple[Tensor, Tensor]:
    """`predict_noise` at steps t (B,) that an objective draws in its own way."""
    noise = processes.draw_rows(torch.randn, *images.shape, rng=rng)
    return net(schedule.add_noise(images, noise, t), t, labels), noise
