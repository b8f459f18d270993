"""The non-saturating logistic loss (Goodfellow et al. 2014, section 3) with a lazy R1 penalty.

R1 (Mescheder et al. 2018, equation 9) holds the discriminator's gradient near the data down, which
makes training converge locally. It is computed on some steps only, and then with the weight of all
of them (Karras et al. 2020, section 3.1). The discriminator returns scores without a sigmoid.
"""

import torch
import torch.nn.functional as F

from hw2.core.errors import UserError
from hw2.core.terms import Terms
from hw2.gan.interface import Loss, Networks, Samples
from hw2.nn.input_gradients import squared_gradient_norms


class LogisticR1(Loss):
    """softplus(-D(x)) + softplus(D(G(z))) + R1 for D, softplus(-D(G(z))) for G, as means.

    R1 = gamma / 2 |gradient of D at x|^2 for real images x as D sees them, augmented where they
    are augmented.

    Args:
        penalty_weight: gamma, at least 0; 0 is no penalty.
        penalty_every: k, steps from one penalty to the next, from step 0 on; each counts k times.

    Raises:
        UserError: the weight is negative, or the interval below 1.
    """

    def __init__(self, penalty_weight: float, penalty_every: int) -> None:
        if penalty_weight < 0:
            raise UserError(
                f"loss_args.penalty_weight is {penalty_weight}; it must be 0 or more, e.g. 1"
            )
        if penalty_every < 1:
            raise UserError(
                f"loss_args.penalty_every is {penalty_every}: give a number of steps from 1 on"
            )
        self.penalty_weight, self.penalty_every = penalty_weight, penalty_every

    def discriminator_terms(
        self, nets: Networks, real: Samples, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """`d_real`, `d_fake`, sometimes `d_penalty`, for all steps to the next one.

        Monitors the mean of D on either, and with the penalty the mean squared gradient norm.
        """
        on_real, on_fake = nets.discriminator(real.images), nets.discriminator(fake.images)
        losses = {"d_real": F.softplus(-on_real).mean(), "d_fake": F.softplus(on_fake).mean()}
        monitors = {"D(real)": on_real.mean(), "D(fake)": on_fake.mean()}
        if self.penalty_weight and step % self.penalty_every == 0:
            squares = squared_gradient_norms(nets.discriminator, real.images).mean()
            losses["d_penalty"] = self.penalty_every * self.penalty_weight / 2 * squares
            monitors["squared gradient"] = squares.detach()
        return Terms(losses, monitors)

    def generator_terms(
        self, nets: Networks, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """`g`: -log of the probability that D takes a fake for real."""
        return Terms({"g": F.softplus(-nets.discriminator(fake.images)).mean()})


def build(penalty_weight: float, penalty_every: int) -> LogisticR1:
    """The loss with the weight of its penalty and the steps between two of them."""
    return LogisticR1(penalty_weight, penalty_every)
