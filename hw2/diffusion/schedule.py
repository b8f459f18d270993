"""The noise schedule: the only home of beta, alpha and alpha-bar (Ho et al. 2020, section 2).

Notation: t runs from 1 to T; x_0 is the image, x_T noise; arrays have T + 1 entries, so that
index t is step t; ``alpha_bar[0]`` is 1.
"""

from collections.abc import Sequence

import torch
from torch import Tensor


class Schedule:
    """beta_1..beta_T and what follows from them, float32 on `device`.

    Args:
        betas: (T,), each in (0, 1).
    """

    def __init__(self, betas: Tensor, device: torch.device) -> None:
        self.steps = len(betas)
        betas = torch.cat([torch.zeros(1, dtype=torch.float64), betas.double()])
        self.beta = betas.float().to(device)
        self.alpha = (1 - betas).float().to(device)
        self.alpha_bar = torch.cumprod(1 - betas, 0).float().to(device)

    def add_noise(self, images: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        """x_t from x_0 (B, C, H, W), noise of the same shape and t (B,): Ho et al. 2020, eq. 4."""
        alpha_bar = self.alpha_bar[t].view(-1, 1, 1, 1)
        return alpha_bar.sqrt() * images + (1 - alpha_bar).sqrt() * noise


def linear(steps: int, beta: Sequence[float], device: torch.device) -> Schedule:
    """beta_t linear in t from `beta[0]` to `beta[1]` (Ho et al. 2020, section 4)."""
    return Schedule(torch.linspace(beta[0], beta[1], steps, dtype=torch.float64), device)
