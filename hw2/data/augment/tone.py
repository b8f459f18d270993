"""How light the middle tones are, and how much contrast there is."""

import torch
from torch import Tensor

from hw2.data.bounds import check_bounds
from hw2.data.draws import uniform


class Tone:
    """v -> v^g for values v in [0, 1].

    Args:
        bend: log g is uniform in [-bend, bend].
    """

    def __init__(self, bend: float) -> None:
        self.bend = bend

    def __call__(self, images: Tensor, rng: torch.Generator) -> Tensor:
        """Images (B, C, H, W) in [-1, 1], kept."""
        power = uniform(images, rng, -self.bend, self.bend, 1, 1, 1).exp()
        return 2 * ((images.clamp(-1, 1) + 1) / 2) ** power - 1


def build(bend: float) -> Tone:
    """The augmentation."""
    check_bounds(0, bend=bend)
    return Tone(bend)
