"""DPM-Solver++(2M) (Lu et al. 2022, arXiv 2211.01095, algorithm 2): second order, no noise."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import torch
from torch import Tensor

from hw2.core.noise import Streams
from hw2.diffusion.interface import Predictor, Sampler
from hw2.diffusion.schedule import Schedule


def sample(
    predict: Predictor,
    schedule: Schedule,
    timesteps: Sequence[int],
    noise: Tensor,
    labels: Tensor,
    streams: Streams,
) -> Iterator[Tensor]:
    """Yield x_t (B, C, H, W) for each of `timesteps`; one prediction a step, no stream.

    The paper's alpha is the root of our alpha_bar, its sigma that of 1 - alpha_bar, and
    lambda = log(alpha / sigma). The predicted image is clamped to [-1, 1], as by DDIM.
    The first step is of first order, which is DDIM's, and so is the one to the image: there lambda
    is infinite, and x_0 is the predicted image.
    """
    alpha, sigma = schedule.alpha_bar.sqrt(), (1 - schedule.alpha_bar).sqrt()
    lam = alpha.log() - sigma.log()
    x, last = noise, None  # `last`: predicted image and step h of the step before
    yield x
    for t, following in pairwise(timesteps):
        eps = predict(x, t, labels)
        x0 = ((x - sigma[t] * eps) / alpha[t]).clamp(-1, 1)
        if following == 0:
            yield x0
            return
        h = lam[following] - lam[t]
        if last is None:
            data = x0
        else:
            x0_before, h_before = last
            data = x0 + (x0 - x0_before) * (h / (2 * h_before))  # D_i of line 8
        x = sigma[following] / sigma[t] * x - alpha[following] * torch.expm1(-h) * data
        last = x0, h
        yield x


def build() -> Sampler:
    """The sampler; it has no settings."""
    return sample
