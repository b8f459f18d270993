"""The reverse process of a few images, kept while they are sampled: from noise to digit."""

from collections.abc import Iterable, Sequence

import numpy as np
from torch import Tensor

from hw2.core.processes import gathered
from hw2.data.arrays import ImageSet
from hw2.data.asked import Block
from hw2.data.values import Pixels


class Process:
    """States of the first image of each digit.

    Args:
        kept: the steps t at which to keep them.
        size: side S of the images to keep.
    """

    def __init__(self, kept: Iterable[int], size: int) -> None:
        self.kept, self.size = set(kept), size
        self._states: dict[tuple[int, int], np.ndarray] = {}  # (t, digit) -> (S, S, 3) uint8

    def see(self, t: int, block: Block, x: Tensor, pixels: Pixels) -> None:
        """Note x_t (B, C, H, W), the state of a block, if it holds a first image and t is kept."""
        if t in self.kept and block.digit is not None and 0 in block.numbers:
            row = block.numbers.index(0)
            state = pixels.to_uint8(x[row : row + 1], self.size)[0].cpu().numpy()
            self._states[t, block.digit] = state

    def complete(self) -> None:
        """Note also what the other processes saw, where there are several."""
        for states in gathered(self._states):
            self._states |= states

    def strip(self, steps: Iterable[int]) -> ImageSet:
        """The first '0' at some of the kept steps, from noise to image, named ``t=<t>``."""
        order = sorted(set(steps), reverse=True)
        images = np.stack([self._states[t, 0] for t in order])
        return ImageSet(images, [f"t={t}" for t in order])

    def film(self, steps: Iterable[int]) -> ImageSet:
        """All digits at each of some kept steps, from noise to image, named ``t=<t>/<digit>``."""
        digits = sorted({digit for _, digit in self._states})
        order = [(t, digit) for t in sorted(set(steps), reverse=True) for digit in digits]
        images = np.stack([self._states[key] for key in order])
        names = [f"t={t}/{digit}" for t, digit in order]
        return ImageSet(images, names, np.array([digit for _, digit in order]))


def nearest_steps(visited: Sequence[int], wanted: Iterable[int]) -> list[int]:
    """For each wanted step the nearest one that the sampler visits."""
    return [min(visited, key=lambda t: abs(t - one)) for one in wanted]


def even_steps(visited: Sequence[int], count: int) -> list[int]:
    """`count` of the visited steps, evenly spaced, with the first and the last; or all of fewer."""
    places = np.linspace(0, len(visited) - 1, min(count, len(visited)))
    return [visited[round(place)] for place in places.tolist()]
