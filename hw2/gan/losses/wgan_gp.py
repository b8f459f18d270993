"""The Wasserstein loss with gradient penalty (Gulrajani et al. 2017, equation 3).

The discriminator is a critic: it returns scores without a sigmoid.
"""

import torch
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.core.processes import draw_rows
from hw2.core.terms import Terms
from hw2.gan.interface import Loss, Networks, Samples
from hw2.nn.input_gradients import input_gradients


class WassersteinGradientPenalty(Loss):
    """mean D(G(z)) - mean D(x) + weight * mean (|gradient of D| - 1)^2 for the critic.

    The generator's loss is -mean D(G(z)).

    Args:
        penalty_weight: lambda of equation 3, at least 0.

    Raises:
        UserError: the weight is negative.
    """

    def __init__(self, penalty_weight: float) -> None:
        if penalty_weight < 0:
            raise UserError(
                f"loss_args.penalty_weight is {penalty_weight}; it must be 0 or more, e.g. 10"
            )
        self.penalty_weight = penalty_weight

    def discriminator_terms(
        self, nets: Networks, real: Samples, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """`d_wasserstein` and `d_penalty`; monitors D's means, their difference (the estimate of
        the distance) and the mean gradient norm, whose target is 1."""
        on_real = nets.discriminator(real.images).mean()
        on_fake = nets.discriminator(fake.images).mean()
        norms = gradient_norms(nets.discriminator, between(real.images, fake.images, rng))
        penalty = self.penalty_weight * (norms - 1).square().mean()
        monitors = {"D(real)": on_real, "D(fake)": on_fake, "wasserstein": on_real - on_fake}
        return Terms(
            {"d_wasserstein": on_fake - on_real, "d_penalty": penalty},
            monitors | {"gradient_norm": norms.mean()},
        )

    def generator_terms(
        self, nets: Networks, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """`g`."""
        return Terms({"g": -nets.discriminator(fake.images).mean()})


def between(real: Tensor, fake: Tensor, rng: torch.Generator) -> Tensor:
    """A random point on the line from each real image to its fake one: algorithm 1, line 6.

    Args:
        real, fake: (B, 3, H, W), on rng's device.

    Returns:
        (B, 3, H, W), with one U(0, 1) for all values of an image.
    """
    epsilon = draw_rows(torch.rand, len(real), 1, 1, 1, rng=rng)
    return epsilon * real + (1 - epsilon) * fake


def gradient_norms(critic: nn.Module, images: Tensor) -> Tensor:
    """Norm (B,) of the gradient of each image's score by that image, in float32.

    It can be differentiated by the critic's weights.
    """
    return input_gradients(critic, images).flatten(1).norm(dim=1)


def build(penalty_weight: float) -> WassersteinGradientPenalty:
    """The loss with the weight of its penalty."""
    return WassersteinGradientPenalty(penalty_weight)
