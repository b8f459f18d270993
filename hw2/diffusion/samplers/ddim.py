"""DDIM (Song et al. 2021): steps that may skip, from deterministic to as random as DDPM's."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from torch import Tensor

from hw2.core.errors import UserError
from hw2.core.noise import Streams
from hw2.diffusion.interface import Predictor, Sampler
from hw2.diffusion.schedule import Schedule


class Ddim:
    """Eq. 12 with the sigma of eq. 16; their alpha is our alpha_bar.

    Args:
        eta: share of the noise of DDPM's posterior, in [0, 1]. 0 is deterministic; with 1 and
            every step it is DDPM with the posterior's variance beta-tilde (Ho et al. 2020, eq. 7).
    """

    def __init__(self, eta: float) -> None:
        self.eta = eta

    def __call__(
        self,
        predict: Predictor,
        schedule: Schedule,
        timesteps: Sequence[int],
        noise: Tensor,
        labels: Tensor,
        streams: Streams,
    ) -> Iterator[Tensor]:
        """Yield x_t (B, C, H, W) for each of `timesteps`; with eta 0 no stream is used.

        The predicted image is clamped to [-1, 1], the range of images, before each step.
        """
        x = noise
        yield x
        for t, previous in pairwise(timesteps):
            eps = predict(x, t, labels)
            now, then = schedule.alpha_bar[t], schedule.alpha_bar[previous]
            x0 = ((x - (1 - now).sqrt() * eps) / now.sqrt()).clamp(-1, 1)
            eps = (x - now.sqrt() * x0) / (1 - now).sqrt()
            sigma = self.eta * ((1 - then) / (1 - now) * (1 - now / then)).sqrt()
            # Never negative but for rounding, where beta_t is close to 1.
            direction = (1 - then - sigma**2).clamp(min=0).sqrt()
            x = then.sqrt() * x0 + direction * eps
            if self.eta > 0 and previous > 0:  # sigma is 0 on the step to the image
                x = x + sigma * streams.normal(*x.shape[1:])
            yield x


def build(eta: float) -> Sampler:
    """The sampler.

    Raises:
        UserError: `eta` is not in [0, 1].
    """
    if not 0 <= eta <= 1:
        raise UserError(
            f"sampler method 'ddim': eta is {eta}: "
            "choose from 0 (deterministic) to 1 (the noise of DDPM)"
        )
    return Ddim(eta)
