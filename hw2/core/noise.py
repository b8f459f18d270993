"""Random numbers of which every image has its own, however many images are drawn at once."""

from collections.abc import Sequence

import torch
from torch import Tensor

from hw2.core.seeds import derive_seed


class Streams:
    """A stream of random numbers for each image of a batch.

    They are drawn on the CPU, whose generators give the same numbers on every machine.

    Args:
        generators: B generators on the CPU, one an image.
        device: where the numbers are wanted.
    """

    def __init__(self, generators: Sequence[torch.Generator], device: torch.device) -> None:
        self.generators, self.device = list(generators), device

    def __len__(self) -> int:
        return len(self.generators)

    def normal(self, *shape: int) -> Tensor:
        """The next (B, *shape) from N(0, 1), float32."""
        return self._together([torch.randn(shape, generator=rng) for rng in self.generators])

    def uniform(self, *shape: int) -> Tensor:
        """The next (B, *shape) from U(0, 1), float32."""
        return self._together([torch.rand(shape, generator=rng) for rng in self.generators])

    def _together(self, drawn: list[Tensor]) -> Tensor:
        return torch.stack(drawn).to(self.device)


def stream(number: int, seed: int, *purpose: str | int) -> torch.Generator:
    """The generator of image `number`, from 0, for one purpose.

    The seeds of a purpose follow one another: torch's CPU generator looks at 32 bits only, of which
    100,000 seeds without an order would have one pair in common.
    """
    return torch.Generator().manual_seed(derive_seed(seed, *purpose) + number)
