"""Torch's random generators, seeded by purpose."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from hw2.core.seeds import derive_seed


def torch_generator(device: torch.device, seed: int, *purpose: str | int) -> torch.Generator:
    """A torch generator on `device` for one purpose."""
    return torch.Generator(device).manual_seed(derive_seed(seed, *purpose))


@contextmanager
def seeded(seed: int, *purpose: str | int) -> Iterator[None]:
    """Seed torch's global generator by purpose inside the block, for a network's initialisation."""
    with torch.random.fork_rng():
        torch.manual_seed(derive_seed(seed, *purpose))
        yield
