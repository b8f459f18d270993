"""The Wasserstein loss with weight clipping (Arjovsky et al. 2017, algorithm 1).

The discriminator is a critic: it returns scores without a sigmoid.
"""

import torch

from hw2.core.errors import UserError
from hw2.core.terms import Terms
from hw2.gan.interface import Loss, Networks, Samples


class WassersteinClip(Loss):
    """mean D(G(z)) - mean D(x) for the critic, -mean D(G(z)) for the generator.

    Args:
        clip: bound on the size of each parameter of the critic, BatchNorm's weights and biases
            included; running statistics are no parameters and stay as they are.

    Raises:
        UserError: the bound is not above 0.
    """

    def __init__(self, clip: float) -> None:
        if clip <= 0:
            raise UserError(f"loss_args.clip is {clip}; it must be above 0, e.g. 0.01")
        self.clip = clip

    def discriminator_terms(
        self, nets: Networks, real: Samples, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """`d_wasserstein`; monitors its negative, the estimate of the distance, and D's means."""
        on_real = nets.discriminator(real.images).mean()
        on_fake = nets.discriminator(fake.images).mean()
        monitors = {"D(real)": on_real, "D(fake)": on_fake, "wasserstein": on_real - on_fake}
        return Terms({"d_wasserstein": on_fake - on_real}, monitors)

    def generator_terms(
        self, nets: Networks, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """`g`."""
        return Terms({"g": -nets.discriminator(fake.images).mean()})

    @torch.no_grad()
    def after_discriminator_step(self, nets: Networks) -> None:
        """Clip the critic, so that it stays Lipschitz: algorithm 1, line 7."""
        for parameter in nets.discriminator.parameters():
            parameter.clamp_(-self.clip, self.clip)


def build(clip: float) -> WassersteinClip:
    """The loss with the bound on the critic's parameters."""
    return WassersteinClip(clip)
