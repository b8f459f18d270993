"""Devices and precision: the one place that makes a Lightning Fabric."""

import logging

from lightning_fabric import Fabric

from hw2.core.device import find_device
from hw2.core.params import Compute


def make_fabric(compute: Compute) -> Fabric:
    """Lightning Fabric for the accelerator and precision of params.yaml.

    Raises:
        UserError: CUDA was asked for and is not there.
    """
    find_device(compute)
    # One line a stage about the precision tells nothing that training.json does not.
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    return Fabric(
        accelerator=compute.accelerator, devices=compute.devices, precision=compute.precision
    )
