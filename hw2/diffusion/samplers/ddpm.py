"""Ancestral sampling (Ho et al. 2020, algorithm 2), with sigma_t^2 = beta_t."""

from collections.abc import Iterator, Sequence

from torch import Tensor

from hw2.core.errors import UserError
from hw2.core.noise import Streams
from hw2.diffusion.interface import Predictor, Sampler
from hw2.diffusion.schedule import Schedule

EVERY_STEP = True


def sample(
    predict: Predictor,
    schedule: Schedule,
    timesteps: Sequence[int],
    noise: Tensor,
    labels: Tensor,
    streams: Streams,
) -> Iterator[Tensor]:
    """Yield x_T, x_{T-1}, ..., x_0, each (B, C, H, W); x_0 is not clamped.

    Raises:
        UserError: `timesteps` skips some; the update is only right for single steps.
    """
    if list(timesteps) != list(range(schedule.steps, -1, -1)):
        raise UserError(
            f"sampler method 'ddpm' takes every step: set its steps to null (here "
            f"{schedule.steps}), or its method to 'ddim'"
        )
    x = noise
    yield x
    for t in timesteps[:-1]:
        eps = predict(x, t, labels)
        x = schedule.mean_before(x, eps, t)
        if t > 1:
            x = x + schedule.beta[t].sqrt() * streams.normal(*x.shape[1:])
        yield x


def build() -> Sampler:
    """The sampler; it has no settings."""
    return sample
