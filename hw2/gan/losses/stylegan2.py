"""StyleGAN2's losses as the code family of report 003, "upstream", has them.

The hinge loss (Miyato et al. 2018, eq. 16 and 17) instead of the paper's logistic one, and two
regularisers that are computed on some steps only (Karras et al. 2020, section 3.1). Upstream trains
the same players with D's sign turned, and does not multiply a lazy term by its interval.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hw2.core import processes
from hw2.core.errors import UserError
from hw2.core.processes import draw_rows
from hw2.core.terms import Terms
from hw2.data.bounds import check_bounds
from hw2.gan.interface import SCORES, STYLES, Loss, Networks, Samples
from hw2.nn.full_precision import full_precision
from hw2.nn.input_gradients import squared_gradient_norms


class StyleGan2Loss(Loss):
    """Hinge; gradient penalty on real images for D; path lengths for G and its mapping.

    Args:
        penalty_weight: of the mean squared gradient norm (some versions of upstream draw the norm
            to 1 instead of 0).
        penalty_every: steps from one gradient penalty to the next, from step 0 on.
        path_every: the path lengths' turn is each step that this divides.
        path_from: step after which that begins.
        path_decay: share of the old running mean of path lengths that an update keeps.

    Attributes:
        path_mean: the running mean, a scalar; None before the first path lengths, which start it.
    """

    takes = frozenset({SCORES, STYLES})

    def __init__(
        self,
        penalty_weight: float,
        penalty_every: int,
        path_every: int,
        path_from: int,
        path_decay: float,
    ) -> None:
        self.penalty_weight, self.penalty_every = penalty_weight, penalty_every
        self.path_every, self.path_from, self.path_decay = path_every, path_from, path_decay
        self.path_mean: Tensor | None = None
        self._path_step = -1

    def discriminator_terms(
        self, nets: Networks, real: Samples, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """`d_real`, `d_fake`, sometimes `d_penalty`; monitors the mean of D on either."""
        on_real, on_fake = nets.discriminator(real.images), nets.discriminator(fake.images)
        losses = {"d_real": F.relu(1 - on_real).mean(), "d_fake": F.relu(1 + on_fake).mean()}
        if step % self.penalty_every == 0:
            squares = squared_gradient_norms(nets.discriminator, real.images)
            losses["d_penalty"] = self.penalty_weight * squares.mean()
        return Terms(losses, {"D(real)": on_real.mean(), "D(fake)": on_fake.mean()})

    def generator_terms(
        self, nets: Networks, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        """`g`, sometimes `g_path_length`, (length - running mean)^2; monitors the lengths' mean."""
        losses = {"g": -nets.discriminator(fake.images).mean()}
        if step <= self.path_from or step % self.path_every:
            return Terms(losses)
        lengths = path_lengths(nets.generator, fake.latent, rng)
        if self.path_mean is not None:
            losses["g_path_length"] = (lengths - self.path_mean).square().mean()
        mean = processes.mean(lengths.detach().mean())
        if step != self._path_step:  # once a step, however many batches a step accumulates
            self._path_step = step
            self._update_path_mean(mean)
        return Terms(losses, {"path length": mean})

    def _update_path_mean(self, mean: Tensor) -> None:
        old = mean if self.path_mean is None else self.path_mean
        self.path_mean = self.path_decay * old + (1 - self.path_decay) * mean

    def state_dict(self) -> dict[str, Tensor | None]:
        """The running mean of path lengths."""
        return {"path_mean": self.path_mean}

    def load_state_dict(self, state: dict[str, Tensor | None]) -> None:
        """Go on from a saved running mean."""
        self.path_mean = state["path_mean"]


def path_lengths(generator: nn.Module, latent: Any, rng: torch.Generator) -> Tensor:
    """How far the images of `latent` move with their styles (B,) (Karras et al. 2020, section 3.2).

    |J^T y| for the Jacobian J of the image by the style and an image y of noise from N(0, 1 / HW),
    root-mean-squared over the resolutions' styles. The images are made once more, see
    `full_precision`.

    Args:
        latent: its `styles` (B, L, latent) carry a graph.
        rng: generator of y.
    """
    styles: Tensor = latent.styles
    with full_precision(generator, styles.device) as network:
        images = network(latent)  # (B, 3, H, W)
        noise = draw_rows(torch.randn, *images.shape, rng=rng)
        projection = (images * noise).sum() / (images.shape[2] * images.shape[3]) ** 0.5
        (gradients,) = torch.autograd.grad(projection, styles, create_graph=True)  # (B, L, latent)
    lengths: Tensor = gradients.square().sum(2).mean(1).sqrt()
    return lengths


def build(
    penalty_weight: float, penalty_every: int, path_every: int, path_from: int, path_decay: float
) -> StyleGan2Loss:
    """The loss.

    Raises:
        UserError: an interval is below 1.
        ValueError: a weight or step is negative, or the decay outside [0, 1].
    """
    for key, every in (("penalty_every", penalty_every), ("path_every", path_every)):
        if every < 1:
            raise UserError(f"loss_args.{key} is {every}: give a number of steps from 1 on")
    check_bounds(0, penalty_weight=penalty_weight, path_from=path_from)
    check_bounds(0, 1, path_decay=path_decay)
    return StyleGan2Loss(penalty_weight, penalty_every, path_every, path_from, path_decay)
