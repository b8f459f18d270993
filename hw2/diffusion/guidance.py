"""Guidance, with and without classes, and where in the noise. Label `classes` means "no label"."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from hw2.core.errors import UserError
from hw2.core.processes import draw_rows
from hw2.diffusion.interface import Unet
from hw2.diffusion.schedule import Schedule


@dataclass(frozen=True)
class LabelDrop:
    """Replaces labels (B,) by "none" with `probability` (Ho & Salimans 2022, algorithm 1, line 3).

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


class Both(Protocol):
    """A network, and what it is guided away from: `WithoutLabel` or `LessTrained`."""

    net: Unet

    def __call__(self, x: Tensor, t: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """The network's prediction of noise (B, C, H, W) in x_t, and a worse one."""


class Guided:
    """Predicts noise with guidance: (1 + w) eps - w eps', away from a worse prediction eps'.

    Args:
        both: predicts eps and eps'.
        weight: w; 0 is the network itself.
        steps: the t at which it guides; at others it is the network itself.
    """

    def __init__(self, both: Both, weight: float, steps: Container[int]) -> None:
        self.both, self.weight, self.steps = both, weight, steps

    def __call__(self, x: Tensor, t: int, labels: Tensor) -> Tensor:
        """Noise (B, C, H, W) in x_t, float32."""
        times = torch.full_like(labels, t)
        if self.weight == 0 or t not in self.steps:
            return self.both.net(x, times, labels).float()
        better, worse = (each.float() for each in self.both(x, times, labels))
        return (1 + self.weight) * better - self.weight * worse


class WithoutLabel:
    """Classifier-free guidance (Ho & Salimans 2022, eq. 6): the worse prediction has no label.

    Args:
        classes: number of classes, and the label that means "none".
    """

    def __init__(self, net: Unet, classes: int) -> None:
        self.net, self.classes = net, classes

    def __call__(self, x: Tensor, t: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Both predictions (B, C, H, W), from one doubled batch."""
        asked = torch.cat([labels, torch.full_like(labels, self.classes)])
        with_label, without = self.net(torch.cat([x, x]), torch.cat([t, t]), asked).chunk(2)
        return with_label, without


class LessTrained:
    """Autoguidance (Karras et al. 2024, arXiv 2406.02507): the worse prediction is a worse net's.

    Args:
        less: the network as it was early in training, or its average if that had begun (the paper
            averages both); it gets the same labels.
    """

    def __init__(self, net: Unet, less: Unet) -> None:
        self.net, self.less = net, less

    def __call__(self, x: Tensor, t: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Both predictions (B, C, H, W)."""
        return self.net(x, t, labels), self.less(x, t, labels)


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
