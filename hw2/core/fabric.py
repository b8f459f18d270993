"""Devices, precision and processes: the one place that makes a Lightning Fabric."""

import logging
import os
from typing import Any

from lightning_fabric import Fabric
from lightning_fabric.strategies.ddp import DDPStrategy
from lightning_fabric.utilities.types import Optimizable
from torch import nn

from hw2.core.device import find_device
from hw2.core.errors import UserError
from hw2.core.params import Compute
from hw2.core.processes import average_gradients, of_torchrun


class AveragedGradients(DDPStrategy):
    """One process a device; before each step of an optimiser its gradients become their means."""

    def setup_module(self, module: nn.Module) -> nn.Module:  # type: ignore[override]  # not wrapped
        return module

    def optimizer_step(self, optimizer: Optimizable, **kwargs: Any) -> Any:
        average_gradients(p for group in optimizer.param_groups for p in group["params"])
        return super().optimizer_step(optimizer, **kwargs)


def make_fabric(compute: Compute) -> Fabric:
    """Lightning Fabric for the accelerator, devices and precision of params.yaml.

    Where `devices` is more than 1 this process starts the others, which run the same command;
    under torchrun they are there already.

    Raises:
        UserError: CUDA was asked for and is not there, or `torchrun` and `devices` disagree.
    """
    find_device(compute)
    # One line a stage about the precision tells nothing that training.json does not.
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    devices, nodes = _processes(compute)
    fabric = Fabric(
        accelerator=compute.accelerator,
        devices=devices,
        num_nodes=nodes,
        strategy=AveragedGradients() if devices * nodes > 1 else "auto",
        precision=compute.precision,
    )
    fabric.launch()
    return fabric


def _processes(compute: Compute) -> tuple[int, int]:
    """Processes on this machine, and machines; torchrun's word counts where it started us."""
    if not of_torchrun():
        return compute.devices, 1
    world, here = (int(os.environ[name]) for name in ("WORLD_SIZE", "LOCAL_WORLD_SIZE"))
    if compute.devices not in (1, here):
        raise UserError(
            f"params.yaml: 'compute.devices' is {compute.devices}, but torchrun started {here} "
            "processes here; leave it at 1 under torchrun"
        )
    return here, world // here
