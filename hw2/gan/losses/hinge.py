"""The hinge loss (Lim & Ye 2017; Miyato et al. 2018, equations 16 and 17).

The discriminator returns scores without a sigmoid.
"""

import torch
import torch.nn.functional as F

from hw2.core.terms import Terms
from hw2.gan.interface import Loss, Networks, Samples


class Hinge(Loss):
    """max(0, 1 - D(x)) + max(0, 1 + D(G(z))) for D, -D(G(z)) for G, as means over the batch."""

    def discriminator_terms(
        self, nets: Networks, real: Samples, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """`d_real` and `d_fake`, 0 beyond the margins; monitors the mean of D on either."""
        on_real, on_fake = nets.discriminator(real.images), nets.discriminator(fake.images)
        # Equation 16, with the opposite sign: it is minimised.
        losses = {"d_real": F.relu(1 - on_real).mean(), "d_fake": F.relu(1 + on_fake).mean()}
        return Terms(losses, {"D(real)": on_real.mean(), "D(fake)": on_fake.mean()})

    def generator_terms(
        self, nets: Networks, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """`g`, equation 17: no margin, the better the fakes the lower."""
        return Terms({"g": -nets.discriminator(fake.images).mean()})


def build() -> Hinge:
    """The loss; its margins are 1, so it takes no arguments."""
    return Hinge()
