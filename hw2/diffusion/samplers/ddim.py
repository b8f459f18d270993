"""DDIM (Song et al. 2021), deterministic: eq. 12 with sigma_t = 0."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import torch
from torch import Tensor

from hw2.diffusion.interface import Unet
from hw2.diffusion.schedule import Schedule


def sample(
    net: Unet,
    schedule: Schedule,
    timesteps: Sequence[int],
    noise: Tensor,
    labels: Tensor,
    rng: torch.Generator,
) -> Iterator[Tensor]:
    """Yield x_t (B, C, H, W) for each of `timesteps`, which may skip; `rng` is not used.

    The predicted image is clamped to [-1, 1], the range of images, before each step.
    """
    x = noise
    yield x
    for t, previous in pairwise(timesteps):
        eps = net(x, torch.full((len(x),), t, device=x.device), labels)
        now, then = schedule.alpha_bar[t], schedule.alpha_bar[previous]
        x0 = ((x - (1 - now).sqrt() * eps) / now.sqrt()).clamp(-1, 1)
        eps = (x - now.sqrt() * x0) / (1 - now).sqrt()
        x = then.sqrt() * x0 + (1 - then).sqrt() * eps
        yield x
