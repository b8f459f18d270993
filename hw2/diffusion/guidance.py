"""Classifier-free guidance (Ho & Salimans 2022). Label `classes` means "no label"."""

from dataclasses import dataclass

import torch
from torch import Tensor

from hw2.core.processes import draw_rows
from hw2.diffusion.interface import Unet


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
    """A network with guidance and the same signature: (1 + w) eps(x, c) - w eps(x) (eq. 6).

    Args:
        net: predicts the noise.
        weight: w; 0 is the conditional network itself.
        classes: number of classes.
    """

    def __init__(self, net: Unet, weight: float, classes: int) -> None:
        self.net, self.weight, self.classes = net, weight, classes

    def __call__(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        """Guided prediction (B, C, H, W); both predictions come from one doubled batch."""
        if self.weight == 0:
            return self.net(x, t, labels)
        none = torch.full_like(labels, self.classes)
        both = self.net(torch.cat([x, x]), torch.cat([t, t]), torch.cat([labels, none]))
        conditional, unconditional = both.chunk(2)
        return (1 + self.weight) * conditional - self.weight * unconditional
