"""EDM's deterministic sampler: Heun's method, of second order (Karras et al. 2022, algorithm 1)."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from hw2.core.noise import Streams
from hw2.diffusion.interface import Predictor, Sampler
from hw2.diffusion.schedule import Schedule

EVALUATIONS = 2  # of the network a step; the step to the image has one


def sample(
    predict: Predictor,
    schedule: Schedule,
    timesteps: Sequence[int],
    noise: Tensor,
    labels: Tensor,
    streams: Streams,
) -> Iterator[Tensor]:
    """Yield x_t (B, C, H, W) for each of `timesteps`; no stream is used.

    The paper's x is our x_t / sqrt(alpha_bar_t), its time is sigma, and dx / dsigma is the
    predicted noise, as (x - D) / sigma says. The predicted image x - sigma eps is clamped to
    [-1, 1], as by DDIM.
    """
    sigma, signal = schedule.sigma, schedule.alpha_bar.sqrt()

    def slope(x: Tensor, t: int) -> Tensor:
        """dx / dsigma at sigma_t (line 4)."""
        eps = predict(signal[t] * x, t, labels)
        return (x - (x - sigma[t] * eps).clamp(-1, 1)) / sigma[t]

    x = noise / signal[timesteps[0]]
    yield noise
    for t, following in pairwise(timesteps):
        step, first = sigma[following] - sigma[t], slope(x, t)
        if following == 0:
            yield x + step * first  # line 5; sigma is 0, which line 7 would divide by
            return
        second = slope(x + step * first, following)
        x = x + step * (first + second) / 2  # line 8
        yield signal[following] * x


def build() -> Sampler:
    """The sampler; it has no settings."""
    return sample
