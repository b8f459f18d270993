"""The noise schedule: the only home of beta, alpha and alpha-bar (Ho et al. 2020, section 2).

Notation: t runs from 1 to T; x_0 is the image, x_T noise; arrays have T + 1 entries, so that
index t is step t; ``alpha_bar[0]`` is 1.

EDM (Karras et al. 2022) lets the noise grow beside an image of full strength, y + sigma n. That is
x_t / sqrt(alpha_bar_t) with sigma_t^2 = (1 - alpha_bar_t) / alpha_bar_t (their table 1, VP). So one
schedule, with many small steps, serves both: to every sampler an EDM model is one more network that
predicts noise, and `sigma` is alpha_bar in their words.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

RHO = 7  # of Karras et al. 2022, eq. 5


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

    @property
    def sigma(self) -> Tensor:
        """(T + 1,), the noise beside an image of full strength; ``sigma[0]`` is 0."""
        alpha_bar = self.alpha_bar.double()
        return ((1 - alpha_bar) / alpha_bar).sqrt().float()

    def nearest(self, sigma: Tensor) -> Tensor:
        """The steps t (B,) in 1..T whose noise is nearest to `sigma` (B,), by ratio."""
        levels = self.sigma[1:]
        return 1 + torch.bucketize(sigma, (levels[1:] * levels[:-1]).sqrt())

    def add_noise(self, images: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        """x_t from x_0 (B, C, H, W), noise of the same shape and t (B,): Ho et al. 2020, eq. 4."""
        alpha_bar = self.alpha_bar[t].view(-1, 1, 1, 1)
        return alpha_bar.sqrt() * images + (1 - alpha_bar).sqrt() * noise

    def mean_before(self, x: Tensor, eps: Tensor, t: int) -> Tensor:
        """Mean of x_{t-1}, where x_t is `x` and its noise `eps`, both (B, C, H, W): eq. 11."""
        alpha, alpha_bar, beta = self.alpha[t], self.alpha_bar[t], self.beta[t]
        return (x - beta / (1 - alpha_bar).sqrt() * eps) / alpha.sqrt()


def linear(steps: int, beta: Sequence[float], device: torch.device) -> Schedule:
    """beta_t linear in t from `beta[0]` to `beta[1]` (Ho et al. 2020, section 4)."""
    return Schedule(torch.linspace(beta[0], beta[1], steps, dtype=torch.float64), device)


def karras(steps: int, sigma: Sequence[float], device: torch.device) -> Schedule:
    """sigma_t^(1/7) linear in t from `sigma[0]` at t = 1 to `sigma[1]` at T: Karras et al., eq. 5.

    With sigma from 0.002 to 80 and T = 1000, neighbours differ by 3 % at most.
    """
    ends = torch.tensor(sigma, dtype=torch.float64) ** (1 / RHO)
    place = torch.linspace(0, 1, steps, dtype=torch.float64)
    levels = torch.lerp(ends[0], ends[1], place) ** RHO  # (T,)
    alpha_bar = torch.cat([torch.ones(1, dtype=torch.float64), 1 / (1 + levels**2)])
    return Schedule(1 - alpha_bar[1:] / alpha_bar[:-1], device)
