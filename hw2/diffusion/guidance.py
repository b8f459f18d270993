"""Classifier-free guidance (Ho & Salimans 2022). Label `classes` means "no label"."""

from collections.abc import Container, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from hw2.core.errors import UserError
from hw2.core.processes import draw_rows
from hw2.diffusion.interface import Unet
from hw2.diffusion.schedule import Schedule


@dataclass(frozen=True)
class LabelDrop:
    """Replaces labels (B,) by "none" with `probability` (algorithm 1, line 3).

    Attributes:
        classes: number of classes, and the label that means "none".
        whole_batch: one draw decides for all labels of a batch.
    """

    probability: float
    classes: int
    whole_batch: bool

    def __call__(self, labels: Tensor, rng: torch.Generator) -> Tensor:
        """The labels (B,), some of them replaced."""
        if self.whole_batch:
            draw = torch.rand(1, generator=rng, device=labels.device)
        else:
            draw = draw_rows(torch.rand, len(labels), rng=rng)
        return torch.where(draw < self.probability, self.classes, labels)

    def none(self, images: Tensor) -> Tensor:
        """The label "none" (B,) for each of the images (B, ...)."""
        return torch.full((len(images),), self.classes, device=images.device)


class Guided:
    """Predicts noise with guidance: (1 + w) eps(x, c) - w eps(x) (eq. 6).

    Args:
        net: predicts the noise.
        weight: w; 0 is the conditional network itself.
        classes: number of classes.
        steps: the t at which it guides; at others it is the conditional network itself.
    """

    def __init__(self, net: Unet, weight: float, classes: int, steps: Container[int]) -> None:
        self.net, self.weight, self.classes, self.steps = net, weight, classes, steps

    def __call__(self, x: Tensor, t: int, labels: Tensor) -> Tensor:
        """Noise (B, C, H, W) in x_t, float32; both predictions come from one doubled batch."""
        if self.weight == 0 or t not in self.steps:
            return self.net(x, torch.full_like(labels, t), labels).float()
        none = torch.full_like(labels, self.classes)
        both = torch.cat([labels, none])
        predicted = self.net(torch.cat([x, x]), torch.full_like(both, t), both)
        conditional, unconditional = predicted.float().chunk(2)
        return (1 + self.weight) * conditional - self.weight * unconditional


def guided_steps(schedule: Schedule, interval: Sequence[float] | None) -> frozenset[int]:
    """The steps t whose noise sigma lies above the first end of `interval`, up to the second.

    With much noise guidance makes images alike, with little it changes nothing (Kynkäänniemi et
    al. 2024, arXiv 2404.07724, section 3). None: it guides at every step.

    Raises:
        UserError: no step's noise does.
    """
    if interval is None:
        return frozenset(range(1, schedule.steps + 1))
    least, most = interval
    sigma = schedule.sigma.tolist()
    steps = frozenset(t for t in range(1, schedule.steps + 1) if least < sigma[t] <= most)
    if not steps:
        raise UserError(
            f"params.yaml: diffusion.models: guidance_interval {interval} holds no level of noise; "
            f"they go from {sigma[1]:.3g} to {sigma[-1]:.3g}"
        )
    return steps
