"""Devices and precision: the one place that makes a Lightning Fabric."""

import logging

import torch
from lightning_fabric import Fabric

from hw2.core.errors import UserError
from hw2.core.params import Compute


def make_fabric(compute: Compute) -> Fabric:
    """Lightning Fabric for the accelerator and precision of params.yaml.

    Raises:
        UserError: CUDA was asked for and is not there.
    """
    if compute.accelerator == "cuda" and not torch.cuda.is_available():
        raise UserError("compute.accelerator is 'cuda', but torch sees no GPU; use 'auto' or 'cpu'")
    # One line a stage about the precision tells nothing that training.json does not.
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    return Fabric(
        accelerator=compute.accelerator, devices=compute.devices, precision=compute.precision
    )
