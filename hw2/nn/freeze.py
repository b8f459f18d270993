"""Leaving a network out of a backward pass."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


@contextmanager
def frozen(network: nn.Module) -> Iterator[None]:
    """Inside the block gradients flow through `network`, but none are computed for its weights."""
    network.requires_grad_(False)
    try:
        yield
    finally:
        network.requires_grad_(True)
