"""Which device and which precision, from params.yaml."""

from contextlib import AbstractContextManager

import torch

from hw2.core.errors import UserError
from hw2.core.params import Compute


def find_device(compute: Compute) -> torch.device:
    """The device of a single process.

    Raises:
        UserError: CUDA was asked for and is not there.
    """
    if compute.accelerator == "cuda" and not torch.cuda.is_available():
        raise UserError("compute.accelerator is 'cuda', but torch sees no GPU; use 'auto' or 'cpu'")
    gpu = compute.accelerator != "cpu" and torch.cuda.is_available()
    return torch.device("cuda" if gpu else "cpu")


def autocast(compute: Compute, device: torch.device) -> AbstractContextManager[None]:
    """Inside the block networks compute at `compute.precision`."""
    return torch.autocast(device.type, torch.bfloat16, enabled=compute.precision == "bf16-mixed")
