"""Does a network take what it will be given? Tried before anything is trained."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from hw2.core.lookup import blaming

BATCH = 2  # images


@contextmanager
def trial(key: str, *networks: nn.Module) -> Iterator[Callable[[Tensor, tuple[int, ...]], None]]:
    """Passes inside the block leave no trace: no statistics, no gradients, no random numbers.

    Yields a function that compares a result's shape, without the batch, with what it must be.

    Args:
        key: the entry of params.yaml that the networks are built from, for the message.

    Raises:
        UserError: a pass fails, or a result has another shape.
    """
    training = [network.training for network in networks]
    for network in networks:
        network.eval()
    complaint = "the networks do not fit together, or not the images, with these values"
    with blaming(key, complaint), torch.no_grad(), torch.random.fork_rng(devices=[]):
        yield _expect
    for network, before in zip(networks, training, strict=True):
        network.train(before)


def _expect(result: Tensor, shape: tuple[int, ...]) -> None:
    if result.shape != (BATCH, *shape):
        raise ValueError(f"a result is {list(result.shape)}, not {[BATCH, *shape]}")
