"""Which images to generate: their digits, their numbers, their names, their noise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor

from hw2.core.errors import UserError
from hw2.core.noise import Streams, stream
from hw2.data.arrays import ImageSet, digit_names


@dataclass(frozen=True)
class Block:
    """Images that a network sees at once: successive ones, all of one digit.

    Attributes:
        digit: None where a model knows no digits.
        numbers: from 0; with the digit they decide from what noise an image is made.
    """

    digit: int | None
    numbers: range

    def labels(self, device: torch.device) -> Tensor:
        """The digit, once for each image (B,).

        Raises:
            UserError: there is none.
        """
        if self.digit is None:
            raise UserError("this model makes digits; ask for some")
        return torch.full((len(self.numbers),), self.digit, device=device)

    def streams(self, device: torch.device, seed: int, *purpose: str | int) -> Streams:
        """The streams of the images: one for each number and digit."""
        own = () if self.digit is None else (self.digit,)
        return Streams([stream(k, seed, *purpose, *own) for k in self.numbers], device)

    def shared_streams(self, device: torch.device, seed: int, *purpose: str | int) -> Streams:
        """Streams that the images of one number have in common, whatever their digit."""
        return Streams([stream(k, seed, *purpose) for k in self.numbers], device)


@dataclass(frozen=True)
class Asked:
    """The first images of some digits, digit after digit, or simply the first images.

    Attributes:
        counts: how many of each digit, or of None where a model knows no digits.
    """

    counts: Mapping[int | None, int]

    @classmethod
    def evenly(cls, count: int, classes: int | None) -> Self:
        """`count` in all, spread over the classes; their numbers differ by one at most."""
        if classes is None:
            return cls({None: count})
        labels = np.arange(count) * classes // count
        return cls(dict(enumerate(np.bincount(labels, minlength=classes).tolist())))

    def times(self, draws: int) -> Self:
        """`draws` times as many of each."""
        return type(self)({digit: draws * count for digit, count in self.counts.items()})

    def __len__(self) -> int:
        return sum(self.counts.values())

    @property
    def labels(self) -> np.ndarray | None:
        """(N,) int64, or None where a model knows no digits."""
        if None in self.counts:
            return None
        return np.repeat(np.array(list(self.counts), np.int64), list(self.counts.values()))

    @property
    def names(self) -> list[str]:
        """``<digit>_<001..>.png`` as the course wants, or ``<00001..>.png``."""
        if (labels := self.labels) is not None:
            return digit_names(labels)
        return [f"{number:05d}.png" for number in range(1, len(self) + 1)]

    def blocks(self, size: int) -> Iterator[tuple[Block, int]]:
        """Blocks of exactly `size` images, and how many of them, from the first, were asked for.

        Number k always stands at place k mod `size`: networks round differently for another size
        of batch (bfloat16: one pixel in seven), and on some machines at another place in it.
        """
        for digit, count in self.counts.items():
            for start in range(0, count, size):
                yield Block(digit, range(start, start + size)), min(size, count - start)

    def in_draws(self, images: np.ndarray, draws: int) -> ImageSet:
        """The images (N, H, W, 3) draw after draw, each as this would be for a `draws`-th.

        The counts are multiples of `draws`.
        """
        draw = np.concatenate([np.arange(n) * draws // n for n in self.counts.values() if n])
        order = np.argsort(draw, kind="stable")
        labels = None if self.labels is None else self.labels[order]
        return ImageSet(images[order], np.array(self.names)[order].tolist(), labels)
