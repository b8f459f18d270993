"""Binary cross-entropy with the non-saturating generator loss (Goodfellow et al. 2014, section 3).

The discriminator returns probabilities, as the reports' networks end in a sigmoid.
"""

import torch
from torch import Tensor

from hw2.core.errors import UserError
from hw2.core.processes import draw_rows
from hw2.core.terms import Terms
from hw2.gan.interface import PROBABILITIES, Loss, Networks, Samples
from hw2.nn.cross_entropy import binary_cross_entropy


class BinaryCrossEntropy(Loss):
    """-log D(x) - log(1 - D(G(z))) for D, -log D(G(z)) for G.

    Args:
        real_label: target of real images for D, in (0, 1]; below 1 it is one-sided label
            smoothing (Salimans et al. 2016, section 3.4). Two values are the bounds of a uniform
            distribution, from which each image's target is drawn.

    Raises:
        UserError: a label is not in (0, 1], or there are not one or two, in rising order.
    """

    takes = frozenset({PROBABILITIES})

    def __init__(self, real_label: float | list[float]) -> None:
        bounds = real_label if isinstance(real_label, list) else [real_label, real_label]
        if len(bounds) != 2 or not 0 < bounds[0] <= bounds[1] <= 1:
            raise UserError(
                f"loss_args.real_label is {real_label}; it must be above 0 and at most 1, "
                "where 1 means no smoothing; or two such values, the lower first"
            )
        self.lowest, self.highest = bounds

    def discriminator_terms(
        self, nets: Networks, real: Samples, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """`d_real` and `d_fake`; monitors the mean of D on either."""
        on_real, on_fake = nets.discriminator(real.images), nets.discriminator(fake.images)
        losses = {
            "d_real": binary_cross_entropy(on_real, self._real_targets(on_real, rng)),
            "d_fake": binary_cross_entropy(on_fake, 0.0),
        }
        return Terms(losses, {"D(real)": on_real.mean(), "D(fake)": on_fake.mean()})

    def _real_targets(self, on_real: Tensor, rng: torch.Generator) -> float | Tensor:
        """One for all, or (B,) drawn ones; nothing is drawn where there is nothing to choose."""
        if self.lowest == self.highest:
            return self.lowest
        shares = draw_rows(torch.rand, *on_real.shape, rng=rng)
        return self.lowest + (self.highest - self.lowest) * shares

    def generator_terms(
        self, nets: Networks, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """`g`, with target 1: labels are smoothed for D only."""
        return Terms({"g": binary_cross_entropy(nets.discriminator(fake.images), 1.0)})


def build(real_label: float | list[float]) -> BinaryCrossEntropy:
    """The loss with the label given to real images, or the bounds of such labels."""
    return BinaryCrossEntropy(real_label)
