"""Networks in float32, for losses that differentiate a gradient."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import torch
from lightning_fabric import is_wrapped
from torch import nn

from hw2.core.compiled import eager


@contextmanager
def full_precision(network: nn.Module, device: torch.device) -> Iterator[nn.Module]:
    """Inside the block: `network` past Fabric's wrapper, in float32 whatever the run's precision,
    and not compiled.

    A derivative in bfloat16 has 8 bits, too few to be differentiated again; and at mixed precision
    the outputs of the wrapper refuse `torch.autograd.grad`.

    Args:
        network: wrapped by Fabric or not; its weights are float32.
        device: where its inputs are.
    """
    with torch.autocast(device.type, enabled=False), eager(network):
        yield cast(nn.Module, network.module) if is_wrapped(network) else network
