"""The reverse process of a few images, kept while they are sampled: from noise to digit."""

from collections.abc import Iterable, Sequence

import numpy as np
from torch import Tensor

from hw2.core.processes import gathered
from hw2.data.arrays import ImageSet
from hw2.data.asked import Block
from hw2.data.values import Pixels

SHOWN = 10  # images of a model that knows no digits


class Process:
    """States of the first image of each digit; without digits, of the first images.

    Args:
        kept: the steps t at which to keep them.
        size: side S of the images to keep.
    """

    def __init__(self, kept: Iterable[int], size: int) -> None:
        self.kept, self.size = set(kept), size
        # (t, digit or None, number of the image) -> (S, S, 3) uint8
        self._states: dict[tuple[int, int | None, int], np.ndarray] = {}

    def see(self, t: int, block: Block, x: Tensor, pixels: Pixels) -> None:
        """Note x_t (B, C, H, W), the state of a block, if it holds first images and t is kept."""
        last = 1 if block.digit is not None else SHOWN
        if t in self.kept and block.numbers.start < last:
            first = pixels.to_uint8(x[: last - block.numbers.start], self.size).cpu().numpy()
            for number, state in zip(block.numbers, first, strict=False):
                self._states[t, block.digit, number] = state

    def complete(self) -> None:
        """Note also what the other processes saw, where there are several."""
        for states in gathered(self._states):
            self._states |= states

    def strip(self, steps: Iterable[int]) -> ImageSet:
        """The first '0', or image, at some of the kept steps, noise first, named ``t=<t>``."""
        order, (digit, number) = sorted(set(steps), reverse=True), self._shown()[0]
        images = np.stack([self._states[t, digit, number] for t in order])
        return ImageSet(images, [f"t={t}" for t in order])

    def film(self, steps: Iterable[int]) -> ImageSet:
        """All of them at each of some kept steps, from noise to image.

        Named ``t=<t>/<digit>`` and labelled; without digits ``t=<t>/<number>``, from 0.
        """
        shown = self._shown()
        order = [(t, *one) for t in sorted(set(steps), reverse=True) for one in shown]
        images = np.stack([self._states[key] for key in order])
        names = [f"t={t}/{number if digit is None else digit}" for t, digit, number in order]
        digits = [digit for _, digit, _ in order if digit is not None]
        return ImageSet(images, names, np.array(digits) if digits else None)

    def _shown(self) -> list[tuple[int | None, int]]:
        """(digit, number) of every image that was noted, in order; digits are all or none."""
        return sorted({(digit, number) for _, digit, number in self._states}, key=_place)


def _place(shown: tuple[int | None, int]) -> int:
    digit, number = shown
    return number if digit is None else digit


def nearest_steps(visited: Sequence[int], wanted: Iterable[int]) -> list[int]:
    """For each wanted step the nearest one that the sampler visits."""
    return [min(visited, key=lambda t: abs(t - one)) for one in wanted]


def even_steps(visited: Sequence[int], count: int) -> list[int]:
    """`count` of the visited steps, evenly spaced, with the first and the last; or all of fewer."""
    places = np.linspace(0, len(visited) - 1, min(count, len(visited)))
    return [visited[round(place)] for place in places.tolist()]
